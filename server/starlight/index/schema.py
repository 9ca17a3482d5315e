"""Connections to an index, and the tables in it.

Migrations are numbered functions that are never changed once released; ``user_version`` says how many a file has
had.  What the tables are filled *with* is the fingerprint's business (``fingerprint``): another parser or model
makes another file.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from starlight.errors import (
    DiskFull,
    IndexCorrupt,
    IndexMissing,
    IndexReadOnly,
    IndexTooNew,
    IndexUnavailable,
)
from starlight.private import make_private

if TYPE_CHECKING:
    import apsw

_CACHE_KIB = 16_384
"""Pages that a reader keeps: a search looks at some hundreds in many places, and most of them again the next time."""

SPANS_SINCE = 2
"""The ``user_version`` from which on links have lines and columns: who only reads migrates nothing."""

TOKENIZER = ("porter", "unicode61", "remove_diacritics", "2", "categories", "L* N* Co M*")
"""Words hold the marks above and below their letters: by itself FTS5 ends a word of Hindi at each of its vowels."""


def _quoted(arguments: Sequence[str]) -> str:
    """Return the arguments of a tokenizer as they stand within a string of SQL."""
    return " ".join(f"''{each}''" if " " in each else each for each in arguments)


def fingerprint(*parts: str | int) -> str:
    """Return a short digest of everything that decides what an index holds."""
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=6).hexdigest()


def open_reader(path: Path) -> apsw.Connection:
    """Return a read-only connection to the index at ``path``.

    Raises:
        IndexMissing: there is none.
        IndexUnavailable: it is damaged, too new, or cannot be opened.
    """
    import apsw

    missing = IndexMissing(f"{path}: nothing has been indexed here yet")
    with translated(path):
        was_there = path.exists()
        try:
            connection = _connect_reader(path)
        except apsw.CantOpenError:
            if was_there and path.exists():  # else it is being made, or taken away, at this moment
                raise
            raise missing from None
        if connection.pragma("user_version") == 0:  # its tables are being made
            connection.close()
            raise missing
        connection.pragma("cache_size", -_CACHE_KIB)
        return connection


def _connect_reader(path: Path) -> apsw.Connection:
    import apsw

    try:
        connection = _connect(path, apsw.SQLITE_OPEN_READONLY)
        _check_version(connection, path)
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        # Write-ahead logging needs files beside the database that a read-only folder does not allow.
        uri = f"{path.as_uri()}?immutable=1"
        connection = _connect(uri, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        _check_version(connection, path)
    return connection


def open_writer(path: Path) -> apsw.Connection:
    """Return a connection to the index at ``path``, created or migrated as needed.

    Raises:
        IndexUnavailable: it is damaged, too new, locked, or cannot be written.
    """
    import apsw

    with translated(path):
        make_private(path.parent)
        new = not path.exists()
        connection = _connect(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        if new:
            path.chmod(0o600)
        try:
            if connection.readonly("main"):
                raise apsw.ReadOnlyError("the file may not be written")
            _check_version(connection, path)
            if new:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into the errors of ``starlight.errors``, naming ``path``."""
    import apsw

    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise IndexCorrupt(
            f"{path}: the index is damaged ({error}), your notes are not; run `starlight index` to have it made again"
        ) from error
    except apsw.FullError as error:
        raise DiskFull(f"{path}: no space is left for the index; free some and run again: it goes on") from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, PermissionError) as error:
        raise IndexReadOnly(f"{path}: the index cannot be written ({error}); check its folder's permissions") from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise IndexUnavailable(f"{path}: another program holds the index ({error}); try again in a moment") from error
    except (apsw.Error, OSError) as error:
        raise IndexUnavailable(f"{path}: the index cannot be used ({error})") from error


def _connect(path: Path | str, flags: int) -> apsw.Connection:
    import apsw
    import sqlite_vec

    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(5_000)
    connection.enable_load_extension(True)  # noqa: FBT003 -- its only argument
    connection.load_extension(sqlite_vec.loadable_path())
    connection.enable_load_extension(False)  # noqa: FBT003 -- its only argument
    connection.create_scalar_function("casefold", _casefold, 1, deterministic=True)
    return connection


