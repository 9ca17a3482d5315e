"""Reading an index: both legs of search, and what is known of notes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from starlight.index import schema
from starlight.index.bm25 import Bm25
from starlight.index.lexical import Lexical, Word
from starlight.index.listing import PASSAGE, holds_any, latest, stored_passages
from starlight.index.lookup import Lookup
from starlight.index.narrowing import Narrowing
from starlight.index.overview import Overview
from starlight.index.records import EVERYWHERE, Scope, Scored, Status, StoredNote, StoredPassage, number_of
from starlight.index.semantic import Semantic, is_small
from starlight.index.sizes import Sizes, measure

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

_MAX_CALLED = 50
"""Notes of one name, where a query is that name."""
_LOOKED_AT = 500
"""Notes of which it is looked at in which language they are."""


class Reader:
    """A read-only connection to one index.  Use it on one thread; every query is its own short transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = schema.open_reader(path)
        with schema.translated(path):
            self._lexical = Lexical(self._connection)
        self._semantic = Semantic(self._connection)
        self.narrowing = Narrowing(self._connection, path)
        self.lookup = Lookup(self._connection, path)
        self._overview = Overview(self._connection)
        self._aside: _Aside | None = None
        self._shares: dict[str, tuple[int, float]] = {}
        """How many notes there were, and the share of these that is in a language, by that."""
        self._seen: Status | None = None
        """The status as it is in a snapshot."""
        self._last: tuple[str | None, Status] = (None, Status())
        """The status that was read last: what is stored, and what that says."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        if self._aside:
            self._aside.close()
        self._connection.close()

    def let_go(self) -> None:
        """Free the pages that are kept for the next query, where that is not to come soon."""
        with schema.translated(self.path):
            self._connection.pragma("shrink_memory")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """See the index as it is now until the end of the block, whatever is written meanwhile."""
        with schema.translated(self.path):
            self._connection.execute("BEGIN")
        try:
            self._seen = self.status()
            yield
        finally:
            self._seen = None
            if self._connection.in_transaction:  # not where an error has ended it
                self._connection.execute("ROLLBACK")

    def status(self) -> Status:
        """The status that the indexer published last."""
        if self._seen:
            return self._seen
        with schema.translated(self.path):
            text = self._connection.execute("SELECT value FROM state WHERE key = 'status'").get
        if text != self._last[0]:
            self._last = text, Status.from_json(text) if text else Status()
        return self._last[1]

    @contextlib.contextmanager
    def overview(self) -> Iterator[Overview]:
        """What is known of all notes, within the block."""
        with schema.translated(self.path):
            yield self._overview

    def failures(self) -> dict[str, str]:
        """Why files could not be indexed, by path."""
        with schema.translated(self.path):
            return dict(self._connection.execute("SELECT path, reason FROM failures ORDER BY path"))

    def problems(self) -> dict[str, list[str]]:
        """What is odd in notes that are indexed all the same, by path."""
        with schema.translated(self.path):
            rows = self._connection.execute("SELECT path, problems FROM notes WHERE problems != '[]' ORDER BY path")
            return {path: json.loads(problems) for path, problems in rows}

    def latest(self, scope: Scope, limit: int) -> list[tuple[StoredPassage, float]]:
        """The first passages of the ``limit`` notes of ``scope`` that were changed last, and when (days since 1970).

        Of a note without any text there is a passage of no length.
        """
        with schema.translated(self.path):
            return latest(self._connection, scope, limit)

    def holds_any(self, scope: Scope) -> bool:
        """Whether any note or passage is in ``scope``."""
        with schema.translated(self.path):
            return holds_any(self._connection, scope)

    def sizes(self) -> Sizes:
        """What the index takes; reads all of it."""
        with schema.translated(self.path):
            return measure(self._connection, self.path)

    def lexical(self, terms: Sequence[str], limit: int, scope: Scope = EVERYWHERE) -> Scored:
        """BM25 scores of the best ``limit`` chunks that hold any of ``terms``; see ``index.lexical``."""
        with schema.translated(self.path):
            return self._lexical.search(terms, limit, self.status().chunks, scope)

    def bm25(self, terms: Sequence[str]) -> Bm25:
        """What scores passages that are not in the index as ``lexical`` would if they were."""
        with schema.translated(self.path):
            return self._lexical.bm25(terms, self.status().chunks)

    def holding(self, terms: Sequence[str]) -> list[int]:
        """Return how many chunks hold each of ``terms``; see ``index.lexical``."""
        with schema.translated(self.path):
            return self._lexical.holding(terms, self.status().chunks)

    def stems(self, text: str) -> list[tuple[int, int, str]]:
        """Return (start, end, stem) of each word of ``text``, as the lexical index tokenizes it."""
        return self._lexical.stems(text)

    def words(self, text: str) -> tuple[Word, ...]:
        """Return (start, end, stems) of each word of ``text`` as a person sees words, as the lexical index has them."""
        return self._lexical.words(text)

    def nearest(self, vector: Vector, limit: int, scope: Scope = EVERYWHERE) -> Callable[[], Scored]:
        """What gives the cosines of the ``limit`` chunks nearest to ``vector``; see ``index.semantic``.

        Where that takes long it is done meanwhile, on another connection: that one may see the index a moment later.
        """
        n_chunks = self.status().chunks
        if is_small(n_chunks):
            with schema.translated(self.path):
                found = self._semantic.nearest(vector, limit, n_chunks, scope)
            return lambda: found
        self._aside = self._aside or _Aside(self.path)
        return self._aside.nearest(vector, limit, n_chunks, scope)

    def mean_vector(self) -> Vector | None:
        """What the vectors of all chunks have in common: their mean; None where there are none."""
        with schema.translated(self.path):
            return self._semantic.mean(self.status().chunks)

    def cosines(self, vector: Vector, chunks: Iterable[int]) -> Scored:
        """Cosines of the given chunks to ``vector``."""
        with schema.translated(self.path):
            return self._semantic.cosines(vector, chunks)

    def vectors(self, chunks: Iterable[int]) -> dict[int, bytes]:
        """The 8-bit forms of the vectors of the given chunks, by chunk id."""
        with schema.translated(self.path):
            return self._semantic.vectors(chunks)

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
                f"SELECT {PASSAGE}"  # noqa: S608 -- columns
                " FROM json_each(?) AS wanted JOIN chunks AS c ON c.id = wanted.value JOIN notes AS n ON n.id = c.note",
                (json.dumps(list(chunks)),),
            )
            return {passage.id: passage for passage in stored_passages(self._connection, rows)}

    def meanings(self, chunks: Iterable[int]) -> dict[int, bytes]:
        """The digest of what each of the given chunks means, by chunk id; see ``records.Passage``."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT c.id, c.meaning FROM json_each(?) AS wanted JOIN chunks AS c ON c.id = wanted.value",
                (json.dumps(list(chunks)),),
            )
            return dict(rows)

    def meanings_of_notes(self, before: int, limit: int) -> list[tuple[int, str, list[bytes]]]:
        """What the chunks of notes mean: of the latest ``limit`` notes with a number below ``before``.

        Each is (number, path, digests).
        """
        with schema.translated(self.path):
            notes = list(
                self._connection.execute(
                    "SELECT id, path FROM notes WHERE id < ? ORDER BY id DESC LIMIT ?", (before, limit)
                )
            )
            found: dict[int, list[bytes]] = {id_: [] for id_, _ in notes}
            for note, meaning in self._connection.execute(
                "SELECT c.note, c.meaning FROM json_each(?) AS wanted JOIN chunks AS c ON c.note = wanted.value",
                (json.dumps(list(found)),),
            ):
                found[note].append(meaning)
        return [(id_, path, found[id_]) for id_, path in notes]

    def hashes(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The content hashes of those of the notes at ``paths`` that are in the index."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT path, hash FROM notes WHERE path IN (SELECT value FROM json_each(?))",
                (json.dumps(list(paths)),),
            )
            return dict(rows)

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
                "SELECT path FROM names JOIN notes ON notes.id = names.note WHERE name = ?", (number_of(key),)
            )
            return [path for (path,) in rows]

    def is_tag(self, tag: str) -> bool:
        """Whether a note has ``tag``, or one below it; see ``records.Scope``."""
        condition, values = Scope(tags=(tag,)).of_notes()
        with schema.translated(self.path):
            found = self._connection.execute(f"SELECT 1 FROM notes AS n WHERE {condition} LIMIT 1", values)  # noqa: S608 -- ours
            return found.get is not None

    def of_kind(self, kind: str) -> list[str]:
        """Return the paths of the notes whose front matter states that ``type``, and no other beside it."""
        with schema.translated(self.path):
            # The second condition is that of the index of kinds.
            rows = self._connection.execute("SELECT path FROM notes WHERE kind = ? AND kind <> ''", (kind,))
            return [path for (path,) in rows]

    def share_in(self, language: str) -> float:
        """Return the share of the notes that are in a language (see ``notes.languages``), by some hundreds of them.

        It is remembered while their number changes by little.
        """
        n_notes = self.status().files
        counted_at, share = self._shares.get(language, (0, 0.0))
        if not counted_at or abs(n_notes - counted_at) > counted_at // 20:
            with schema.translated(self.path):
                last = int(self._connection.execute("SELECT coalesce(max(id), 0) FROM notes").get)
                row = self._connection.execute(
                    "SELECT total(language = ?) / max(count(*), 1) FROM notes"
                    " WHERE id IN (SELECT value FROM json_each(?))",
                    (language, json.dumps(list(range(1, last + 1, last // _LOOKED_AT + 1)))),
                )
                share = float(row.get)
            self._shares[language] = n_notes, share
        return share

    def versions(self, smallest: int, largest: int, but: Iterable[str]) -> list[tuple[str, bytes]]:
        """Return path and content hash of the notes of so many bytes, save those of the types ``but``; latest first."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT path, hash FROM notes WHERE size BETWEEN ? AND ?"
                " AND kind NOT IN (SELECT value FROM json_each(?)) ORDER BY mtime_ns DESC, path",
                (smallest, largest, json.dumps(list(but))),
            )
            return list(rows)

    def dates(self) -> Iterator[tuple[str, tuple[str, str], int]]:
        """Yield of each note its path, when it says that it was made and changed, and its file's mtime in ns."""
        with schema.translated(self.path):
            for path, created, modified, mtime_ns in self._connection.execute(
                "SELECT path, created, modified, mtime_ns FROM notes"
            ):
                yield path, (created, modified), mtime_ns

    def dates_of(self, paths: Iterable[str]) -> list[tuple[str, tuple[str, str], int]]:
        """The same of those of the notes at ``paths`` that are in the index."""
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT path, created, modified, mtime_ns FROM notes WHERE path IN (SELECT value FROM json_each(?))",
                (json.dumps(list(paths)),),
            )
            return [(path, (created, modified), mtime_ns) for path, created, modified, mtime_ns in rows]

    def called(self, key: str, scope: Scope = EVERYWHERE) -> list[int]:
        """The first chunk of each note of ``scope`` with the file name, alias or title ``key``; see ``named``."""
        condition, values = scope.condition("c.id")
        with schema.translated(self.path):
            rows = self._connection.execute(
                "SELECT c.id FROM names JOIN chunks AS c ON c.note = names.note WHERE names.name = ?"  # noqa: S608 -- ours
                f" AND c.ordinal = (SELECT min(ordinal) FROM chunks WHERE note = names.note) {condition} LIMIT ?",
                (number_of(key), *values, _MAX_CALLED),
            )
            return [chunk for (chunk,) in rows]


class _Aside:
    """The leg by meaning on a thread and a connection of its own, beside the one by words."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = schema.open_reader(path)
        self._semantic = Semantic(self._connection)
        self._thread = ThreadPoolExecutor(1, "semantic")

    def nearest(self, vector: Vector, limit: int, n_chunks: int, scope: Scope) -> Callable[[], Scored]:
        return self._thread.submit(self._nearest, vector, limit, n_chunks, scope).result

    def close(self) -> None:
        self._thread.shutdown()
        self._connection.close()

    def _nearest(self, vector: Vector, limit: int, n_chunks: int, scope: Scope) -> Scored:
        with schema.translated(self._path):
            self._connection.execute("BEGIN")
            try:
                return self._semantic.nearest(vector, limit, n_chunks, scope)
            finally:
                if self._connection.in_transaction:  # not where an error has ended it
                    self._connection.execute("ROLLBACK")
