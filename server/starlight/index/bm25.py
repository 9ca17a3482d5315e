"""BM25 as FTS5 computes it, for passages that are not in the index.

Okapi BM25 over weighted fields (Robertson & Zaragoza, 2009): a word counts by its field's weight, and a passage's
length is that of all its fields together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FIELD_WEIGHTS = (1.0, 3.0, 1.5, 1.5, 1.0)
"""Of body, title, aliases, headings, tags."""
_K1 = 1.2
_B = 0.75

Phrase = tuple[str, ...]
"""The stems of a term, which stand one after the other: mostly there is one."""
ANY_END = "*"
"""Stands at the end of a stem that is only how words begin, as in FTS5's queries."""


def rarity(n_passages: int, n_holding: int) -> float:
    """Return the inverse document frequency of a term that ``n_holding`` of ``n_passages`` hold."""
    n = max(n_passages, n_holding)
    return max(math.log((n - n_holding + 0.5) / (n_holding + 0.5)), 1e-6)


def most(rarity: float) -> float:
    """Return what a term of that rarity adds to the score of a passage at most, however often it stands there."""
    return rarity * (_K1 + 1)


def weight(rarity: float) -> float:
    """Return what a word of that rarity counts among those of a query: never quite nothing.

    From BM25's log odds to log(1 + odds): a word that half of a few passages hold still counts for something.
    """
    return math.log1p(math.exp(rarity))


class Words:
    """The words of one passage: the stems of each of its fields, in order."""

    __slots__ = ("_fields", "_weights", "length")

    def __init__(self, fields: Sequence[Sequence[str]]) -> None:
        self.length = sum(map(len, fields))
        self._fields = fields
        self._weights: dict[str, float] = {}
        for weight, field in zip(FIELD_WEIGHTS, fields, strict=True):
            for stem, count in Counter(field).items():
                self._weights[stem] = self._weights.get(stem, 0.0) + weight * count

    def frequency(self, phrase: Phrase) -> float:
        """Return how often ``phrase`` stands in the passage, each time counted by the weight of its field."""
        if len(phrase) == 1:
            stem = phrase[0]
            if stem.endswith(ANY_END):
                return sum(weight for word, weight in self._weights.items() if word.startswith(stem[:-1]))
            return self._weights.get(stem, 0.0)
        if not phrase or not all(stem in self._weights for stem in phrase):
            return 0.0
        return sum(weight * _count(field, phrase) for weight, field in zip(FIELD_WEIGHTS, self._fields, strict=True))


@dataclass(frozen=True, slots=True)
class Bm25:
    """A query's terms with their rarity in an index, and the mean length of the passages there."""

    terms: tuple[tuple[Phrase, float], ...]
    mean_length: float

    def score(self, words: Words) -> float:
        """Return the score that the passage with those words would have if it were in the index."""
        base = _K1 * (1 - _B + _B * words.length / self.mean_length)
        frequencies = ((words.frequency(phrase), weight) for phrase, weight in self.terms)
        return sum(weight * n * (_K1 + 1) / (n + base) for n, weight in frequencies if n)


def _count(field: Sequence[str], phrase: Phrase) -> int:
    starts = range(len(field) - len(phrase) + 1)
    return sum(tuple(field[start : start + len(phrase)]) == phrase for start in starts)
