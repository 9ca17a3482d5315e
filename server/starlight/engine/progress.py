"""How far a run of indexing is: what is done and left, how fast it goes, and the same in words."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace

from starlight.index.records import Status

_WINDOW = 5.0
"""Seconds over which the rate is smoothed."""
_TELLING = 1.0
"""Seconds before which a rate says nothing about the rest."""


class Progress:
    """The progress of one run through ``total`` files with ``size`` bytes of text."""

    def __init__(self, total: int, size: int) -> None:
        self._total = total
        self._size = size
        self._done = 0
        self._read = 0
        self._samples = deque([(time.monotonic(), 0)])

    @property
    def left(self) -> int:
        """Files that are left to do."""
        return self._total - self._done

    def advance(self, count: int, size: int) -> None:
        """Note that ``count`` more files, of ``size`` bytes, are done."""
        self._done += count
        self._read += size

    def status(self, status: Status, path: str) -> Status:
        """Return ``status`` with how far it is, at the file ``path``."""
        rate = self._rate()
        return replace(
            status,
            state="indexing",
            queue=self.left,
            total=self._total,
            done=self._done,
            percent=self._percent(),
            rate=rate,
            seconds_left=round((self._size - self._read) / rate, 1) if rate else None,
            path=path,
        )

    def _percent(self) -> int:
        done, whole = (self._read, self._size) if self._size else (self._done, self._total)
        return min(99, 100 * done // whole) if whole else 0

    def _rate(self) -> float:
        """Bytes a second since the oldest sample that is not too old."""
        now = time.monotonic()
        while len(self._samples) > 1 and now - self._samples[1][0] > _WINDOW:
            self._samples.popleft()
        since, read = self._samples[0]
        self._samples.append((now, self._read))
        return round((self._read - read) / (now - since), 1) if now - since > _TELLING else 0.0


def in_words(status: Status) -> str:
    """Return how far it is, as "12,300 of 61,000 notes · 6.1 MB/s · 35 s left"; empty between runs."""
    if not status.total:
        return ""
    parts = [f"{status.done:,} of {status.total:,} notes"]
    if status.rate:
        parts.append(rate_in_words(status.rate))
    if status.seconds_left is not None:
        parts.append(f"{duration(status.seconds_left)} left")
    return " · ".join(parts)


def rate_in_words(rate: float) -> str:
    """Return a rate in bytes a second, as "6.1 MB/s"."""
    return f"{rate / 1e6:.1f} MB/s"


def duration(seconds: float) -> str:
    """Return a duration as "35 s", "4 min", "2 h" or "3 days"."""
    for limit, unit, name in ((90, 1, "s"), (90 * 60, 60, "min"), (36 * 3600, 3600, "h")):
        if seconds < limit:
            return f"{round(seconds / unit)} {name}"
    return f"{round(seconds / 86400)} days"
