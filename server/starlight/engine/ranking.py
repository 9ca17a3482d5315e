"""Scores into an order.  Pure functions over what the two legs of search found.

The legs are fused by score: blind rank fusion with a weaker leg lowers quality (``docs/benchmarks.md``).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

SEMANTIC_WEIGHT = 0.6
"""Share of the vector leg where the model knows the words of the query well."""
_CENTRING = 0.5
"""Share of the mean vector of all passages that is taken from a query's vector: what they all are about."""
_FEW = 50
"""Passages from which their mean counts half: that of a few says what these are about, not what all are."""
FULL_TRUST = 0.7
"""Share of the ideal lexical score from which the lexical leg counts in full."""
SMOOTHING = 0.4
"""Share of a passage's score that is that of its neighbours, where the model knows the words of the query well."""
NEIGHBOURS = 7
_SMOOTHED = 50
"""Passages that have neighbours: the best."""
PER_NOTE = 3
"""Passages of one note in a list: a long note must not fill it."""
_REPEAT = 0.85
"""What each further passage of the same note is worth."""
_COPY = 0.7
"""What a passage is worth beside a better one that says the same, in another note."""
NAMED = 1.0
"""Added to a note that is called as the query is: no fused score is higher."""
_OF_THE_TIME = 0.15
"""Added to a note of the time that the query names."""
_LATE = 0.1
"""Added to the newest note where the query asks for what is new; half of it to one that is ``_HALF_LIFE`` older."""
_HALF_LIFE = 30
"""Days."""

_AHEAD = 4
"""So many times the passages wanted are looked at first: few notes have many of the best."""

NEAR = 0.38
"""Cosine from which a passage is called close in meaning: unrelated English text seldom gets there."""
FAINT = 0.12
"""Cosine below which a passage without a word of the query is left out of a list that has better ones."""
LOOSE = 0.22
"""Cosine from which it is called related.  The ranges of related and unrelated text overlap below ``NEAR``."""

_BIAS, _BY_COVERAGE, _WHERE_UNKNOWN, _BY_COSINE, _BY_SIZE = -7.5, 4.7, 13.6, 13.4, -1.4
_SIZES = (0.1, 10.0)
"""Thousands of passages between which their number counts: among many, one is nearer by chance."""
_ALL = 0.99
"""Coverage from which all words of the query are there: that is found, whatever they mean."""
_FOUND = 0.5
"""Confidence from which the notes are said to be about the query."""
_TOUCHED = 0.3
"""Confidence below which nothing in them is said to be about it."""

Verdict = Literal["found", "weak", "nothing"]


@dataclass(frozen=True, slots=True)
class Fused:
    """What the legs found for one query, and the score that they make together, by chunk."""

    lexical: Mapping[int, float]
    """BM25 of what holds a word of the query."""
    semantic: Mapping[int, float]
    """Cosines."""
    weight: float
    """The share of the leg by meaning."""
    trust: float
    """How far the leg by words is trusted, 0 to 1."""
    scores: Mapping[int, float]

    @property
    def best_lexical(self) -> float:
        """The highest of the scores by words; 0 where nothing holds one."""
        return max(self.lexical.values(), default=0.0)


def fuse(lexical: Mapping[int, float], semantic: Mapping[int, float], weight: float, ideal: float) -> Fused:
    """Return one score a chunk: ``(1 - weight) * trust * bm25 / best bm25 + weight * cosine``.

    ``ideal`` is what a passage with each of the query's words once would score.  The lexical leg is trusted in
    full from ``FULL_TRUST`` of that: one stray word of a long query must not outweigh what the query means.
    Where there is no leg by meaning (``weight`` 0) the order is by words alone, whatever they are worth.
    """
    best = max(lexical.values(), default=0.0) or 1.0
    trust = min(best / (FULL_TRUST * ideal), 1.0) if ideal > 0 and weight else 1.0
    scores = {chunk: (1 - weight) * trust * score / best for chunk, score in lexical.items()}
    for chunk, cosine in semantic.items():
        scores[chunk] = scores.get(chunk, 0.0) + weight * (cosine if cosine > 0 else 0.0)
    return Fused(lexical, semantic, weight, trust, scores)


def smoothed(
    scores: Mapping[int, float], neighbourly: Callable[[Mapping[int, float]], Mapping[int, float]], share: float
) -> dict[int, float]:
    """Return ``scores`` with those of the best ones moved by ``share`` to those of their neighbours in meaning.

    Passages that say much the same answer the same queries (van Rijsbergen's cluster hypothesis; after Diaz,
    "Regularizing ad hoc retrieval scores", 2005).  ``neighbourly`` gives the mean score of each one's neighbours.
    """
    best = {chunk: scores[chunk] for chunk in highest(scores, _SMOOTHED)}
    around = neighbourly(best)
    if not around:
        return dict(scores)
    # The rest loses as much as what has the worst neighbours, so that it stays behind; what has none stays as it is.
    lowered = {chunk: (1 - share) * score for chunk, score in scores.items()}
    return lowered | best | {chunk: lowered[chunk] + share * mean for chunk, mean in around.items()}


