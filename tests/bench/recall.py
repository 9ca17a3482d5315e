"""How much of an exact search the vector leg finds."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from starlight.engine import ranking
from starlight.index.vectors import turn
from starlight.models import embedder
from tests.bench import stored
from tests.bench.corpora import Corpus
from tests.bench.measure import STARLIGHT, Figure

K = 10
_DEEP = 200
"""Exact neighbours that are ranked by the product's rules for one note's passages."""
_BLOCK = 50_000
_EPSILON = 1e-6

Place = tuple[str, int, int]


def recall(corpus: Corpus, environment: dict[str, str], queries: Sequence[str]) -> Figure:
    """Return recall@10 of ``search --only semantic`` against an exact scan of the stored vectors.

    Both lists follow the product's rule of at most so many passages a note (``ranking.order``).  A hit counts when
    its exact score reaches the tenth exact score less 1e-6, so that ties do not lie.  A query with fewer hits is left
    out: the product hides what is faint, above all where the model does not know the words.
    """
    database = stored.database_of(environment)
    ids, vectors = stored.stored_vectors(database)
    places = stored.stored_places(database)
    chunks_at: dict[Place, list[int]] = defaultdict(list)
    for id_, place in places.items():
        chunks_at[place].append(id_)
    answered, found = _asked(corpus, environment, queries)
    exact = _exact(ids, vectors, turn(embedder.load().embed(answered)))
    n_wanted = n_found = 0
    for hits, scores in zip(found, exact, strict=True):
        ranked = ranking.order(scores, {id_: places[id_][0] for id_ in scores})
        ordered = {place.chunk: place.score for place in ranked}
        best = sorted(ordered.values(), reverse=True)[:K]
        if best:
            n_wanted += len(best)
            n_found += sum(_best(ordered, chunks_at[place]) >= best[-1] - _EPSILON for place in hits)
    share = n_found / max(n_wanted, 1)
    note = f"{len(answered):,} of {len(queries):,} queries"
    return Figure("recall@10 of the vector leg", share, goal="at least 0.95", note=note)


def _asked(corpus: Corpus, environment: dict[str, str], queries: Sequence[str]) -> tuple[list[str], list[list[Place]]]:
    """Return the queries that have ``K`` hits, and the places of these."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(queries) + "\n")
        file.flush()
        command = [*STARLIGHT, "search", "--queries", file.name, "--root", str(corpus.folder)]
        command += ["--only", "semantic", "--no-refine", "--limit", str(K), "--json"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    answered = [answer for answer in answers if len(answer["hits"]) == K]
    places = [[(hit["path"], hit["start_line"], hit["end_line"]) for hit in answer["hits"]] for answer in answered]
    return [answer["query"] for answer in answered], places


def _exact(ids: NDArray[np.int64], vectors: NDArray[np.int8], queries: NDArray[np.float32]) -> list[dict[int, float]]:
    """Return the cosines of the ``_DEEP`` nearest chunks of each query, by id; scanned block by block."""
    found: list[dict[int, float]] = [{} for _ in queries]
    for start in range(0, len(ids), _BLOCK):
        rows = vectors[start : start + _BLOCK].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        cosines = queries @ rows.T
        deep = min(_DEEP, len(rows))
        nearest = np.argpartition(-cosines, deep - 1, axis=1)[:, :deep]
        for mine, row, at in zip(found, cosines, nearest, strict=True):
            mine.update(zip(ids[start + at].tolist(), row[at].tolist(), strict=True))
    return [dict(sorted(mine.items(), key=lambda item: -item[1])[:_DEEP]) for mine in found]


def _best(scores: Mapping[int, float], chunks: Sequence[int]) -> float:
    """The best score of the chunks at one place: a long line can hold several."""
    return max((scores.get(chunk, -1.0) for chunk in chunks), default=-1.0)
