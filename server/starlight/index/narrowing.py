"""Filters inside the search: the notes and passages of an index that a filter is for.

A term is answered once, by the same functions that look at an open note, and the last ones are remembered until the
index changes: whoever types on asks for the same terms with every letter.  What is found goes into both legs of the
search as a condition (``records.Scope``); no list is cut to its first so many before it is filtered.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from starlight.index import schema
from starlight.index.lexical import quoted
from starlight.index.records import Chosen
from starlight.index.stored_graph import Opened, StoredGraph
from starlight.notes.filters import (
    ByFacts,
    ByLinks,
    Either,
    Every,
    Filter,
    Holding,
    Leaf,
    Linked,
    Not,
    Orphan,
    Term,
    terms,
)
from starlight.notes.phrases import terms_of
from starlight.notes.text import words

if TYPE_CHECKING:
    import apsw

T = TypeVar("T")

_MATCHING = "FROM lexical JOIN chunks AS c ON c.id = lexical.rowid WHERE lexical MATCH ?"

_MOST_REMEMBERED = 20
"""Each may be as many numbers as there are notes."""
_MOST_LOOKED_AT = 500
"""Passages with the words of a quote, the best first, that are read to see whether they hold it to the letter: some
50 ms.  Each leg of the search brings less than half as many."""

_GAP = 30
"""Words that the index may have between those of a quote: where a link leads, the parts of a name."""


class Literal(ABC):
    """Reads notes for one search, to see what they hold to the letter."""

    def __init__(self, opened: frozenset[str]) -> None:
        self.opened = opened
        """The paths of open notes whose text is not what the index has."""
        self.is_sure = True
        """Whether every note that was wanted could be read; what was found otherwise is not remembered."""

    @abstractmethod
    def holding(self, text: str, chunks: Iterable[int]) -> set[int]:
        """Return those of ``chunks`` that hold ``text`` to the letter; what cannot be read now is believed to."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whole notes, and passages of others with their notes; by their ids."""

    notes: frozenset[int]
    chunks: Mapping[int, int]

    def all_notes(self) -> frozenset[int]:
        """The notes, and those of the passages."""
        return self.notes.union(self.chunks.values())


_NOTHING = Found(frozenset(), {})


