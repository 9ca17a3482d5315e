"""The neighbours of all notes in meaning, beside the index: read, brought up to date with it, and kept.

Whoever needs them brings them up to date in memory: where little has changed that takes a moment.  The first time is
the work of the indexer's idle time, or of who cannot wait for that.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from starlight.engine.neighbours import Neighbours, NeighboursLost, Update, directions, nothing
from starlight.errors import StarlightError
from starlight.index.reader import Reader

log = logging.getLogger(__name__)

_AT_ONCE = 1_000
"""Notes whose vectors are read at once."""
_READING = 0.4
"""Share of the time that reading takes."""
_OLD = 0.02
"""Share of the notes that are new or changed from which on what is kept is written again."""
_SOON = 1_000
"""Notes up to which nobody minds to wait: a second at most."""
_NONE = -1
"""The number of no note."""

Reading = Callable[[], AbstractContextManager[Reader]]
"""Gives a reader of the index, for as long as it is not given to others."""
Steps = Generator[float, None, None]
"""Work in short steps: yields which share is done."""


class Nearness:
    """The neighbours of the notes of one root, as they are kept at ``path``.  For any thread: they take turns."""

    def __init__(self, path: Path, dim: int, reading: Reading) -> None:
        self._path = path
        self._dim = dim
        self._reading = reading
        self._turn = threading.Lock()
        self._found: Neighbours | None = None
        self._seen: tuple[Reader, int] | None = None
        """The index that they were found in, and its revision: one that was made anew counts from the beginning."""
        self._file: object = None
        """What tells the file that was read or written last from another one at its place."""
        self.progress: float | None = None
        """Which share is done while they are made; None else."""

    def now(self) -> Neighbours | None:
        """Return the neighbours as they are now; None while they are made, or where that would take long.

        Raises:
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        if not self._turn.acquire(blocking=False):
            return None
        try:
            return self._brought(_SOON, lambda _share: True)
        finally:
            self._turn.release()

    def of(self, path: str) -> dict[str, float]:
        """Return the notes that are near to the one at ``path``, as it is to them, with their cosines.

        As far as it is known already: it neither waits nor compares anything, so that it may lag behind the index.
        """
        if self._turn.acquire(blocking=False):
            try:
                self._take_kept()
            finally:
                self._turn.release()
        return self._found.mutual_of(path) if self._found else {}

    def _take_kept(self) -> None:
        """Read the file where the indexer has written another one."""
        there = self._there()
        if there and there != self._file:
            self._file, self._found, self._seen = there, kept(self._path, self._dim), None

    def _there(self) -> object:
        """Return what tells the file that is there from another one at its place; None where there is none."""
        try:
            about = self._path.stat()
        except OSError:
            return None
        return about.st_ino, about.st_mtime_ns

    def make(self, tell: Callable[[float], bool] = lambda _share: True) -> Neighbours | None:
        """Return the neighbours as they are now, however long it takes; None where ``tell`` says to stop.

        ``tell`` is told which share is done, and says whether to go on.  Raises as ``now``.
        """
        with self._turn:
            return self._brought(None, tell)

    def _brought(self, most: int | None, tell: Callable[[float], bool]) -> Neighbours | None:
        with self._reading() as reader:
            seen = reader, reader.status().revision
        if self._found and seen == self._seen:
            return self._found
        before = self._found or kept(self._path, self._dim)
        update = Bringing(self._reading, before)
        if most is not None and update.n_new > most:
            return None
        try:
            for self.progress in (steps := update.steps()):
                if not tell(self.progress):
                    steps.close()
                    return None
        finally:
            self.progress = None
        if update.is_worth_keeping:
            keep(self._path, update.found)
            self._file = self._there()
        self._found, self._seen = update.found, seen
        return self._found


class NearAhead:
    """Makes the neighbours of one root in idle time, in short steps, where what is kept is old.  On one thread."""

    def __init__(self, path: Path, database: Path, dim: int) -> None:
        self._path = path
        self._database = database
        self._dim = dim
        self._steps: Steps | None = None
        self._is_done = False

    def begin_again(self) -> None:
        """Take note that the index has changed."""
        self._steps, self._is_done = None, False

    @property
    def is_at_work(self) -> bool:
        """Whether it has begun and not ended."""
        return self._steps is not None and not self._is_done

    def go_on(self) -> bool:
        """Do a short step; returns whether there is more to do."""
        if self._is_done:
            return False
        self._steps = self._steps or self._made()
        try:
            next(self._steps)
        except StopIteration:
            self._is_done = True
        except StarlightError as error:
            log.info("%s", error)
            self._is_done = True
        return not self._is_done

    def _made(self) -> Steps:
        with Reader(self._database) as reader:
            update = Bringing(lambda: contextlib.nullcontext(reader), kept(self._path, self._dim))
            if update.is_worth_keeping:
                yield from update.steps()
                keep(self._path, update.found)


class Bringing:
    """Neighbours on their way from what they were to what they are now; ``found`` are these when all steps are done."""

    def __init__(self, reading: Reading, before: Neighbours) -> None:
        self._reading = reading
        self.found = before
        with reading() as reader, reader.overview() as overview:
            self._there = {path: hash_ for path, hash_, _ in overview.versions().values()}
        self._update = Update(before, self._there)

    @property
    def n_new(self) -> int:
        """Notes that are new or changed."""
        return len(self._update.wanted)

    @property
    def is_worth_keeping(self) -> bool:
        """Whether what is kept has become so old that it is worth the writing."""
        return self.n_new > _OLD * len(self._update.paths)

    def steps(self) -> Steps:
        """Do it in short steps.

        A note that changes meanwhile has no neighbours until the next time, which finds it; all of them are asked for
        by path, as their numbers are others in an index that was made anew.
        """
        if self._update.is_same:
            return
        wanted = self._update.wanted
        for start in range(0, len(wanted), _AT_ONCE):
            paths = wanted[start : start + _AT_ONCE]
            self._add(paths)
            yield _READING * (start + len(paths)) / len(wanted)
        steps = self._update.steps()
        while True:
            try:
                done = next(steps)
            except StopIteration as end:
                self.found = end.value
                return
            yield _READING + (1 - _READING) * done

    def _add(self, paths: Sequence[str]) -> None:
        """Add the directions of the notes at ``paths``; zeros for those that are no longer what they were."""
        with self._reading() as reader, reader.snapshot(), reader.overview() as overview:
            now = overview.versions_at(paths)
            ids = {path: now[path][0] for path in paths if path in now and now[path][1] == self._there[path]}
            found = overview.embeddings(ids.values())
        self._update.forget(path for path in paths if path not in ids)
        self._update.add(directions([ids.get(path, _NONE) for path in paths], found, self.found.frame.dim))


def kept(path: Path, dim: int) -> Neighbours:
    """Return what is kept at ``path``; the lists of no notes where that is lost or of vectors of another length."""
    try:
        found = Neighbours.load(path)
    except NeighboursLost as error:
        if path.exists():
            log.warning("%s: it is made again", error)
        return nothing(dim)
    return found if found.frame.dim == dim else nothing(dim)


def keep(path: Path, found: Neighbours) -> None:
    """Write what was found; where that is not possible it is found again."""
    try:
        found.save(path)
    except OSError as error:
        log.warning("%s: cannot be written (%s); it is made again when it is needed", path, error)
