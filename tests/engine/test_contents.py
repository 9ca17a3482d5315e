"""The texts of notes, and a disk that does not answer."""

from __future__ import annotations

import os
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
