"""The index of the model before, or of the version before: searched by words until that of now is made.

Vectors of two models never mix, so its own are of no use; its words are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from starlight.errors import IndexUnavailable
from starlight.index.location import Location
from starlight.index.reader import Reader
from starlight.index.records import Status

_MISSING = 0.1
"""Share of the notes that may be missing from the index of now for it to be searched all the same."""


class Former:
    """The former index of one root.  Use it on one thread at a time."""

    def __init__(self, location: Location, fingerprint: str) -> None:
        self._location = location
        self._current = location.database(fingerprint)
        self._reader: Reader | None = None

    def reader(self, status: Callable[[], Status]) -> Reader | None:
        """Return a reader of the former index while it is the better one; ``status`` gives how that of now stands."""
        others = [path for path in self._location.databases() if path != self._current]
        now = _status(status) if others else Status("ready")
        if not others or now.state == "ready":
            self.close()
            return None
        self._reader = self._reader or _largest(others)
        if self._reader is None:
            return None
        n_notes = _status(self._reader.status).files
        n_left = max(now.queue, now.total - now.done)
        return self._reader if n_notes and (not now.files or n_left > _MISSING * n_notes) else None

    def close(self) -> None:
        """Close it."""
        if self._reader:
            self._reader.close()
            self._reader = None


def _status(of: Callable[[], Status]) -> Status:
    try:
        return of()
    except IndexUnavailable:
        return Status()


def _largest(databases: Sequence[Path]) -> Reader | None:
    """Return a reader of the database with the most notes that can be read; None where there is none."""
    readers: list[Reader] = []
    for path in databases:
        with contextlib.suppress(IndexUnavailable):
            readers.append(Reader(path))
    readers.sort(key=lambda reader: _status(reader.status).files)
    for other in readers[:-1]:
        other.close()
    return readers[-1] if readers else None
