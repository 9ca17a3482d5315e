"""The filters of a query, made part of its search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from starlight.engine.contents import Content
from starlight.engine.overlay import Overlay
from starlight.engine.passages import extract
from starlight.index.narrowing import Literal
from starlight.index.reader import Reader
from starlight.index.records import Scope, StoredPassage
from starlight.notes.filters import Filter, Holding, Leaf, Linked, Orphan, Tagged, Term, terms
from starlight.notes.phrases import stands_in
from starlight.notes.query import Problem

Read = Callable[[Iterable[StoredPassage]], Mapping[str, Content | None]]
"""Gives the texts of notes, by path; those that the disk does not give in time are left out."""

_AT_ONCE = 50
"""Passages whose notes are read together: a slow disk costs only so many."""


class Filtering:
    """Filters for one index and the open notes.  Use it on one thread, as its reader."""

    def __init__(self, reader: Reader, overlay: Overlay, read: Read) -> None:
        self._reader = reader
        self._overlay = overlay
        self._read = read

    def narrowed(self, scope: Scope, filter_: Filter) -> Scope:
        """Return what of ``scope`` the filter is for."""
        leaves = [term.leaf for term, _ in terms(filter_)]
        by_links = any(isinstance(leaf, (Linked, Orphan)) for leaf in leaves)
        opened = self._overlay.view(self._reader).links if by_links else {}
        is_read = any(isinstance(leaf, Holding) and leaf.is_literal for leaf in leaves)
        changed = self._overlay.changed(self._reader) if is_read else frozenset()
        reading = _Reading(self._reader, self._read, changed)
        return replace(scope, chosen=self._reader.narrowing.chosen(filter_, opened, reading))

    def unmatched(self, filter_: Filter, scope: Scope) -> Iterator[Problem]:
        """Yield a problem for each term of the filter that nothing in ``scope`` is for, whatever the others are."""
        for term, is_left_out in terms(filter_):
            if not is_left_out and self._is_for_nothing(term, scope):
                yield Problem(_said(term.leaf, scope.below), term.start, term.end)

    def _is_for_nothing(self, term: Term, scope: Scope) -> bool:
        alone = self.narrowed(scope, term)
        opened = self._overlay.view(self._reader, alone)
        stored = replace(alone, without=(*alone.without, *opened.paths))
        return not opened.holds_any and not self._reader.holds_any(stored)


class _Reading(Literal):
    """Looks into the passages of notes, as the editor and the disk have them now."""

    def __init__(self, reader: Reader, read: Read, opened: frozenset[str]) -> None:
        super().__init__(opened)
        self._reader = reader
        self._read = read

    def holding(self, text: str, chunks: Iterable[int]) -> set[int]:
        passages = list(self._reader.passages(chunks).items())
        kept: set[int] = set()
        for start in range(0, len(passages), _AT_ONCE):
            some = passages[start : start + _AT_ONCE]
            contents = self._read(passage for _, passage in some)
            for chunk, passage in some:
                content = contents.get(passage.path)
                is_unread = passage.path not in contents
                self.is_sure = self.is_sure and not is_unread
                if is_unread or (content and _holds(text, passage, content)):
                    kept.add(chunk)
        return kept


def _holds(text: str, passage: StoredPassage, content: Content) -> bool:
    return stands_in(text, (extract(passage, content).text, passage.title, *passage.headings))


def _said(leaf: Leaf, below: str) -> str:
    """Return what to tell people where nothing is found for ``leaf`` in the folder ``below``."""
    where = f" in {below}" if below else ""
    if isinstance(leaf, Holding):
        return f"No passage{where} says exactly this; without the quotes there may be more"
    if isinstance(leaf, Tagged):
        return f"No note{where} has the tag {leaf.tag}"
    if isinstance(leaf, Linked):
        return f"No note{where} is linked with one called {leaf.name}"
    if isinstance(leaf, Orphan):
        return f"Every note{where} is linked with another one"
    return f"No note{where} is like this"
