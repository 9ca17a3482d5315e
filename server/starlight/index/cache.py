"""What is costly to make and keyed by content, beside the index: vectors of passages by the refiner, documents, what
was recognised on scans, and what chat models made of parts of texts.

Losing it loses time only, so whatever is wrong with it is logged once and costs nothing else: a damaged file is
deleted and begun again, one that cannot be written is done without.  Its name says which form its tables have
(``location.py``).
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from starlight.errors import IndexBusy
from starlight.private import make_private

if TYPE_CHECKING:
    import apsw

log = logging.getLogger(__name__)

T = TypeVar("T")

_BUSY_MS = 500
_DAY = 86_400
_DAYS_UNUSED = 90
"""Days after which a summary goes that nobody asks for: what it is of may be gone, which its key does not say."""
_EVICTED = 0.1
"""Share of the vectors that go where there are too many: those that were not used for longest."""
_TAKEN = (
    "SELECT coalesce(sum(length(vectors)), 0) FROM refined",
    "SELECT coalesce(sum(length(content)), 0) FROM documents",
    "SELECT coalesce(sum(length(content)), 0) FROM summaries",
)
_EVICT_VECTORS = """
    DELETE FROM refined WHERE (model, passage) IN (SELECT model, passage FROM refined ORDER BY model = ?1, used
        LIMIT (SELECT CAST(?2 * count(*) AS INTEGER) + 1 FROM refined))
"""
_EVICT_DOCUMENTS = """
    DELETE FROM documents WHERE hash IN (SELECT hash FROM documents ORDER BY used, rowid
        LIMIT (SELECT CAST(?1 * count(*) AS INTEGER) + 1 FROM documents))
"""
_EVICT_SUMMARIES = """
    DELETE FROM summaries WHERE key IN (SELECT key FROM summaries ORDER BY used, rowid
        LIMIT (SELECT CAST(?1 * count(*) AS INTEGER) + 1 FROM summaries))
"""
_EVICT_RECOGNISED = """
    DELETE FROM recognised WHERE hash IN (SELECT DISTINCT hash FROM recognised
        LIMIT (SELECT CAST(?1 * count(*) AS INTEGER) + 1 FROM recognised))
"""
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS models(id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS refined(model INTEGER NOT NULL, passage BLOB NOT NULL, used INTEGER NOT NULL,
        vectors BLOB NOT NULL, PRIMARY KEY(model, passage)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS documents(hash BLOB PRIMARY KEY, used INTEGER NOT NULL, content BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS summaries(key BLOB PRIMARY KEY, used INTEGER NOT NULL, content TEXT NOT NULL);
    -- Page 0 is the whole document, when all of its pages that are scanned were recognised.
    CREATE TABLE IF NOT EXISTS recognised(hash BLOB NOT NULL, page INTEGER NOT NULL, content BLOB NOT NULL,
        PRIMARY KEY(hash, page)) WITHOUT ROWID;
"""


class _Kept(NamedTuple):
    """The statements of a table with one content a key."""

    find: str
    touch: str
    put: str
    outdate: str = ""


_DOCUMENTS = _Kept(
    # What was recognised says more than what the file says of itself.
    "SELECT coalesce((SELECT content FROM recognised WHERE hash = ?1 AND page = 0),"
    " (SELECT content FROM documents WHERE hash = ?1))",
    "UPDATE documents SET used = ?1 WHERE hash = ?2 AND used <> ?1",
    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
)
_SUMMARIES = _Kept(
    "SELECT content FROM summaries WHERE key = ?",
    "UPDATE summaries SET used = ?1 WHERE key = ?2 AND used <> ?1",
    "INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)",
    "DELETE FROM summaries WHERE used < ?",
)


