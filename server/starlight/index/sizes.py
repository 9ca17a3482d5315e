"""What an index takes on disk, by what it is for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import apsw

_PARTS = ("vectors", "codes", "chunks", "links", "names", "notes")
_BESIDE = {"outlines": "chunks"}
"""Tables that belong to another one."""
_TABLES = (
    # An index of a table belongs to it, and so does a shadow table of FTS5: lexical_data and others.
    "SELECT coalesce(s.tbl_name, d.name), d.pgsize FROM dbstat AS d LEFT JOIN sqlite_schema AS s ON s.name = d.name"
    " WHERE d.aggregate = TRUE"
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """All in bytes.  ``text`` is that of the notes, which the index does not hold."""

    database: int
    log: int
    """Of what was written and waits to be put into the database."""
    text: int
    tables: dict[str, int]
    """By what they hold: words, vectors, codes, chunks, links, names, notes, other.  They add up to all pages."""


def measure(connection: apsw.Connection, path: Path) -> Sizes:
    """Return the sizes of the index at ``path``; reads every page of it (SQLite's dbstat)."""
    taken: Counter[str] = Counter(dict.fromkeys(("words", *_PARTS, "other"), 0))
    for table, size in connection.execute(_TABLES):
        taken[_part(table)] += size
    pages = connection.pragma("page_count") * connection.pragma("page_size")
    taken["other"] += max(0, pages - taken.total())  # those that are free
    text = connection.execute("SELECT coalesce(sum(size), 0) FROM notes").get
    return Sizes(_size(path), _size(path.with_name(f"{path.name}-wal")), int(text), dict(taken))


def _part(table: str) -> str:
    table = _BESIDE.get(table, table)
    if table in _PARTS:
        return table
    return "words" if table.startswith("lexical") else "other"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
