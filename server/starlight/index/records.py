"""What goes into the index and what comes out of it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from starlight.index.disk import Fact
from starlight.index.vectors import StoredVector
from starlight.notes.filters import ByLinks, Filter
from starlight.notes.model import Chunk, Link, Properties
from starlight.notes.place import Column, Lines, Span

State = Literal["starting", "indexing", "ready", "paused", "failed"]

STOPPED = "Indexing was stopped; it goes on at the next start, or when asked"

Scored = dict[int, float]
"""Scores by chunk id; higher is better."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a filter is for (``index.narrowing``)."""

    filter: Filter
    """For notes that are open, and not what the index has."""
    linked: Mapping[ByLinks, frozenset[str]]
    """The paths of the notes that its terms about links are for."""
    notes: str
    """The ids of whole notes that are stored, as a list in JSON; of those that it is not for, where these are fewer."""
    chunks: str
    """Those of passages of other notes."""
    all_but: bool = False
    """Whether ``notes`` are those that it is not for."""

    def condition(self, note: str, chunk: str) -> tuple[str, tuple[str, ...]]:
        """Return an SQL condition on the id of a note, or that of its chunk, and its values."""
        condition = f"{note} {'NOT ' if self.all_but else ''}IN (SELECT value FROM json_each(?))"  # noqa: S608 -- no values
        if self.chunks == "[]":
            return condition, (self.notes,)
        return f"({condition} OR {chunk} IN (SELECT value FROM json_each(?)))", (self.notes, self.chunks)  # noqa: S608 -- no values


@dataclass(frozen=True, slots=True)
class Scope:
    """Which notes a search is for: filters belong into the search, a filtered top list would be empty too often."""

    below: str = ""
    """The folder that they lie in, relative to the root; empty for all."""
    without: tuple[str, ...] = ()
    """Paths of notes that are left out."""
    tags: tuple[str, ...] = ()
    """Tags of which they have one, or one below it (``tea/green`` for ``tea``), in any case; empty for all."""
    notes: tuple[str, ...] | None = None
    """Their paths; None for all."""
    chosen: Chosen | None = None
    """What a filter of the query is for; None for all."""

    @property
    def is_narrow(self) -> bool:
        """Whether it may be for few of the notes."""
        return bool(self.below or self.tags or self.notes is not None or self.chosen)

    def covers(self, path: str, tags: Iterable[str]) -> bool:
        """Whether the note at ``path`` with those tags is one that the search is for, but for ``chosen``."""
        if path in self.without or (self.below and not path.startswith(f"{self.below}/")):
            return False
        if self.notes is not None and path not in self.notes:
            return False
        wanted = [tag.casefold() for tag in self.tags]
        return not wanted or any(f"{tag.casefold()}/".startswith(f"{each}/") for tag in tags for each in wanted)

    def condition(self, column: str) -> tuple[str, tuple[str, ...]]:
        """Return an SQL condition on ``column``, a chunk's id, to append to others, and its values."""
        chunks = "(SELECT c.id FROM notes AS n JOIN chunks AS c ON c.note = n.id WHERE"
        of_notes, values = self.of_notes()
        condition = f" AND {column} IN {chunks} {of_notes})" if of_notes else ""
        if self.without:
            condition += f" AND {column} NOT IN {chunks} n.path IN (SELECT value FROM json_each(?)))"  # noqa: S608 -- no values
            values += (json.dumps(self.without),)
        if self.chosen:
            # Asked of each row that is found otherwise: mostly that is less than all that is chosen.
            note = f"(SELECT k.note FROM chunks AS k WHERE k.id = {column})"  # noqa: S608 -- no values
            is_chosen, more = self.chosen.condition(note, column)
            condition += f" AND {is_chosen}"
            values += more
        return condition, values

    def of_notes(self) -> tuple[str, tuple[str, ...]]:
        """Return an SQL condition on the table of notes, called ``n``, and its values; ``without`` is not in it."""
        conditions: list[str] = []
        values: tuple[str, ...] = ()
        if self.below:
            # "0" follows "/": the range holds what begins with the folder's path and a slash.
            conditions.append("n.path > ? || '/' AND n.path < ? || '0'")
            values += (self.below, self.below)
        if self.notes is not None:
            conditions.append("n.path IN (SELECT value FROM json_each(?))")
            values += (json.dumps(self.notes),)
        if self.tags:
            conditions.append(_TAGGED)
            values += (json.dumps([tag.casefold() for tag in self.tags]),)
        return " AND ".join(conditions), values


# ``casefold`` is Python's (``schema.open_reader``): SQLite's own ``lower`` knows ASCII only.
_TAGGED = (
    "EXISTS (SELECT 1 FROM json_each(n.tags) AS t JOIN json_each(?) AS w"
    " ON substr(casefold(t.value) || '/', 1, length(w.value) + 1) = w.value || '/')"
)

EVERYWHERE = Scope()


@functools.lru_cache(maxsize=20_000)
def number_of(name: str) -> int:
    """Return the number, 48 bits, by which the index knows a name (``notes.links.name_key``).

    A tenth of an index would be names, if it had them as text; that two of a million have the same number is as
    likely as .002.
    """
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "little")


