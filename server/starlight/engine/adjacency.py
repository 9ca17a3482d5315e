"""Which notes link to which, by their numbers, in both directions: rows of arrays (compressed sparse rows)."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

MARKDOWN, WIKI, TEXT_FIRST, TEXT_LAST = range(4)
"""Kinds of links: the last two are wikilinks with a bar."""
_MANY = 500
"""Rows that are others than at first, from which on all are made anew."""


class Row(NamedTuple):
    """The links of one note to others, in order: where they start, where they lead, and their kinds."""

    starts: array[int]
    targets: array[int]
    kinds: bytes


NO_LINKS = Row(array("i"), array("i"), b"")


class Adjacency:
    """The links of all notes; immutable.  Of a number below 0, which is no note's, there are none."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        """Take the ``rows`` of the notes 0, 1 and so on."""
        self._starts, self._targets, self._ends = array("i"), array("i"), array("i", (0,))
        kinds = bytearray()
        for row in rows:
            self._starts += row.starts
            self._targets += row.targets
            kinds += row.kinds
            self._ends.append(len(self._starts))
        self._kinds = bytes(kinds)
        self._sources, self._source_ends = self._turned()
        self._others: dict[int, Row] = {}
        """The rows that are others than at first."""
        self._sources_of_others: dict[int, list[int]] = {}
        self.counts: Sequence[int] = [self._kinds.count(kind) for kind in range(4)]
        """How many links there are of each kind."""

    def __len__(self) -> int:
        return len(self._ends) - 1

    def row(self, note: int) -> Row:
        """Return the links of ``note``."""
        if note < 0:
            return NO_LINKS
        return self._others[note] if note in self._others else self._first(note)

    def targets(self, note: int) -> array[int]:
        """Return where the links of ``note`` lead, in order."""
        if note in self._others:
            return self._others[note].targets
        return self._targets[self._ends[note] : self._ends[note + 1]] if note >= 0 else NO_LINKS.targets

    def sources(self, note: int) -> Sequence[int]:
        """Return the notes that link to ``note``, each once."""
        if note < 0:
            return NO_LINKS.targets
        found = self._sources[self._source_ends[note] : self._source_ends[note + 1]]
        if not self._others:
            return found
        return [source for source in found if source not in self._others] + self._sources_of_others.get(note, [])

    def n_sources(self) -> list[int]:
        """Return by how many notes each note is linked."""
        found = [end - start for start, end in itertools.pairwise(self._source_ends)]
        for source, row in self._others.items():
            for target in set(self._first(source).targets):
                found[target] -= 1
            for target in set(row.targets):
                found[target] += 1
        return found

    def with_rows(self, rows: Mapping[int, Row]) -> Adjacency:
        """Return the same with other ``rows`` for some of the notes."""
        others = {**self._others, **rows}
        if len(others) > _MANY:
            return Adjacency(others.get(note) or self._first(note) for note in range(len(self)))
        found = Adjacency.__new__(Adjacency)
        found.__dict__.update(self.__dict__)
        found._others = others
        found._sources_of_others = {}
        for source, row in others.items():
            for target in set(row.targets):
                found._sources_of_others.setdefault(target, []).append(source)
        found.counts = [
            n + sum(row.kinds.count(kind) - self.row(source).kinds.count(kind) for source, row in rows.items())
            for kind, n in enumerate(self.counts)
        ]
        return found

    def _first(self, note: int) -> Row:
        links = slice(self._ends[note], self._ends[note + 1])
        return Row(self._starts[links], self._targets[links], self._kinds[links])

    def _turned(self) -> tuple[array[int], array[int]]:
        """Return the sources of the links to each note, and where those of each end."""
        import numpy as np

        n = len(self)
        row_ends = np.frombuffer(self._ends, np.int32)
        sources = np.repeat(np.arange(n, dtype=np.int64), row_ends[1:] - row_ends[:-1])
        pairs = np.sort(np.frombuffer(self._targets, np.int32).astype(np.int64) * max(n, 1) + sources)
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        ends = np.searchsorted(pairs, np.arange(n + 1, dtype=np.int64) * max(n, 1))
        return array("i", (pairs % max(n, 1)).astype(np.int32).tobytes()), array("i", ends.astype(np.int32).tobytes())
