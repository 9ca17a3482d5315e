"""What is measured within a process of its own, through the facade.

python -m tests.bench.inside search ROOT FILE   times a search for each line of FILE, in seconds, as JSON
python -m tests.bench.inside follow ROOT        for each word read, the time at which a search has found it
python -m tests.bench.inside graph ROOT         how long the parts of the graph of notes take
python -m tests.bench.inside map ROOT           how long places on the map take, and how good they are
"""

from __future__ import annotations

import functools
import json
import random
import resource
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlight.engine.neighbours import Neighbours
from starlight.engine.workspace import Workspace
from starlight.errors import IndexUnavailable, StarlightError

_WARM = 20
"""Searches that do not count: files are read and pages cached."""
_PAUSE = 0.002
_CHANGED = 10
_WAYS = 200
_RANKED = 7_000
"""Notes at most, of which it is looked at whether those beside them are near."""


def search(root: str, file: str) -> None:
    """Print how long each search took, after some that do not count."""
    queries = Path(file).read_text(encoding="utf-8").splitlines()
    workspace = Workspace.at(root)
    times = []
    for query in [*queries[:_WARM], *queries]:
        started = time.perf_counter()
        workspace.search(query)
        times.append(time.perf_counter() - started)
    print(json.dumps(times[-len(queries) :]))


def follow(root: str) -> None:
    """Print, for each word from standard input, when a reader of the index has found it (``time.perf_counter``)."""
    workspace = Workspace.at(root)
    _is_found(workspace, "warm")
    pause = threading.Event()
    print("ready", flush=True)
    for line in sys.stdin:
        while not _is_found(workspace, line.strip()):
            pause.wait(_PAUSE)
        print(time.perf_counter(), flush=True)


def _is_found(workspace: Workspace, word: str) -> bool:
    try:
        hits = workspace.search(word, 1, "lexical").hits
    except IndexUnavailable:  # it is being made
        return False
    except StarlightError as error:
        raise SystemExit(str(error)) from error
    return any(word in hit.snippet for hit in hits)


def graph(root: str) -> None:
    """Print how long the parts of the graph took, in seconds, as JSON."""
    workspace = Workspace.at(root)
    graphs, path = workspace.graphs, workspace.location.neighbours(workspace.fingerprint)
    cpu = time.process_time()
    found: dict[str, Any] = {"first": _seconds(graphs.make), "first_cpu": time.process_time() - cpu}
    found["memory"] = 1_024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    near = Neighbours.load(path)
    hashes = near.hashes.copy()
    hashes[:: len(hashes) // _CHANGED + 1] = 0  # as if they had been others
    replace(near, hashes=hashes).save(path)
    again = Workspace.at(root)
    found["again"] = _seconds(again.graphs.make)
    with graphs._linker.over({}):
        pass
    found["graph"] = _seconds(lambda: graphs.known({}))
    known = graphs.known({})
    lot = random.Random(0)
    pairs = [(lot.choice(known.graph.paths), lot.choice(known.graph.paths)) for _ in range(_WAYS)]
    found["ways"] = [_seconds(functools.partial(known.graph.way, *pair)) for pair in pairs]
    found["clusters"] = _seconds(lambda: graphs.clusters(known))
    found["n_clusters"] = sum(len(cluster.notes) > 1 for cluster in graphs.clusters(known))
    print(json.dumps({**found, "notes": len(known.graph), "pairs": len(known.graph.near)}))


def map_(root: str) -> None:
    """Print how long it takes to place all notes, and to place ten new ones, and how trustworthy the places are."""
    import numpy as np

    from starlight.engine.projection import project
    from tests.bench.trustworthiness import trustworthiness

    workspace = Workspace.at(root)
    workspace.graphs.make()
    near = Neighbours.load(workspace.location.neighbours(workspace.fingerprint))
    rows = np.flatnonzero(near.vectors.any(axis=1))
    number = np.full(len(near.paths) + 1, -1)
    number[rows] = np.arange(len(rows))
    vectors, neighbours = near.vectors[rows], number[near.rows[rows]]
    cpu = time.process_time()
    places = project(vectors, neighbours)
    found: dict[str, Any] = {"placing": time.process_time() - cpu}
    before = np.array(places)
    before[:: len(before) // _CHANGED + 1] = np.nan
    cpu = time.process_time()
    project(vectors, neighbours, before)
    found["again"] = time.process_time() - cpu
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
    centred = unit - unit.mean(axis=0)
    plain = centred @ np.linalg.eigh(centred.T @ centred)[1][:, -2:]
    chosen = np.arange(0, len(unit), len(unit) // _RANKED + 1)
    found["trust"] = trustworthiness(unit, np.array(places), chosen)
    found["trust_pca"] = trustworthiness(unit, plain, chosen)
    print(json.dumps(found))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    {"search": search, "follow": follow, "graph": graph, "map": map_}[sys.argv[1]](*sys.argv[2:])
