"""How long the second look at the results of a search takes: the first time, and when the vectors are known.

Measured on the passages of a judged collection with its own queries, beside the same search without it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from tests.bench.evidence import _vault as vault_of
from tests.bench.measure import DATA, Extent, Figure, isolated, latencies, missing, percentile

COLLECTION = "cranfield"
N_QUERIES = 60
FIRST, KNOWN = "second look, first time", "second look, vectors known: added"


def run(extent: Extent) -> Iterator[Figure]:
    if not (DATA / "ir" / COLLECTION).is_dir():
        yield missing(FIRST)
    elif importlib.util.find_spec("onnxruntime") is None:
        yield missing(FIRST, why="ONNX Runtime is not installed")
    else:
        with isolated() as environment, patch.dict(os.environ, environment), tempfile.TemporaryDirectory() as temporary:
            yield from _measured(vault_of(COLLECTION, Path(temporary) / COLLECTION))


def _measured(root: Path) -> Iterator[Figure]:
    from starlight.engine.workspace import Workspace

    lines = (DATA / "ir" / COLLECTION / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [" ".join(json.loads(line)["text"].split()) for line in lines][:N_QUERIES]
    workspace = Workspace.at(root)
    workspace.bring_up_to_date()
    box = workspace.settings.refine_milliseconds / 1000
    started = time.perf_counter()
    assert workspace.refined("what is waited for here is the model").complete
    yield Figure("second look, the very first: model and vectors", 1000 * (time.perf_counter() - started), "ms")
    boxed = [_seconds(lambda query=query: workspace.refined(query, seconds=box)) for query in queries]
    yield from latencies(FIRST, boxed, ("", "under 500 ms", ""), f"in a time box of {1000 * box:.0f} ms")
    for query in queries:
        workspace.refined(query)
    static = [_seconds(lambda query=query: workspace.search(query)) for query in queries]
    known = [_seconds(lambda query=query: workspace.refined(query)) for query in queries]
    added = _differences(known, static)
    yield from latencies(
        KNOWN, added, ("", "under 10 ms", ""), f"search alone p50 {1000 * percentile(static, 0.5):.1f}"
    )
    workspace.close()


def _differences(more: Sequence[float], less: Sequence[float]) -> list[float]:
    return [max(one - other, 0.0) for one, other in zip(more, less, strict=True)]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