class Cache:
    """The vectors of one root's passages, by model and the digest of what a passage means, what its documents say, by
    their content hash, and summaries, by the hash of what a model was asked.  For any thread.

    All but ``known``, ``document`` and ``summary``, which nobody waits for, raise ``IndexBusy`` where another program
    holds the file for longer than a moment: nothing is lost, and the same can be asked again.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._turn = threading.Lock()
        self._connection: apsw.Connection | None = None
        self._is_closed = False
        """Whether it stays closed: its owner has done so, or it cannot be used."""
        self._models: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def close(self) -> None:
        """Close the file for good: vectors that come late do not open it again."""
        with self._turn:
            self._close()
            self._is_closed = True

    def known(self, model: str, passages: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the vectors that ``model`` has given to those of ``passages`` that it has seen."""
        try:
            return self._try(lambda connection: self._known(connection, model, passages), {})
        except IndexBusy as error:
            log.info("%s", error)
            return {}

    def missing(self, model: str, passages: Sequence[bytes]) -> list[bytes]:
        """Return those of ``passages`` that ``model`` has not seen; none of them where nothing can be kept."""

        def find(connection: apsw.Connection) -> list[bytes]:
            number = self._number(connection, model)
            rows = connection.executemany(
                "SELECT passage FROM refined WHERE model = ? AND passage = ?", [(number, each) for each in passages]
            )
            seen = {passage for (passage,) in rows}
            return [passage for passage in passages if passage not in seen]

        return self._try(find, [])

    def keep(self, model: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keep the vectors that ``model`` gave to passages; those used longest ago make room for them."""

        def keep(connection: apsw.Connection) -> None:
            number, today = self._number(connection, model), _today()
            before = connection.total_changes()
            with connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO refined VALUES (?, ?, ?, ?)",
                    [(number, passage, today, content) for passage, content in vectors.items()],
                )
            if model in self._counts:
                self._counts[model] += connection.total_changes() - before
            if _size(connection) > self._max_bytes:
                self._make_room(connection, number)

        if vectors:
            self._try(keep, None)

    def count(self, model: str) -> int:
        """Return how many passages ``model`` has seen.

        They are counted once, as that reads the whole file; what others keep after that is not in the number until
        ``recount``.
        """

        def count(connection: apsw.Connection) -> int:
            if model not in self._counts:
                number = self._number(connection, model)
                found: int = connection.execute("SELECT count(*) FROM refined WHERE model = ?", (number,)).get
                self._counts[model] = found
            return self._counts[model]

        return self._try(count, 0) if self.path.exists() else 0

    def recount(self) -> None:
        """Have the next ``count`` look at the file again."""
        with self._turn:
            self._counts = {}

    @property
    def is_full(self) -> bool:
        """Whether nothing can be kept without something else going, or at all."""
        return self._try(lambda connection: _size(connection) > (1 - _EVICTED) * self._max_bytes, otherwise=True)

    def document(self, hash_: bytes) -> bytes | None:
        """Return what is kept of the document with that content hash; None where nothing is."""
        content: bytes | None = self._content(_DOCUMENTS, hash_)
        return content

    def keep_document(self, hash_: bytes, content: bytes) -> None:
        """Keep what the document with that content hash says; those used longest ago make room for it."""
        self._keep_content(_DOCUMENTS, hash_, content)

    def pages(self, hash_: bytes) -> dict[int, bytes]:
        """Return what is kept of the pages of a scan with that content hash, by their numbers from 1; 0: all of it."""

        def find(connection: apsw.Connection) -> dict[int, bytes]:
            return dict(connection.execute("SELECT page, content FROM recognised WHERE hash = ?", (hash_,)))

        return self._try(find, {}) if self.path.exists() else {}

    def keep_page(self, hash_: bytes, page: int, content: bytes) -> None:
        """Keep what was recognised on a page of the scan with that content hash, until all of it is known."""
        self._keep_recognised("INSERT OR REPLACE INTO recognised VALUES (?, ?, ?)", (hash_, page, content))

    def keep_recognised(self, hash_: bytes, content: bytes) -> None:
        """Keep what a scan says when its pages were recognised, for ``document``; it goes last, as it is dearest."""
        self._keep_recognised("INSERT OR REPLACE INTO recognised VALUES (?, 0, ?)", (hash_, content))

    def forget_pages(self) -> None:
        """Let go of single pages: all scans are done."""
        if self.path.exists():
            self._keep_recognised("DELETE FROM recognised WHERE page > 0", ())

    def _keep_recognised(self, statement: str, values: tuple[bytes | int, ...]) -> None:
        def keep(connection: apsw.Connection) -> None:
            with connection:
                connection.execute(statement, values)
            if _size(connection) > self._max_bytes:
                self._make_room(connection)

        self._try(keep, None)

    def summary(self, key: bytes) -> str | None:
        """Return the summary that is kept by that key; None where none is."""
        content: str | None = self._content(_SUMMARIES, key)
        return content

    def summaries(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Return those of the summaries with these keys that are kept; they count as used."""

        def find(connection: apsw.Connection) -> dict[bytes, str]:
            query = _SUMMARIES.find.replace("SELECT", "SELECT key,")
            found = dict(connection.executemany(query, [(key,) for key in keys]))
            today = _today()
            with contextlib.suppress(apsw.BusyError, apsw.LockedError), connection:
                connection.executemany(_SUMMARIES.touch, [(today, key) for key in found])
            return found

        import apsw

        return self._try(find, {}) if self.path.exists() else {}

    def keep_summary(self, key: bytes, content: str) -> None:
        """Keep a summary by its key; those used longest ago make room for it, and those unused for months go."""
        self._keep_content(_SUMMARIES, key, content)

    def _content(self, kept: _Kept, key: bytes) -> Any:  # noqa: ANN401 -- bytes or text, as the table has it
        import apsw

        def find(connection: apsw.Connection) -> Any:  # noqa: ANN401
            content = connection.execute(kept.find, (key,)).get
            if content is not None:
                with contextlib.suppress(apsw.BusyError, apsw.LockedError), connection:
                    connection.execute(kept.touch, (_today(), key))
            return content

        try:
            return self._try(find, None) if self.path.exists() else None
        except IndexBusy as error:
            log.info("%s", error)
            return None

    def _keep_content(self, kept: _Kept, key: bytes, content: bytes | str) -> None:
        def keep(connection: apsw.Connection) -> None:
            with connection:
                if kept.outdate:
                    connection.execute(kept.outdate, (_today() - _DAYS_UNUSED,))
                connection.execute(kept.put, (key, _today(), content))
            if _size(connection) > self._max_bytes:
                self._make_room(connection)

        self._try(keep, None)

    def forget_documents(self, hashes: Sequence[bytes]) -> None:
        """Let go of documents with those content hashes."""

        def forget(connection: apsw.Connection) -> None:
            with connection:
                for table in ("documents", "recognised"):
                    connection.executemany(f"DELETE FROM {table} WHERE hash = ?", [(hash_,) for hash_ in hashes])  # noqa: S608
            connection.execute("PRAGMA incremental_vacuum").fetchall()

        if hashes and self.path.exists():
            self._try(forget, None)

    def _known(self, connection: apsw.Connection, model: str, passages: Sequence[bytes]) -> dict[bytes, bytes]:
        number, today = self._number(connection, model), _today()
        rows = connection.executemany(
            "SELECT passage, vectors, used FROM refined WHERE model = ? AND passage = ?",
            [(number, passage) for passage in passages],
        )
        found = {passage: (vectors, used) for passage, vectors, used in rows}
        old = [(today, number, passage) for passage, (_, used) in found.items() if used != today]
        if old:
            with connection:
                connection.executemany("UPDATE refined SET used = ? WHERE model = ? AND passage = ?", old)
        return {passage: vectors for passage, (vectors, _) in found.items()}

    def _make_room(self, connection: apsw.Connection, number: int = 0) -> None:
        """Let go of what was used longest ago, of whichever kind takes the most, until there is room.

        Of vectors, those of other models than ``number`` go first.  What was recognised goes when nothing else is left.
        """
        while (size := _size(connection)) > self._max_bytes:
            vectors, documents, summaries = (connection.execute(query).get for query in _TAKEN)
            with connection:
                if not vectors and not documents and not summaries:
                    connection.execute(_EVICT_RECOGNISED, (_EVICTED,))
                elif vectors >= max(documents, summaries):
                    connection.execute(_EVICT_VECTORS, (number, _EVICTED))
                else:
                    connection.execute(_EVICT_DOCUMENTS if documents >= summaries else _EVICT_SUMMARIES, (_EVICTED,))
            if _size(connection) >= size:  # nothing is left to let go of
                break
        self._counts = {}
        connection.execute("PRAGMA incremental_vacuum").fetchall()

    def _number(self, connection: apsw.Connection, model: str) -> int:
        if model not in self._models:
            with connection:
                connection.execute("INSERT OR IGNORE INTO models(identity) VALUES (?)", (model,))
            self._models[model] = connection.execute("SELECT id FROM models WHERE identity = ?", (model,)).get
        return self._models[model]

    def _try(self, work: Callable[[apsw.Connection], T], otherwise: T) -> T:
        """Return what ``work`` does with the connection, for one thread at a time; ``otherwise`` where it cannot.

        Raises:
            IndexBusy: another program holds the file.
        """
        import apsw

        with self._turn:
            try:
                connection = self._opened()
                return otherwise if connection is None else work(connection)
            except (apsw.CorruptError, apsw.NotADBError) as error:
                log.warning("%s cannot be read (%s) and is begun again", self.path, error)
                self._begin_again()
            except (apsw.BusyError, apsw.LockedError) as error:
                raise IndexBusy(f"{self.path}: another program holds it ({error})") from error
            except (apsw.Error, OSError) as error:
                log.warning("%s cannot be used (%s): what is in it is made anew", self.path, error)
                self._close()
                self._is_closed = True
        return otherwise

    def _opened(self) -> apsw.Connection | None:
        import apsw

        if self._connection and not self.path.exists():  # somebody deleted it, as they may
            self._close()
        if self._connection is None and not self._is_closed:
            make_private(self.path.parent)
            is_new = not self.path.exists()
            connection = apsw.Connection(str(self.path))
            try:
                if is_new:
                    self.path.chmod(0o600)
                connection.set_busy_timeout(_BUSY_MS)
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # does nothing where there are tables
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(_SCHEMA)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _begin_again(self) -> None:
        self._close()
        try:
            for name in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + name).unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be deleted (%s)", self.path, error)
            self._is_closed = True

    def _close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
        self._models, self._counts = {}, {}


def _today() -> int:
    return int(time.time()) // _DAY


def _size(connection: apsw.Connection) -> int:
    pages: int = connection.pragma("page_count") - connection.pragma("freelist_count")
    size: int = connection.pragma("page_size")
    return pages * size
