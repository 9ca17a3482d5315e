"""What the benchmarks share: where the data is, how a command is timed, what a figure is."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DATA = Path(os.environ.get("STARLIGHT_BENCH_DATA") or REPOSITORY.parent / "shared" / "data")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "starlight-bench"
"""What is costly to make and can be made again: corpora, the environment of the peer."""
STARLIGHT = [sys.executable, "-m", "starlight"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.  ``what`` and ``corpus`` together say which; they stay the same from run to run."""

    what: str
    value: float | None
    """None where it could not be measured; ``note`` says why."""
    unit: str = ""
    goal: str = ""
    note: str = ""
    corpus: str = ""
    """The corpus that it was measured on, for what is measured on several."""

    def shown(self) -> str:
        """The value as a person reads it."""
        if self.value is None:
            return "not measured"
        digits = 0 if self.value >= 1_000 or self.value == int(self.value) else 3 if self.value < 1 else 2
        return f"{self.value:,.{digits}f} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    sizes: tuple[str, ...]
    """Of the corpora, as ``scripts/make_corpus.py`` takes them."""
    n_queries: int
    peers: tuple[str, ...]
    """The corpora on which a peer is measured; a name with a slash is a folder of the corpus before it."""
    legs: bool
    """Whether search by words alone is judged too, which takes as long again."""


FULL = Extent(("1MB", "10MB", "100MB", "all", "1GB"), 1_000, ("10MB", "all/cpp"), legs=True)
QUICK = Extent(("1MB", "10MB"), 200, ("10MB",), legs=False)


def missing(what: str, goal: str = "", why: str = f"no data at {DATA}") -> Figure:
    """Return the figure of what cannot be measured here."""
    return Figure(what, None, goal=goal, note=why)


@contextmanager
def isolated(below: Path | None = None) -> Iterator[dict[str, str]]:
    """An environment whose index is its own and new; it lies in ``below``, or where temporary files do."""
    if below:
        below.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=below, ignore_cleanup_errors=True) as folder:
        yield os.environ | {f"XDG_{kind}_HOME": f"{folder}/{kind}" for kind in ("CACHE", "CONFIG", "DATA", "STATE")}


def seconds(command: Sequence[str], environment: dict[str, str] | None = None) -> float:
    """How long ``command`` takes as a whole process."""
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def median(measure: Callable[[], float], times: int = 7) -> float:
    """The median of several measurements, after one that does not count."""
    measure()
    return statistics.median(measure() for _ in range(times))


def percentile(times: Sequence[float], share: float) -> float:
    """The value that ``share`` of ``times`` do not exceed (nearest rank)."""
    ranked = sorted(times)
    return ranked[min(int(len(ranked) * share), len(ranked) - 1)]


def latencies(what: str, times: Sequence[float], goals: Sequence[str] = ("", "", ""), note: str = "") -> list[Figure]:
    """Return the median, the 95th percentile and the worst of ``times`` (seconds), in milliseconds."""
    found = (percentile(times, 0.5), percentile(times, 0.95), max(times))
    names = ("p50", "p95", f"worst of {len(times):,}")
    return [
        Figure(f"{what}, {name.split(' ')[0]}", 1_000 * value, "ms", goal, " ".join(filter(None, (more, note))))
        for name, value, goal, more in zip(names, found, goals, ("", "", f"of {len(times):,}"), strict=True)
    ]
