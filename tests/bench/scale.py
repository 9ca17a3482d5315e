"""Indexing and searching by the size of the folder, each figure beside what it can be compared with in the same run."""

from __future__ import annotations

import dataclasses
import functools
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.bench import baselines, live, stored
from tests.bench.corpora import Corpus, corpus
from tests.bench.editor import editor, search_time
from tests.bench.footprint import end_all, memory, watched
from tests.bench.measure import CACHE, STARLIGHT, Extent, Figure, isolated, latencies, missing
from tests.bench.queries import real_queries
from tests.bench.recall import recall

_FEW = 200
"""Queries for what is slower than the product."""
_FEWER = 20
_BUSY_BYTES = 5_000_000
"""From so many bytes on, indexing lasts long enough to do something meanwhile."""


def run(extent: Extent) -> Iterator[Figure]:
    """Measure every size of ``extent``."""
    for size in extent.sizes:
        found = corpus(size)
        if found is None:
            yield missing("index rate, cold process")
            return
        for figure in _of_one(found, extent.n_queries):
            yield dataclasses.replace(figure, corpus=found.name)


def _of_one(corpus: Corpus, n_queries: int) -> Iterator[Figure]:
    queries = real_queries(corpus, n_queries)
    with isolated(CACHE) as environment:
        seen: dict[str, Figure] = {}
        parts: list[Callable[[], Iterable[Figure]]] = [
            functools.partial(indexing, corpus, environment),
            functools.partial(baselines.plain, corpus, environment),
            lambda: [_times_faster(seen)],
            functools.partial(searching, corpus, environment, queries),
            functools.partial(baselines.fts5, corpus, environment, queries[:_FEW]),
            functools.partial(baselines.ripgrep, corpus, queries[:_FEWER]),
            lambda: [recall(environment, queries[:_FEW])],
            functools.partial(live.again, corpus, environment),
            functools.partial(live.saves, corpus, environment),
            functools.partial(live.keystrokes, corpus, environment),
        ]
        for part in parts:
            for figure in part():
                seen[figure.what] = figure
                yield figure
            end_all(environment)
    if corpus.bytes >= _BUSY_BYTES:
        with isolated(CACHE) as environment:
            yield from live.busy(corpus, environment)
            end_all(environment)


def _times_faster(seen: dict[str, Figure]) -> Figure:
    """How the product's rate compares with the plain pipeline's in the same run."""
    ours, plain = (seen[what].value for what in ("index rate, cold process", "plain pipeline: index rate"))
    return Figure("index rate / plain pipeline's in the same run", (ours or 0.0) / (plain or 1.0), goal="at least 4")


def indexing(corpus: Corpus, environment: dict[str, str]) -> Iterator[Figure]:
    """``starlight index`` on a folder that has no index."""
    run = watched([*STARLIGHT, "index", str(corpus.folder), "--json"], environment)
    done = json.loads(run.output.splitlines()[-1])
    yield Figure("Markdown text", corpus.bytes, "bytes")
    yield Figure("files", corpus.files)
    yield Figure("chunks", done["chunks"])
    # The largest corpora have text in other formats, too (reStructuredText): what is made of it comes of its bytes.
    text = done["bytes"]
    yield Figure("text that is indexed", text, "bytes")
    each = max(done["chunks"], 1)
    characters = corpus.characters * text / corpus.bytes
    yield Figure("text a chunk", round(characters / each), "characters", "at least 1,000", f"{text / each:,.0f} bytes")
    yield Figure("index rate, cold process", text / run.seconds / 1e6, "MB/s", "at least 6 MB/s (362 MB)")
    yield Figure("index time, cold process", run.seconds, "s", "under 180 s (1 GB)")
    yield Figure("CPU time of all processes while indexing", run.cpu_seconds, "s")
    size = stored.stored_bytes(environment)
    yield Figure("index size / text", size / text, goal="at most 1.0", note=f"{size / 1e6:,.1f} MB")
    goal = "under 600 MB (1 GB)"
    yield Figure("peak memory of all processes while indexing", run.peak_bytes / 1e6, "MB", goal)


def searching(corpus: Corpus, environment: dict[str, str], queries: list[str]) -> Iterator[Figure]:
    """Real queries, first in process, then through the language server, each warm."""
    yield from inside(corpus.folder, environment, queries)
    with editor(corpus.folder, environment) as server:
        for query in queries[:20]:
            search_time(server, query)
        times = [search_time(server, query) for query in queries[:100]]
        held = Figure("server memory after 100 searches", memory(server.process.pid) / 1e6, "MB", "under 250 MB (1 GB)")
        times += [search_time(server, query) for query in queries[100:]]
    goals = ("under 30 ms (1 GB)", "under 80 ms (1 GB)", "under 250 ms (1 GB)")
    yield from latencies("search through LSP", times, goals)
    yield held


def inside(folder: Path, environment: dict[str, str], queries: list[str]) -> list[Figure]:
    """Searches through the facade, in a process of their own."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(queries) + "\n")
        file.flush()
        run = watched([sys.executable, "-m", "tests.bench.inside", "search", str(folder), file.name], environment)
    return latencies("search in process", json.loads(run.output), ("under 5 ms (45 MB, cpp)", "", ""))
