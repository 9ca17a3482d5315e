"""What goes into the index and what comes out of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from starlight.index.disk import Fact
from starlight.notes.model import Chunk, Note

State = Literal["starting", "indexing", "ready", "paused", "failed"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk on its way into the index, with the words of each field of the lexical index.

    ``hash`` covers all of it: an equal hash means equal rows, and the stored vector is kept.
    """

    chunk: Chunk
    hash: bytes
    fields: tuple[str, ...]
    """title, aliases, headings, tags, body: normalized and segmented."""
    embedded: str
    """The text that the vector is of."""


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A note on its way into the index."""

    fact: Fact
    hash: bytes
    note: Note
    names: frozenset[str]
    passages: Sequence[Passage]
    origin: str = ""
    """The path that the note was moved from; empty where it was not."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A chunk as it stands in the index, with what is needed to show and to check it."""

    id: int
    path: str
    title: str
    headings: tuple[str, ...]
    start: int
    end: int
    first: int
    last: int
    note_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A note as it was when it was indexed, and how many passages of it there are."""

    size: int
    mtime_ns: int
    passages: int


@dataclass(frozen=True, slots=True)
class Status:
    """How an index stands; kept in the index itself, so that every reader sees the same."""

    state: State = "starting"
    files: int = 0
    chunks: int = 0
    queue: int = 0
    revision: int = 0
    failed: int = 0
    message: str = ""

    def to_json(self) -> str:
        """The form in which it is stored and sent."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Status:
        """Read what ``to_json`` wrote; fields of another version are ignored."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in json.loads(text).items() if key in known})