class Narrowing:
    """Finds what filters are for, through one connection.  Use it on one thread."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._remembered: dict[object, Any] = {}
        self._version = -1

    def chosen(self, filter_: Filter, opened: Opened, literal: Literal) -> Chosen:
        """Return what ``filter_`` is for.

        ``opened`` are the links of notes that are open and changed; ``literal`` reads passages.
        """
        graph = StoredGraph(self._connection, opened)
        with schema.translated(self._path):
            key = (filter_, graph.key, literal.opened)
            return self.remember(key, lambda: self._chosen(filter_, graph, literal), literal)

    def _chosen(self, filter_: Filter, graph: StoredGraph, literal: Literal) -> Chosen:
        found = _Finding(self, graph, literal).find(filter_, None)
        linked = {
            term.leaf: self.by_links(term.leaf, graph)
            for term, _ in terms(filter_)
            if isinstance(term.leaf, (Linked, Orphan))
        }
        rest = self.every() - found.notes
        all_but = len(rest) < len(found.notes)
        notes = json.dumps(sorted(rest if all_but else found.notes))
        return Chosen(filter_, linked, notes, json.dumps(sorted(found.chunks)), all_but)

    def remember(self, key: object, make: Callable[[], T], literal: Literal | None = None) -> T:
        """Return what ``make`` makes, which is the same for as long as the index is, if what ``literal`` reads is."""
        version = self._connection.pragma("data_version")
        if version != self._version:
            self._remembered.clear()
            self._version = version
        found: T = self._remembered.pop(key) if key in self._remembered else make()
        if literal is None or literal.is_sure:
            self._remembered[key] = found  # the last one now
        while len(self._remembered) > _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        return found

    def every(self) -> frozenset[int]:
        """All notes."""
        return self.remember("every", lambda: self._ids("SELECT id FROM notes"))

    def by_facts(self, leaf: ByFacts) -> frozenset[int]:
        """The notes whose own facts are as a term wants them."""
        return self.remember(leaf, lambda: self._by_facts(leaf))

    def by_links(self, leaf: ByLinks, graph: StoredGraph) -> frozenset[str]:
        """The paths of the notes whose links are as a term wants them."""
        return self.remember((leaf, graph.key), lambda: self._by_links(leaf, graph))

    def at(self, paths: frozenset[str]) -> frozenset[int]:
        """The notes at ``paths``."""
        found = self._connection.execute(
            "SELECT id FROM notes WHERE path IN (SELECT value FROM json_each(?))", (json.dumps(sorted(paths)),)
        )
        return frozenset(id_ for (id_,) in found)

    def holding(self, text: str, within: frozenset[int] | None, literal: Literal) -> Found:
        """The passages that hold ``text`` to the letter, of the notes ``within`` where that is given."""
        key = (text, within, literal.opened)
        return self.remember(key, lambda: self._holding(text, within, literal), literal)

    def left_out(self, leaf: Holding, literal: Literal) -> frozenset[int]:
        """The notes that hold a text; by the stems of its words where there is too much to be read."""
        key = ("left out", leaf, literal.opened)
        return self.remember(key, lambda: self._left_out(leaf, literal), literal)

    def _by_facts(self, leaf: ByFacts) -> frozenset[int]:
        columns = ", ".join(leaf.columns)
        rows = self._connection.execute(f"SELECT id, {columns} FROM notes")  # noqa: S608 -- names of ours
        if leaf.columns == ("tags",):
            return frozenset(id_ for id_, tags in rows if tags != "[]" and leaf.holds(json.loads(tags)))
        return frozenset(id_ for id_, *values in rows if leaf.holds(*values))

    def _by_links(self, leaf: ByLinks, graph: StoredGraph) -> frozenset[str]:
        if isinstance(leaf, Orphan):
            connected = graph.connected()
            every = {path for (path,) in self._connection.execute("SELECT path FROM notes")}
            return frozenset(every | graph.opened.keys()) - connected
        found: frozenset[str] = frozenset()
        if leaf.direction in ("either", "to"):
            found |= graph.linking_to(leaf.name)
        if leaf.direction in ("either", "from"):
            found |= graph.linked_from(leaf.name)
        return found

    def _holding(self, text: str, within: frozenset[int] | None, literal: Literal) -> Found:
        condition = "" if within is None else " AND c.note IN (SELECT value FROM json_each(?))"
        values = () if within is None else (json.dumps(sorted(within)),)
        chunks: dict[int, int] = {}
        for match in _quoting(text):
            if len(chunks) < _MOST_LOOKED_AT:
                rows = self._connection.execute(
                    f"SELECT c.id, c.note {_MATCHING}{condition} ORDER BY rank LIMIT ?",
                    (match, *values, _MOST_LOOKED_AT),
                )
                chunks.update(rows)
        kept = literal.holding(text, chunks)
        return Found(frozenset(), {chunk: chunks[chunk] for chunk in chunks if chunk in kept})

    def _left_out(self, leaf: Holding, literal: Literal) -> frozenset[int]:
        if not leaf.is_literal:
            return self._ids(f"SELECT DISTINCT c.note {_MATCHING}", (_all_of(leaf.text),))
        exact, *wider = _quoting(leaf.text)
        limited = f"SELECT c.id, c.note {_MATCHING} LIMIT {_MOST_LOOKED_AT + 1}"
        chunks = dict(self._connection.execute(limited, (exact,)))
        if len(chunks) > _MOST_LOOKED_AT:
            return self._ids(f"SELECT DISTINCT c.note {_MATCHING}", (exact,))
        for match in wider:
            chunks.update(self._connection.execute(limited, (match,)))
        return frozenset(chunks[chunk] for chunk in literal.holding(leaf.text, chunks))

    def _ids(self, query: str, values: tuple[str, ...] = ()) -> frozenset[int]:
        return frozenset(id_ for (id_,) in self._connection.execute(query, values))


class _Finding:
    """One filter on its way through the tree that it is."""

    def __init__(self, narrowing: Narrowing, graph: StoredGraph, literal: Literal) -> None:
        self._narrowing = narrowing
        self._graph = graph
        self._literal = literal

    def find(self, filter_: Filter, within: frozenset[int] | None) -> Found:
        """Return what ``filter_`` is for, where only the notes ``within`` count."""
        if isinstance(filter_, Term):
            return self._term(filter_.leaf, within)
        if isinstance(filter_, Not):
            return Found(self._narrowing.every() - self._left_out(filter_.term.leaf), {})
        if isinstance(filter_, Either):
            return _either(self.find(part, within) for part in filter_.parts)
        return self._every(filter_, within)

    def _every(self, filter_: Every, within: frozenset[int] | None) -> Found:
        found: Found | None = None
        # Texts last: they are looked for in what the others have left.
        for part in sorted(filter_.parts, key=_reads):
            more = self.find(part, within if found is None else found.all_notes())
            found = more if found is None else _both(found, more)
        return found or _NOTHING

    def _left_out(self, leaf: Leaf) -> frozenset[int]:
        if isinstance(leaf, Holding):
            return self._narrowing.left_out(leaf, self._literal)
        return self._term(leaf, None).notes

    def _term(self, leaf: Leaf, within: frozenset[int] | None) -> Found:
        if isinstance(leaf, Holding):
            return self._narrowing.holding(leaf.text, within, self._literal)
        if isinstance(leaf, (Linked, Orphan)):
            paths = self._narrowing.by_links(leaf, self._graph)
            return Found(self._narrowing.at(paths), {})
        return Found(self._narrowing.by_facts(leaf), {})


def _reads(filter_: Filter) -> bool:
    return any(isinstance(term.leaf, Holding) for term, _ in terms(filter_))


def _both(one: Found, other: Found) -> Found:
    chunks = {chunk: note for chunk, note in one.chunks.items() if note in other.notes or chunk in other.chunks}
    chunks.update({chunk: note for chunk, note in other.chunks.items() if note in one.notes})
    return Found(one.notes & other.notes, chunks)


def _either(parts: Iterable[Found]) -> Found:
    notes: set[int] = set()
    chunks: dict[int, int] = {}
    for part in parts:
        notes |= part.notes
        chunks.update(part.chunks)
    return Found(frozenset(notes), chunks)


def _quoting(text: str) -> Iterator[str]:
    """Yield FTS5 expressions for what may hold ``text`` to the letter, that which mostly does first.

    Whoever quotes means what is written there; names and tags count where a word is left out.
    """
    every = words(text)
    yield f"{{body title headings}} : ({_all_of(text)})"
    if len(every) > len(terms_of(text)):
        yield f"{{body title headings}} : NEAR({' '.join(map(quoted, every))}, {len(every) + _GAP})"


def _all_of(text: str) -> str:
    return " AND ".join(map(quoted, terms_of(text)))
