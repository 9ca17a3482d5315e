"""An index that is made again on request is searched until the new one is complete."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.engine.workspace import Workspace
from starlight.errors import IndexMissing
from starlight.index.reader import Reader
from starlight.index.records import Status
from tests.engine.test_indexer import Serving
from tests.engine.test_indexing import check_no_orphans, contents, database, many_notes, paths
from tests.waiting import wait_until

NOTES = many_notes(200)
ALL = {f"{n % 10}/note {n}.md" for n in range(200)}


def _stop() -> bool:
    return False


def _begun(workspace: Workspace) -> list[Status]:
    """Stop a rebuild after its first batch; returns what it told."""
    told: list[Status] = []
    assert workspace.bring_up_to_date(told.append, _stop, rebuild=True).stopped
    return told


def _successor(workspace: Workspace) -> Path:
    return workspace.location.successor(workspace.fingerprint)


def test_the_old_index_answers_meanwhile(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    before = contents(workspace)
    told = _begun(workspace)
    assert {(status.files, status.rebuilding) for status in told} == {(200, True)}
    assert contents(workspace) == before
    results = workspace.search("number")
    assert (results.verdict, results.complete) == ("found", False)
    assert workspace.status().state == "paused"


def test_it_goes_on_where_it_was_stopped_and_takes_the_place(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    before, file = contents(workspace), database(workspace).stat().st_ino
    _begun(workspace)
    report = workspace.bring_up_to_date()
    assert 0 < report.changed < 200
    assert database(workspace).stat().st_ino != file
    assert contents(workspace) == before
    assert workspace.search("number").complete, "a reader that was open sees the new one"
    status = workspace.status()
    assert (status.state, status.files, status.rebuilding) == ("ready", 200, False)
    check_no_orphans(database(workspace))
    left = {path.name for path in workspace.location.folder.glob("index-*")}
    assert {name.removesuffix("-wal").removesuffix("-shm") for name in left} == {database(workspace).name}


def test_a_kill_costs_nothing_of_the_old_index(vault: Callable[..., Path], open_workspace) -> None:
    workspace = open_workspace(vault(many_notes(600)))
    workspace.bring_up_to_date()
    before = contents(workspace)
    command = [sys.executable, "-m", "starlight", "index", "--rebuild", str(workspace.root)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until("a part is made again", lambda: _n_made(workspace) > 0, limit=30)
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL
    assert contents(workspace) == before
    status = workspace.current_status()
    assert (status.state, status.files, status.rebuilding) == ("paused", 600, True), "nobody works on it any more"
    assert 0 < workspace.bring_up_to_date().changed < 600
    assert contents(workspace) == before
    assert workspace.current_status().rebuilding is False


def _n_made(workspace: Workspace) -> int:
    """Notes in the successor."""
    try:
        with Reader(_successor(workspace)) as reader:
            return len(reader.paths(range(10_000)))
    except IndexMissing:
        return 0


def test_what_is_half_made_is_no_index_of_its_own(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    _begun(workspace)
    assert _successor(workspace).exists()
    assert workspace.location.databases() == [database(workspace)]


def test_a_note_saved_meanwhile_is_in_both(vault: Callable[..., Path], open_workspace) -> None:
    serving = Serving(open_workspace(vault(many_notes(600))))
    serving.until_ready(600)
    serving.client.send({"command": "rebuild"})
    serving.until("the new one is begun", lambda status: bool(status["rebuilding"]))
    (serving.workspace.root / "urgent.md").write_text("A walrus.")
    serving.client.send({"command": "changed", "paths": ["urgent.md"]})
    wait_until("it is found", lambda: "urgent.md" in paths(serving.workspace))
    serving.until("it is ready", lambda status: (status["state"], status["rebuilding"]) == ("ready", False))
    assert serving.messages[-1]["status"]["files"] == 601
    assert serving.workspace.search("walrus").hits[0].path == "urgent.md"
    serving.end()


def test_asked_again_it_begins_again(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    _begun(workspace)
    assert workspace.bring_up_to_date(rebuild=True).changed == 200
    assert paths(workspace) == ALL


@pytest.mark.parametrize("damage", [b"no database" * 1_000, b""])
def test_a_damaged_successor_costs_only_itself(indexed: Callable[..., Workspace], damage: bytes) -> None:
    workspace = indexed(NOTES)
    _begun(workspace)
    _successor(workspace).write_bytes(damage)
    told: list[Status] = []
    assert workspace.bring_up_to_date(told.append).changed == 200
    assert {status.files for status in told} == {200}
    assert paths(workspace) == ALL


def test_a_damaged_index_is_not_kept(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NOTES)
    workspace.close()
    database(workspace).write_bytes(b"no database" * 1_000)
    told: list[Status] = []
    assert workspace.bring_up_to_date(told.append, rebuild=True).changed == 200
    assert not any(status.rebuilding for status in told)
    assert paths(workspace) == ALL


def test_what_a_reader_finds_damaged_is_made_again_at_once(vault: Callable[..., Path], open_workspace) -> None:
    serving = Serving(open_workspace(vault(NOTES)))
    serving.until_ready(200)
    file = database(serving.workspace).stat().st_ino
    serving.client.send({"command": "damaged"})
    serving.until("it is made again", lambda status: status["state"] == "indexing")
    serving.until_ready(200)
    assert not any(message["status"]["rebuilding"] for message in serving.messages)
    assert database(serving.workspace).stat().st_ino != file or not _successor(serving.workspace).exists()
    serving.end()


def test_nothing_is_kept_of_an_empty_index(vault: Callable[..., Path], open_workspace) -> None:
    told: list[Status] = []
    assert open_workspace(vault(NOTES)).bring_up_to_date(told.append, rebuild=True).changed == 200
    assert not any(status.rebuilding for status in told)
