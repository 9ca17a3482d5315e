"""What is typed reaches the workspace: after a pause, or before the next question, on the root's own thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from starlight.config import Settings
from starlight.index.records import Status
from starlight.lsp import root as roots
from starlight.lsp.root import Root


class Notes:
    """A workspace that remembers what it was told, and on which threads."""

    root = Path("/real")

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []
        self.threads: set[threading.Thread] = set()
        self.arrived = threading.Event()
        self.is_ready = threading.Event()
        self.authoring = SimpleNamespace(stop=lambda: None)

    def show(self, path: str, text: str) -> None:
        self._take("show", path, text)
        if text == "broken":
            raise ZeroDivisionError

    def get_ready(self) -> None:
        self.is_ready.set()

    def hide(self, path: str) -> None:
        self._take("hide", path)

    def close(self) -> None:
        self._take("close")

    def _take(self, *what: str) -> None:
        self.told.append(what)
        self.threads.add(threading.current_thread())
        self.arrived.set()


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
async def root(notes: Notes) -> AsyncIterator[Root]:
    """A root that is open."""
    root = Root(Path("/folder"), Settings(), changed=lambda _root: None, warn=lambda _message: None)
    root.workspace = notes
    root._opened.set()
    yield root
    if not root._closed:
        root.close()


async def test_after_a_pause_the_last_text_is_looked_at(root: Root, notes: Notes):
    for text in ("t", "te", "tea"):
        root.show("a.md", text)
    assert notes.told == []
    assert await asyncio.to_thread(notes.is_ready.wait, 5)
    assert notes.told == [("show", "a.md", "tea")]


async def test_a_question_does_not_have_what_was_typed_read(root: Root, notes: Notes):
    root.show("a.md", "tea")
    await root.query(lambda workspace: None)
    assert notes.told == [("show", "a.md", "tea")]
    assert not notes.is_ready.is_set()


async def test_while_keys_are_pressed_nothing_is_looked_at(root: Root, notes: Notes, monkeypatch: pytest.MonkeyPatch):
    waiting = []

    class Timer(SimpleNamespace):
        def cancel(self) -> None:
            waiting.remove(self)

    def later(seconds: float, call: object) -> Timer:
        waiting.append(Timer(seconds=seconds))
        return waiting[-1]

    root._loop = SimpleNamespace(call_later=later)
    for number in range(1_000):
        root.show(f"{number % 3}.md", str(number))
        assert [timer.seconds for timer in waiting] == [roots._PAUSE]
    assert notes.told == []
    waiting.clear()
    root._get_ready()
    root._thread.submit(lambda: None).result(5)
    assert sorted(notes.told) == [("show", "0.md", "999"), ("show", "1.md", "997"), ("show", "2.md", "998")]


async def test_a_question_sees_what_was_typed_before_it(root: Root, notes: Notes):
    root.show("a.md", "tea")
    root.show("b.md", "milk")
    assert await root.query(lambda workspace: sorted(workspace.told)) == [
        ("show", "a.md", "tea"), ("show", "b.md", "milk"),
    ]  # fmt: skip
    assert await root.query(lambda workspace: len(workspace.told)) == 2
    assert threading.current_thread() not in notes.threads
    assert len(notes.threads) == 1


async def test_closed_before_the_pause_it_is_never_looked_at(root: Root, notes: Notes):
    root.show("a.md", "tea")
    root.hide("a.md")
    assert await root.query(lambda workspace: workspace.told) == [("hide", "a.md")]


async def test_before_the_folder_is_open_it_waits(root: Root, notes: Notes):
    root.workspace = None
    root.show("a.md", "tea")
    root._get_ready()
    root.workspace = notes
    assert await root.query(lambda workspace: workspace.told) == [("show", "a.md", "tea")]


async def test_a_fault_of_ours_is_logged_and_costs_that_note_alone(
    root: Root, notes: Notes, caplog: pytest.LogCaptureFixture
):
    root.show("a.md", "broken")
    assert await root.query(lambda workspace: len(workspace.told)) == 1
    assert "ahead of a request failed" in caplog.text


async def test_a_folder_that_was_closed_looks_at_nothing(root: Root, notes: Notes):
    root.show("a.md", "tea")
    root.close()
    root.show("a.md", "milk")
    root._get_ready()
    root.hide("a.md")
    root._thread.shutdown(wait=True)
    assert notes.told == [("close",)]


async def test_links_are_read_when_a_note_is_open_and_the_index_known(root: Root, notes: Notes, monkeypatch):
    monkeypatch.setattr(roots, "_WARM_LINKS", 0.0)
    warmed = threading.Event()
    notes.authoring.warm = lambda: notes._take("warm") or warmed.set()
    root._take(Status("ready"))
    await asyncio.sleep(0.05)
    assert not warmed.is_set(), "who only searches needs no links"
    for text in ("# Tea", "# Teapot"):
        root.show("tea.md", text)
    assert await asyncio.to_thread(warmed.wait, 5)
    root._take(Status("ready"))
    await asyncio.sleep(0.05)
    assert notes.told.count(("warm",)) == 1


async def test_links_of_a_note_that_is_open_early_are_read_once_the_index_is_known(
    root: Root, notes: Notes, monkeypatch
):
    monkeypatch.setattr(roots, "_WARM_LINKS", 0.0)
    warmed = threading.Event()
    notes.authoring.warm = warmed.set
    root.show("tea.md", "# Tea")
    await asyncio.sleep(0.05)
    assert not warmed.is_set(), "nobody knows yet how the index stands"
    root._take(Status("ready"))
    assert await asyncio.to_thread(warmed.wait, 5)
