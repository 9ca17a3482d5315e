"""The databases of one root: the one that is searched, and the one that is made to take its place.

An index that is made again although nothing is wrong with it goes on to be searched meanwhile.
A rebuild that was stopped, or killed, is there as a file and goes on with the next run.
"""

from __future__ import annotations

import contextlib
import logging
import time
from pathlib import Path

from starlight.errors import IndexCorrupt
from starlight.index import schema
from starlight.index.location import Location
from starlight.index.writer import Writer

log = logging.getLogger(__name__)

_UNUSED = 7 * 24 * 3600.0
"""Seconds after which an index of another version or model, or a cache of another version, is deleted."""


class Databases:
    """The writing side of a root's index.  Use it on one thread, while holding the indexer's lock.

    What the methods raise is ``IndexUnavailable``.
    """

    def __init__(self, location: Location, fingerprint: str) -> None:
        self._location = location
        self._path = location.database(fingerprint)
        self._successor_path = location.successor(fingerprint)
        self._current: Writer | None = None
        self._successor: Writer | None = None

    @property
    def is_rebuilding(self) -> bool:
        """Whether another database is on its way to take the place of the one that is searched."""
        return self._successor_path.exists()

    @property
    def is_gone(self) -> bool:
        """Whether somebody deleted the database while it is open here."""
        return self._current is not None and not self._path.exists()

    @property
    def is_open(self) -> bool:
        """Whether the database that is searched is open."""
        return self._current is not None

    @property
    def were_left(self) -> bool:
        """Whether the writer before this one was killed, which leaves its log and maybe work for idle time."""
        log_ = self._path.with_name(f"{self._path.name}-wal")
        return log_.exists() and log_.stat().st_size > 0

    def current(self) -> Writer:
        """Open the database that is searched, or make it."""
        if self._current is None:
            self._current = Writer(self._path)
        return self._current

    def target(self) -> Writer:
        """Open the database that a whole run is for: the successor, where there is one."""
        if not self.is_rebuilding:
            return self.current()
        if self._successor is None:
            try:
                self._successor = Writer(self._successor_path)
            except IndexCorrupt as error:  # it costs the work that was done for it, and no more
                log.warning("%s", error)
                self.begin_rebuild()
        return self._successor or self.current()

    def begin_rebuild(self) -> None:
        """Begin a successor with nothing in it."""
        self._close_successor()
        _unlink(self._successor_path)
        self._successor = Writer(self._successor_path)

    def finish_rebuild(self) -> None:
        """Let the successor, where there is one, take its place.  Readers notice that the file is another one."""
        if not self.is_rebuilding:
            return
        self.target().checkpoint()  # nothing of it may be left in its log
        self.close()
        with schema.translated(self._path):
            _unlink(self._path, ends=_BESIDE)  # the log of one database must never be read with another
            _unlink(self._successor_path, ends=_BESIDE)
            self._successor_path.replace(self._path)

    def discard(self) -> None:
        """Throw all of it away."""
        self.close()
        _unlink(self._path)
        _unlink(self._successor_path)

    def close(self) -> None:
        """Close what is open."""
        self._close_successor()
        if self._current:
            self._current.close()
            self._current = None

    def clear_away(self) -> None:
        """Delete the indexes of other versions or models, and such caches, that nobody has written for a while."""
        others = [path for path in self._location.databases() if path != self._path]
        others += self._location.other_neighbours(self._path)
        for path in [*others, *self._location.other_caches()]:
            with contextlib.suppress(OSError):  # another window has it open, on Windows
                if time.time() - path.stat().st_mtime > _UNUSED:
                    _unlink(path)

    def _close_successor(self) -> None:
        if self._successor:
            self._successor.close()
            self._successor = None


_BESIDE = ("-wal", "-shm")


def _unlink(path: Path, *, ends: tuple[str, ...] = ("", *_BESIDE)) -> None:
    for end in ends:
        path.with_name(path.name + end).unlink(missing_ok=True)
