"""A query's text into what the two legs of search take."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlight.engine import ranking
from starlight.engine.hits import Leg
from starlight.engine.wanted import Wanted
from starlight.index.bm25 import weight
from starlight.index.reader import Reader
from starlight.index.vectors import without
from starlight.models.embedder import Embedder
from starlight.notes.stopwords import telling
from starlight.notes.text import as_written, is_literal, words

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

_MAX_TERMS = 64
_RARE = (16, _MAX_TERMS)
"""Words that are looked for where the rarest will do: of a text that the model knows, and of one that it does not."""
_ROWS = (3_000, 20_000)
"""Passages that hold these, together."""
MAX_CHARACTERS = 2_000
"""A longer query is a pasted document; its beginning says what it is about."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as the two legs take it."""

    terms: tuple[str, ...]
    wanted: Wanted
    weights: Mapping[str, float]
    """What each word of ``wanted`` counts: the rarer, the more."""
    ideal: float
    """The BM25 score of a passage that holds each of them once."""
    vector: Vector
    """What it means: how near a passage is to this is what people are told."""
    told_apart: Vector
    """The same less some of what all notes are about: the order goes by this."""
    weight: float
    """The share of the vector leg: none where the model does not know the query's words."""
    fluency: float
    """How well it knows them: a cosine counts for the verdict by as much."""


class Querying:
    """Makes queries of texts.  Use it on one thread, as its reader."""

    def __init__(self, reader: Reader, embedder: Embedder) -> None:
        self._reader = reader
        self._embedder = embedder

    def query(self, text: str, only: Leg | None = None, *, rare: bool = False) -> Query:
        """Return ``text`` as a query for ``only`` that leg, or for both; of its words for the ``rare`` ones alone."""
        text = text[:MAX_CHARACTERS]
        fluency = self._embedder.fluency(text)
        terms = tuple(telling(list(dict.fromkeys(words(text))))[:_MAX_TERMS])
        if rare:
            terms = self._rare(terms, fluency)
        stems = {stem: term for term in terms for _, _, stem in self._reader.stems(term)}
        shown = as_written(text)
        vector = self._embedder.embed([text])[0]
        weights = {None: ranking.SEMANTIC_WEIGHT * fluency, "lexical": 0.0, "semantic": 1.0}
        rarities = self._reader.bm25(terms).terms if terms else ()
        counts: dict[str, float] = {}
        for term, (_, rarity) in zip(terms, rarities, strict=True):
            counts[shown[term]] = counts.get(shown[term], 0.0) + weight(rarity)
        return Query(
            terms=terms,
            wanted=Wanted(
                {stem: shown[term] for stem, term in stems.items() if not is_literal(term)},
                tuple(shown[term] for term in terms if is_literal(term)),
                self._reader.stems,
            ),
            ideal=sum(rarity for _, rarity in rarities),
            weights=counts,
            vector=vector,
            told_apart=self._told_apart(vector) if weights[only] else vector,
            weight=weights[only],
            fluency=fluency,
        )

    def _rare(self, terms: Sequence[str], fluency: float) -> tuple[str, ...]:
        """Return the rarest of ``terms`` that any passage holds, as far as few do; all of them where none is held.

        They say the most, and cost the least.  The less the model knows of the text, the more of them: then its words
        say what is like it, and where they are pairs of letters, a rare one may be none.
        """
        most, rows = _between(_RARE, 1 - fluency), _between(_ROWS, 1 - fluency)
        held = [(n, term) for n, term in zip(self._reader.holding(terms), terms, strict=True) if n]
        rarest = sorted(held)[: round(most)]
        reached = itertools.accumulate(n for n, _ in rarest)
        few = [term for (_, term), n in zip(rarest, reached, strict=True) if n <= rows]
        return tuple(few or [term for _, term in rarest[:1]] or terms)

    def _told_apart(self, vector: Vector) -> Vector:
        """Return a query's vector less some of the mean of all passages, which tells none of them from another."""
        mean = self._reader.mean_vector()
        if mean is None or not vector.any():
            return vector
        return without(mean, ranking.centring(self._reader.status().chunks), vector)


def _between(least_and_most: tuple[int, int], share: float) -> float:
    least, most = least_and_most
    return least + share * (most - least)
