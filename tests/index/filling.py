"""Filling an index from a string with file headers, and looking for rows that belong to nothing."""

from __future__ import annotations

from pathlib import Path

import apsw
import numpy as np

from starlight.engine.describe import describe
from starlight.index import schema
from starlight.index.disk import Fact
from starlight.index.records import NoteRecord
from starlight.index.vectors import quantize
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests import vaults


def records(text: str, embedder: Embedder | None = None) -> list[NoteRecord]:
    """Return the records of the notes in ``text``; with vectors where an embedder is given."""
    found = []
    for path, content in vaults.split(text).items():
        record, meant = describe(Fact(path, len(content.encode()), mtime_ns=1), content.encode())
        if embedder:
            vectors = quantize(embedder.embed(list(meant.values())))
            record = record._replace(vectors=dict(zip(meant, vectors, strict=True)))
        found.append(record)
    return found


def embedded(text: str) -> list[str]:
    """Return the texts that the vectors of the passages in ``text`` are of, in the order of ``records``' passages."""
    return [
        meant[passage.meaning]
        for path, content in vaults.split(text).items()
        for record, meant in [describe(Fact(path, len(content.encode()), mtime_ns=1), content.encode())]
        for passage in record.passages
    ]


def put(writer: Writer, embedder: Embedder, text: str) -> None:
    """Store the notes in ``text`` with the vectors of all their passages."""
    writer.put(records(text, embedder))


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
    for table in ("chunks", "names", "links", "outlines"):
        assert {note for (note,) in rows(path, f"SELECT note FROM {table}")} <= notes, table
    assert {id_ for (id_,) in rows(path, "SELECT rowid FROM lexical")} == chunks
    vectors = {id_ for (id_,) in rows(path, "SELECT id FROM vectors")}
    assert vectors <= chunks
    codes = b"".join(ids for (ids,) in rows(path, "SELECT ids FROM codes"))
    assert vectors <= set(np.frombuffer(codes, "<u4").tolist())
    assert {id_ for (id_,) in rows(path, "SELECT id FROM lexical_docsize")} == chunks
