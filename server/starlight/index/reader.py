"""Reading an index: both legs of search, and what is known of notes."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

from starlight.index import schema
from starlight.index.records import Status, StoredNote, StoredPassage
from starlight.index.vectors import quantize
from starlight.notes.model import Link

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    """Shape (dim,)."""

Scored = dict[int, float]
"""Scores by chunk id; higher is better."""

FIELD_WEIGHTS = (2.0, 1.5, 1.5, 1.0, 1.0)
"""BM25 weights of title, aliases, headings, tags, body."""
_MAX_CALLING = 1_000
"""Links looked at to count those that lead to one note."""
_TOKENIZE_DOCUMENT = 0x0004
"""FTS5's flag for text that is being indexed; the constant of apsw, which is imported late."""
MAX_NEIGHBOURS = 4_096
"""sqlite-vec answers at most this many."""


class Reader:
    """A read-only connection to one index.  Use it on one thread; every query is its own short transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = schema.open_reader(path)
        with schema.translated(path):
            self._connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, lexical, row)")
        name, *arguments = schema.TOKENIZER.split()
        self._tokenize = self._connection.fts5_tokenizer(name, arguments)

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """See the index as it is now until the end of the block, whatever is written meanwhile."""
        with schema.translated(self.path):
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:  # not where an error has ended it
                self._connection.execute("ROLLBACK")

    def status(self) -> Status:
        """The status that the indexer published last."""
        with schema.translated(self.path):
            text = self._connection.execute("SELECT value FROM state WHERE key = 'status'").get
        return Status.from_json(text) if text else Status()

    def failures(self) -> dict[str, str]:
        """Why files could not be indexed, by path."""
        with schema.translated(self.path):
            return dict(self._connection.execute("SELECT path, reason FROM failures ORDER BY path"))

    def problems(self) -> dict[str, list[str]]:
        """What is odd in notes that are indexed all the same, by path."""
        with schema.translated(self.path):
            rows = self._connection.execute("SELECT path, problems FROM notes WHERE problems != '[]' ORDER BY path")
            return {path: json.loads(problems) for path, problems in rows}

    def lexical(self, terms: Sequence[str], limit: int) -> Scored:
        """BM25 scores of the best ``limit`` chunks that hold any of ``terms`` (Robertson & Zaragoza, 2009)."""
        if not terms:
            return {}
        match = " OR ".join('"{}"'.format(term.replace('"', '""')) for term in terms)
        weights = ", ".join(map(str, FIELD_WEIGHTS))
        with schema.translated(self.path):
            rows = self._connection.execute(
                f"SELECT rowid, -bm25(lexical, {weights}) FROM lexical WHERE lexical MATCH ?"  # noqa: S608 -- constants
                f" ORDER BY bm25(lexical, {weights}) LIMIT ?",
                (match, limit),
            )
            return dict(rows)

    def ideal(self, terms: Sequence[str]) -> float:
        """The score of a passage of average length that holds each of ``terms`` once in its body.

        The sum of the terms' inverse document frequencies, as FTS5 counts them.
        """
        stems = [stem for term in terms for _, _, stem in self.stems(term)]
        with schema.translated(self.path):
            n_chunks = self._connection.execute("SELECT count(*) FROM chunks").get
            rows = self._connection.execute(
                "SELECT coalesce(doc, 0) FROM json_each(?) AS wanted"
                " LEFT JOIN temp.vocabulary AS v ON v.term = wanted.value",
                (json.dumps(stems),),
            )
            return sum(max(math.log((n_chunks - n + 0.5) / (n + 0.5)), 1e-6) for (n,) in rows)

    def nearest(self, vector: Vector, limit: int) -> Scored:
        """Cosines of the ``limit`` chunks nearest to ``vector``, exactly."""
        (query,) = quantize(vector[None])
        if query is None:
            return {}
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT rowid, 1 - distance FROM vectors WHERE embedding MATCH vec_int8(?) AND k = ?",
                (query, min(limit, MAX_NEIGHBOURS)),
            )
            return dict(rows)

    def cosines(self, vector: Vector, chunks: Iterable[int]) -> Scored:
        """Cosines of the given chunks to ``vector``."""
        (query,) = quantize(vector[None])
        if query is None:
            return {}
        with schema.translated(self.path):
            # The cross join makes SQLite look each row up by its id; `IN` would scan the whole table.
            rows = self._connection.execute(
                "SELECT v.rowid, 1 - vec_distance_cosine(v.embedding, vec_int8(?))"
                " FROM json_each(?) AS wanted CROSS JOIN vectors AS v ON v.rowid = wanted.value",
                (query, json.dumps(list(chunks))),
            )
            return dict(rows)

    def paths(self, chunks: Iterable[int]) -> dict[int, str]:
        """The path of the note of each of the given chunks, by chunk id."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT c.id, n.path"
                " FROM json_each(?) AS wanted JOIN chunks AS c ON c.id = wanted.value JOIN notes AS n ON n.id = c.note",
                (json.dumps(list(chunks)),),
            )
            return dict(rows)

    def passages(self, chunks: Iterable[int]) -> dict[int, StoredPassage]:
        """The given chunks, by id."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT c.id, n.path, n.title, c.headings, c.start, c.stop, c.first, c.last, n.hash"
                " FROM json_each(?) AS wanted JOIN chunks AS c ON c.id = wanted.value JOIN notes AS n ON n.id = c.note",
                (json.dumps(list(chunks)),),
            )
            return {
                id_: StoredPassage(id_, path, title, tuple(json.loads(headings)), start, end, first, last, hash_)
                for id_, path, title, headings, start, end, first, last, hash_ in rows
            }

    def stems(self, text: str) -> list[tuple[int, int, str]]:
        """Return (start, end, stem) of each word of ``text``, as the lexical index tokenizes it."""
        raw = text.encode("utf-8", "replace")
        tokens = self._tokenize(raw, _TOKENIZE_DOCUMENT, None)
        found = cast("list[tuple[int, int, str]]", tokens)  # it is asked for offsets, and has no colocated tokens
        if len(raw) == len(text):
            return found
        places = _code_points(raw)
        return [(places[start], places[end], stem) for start, end, stem in found]

    def stored(self, path: str) -> StoredNote | None:
        """What is known of the note at ``path``; None where it is not in the index."""
        with schema.translated(self.path):
            row = self._connection.execute(
                "SELECT size, mtime_ns, (SELECT count(*) FROM chunks WHERE note = notes.id) FROM notes WHERE path = ?",
                (path,),
            ).fetchone()
        return StoredNote(*row) if row else None

    def exists(self, path: str) -> bool:
        """Whether there is a note at ``path``."""
        with schema.translated(self.path):
            return self._connection.execute("SELECT 1 FROM notes WHERE path = ?", (path,)).get is not None

    def named(self, key: str) -> list[str]:
        """The paths of the notes with the file name, alias or title ``key`` (see ``notes.links.name_key``)."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT path FROM names JOIN notes ON notes.id = names.note WHERE key = ?", (key,)
            )
            return [path for (path,) in rows]

    def calling(self, path: str) -> list[tuple[str, Link]]:
        """The links, each with the path of its note, that call the note at ``path`` by one of its names.

        Another note may have the same name: ``notes.links.resolve`` says which one a link means.
        """
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT n.path, l.kind, l.target, l.anchor, l.start, l.stop FROM names"
                " JOIN links AS l ON l.key = names.key JOIN notes AS n ON n.id = l.note"
                " WHERE names.note = (SELECT id FROM notes WHERE path = ?) LIMIT ?",
                (path, _MAX_CALLING),
            )
            return [
                (source, Link(kind, target, anchor, "", start, end))
                for source, kind, target, anchor, start, end in rows
            ]


# 0 for a continuation byte of UTF-8, 1 for the first byte of a code point.
_FIRST_BYTES = bytes(byte & 0xC0 != 0x80 for byte in range(256))


def _code_points(raw: bytes) -> list[int]:
    """Return, for each byte offset, the number of code points before it."""
    return [0, *itertools.accumulate(raw.translate(_FIRST_BYTES))]
