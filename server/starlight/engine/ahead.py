"""The second look at results, prepared for all notes while nothing else is to be done.

The indexer does this in its idle time, in short steps: it knows every passage, there is one of it for all windows,
and it hears when somebody searches or writes.  What computes is a process of its own, on one core at the lowest
priority, which rests between two steps.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from starlight.config import Settings
from starlight.engine.describe import describe, hash_of
from starlight.engine.documents import Documents
from starlight.engine.idle import Idle, rest_after
from starlight.engine.selected import limit_of, takes_long
from starlight.errors import IndexBusy, IndexUnavailable, NoteError
from starlight.index import disk
from starlight.index.cache import Cache
from starlight.index.disk import Fact
from starlight.index.location import Location
from starlight.index.reader import Reader
from starlight.index.records import Status
from starlight.models import refiner
from starlight.models.refiner import Refiner

log = logging.getLogger(__name__)

_IN_FLIGHT = 4
_STEP = 0.2
"""Seconds that a step takes at most: a note that is saved waits no longer."""
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
        self._documents = Documents(self._cache)
        self._refiner = Refiner(refiner.load(settings.refiner).folder, in_background=True)
        self._is_wanted = settings.refine and settings.refine_ahead
        self._idle = Idle()
        self._before = _LAST
        """The number of the note that was looked at last; those below it come next."""
        self._notes: deque[tuple[str, list[bytes]]] = deque()
        """Notes to look at: path, and digests of what their passages mean."""
        self._wanted: deque[_Wanted] = deque()
        """Digest and text of passages whose vectors are not known."""
        self._in_flight: dict[Future[bytes | None], bytes] = {}
        self._made: dict[bytes, bytes] = {}
        """Vectors that are not kept yet."""
        self._is_exhausted = False
        self._is_done = False
        self._told_at = time.monotonic()
        self._known = 0
        """Passages whose vectors are known, as was told last."""
        self.rest = 0.0
        """Seconds to wait before the next step."""

    @property
    def state(self) -> str:
        """What it does, in a word or two; empty where there is nothing to do."""
        if not self._is_wanted or self._is_done or self._refiner.problem:
            return ""
        return "on battery" if self._idle.on_battery else "preparing"

    @property
    def is_idle(self) -> bool:
        """Whether nobody has used the notes for a while, and the machine does not run on battery."""
        return self._idle.is_idle

    @property
    def on_battery(self) -> bool:
        """Whether the machine ran on battery when that was looked at last."""
        return self._idle.on_battery

    def used(self) -> None:
        """Take note that somebody searches or writes."""
        self._idle.used()

    def begin_again(self) -> None:
        """Take note that the index has changed."""
        self.used()
        self._before, self._is_exhausted, self._is_done = _LAST, False, False
        self._notes.clear()
        self._wanted.clear()

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
        with contextlib.suppress(IndexBusy):  # the next one tells it
            self._known = self._cache.count(self._refiner.identity)
        return replace(status, refining=self.state, refined=min(self._known, status.chunks))

    def _is_due(self) -> bool:
        """Whether there is something to do, and nothing that it has to wait for."""
        return self._is_wanted and not self._is_done and not self._refiner.problem and self.is_idle

    def _step(self) -> None:
        """Go on for a moment."""
        started = time.monotonic()
        try:
            self._ask(started + _STEP)
            self._take(started + _STEP)
        except IndexBusy as error:  # tried again in the next step
            log.info("%s", error)
        except IndexUnavailable as error:
            log.info("%s", error)
            self._is_exhausted = True
        if self._is_exhausted and not self._in_flight and not self._made:
            self._finish()
        self.rest = rest_after(started)

    def close(self) -> None:
        """End the process."""
        self._refiner.close()
        self._documents.close()
        self._cache.close()

    def _finish(self) -> None:
        """Let the process go until the index changes: there is nothing left to do, or no room."""
        self._is_done = True
        self._cache.recount()
        self._refiner.close()

    def _ask(self, until: float) -> None:
        """Look for what is not known, and ask for it, until enough is asked for or it is that late."""
        while len(self._in_flight) < _IN_FLIGHT and not self._is_exhausted:
            if self._wanted:
                self._ask_for_next()
            elif self._notes:
                self._wanted.extend(self._missing(*self._notes[0]))
                self._notes.popleft()
            else:
                self._turn_page()
            if time.monotonic() >= until:
                return

    def _ask_for_next(self) -> None:
        if self._cache.is_full:
            self._is_exhausted = True
        else:
            digest, text = self._wanted.popleft()
            self._in_flight[self._refiner.passage(text, 1)] = digest

    def _turn_page(self) -> None:
        with Reader(self._database) as reader:
            notes = reader.meanings_of_notes(self._before, _NOTES)
        if notes:
            self._before = notes[-1][0]
            self._notes.extend((path, passages) for _, path, passages in notes)
        self._is_exhausted = not notes

    def _take(self, until: float) -> None:
        """Keep what has come, or comes by then."""
        seconds = max(until - time.monotonic(), 0)
        done = concurrent.futures.wait(self._in_flight, seconds, concurrent.futures.FIRST_COMPLETED).done
        for future in done:
            passage, made = self._in_flight.pop(future), future.result()
            if made:
                self._made[passage] = made
        self._cache.keep(self._refiner.identity, self._made)
        self._made = {}

    def _missing(self, path: str, passages: list[bytes]) -> list[_Wanted]:
        """Return digest and text of those of a note's passages whose vectors are not known."""
        missing = set(self._cache.missing(self._refiner.identity, passages))
        return [(each, text) for each, text in self._meant(path) if each in missing] if missing else []

    def _meant(self, path: str) -> list[_Wanted]:
        try:
            data = disk.read(self._location.root / path, limit_of(path, self._settings)[0])
            hash_ = hash_of(data, path)
            if takes_long(path, len(data)) and not self._documents.kept(hash_):
                return []  # to read it again would take too long for a step
            document = self._documents.read(path, data, hash_)
            return list(describe(Fact(path, len(data), 0), data, document=document)[1].items())
        except (NoteError, OSError):  # it is gone or has changed, and will be indexed again
            return []
