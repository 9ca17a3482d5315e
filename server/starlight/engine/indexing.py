"""A folder becomes an index: walk, compare, read, cut, embed, store, batch by batch.

Every batch is a transaction of its own, short enough that a note just saved never waits long behind it, and
whatever was committed stays when the work is stopped or killed.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from starlight.config import Settings
from starlight.engine.document_process import Interrupted
from starlight.engine.documents import Documents
from starlight.engine.pool import Pool
from starlight.engine.progress import Progress
from starlight.engine.reading import Assignment, Batch, Job, Known, Reading, size_of
from starlight.engine.selected import takes_long
from starlight.index import sync
from starlight.index.disk import Fact, Selection
from starlight.index.records import NoteRecord, Status
from starlight.index.writer import Writer
from starlight.models.adapted import table_of
from starlight.models.embedder import Embedder
from starlight.readers.formats import FORMATS, format_of

_JOB = 64, 200_000
"""Notes and bytes that are read and stored together, at most."""
_LARGE_JOB = 256, 1_000_000
"""The same in bulk work: it costs the lexical index less.  One takes some 50 ms to write, which a saved note waits."""
_LOOKED_AT = 2_000
"""Files after which a walk asks whether to go on: some 20 ms, for which a note just saved may wait."""
_DOCUMENTS_JOB = 8, 50_000_000
"""The same of documents, which are read in processes of their own."""
_VERSIONS = "formats"
"""What the versions of all readers are stored under: files of a format with another one are read again."""
_MOST_PROCESSES = 4
"""More of them read faster than one process can write."""
_ALONE = 8_000_000
"""Bytes up to which the work is done before the processes that would share it have started."""
_NEW_OBJECTS = 200_000
"""After so many there is a look for cycles in bulk work: some ten batches."""
_INTERVAL = 0.2
"""Seconds between two times that progress is told, at least: bulk work has some fifty batches a second."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    ``files`` and ``chunks`` are what the index now holds, ``bytes`` what was read, ``left`` the files that a run
    that was stopped did not get to.
    """

    files: int
    chunks: int
    seconds: float
    bytes: int
    failed: dict[str, str]
    changed: int
    stopped: bool
    left: int = 0
    note: str = ""
    """What else a person should know."""


@dataclass(slots=True)
class _Done:
    """How much of a plan was carried out."""

    bytes: int = 0
    changed: int = 0
    stopped: bool = False
    left: int = 0


class _Origins:
    """The notes that are gone, by content: one of the same content elsewhere was moved there."""

    def __init__(self, writer: Writer, removed: Iterable[str]) -> None:
        self._writer = writer
        self._left = dict.fromkeys(removed)
        self._paths: dict[tuple[bytes, str], list[str]] = {}
        self.meanings: dict[bytes, set[bytes]] = {}
        for path in self._left:
            hash_ = writer.hash_of(path) or b""
            for name in (_name(path), ""):
                self._paths.setdefault((hash_, name), []).append(path)
            self.meanings.setdefault(hash_, set()).update(writer.meanings(path))

    def take(self, record: NoteRecord) -> str:
        """Return the path that the note was moved from, one of its name if there are several; empty where it is new."""
        for name in (_name(record.fact.path), ""):
            paths = self._paths.get((record.hash, name), [])
            while paths:
                path = paths.pop()
                # Taken already, or written again meanwhile.
                if path in self._left and self._writer.hash_of(path) == record.hash:
                    del self._left[path]
                    return path
        return ""

    def give_back(self, path: str) -> None:
        """Nothing was moved from ``path`` after all."""
        self._left[path] = None

    def left(self) -> list[str]:
        """Return the paths that nothing was moved from."""
        return list(self._left)


class Indexing:
    """Brings one index up to date with its folder.

    ``publish`` is told the status when work begins, and now and then while it goes on; how it ended is in the report.
    ``keep_going`` is asked between batches, and ends the work cleanly by answering false.  ``documents`` reads what
    is no Markdown.
    """

    def __init__(
        self,
        selection: Selection,
        writer: Writer,
        embedder: Embedder,
        settings: Settings,
        publish: Callable[[Status], None] = lambda _status: None,
        keep_going: Callable[[], bool] = lambda: True,
        documents: Documents | None = None,
    ) -> None:
        self._selection = selection
        self._writer = writer
        self._embedder = embedder
        self._settings = settings
        self._publish = publish
        self._keep_going = keep_going
        self._documents = documents or Documents()
        self._announced_at = float("-inf")

    def run(self) -> Report:
        """Compare the whole folder with the index and bring the index up to date."""
        started = time.perf_counter()
        unread: dict[str, str] = {}
        with contextlib.ExitStack() as ending:
            try:
                plan, pool = self._compared(unread, ending)
            except Interrupted:
                return self._report(started, _Done(stopped=True))
            if unread:
                self._writer.fail(unread)
            done = self._apply(plan, pool)
            if not done.stopped and self._writer.remembered(_VERSIONS) != _versions():
                self._writer.remember(_VERSIONS, _versions())
            return self._report(started, done)

    def update(self, paths: Iterable[str], *, texts_only: bool = False) -> Report:
        """Bring what is at ``paths``, notes or folders, up to date: created, changed, moved, or gone.

        With ``texts_only`` documents, which take long to read, are left; the report counts them.
        """
        started = time.perf_counter()
        unread: dict[str, str] = {}
        named = sorted(set(paths))
        facts = {fact.path: fact for path in named for fact in self._selection.below(path, unread.__setitem__)}
        plan = _keeping(sync.diff(facts.values(), self._writer.facts_at(named)), unread)
        left = [fact for fact in (*plan.added, *plan.changed) if texts_only and _takes_long(fact)]
        if left:
            added, changed = (tuple(each for each in part if each not in left) for part in (plan.added, plan.changed))
            plan = replace(plan, added=added, changed=changed)
        return replace(self._report(started, self._apply(plan)), left=len(left))

    def _compared(self, unread: dict[str, str], ending: contextlib.ExitStack) -> tuple[sync.Plan, Pool | None]:
        """Compare all files with the index, told in ``unread`` of folders that cannot be read.

        Where there is much to read for certain, the processes for it, which ``ending`` ends, begin meanwhile.

        Raises:
            Interrupted: not to go on.
        """
        pool: Pool | None = None
        with _without_collection():
            stored = self._outdated(self._writer.facts(self._give_way))
            if not stored:
                self._publish(replace(self._writer.status(), state="indexing", message="Looking for notes"))
            comparison = sync.Comparison(stored)
            walk = self._selection.walk(unread.__setitem__)
            while facts := list(itertools.islice(walk, _LOOKED_AT)):
                comparison.take(facts)
                if len(facts) < _LOOKED_AT:
                    break
                self._give_way()
                if not stored and not pool and self._is_much(comparison.added):
                    pool = ending.enter_context(self._pool(_Origins(self._writer, ())))
                    pool.begin(self._jobs(_texts(comparison.added), *_LARGE_JOB))
            return _keeping(comparison.plan(), unread), pool

    def _give_way(self) -> None:
        """Let what was just saved go first.

        Raises:
            Interrupted: not to go on.
        """
        if not self._keep_going():
            raise Interrupted

    def _outdated(self, stored: dict[str, Fact]) -> dict[str, Fact]:
        """Return the facts of what is stored, none of which is that of a file whose reader was another version."""
        before = json.loads(self._writer.remembered(_VERSIONS) or "{}")
        other = {ending for each in FORMATS if before.get(each.name) != each.version for ending in each.endings}
        if not other:
            return stored
        endings = tuple(other)
        return {
            path: fact._replace(ctime_ns=-1) if path.lower().endswith(endings) else fact
            for path, fact in stored.items()
        }

    def _apply(self, plan: sync.Plan, pool: Pool | None = None) -> _Done:
        """Carry ``plan`` out; with ``pool``, if there is one already and nothing was moved."""
        todo = _texts_first([*plan.added, *plan.changed])
        progress = Progress(len(todo), size_of(todo, self._settings.max_bytes))
        if todo:
            self._announce(progress, "")
        origins = _Origins(self._writer, plan.removed)
        done = _Done()
        with contextlib.closing(self._batches(todo, origins, pool)) as batches:
            try:
                for batch in batches:
                    self._store(batch, origins)
                    progress.advance(batch.count, batch.size)
                    done.bytes += batch.bytes
                    done.changed += len(batch.records) + len(batch.gone)
                    self._announce(progress, batch.last)
                    if not self._keep_going():
                        raise Interrupted
            except Interrupted:
                done.left = progress.left
                done.stopped = bool(progress.left or origins.left())
                return done
        if gone := [path for path in origins.left() if not self._is_back(path)]:
            hashes = {hash_ for path in gone if format_of(path) and (hash_ := self._writer.hash_of(path))}
            self._writer.remove(gone)
            self._documents.forget(hash_ for hash_ in hashes if not self._writer.having(hash_))
            done.changed += len(gone)
        return done

    def _batches(self, facts: Sequence[Fact], origins: _Origins, pool: Pool | None) -> Generator[Batch, None, None]:
        """Read ``facts``: texts here, or in processes beside this one where there is much to read; then documents."""
        texts = _texts(facts)
        yield from self._read(texts, origins, pool)
        documents = facts[len(texts) :]
        if documents:
            # Their bytes are read by a process that may die of them; for notes that are saved meanwhile there is time.
            yield from map(self._reading(origins).read, self._jobs(documents, *_DOCUMENTS_JOB))

    def _read(self, facts: Sequence[Fact], origins: _Origins, pool: Pool | None) -> Generator[Batch, None, None]:
        if not self._is_much(facts):
            yield from map(self._reading(origins).read, self._jobs(facts, *_JOB))
            return
        # The facts of a large folder: every look for cycles would go through all of them.  What comes makes none.
        gc.freeze()
        thresholds = gc.get_threshold()
        gc.set_threshold(_NEW_OBJECTS)
        try:
            with pool or self._pool(origins) as readers:
                yield from readers.read(self._jobs(facts[readers.begun :], *_LARGE_JOB))
        finally:
            gc.set_threshold(*thresholds)
            gc.unfreeze()

    def _reading(self, origins: _Origins) -> Reading:
        return Reading(self._assignment(origins), self._embedder, self._documents, self._keep_going)

    def _is_much(self, facts: Iterable[Fact]) -> bool:
        # What is larger than the limit is refused unread, at every look.
        return size_of(_texts(facts), self._settings.max_bytes) > _ALONE

    def _pool(self, origins: _Origins) -> Pool:
        return Pool(self._assignment(origins), min(os.cpu_count() or 1, _MOST_PROCESSES))

    def _jobs(self, facts: Iterable[Fact], most_notes: int, most_bytes: int) -> Iterator[Job]:
        taken: list[Fact] = []
        size = 0
        for fact in facts:
            taken.append(fact)
            size += fact.size
            if len(taken) >= most_notes or size >= most_bytes:
                yield self._job(taken)
                taken, size = [], 0
        if taken:
            yield self._job(taken)

    def _job(self, facts: Sequence[Fact]) -> Job:
        hashes = self._writer.hashes([fact.path for fact in facts])
        return Job(facts, {path: Known(hash_, self._writer.meanings(path)) for path, hash_ in hashes.items()})

    def _assignment(self, origins: _Origins) -> Assignment:
        table = table_of(self._embedder)
        return Assignment(self._selection.root, self._settings, table, origins.meanings)

    def _is_back(self, path: str) -> bool:
        return any(fact.path == path for fact in self._selection.below(path, lambda _path, _reason: None))

    def _store(self, batch: Batch, origins: _Origins) -> None:
        paths = [*(record.fact.path for record in batch.records), *(fact.path for fact in batch.same)]
        hashes = self._writer.hashes([*paths, *batch.gone, *batch.failed])

        def is_current(path: str) -> bool:
            """Whether nobody stored the note, just saved, after it was read for this batch."""
            return hashes.get(path) == batch.before.get(path)

        if records := [record for record in batch.records if is_current(record.fact.path)]:
            # What was moved over another note takes its place: the other's row is there already.
            placed = [record if record.fact.path in hashes else self._placed(record, origins) for record in records]
            self._writer.put([record for record in placed if record])
        if same := [fact for fact in batch.same if is_current(fact.path)]:
            self._writer.touch(same)
        if gone := [path for path in batch.gone if is_current(path)]:
            self._writer.remove(gone)
        if failed := {path: reason for path, reason in batch.failed.items() if is_current(path)}:
            self._writer.fail(failed, batch.failed_facts)

    def _placed(self, record: NoteRecord, origins: _Origins) -> NoteRecord | None:
        """Return a new ``record`` with the path that it was moved from, if any; None where its file is gone again."""
        origin = origins.take(record)
        stored = self._writer.meanings(origin) if origin else set()
        if all(passage.meaning in stored or passage.meaning in record.vectors for passage in record.passages):
            return record._replace(origin=origin)
        # Its vectors went along with another note of the same content.
        assignment = replace(self._assignment(origins), moved={})
        whole = Reading(assignment, self._embedder, self._documents).read(Job([record.fact], {})).records
        if not whole:
            if origin:
                origins.give_back(origin)
            return None
        return whole[0]._replace(origin=origin)

    def _announce(self, progress: Progress, path: str) -> None:
        if time.monotonic() - self._announced_at > _INTERVAL:
            self._publish(progress.status(self._writer.status(), path))
            self._announced_at = time.monotonic()

    def _report(self, started: float, done: _Done) -> Report:
        status = self._writer.status()
        seconds = time.perf_counter() - started
        failed = self._writer.failures()
        return Report(status.files, status.chunks, seconds, done.bytes, failed, done.changed, done.stopped, done.left)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Look for no cycles meanwhile: the facts of a large folder are in none, and each look goes through all of them."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _keeping(plan: sync.Plan, unread: Iterable[str]) -> sync.Plan:
    """Return ``plan`` for what could be read; what lies in other folders is kept as it was."""
    return replace(plan, removed=tuple(path for path in plan.removed if not _below(path, unread)))


def _versions() -> str:
    return json.dumps({each.name: each.version for each in FORMATS})


def _texts_first(facts: Iterable[Fact]) -> list[Fact]:
    """Return ``facts`` with those of documents, and of other large files, last, which take long."""
    return sorted(facts, key=_takes_long)


def _texts(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if not _takes_long(fact)]


def _takes_long(fact: Fact) -> bool:
    return takes_long(fact.path, fact.size)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(folder == "." or path.startswith(folder) for folder in folders)
