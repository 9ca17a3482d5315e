"""The order of the best passages after a second look at them.  Pure functions.

The scores are those of the first search with the refiner's cosine in place of the static model's
(``docs/decisions/0017-refiner.md``).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping

N_RESCORED = 50
"""So many of the best are looked at again."""
WEIGHT = 0.7
"""Share of the refiner's cosine, where it knows the language well."""
_BELOW = 0.99
"""Of the least of them, what the best of the others scores at most."""


def best(scores: Mapping[int, float]) -> list[int]:
    """Return the chunks that are looked at again, best first."""
    return heapq.nlargest(N_RESCORED, scores, key=scores.__getitem__)


def rescored(
    scores: Mapping[int, float],
    cosines: Mapping[int, float],
    weight: float,
    nearness: Mapping[int, tuple[float, float]],
) -> dict[int, float]:
    """Return ``scores`` with those of the chunks in ``nearness`` made anew, and all others below them.

    ``weight`` and ``cosines`` are the share of the static leg in ``scores`` and what it said.  ``nearness`` has the
    refiner's cosine and how well it knows the language of query and passage, 0 to 1: where it does not, the score
    stays as it is.
    """
    made = {}
    for chunk, (cosine, trust) in nearness.items():
        static = weight * max(cosines.get(chunk, 0.0), 0.0)
        rest = (scores[chunk] - static) / (1 - weight) if weight < 1 else 0.0
        share = WEIGHT if weight < 1 else 1.0  # by meaning alone there is nothing else
        made[chunk] = (1 - trust) * scores[chunk] + trust * ((1 - share) * rest + share * max(cosine, 0.0))
    others = {chunk: score for chunk, score in scores.items() if chunk not in made}
    least, most = min(made.values(), default=0.0), max(others.values(), default=0.0)
    if made and most >= least and most > 0:
        others = {chunk: score * _BELOW * max(least, 0.0) / most for chunk, score in others.items()}
    return {**others, **made}
