"""The figures of ``docs/benchmarks.md``: ``make bench``, or ``python -m tests.bench NAME...`` for some of them.

Prints each figure beside the one recorded last, and records with ``--record``.  Ratios are taken against a baseline
in the same run, and medians are quoted: machines are shared and noisy.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import traceback
from collections.abc import Callable, Iterable

from tests.bench import (
    ablation,
    adapt,
    chat,
    citations,
    documents,
    evidence,
    firstrun,
    graph,
    graph_use,
    links,
    navigation,
    org,
    overlay,
    peer,
    plots,
    ranking_time,
    readers,
    record,
    refine,
    retrieval,
    scale,
    server,
    start,
    summaries,
    vault,
    verdict,
)
from tests.bench import map as maps
from tests.bench.measure import FULL, QUICK, Extent, Figure

BENCHMARKS: dict[str, tuple[str, Callable[[Extent], Iterable[Figure]]]] = {
    "start": ("start", start.run),
    "model": ("start", start.model),
    "vault": ("start", vault.run),
    "server": ("start", server.run),
    "live": ("start", server.live),
    "navigation": ("start", navigation.run),
    "keystroke": ("start", overlay.run),
    "firstrun": ("start", firstrun.run),
    "scale": ("scale", scale.run),
    "peer": ("peer", peer.run),
    "retrieval": ("retrieval", retrieval.run),
    "ablation": ("ablation", ablation.run),
    "ranking": ("retrieval", ranking_time.run),
    "verdict": ("verdict", verdict.run),
    "refine": ("retrieval", refine.run),
    "evidence": ("evidence", evidence.run),
    "links": ("links", links.run),
    "map": ("map", maps.run),
    "graph": ("graph", graph.run),
    "graph_use": ("graph_use", graph_use.run),
    "adapt": ("adapt", adapt.run),
    "org": ("readers", org.run),
    "chat": ("chat", chat.run),
    "citations": ("citations", citations.run),
    "readers": ("readers", readers.run),
    "documents": ("readers", documents.run),
    "summaries": ("summaries", summaries.run),
}
"""Every benchmark, and the table of the page that its figures stand in."""


def main(arguments: list[str] | None = None) -> int:
    """Run benchmarks; returns 1 where one of them failed."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in BENCHMARKS]:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    extent = QUICK if options.quick else FULL
    if options.sizes:
        extent = dataclasses.replace(extent, sizes=tuple(options.sizes.split(",")))
    if options.queries:
        extent = dataclasses.replace(extent, n_queries=options.queries)
    tables = record.load()
    failed = False
    print(record.HEAD, flush=True)
    for name in options.names or BENCHMARKS:
        table, measure = BENCHMARKS[name]
        last = record.figures(tables, table)
        found: list[Figure] = []
        try:
            for figure in measure(extent):
                found.append(figure)
                print(record.compared(figure, last), flush=True)
        except Exception:  # noqa: BLE001 -- one benchmark that fails costs its own figures only
            traceback.print_exc()
            failed = True
        recorded = record.load() if options.record else tables  # another run may have recorded meanwhile
        tables = record.merged(recorded, table, found, record.today())
        if options.record:
            record.save(tables)
            tables = record.load()  # rounded: the page and the plots show what is recorded
            plots.draw_all(tables)
            record.PAGE.write_text(record.page(record.PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, and compare with last time.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"which: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small corpora and fewer queries: a few minutes")
    parser.add_argument("--sizes", help="corpora by size, with commas between: 1MB,10MB,all")
    parser.add_argument("--queries", type=int, help="how many real queries are searched")
    parser.add_argument("--record", action="store_true", help="write the figures to docs/, tables and plots with them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
