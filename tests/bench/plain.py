"""The plain pipeline, a baseline: no cleverness, one process, the libraries as they are published.

    python -m tests.bench.plain DATABASE MODEL < PATHS

Reads each file, parses it with markdown-it-py alone (no line scanner, no fast path for links), cuts it into chunks,
embeds those with ``StaticModel.encode`` in batches, and stores words and vectors in SQLite.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import NoReturn

import apsw
from model2vec import StaticModel

from starlight.notes import chunking, inline, markdown, scanner
from starlight.notes.constructs import NotPlain

_BATCH = 1_024
_TABLES = """
    CREATE TABLE chunks(id INTEGER PRIMARY KEY, path TEXT, first INTEGER, last INTEGER, vector BLOB);
    CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize='porter unicode61 remove_diacritics 2');
"""


def main(database: str, model_path: str) -> None:
    """Index the files named on standard input; prints what was read and how long it took, as JSON."""
    scanner.scan = lambda _text, _line=0: None
    inline.find = _not_plain
    started = time.perf_counter()
    model = StaticModel.from_pretrained(model_path)
    connection = apsw.Connection(database)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "normal")
    connection.execute(_TABLES)
    batch: list[tuple[str, int, int, str]] = []
    n_bytes = n_chunks = 0
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        data = path.read_bytes()
        n_bytes += len(data)
        text = data.decode("utf-8-sig", "replace")
        for chunk in chunking.chunks(text, markdown.parse(text, path.stem)):
            batch.append((str(path), chunk.first, chunk.last, text[chunk.start : chunk.end]))
            n_chunks += 1
        if len(batch) >= _BATCH:
            _store(connection, model, batch)
            batch = []
    _store(connection, model, batch)
    connection.close()
    print(json.dumps({"bytes": n_bytes, "chunks": n_chunks, "seconds": time.perf_counter() - started}))


def _not_plain(_content: str) -> NoReturn:
    raise NotPlain


def _store(connection: apsw.Connection, model: StaticModel, batch: list[tuple[str, int, int, str]]) -> None:
    if not batch:
        return
    vectors = model.encode([text for *_, text in batch], max_length=None, use_multiprocessing=False)
    with connection:
        for (path, first, last, text), vector in zip(batch, vectors, strict=True):
            connection.execute("INSERT INTO chunks VALUES (NULL, ?, ?, ?, ?)", (path, first, last, vector.tobytes()))
            row = connection.last_insert_rowid()
            connection.execute("INSERT INTO words(rowid, body) VALUES (?, ?)", (row, text))


if __name__ == "__main__":
    main(*sys.argv[1:])
