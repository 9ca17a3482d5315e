"""Filling an index from a string with file headers, and looking for rows that belong to nothing."""

from __future__ import annotations

from pathlib import Path

import apsw

from starlight.engine.describe import describe
from starlight.index import schema
from starlight.index.disk import Fact
from starlight.index.records import NoteRecord
from starlight.index.writer import Writer, fresh_vectors
from starlight.models.embedder import Embedder
from tests import vaults


def records(text: str) -> list[NoteRecord]:
    """Return the records of the notes in ``text``."""
    return [
        describe(Fact(path, len(content.encode()), mtime_ns=1), content.encode())
        for path, content in vaults.split(text).items()
    ]


def put(writer: Writer, embedder: Embedder, notes: list[NoteRecord]) -> None:
    """Store ``notes`` with the vectors of all their passages."""
    passages = [passage for note in notes for passage in note.passages]
    writer.put(notes, fresh_vectors(passages, embedder.embed([passage.embedded for passage in passages])))


def rows(path: Path, query: str) -> list[tuple[apsw.SQLiteValue, ...]]:
    """Return what ``query`` finds in the database at ``path``."""
    connection = schema.open_reader(path)
    try:
        return list(connection.execute(query))
    finally:
        connection.close()


def check_no_orphans(path: Path) -> None:
    """Every row belongs to a note that is there, and every chunk has its words and its vector."""
    notes = {id_ for (id_,) in rows(path, "SELECT id FROM notes")}
    chunks = {id_ for (id_,) in rows(path, "SELECT id FROM chunks")}
    for table in ("chunks", "names", "links"):
        assert {note for (note,) in rows(path, f"SELECT note FROM {table}")} <= notes, table
    assert {id_ for (id_,) in rows(path, "SELECT rowid FROM lexical")} == chunks
    assert {id_ for (id_,) in rows(path, "SELECT rowid FROM vectors")} <= chunks
    assert {id_ for (id_,) in rows(path, "SELECT id FROM lexical_docsize")} == chunks
