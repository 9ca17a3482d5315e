"""Files for the user alone, whatever else is written at the same time."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from starlight.private import write_private


def test_it_is_for_the_user_alone_and_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_private(path, "one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]
    if os.name == "posix":
        assert [stat.S_IMODE(each.stat().st_mode) for each in (path.parent, path)] == [0o700, 0o600]


def test_two_write_the_same_file_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, opened = tmp_path / "new" / "file", os.fdopen

    def opened_while_another_one_writes(descriptor: int, mode: str):
        monkeypatch.setattr(os, "fdopen", opened)
        write_private(path, "another")
        assert path.read_text() == "another"
        return opened(descriptor, mode)

    monkeypatch.setattr(os, "fdopen", opened_while_another_one_writes)
    write_private(path, "one")
    assert path.read_text() == "one"
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder"
    path.mkdir(parents=True)
    with pytest.raises(OSError, match="folder"):
        write_private(path, "text")
    assert list(path.parent.iterdir()) == [path]
