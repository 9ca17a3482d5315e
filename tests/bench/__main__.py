"""The figures of ``docs/benchmarks.md``: ``make bench``, or ``python -m tests.bench NAME...`` for some of them.

Each benchmark prints one row of a table in Markdown.  Ratios are taken against a baseline in the same run, and
medians are quoted: machines are shared and noisy.
"""

from __future__ import annotations

import sys

from tests.bench import firstrun, retrieval, server, start, vault
from tests.bench.measure import Row

BENCHMARKS = {
    "start": start.run,
    "model": start.model,
    "vault": vault.run,
    "server": server.run,
    "live": server.live,
    "retrieval": retrieval.run,
    "firstrun": firstrun.run,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    print("| what | goal | measured |\n| --- | --- | --- |", flush=True)
    for name in names or BENCHMARKS:
        for row in BENCHMARKS[name]():
            print(Row.markdown(row), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
