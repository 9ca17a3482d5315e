"""Scores into an order.  Pure functions over what the two legs of search found.

The legs are fused by score: blind rank fusion with a weaker leg lowers quality (``docs/benchmarks.md``).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

SEMANTIC_WEIGHT = 0.6
"""Share of the vector leg where the model knows the words of the query well."""
_CENTRING = 0.5
"""Share of the mean vector of all passages that is taken from a query's vector: what they all are about."""
_FEW = 50
"""Passages from which their mean counts half: that of a few says what these are about, not what all are."""
FULL_TRUST = 0.7
"""Share of the ideal lexical score from which the lexical leg counts in full."""
PER_NOTE = 3
"""Passages of one note in a list: a long note must not fill it."""
_REPEAT = 0.85
"""What each further passage of the same note is worth."""

_AHEAD = 4
"""So many times the passages wanted are looked at first: few notes have many of the best."""

NEAR = 0.38
"""Cosine from which a passage is called close in meaning: unrelated English text seldom gets there."""
FAINT = 0.12
"""Cosine below which a passage without a word of the query is left out of a list that has better ones."""
LOOSE = 0.22
"""Cosine from which it is called related.  The ranges of related and unrelated text overlap below ``NEAR``."""

Verdict = Literal["found", "weak", "nothing"]


def fuse(lexical: Mapping[int, float], semantic: Mapping[int, float], weight: float, ideal: float) -> dict[int, float]:
    """Return one score a chunk: ``(1 - weight) * trust * bm25 / best bm25 + weight * cosine``.

    ``ideal`` is what a passage with each of the query's words once would score.  The lexical leg is trusted in
    full from ``FULL_TRUST`` of that: one stray word of a long query must not outweigh what the query means.
    """
    best = max(lexical.values(), default=0.0) or 1.0
    trust = min(best / (FULL_TRUST * ideal), 1.0) if ideal > 0 else 1.0
    fused = {chunk: (1 - weight) * trust * score / best for chunk, score in lexical.items()}
    for chunk, cosine in semantic.items():
        fused[chunk] = fused.get(chunk, 0.0) + weight * (cosine if cosine > 0 else 0.0)
    return fused


def centring(n_chunks: int) -> float:
    """Return the share of the mean vector of ``n_chunks`` passages that is taken from a query's vector."""
    return _CENTRING * n_chunks / (n_chunks + _FEW)


def best(
    scores: Mapping[int, float],
    limit: int,
    notes_of: Callable[[Iterable[int]], Mapping[int, str]],
    per_note: int = PER_NOTE,
) -> list[tuple[int, float]]:
    """Return the first ``limit`` of ``order``; ``notes_of`` gives the notes of chunks, of as few as will do."""
    first = heapq.nlargest(_AHEAD * limit, scores, key=scores.__getitem__)
    ranked = order({chunk: scores[chunk] for chunk in first}, notes_of(first), per_note)[:limit]
    # What was not looked at is worth no more than the last that was.
    if len(first) == len(scores) or (len(ranked) == limit and ranked[-1][1] > scores[first[-1]]):
        return ranked
    return order(scores, notes_of(scores), per_note)[:limit]


def order(scores: Mapping[int, float], note_of: Mapping[int, str], per_note: int = PER_NOTE) -> list[tuple[int, float]]:
    """Return (chunk, score), best first, with at most ``per_note`` chunks of a note, repeats worth less.

    Equal scores are ordered by note and chunk, so that the same query gives the same list.
    """
    ranked = sorted(
        ((chunk, score) for chunk, score in scores.items() if chunk in note_of),
        key=lambda item: (-item[1], note_of[item[0]], item[0]),
    )
    counts: dict[str, int] = {}
    kept = []
    for chunk, score in ranked:
        n = counts.get(note_of[chunk], 0)
        if n < per_note:
            kept.append((chunk, score * _REPEAT**n))
        counts[note_of[chunk]] = n + 1
    return sorted(kept, key=lambda item: -item[1])


def verdict(coverage: float, cosine: float) -> Verdict:
    """Say whether the best passage answers the query.

    ``coverage`` is the share of the query's telling words that it holds, ``cosine`` how near in meaning it is.
    """
    if cosine >= NEAR or coverage >= 0.99 or (coverage >= 0.5 and cosine >= LOOSE):
        return "found"
    if cosine >= LOOSE or coverage > 0:
        return "weak"
    return "nothing"


def best_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the best of ``verdicts``; "nothing" where there is none."""
    ranks: tuple[Verdict, ...] = ("found", "weak", "nothing")
    return min(verdicts, key=ranks.index, default="nothing")
