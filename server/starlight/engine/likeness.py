"""Passages like several texts at once, of which each counts by its weight.

What they mean is one vector: the sum of a passage's cosines to them is what its product with their sum is.  Their words
are looked for text by text, as each counts otherwise, but only the rare ones, which say most and cost least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlight.engine import ranking
from starlight.engine.hits import Found
from starlight.engine.overlay import View
from starlight.engine.querying import Query
from starlight.engine.ranking import Ranked
from starlight.engine.reasons import Explanation
from starlight.index.reader import Reader
from starlight.index.records import Scope, Scored
from starlight.index.vectors import alike, combined

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

_CANDIDATES = 200
"""Chunks that each leg brings."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the texts, as a query, and what it counts."""

    query: Query
    weight: float


class Likeness:
    """Finds what is like texts.  Use it on one thread, as its reader; within a snapshot of that."""

    def __init__(self, reader: Reader, opened: View, parts: Sequence[Part], scope: Scope) -> None:
        self._reader = reader
        self._opened = opened
        self._parts = parts
        self._scope = scope

    def find(self, limit: int, per_note: int) -> list[Found]:
        """Return the best ``limit`` passages, at most ``per_note`` of one note; scores are at most about 1."""
        total = sum(part.weight for part in self._parts)
        vector, length = combined([(part.weight * part.query.weight, part.query.told_apart) for part in self._parts])
        nearest = self._reader.nearest(vector, _CANDIDATES, self._scope) if length else dict
        worded = [self._worded(part.query) for part in self._parts]
        scores: dict[int, float] = {}
        for part, lexical in zip(self._parts, worded, strict=True):
            for chunk, score in ranking.fuse(lexical, {}, part.query.weight, part.query.ideal).scores.items():
                scores[chunk] = scores.get(chunk, 0.0) + part.weight * score / total
        for chunk, cosine in self._meant(vector, nearest(), scores).items():
            scores[chunk] = scores.get(chunk, 0.0) + length * max(cosine, 0.0) / total
        places = ranking.best(scores, limit, self._notes_of, per_note, self._copies_of)
        return self._found(places, {chunk for lexical in worded[:1] for chunk in lexical})

    def _worded(self, query: Query) -> Scored:
        """Return the BM25 scores of the passages that hold most of the query's words."""
        if not query.terms:
            return {}
        stored = self._reader.lexical(query.terms, _CANDIDATES, self._scope)
        return {**stored, **self._opened.lexical(lambda: self._reader.bm25(query.terms))}

    def _meant(self, vector: Vector, nearest: Scored, worded: Iterable[int]) -> Scored:
        """Return the cosines of what is nearest, and of what was found by words."""
        missing = self._reader.cosines(vector, [chunk for chunk in worded if chunk not in nearest])
        return {**nearest, **missing, **self._opened.cosines(vector)}

    def _notes_of(self, chunks: Iterable[int]) -> dict[int, str]:
        return {**self._reader.paths(chunks), **self._opened.notes(chunks)}

    def _copies_of(self, chunks: Sequence[int]) -> dict[int, int]:
        return alike(chunks, {**self._reader.vectors(chunks), **self._opened.vectors(chunks)})

    def _found(self, places: Sequence[Ranked], worded: set[int]) -> list[Found]:
        """Return the passages at ``places``, each with how near it is to the text that it is nearest to."""
        best = [place.chunk for place in places]
        passages = {**self._reader.passages(best), **self._opened.passages(best)}
        near: dict[int, float] = {}
        for query in (part.query for part in self._parts if part.query.weight):
            cosines = {**self._reader.cosines(query.vector, best), **self._opened.cosines(query.vector)}
            for chunk in best:
                near[chunk] = max(near.get(chunk, 0.0), query.fluency * cosines.get(chunk, 0.0))
        return [
            Found(passages[place.chunk], place.score, near.get(place.chunk, 0.0), place.chunk in worded, Explanation())
            for place in places
        ]
