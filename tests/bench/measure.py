"""What the benchmarks share: where the data is, how a command is timed, how a row is printed."""

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
STARLIGHT = [sys.executable, "-m", "starlight"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    what: str
    goal: str
    measured: str

    def markdown(self) -> str:
        return f"| {self.what} | {self.goal} | {self.measured} |"


def missing(what: str, goal: str) -> list[Row]:
    """The row of a benchmark whose data is not here."""
    return [Row(what, goal, f"not measured: no data at {DATA}")]


@contextmanager
def isolated() -> Iterator[dict[str, str]]:
    """An environment whose index is its own and new."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
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
