"""What the order of results costs beside finding them: the same searches with all of the ranking, and with none of it.

Without it the fused scores are the order: no scores of neighbours, no names and dates, no repeats or copies known.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import time
from collections.abc import Iterator, Mapping
from unittest import mock

from starlight.engine import ranking, search
from starlight.engine.hits import SearchOptions
from starlight.engine.priors import NONE
from starlight.engine.ranking import Ranked
from starlight.engine.search import Searcher
from starlight.engine.workspace import Workspace
from tests.bench.ablation import indexed
from tests.bench.corpora import corpus
from tests.bench.measure import Extent, Figure, isolated, missing, percentile
from tests.bench.queries import real_queries

WHAT = "time that ranking adds to a search"
_LIMIT = 20
_TIMES = 5
"""Each query is searched so often both ways, and its fastest counts: what else the machine does is not the ranking."""


def run(extent: Extent) -> Iterator[Figure]:
    found = corpus("100MB" if "100MB" in extent.sizes else extent.sizes[-1])
    if found is None:
        yield missing(WHAT)
        return
    queries = real_queries(found, min(extent.n_queries, 200))
    with isolated() as environment, mock.patch.dict(os.environ, environment), indexed(found.folder) as searcher:
        n_chunks = Workspace.at(found.folder).status().chunks
        searched = [(_seconds(searcher, query), _unranked(searcher, query)) for query in [queries[0], *queries]][1:]
    added = [on - off for on, off in searched]
    alone = 1_000 * percentile([off for _, off in searched], 0.5)
    note = f"{n_chunks:,} passages; a search without it {alone:.1f} ms"
    yield Figure(f"{WHAT}, p50", 1_000 * percentile(added, 0.5), "ms", "under 3 ms (100,000 passages)", note)
    yield Figure(f"{WHAT}, p95", 1_000 * percentile(added, 0.95), "ms")


def _seconds(searcher: Searcher, query: str) -> float:
    times = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        searcher.search(query, _LIMIT, SearchOptions())
        times.append(time.perf_counter() - started)
    return min(times)


def _unranked(searcher: Searcher, query: str) -> float:
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(ranking, "SMOOTHING", 0.0))
        stack.enter_context(mock.patch.object(ranking, "best", _by_score))
        stack.enter_context(mock.patch.object(search, "priors", return_value=NONE))
        return _seconds(searcher, query)


def _by_score(scores: Mapping[int, float], limit: int, *_others: object) -> list[Ranked]:
    return [Ranked(chunk, scores[chunk]) for chunk in heapq.nlargest(limit, scores, key=scores.__getitem__)]
