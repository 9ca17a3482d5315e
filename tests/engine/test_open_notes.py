"""Documents that are open in an editor and would not be indexed: they are no notes, and their texts still count."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from starlight.config import Settings
from starlight.engine.diagnosing import problems
from starlight.engine.navigation import backlinks, definition
from starlight.engine.workspace import Workspace

NOTES = """
== tea.md ==
# Tea
See [[tea]] and [x](archive/old.md#black-tea).
== .gitignore ==
drafts/
"""
TEXT = "---\naliases: [Tea]\ntags: [drink]\n---\n# Old\n\n[[tea]]\n\n## Black tea\n"
OPENED = dict.fromkeys(("draft.txt", "archive/old.md", "drafts/new.md", ".trash/old.md"), TEXT)


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES, Settings(exclude=("archive/",)))


def test_they_are_no_notes(notes: Workspace) -> None:
    assert [path for path, _ in notes.look(OPENED, lambda c: backlinks(c, "tea.md"))] == ["tea.md"]
    assert notes.look(OPENED, lambda c: c.named("tea")) == ["tea.md"]
    assert notes.look(OPENED, lambda c: c.tagged("drink")) == {}
    text = (notes.root / "tea.md").read_text()
    assert notes.look({**OPENED, "tea.md": text}, lambda c: problems(c, "tea.md", ["alias.duplicate"])) == []


def test_the_one_that_is_asked_about_is_looked_at(notes: Workspace) -> None:
    path, text = "archive/old.md", OPENED["archive/old.md"]
    place = notes.look(OPENED, lambda c: definition(c, path, text.index("tea]]")), asked=path)
    assert place
    assert place.path == "tea.md"


def test_links_to_them_lead_into_their_texts(notes: Workspace) -> None:
    """An open text wins over the disk, whatever it is."""
    old = notes.root / "archive" / "old.md"
    old.parent.mkdir()
    old.write_text("# Saved long ago\n")
    text = (notes.root / "tea.md").read_text()
    place = notes.look(OPENED, lambda c: definition(c, "tea.md", text.index("old.md")))
    assert place
    assert OPENED["archive/old.md"][place.start :].startswith(("## Black tea", "Black tea"))


def test_one_that_is_opened_again_after_the_ignore_files_have_changed(notes: Workspace) -> None:
    opened = {"drafts/new.md": OPENED["drafts/new.md"]}
    assert notes.look(opened, lambda c: list(c.opened)) == []
    (notes.root / ".gitignore").write_text("")
    notes.look({}, lambda _: None)
    assert notes.look(opened, lambda c: list(c.opened)) == ["drafts/new.md"]
