"""What is known of a note as rows of the tables of an index."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlight.index.outline import Outline
from starlight.index.records import NoteRecord, Passage, number_of
from starlight.index.vectors import StoredVector
from starlight.notes.links import keys_called
from starlight.notes.model import Link

if TYPE_CHECKING:
    import apsw

INSERT_NOTE = (
    "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT(id) DO UPDATE SET size = excluded.size,"
    " mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, inode = excluded.inode, hash = excluded.hash,"
    " title = excluded.title, tags = excluded.tags, created = excluded.created, modified = excluded.modified,"
    " problems = excluded.problems, aliases = excluded.aliases, properties = excluded.properties,"
    " kind = excluded.kind, language = excluded.language"
)
INSERT_LINK = (
    "INSERT INTO links(note, start, stop, is_wiki, name, target, anchor, text, is_definition, line, columns)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_LEXICAL = "INSERT INTO lexical(rowid, body, title, aliases, headings, tags) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_CODES = "INSERT INTO codes(ids, planes) VALUES (?, ?)"
_FACT = "path, size, mtime_ns, ctime_ns, inode"
FAILURE_FACTS = f"SELECT {_FACT} FROM failures"  # noqa: S608 -- constants
FACTS = f"SELECT {_FACT} FROM notes UNION ALL {FAILURE_FACTS}"  # noqa: S608 -- constants
NOTE_FACTS = f"SELECT {_FACT}, id FROM notes WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608 -- constants
"""Of a page of them."""

Row = tuple[Any, ...]
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # ``dumps`` would make one each time


@dataclass(slots=True)
class Rows:
    """New rows of each table: thousands are inserted with one statement."""

    notes: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    chunks: list[Row] = field(default_factory=list)
    outlines: list[Row] = field(default_factory=list)
    lexical: list[Row] = field(default_factory=list)
    vectors: list[Row] = field(default_factory=list)
    code_ids: list[int] = field(default_factory=list)
    planes: list[bytes] = field(default_factory=list)

    def add_note(self, id_: int, record: NoteRecord) -> None:
        """Add a note, its names and its links."""
        fact = record.fact
        self.notes.append((
            id_, fact.path, fact.size, fact.mtime_ns, fact.ctime_ns, fact.inode, record.hash, record.title,
            _json(record.tags), record.created, record.modified, _json(record.problems),
            _json(record.aliases), _json(_said(record)), record.kind, record.language,
        ))  # fmt: skip
        self.names += [(number_of(name), id_) for name in record.names]
        self.links += [
            (id_, link.start, link.end, link.kind == "wiki", number_of(key), *_shown(link), *spot)
            for link, spot in zip(record.links, record.spots, strict=True)
            for key in keys_called(link)
        ]

    def add_chunk(
        self, id_: int, note: int, ordinal: int, passage: Passage, heading: int, vector: StoredVector | None
    ) -> None:
        """Add a passage of ``note`` below that heading of its outline, with its vector where that is known."""
        self.chunks.append((id_, note, ordinal, passage.meaning, passage.words, *place(passage, heading)))
        self.lexical.append((id_, *passage.fields))
        if vector:
            self.vectors.append((id_, vector.int8))
            self.code_ids.append(id_)
            self.planes.append(vector.planes)

    def add_outline(self, note: int, outline: Outline) -> None:
        """Add the headings of ``note``."""
        if stored := outline.stored():
            self.outlines.append((note, stored))

    def insert(self, connection: apsw.Connection) -> None:
        """Insert all of them, as a part of the connection's transaction."""
        many = connection.executemany
        many(INSERT_NOTE, self.notes)
        many("INSERT INTO names VALUES (?, ?)", self.names)
        many(INSERT_LINK, self.links)
        many("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self.chunks)
        many("INSERT INTO outlines VALUES (?, ?)", self.outlines)
        many(INSERT_LEXICAL, self.lexical)
        many("INSERT INTO vectors VALUES (?, ?)", self.vectors)
        if self.code_ids:
            ids = b"".join(id_.to_bytes(4, "little") for id_ in self.code_ids)
            connection.execute(INSERT_CODES, (ids, b"".join(self.planes)))


def _said(record: NoteRecord) -> dict[str, str | tuple[str, ...] | None]:
    """Return the properties of a note as its row has them: one text as itself, and null for what the row has already.

    ``Overview.property_values`` reads them.
    """
    already = {"title": (record.title,), "tags": record.tags, "keywords": record.tags}
    return {
        name: None if texts and already.get(name) == texts else texts[0] if len(texts) == 1 else texts
        for name, texts in record.properties
    }


def _shown(link: Link) -> Row:
    """Return a link's target, anchor, and text where it is a wikilink's: its target may stand there."""
    return link.target, link.anchor, link.text if link.kind == "wiki" else "", link.is_definition


def place(passage: Passage, heading: int) -> Row:
    """Return where a passage below that heading of its note's outline stands, as its row has it."""
    chunk = passage.chunk
    return heading, chunk.start, chunk.end, chunk.first, chunk.last
