"""What is known of all notes at once: how they are called, what they link to, how they are described."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from starlight.index.outline import headings_in
from starlight.notes.model import Properties

if TYPE_CHECKING:
    import apsw


class Described(NamedTuple):
    """A note as the index has it."""

    id: int
    path: str
    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    properties: Properties
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
            "SELECT n.id, n.path, n.title, n.aliases, n.tags, n.properties, n.mtime_ns"
            " FROM json_each(?) AS wanted JOIN notes AS n ON n.id = wanted.value",
            (json.dumps(list(ids)),),
        )
        for id_, path, title, aliases, stored_tags, said, mtime_ns in rows:
            tags = _texts(stored_tags)
            yield Described(id_, path, title, _texts(aliases), tags, _properties(said, title, tags), mtime_ns)

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


def _properties(source: str, title: str, tags: tuple[str, ...]) -> Properties:
    """Read what ``rows`` made of the properties of a note."""
    return tuple(
        (name, ((title,) if name == "title" else tags) if texts is None else _one_or_more(texts))
        for name, texts in json.loads(source).items()
    )


def _one_or_more(texts: str | list[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)