Spot = tuple[int, int | str]
"""A ``Span`` as its row has it: the first line (0 in rows from before links had lines), and the columns."""


def spot_between(lines: Lines, start: int, end: int) -> Spot:
    """Return the row of the part of a text from the offset ``start`` to before ``end``."""
    return lines.one_column(start, end) or spot_of(lines.span(start, end))


def spot_of(span: Span) -> Spot:
    """Return the row of ``span``.

    Mostly all of it is ASCII and on one line: then one number says what would else be seven.
    """
    start, end = span.start, span.end
    if span.first == span.last and start.utf32 == start.utf8 and end.utf32 == end.utf8:
        return span.first, start.utf32
    return span.first, json.dumps((*start, span.last - span.first, *end), separators=(",", ":"))


def span_of(spot: Spot, length: int) -> Span | None:
    """Return what ``spot_of`` made a row of, for a link of so many characters; None where the row is older."""
    line, columns = spot
    if not line:
        return None
    if isinstance(columns, int):
        end = columns + length
        return Span(line, Column(columns, columns, columns), line, Column(end, end, end))
    utf32, utf16, utf8, further, *end_columns = json.loads(columns)
    return Span(line, Column(utf32, utf16, utf8), line + further, Column(*end_columns))


class Passage(NamedTuple):
    """A chunk on its way into the index.  (A tuple: it is sent from the processes that read to the one that writes.)"""

    chunk: Chunk
    meaning: bytes
    """Digest of the text that the vector is of: while it is the same, row and vector are kept."""
    words: bytes
    """Digest of ``fields``: while it is the same, the row of the lexical index is kept."""
    fields: tuple[str, ...]
    """body, title, aliases, headings, tags: normalized and segmented."""


class NoteRecord(NamedTuple):
    """A note on its way into the index.  (A tuple, as ``Passage`` is.)"""

    fact: Fact
    hash: bytes
    title: str
    tags: tuple[str, ...]
    created: str
    modified: str
    problems: tuple[str, ...]
    names: frozenset[str]
    links: tuple[Link, ...]
    passages: Sequence[Passage]
    vectors: Mapping[bytes, StoredVector | None]
    """By the digest of the meaning: of those passages that are not stored already."""
    origin: str = ""
    """The path that the note was moved from; empty where it was not."""
    kind: str = ""
    """What its front matter has as ``type``."""
    language: str = ""
    """The code of the language that it is in; empty where none stands out."""
    aliases: tuple[str, ...] = ()
    properties: Properties = ()
    spots: Sequence[Spot] = ()
    """Where each of ``links`` stands."""


class StoredLink(NamedTuple):
    """A link as it was indexed, with what is needed to know whether it still stands there."""

    path: str
    link: Link
    spot: Spot
    """Where it stands: a row that ``span_of`` reads."""
    fact: Fact
    """Of the file at ``path``."""


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
    fact: Fact | None = None
    """Of the note's file when it was indexed; None for a note that is open."""


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
    changed: str = ""
    """When what is in the index changed last, as ISO 8601; empty where it never did."""
    total: int = 0
    """Files that the run at work has to look into; 0 between runs, as ``done`` and ``percent``."""
    done: int = 0
    percent: int = 0
    """How much of their text is done."""
    rate: float = 0.0
    """Bytes of text a second: lately, of the run at work; else of the last one that had a megabyte to read."""
    seconds_left: float | None = None
    """None where nobody can tell."""
    path: str = ""
    """The file worked on."""
    rebuilding: bool = False
    """Whether the run makes an index that will take the place of this one."""
    paused: bool = False
    """Whether somebody asked that no bulk work be done."""
    watching: str = ""
    """How changes are noticed: ``native``, ``polling``, or not at all."""
    refined: int = 0
    """Passages for which the second look at results is prepared."""
    refining: str = ""
    """What is done about the others: ``preparing``, ``on battery`` (they wait), or nothing now."""
    scans: int = 0
    """Scanned documents whose text is to be recognised, where that is wanted, and those of them that are done."""
    recognised: int = 0
    """How many of them are done."""
    recognising: str = ""
    """What is done about the others, or why nothing is, for a person; empty where none are left."""

    def abandoned(self) -> Status:
        """Return this status as it is once the indexer that published it has ended, however it did."""
        if self.state != "indexing":
            return dataclasses.replace(self, paused=False, watching="", refining="", recognising="")
        counts = Status("paused", queue=self.queue, message=STOPPED, rate=self.rate, rebuilding=self.rebuilding)
        return counts.counting(self)

    def counting(self, other: Status) -> Status:
        """Return this status with the counts of ``other``."""
        return dataclasses.replace(
            self,
            files=other.files,
            chunks=other.chunks,
            revision=other.revision,
            failed=other.failed,
            changed=other.changed,
        )

    def to_json(self) -> str:
        """The form in which it is stored and sent."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Status:
        """Read what ``to_json`` wrote; fields of another version are ignored."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in json.loads(text).items() if key in known})
