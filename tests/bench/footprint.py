"""Processes of one run: their memory all together, and their CPU time.  Read from /proc: Linux.

Memory is the proportional set size (``smaps_rollup`` of proc(5)): what processes share is counted once.
A run is known by a variable in the environment, which processes that were started aside inherit as well.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import REPOSITORY
from tests.waiting import wait_until

PROC = Path("/proc")
_INTERVAL = 0.05
_SHARE = 20
"""A pause lasts at least so many times as long as the look before it: looking must not slow what is looked at."""
_TICKS = os.sysconf("SC_CLK_TCK")
_VARIABLE = "XDG_CACHE_HOME"
"""Every isolated run has one of its own."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a command printed and what it took."""

    output: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int


class Footprint:
    """Looks at the processes of ``environment`` every 50 ms, from ``with`` to its end."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.peak_bytes = 0
        self._environment = environment
        self._cpu: dict[int, float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="footprint", daemon=True)

    def __enter__(self) -> Footprint:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def cpu_seconds(self) -> float:
        """CPU time, user and system, of all processes so far."""
        return sum(self._cpu.values())

    def look(self) -> None:
        """Look once."""
        pids = list(of(self._environment))
        self.peak_bytes = max(self.peak_bytes, sum(map(memory, pids)))
        self._cpu.update({pid: cpu for pid in pids if (cpu := _cpu_seconds(pid)) is not None})

    def ended(self, pid: int) -> None:
        """Take the last word of a process that ended and is not waited for yet."""
        if (cpu := _cpu_seconds(pid)) is not None:
            self._cpu[pid] = cpu

    def _watch(self) -> None:
        pause = _INTERVAL
        while not self._done.wait(pause):
            started = time.perf_counter()
            self.look()
            pause = max(_INTERVAL, _SHARE * (time.perf_counter() - started))


def watched(command: Sequence[str], environment: dict[str, str], stdin: str = "") -> Run:
    """Run ``command`` in the repository to its end.

    Raises:
        RuntimeError: it failed.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        given.write(stdin.encode())
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stdin=given, stdout=output, stderr=errors)
        with Footprint(environment) as footprint:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            elapsed = time.perf_counter() - started
            footprint.ended(process.pid)
        code = process.wait()
        output.seek(0)
        errors.seek(0)
        if code:
            said = errors.read().decode(errors="replace")[-2_000:]
            raise RuntimeError(f"{' '.join(command)} ended with {code}: {said}")
        return Run(output.read().decode(), elapsed, footprint.cpu_seconds, footprint.peak_bytes)


def of(environment: dict[str, str]) -> Iterator[int]:
    """Yield the ids of the living processes that were started in ``environment``."""
    mark = f"{_VARIABLE}={environment[_VARIABLE]}\0".encode()
    for folder in PROC.glob("[0-9]*"):
        pid = int(folder.name)
        if pid != os.getpid() and mark in _read(f"{pid}/environ"):
            yield pid


def memory(pid: int) -> int:
    """Return the proportional set size of a process in bytes; 0 of one that ended."""
    for line in _read(f"{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def end_all(environment: dict[str, str]) -> None:
    """See that the processes of ``environment`` end."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in of(environment):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        with contextlib.suppress(AssertionError):
            wait_until("they have ended", lambda: not list(of(environment)), limit=10)
            return


def _cpu_seconds(pid: int) -> float | None:
    fields = _read(f"{pid}/stat").rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else None


def _read(name: str) -> bytes:
    try:
        return (PROC / name).read_bytes()
    except OSError:
        return b""
