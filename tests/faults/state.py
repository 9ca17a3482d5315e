"""What an index says, whatever its rows are numbered, so that it can be compared with a clean build of the folder.

>>> check_same(database, clean_build(root, tmp_path / "clean.db", embedder))
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from starlight.config import Settings
from starlight.engine.indexing import Indexing
from starlight.errors import StarlightError
from starlight.index import schema
from starlight.index.disk import Selection
from starlight.index.outline import headings_by_number
from starlight.index.records import Status
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.index.filling import check_no_orphans

_MOST_TOLD = 20
"""Differences that are told; the rest are of the same kind, mostly."""


class Chunk(NamedTuple):
    """One passage, with all that both legs of search know of it."""

    span: tuple[int, int, int, int]
    headings: tuple[str, ...]
    meaning: bytes
    words: bytes
    vector: bytes | None
    planes: bytes | None
    terms: bytes
    """Digest of its terms with their columns and positions, as the lexical index has them."""


class Note(NamedTuple):
    """One note; the facts of its file are not part of it: they say when it was written, not what it says."""

    hash: bytes
    head: tuple[str, ...]
    """Its title, tags, dates and problems."""
    names: tuple[int, ...]
    links: tuple[tuple[object, ...], ...]
    chunks: tuple[Chunk, ...]


class State(NamedTuple):
    """All that an index says."""

    notes: Mapping[str, Note]
    failures: Mapping[str, str]


def state_of(database: Path) -> State:
    """Return what the index at ``database`` says."""
    with contextlib.closing(schema.open_reader(database)) as connection:
        return State(dict(_notes(connection)), dict(connection.execute("SELECT path, reason FROM failures")))


def clean_build(root: Path, database: Path, embedder: Embedder, settings: Settings | None = None) -> State:
    """Index the folder ``root`` from nothing into ``database``, undisturbed, and return what the index says."""
    settings = settings or Settings()
    with Writer(database) as writer:
        Indexing(Selection.of(root.resolve(), settings), writer, embedder, settings).run()
    return state_of(database)


def check_same(database: Path, expected: State) -> None:
    """The index at ``database`` is sound, and says what a clean build says."""
    check_sound(database)
    found = state_of(database)
    different = list(_differences(found, expected))
    shown = "\n".join(different[:_MOST_TOLD])
    assert not different, f"{len(different)} differences from a clean build:\n{shown}"
    told, there = counts(database)
    assert told == there


def is_same(database: Path, expected: State) -> bool:
    """Whether ``check_same`` would find nothing, to be waited for."""
    try:
        check_same(database, expected)
    except (AssertionError, StarlightError, apsw.Error):
        return False
    return True


def check_sound(database: Path) -> None:
    """SQLite and FTS5 find nothing wrong with the database, and every row belongs to something."""
    with contextlib.closing(apsw.Connection(str(database))) as connection:
        connection.set_busy_timeout(10_000)  # an indexer may be tidying
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)  # the log stays as a kill has left it
        assert connection.pragma("integrity_check") == "ok"
        if not connection.pragma("user_version"):
            return  # it has no tables yet
        connection.execute("INSERT INTO lexical(lexical) VALUES ('integrity-check')")
    check_no_orphans(database)


def counts(database: Path) -> tuple[Status, Status]:
    """Return the status that is shown to people, and one that counts what is there."""
    with contextlib.closing(schema.open_reader(database)) as connection:
        there = [connection.execute(f"SELECT count(*) FROM {table}").get for table in ("notes", "chunks", "failures")]
        text = connection.execute("SELECT value FROM state WHERE key = 'status'").get
    told = Status.from_json(text)
    return told, replace(told, files=there[0], chunks=there[1], failed=there[2])


def _differences(found: State, expected: State) -> Iterator[str]:
    yield from _compared("failure", found.failures, expected.failures)
    yield from _compared("note", found.notes, expected.notes)
    for path in sorted(found.notes.keys() & expected.notes.keys()):
        note, other = found.notes[path], expected.notes[path]
        yield from _fields(path, note, other)
        for number, chunks in enumerate(zip(note.chunks, other.chunks, strict=False)):
            yield from _fields(f"{path}, chunk {number}", *chunks)


def _compared(what: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is on one side only, and the texts that differ."""
    for path in sorted(found.keys() | expected.keys()):
        if path not in found:
            yield f"{path}: {what} is missing"
        elif path not in expected:
            yield f"{path}: {what} should not be there"
        elif isinstance(found[path], str) and found[path] != expected[path]:
            yield f"{path}: {found[path]!r}, not {expected[path]!r}"


