"""Passages like several texts at once, of which each counts by its weight.

What they mean is one vector: the sum of a passage's cosines to them is what its product with their sum is.  Their words
are looked for text by text, as each counts otherwise, but only the rare ones, which say most and cost least.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlight.engine import ranking
from starlight.engine.cocitation import SIMILAR, Passage
from starlight.engine.hits import Found
from starlight.engine.overlay import View
from starlight.engine.querying import Query, Querying
from starlight.engine.ranking import Ranked
from starlight.engine.reasons import Explanation
from starlight.index.reader import Reader
from starlight.index.records import Scope, Scored
from starlight.index.vectors import alike, combined

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

_CANDIDATES = 200
"""Chunks that each leg brings."""


Gains = Callable[[Sequence[Passage]], Callable[[str], float]]
"""Gives, for the passages that are most alike, the best first, what says how much the note at a path gains."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the texts, as a query, and what it counts."""

    query: Query
    weight: float


class Likeness:
    """Finds what is like texts, of which each counts by its number.

    Use it on one thread, as its reader; within a snapshot of that.
    """

    def __init__(
        self, reader: Reader, opened: View, querying: Querying, texts: Sequence[tuple[str, float]], scope: Scope
    ) -> None:
        self._reader = reader
        self._opened = opened
        self._scope = scope
        meant = [(querying.meaning(text), weight) for text, weight in texts]
        self._vector, self._length = combined([(weight * each.weight, each.told_apart) for each, weight in meant])
        # This leg takes longest, and on a thread of its own: it begins before the words are looked at.
        self._nearest = reader.nearest(self._vector, _CANDIDATES, scope) if self._length else dict
        self.parts = [
            # What is shown of the passages is for the first.
            Part(querying.query(text, rare=True, meaning=meaning, is_shown=number == 0), weight)
            for number, ((text, _), (meaning, weight)) in enumerate(zip(texts, meant, strict=True))
        ]

    def find(self, limit: int, per_note: int, gains: Gains) -> list[Found]:
        """Return the best ``limit`` passages, at most ``per_note`` of one note.

        Scores are at most about 1, and what their notes gain comes to them.
        """
        total = sum(part.weight for part in self.parts)
        worded = [self._worded(part.query) for part in self.parts]
        scores: dict[int, float] = {}
        for part, lexical in zip(self.parts, worded, strict=True):
            for chunk, score in ranking.fuse(lexical, {}, part.query.weight, part.query.ideal).scores.items():
                scores[chunk] = scores.get(chunk, 0.0) + part.weight * score / total
        for chunk, cosine in self._meant(self._vector, self._nearest(), scores).items():
            scores[chunk] = scores.get(chunk, 0.0) + self._length * max(cosine, 0.0) / total
        notes = self._gain(scores, gains)
        places = ranking.best(scores, limit, lambda _chunks: notes, per_note, self._copies_of)
        return self._found(places, {chunk for lexical in worded[:1] for chunk in lexical})

    def _gain(self, scores: dict[int, float], gains: Gains) -> dict[int, str]:
        """Add to ``scores`` what their notes gain; returns these notes, by chunk."""
        best = heapq.nlargest(SIMILAR, scores, key=scores.__getitem__)
        with self._reader.overview() as overview:
            places = overview.places(best)
        opened = self._opened.passages(best)
        places |= {chunk: (each.path, each.start, each.end) for chunk, each in opened.items()}
        gained = gains([Passage(scores[chunk], *places[chunk]) for chunk in best if chunk in places])
        notes = self._notes_of(scores)
        for chunk, path in notes.items():
            scores[chunk] += gained(path)
        return notes

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
        for query in (part.query for part in self.parts if part.query.weight):
            cosines = {**self._reader.cosines(query.vector, best), **self._opened.cosines(query.vector)}
            for chunk in best:
                near[chunk] = max(near.get(chunk, 0.0), query.fluency * cosines.get(chunk, 0.0))
        return [
            Found(passages[place.chunk], place.score, near.get(place.chunk, 0.0), place.chunk in worded, Explanation())
            for place in places
        ]
