"""BM25 of passages that are not in the index, against that of FTS5 over the same ones in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from starlight.index.bm25 import Words
from starlight.index.reader import Reader
from starlight.index.records import Passage
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.index.filling import put, records, rows
from tests.index.test_reader import NOTES as PLAIN

NOTES = (
    PLAIN
    + """== code.md ==
---
aliases: [snake case]
---
# Names

A name is `boiling_milk_pot`, not boilingMilkPot; boiling milk, and milk boiling_milk_pot.
== empty.md ==
"""
)


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return [passage for note in records(NOTES) for passage in note.passages]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Reader]:
    path: Path = tmp_path_factory.mktemp("bm25") / "index.db"
    with Writer(path) as writer:
        put(writer, embedder, NOTES)
        put(writer, embedder, "== gone.md ==\nTea, milk and so many other words that are gone again.\n")
        writer.remove(["gone.md"])
    with Reader(path) as reader:
        yield reader


def scores(reader: Reader, passages: list[Passage], terms: list[str]) -> dict[bytes, float]:
    bm25 = reader.bm25(terms)
    words = [Words([[stem for *_, stem in reader.stems(field)] for field in passage.fields]) for passage in passages]
    return {
        passage.meaning: score for passage, each in zip(passages, words, strict=True) if (score := bm25.score(each))
    }


@pytest.mark.parametrize(
    "terms",
    [
        ["tea"], ["boiling", "milk"], ["boiling", "boils"], ["near", "one", "the"], ["cafe"], ["茶道"],
        ["چای", "roofs"], ["nowhere"], ["nowhere", "tea"], ["boiling_milk_pot"], ["boiling_milk"], ["milk_boiling"],
        ["pot_milk"], ["snake_case", "names"], ["_"], ["empty"], ["gone"], [],
    ],
)  # fmt: skip
def test_scores_are_those_of_the_index(reader: Reader, passages: list[Passage], terms: list[str]) -> None:
    by_id = dict(rows(reader.path, "SELECT id, meaning FROM chunks"))
    stored = {by_id[id_]: score for id_, score in reader.lexical(terms, 1_000).items()}
    assert scores(reader, passages, terms) == pytest.approx(stored, rel=1e-6, abs=1e-9)


def test_an_empty_index_knows_no_words(tmp_path: Path, passages: list[Passage]) -> None:
    with Writer(tmp_path / "index.db"):
        pass
    with Reader(tmp_path / "index.db") as reader:
        assert all(score >= 0 for score in scores(reader, passages, ["tea", "boiling_milk"]).values())
