"""A second look at the best passages of a search, by the refiner: what is known of them, and what is waited for.

The vectors of passages are made when they are first needed and kept beside the index (``index.cache``).  A search
never waits for them: it takes what is there, asks for the rest, and can be asked again when that has come.
"""

from __future__ import annotations

import concurrent.futures
import datetime
import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from starlight.config import Settings
from starlight.errors import IndexBusy
from starlight.index.cache import Cache
from starlight.index.location import Location
from starlight.models import refiner
from starlight.models.refiner import Query, Refiner
from starlight.notes.query import parse

log = logging.getLogger(__name__)

T = TypeVar("T")

_AT_ONCE = 0.02
"""Seconds in which a process that is awake has a query's vector."""
_SAVED = 16
"""Vectors that are kept together."""
_MOST_FRESH = 5_000
"""Vectors that are held in memory beside the file."""


class Refining:
    """The refiner of one root, and what is known of its passages.  For any thread."""

    def __init__(self, location: Location, model: Refiner, max_bytes: int) -> None:
        self.refiner = model
        self._cache = Cache(location.cache, max_bytes)
        self._lock = threading.Lock()
        self._fresh: dict[bytes, bytes] = {}
        self._unsaved: dict[bytes, bytes] = {}
        self._asked: dict[bytes, Future[bytes | None]] = {}

    @classmethod
    def of(cls, location: Location, settings: Settings) -> Refining | None:
        """Return what looks at the results for a root again; None where the settings do without."""
        if not settings.refine:
            return None
        return cls(location, refiner.load(settings.refiner), settings.refiner_cache_bytes)

    @property
    def problem(self) -> str:
        """Why nothing is refined, for a person; empty where it is."""
        return self.refiner.problem

    def begin(self, text: str, *, lenient: bool = False) -> Refinement | None:
        """Return the second look at the results for the query ``text``; None where there will be none.

        What it says beside its filters is what they are looked at for; ``lenient`` as the search is.
        """
        words = parse(text, datetime.date.today(), lenient=lenient).words
        return None if self.problem or not words.strip() else Refinement(self, words)

    def prepare(self) -> None:
        """Have the refiner ready soon: somebody is about to search."""
        self.refiner.prepare()

    def known(self, passages: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the vectors of those of ``passages`` whose are known, by digest."""
        with self._lock:
            found = {each: self._fresh[each] for each in passages if each in self._fresh}
        rest = [each for each in passages if each not in found]
        return {**found, **self._cache.known(self.refiner.identity, rest)} if rest else found

    def ask(self, passage: bytes, text: str, turn: int) -> Future[bytes | None]:
        """Have the vectors of a passage made, unless they are being made; they are kept by its digest."""
        with self._lock:
            if passage in self._asked:
                return self._asked[passage]
            if passage in self._fresh:
                return _done(self._fresh[passage])
        found = self.refiner.passage(text, turn)
        with self._lock:
            self._asked[passage] = found
        found.add_done_callback(lambda done: self._take(passage, done.result()))
        return found

    def save(self) -> None:
        """Keep what came and was not kept yet; the next time, where another program holds the file."""
        with self._lock:
            unsaved, self._unsaved = self._unsaved, {}
        try:
            self._cache.keep(self.refiner.identity, unsaved)
        except IndexBusy as error:
            log.info("%s", error)
            with self._lock:
                self._unsaved = {**unsaved, **self._unsaved}

    def close(self) -> None:
        """Keep what there is, and close the file."""
        self.save()
        self._cache.close()

    def _take(self, passage: bytes, vectors: bytes | None) -> None:
        with self._lock:
            self._asked.pop(passage, None)
            if vectors is None:
                return
            if len(self._fresh) >= _MOST_FRESH:
                self._fresh.clear()
            self._fresh[passage] = self._unsaved[passage] = vectors
            is_due = len(self._unsaved) % _SAVED == 0
        if is_due:
            self.save()


def _done(vectors: bytes) -> Future[bytes | None]:
    future: Future[bytes | None] = Future()
    future.set_result(vectors)
    return future


class Refinement:
    """The second look at the results for one query."""

    def __init__(self, refining: Refining, text: str) -> None:
        self._refining = refining
        self._turn = refining.refiner.turn()
        self._query = refining.refiner.query(text, self._turn)
        self._awaited: list[Future[bytes | None]] = []
        self._now: dict[bytes, bytes] = {}
        """What passages of notes that have changed since they were indexed mean now, by what they meant."""
        self._is_blind = False
        """Whether the query's own vector was not there when it was needed."""
        self._is_over = False
        self.is_refined = False
        """Whether the last search had something of it."""

    def nearness(
        self, passages: Mapping[int, bytes], texts: Callable[[list[int]], Mapping[int, tuple[bytes, str]]]
    ) -> dict[int, tuple[float, float]]:
        """Return the cosines of the first of ``passages`` whose vectors are known, each with how far to trust it.

        ``passages`` are the digests of what chunks mean, best first; ``texts`` gives what those with the given
        numbers mean, each with its own digest, and is asked where vectors are to be made.
        """
        self.is_refined, self._awaited = False, []
        query = self._vector()
        if query is None or not query.fluency:
            return {}
        digests = {chunk: self._now.get(digest, digest) for chunk, digest in passages.items()}
        known = self._refining.known(list(digests.values()))
        missing = [chunk for chunk, digest in digests.items() if digest not in known]
        found = texts(missing) if missing and not self._is_over else {}
        for chunk, (digest, text) in ((chunk, found[chunk]) for chunk in missing if chunk in found):  # best first
            self._now[passages[chunk]] = digests[chunk] = digest
            self._awaited.append(self._refining.ask(digest, text, self._turn))
        gone = set() if self._is_over else {chunk for chunk in missing if chunk not in found}
        first = list(itertools.takewhile(lambda chunk: digests[chunk] in known, (c for c in digests if c not in gone)))
        near = query.nearness([known[digests[chunk]] for chunk in first])
        self.is_refined = bool(first)
        return {
            chunk: (cosine, min(fluency, query.fluency)) for chunk, (cosine, fluency) in zip(first, near, strict=True)
        }

    @property
    def waits(self) -> bool:
        """Whether more is on its way: then the same search has more of it soon."""
        return not self._is_over and (self._is_blind or bool(self._awaited))

    def wait(self, seconds: float | None) -> bool:
        """Wait until what is on its way has come; false where it had not after so many seconds."""
        awaited: list[Future[Any]] = [self._query, *self._awaited]
        late = concurrent.futures.wait(awaited, seconds).not_done
        self._refining.save()
        self._is_over |= any(each.done() and each.result() is None for each in self._awaited)
        return not late

    def end(self) -> None:
        """Ask for nothing more: what is known will do."""
        self._is_over = True

    def _vector(self) -> Query | None:
        try:
            found = self._query.result(0 if self._is_over else _AT_ONCE)
        except concurrent.futures.TimeoutError:
            self._is_blind = True
            return None
        self._is_blind = False
        return found


def settled(search: Callable[[], T], refinement: Refinement | None, seconds: float | None) -> T:
    """Return what ``search`` gives when all of ``refinement`` has come, or after so many seconds; None: any number."""
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        found = search()
        if refinement is None or not refinement.waits:
            return found
        if not refinement.wait(None if end is None else max(end - time.monotonic(), 0)):
            refinement.end()
