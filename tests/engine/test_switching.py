"""Another model is another index: that of the model before is searched, by words, until the new one is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from starlight.config import Settings
from starlight.engine.workspace import Workspace
from starlight.errors import IndexMissing
from tests.engine.test_indexing import many_notes

if TYPE_CHECKING:
    from starlight.models.embedder import Vectors

NOTES = many_notes(200)


class OtherModel:
    """Another model, with vectors of another width."""

    identity = "other"
    dim = 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), self.dim), np.float32) / 8

    def fluency(self, text: str) -> float:
        return float(bool(text))


@pytest.fixture
def switched(indexed: Callable[..., Workspace]) -> Workspace:
    """A folder that was indexed with the model that ships, opened with another."""
    root: Path = indexed(NOTES).root
    return Workspace(root, Settings(), OtherModel())


def _first_batch_only() -> Callable[[], bool]:
    answers = iter([True])
    return lambda: next(answers, False)


def test_before_anything_of_the_new_index_is_there(switched: Workspace) -> None:
    results = switched.search("number")
    assert (results.verdict, results.complete) == ("found", False)
    assert "words: number" in results.hits[0].reasons
    assert not any("meaning" in reason for hit in results.hits for reason in hit.reasons)
    assert switched.search("number", only="semantic").hits, "by words, whatever was asked for"
    assert switched.evidence("Which number is it?", 200).sources
    assert not switched.is_indexed


def test_while_it_is_made_and_after(switched: Workspace) -> None:
    report = switched.bring_up_to_date(keep_going=_first_batch_only())
    assert report.stopped
    assert 0 < report.files < 200
    results = switched.search("number", 1_000)
    assert not results.complete
    assert len({hit.path for hit in results.hits}) > report.files, "the old index has all notes"
    switched.bring_up_to_date()
    results = switched.search("number", only="semantic")
    assert results.complete
    assert results.hits


def test_an_old_index_does_not_stand_in_for_one_that_is_complete(switched: Workspace) -> None:
    switched.bring_up_to_date()
    for path in switched.root.rglob("*.md"):
        if path.parent.name != "1":
            path.unlink()
    switched.bring_up_to_date()
    results = switched.search("number", 1_000)
    assert results.complete
    assert {hit.path.partition("/")[0] for hit in results.hits} == {"1"}


def test_where_there_is_no_index_of_any_model(vault: Callable[..., Path]) -> None:
    workspace = Workspace(vault(NOTES).resolve(), Settings(), OtherModel())
    with pytest.raises(IndexMissing):
        workspace.search("number")


def test_a_damaged_old_index_is_passed_over(switched: Workspace) -> None:
    (old,) = switched.location.databases()
    old.write_bytes(b"no database")
    with pytest.raises(IndexMissing):
        switched.search("number")
