"""The texts of notes, and a disk that does not answer."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from starlight.engine import contents
from starlight.engine.contents import Content, Contents
from starlight.engine.describe import hash_of
from starlight.index import disk
from starlight.index.disk import fact_of
from starlight.index.records import StoredPassage
from tests.parts import need
from tests.waiting import wait_until

_INDEXED = b"as it was indexed"


def passage(path: Path) -> StoredPassage:
    """A passage of the note as it is now, by its fact, but with another hash."""
    fact = fact_of(path.name, path.lstat())
    return StoredPassage(1, path.name, "", (), 0, 0, 1, 1, _INDEXED, fact)


def test_a_file_that_is_what_was_indexed_is_not_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (note := tmp_path / "tea.md").write_text("Tea.")
    known = {note.name: passage(note)}
    read = Contents(tmp_path, lambda _path: (1_000, "")).read
    assert read(known) == {note.name: Content("Tea.", hash_of(b"Tea."))}, "too young to tell"
    monkeypatch.setattr(disk, "_RACY_NS", 0)
    assert read(known) == {note.name: Content("Tea.", _INDEXED)}
    note.write_text("Hot tea.")
    assert read(known) == {note.name: Content("Hot tea.", hash_of(b"Hot tea."))}
    assert read({note.name: passage(note), "gone.md": passage(note)})["gone.md"] is None


def test_what_was_read_lately_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_RACY_NS", 0)
    monkeypatch.setattr(contents, "_KEPT", 10)
    (tea := tmp_path / "tea.md").write_text("Tea.")
    (pot := tmp_path / "pot.md").write_text("A pot.")
    opened: list[str] = []
    real = disk.read_with_fact

    def reading(root: Path, path: str, limit: int, limited_by: str) -> tuple[bytes, disk.Fact]:
        opened.append(path)
        return real(root, path, limit, limited_by)

    monkeypatch.setattr(disk, "read_with_fact", reading)
    read = Contents(tmp_path, lambda _path: (1_000, "")).read
    for _ in range(2):
        assert read({"tea.md": None, "pot.md": None})["tea.md"] == Content("Tea.", hash_of(b"Tea."))
    assert opened == ["tea.md", "pot.md"]
    tea.write_text("Hot.")
    assert read({"tea.md": None})["tea.md"] == Content("Hot.", hash_of(b"Hot."))
    pot.write_text("Some larger pot.")
    read({"pot.md": None})
    read({"tea.md": None, "pot.md": None})
    assert opened[2:] == ["tea.md", "pot.md", "tea.md", "pot.md"], "only so much is kept"
    tea.unlink()
    assert read({"tea.md": None}) == {"tea.md": None}


def test_what_the_disk_does_not_give_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named pipe that nobody writes to holds up whoever opens it."""
    need("named pipes", hasattr(os, "mkfifo"), "the system has them")
    (note := tmp_path / "tea.md").write_text("Tea.")
    known, hanging = {note.name: passage(note)}, {}
    for name in ("slow.md", "slower.md"):
        os.mkfifo(tmp_path / name)
        hanging[name] = passage(tmp_path / name)
    monkeypatch.setattr(contents, "_MOST_LEFT", 2)
    reading = Contents(tmp_path, lambda _path: (1_000, ""), patience=0.05)
    assert reading.read({"slow.md": hanging["slow.md"], **known}).keys() == {note.name}
    n_threads = threading.active_count()
    assert reading.read({**known, "slow.md": hanging["slow.md"]}).keys() == {note.name}
    assert threading.active_count() == n_threads, "nobody waits for it once more"
    assert reading.read(hanging) == {}
    assert reading.read(known) == {}, "so many hang that no more are begun"
    for name in hanging:
        (tmp_path / name).open("wb").close()  # they go on
    wait_until("files are read again", lambda: reading.read(known).keys() == {note.name})
    reading.close()


def test_workers_that_were_left_change_what_is_kept_beside_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They all read at once, and threads take turns as often as they can."""
    monkeypatch.setattr(disk, "_RACY_NS", 0)
    monkeypatch.setattr(contents, "_KEPT", 600)
    paths = [f"{number}.md" for number in range(200)]
    for path in paths:
        (tmp_path / path).write_text("Tea.")
    reading = Contents(tmp_path, lambda _path: (1_000, ""))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=lambda: [reading._content(path, None) for path in paths]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert reading._size == sum(len(content.text) for _, content in reading._last.values()) == 600
    assert not caplog.records


def test_a_file_that_fails_unforeseen_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("tea.md", "pot.md"):
        (tmp_path / name).write_text("Tea.")
    real = disk.read_with_fact

    def failing(root: Path, path: str, limit: int, limited_by: str) -> tuple[bytes, disk.Fact]:
        if path == "pot.md":
            raise RuntimeError("no one thought of this")
        return real(root, path, limit, limited_by)

    monkeypatch.setattr(disk, "read_with_fact", failing)
    reading = Contents(tmp_path, lambda _path: (1_000, ""))
    for _ in range(2):
        found = reading.read({"pot.md": None, "tea.md": None})
        assert found == {"pot.md": None, "tea.md": Content("Tea.", hash_of(b"Tea."))}
    assert "pot.md cannot be read" in caplog.text
    monkeypatch.undo()
    assert reading.read({"pot.md": None})["pot.md"] == Content("Tea.", hash_of(b"Tea."))
    reading.close()
