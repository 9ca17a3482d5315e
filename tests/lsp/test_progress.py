"""The progress bar: begun when there is work, always ended, and ended by the user."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace

import pytest
from lsprotocol import types as lsp

from starlight.index.records import Status
from starlight.lsp.progress import IndexingProgress, WorkProgress
from starlight.models.generator import Cancellation

INDEXING = Status("indexing", queue=10, total=10)
FURTHER = Status("indexing", queue=4, total=10, done=6, percent=55, rate=2e6, seconds_left=3)
READY, PAUSED = Status("ready"), Status("paused", message="was stopped")


class Bars:
    """What pygls offers for progress, as a client that answers when it is told to."""

    def __init__(self) -> None:
        self.tokens: dict[str, Future[None]] = {}
        self.shown: list[tuple[str, str, object]] = []
        self.answers = asyncio.Event()
        self.answers.set()
        self.refuses = False

    async def create_async(self, token: str) -> None:
        await self.answers.wait()
        if self.refuses:
            raise ConnectionError("the client will have none")
        self.tokens[token] = Future()

    def begin(self, token: str, value: lsp.WorkDoneProgressBegin) -> None:
        self.shown.append(("begin", token, value))

    def report(self, token: str, value: lsp.WorkDoneProgressReport) -> None:
        self.shown.append(("report", token, value))

    def end(self, token: str, value: lsp.WorkDoneProgressEnd) -> None:
        self.shown.append(("end", token, value))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.shown]


def _server(window: lsp.WindowClientCapabilities | None) -> SimpleNamespace:
    return SimpleNamespace(work_done_progress=Bars(), client_capabilities=SimpleNamespace(window=window))


@pytest.fixture
def server() -> SimpleNamespace:
    return _server(lsp.WindowClientCapabilities(work_done_progress=True))


@pytest.fixture
def cancelled() -> list[bool]:
    return []


@pytest.fixture
def progress(server, cancelled) -> IndexingProgress:
    return IndexingProgress(server, "notes", lambda: cancelled.append(True))


async def test_begins_reports_and_ends(server, progress):
    await progress.show(INDEXING)
    await progress.show(FURTHER)
    await progress.show(READY)
    bars = server.work_done_progress
    assert bars.kinds == ["begin", "report", "report", "end"]
    assert len({token for _, token, _ in bars.shown}) == 1
    begin, _, report, _ = [value for _, _, value in bars.shown]
    assert (begin.title, begin.cancellable) == ("Indexing notes", True)
    assert (report.message, report.percentage) == ("6 of 10 notes · 2.0 MB/s · 3 s left", 55)
    assert bars.tokens == {}


async def test_nothing_to_do_shows_nothing(server, progress):
    for status in (Status("starting"), Status("indexing", message="Looking for notes"), READY, PAUSED):
        await progress.show(status)
    progress.end()
    assert server.work_done_progress.shown == []


@pytest.mark.parametrize("window", [None, lsp.WindowClientCapabilities(), lsp.WindowClientCapabilities(False)])
async def test_client_without_progress_is_shown_nothing(window):
    server = _server(window)
    progress = IndexingProgress(server, "notes", lambda: None)
    for status in (INDEXING, READY):
        await progress.show(status)
    assert server.work_done_progress.shown == []


async def test_work_that_is_done_before_the_client_answers_opens_nothing(server, progress):
    bars = server.work_done_progress
    bars.answers.clear()
    beginning = asyncio.create_task(progress.show(INDEXING))
    await asyncio.sleep(0)
    await progress.show(READY)
    bars.answers.set()
    await beginning
    assert bars.shown == []
    assert bars.tokens == {}


async def test_second_run_while_the_first_is_unanswered_is_shown_once(server, progress):
    bars = server.work_done_progress
    bars.answers.clear()
    first = asyncio.create_task(progress.show(INDEXING))
    await asyncio.sleep(0)
    await progress.show(READY)
    second = asyncio.create_task(progress.show(INDEXING))
    await asyncio.sleep(0)
    bars.answers.set()
    await asyncio.gather(first, second)
    assert bars.kinds == ["begin", "report"]
    await progress.show(READY)
    assert bars.kinds[-1] == "end"
    assert bars.tokens == {}


async def test_a_rebuild_is_called_one(server, progress):
    await progress.show(replace(INDEXING, rebuilding=True))
    assert server.work_done_progress.shown[0][2].title == "Rebuilding notes"


async def test_each_run_has_a_bar_of_its_own(server, progress):
    for status in (INDEXING, READY, INDEXING, PAUSED):
        await progress.show(status)
    bars = server.work_done_progress
    assert bars.kinds == ["begin", "report", "end", "begin", "report", "end"]
    assert len({token for _, token, _ in bars.shown}) == 2


async def test_user_ends_it(server, progress, cancelled):
    await progress.show(INDEXING)
    (future,) = server.work_done_progress.tokens.values()
    future.cancel()
    assert cancelled == [True]
    await progress.show(PAUSED)
    assert server.work_done_progress.kinds[-1] == "end"
    assert server.work_done_progress.shown[-1][2].message == "was stopped"


async def test_end_of_the_session_ends_it(server, progress, cancelled):
    await progress.show(INDEXING)
    progress.end()
    progress.end()
    assert server.work_done_progress.kinds.count("end") == 1
    assert cancelled == []


async def test_client_that_refuses_is_not_asked_again_in_this_run(server, progress):
    bars = server.work_done_progress
    bars.refuses = True
    with pytest.raises(ConnectionError):
        await progress.show(INDEXING)
    await progress.show(FURTHER)
    await progress.show(READY)
    assert bars.shown == []


async def test_other_work_is_told_from_its_thread_and_ends(server):
    async with WorkProgress(server, "Map of notes", Cancellation()) as progress:
        assert await asyncio.to_thread(progress.tell, "placing notes", 0.5)
        assert await asyncio.to_thread(progress.tell, "placing notes", 0.501)
    bars = server.work_done_progress
    assert bars.kinds == ["begin", "report", "end"]
    assert (bars.shown[1][2].message, bars.shown[1][2].percentage) == ("placing notes", 50)
    assert bars.tokens == {}


async def test_the_user_ends_other_work(server):
    cancellation = Cancellation()
    async with WorkProgress(server, "Map of notes", cancellation) as progress:
        (future,) = server.work_done_progress.tokens.values()
        future.cancel()
        assert cancellation.is_cancelled
        assert not await asyncio.to_thread(progress.tell, "placing notes", 0.5)


async def test_other_work_is_done_without_a_bar_where_the_client_refuses(server):
    server.work_done_progress.refuses = True
    async with WorkProgress(server, "Map of notes", Cancellation()) as progress:
        assert await asyncio.to_thread(progress.tell, "placing notes", 0.5)
    assert server.work_done_progress.shown == []
