"""The second look at results, prepared for all notes while nothing else is to be done.

The indexer does this in its idle time, in short steps: it knows every passage, there is one of it for all windows,
and it hears when somebody searches or writes.  What computes is a process of its own, on one core at the lowest
priority, which rests between two steps.
"""

from __future__ import annotations

import concurrent.futures
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from starlight.config import Settings
from starlight.engine.describe import describe
from starlight.errors import IndexUnavailable, NoteError
from starlight.index import disk
from starlight.index.cache import Cache
from starlight.index.disk import Fact
from starlight.index.location import Location
from starlight.index.reader import Reader
from starlight.index.records import Status
from starlight.models import refiner
from starlight.models.power import on_battery
from starlight.models.refiner import Refiner

log = logging.getLogger(__name__)

QUIET = 10.0
"""Seconds that nobody must have searched, written or saved."""
_POWER_EVERY = 30.0
_IN_FLIGHT = 4
_STEP = 0.2
"""Seconds that a step takes at most: a note that is saved waits no longer."""
_REST = 0.5
"""What a rest takes, beside the step before it."""
_TELLING = 2.0
"""Seconds between two times that it is told how far this is."""
_NOTES = 50
_LAST = 1 << 62

_Wanted = tuple[bytes, str]


class Ahead:
    """Makes the vectors of all passages of one root, the latest notes first.  Use it on one thread."""

    def __init__(self, location: Location, database: Path, settings: Settings) -> None:
        self._location = location
        self._database = database
        self._settings = settings
        self._cache = Cache(location.cache, settings.refiner_cache_bytes)
        self._refiner = Refiner(refiner.load(settings.refiner).folder, in_background=True)
        self._is_wanted = settings.refine and settings.refine_ahead
        self._used_at = time.monotonic()
        self._power_at = float("-inf")
        self._on_battery = False
        self._wanted: Iterator[_Wanted] | None = None
        self._in_flight: dict[Future[bytes | None], bytes] = {}
        self._is_exhausted = False
        self._is_done = False
        self._told_at = time.monotonic()
        self.rest = 0.0
        """Seconds to wait before the next step."""

    @property
    def state(self) -> str:
        """What it does, in a word or two; empty where there is nothing to do."""
        if not self._is_wanted or self._is_done or self._refiner.problem:
            return ""
        return "on battery" if self._on_battery else "preparing"

    def used(self) -> None:
        """Take note that somebody searches or writes."""
        self._used_at = time.monotonic()

    def begin_again(self) -> None:
        """Take note that the index has changed."""
        self.used()
        self._wanted, self._is_done = None, False

    def go_on(self, tell: Callable[[], None]) -> None:
        """Do a short step, if there is something to do, and ``tell`` now and then how far that is."""
        before, self.rest = self.state, 0.0
        if self._is_due():
            self._step()
        if self.state != before or (self.rest and time.monotonic() - self._told_at > _TELLING):
            self._told_at = time.monotonic()
            tell()

    def told(self, status: Status) -> Status:
        """Return ``status`` with how far this is."""
        if not self._is_wanted or status.state != "ready":
            return status
        known = min(self._cache.count(self._refiner.identity), status.chunks)
        return replace(status, refining=self.state, refined=known)

    def _is_due(self) -> bool:
        """Whether there is something to do, and nothing that it has to wait for."""
        now = time.monotonic()
        if not self._is_wanted or self._is_done or now - self._used_at < QUIET or self._refiner.problem:
            return False
        if now - self._power_at > _POWER_EVERY:
            self._power_at, self._on_battery = now, on_battery()
        return not self._on_battery

    def _step(self) -> None:
        """Go on for a moment."""
        started = time.monotonic()
        try:
            self._ask()
        except IndexUnavailable as error:
            log.info("%s", error)
            self._wanted = iter(())
        done = concurrent.futures.wait(self._in_flight, _STEP, concurrent.futures.FIRST_COMPLETED).done
        found = {self._in_flight.pop(future): future.result() for future in done}
        self._cache.keep(self._refiner.identity, {passage: made for passage, made in found.items() if made})
        if self._is_exhausted and not self._in_flight:
            self._finish()
        self.rest = _REST * (time.monotonic() - started)

    def close(self) -> None:
        """End the process."""
        self._refiner.close()
        self._cache.close()

    def _finish(self) -> None:
        """Let the process go until the index changes: there is nothing left to do, or no room."""
        self._is_done = True
        self._refiner.close()

    def _ask(self) -> None:
        if self._wanted is None:
            self._wanted, self._is_exhausted = self._missing(), False
        while len(self._in_flight) < _IN_FLIGHT and not self._is_exhausted:
            wanted = None if self._cache.is_full else next(self._wanted, None)
            if wanted is None:
                self._is_exhausted = True
                return
            self._in_flight[self._refiner.passage(wanted[1], 1)] = wanted[0]

    def _missing(self) -> Iterator[_Wanted]:
        """Yield digest and text of every passage whose vectors are not known."""
        before = _LAST
        while True:
            with Reader(self._database) as reader:
                notes = reader.meanings_of_notes(before, _NOTES)
            if not notes:
                return
            before = notes[-1][0]
            for _, path, passages in notes:
                missing = set(self._cache.missing(self._refiner.identity, passages))
                yield from ((each, text) for each, text in self._meant(path) if each in missing) if missing else ()

    def _meant(self, path: str) -> list[_Wanted]:
        try:
            data = disk.read(self._location.root / path, self._settings.max_bytes)
            return list(describe(Fact(path, len(data), 0), data)[1].items())
        except (NoteError, OSError):  # it is gone or has changed, and will be indexed again
            return []
