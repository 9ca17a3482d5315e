"""Quotes in a query: what stands in a note to the letter, whatever the index has of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from starlight.engine.contents import Contents
from starlight.engine.workspace import Workspace
from tests.engine.test_filtering import NOTES, paths


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def test_words_of_a_quote_may_have_other_ones_between_them_in_the_index(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(
        "== link.md ==\nA [slate](https://example.org/tiles/of?many=kinds) roof, and **old** [[Beams|beams]] below.\n"
        "== name.md ==\nNow call fooBar again, and loadAllNotes twice.\n"
    )
    for query, path in [
        ('"a slate roof"', "link.md"),
        ('"and old beams below"', "link.md"),
        ('"call foobar again"', "name.md"),
        ('"fooBar again, and loadAllNotes twice"', "name.md"),
    ]:
        assert paths(workspace.search(query)) == {path}, query
        assert paths(workspace.search(f"-{query}")) == {"link.md", "name.md"} - {path}, query
        workspace.show(path, (workspace.root / path).read_text(encoding="utf-8") + "\n")
        assert paths(workspace.search(query)) == {path}, query
    assert not workspace.search('"roof slate"').hits
    assert not workspace.search(f'"{"a slate " * 200}"').hits


def test_what_could_not_be_read_is_not_remembered(notes: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    query = '"run water" soil'
    with monkeypatch.context() as patched:
        patched.setattr(Contents, "read", lambda _self, _notes: {})
        assert "garden/soil.md" in paths(notes.search(query)), "it may hold that: its words are there"
        assert "garden/soil.md" not in paths(notes.search('-"run water"'))
    assert paths(notes.search(query)) == set()
    assert "garden/soil.md" in paths(notes.search('-"run water"'))


def test_a_quote_is_found_again_when_its_note_is_closed(notes: Workspace) -> None:
    query, left_out = '"keeps the soil"', '-"keeps the soil"'
    notes.show("garden/soil.md", "Something else.")
    assert paths(notes.search(query)) == set()
    assert "garden/soil.md" in paths(notes.search(left_out))
    notes.hide("garden/soil.md")
    assert paths(notes.search(query)) == {"garden/soil.md"}
    assert "garden/soil.md" not in paths(notes.search(left_out))


def test_in_a_batch_a_quote_that_nothing_holds_is_words(notes: Workspace) -> None:
    assert notes.search('"moist soil"').hits == ()
    assert "garden/soil.md" in paths(notes.search('"moist soil"', lenient=True))
    assert notes.search('"moist soil" tag:garden', lenient=True).hits == ()
    assert paths(notes.search('"keeps the soil"', lenient=True)) == {"garden/soil.md"}
