"""How much of an exact search the vector leg finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from starlight.engine import ranking
from starlight.index.reader import Reader
from starlight.index.vectors import turn, without
from starlight.models import embedder
from tests.bench import stored
from tests.bench.measure import Figure

K = 10
_ASKED = 200
"""Chunks that a search asks the leg for; the best ten of them are looked at here."""
_BLOCK = 50_000
_EPSILON = 1e-6


def recall(environment: dict[str, str], queries: Sequence[str]) -> Figure:
    """Return recall@10 of the vector leg, asked as a search asks it, against an exact scan of the stored vectors.

    A chunk counts when its exact score reaches the tenth exact score less 1e-6, so that ties do not lie.  A query
    without a word that the model knows has no vector, and is left out.
    """
    database = stored.database_of(environment)
    with Reader(database) as reader:
        mean, share = reader.mean_vector(), ranking.centring(reader.status().chunks)
        vectors = [vector for vector in embedder.load().embed(queries) if vector.any()]
        asked = [vector if mean is None else without(mean, share, vector) for vector in vectors]
        found = [reader.nearest(vector, _ASKED)() for vector in asked]
    exact = _exact(*stored.stored_vectors(database), turn(np.array(asked)))
    n_found = 0
    for scores, best in zip(found, exact, strict=True):
        first = sorted(scores, key=lambda chunk: -scores[chunk])[:K]
        n_found += sum(best.get(chunk, -1.0) >= min(best.values()) - _EPSILON for chunk in first)
    return Figure(
        "recall@10 of the vector leg",
        n_found / max(sum(min(K, len(best)) for best in exact), 1),
        goal="at least 0.95",
        note=f"{len(asked):,} of {len(queries):,} queries",
    )


def _exact(ids: NDArray[np.int64], vectors: NDArray[np.int8], queries: NDArray[np.float32]) -> list[dict[int, float]]:
    """Return the cosines of the ``K`` nearest chunks of each query, by id, and of those as near as the last of them.

    Scanned block by block.
    """
    found: list[dict[int, float]] = [{} for _ in queries]
    for start in range(0, len(ids), _BLOCK):
        rows = vectors[start : start + _BLOCK].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        for mine, row in zip(found, queries @ rows.T, strict=True):
            near = np.flatnonzero(row >= np.partition(row, -min(K, len(row)))[-min(K, len(row))])
            mine.update(zip(ids[start + near].tolist(), row[near].tolist(), strict=True))
    return [_tenth_or_better(mine) for mine in found]


def _tenth_or_better(scores: dict[int, float]) -> dict[int, float]:
    tenth = sorted(scores.values(), reverse=True)[:K][-1]
    return {chunk: score for chunk, score in scores.items() if score >= tenth - _EPSILON}
