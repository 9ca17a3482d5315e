"""Writing an index.  One writer at a time: whoever holds the indexer's lock."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from starlight.index import schema
from starlight.index.disk import Fact
from starlight.index.outline import Outline
from starlight.index.records import NoteRecord, Passage, Status
from starlight.index.rows import FACTS, FAILURE_FACTS, INSERT_CODES, INSERT_LEXICAL, NOTE_FACTS, Rows, place

_CHECKPOINT_PAGES = 16_384
"""Pages of the log (64 MB) after which it is written back into the database."""
_CACHE_KIB = 32_768
"""Of the database in memory: new links and names go all over it."""
_MERGE_STEP = 500
"""Pages that one step of merging writes: some 10 ms."""
_FACTS_AT_ONCE = 5_000
"""Some 10 ms."""
_OTHER = bytes(16)
"""A content hash that no file has."""
_CODES_A_BLOCK = 32_768
_MOST_BLOCKS = 256


class Writer:
    """The writing connection to one index.  Use it on one thread.

    Every method that writes is one transaction: a kill at any moment leaves what was committed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = schema.open_writer(path)
        with schema.translated(path):
            self._connection.wal_autocheckpoint(_CHECKPOINT_PAGES)
            self._connection.pragma("cache_size", -_CACHE_KIB)
            self._is_merging = False
            self._files = self._count("notes")
            self._chunks = self._count("chunks")
            self._failed = self._count("failures")
            self._last_note = int(self._value("SELECT max(id) FROM notes") or 0)
            self._last_chunk = int(self._value("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'") or 0)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def facts(self, between: Callable[[], object] = lambda: None) -> dict[str, Fact]:
        """The facts of everything that was looked at, by path: of stored notes, and of files that failed.

        ``between`` is called after some thousands of them, and may write: what it changes is in what is returned as it
        was before or after, or both where it has another path now.
        """
        found: dict[str, Fact] = {}
        rows = self._rows(NOTE_FACTS, 0, _FACTS_AT_ONCE)
        while rows:
            found.update((row[0], Fact._make(row[:-1])) for row in rows)
            if len(rows) < _FACTS_AT_ONCE:
                break
            between()
            rows = self._rows(NOTE_FACTS, rows[-1][-1], _FACTS_AT_ONCE)
        found.update((row[0], Fact._make(row)) for row in self._rows(FAILURE_FACTS))
        return found

    def facts_at(self, paths: Sequence[str]) -> dict[str, Fact]:
        """The same, of what is at ``paths`` and below them."""
        with schema.translated(self.path):
            return {
                row[0]: Fact(*row)
                for path in paths
                for row in self._connection.execute(
                    # "0" follows "/": the range holds what begins with the folder's path and a slash.
                    f"SELECT * FROM ({FACTS}) WHERE path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')",  # noqa: S608
                    (path,),
                )
            }

    def hash_of(self, path: str) -> bytes | None:
        """The content hash of a stored note."""
        found: bytes | None = self._value("SELECT hash FROM notes WHERE path = ?", path)
        return found

    def hashes(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The content hashes of those of the notes at ``paths`` that are stored, by path."""
        query = "SELECT n.path, n.hash FROM json_each(?) AS wanted JOIN notes AS n ON n.path = wanted.value"
        return dict(self._rows(query, json.dumps(paths)))

    def having(self, hash_: bytes) -> list[str]:
        """The paths of the stored notes with that content hash."""
        return [path for (path,) in self._rows("SELECT path FROM notes WHERE hash = ?", hash_)]

    def meanings(self, path: str) -> set[bytes]:
        """The digests of the texts that the vectors of a stored note are of."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT meaning FROM chunks WHERE note = (SELECT id FROM notes WHERE path = ?)", (path,)
            )
            return {meaning for (meaning,) in rows}

    def touch(self, facts: Sequence[Fact]) -> None:
        """Record new facts of notes whose text is the same."""
        with self._transaction():
            self._connection.executemany(
                "UPDATE notes SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ? WHERE path = ?",
                [(f.size, f.mtime_ns, f.ctime_ns, f.inode, f.path) for f in facts],
            )
            self._forget_failures(fact.path for fact in facts)

    def put(self, records: Sequence[NoteRecord]) -> None:
        """Store ``records``, new, changed or moved."""
        with self._transaction():
            rows = Rows()
            known = self._note_ids([record.fact.path for record in records])
            for record in records:
                self._add(record, known.get(record.fact.path), rows)
            rows.insert(self._connection)
            self._forget_failures(record.fact.path for record in records)
            self._bump()

    def remove(self, paths: Sequence[str]) -> None:
        """Forget the notes (and the failures) at ``paths``."""
        with self._transaction():
            self._forget_failures(paths)
            for path in paths:
                self._forget(path)
            self._bump()

    def fail(self, failures: Mapping[str, str], facts: Mapping[str, Fact] | None = None) -> None:
        """Record why files could not be indexed; what was stored of them is forgotten.

        A file with its fact in ``facts`` is not looked at again until it changes.
        """
        with self._transaction():
            known = set(self._connection.execute("SELECT * FROM failures"))
            for path, reason in failures.items():
                fact = (facts or {}).get(path, Fact(path, -1, 0))
                row = (path, reason, fact.size, fact.mtime_ns, fact.ctime_ns, fact.inode)
                if row not in known:
                    self._forget(path)
                    self._forget_failures([path])
                    self._connection.execute("INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)", row)
                    self._failed += 1
            self._bump()

    def failures(self) -> dict[str, str]:
        """Why files could not be indexed, by path."""
        with schema.translated(self.path):
            return dict(self._connection.execute("SELECT path, reason FROM failures"))

    def problems(self, kind: str) -> dict[str, list[str]]:
        """What is odd in files of that kind that are indexed all the same, by path."""
        rows = self._rows("SELECT path, problems FROM notes WHERE kind = ? AND kind <> '' AND problems <> '[]'", kind)
        return {path: json.loads(problems) for path, problems in rows}

    def amend(self, path: str, problems: Sequence[str]) -> None:
        """Record what is odd in a stored note, in place of what was."""
        with self._transaction():
            self._connection.execute("UPDATE notes SET problems = ? WHERE path = ?", (json.dumps(problems), path))
            self._bump()

    def outdate(self, paths: Iterable[str]) -> None:
        """Have the files at ``paths`` read again when they are looked at, as if they had changed.

        Until then what is stored of them stays, as that of another content.
        """
        with self._transaction():
            for path in paths:
                self._connection.execute("UPDATE notes SET ctime_ns = -1, hash = ? WHERE path = ?", (_OTHER, path))
                self._connection.execute("UPDATE failures SET ctime_ns = -1 WHERE path = ?", (path,))

    def status(self) -> Status:
        """Counts of what is stored, and when it changed, with state ``ready``."""
        with schema.translated(self.path):
            changed = self._state("changed") or ""
            return Status("ready", self._files, self._chunks, 0, self._revision(), self._failed, changed=changed)

    def remembered(self, key: str) -> str:
        """What ``remember`` stored last under ``key``; empty where that is nothing."""
        return str(self._state(key) or "")

    def remember(self, key: str, value: str) -> None:
        """Store what the next run needs to know."""
        with self._transaction():
            self._set(key, value)

    def published(self) -> Status:
        """The status that was published last."""
        text = self._state("status")
        return Status.from_json(text) if text else Status()

    def publish(self, status: Status) -> None:
        """Store the status, for every reader to see."""
        with self._transaction():
            self._set("status", status.to_json())

    def tidy(self) -> bool:
        """Do one short step of what makes searching faster after bulk work; false when nothing is left to do.

        The lexical index is merged, the codes are put together, the log is written back.
        """
        with schema.translated(self.path):
            if self._merge() or self._join_codes() or self._shrink():
                return True
            self._connection.execute("PRAGMA optimize")
            self.checkpoint()
            self._is_merging = False
            return False

    def checkpoint(self) -> None:
        """Write the log back into the database."""
        with schema.translated(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _merge(self) -> bool:
        """Merge some pages of the lexical index into one segment; false when it is one."""
        # FTS5: a negative number begins to merge everything, a positive one goes on.
        pages = _MERGE_STEP if self._is_merging else -_MERGE_STEP
        before = self._connection.total_changes()
        self._connection.execute("INSERT INTO lexical(lexical, rank) VALUES ('merge', ?)", (pages,))
        self._is_merging = True
        # Less than two changes mean that there was nothing to do.
        return self._connection.total_changes() - before >= 2

    def _shrink(self) -> bool:
        """Give some pages that merging has left empty back to the file system; false when there are none."""
        before = self._connection.pragma("freelist_count")
        for _ in self._connection.execute(f"PRAGMA incremental_vacuum({_MERGE_STEP})"):
            pass
        return bool(self._connection.pragma("freelist_count") < before)

    def _join_codes(self) -> bool:
        """Rewrite the codes into few blocks, without those of chunks that are gone; false where it is not worth it."""
        n_blocks = self._count("codes")
        n_codes = int(self._value("SELECT sum(length(ids)) / 4 FROM codes") or 0)
        if n_blocks <= _MOST_BLOCKS and n_codes <= 1.25 * self._chunks + _CODES_A_BLOCK:
            return False
        from starlight.index.codes import joined

        with self._transaction():
            last = self._value("SELECT max(block) FROM codes")
            alive = [id_ for (id_,) in self._connection.execute("SELECT id FROM vectors ORDER BY id")]
            blocks = self._connection.execute("SELECT ids, planes FROM codes WHERE block <= ? ORDER BY block", (last,))
            for ids, planes in joined(blocks, alive, _CODES_A_BLOCK):
                self._connection.execute(INSERT_CODES, (ids, planes))
            self._connection.execute("DELETE FROM codes WHERE block <= ?", (last,))
        return True

    def _add(self, record: NoteRecord, known: int | None, rows: Rows) -> None:
        """Collect the rows of ``record``, of the ``known`` note at its path; what is there is updated at once."""
        if record.origin:
            self._connection.execute("UPDATE notes SET path = ? WHERE path = ?", (record.fact.path, record.origin))
            known = self._note_id(record.fact.path)
        if known is None:
            self._last_note += 1
            self._files += 1
        else:
            self._delete_parts(known)
        note = known or self._last_note
        rows.add_note(note, record)
        kept = self._chunks_by_meaning(note) if known else {}
        outline = Outline()
        for ordinal, passage in enumerate(record.passages):
            heading = outline.number(passage.chunk.headings)
            same = kept.get(passage.meaning)
            if same:
                self._update(*same.pop(), note, ordinal, passage, heading)
            else:
                self._last_chunk += 1
                self._chunks += 1
                rows.add_chunk(self._last_chunk, note, ordinal, passage, heading, record.vectors[passage.meaning])
        rows.add_outline(note, outline)
        if gone := [id_ for rest in kept.values() for id_, _ in rest]:
            self._delete_chunks(gone)

    def _chunks_by_meaning(self, note: int) -> dict[bytes, list[tuple[int, bytes]]]:
        found: dict[bytes, list[tuple[int, bytes]]] = {}
        query = "SELECT meaning, id, words FROM chunks WHERE note = ? ORDER BY ordinal DESC"
        for meaning, id_, words in self._connection.execute(query, (note,)):
            found.setdefault(meaning, []).append((id_, words))
        return found

    def _update(self, id_: int, words: bytes, note: int, ordinal: int, passage: Passage, heading: int) -> None:
        self._connection.execute(
            "UPDATE chunks SET note = ?, ordinal = ?, words = ?, headings = ?, start = ?, stop = ?, first = ?, last = ?"
            " WHERE id = ?",
            (note, ordinal, passage.words, *place(passage, heading), id_),
        )
        if words != passage.words:
            self._connection.execute("DELETE FROM lexical WHERE rowid = ?", (id_,))
            self._connection.execute(INSERT_LEXICAL, (id_, *passage.fields))

    def _forget(self, path: str) -> None:
        note = self._note_id(path)
        if note is None:
            return
        self._delete_chunks(
            [id_ for (id_,) in self._connection.execute("SELECT id FROM chunks WHERE note = ?", (note,))]
        )
        self._delete_parts(note)
        self._connection.execute("DELETE FROM notes WHERE id = ?", (note,))
        self._files -= 1

    def _delete_parts(self, note: int) -> None:
        for table in ("names", "links", "outlines"):
            self._connection.execute(f"DELETE FROM {table} WHERE note = ?", (note,))  # noqa: S608 -- fixed names

    def _delete_chunks(self, ids: Sequence[int]) -> None:
        for table, column in (("chunks", "id"), ("lexical", "rowid"), ("vectors", "id")):
            self._connection.executemany(
                f"DELETE FROM {table} WHERE {column} = ?",  # noqa: S608 -- fixed names
                [(id_,) for id_ in ids],
            )
        self._chunks -= len(ids)

    def _forget_failures(self, paths: Iterable[str]) -> None:
        if self._failed:
            before = self._connection.total_changes()
            self._connection.executemany("DELETE FROM failures WHERE path = ?", [(path,) for path in paths])
            self._failed -= self._connection.total_changes() - before

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of it or nothing, the counts included."""
        counts = self._files, self._chunks, self._failed, self._last_note, self._last_chunk
        with schema.translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                self._files, self._chunks, self._failed, self._last_note, self._last_chunk = counts
                raise

    def _note_id(self, path: str) -> int | None:
        found: int | None = self._value("SELECT id FROM notes WHERE path = ?", path)
        return found

    def _note_ids(self, paths: Sequence[str]) -> dict[str, int]:
        query = "SELECT n.path, n.id FROM json_each(?) AS wanted JOIN notes AS n ON n.path = wanted.value"
        return dict(self._connection.execute(query, (json.dumps(paths),)))

    def _count(self, table: str) -> int:
        return int(self._value(f"SELECT count(*) FROM {table}"))  # noqa: S608 -- fixed names

    def _value(self, query: str, *arguments: Any) -> Any:  # noqa: ANN401 -- any SQLite value
        with schema.translated(self.path):
            return self._connection.execute(query, arguments).get

    def _rows(self, query: str, *arguments: Any) -> list[Any]:  # noqa: ANN401 -- any SQLite values
        with schema.translated(self.path):
            return self._connection.execute(query, arguments).fetchall()

    def _revision(self) -> int:
        return int(self._state("revision") or 0)

    def _bump(self) -> None:
        self._set("revision", self._revision() + 1)
        self._set("changed", datetime.now(timezone.utc).isoformat(timespec="seconds"))

    def _state(self, key: str) -> Any:  # noqa: ANN401 -- any SQLite value
        return self._value("SELECT value FROM state WHERE key = ?", key)

    def _set(self, key: str, value: str | int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, value))
