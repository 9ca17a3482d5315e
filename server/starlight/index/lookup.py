"""What the index knows of links, names and tags: who calls a note, which notes have a tag, what lies in a folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlight.index import schema
from starlight.index.disk import Fact
from starlight.index.records import StoredLink, number_of
from starlight.notes.model import Link, LinkKind

if TYPE_CHECKING:
    import apsw

_COLUMNS = "n.path, l.is_wiki, l.target, l.anchor, l.text, l.start, l.stop"
_SPANS = "l.is_definition, l.line, l.columns"
_FACT = "n.size, n.mtime_ns, n.ctime_ns, n.inode"
_FROM = "FROM links AS l JOIN notes AS n ON n.id = l.note"
_CALLING = (
    "WHERE l.name IN (SELECT value FROM json_each(?)"
    " UNION SELECT name FROM names WHERE note = (SELECT id FROM notes WHERE path = ?))"
)


class Lookup:
    """Queries of one reader's connection.  Use it on the thread of the reader."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def calling(self, keys: Iterable[str], path: str = "") -> list[StoredLink]:
        """Return the links that call something by one of those names, or by one of those of the note at ``path``.

        A name is the last part of a link's target, or of what may be it (``notes.links.keys_called``): a link is there
        for each of its names.
        """
        with schema.translated(self._path):
            spans = _SPANS if self._connection.pragma("user_version") >= schema.SPANS_SINCE else "0, 0, 0"
            rows = self._connection.execute(
                f"SELECT {_COLUMNS}, {spans}, {_FACT} {_FROM} {_CALLING} ORDER BY n.path, l.start",
                (_numbers(keys), path),
            )
            return [_stored(*row) for row in rows]

    def asking(self, keys: Iterable[str], path: str = "") -> list[tuple[str, Link]]:
        """Return what these links ask for, each with the path of its note and without its place, in no order."""
        with schema.translated(self._path):
            rows = self._connection.execute(
                f"SELECT n.path, l.is_wiki, l.target, '', l.text, 0, 0 {_FROM} {_CALLING}",
                (_numbers(keys), path),
            )
            return [_link(*row) for row in rows]

    def fact(self, path: str) -> Fact | None:
        """Return the fact of the file at ``path`` when it was indexed; None where it is not in the index."""
        with schema.translated(self._path):
            row = self._connection.execute(
                f"SELECT {_FACT} FROM notes AS n WHERE n.path = ?",  # noqa: S608 -- constants
                (path,),
            ).fetchone()
        return Fact(path, *row) if row else None

    def around(self, paths: Iterable[str]) -> list[tuple[str, Link]]:
        """Return the links in the notes at ``paths``, and those that call one of these by one of its names."""
        wanted = json.dumps(list(paths))
        moved = "SELECT n.id FROM json_each(?) AS wanted JOIN notes AS n ON n.path = wanted.value"
        with schema.translated(self._path):
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} {_FROM} WHERE l.note IN ({moved})"  # noqa: S608 -- constants
                f" OR l.name IN (SELECT name FROM names WHERE note IN ({moved})) ORDER BY n.path, l.start",
                (wanted, wanted),
            )
            return [_link(*row) for row in rows]

    def within(
        self, places: Iterable[tuple[str, int, int]], paths: Iterable[str], keys: Iterable[str]
    ) -> list[tuple[str, Link]]:
        """Return the links at ``places`` that call a note at one of ``paths``, or something by one of ``keys``.

        A place is the path of a note, and where in its text it begins and ends.
        """
        named = "SELECT names.name FROM names JOIN notes ON notes.id = names.note WHERE notes.path IN"
        with schema.translated(self._path):
            rows = self._connection.execute(
                # In this order: a note that is much linked to has many more links than stand at a few places.
                f"SELECT {_COLUMNS} FROM json_each(?) AS place"  # noqa: S608 -- constants
                " CROSS JOIN notes AS n ON n.path = json_extract(place.value, '$[0]')"
                " CROSS JOIN links AS l ON l.note = n.id AND l.start >= json_extract(place.value, '$[1]')"
                " AND l.start < json_extract(place.value, '$[2]')"
                f" WHERE l.name IN ({named} (SELECT value FROM json_each(?)) UNION SELECT value FROM json_each(?))",
                (json.dumps(list(places)), json.dumps(list(paths)), json.dumps([number_of(key) for key in keys])),
            )
            return [_link(*row) for row in rows]

    def named(self, keys: Iterable[str]) -> list[str]:
        """Return the paths of the notes that have one of those names, each once."""
        numbers = json.dumps([number_of(key) for key in keys])
        with schema.translated(self._path):
            rows = self._connection.execute(
                "SELECT DISTINCT path FROM names JOIN notes ON notes.id = names.note"
                " WHERE name IN (SELECT value FROM json_each(?)) ORDER BY path",
                (numbers,),
            )
            return [path for (path,) in rows]

    def tagged(self, tag: str) -> list[tuple[str, str]]:
        """Return path and title of the notes that have ``tag``, or one below it (``tea/green`` for ``tea``)."""
        wanted = f"{tag.casefold()}/"
        # The table of notes is small beside the index, and what cannot have the tag is passed over by SQLite itself.
        like = f"%{tag}%" if tag.isascii() else "%"
        with schema.translated(self._path):
            rows = self._connection.execute(
                "SELECT path, title, tags FROM notes WHERE tags != '[]' AND tags LIKE ? ORDER BY path", (like,)
            )
            return [
                (path, title)
                for path, title, tags in rows
                if any(f"{each.casefold()}/".startswith(wanted) for each in json.loads(tags))
            ]

    def begun(self, text: str, limit: int) -> list[tuple[str, str]]:
        """Return path and title of at most ``limit`` notes whose title or aliases have words that begin so."""
        words = re.findall(r"\w+", text)
        if not words:
            return []
        query = " ".join(f'"{word}"*' for word in words)
        with schema.translated(self._path):
            rows = self._connection.execute(
                "SELECT DISTINCT n.path, n.title FROM lexical JOIN chunks AS c ON c.id = lexical.rowid"
                " JOIN notes AS n ON n.id = c.note WHERE lexical MATCH ? LIMIT ?",
                (f"{{title aliases}} : ({query})", limit),
            )
            return list(rows)

    def titles(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the titles of the notes at ``paths``, by path."""
        with schema.translated(self._path):
            rows = self._connection.execute(
                "SELECT n.path, n.title FROM json_each(?) AS wanted JOIN notes AS n ON n.path = wanted.value",
                (json.dumps(list(paths)),),
            )
            return dict(rows)

    def below(self, folder: str) -> list[str]:
        """Return the paths of the notes in ``folder`` and below it."""
        with schema.translated(self._path):
            # "0" follows "/": the range holds what begins with the folder's path and a slash.
            rows = self._connection.execute(
                "SELECT path FROM notes WHERE path > ? || '/' AND path < ? || '0' ORDER BY path", (folder, folder)
            )
            return [path for (path,) in rows]


def _link(source: str, is_wiki: int, target: str, anchor: str, text: str, start: int, end: int) -> tuple[str, Link]:
    return source, Link("wiki" if is_wiki else "markdown", target, anchor, text, start, end)


def _stored(*row: Any) -> StoredLink:  # noqa: ANN401 -- any SQLite value
    path, is_wiki, target, anchor, text, start, end, is_definition, line, columns, size, mtime_ns, ctime_ns, inode = row
    kind: LinkKind = "wiki" if is_wiki else "markdown"
    link = Link(kind, target, anchor, text, start, end, False, bool(is_definition))  # noqa: FBT003
    return StoredLink(path, link, (line, columns), Fact(path, size, mtime_ns, ctime_ns, inode))


def _numbers(keys: Iterable[str]) -> str:
    return json.dumps([number_of(key) for key in keys])
