"""One writer a root: its election, its work while readers are there, and its end."""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine import idle
from starlight.engine import indexer as indexing
from starlight.engine.control import ControlClient, connect
from starlight.engine.following import follow
from starlight.engine.workspace import Workspace
from starlight.errors import DiskFull, IndexBusy, IndexUnavailable
from tests.engine.conftest import CountingEmbedder
from tests.engine.test_indexing import check_no_orphans, database, many_notes, paths
from tests.parts import need
from tests.waiting import wait_until

NOTES = "== tea.md ==\n# Tea\nBoil it.\n== drinks v1/milk.md ==\nWhite.\n"


class Serving:
    """An indexer that serves on a thread, and a reader of it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.thread = threading.Thread(target=workspace.indexer().serve, daemon=True)
        self.thread.start()
        self.client: ControlClient = wait_until("it listens", lambda: connect(workspace.location.control))
        self.messages: list[dict[str, object]] = []

    def until(self, what: str, condition: Callable[[dict[str, object]], bool]) -> None:
        """Read messages until one fulfils ``condition`` of its status."""
        while True:
            message = self.client.receive() or pytest.fail(f"the indexer ended before {what}")
            self.messages.append(message)
            status = message.get("status")
            if isinstance(status, dict) and condition(status):
                return

    def until_ready(self, files: int) -> None:
        self.until(f"{files} notes are ready", lambda s: (s["state"], s["files"]) == ("ready", files))

    def end(self) -> None:
        self.client.send({"command": "end"})
        self.client.close()
        self.thread.join(timeout=10)
        assert not self.thread.is_alive()


@pytest.fixture
def serve(vault: Callable[..., Path], open_workspace: Callable[..., Workspace]) -> Iterator[Callable[..., Serving]]:
    started: list[Serving] = []

    def start(text: str = NOTES, settings: Settings | None = None) -> Serving:
        started.append(Serving(open_workspace(vault(text), settings)))
        return started[-1]

    yield start
    for serving in started:
        serving.end()


def test_only_one_is_elected(serve: Callable[..., Serving], open_workspace: Callable[..., Workspace]) -> None:
    serving = serve()
    other = open_workspace(serving.workspace.root)
    for work in (other.indexer().run_once, other.indexer().serve):
        with pytest.raises(IndexBusy, match="another Starlight is indexing this folder"):
            work()
    serving.until_ready(2)


def test_changes_on_disk_reach_the_index(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.until_ready(2)
    root = serving.workspace.root
    (root / "new.md").write_text("A walrus.")
    serving.until_ready(3)
    assert serving.workspace.search("walrus").hits[0].path == "new.md"
    (root / "drinks v1").rename(root / "drinks v2.0")
    wait_until(
        "the folder's notes moved", lambda: paths(serving.workspace) == {"tea.md", "new.md", "drinks v2.0/milk.md"}
    )
    (root / "new.md").unlink()
    wait_until("the note is forgotten", lambda: "new.md" not in paths(serving.workspace))
    check_no_orphans(database(serving.workspace))


def test_what_a_reader_says_changed_is_looked_at(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.until_ready(2)
    (serving.workspace.root / "told.md").write_text("told")
    serving.client.send(
        {"command": "changed", "paths": ["told.md", 7, None, "../outside.md", "/etc/hosts", "nowhere.md"]}
    )
    serving.until_ready(3)
    assert serving.workspace.failures() == {}


def test_nonsense_is_ignored(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.until_ready(2)
    for message in (
        {},
        {"command": "dance"},
        {"command": "changed"},
        {"command": "changed", "paths": "x"},
        {"command": 7},
    ):
        assert serving.client.send(message)
    (serving.workspace.root / "new.md").write_text("x")
    serving.until_ready(3)


def test_rebuild_on_request(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.until_ready(2)
    assert serving.workspace.search("boil").hits, "a reader has it open: nothing else can get its number"
    before = database(serving.workspace).stat().st_ino
    serving.client.send({"command": "rebuild", "ticket": "mine"})
    wait_until("it was done", lambda: "mine" in (serving.client.receive() or {}).get("done", ()))
    assert database(serving.workspace).stat().st_ino != before
    assert serving.workspace.search("boil").hits


def test_pause_and_resume(serve: Callable[..., Serving]) -> None:
    serving = serve(many_notes(600))
    serving.until("it works", lambda status: status["state"] == "indexing")
    serving.client.send({"command": "pause"})
    serving.until("it is paused", lambda status: status["state"] == "paused")
    assert paths(serving.workspace) < {f"{n % 10}/note {n}.md" for n in range(600)}
    serving.client.send({"command": "resume"})
    serving.until_ready(600)


def test_a_pause_is_told_while_there_is_nothing_to_do(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.until_ready(2)
    for command, paused in (("pause", True), ("resume", False)):
        serving.client.send({"command": command})
        serving.until(f"{command} is told", lambda status, told=paused: status["paused"] is told)
        status = serving.messages[-1]["status"]
        assert isinstance(status, dict)
        assert (status["state"], status["files"]) == ("ready", 2), "nothing is missing"


class FullOnce(CountingEmbedder):
    """The disk is full when the first passages have been embedded, and has room again later."""

    is_full = True

    def embed(self, texts):
        if texts and self.is_full:
            self.is_full = False
            raise DiskFull("no space is left for the index")
        return super().embed(texts)


def test_what_failed_is_owed_until_it_was_done(
    vault: Callable[..., Path], embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_RETRY", 3.0)
    serving = Serving(Workspace(vault(NOTES).resolve(), Settings(), FullOnce(embedder)))
    serving.until("it failed", lambda status: status["state"] == "failed")
    serving.client.send({"command": "changed", "paths": ["tea.md"]})
    serving.until("the saved note is there", lambda status: status["files"] == 1)
    assert serving.messages[-1]["status"]["state"] == "failed", "one note is not the folder"
    serving.until_ready(2)
    serving.end()
    serving.workspace.close()


def test_following_while_single_notes_are_taken(serve: Callable[..., Serving], open_workspace) -> None:
    serving = serve()
    serving.until_ready(2)
    root = serving.workspace.root
    for number in range(300):
        (root / f"note {number}.md").write_text(f"Note {number} about kettles.")
    serving.client.send({"command": "changed", "paths": [f"note {number}.md" for number in range(300)]})
    serving.until("single notes are taken", lambda status: status["state"] == "indexing")
    report = open_workspace(root).bring_up_to_date()
    assert (report.files, report.stopped) == (302, False)


def test_a_follower_can_be_stopped(serve: Callable[..., Serving]) -> None:
    """Also while the indexer says nothing."""
    serving = serve()
    serving.until_ready(2)
    workspace = serving.workspace
    report = follow(workspace.location, workspace.settings, workspace.fingerprint, lambda *_: None, lambda: False)
    assert report
    assert report.stopped


def test_a_note_just_saved_goes_first(serve: Callable[..., Serving]) -> None:
    serving = serve(many_notes(3_000))
    wait_until("some are there", lambda: serving.workspace.is_indexed and paths(serving.workspace))
    (serving.workspace.root / "zzz urgent.md").write_text("A walrus.")
    serving.client.send({"command": "changed", "paths": ["zzz urgent.md"]})
    wait_until("it is found", lambda: "zzz urgent.md" in paths(serving.workspace))
    assert not serving.workspace.search("walrus").complete, "long before the rest is done"
    serving.until_ready(3_001)


def test_it_ends_when_no_reader_is_left(
    serve: Callable[..., Serving], open_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_LINGER", 0.1)
    serving = serve()
    serving.until_ready(2)
    serving.client.close()
    serving.thread.join(timeout=10)
    assert not serving.thread.is_alive()
    assert not serving.workspace.location.control.exists()
    assert open_workspace(serving.workspace.root).bring_up_to_date().changed == 0, "the lock is free again"


def test_another_run_follows_the_one_at_work(serve: Callable[..., Serving], open_workspace) -> None:
    serving = serve(many_notes(300))
    other = open_workspace(serving.workspace.root)
    told: list[str] = []
    report = other.bring_up_to_date(lambda status: told.append(status.state))
    assert (report.files, report.stopped) == (300, False)
    assert told[-1] == "ready"
    (serving.workspace.root / "new.md").write_text("new")
    assert other.bring_up_to_date().files == 301, "what changed before it was asked is there"


def test_a_follower_takes_over_when_the_other_ends(vault: Callable[..., Path], open_workspace) -> None:
    first, second = (open_workspace(vault(many_notes(300))) for _ in range(2))
    at_work, stop = threading.Event(), threading.Event()

    def first_run() -> None:
        first.bring_up_to_date(lambda status: at_work.set(), lambda: not stop.is_set())

    thread = threading.Thread(target=first_run, daemon=True)
    thread.start()
    assert at_work.wait(10)
    report = second.bring_up_to_date(lambda _status: stop.set())
    assert (report.files, report.stopped) == (300, False)
    thread.join(timeout=10)


def test_an_indexer_with_another_model_is_not_followed(serve: Callable[..., Serving]) -> None:
    serving = serve()
    with pytest.raises(IndexUnavailable, match="another model or version"):
        follow(serving.workspace.location, Settings(), "another", lambda _status: None, lambda: True)


def test_following_can_be_stopped(serve: Callable[..., Serving], open_workspace) -> None:
    serving = serve(many_notes(300))
    report = open_workspace(serving.workspace.root).bring_up_to_date(keep_going=lambda: False)
    assert report.stopped
    serving.until_ready(300)


def test_a_damaged_index_is_made_again(vault: Callable[..., Path], open_workspace: Callable[..., Workspace]) -> None:
    workspace = open_workspace(vault(NOTES))
    workspace.bring_up_to_date()
    workspace.close()
    for data in (b"no database" * 1_000, b""):
        database(workspace).write_bytes(data)
        report = workspace.bring_up_to_date()
        assert (report.files, report.changed) == (2, 2)
        check_no_orphans(database(workspace))
    database(workspace).write_bytes(b"no database" * 1_000)
    workspace.bring_up_to_date()
    assert "was damaged and was made again" in workspace.status().message


def test_indexes_of_other_models_are_cleared_away(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    old = workspace.location.database("000000000000")
    old.write_bytes(b"old")
    workspace.bring_up_to_date()
    assert old in workspace.location.databases(), "another window may use it with another model"
    weeks_ago = time.time() - 30 * 24 * 3600
    os.utime(old, (weeks_ago, weeks_ago))
    workspace.bring_up_to_date()
    assert workspace.location.databases() == [database(workspace)]


def test_what_a_writer_that_was_killed_left_is_cleared_away(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    own = workspace.location.neighbours(workspace.fingerprint)
    fresh, left = (own.with_name(f"{own.name}.{end}") for end in ("0123456789ab", "ba9876543210"))
    weeks_ago = time.time() - 30 * 24 * 3600
    for path in (own, fresh, left):
        path.write_bytes(b"lists")
    for path in (own, left):
        os.utime(path, (weeks_ago, weeks_ago))
    workspace.bring_up_to_date()
    assert [path.exists() for path in (own, fresh, left)] == [True, True, False]


def test_the_cache_of_another_version_is_left_to_it_while_it_is_in_use(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    weeks_ago = time.time() - 30 * 24 * 3600
    unused, used = (workspace.location.folder / name for name in ("cache.db", "cache-2.db"))
    for path in (unused, used):
        path.write_bytes(b"vectors")
    os.utime(unused, (weeks_ago, weeks_ago))
    workspace.bring_up_to_date()
    assert workspace.location.other_caches() == [used]


def test_idle_time_prepares_the_second_look_and_the_status_says_so(serve, monkeypatch):
    need("onnxruntime", importlib.util.find_spec("onnxruntime") is not None, "pip install onnxruntime")
    monkeypatch.setattr(idle, "QUIET", 0.0)
    monkeypatch.setattr(idle, "on_battery", lambda: False)
    serving = serve(settings=Settings())
    serving.until("all is prepared", lambda status: (status["refined"], status["refining"]) == (2, ""))
    assert "preparing" in [message["status"]["refining"] for message in serving.messages if "status" in message]
    serving.client.send({"command": "used"})
    (serving.workspace.root / "new.md").write_text("# New\nAnother one.\n")
    serving.client.send({"command": "changed", "paths": ["new.md"]})
    serving.until("what is new is prepared as well", lambda status: status["refined"] == 3)


def test_comparing_notes_waits_for_quiet_without_keeping_the_machine_busy(
    indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer = indexed(NOTES).indexer()
    monkeypatch.setattr(indexer, "_is_owed", False)
    indexer._idle._near.go_on()
    assert indexer._idle._near.is_at_work
    monkeypatch.setattr(idle, "on_battery", lambda: False)
    pauses: list[float] = []
    monkeypatch.setattr(indexer._requests.changed, "wait_for", lambda _is_so, timeout: pauses.append(timeout))
    indexer._idle.used()
    assert not indexer._wait()  # as nothing listens; only the pause before that counts here
    monkeypatch.setattr(idle, "QUIET", 0.0)
    assert not indexer._wait()
    monkeypatch.setattr(idle, "on_battery", lambda: True)
    monkeypatch.setattr(indexer._idle._ahead._idle, "_power_at", float("-inf"))
    indexer._idle._near.begin_again()
    indexer._idle._near.go_on()
    assert not indexer._wait()
    assert pauses == [1.0, 0.0, 1.0]
