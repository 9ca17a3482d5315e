"""Whatever happens to the index: the notes are as they were, searching goes on where it can, and the rest is said."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from starlight.engine.workspace import Workspace
from tests.cli.command import permissions_count, snapshot, starlight, started, together, wait_for_a_part
from tests.cli.test_bad_input import NOTES, check_found
from tests.engine.test_indexing import many_notes
from tests.index.filling import check_no_orphans
from tests.parts import need
from tests.waiting import wait_until_settled


@pytest.fixture
def root(vault: Callable[..., Path]) -> Iterator[Path]:
    """A folder of notes, which is as it was at the end of the test."""
    root = vault(NOTES)
    before = snapshot(root)
    yield root
    assert snapshot(root) == before


@pytest.fixture
def database(root: Path) -> Path:
    """The index of ``root``, made."""
    workspace = Workspace.at(root)
    workspace.bring_up_to_date()
    return workspace.location.database(workspace.fingerprint)


@pytest.mark.parametrize("content", [b"this is no database" * 1_000, b"", b"SQLite format 3\0" + b"\xa5" * 9_000])
def test_damaged(root: Path, database: Path, content: bytes) -> None:
    database.write_bytes(content)
    check_found(root)
    check_no_orphans(database)


def test_damaged_in_the_middle(root: Path, database: Path) -> None:
    data = bytearray(database.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    database.write_bytes(data)
    check_found(root)
    check_no_orphans(database)


def test_from_a_newer_version(root: Path, database: Path) -> None:
    connection = apsw.Connection(str(database))
    connection.pragma("user_version", 99)
    connection.close()
    before = database.read_bytes()
    for done in together(["index", root], ["search", "--root", root, "tea"], ["status", root]):
        done.failed_with(str(database), "newer Starlight", "update Starlight", "--rebuild")
    assert database.read_bytes() == before
    assert starlight("index", root, "--rebuild", "--json").json()["files"] == 2


def test_read_only(root: Path, database: Path) -> None:
    need("permissions", permissions_count(), "root cannot let go of its right to pass over permissions here")
    database.chmod(0o400)
    database.parent.chmod(0o500)
    try:
        starlight("index", root, mere=True).failed_with(str(database.parent), "cannot be written", "permissions")
        complaint = check_found(root, mere=True)
        assert "searching the index as it is" in complaint
        assert str(database.parent) in complaint
        assert "ready" in starlight("status", root, mere=True).out
    finally:
        database.parent.chmod(0o700)
        database.chmod(0o600)


def test_a_cache_folder_that_may_not_be_written(root: Path, xdg_home: Path) -> None:
    need("permissions", permissions_count(), "root cannot let go of its right to pass over permissions here")
    (xdg_home / "cache").chmod(0o500)
    for done in together(["index", root], ["search", "--root", root, "tea"], mere=True):
        done.failed_with(str(xdg_home / "cache"), "cannot be written", "XDG_CACHE_HOME")


def test_another_process_is_indexing(vault: Callable[..., Path]) -> None:
    root = vault(many_notes(1_000))
    with started("index", root, "--json") as first:
        wait_for_a_part(root, first)
        second = starlight("index", root, "--json")
        assert (second.code, second.json()["files"]) == (0, 1_000)
        out, _ = first.communicate(timeout=30)
    assert first.returncode == 0
    assert b'"files": 1000' in out


def test_others_that_do_not_let_go(vault: Callable[..., Path]) -> None:
    """Each is waited for some seconds, which is why all are tried at once."""
    elected, locked = (Workspace.at(vault(NOTES, name=name)) for name in ("elected", "locked"))
    for workspace in (elected, locked):
        workspace.bring_up_to_date()
        workspace.close()
    other = apsw.Connection(str(locked.location.database(locked.fingerprint)))
    other.execute("BEGIN IMMEDIATE")
    with contextlib.ExitStack() as running:
        lock = running.enter_context(elected.location.lock.open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        indexing = running.enter_context(started("index", elected.root))
        searching = running.enter_context(started("search", "--root", elected.root, "boil", "--json"))
        beside = running.enter_context(started("search", "--root", locked.root, "boil", "--json"))
        out, err = indexing.communicate(timeout=20)
        assert (indexing.returncode, out) == (1, b"")
        assert b"another Starlight holds this index and does not answer; end it first" in err
        for process, reason in (
            (searching, b"does not answer; end it first"),
            (beside, b"another program holds the index"),
        ):
            out, err = process.communicate(timeout=20)
            assert b"searching the index as it is" in err
            assert reason in err
            assert b'"path": "tea.md"' in out
    other.close()
    assert starlight("index", elected.root).code == 0


def mounted(folder: Path, size: str) -> bool:
    """Mount a disk of ``size`` at ``folder``; false where that is not allowed."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.parametrize("size", ["4k", "1m"])
def test_a_full_disk(vault: Callable[..., Path], xdg_home: Path, size: str) -> None:
    root = vault(many_notes(1_000))
    wait_until_settled(root)
    before = snapshot(root)
    disk = xdg_home / "cache" / "starlight"
    need("mount", mounted(disk, size), "only root can mount a small disk to fill")
    try:
        done = starlight("index", root)
        done.failed_with("no space is left", "free some and run again")
        if size == "1m":
            found = starlight("search", "--root", root, "number", "--json")
            assert found.json()["hits"], "what was indexed can be searched"
            assert not found.json()["complete"]
            assert "searching the index as it is" in found.err
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        report = starlight("index", root, "--json").json()
        assert (report["files"], report["failed"]) == (1_000, [])
        if size == "1m":
            assert report["bytes"] < sum(path.stat().st_size for path in root.rglob("*.md")), "it went on"
        workspace = Workspace.at(root)
        check_no_orphans(workspace.location.database(workspace.fingerprint))
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert snapshot(root) == before
