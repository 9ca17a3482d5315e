"""The graph of notes: what is near to what in meaning, first and after a few changes, and ways between notes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from tests.bench.corpora import corpus
from tests.bench.footprint import watched
from tests.bench.measure import CACHE, STARLIGHT, Extent, Figure, isolated, latencies, missing

_NEARNESS = "notes compared in meaning, the first time"
_GOAL = "under 60 s (61,000 notes)"


def run(extent: Extent) -> Iterator[Figure]:
    """Measure one corpus, in a process that has nothing else to do."""
    found = corpus("all" if "all" in extent.sizes else extent.sizes[-1])
    if found is None:
        yield missing(_NEARNESS, _GOAL)
        return
    with isolated(CACHE) as environment:
        watched([*STARLIGHT, "index", str(found.folder), "--json"], environment)
        done = watched([sys.executable, "-m", "tests.bench.inside", "graph", str(found.folder)], environment)
        measured = json.loads(done.output.splitlines()[-1])
        notes = f"{measured['notes']:,} notes"
        yield Figure(_NEARNESS, measured["first"], "s", _GOAL, f"{notes}, {measured['pairs']:,} pairs")
        yield Figure("notes compared in meaning, processor time", measured["first_cpu"], "s", note=notes)
        yield Figure(
            "notes compared in meaning, peak memory of the process", measured["memory"] / 1e6, "MB", note=notes
        )
        yield Figure("notes compared in meaning, after 10 changed", measured["again"], "s", note=notes)
        yield Figure("graph made of links, tags and meaning", measured["graph"], "s", note="links read already")
        yield from latencies("way between two notes", measured["ways"], ("", "under 100 ms (61,000 notes)", ""), notes)
        yield Figure(
            "clusters with names", measured["clusters"], "s", note=f"{measured['n_clusters']:,} of several notes"
        )
