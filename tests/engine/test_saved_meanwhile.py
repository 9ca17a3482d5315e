"""What is saved while a whole folder is compared with its index goes first, and is neither lost nor undone."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.engine import indexing
from starlight.engine.workspace import Workspace
from starlight.index.disk import Selection
from tests.engine.test_indexing import check_run, contents, many_notes, paths


def test_a_saved_note_is_taken_while_the_folder_is_walked(
    vault: Callable[..., Path], open_workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_LOOKED_AT", 10)
    workspace = open_workspace(vault(many_notes(40)))
    asked: list[set[str]] = []

    def keep_going() -> bool:
        asked.append(paths(workspace))
        return len(asked) < 3

    report = workspace.bring_up_to_date(keep_going=keep_going)
    assert (report.stopped, report.files, asked) == (True, 0, [set(), set(), set()]), "in the middle of the walk"
    check_run(workspace, changed=40, files=40)


def test_a_saved_note_is_taken_while_what_is_stored_is_read(
    indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starlight.index.writer._FACTS_AT_ONCE", 10)
    workspace = indexed(many_notes(40))
    walked: list[str] = []
    monkeypatch.setattr(Selection, "walk", lambda *_: walked.append("") or iter(()))
    asked: list[bool] = []

    def keep_going() -> bool:
        asked.append(True)
        return len(asked) < 3

    report = workspace.bring_up_to_date(keep_going=keep_going)
    assert (report.stopped, report.files, len(asked), walked) == (True, 40, 3, [])
    monkeypatch.undo()
    check_run(workspace, changed=0, files=40)


def test_what_is_saved_meanwhile_is_neither_lost_nor_undone(
    indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch, settled: None
) -> None:
    """Notes are changed, moved, made and deleted, and brought up to date, while all are compared with the index."""
    monkeypatch.setattr("starlight.index.writer._FACTS_AT_ONCE", 3)
    monkeypatch.setattr(indexing, "_LOOKED_AT", 3)
    workspace = indexed("".join(f"== note{n}.md ==\n# Note {n}\n\nAbout number {n}.\n" for n in range(10)))
    with contextlib.closing(workspace.indexer()._open()) as writer:
        turns = iter(range(1_000))
        index = workspace.indexer()._indexing(writer)

        def save() -> bool:
            turn = next(turns)
            old, other, new = (workspace.root / name for name in (f"note{turn}.md", f"note{9 - turn}.md", f"{turn}.md"))
            if turn < 5:
                old.rename(workspace.root / f"moved {turn}.md")
                other.unlink() if turn % 2 else other.write_text(f"Changed in turn {turn}.")
                new.write_text("New.")
                index.update([old.name, f"moved {turn}.md", other.name, new.name])
            return True

        workspace.indexer()._indexing(writer, save).run()
        assert next(turns) > 5
        assert gc.isenabled()
    found = contents(workspace)
    workspace.bring_up_to_date()
    assert contents(workspace) == found, "nothing was left to do"
    workspace.bring_up_to_date(rebuild=True)
    assert contents(workspace) == found
