"""What an index takes: by what it is for, and all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from starlight.index.disk import Fact
from starlight.index.reader import Reader
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.index.filling import put

NOTES = """== tea.md ==
# Tea

Boil the water for [[milk]].
== drinks/milk.md ==
White, and good in tea.
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(tmp_path / "index.db") as writer:
        yield writer


def test_every_page_is_counted_once(writer: Writer, embedder: Embedder) -> None:
    put(writer, embedder, NOTES)
    writer.checkpoint()
    with Reader(writer.path) as reader:
        sizes = reader.sizes()
    assert sizes.database == writer.path.stat().st_size == sum(sizes.tables.values())
    assert set(sizes.tables) == {"words", "vectors", "codes", "chunks", "links", "names", "notes", "other"}
    assert all(size > 0 for size in sizes.tables.values()), sizes.tables
    assert sizes.log == 0


def test_what_is_free_or_in_the_log_is_told(writer: Writer, embedder: Embedder) -> None:
    put(writer, embedder, NOTES)
    writer.remove(["tea.md", "drinks/milk.md"])
    with Reader(writer.path) as reader:
        sizes = reader.sizes()
    assert sizes.log == writer.path.with_name("index.db-wal").stat().st_size > 0
    assert sizes.text == 0


def test_text_is_that_of_the_notes(writer: Writer, embedder: Embedder) -> None:
    put(writer, embedder, NOTES)
    writer.touch([Fact("tea.md", 1_000, 1)])
    with Reader(writer.path) as reader:
        assert reader.sizes().text == 1_000 + len("White, and good in tea.\n")
