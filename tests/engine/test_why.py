"""Every reason for which a file is, or is not, in the index."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine.workspace import Workspace

NOTES = """== tea.md ==
# Tea

Boil the water.
== milk.md ==
# Milk
== .hidden.md ==
== .obsidian/a.md ==
== drafts/a.md ==
== out/deep/a.md ==
== elsewhere/a.md ==
== notes.canvas ==
== big.md ==
A long note.
== binary.md ==
\0
== .gitignore ==
# made by machines
/out/
"""
INCLUDED = ("/*.md", "/drafts", "/out", "/link", "/.*", "/*.canvas")


@pytest.fixture
def workspace(vault: Callable[..., Path], open_workspace: Callable[..., Workspace]) -> Workspace:
    root = vault(NOTES)
    (root / "link").symlink_to("out")
    (root / "link.md").symlink_to("tea.md")
    (root / "big.md").write_text("A long note. " * 200)
    settings = Settings(exclude=("drafts",), include=INCLUDED, max_file_size=0.001)
    workspace = open_workspace(root, settings)
    workspace.bring_up_to_date()
    return workspace


@pytest.mark.parametrize(
    ("path", "reason", "part"),
    [
        ("tea.md", "indexed", "1 passage."),
        ("", "folder", ". is a folder"),
        ("nowhere.md", "missing", "is not there"),
        ("tea.md/below.md", "missing", "is not there"),
        ("a\0b.md", "missing", "is not there"),
        (".hidden.md", "hidden", "it is hidden"),
        (".obsidian/a.md", "hidden", "the folder .obsidian is hidden"),
        ("link.md", "link", "it is a symbolic link"),
        ("drafts/a.md", "excluded", "the folder drafts is excluded by the setting `index.exclude`, pattern `drafts`"),
        ("drafts", "excluded", "drafts is not indexed: it is excluded"),
        ("out/deep/a.md", "ignored", "the folder out is ignored by .gitignore, line 2, pattern `/out/`"),
        ("elsewhere/a.md", "not included", "the folder elsewhere is not among what the setting `index.include` names"),
        ("notes.canvas", "not a note", "files ending in .md or .markdown are indexed"),
        ("big.md", "too large", "`index.maxFileSize` (0.001 MB)"),
        ("binary.md", "failed", "it is a binary file, not text"),
    ],
)
def test_reasons(workspace: Workspace, path: str, reason: str, part: str) -> None:
    found = workspace.why(path)
    assert (found.path, found.reason) == (path, reason)
    assert part in found.message
    assert found.message.startswith(path)
    assert found.message.endswith(".")
    assert (found.passages > 0) == (reason == "indexed")


def test_below_a_link(workspace: Workspace) -> None:
    (workspace.root / "out").rename(workspace.root / "kept")
    (workspace.root / "link").unlink()
    (workspace.root / "link").symlink_to("kept")
    assert workspace.why("link/deep/a.md").message == (
        "link/deep/a.md is not indexed: link is a symbolic link, and links are not followed."
    )


def test_what_waits(workspace: Workspace) -> None:
    (workspace.root / "new.md").write_text("New.")
    (workspace.root / "tea.md").write_text("Another tea.")
    assert workspace.why("new.md").reason == "waiting"
    changed = workspace.why("tea.md")
    assert (changed.reason, changed.passages) == ("changed", 1)
    assert re.search(r"as it was saved on \d{4}-\d\d-\d\d \d\d:\d\d \(1 passage\)", changed.message)
    workspace.bring_up_to_date()
    assert workspace.why("new.md").reason == workspace.why("tea.md").reason == "indexed"


def test_before_anything_is_indexed(vault: Callable[..., Path], open_workspace: Callable[..., Workspace]) -> None:
    assert open_workspace(vault("== tea.md ==\n")).why("tea.md").reason == "waiting"
