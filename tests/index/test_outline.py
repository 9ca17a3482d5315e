"""The headings of a note, each stored once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.index import schema
from starlight.index.outline import Outline, headings_by_number, headings_in
from starlight.index.reader import Reader
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.index.filling import put, rows

NOTES = """== tea.md ==
# Tea

Leaves.

## Green

### Sencha

Steamed leaves.

## Black

### Sencha

No such thing.
"""


@given(st.lists(st.lists(st.text(max_size=3), max_size=4)))
def test_every_path_is_read_as_it_was_stored(paths: list[list[str]]) -> None:
    outline = Outline()
    numbers = [outline.number(path) for path in paths]
    stored = outline.stored()
    assert bool(stored) == any(paths)
    if stored:
        found = headings_by_number(stored)
        assert [found[number] for number in numbers] == list(map(tuple, paths))
        assert set(headings_in(stored)) == {text for path in paths for text in path}


@pytest.fixture
def path(tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("starlight.notes.chunking._SMALL", 0)  # a passage for each section
    with Writer(tmp_path / "index.db") as writer:
        put(writer, embedder, NOTES)
    return tmp_path / "index.db"


def headings(path: Path) -> list[tuple[str, ...]]:
    """Return the headings of all passages, by their numbers."""
    with Reader(path) as reader:
        found = reader.passages([id_ for (id_,) in rows(path, "SELECT id FROM chunks")])
    return [found[id_].headings for id_ in sorted(found)]


def test_passages_have_their_headings(path: Path) -> None:
    below = [(), ("Green",), ("Green", "Sencha"), ("Black",), ("Black", "Sencha")]
    assert headings(path) == below
    with Reader(path) as reader, reader.overview() as overview:
        assert list(overview.headings()) == [("tea.md", ("Green", "Sencha", "Black", "Sencha"))]


def test_an_index_from_before_there_were_outlines(path: Path) -> None:
    before = headings(path)
    connection = schema.open_writer(path)
    for id_, each in enumerate(before, 1):
        connection.execute("UPDATE chunks SET headings = ? WHERE id = ?", (json.dumps(each), id_))
    connection.execute("DROP TABLE outlines")
    connection.close()
    assert headings(path) == before
