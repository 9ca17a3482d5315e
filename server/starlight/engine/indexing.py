"""A folder becomes an index: walk, compare, read, cut, embed, store, batch by batch.

Every batch is a transaction of its own, short enough that a note just saved never waits long behind it, and
whatever was committed stays when the work is stopped or killed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from starlight.engine.describe import describe, hash_of
from starlight.errors import NoteError
from starlight.index import disk, sync
from starlight.index.disk import Fact, Selection
from starlight.index.records import NoteRecord, State, Status
from starlight.index.writer import Writer, fresh_vectors
from starlight.models.embedder import Embedder

log = logging.getLogger(__name__)

_BATCH_NOTES = 64
_BATCH_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. ``files`` and ``chunks`` are what the index now holds, ``bytes`` what was read."""

    files: int
    chunks: int
    seconds: float
    bytes: int
    failed: dict[str, str]
    changed: int
    stopped: bool


@dataclass(slots=True)
class _Batch:
    """What was read and waits to be stored."""

    records: list[NoteRecord] = field(default_factory=list)
    same: list[Fact] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    bytes: int = 0
    count: int = 0


@dataclass(slots=True)
class _Done:
    """How much of a plan was carried out."""

    bytes: int = 0
    changed: int = 0
    stopped: bool = False


class _Origins:
    """The notes that are gone, by content: one of the same content elsewhere was moved there."""

    def __init__(self, writer: Writer, removed: Iterable[str]) -> None:
        self._paths: dict[bytes, list[str]] = {}
        for path in removed:
            self._paths.setdefault(writer.hash_of(path) or b"", []).append(path)

    def take(self, hash_: bytes) -> str:
        """Return the path that a note with this content was moved from; empty where it is new."""
        paths = self._paths.get(hash_)
        return paths.pop() if paths else ""

    def left(self) -> list[str]:
        """Return the paths that nothing was moved from."""
        return [path for paths in self._paths.values() for path in paths]


class Indexing:
    """Brings one index up to date with its folder.

    ``publish`` is told the status after every batch, with the path worked on; ``keep_going`` is asked between
    batches, and ends the work cleanly by answering false.
    """

    def __init__(
        self,
        selection: Selection,
        writer: Writer,
        embedder: Embedder,
        max_bytes: int,
        publish: Callable[[Status, str], None] = lambda _status, _path: None,
        keep_going: Callable[[], bool] = lambda: True,
    ) -> None:
        self._selection = selection
        self._writer = writer
        self._embedder = embedder
        self._max_bytes = max_bytes
        self._publish = publish
        self._keep_going = keep_going

    def run(self) -> Report:
        """Compare the whole folder with the index and bring the index up to date."""
        started = time.perf_counter()
        unread: dict[str, str] = {}
        stored = self._writer.facts()
        if not stored:
            self._publish(replace(self._writer.status(), state="indexing", message="Looking for notes"), "")
        facts = list(self._selection.walk(unread.__setitem__))
        plan = _plan(facts, stored, unread)
        self._forget_failures(facts, unread)
        return self._report(started, self._apply(plan))

    def update(self, paths: Iterable[str]) -> Report:
        """Bring what is at ``paths``, notes or folders, up to date: created, changed, moved, or gone."""
        started = time.perf_counter()
        unread: dict[str, str] = {}
        named = sorted(set(paths))
        facts = {fact.path: fact for path in named for fact in self._selection.below(path, unread.__setitem__)}
        plan = _plan(facts.values(), self._writer.facts_at(named), unread)
        forgotten = [path for path in named if path not in facts and path in self._writer.failures()]
        if forgotten:
            self._writer.remove(forgotten)
        return self._report(started, self._apply(plan))

    def _forget_failures(self, facts: list[Fact], unread: dict[str, str]) -> None:
        there = {fact.path for fact in facts}
        stale = [path for path in self._writer.failures() if path not in there and path not in unread]
        if stale:
            self._writer.remove(stale)
        if unread:
            self._writer.fail(unread)

    def _apply(self, plan: sync.Plan) -> _Done:
        """Carry ``plan`` out."""
        todo = [*plan.added, *plan.changed]
        if todo:
            self._announce(len(todo), "")
        origins = _Origins(self._writer, plan.removed)
        done = _Done()
        count = 0
        for batch in self._batches(todo, origins):
            self._store(batch)
            count += batch.count
            done.bytes += batch.bytes
            done.changed += len(batch.records) + len(batch.gone)
            self._announce(len(todo) - count, todo[count - 1].path)
            if not self._keep_going():
                done.stopped = count < len(todo) or bool(origins.left())
                return done
        if gone := origins.left():
            self._writer.remove(gone)
            done.changed += len(gone)
        return done

    def _batches(self, facts: list[Fact], origins: _Origins) -> Iterator[_Batch]:
        batch = _Batch()
        for fact in facts:
            self._read(fact, batch, origins)
            batch.count += 1
            if batch.count >= _BATCH_NOTES or batch.bytes >= _BATCH_BYTES:
                yield batch
                batch = _Batch()
        if batch.count:
            yield batch

    def _read(self, fact: Fact, batch: _Batch, origins: _Origins) -> None:
        """Read one file into ``batch``.  A file that cannot be read costs only itself."""
        before = self._writer.hash_of(fact.path)
        try:
            data = disk.read(self._selection.root / fact.path, self._max_bytes)
            batch.bytes += len(data)
            hash_ = hash_of(data)
            if hash_ == before:
                batch.same.append(fact)
            else:
                record = describe(fact, data)
                # A note that was moved over another one takes its place: the other's row is there already.
                batch.records.append(record if before else replace(record, origin=origins.take(hash_)))
        except FileNotFoundError:
            batch.gone.append(fact.path)
        except NoteError as error:
            batch.failed[fact.path] = str(error)
        except Exception as error:  # whatever a file does to a parser, it costs that file alone
            log.exception("%s cannot be indexed", fact.path)
            batch.failed[fact.path] = f"cannot be indexed ({type(error).__name__}: {error}); please report this"

    def _store(self, batch: _Batch) -> None:
        fresh = {}
        for record in batch.records:
            known = self._writer.chunk_hashes(record.origin or record.fact.path)
            fresh.update({passage.hash: passage for passage in record.passages if passage.hash not in known})
        passages = list(fresh.values())
        vectors = self._embedder.embed([passage.embedded for passage in passages])
        if batch.records:
            self._writer.put(batch.records, fresh_vectors(passages, vectors))
        if batch.same:
            self._writer.touch(batch.same)
        if batch.gone:
            self._writer.remove(batch.gone)
        if batch.failed:
            self._writer.fail(batch.failed)

    def _announce(self, queue: int, path: str) -> None:
        state: State = "indexing" if queue else "ready"
        self._publish(replace(self._writer.status(), state=state, queue=queue), path)

    def _report(self, started: float, done: _Done) -> Report:
        status = self._writer.status()
        seconds = time.perf_counter() - started
        failed = self._writer.failures()
        return Report(status.files, status.chunks, seconds, done.bytes, failed, done.changed, done.stopped)


def _plan(facts: Iterable[Fact], stored: Mapping[str, Fact], unread: Iterable[str]) -> sync.Plan:
    """Compare; what lies in folders that could not be read is kept as it was."""
    plan = sync.diff(facts, stored)
    return replace(plan, removed=tuple(path for path in plan.removed if not _below(path, unread)))


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(folder == "." or path.startswith(folder) for folder in folders)