def _casefold(*texts: object) -> str:
    return str(texts[0]).casefold()


def _check_version(connection: apsw.Connection, path: Path) -> None:
    found = connection.pragma("user_version")
    if found > len(_MIGRATIONS):
        raise IndexTooNew(
            f"{path}: written by a newer Starlight (schema {found}, this one knows {len(_MIGRATIONS)}); "
            "update Starlight, or make the index again with `starlight index --rebuild`"
        )


def _migrate(connection: apsw.Connection) -> None:
    for number in range(connection.pragma("user_version"), len(_MIGRATIONS)):
        with connection:
            connection.execute(_MIGRATIONS[number])
            connection.pragma("user_version", number + 1)


_MIGRATIONS = (
    f"""
    CREATE TABLE state(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE notes(
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, hash BLOB NOT NULL, title TEXT NOT NULL,
        tags TEXT NOT NULL, created TEXT NOT NULL, modified TEXT NOT NULL, problems TEXT NOT NULL,
        aliases TEXT NOT NULL, properties TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL);
    CREATE INDEX notes_by_kind ON notes(kind) WHERE kind <> '';
    -- Names are looked up by a number (``records.number_of``), and the links of a note lie together: new ones go to
    -- the end of their table, and only a small index is written all over.
    CREATE TABLE names(name INTEGER NOT NULL, note INTEGER NOT NULL, PRIMARY KEY(name, note)) WITHOUT ROWID;
    CREATE INDEX names_of_note ON names(note);
    CREATE TABLE links(note INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
        is_wiki INTEGER NOT NULL, name INTEGER NOT NULL, target TEXT NOT NULL, anchor TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY(note, start, name)) WITHOUT ROWID;
    CREATE INDEX links_by_name ON links(name);
    -- AUTOINCREMENT: a number is never used again, so that what a reader holds by it in memory cannot come to mean
    -- another passage.
    CREATE TABLE chunks(
        id INTEGER PRIMARY KEY AUTOINCREMENT, note INTEGER NOT NULL, ordinal INTEGER NOT NULL,
        meaning BLOB NOT NULL, words BLOB NOT NULL, headings TEXT NOT NULL,
        start INTEGER NOT NULL, stop INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
    CREATE INDEX chunks_of_note ON chunks(note);
    -- The body comes first: FTS5 stores two bytes more for every word of any other column, a third of the index.
    CREATE VIRTUAL TABLE lexical USING fts5(body, title, aliases, headings, tags,
        content='', contentless_delete=1, tokenize='{_quoted(TOKENIZER)}');
    -- So many segments on one level are merged into one of the next, little by little.  The fewer levels, the fewer
    -- times a word is written again before idle time merges everything.
    INSERT INTO lexical(lexical, rank) VALUES ('automerge', 64);
    INSERT INTO lexical(lexical, rank) VALUES ('crisismerge', 256);
    CREATE TABLE vectors(id INTEGER PRIMARY KEY, embedding BLOB NOT NULL);
    CREATE TABLE codes(block INTEGER PRIMARY KEY AUTOINCREMENT, ids BLOB NOT NULL, planes BLOB NOT NULL);
    CREATE TABLE failures(path TEXT PRIMARY KEY, reason TEXT NOT NULL, size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL) WITHOUT ROWID;
    """,  # noqa: S608 -- a constant
    """
    -- Where a link stands by lines and columns (``records.spot_of``): its file need not be read.  Line 0: not known.
    ALTER TABLE links ADD COLUMN is_definition INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE links ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE links ADD COLUMN columns NOT NULL DEFAULT 0;
    """,
    """
    -- The headings of a note (``index.outline``); ``chunks.headings`` are a number in it, in rows from before a list.
    CREATE TABLE outlines(note INTEGER PRIMARY KEY, headings TEXT NOT NULL);
    """,
)
