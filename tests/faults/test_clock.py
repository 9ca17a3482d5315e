"""Times that lie: the index has the content that is there, whatever the clock said when it was written."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from starlight.engine.workspace import Workspace
from starlight.index import disk
from starlight.models.embedder import Embedder
from tests.faults.indexing import IndexerProcess
from tests.faults.scale import scaled
from tests.faults.state import check_same, clean_build, is_same
from tests.waiting import wait_until, wait_until_settled

DAY = 24 * 3600 * 10**9


@pytest.fixture
def note(tmp_path: Path) -> Path:
    place = tmp_path / "notes" / "tea.md"
    place.parent.mkdir()
    place.write_text("# Tea\n\nA walrus.\n")
    return place


@pytest.fixture
def check(
    note: Path, open_workspace: Callable[..., Workspace], tmp_path: Path, embedder: Embedder
) -> Callable[[], Workspace]:
    """Bring the index up to date; it then says what a clean build says."""
    workspace = open_workspace(note.parent)

    def run() -> Workspace:
        workspace.bring_up_to_date()
        clean = tmp_path / f"clean {time.monotonic_ns()}.db"
        check_same(workspace.location.database(workspace.fingerprint), clean_build(note.parent, clean, embedder))
        return workspace

    return run


@pytest.mark.parametrize("offset", [-30 * 365 * DAY, -DAY, DAY, 30 * 365 * DAY])
def test_the_clock_was_wrong_and_goes_on_elsewhere(note: Path, check, offset: int) -> None:
    for text, mtime in (("first", offset), ("other", offset - DAY), ("third", offset), ("fifth", -offset)):
        note.write_text(f"# Tea\n\n{text}\n")
        os.utime(note, ns=(time.time_ns() + mtime, time.time_ns() + mtime))
        check()


def test_a_time_before_1970(note: Path, check) -> None:
    os.utime(note, ns=(-DAY, -DAY))
    check()


@pytest.mark.parametrize("round_", range(scaled(3, 30)))
def test_same_size_at_once(note: Path, check, round_: int) -> None:
    """As fast as it goes: within one tick of the clock of the file system where it is coarse."""
    for word in ("walrus", "badger", "falcon"):
        note.write_text(f"# Tea\n\nA {word}.\n")
        check()


def test_same_size_and_times(note: Path, check, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that notes whole seconds only, in which another change comes right after the index looked."""
    real = disk.fact_of

    def coarse(path: str, found: os.stat_result) -> disk.Fact:
        fact = real(path, found)
        second = 10**9
        return disk.Fact(path, fact.size, fact.mtime_ns // second * second, fact.ctime_ns // second * second, 1)

    monkeypatch.setattr(disk, "fact_of", coarse)
    check()
    note.write_text("# Tea\n\nA badger.\n")
    check()


def test_a_tool_sets_the_time_back(note: Path, check) -> None:
    wait_until_settled(note.parent)
    check()
    before = note.stat()
    note.write_text("# Tea\n\nA badger.\n")
    os.utime(note, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (note.stat().st_size, note.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert [hit.snippet for hit in check().search("badger").hits] == ["A badger."]


@contextmanager
def rewriting(note: Path) -> Iterator[None]:
    """Write the note again and again, at one size, now whole and now in pieces, until the block ends."""
    done = threading.Event()

    def work() -> None:
        number = 0
        while not done.is_set():
            number += 1
            half = f"# Tea {number:06}\n\n" + f"A kettle of {number:06}. " * 2_000
            with note.open("r+") as file:
                file.write(half)
                file.flush()
                file.write(half)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_file_changes_while_it_is_read(
    note: Path, indexer: Callable[[Path], IndexerProcess], tmp_path: Path, embedder: Embedder
) -> None:
    process = indexer(note.parent)
    with rewriting(note):
        process.wait_for_writes(scaled(10, 60))
    process.finish()
    check_same(process.database, clean_build(note.parent, tmp_path / "clean.db", embedder))


def test_nobody_asks_after_the_last_change(
    note: Path, indexer: Callable[[Path], IndexerProcess], tmp_path: Path, embedder: Embedder
) -> None:
    """The watcher alone brings the final content."""
    process = indexer(note.parent)
    process.finish()
    with rewriting(note):
        process.wait_for_writes(scaled(4, 20))
    note.write_text("# Tea\n\nThe end.\n")
    expected = clean_build(note.parent, tmp_path / "clean.db", embedder)
    wait_until("the final content is indexed", lambda: is_same(process.database, expected))