def highest(scores: Mapping[int, float], n: int) -> list[int]:
    """Return the ``n`` chunks with the highest scores, those first: of some hundreds, sooner than a heap would."""
    return sorted(scores, key=scores.__getitem__, reverse=True)[:n]


def centring(n_chunks: int) -> float:
    """Return the share of the mean vector of ``n_chunks`` passages that is taken from a query's vector."""
    return _CENTRING * n_chunks / (n_chunks + _FEW)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where a chunk stands in the order, and what it lost on the way there."""

    chunk: int
    score: float
    repeats: int = 0
    """Better passages of the same note."""
    copies: int = 0
    """Better passages that say the same."""


CopiesOf = Callable[[Sequence[int]], Mapping[int, int]]
"""Gives, of chunks with the best first, those that say the same as better ones, and how many these are."""


def best(
    scores: Mapping[int, float],
    limit: int,
    notes_of: Callable[[Iterable[int]], Mapping[int, str]],
    per_note: int = PER_NOTE,
    copies_of: CopiesOf = lambda _chunks: {},
) -> list[Ranked]:
    """Return the first ``limit`` of ``order``; ``notes_of`` gives the notes of chunks, of as few as will do."""
    first = highest(scores, _AHEAD * limit)
    ranked = order({chunk: scores[chunk] for chunk in first}, notes_of(first), per_note, copies_of)[:limit]
    # What was not looked at is worth no more than the last that was.
    if len(first) == len(scores) or (len(ranked) == limit and ranked[-1].score > scores[first[-1]]):
        return ranked
    return order(scores, notes_of(scores), per_note, copies_of)[:limit]


def order(
    scores: Mapping[int, float],
    note_of: Mapping[int, str],
    per_note: int = PER_NOTE,
    copies_of: CopiesOf = lambda _chunks: {},
) -> list[Ranked]:
    """Return the chunks, best first, at most ``per_note`` of a note; repeats and copies are worth less.

    Equal scores are ordered by note and chunk, so that the same query gives the same list.
    """
    ranked = sorted(
        (chunk for chunk in scores if chunk in note_of), key=lambda chunk: (-scores[chunk], note_of[chunk], chunk)
    )
    copies = copies_of(ranked)
    counts: dict[str, int] = {}
    kept = []
    for chunk in ranked:
        n, n_copies = counts.get(note_of[chunk], 0), copies.get(chunk, 0)
        if n < per_note:
            kept.append(Ranked(chunk, scores[chunk] * _REPEAT**n * _COPY**n_copies, n, n_copies))
        counts[note_of[chunk]] = n + 1
    return sorted(kept, key=lambda place: -place.score)


def timely(days: Mapping[int, datetime.date], first: datetime.date, last: datetime.date) -> dict[int, float]:
    """Return what chunks gain whose notes are from ``first`` to ``last``; ``days`` is when their notes are from."""
    return {chunk: _OF_THE_TIME for chunk, day in days.items() if first <= day <= last}


def late(days: Mapping[int, datetime.date]) -> dict[int, float]:
    """Return what chunks gain where what is new is asked for: the more, the nearer to the newest of them."""
    newest = max(days.values(), default=None)
    if newest is None:
        return {}
    return {chunk: _LATE * 0.5 ** ((newest - day).days / _HALF_LIFE) for chunk, day in days.items()}


def confidence(coverage: float, cosine: float, fluency: float, n_chunks: int) -> float:
    """Return how likely a passage is about the query, 0 to 1.

    ``coverage`` is the share of the query's telling words that it holds, rare ones counting more, ``cosine`` how near
    in meaning it is, ``fluency`` how well the model knows the query's words: the less, the more the words say.
    A logistic regression; docs/decisions/0005-score-fusion.md says on what.
    """
    by_words = (_BY_COVERAGE + _WHERE_UNKNOWN * (1 - fluency)) * coverage
    by_size = _BY_SIZE * math.log(min(max(n_chunks / 1_000, _SIZES[0]), _SIZES[1]))
    sure = 1 / (1 + math.exp(-(_BIAS + by_words + _BY_COSINE * cosine + by_size)))
    return max(sure, _FOUND) if coverage >= _ALL else sure


def verdict(confidence: float) -> Verdict:
    """Say whether the notes are about the query, by how sure the best passages make that."""
    if confidence >= _FOUND:
        return "found"
    return "weak" if confidence >= _TOUCHED else "nothing"


def best_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the best of ``verdicts``; "nothing" where there is none."""
    ranks: tuple[Verdict, ...] = ("found", "weak", "nothing")
    return min(verdicts, key=ranks.index, default="nothing")
