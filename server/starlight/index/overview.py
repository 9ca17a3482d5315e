"""What is known of all notes at once: how they are called, what they link to, how they are described."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from starlight.index.outline import headings_in

if TYPE_CHECKING:
    import apsw


class Described(NamedTuple):
    """A note as the index has it."""

    id: int
    path: str
    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    mtime_ns: int
    version: int
    """See ``Stamp``."""


class Stamp(NamedTuple):
    """What tells a note in the index from what it was before."""

    path: str
    id: int
    version: int
    """Another number, as good as certainly, when its content or its file's time is another one; in this process."""
    mtime_ns: int


class StoredLink(NamedTuple):
    """A link as the index has it; ``note`` is the id of the one that it stands in."""

    note: int
    start: int
    is_wiki: bool
    target: str
    text: str


class Overview:
    """All notes of one index, read through one connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def versions(self) -> dict[int, tuple[str, bytes, int]]:
        """Return the path, content hash and mtime (ns) of each note, by id."""
        rows = self._connection.execute("SELECT id, path, hash, mtime_ns FROM notes")
        return {id_: (path, hash_, mtime_ns) for id_, path, hash_, mtime_ns in rows}

    def stamps(self) -> Iterator[Stamp]:
        """Yield of each note what tells whether it has changed."""
        rows = self._connection.execute("SELECT id, path, hash, mtime_ns FROM notes")
        for id_, path, hash_, mtime_ns in rows:
            yield Stamp(path, id_, hash((id_, hash_, mtime_ns)), mtime_ns)

    def versions_at(self, paths: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """Return the id and the content hash of each of the notes at ``paths`` that there are."""
        rows = self._connection.execute(
            "SELECT path, id, hash FROM notes WHERE path IN (SELECT value FROM json_each(?))",
            (json.dumps(list(paths)),),
        )
        return {path: (id_, hash_) for path, id_, hash_ in rows}

    def notes(self, ids: Iterable[int]) -> Iterator[Described]:
        """Yield the notes with those ``ids``."""
        rows = self._connection.execute(
            "SELECT n.id, n.path, n.title, n.aliases, n.tags, n.mtime_ns, n.hash"
            " FROM json_each(?) AS wanted JOIN notes AS n ON n.id = wanted.value",
            (json.dumps(list(ids)),),
        )
        for id_, path, title, aliases, tags, mtime_ns, hash_ in rows:
            version = hash((id_, hash_, mtime_ns))
            yield Described(id_, path, title, _texts(aliases), _texts(tags), mtime_ns, version)

    def property_names(self) -> Iterator[tuple[str, str]]:
        """Yield the names of the fields of front matter, each with the path of its note."""
        yield from self._connection.execute(
            "SELECT n.path, field.key FROM notes AS n, json_each(n.properties) AS field WHERE n.properties <> '{}'"
        )

    def property_values(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the values of the field ``name``, each with the path of its note."""
        rows = self._connection.execute(
            "SELECT n.path, n.title, n.tags, field.type, field.value"
            " FROM notes AS n, json_each(n.properties) AS field WHERE n.properties <> '{}' AND field.key = ?",
            (name,),
        )
        for path, title, tags, kind, value in rows:
            if kind == "null":  # what the note's row has already; see ``rows``
                texts = (title,) if name == "title" else _texts(tags)
            else:
                texts = (value,) if kind == "text" else _texts(value)
            yield from ((path, text) for text in texts)

    def links(self, ids: Iterable[int]) -> Iterator[StoredLink]:
        """Yield the links of the notes with those ``ids``, in no order."""
        rows = self._connection.execute(
            "SELECT l.note, l.start, l.is_wiki, l.target, l.text"
            " FROM json_each(?) AS wanted JOIN links AS l ON l.note = wanted.value",
            (json.dumps(list(ids)),),
        )
        for note, start, is_wiki, target, text in rows:
            yield StoredLink(note, start, bool(is_wiki), target, text)

    def headings(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the path of each note that has headings above passages, with these."""
        rows = self._connection.execute("SELECT n.path, o.headings FROM outlines AS o JOIN notes AS n ON n.id = o.note")
        for path, outline in rows:
            yield path, tuple(headings_in(outline))

    def embeddings(self, ids: Iterable[int]) -> list[tuple[int, bytes]]:
        """Return the vectors of the passages of the notes with those ``ids``, in their 8-bit form, each with its note.

        Note by note, and within one in the order of the passages' numbers.
        """
        return list(
            self._connection.execute(
                "SELECT c.note, v.embedding FROM json_each(?) AS wanted"
                " CROSS JOIN chunks AS c ON c.note = wanted.value CROSS JOIN vectors AS v ON v.id = c.id"
                " ORDER BY c.note, c.id",
                (json.dumps(list(ids)),),
            )
        )

    def vectors_of(self, path: str) -> dict[int, bytes]:
        """Return the vectors of the passages of the note at ``path``, in their 8-bit form, by the passage's number."""
        return dict(
            self._connection.execute(
                "SELECT v.id, v.embedding FROM notes AS n JOIN chunks AS c ON c.note = n.id"
                " JOIN vectors AS v ON v.id = c.id WHERE n.path = ?",
                (path,),
            )
        )

    def places(self, chunks: Iterable[int]) -> dict[int, tuple[str, int, int]]:
        """Return the path of the note of each of ``chunks``, and where in it the passage starts and ends, by id."""
        rows = self._connection.execute(
            "SELECT c.id, n.path, c.start, c.stop"
            " FROM json_each(?) AS wanted JOIN chunks AS c ON c.id = wanted.value JOIN notes AS n ON n.id = c.note",
            (json.dumps(list(chunks)),),
        )
        return {id_: (path, start, stop) for id_, path, start, stop in rows}


def _texts(source: str) -> tuple[str, ...]:
    return tuple(json.loads(source)) if source != "[]" else ()