def _fields(where: str, found: Note | Chunk, expected: Note | Chunk) -> Iterator[str]:
    for name, one, other in zip(found._fields, found, expected, strict=True):
        if name == "chunks":
            if len(one) != len(other):
                yield f"{where}: {len(one)} chunks, not {len(other)}"
        elif one != other:
            yield f"{where}: {name}: {one!r}, not {other!r}"


def _notes(connection: apsw.Connection) -> Iterator[tuple[str, Note]]:
    names = _grouped(connection, "SELECT note, name FROM names ORDER BY note, name")
    links = _grouped(
        connection, "SELECT note, name, start, stop, is_wiki, target, anchor FROM links ORDER BY note, start"
    )
    chunks = _chunks(connection)
    for id_, path, hash_, *head in connection.execute(
        "SELECT id, path, hash, title, tags, created, modified, problems FROM notes"
    ):
        called = tuple(name for (name,) in names.get(id_, []))
        yield path, Note(hash_, tuple(head), called, tuple(links.get(id_, [])), tuple(chunks.get(id_, [])))


def _chunks(connection: apsw.Connection) -> dict[int, list[Chunk]]:
    """The passages of each note, in their order."""
    vectors = dict(connection.execute("SELECT id, embedding FROM vectors"))
    planes, terms = _planes(connection), _terms(connection)
    outlines = {
        note: headings_by_number(outline) for note, outline in connection.execute("SELECT note, headings FROM outlines")
    }
    found: dict[int, list[Chunk]] = {}
    for id_, note, heading, meaning, words, *span in connection.execute(
        "SELECT id, note, headings, meaning, words, start, stop, first, last FROM chunks ORDER BY note, ordinal"
    ):
        vector = vectors.get(id_)  # where it has none, what is left in the codes means nothing
        code = planes[id_] if vector else None
        headings = outlines[note][int(heading)] if int(heading) else ()
        chunk = Chunk(tuple(span), headings, meaning, words, vector, code, terms.get(id_, b""))
        found.setdefault(note, []).append(chunk)
    return found


def _planes(connection: apsw.Connection) -> dict[int, bytes]:
    """The two-bit code of each chunk, the chunks that are gone included."""
    found: dict[int, bytes] = {}
    for ids, planes in connection.execute("SELECT ids, planes FROM codes ORDER BY block"):
        size = len(planes) // (len(ids) // 4)
        for number in range(len(ids) // 4):
            id_ = int.from_bytes(ids[4 * number : 4 * number + 4], "little")
            found[id_] = planes[size * number : size * (number + 1)]
    return found


def _terms(connection: apsw.Connection) -> dict[int, bytes]:
    """A digest of the terms of each chunk: FTS5 gives them ordered by term, chunk and position."""
    connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, lexical, instance)")
    digests: defaultdict[int, Any] = defaultdict(lambda: hashlib.blake2b(digest_size=12))
    for term, id_, column, offset in connection.execute("SELECT term, doc, col, offset FROM terms"):
        digests[id_].update(f"{term}\0{column}\0{offset}\0".encode())
    return {id_: digest.digest() for id_, digest in digests.items()}


def _grouped(connection: apsw.Connection, query: str) -> dict[int, list[tuple[object, ...]]]:
    """What ``query`` finds, by the number in its first column."""
    found: dict[int, list[tuple[object, ...]]] = {}
    for id_, *values in connection.execute(query):
        found.setdefault(id_, []).append(tuple(values))
    return found
