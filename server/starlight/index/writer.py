"""Writing an index.  One writer at a time: whoever holds the indexer's lock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlight.index import schema
from starlight.index.disk import Fact
from starlight.index.records import NoteRecord, Passage, Status
from starlight.index.vectors import quantize
from starlight.notes.links import name_key
from starlight.notes.model import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Writer:
    """The writing connection to one index.  Use it on one thread.

    Every method that writes is one transaction: a kill at any moment leaves what was committed.
    """

    def __init__(self, path: Path, dim: int) -> None:
        self.path = path
        self._connection = schema.open_writer(path, dim)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def facts(self) -> dict[str, Fact]:
        """The facts of every stored note, by path."""
        with schema.translated(self.path):
            rows = self._connection.execute("SELECT path, size, mtime_ns FROM notes")
            return {path: Fact(path, size, mtime) for path, size, mtime in rows}

    def facts_at(self, paths: Sequence[str]) -> dict[str, Fact]:
        """The facts of the stored notes at ``paths`` and below them, by path."""
        with schema.translated(self.path):
            rows = [
                row
                for path in paths
                for row in self._connection.execute(
                    # "0" follows "/": the range holds what begins with the folder's path and a slash.
                    "SELECT path, size, mtime_ns FROM notes WHERE path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')",
                    (path,),
                )
            ]
            return {path: Fact(path, size, mtime) for path, size, mtime in rows}

    def hash_of(self, path: str) -> bytes | None:
        """The content hash of a stored note."""
        found: bytes | None = self._value("SELECT hash FROM notes WHERE path = ?", path)
        return found

    def chunk_hashes(self, path: str) -> set[bytes]:
        """The hashes of the chunks of a stored note."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT hash FROM chunks WHERE note = (SELECT id FROM notes WHERE path = ?)", (path,)
            )
            return {hash_ for (hash_,) in rows}

    def touch(self, facts: Sequence[Fact]) -> None:
        """Record new sizes and times of notes whose text is the same."""
        with schema.translated(self.path), self._connection:
            self._connection.executemany(
                "UPDATE notes SET size = ?, mtime_ns = ? WHERE path = ?",
                [(f.size, f.mtime_ns, f.path) for f in facts],
            )
            self._connection.executemany("DELETE FROM failures WHERE path = ?", [(f.path,) for f in facts])

    def put(self, records: Sequence[NoteRecord], fresh: dict[bytes, bytes | None]) -> None:
        """Store ``records``, new, changed or moved, with the vectors of new passages by their hash."""
        with schema.translated(self.path), self._connection:
            for record in records:
                self._put(record, fresh)
            self._bump()

    def remove(self, paths: Sequence[str]) -> None:
        """Forget the notes (and the failures) at ``paths``."""
        with schema.translated(self.path), self._connection:
            for path in paths:
                self._connection.execute("DELETE FROM failures WHERE path = ?", (path,))
                note = self._note_id(path)
                if note is not None:
                    self._forget(note)
            self._bump()

    def fail(self, failures: dict[str, str]) -> None:
        """Record why files could not be indexed; what was stored of them is forgotten."""
        with schema.translated(self.path), self._connection:
            known = self.failures()
            failures = {path: reason for path, reason in failures.items() if known.get(path) != reason}
            for path, reason in failures.items():
                note = self._note_id(path)
                if note is not None:
                    self._forget(note)
                self._connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?)", (path, reason))
            self._bump()

    def failures(self) -> dict[str, str]:
        """Why files could not be indexed, by path."""
        with schema.translated(self.path):
            return dict(self._connection.execute("SELECT path, reason FROM failures"))

    def status(self) -> Status:
        """Counts of what is stored, with state ``ready``."""
        with schema.translated(self.path):
            files, chunks, failed = self._connection.execute(
                "SELECT (SELECT count(*) FROM notes), (SELECT count(*) FROM chunks), (SELECT count(*) FROM failures)"
            ).get
            return Status("ready", files, chunks, 0, self._revision(), failed)

    def publish(self, status: Status) -> None:
        """Store the status, for every reader to see."""
        with schema.translated(self.path), self._connection:
            self._set("status", status.to_json())

    def optimize(self) -> None:
        """Merge the lexical index and write the log back, after bulk work."""
        with schema.translated(self.path):
            self._connection.execute("INSERT INTO lexical(lexical) VALUES ('optimize')")
            self._connection.execute("PRAGMA optimize")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _put(self, record: NoteRecord, fresh: dict[bytes, bytes | None]) -> None:
        if record.origin:
            self._connection.execute("UPDATE notes SET path = ? WHERE path = ?", (record.fact.path, record.origin))
        note = self._store_note(record)
        kept = dict(self._connection.execute("SELECT hash, id FROM chunks WHERE note = ?", (note,)))
        for ordinal, passage in enumerate(record.passages):
            chunk = kept.pop(passage.hash, None)
            if chunk is None:
                self._insert(note, ordinal, passage, fresh[passage.hash])
            else:
                place = passage.chunk
                self._connection.execute(
                    "UPDATE chunks SET ordinal = ?, start = ?, stop = ?, first = ?, last = ? WHERE id = ?",
                    (ordinal, place.start, place.end, place.first, place.last, chunk),
                )
        self._delete_chunks(kept.values())
        self._connection.execute("DELETE FROM failures WHERE path = ?", (record.fact.path,))

    def _store_note(self, record: NoteRecord) -> int:
        fact, note = record.fact, record.note
        id_: int = self._connection.execute(
            "INSERT INTO notes(path, size, mtime_ns, hash, title, tags, created, modified, problems)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(path) DO UPDATE SET size = excluded.size,"
            " mtime_ns = excluded.mtime_ns, hash = excluded.hash, title = excluded.title, tags = excluded.tags,"
            " created = excluded.created, modified = excluded.modified, problems = excluded.problems RETURNING id",
            (fact.path, fact.size, fact.mtime_ns, record.hash, note.title, json.dumps(note.tags), note.created,
             note.modified, json.dumps(note.problems)),
        ).get  # fmt: skip
        self._connection.execute("DELETE FROM names WHERE note = ?", (id_,))
        self._connection.executemany("INSERT INTO names VALUES (?, ?)", [(name, id_) for name in record.names])
        self._connection.execute("DELETE FROM links WHERE note = ?", (id_,))
        self._connection.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(id_, _link_key(link), link.kind, link.target, link.anchor, link.start, link.end)
             for link in note.links if link.target],
        )  # fmt: skip
        return id_

    def _insert(self, note: int, ordinal: int, passage: Passage, vector: bytes | None) -> None:
        place = passage.chunk
        self._connection.execute(
            "INSERT INTO chunks(note, ordinal, hash, headings, start, stop, first, last)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                note,
                ordinal,
                passage.hash,
                json.dumps(place.headings),
                place.start,
                place.end,
                place.first,
                place.last,
            ),
        )
        chunk = self._connection.last_insert_rowid()
        self._connection.execute(
            "INSERT INTO lexical(rowid, title, aliases, headings, tags, body) VALUES (?, ?, ?, ?, ?, ?)",
            (chunk, *passage.fields),
        )
        if vector is not None:
            self._connection.execute("INSERT INTO vectors(rowid, embedding) VALUES (?, vec_int8(?))", (chunk, vector))

    def _forget(self, note: int) -> None:
        self._delete_chunks(
            [id_ for (id_,) in self._connection.execute("SELECT id FROM chunks WHERE note = ?", (note,))]
        )
        for table, column in (("names", "note"), ("links", "note"), ("notes", "id")):
            self._connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (note,))  # noqa: S608 -- fixed names

    def _delete_chunks(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            self._connection.execute("DELETE FROM chunks WHERE id = ?", (id_,))
            self._connection.execute("DELETE FROM lexical WHERE rowid = ?", (id_,))
            self._connection.execute("DELETE FROM vectors WHERE rowid = ?", (id_,))

    def _note_id(self, path: str) -> int | None:
        found: int | None = self._value("SELECT id FROM notes WHERE path = ?", path)
        return found

    def _value(self, query: str, *arguments: Any) -> Any:  # noqa: ANN401 -- any SQLite value
        with schema.translated(self.path):
            return self._connection.execute(query, arguments).get

    def _revision(self) -> int:
        return int(self._value("SELECT value FROM state WHERE key = 'revision'") or 0)

    def _bump(self) -> None:
        self._set("revision", self._revision() + 1)

    def _set(self, key: str, value: str | int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, value))


def fresh_vectors(passages: Sequence[Passage], vectors: NDArray[Any]) -> dict[bytes, bytes | None]:
    """Return the stored form of the vector of each passage, by the passage's hash."""
    return dict(zip((passage.hash for passage in passages), quantize(vectors), strict=True))


def _link_key(link: Link) -> str:
    """The name that a link asks for, without its folder: what ``names`` is searched with."""
    name = PurePosixPath(unquote(link.target) if link.kind == "markdown" else link.target).name
    return name_key(name.removesuffix(".md"))
