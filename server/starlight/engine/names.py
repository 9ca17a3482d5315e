"""The names of all notes, looked up by their words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from starlight.engine.link_graph import Entry
from starlight.engine.tallies import Tally
from starlight.notes.fuzzy import fold
from starlight.notes.links import without_ending

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from starlight.engine.tallies import Notes, Values

_MAX_POSTINGS = 250
"""A word that more names hold tells none of them from another."""
_WHOLE = 0.999
"""The share of a name from which all of it is there."""

Split = Callable[[Sequence[str]], list[tuple[str, ...]]]
"""Gives the stems of each of some texts."""


class Named(NamedTuple):
    """Notes with a name that has words of a text; of each note the one of its names that fits best."""

    notes: Notes
    """By number, in order."""
    weights: Values
    """Of the name's words in the text, the rare and near ones more."""
    covered: Values
    """The share of the name that is there."""
    mentions: NDArray[np.bool_]
    """Whether the name stands there literally."""
    names: Sequence[str]

    def fit(self) -> Tally:
        """Return how well the names fit the text."""
        return Tally(self.notes, self.weights * self.covered)

    def cover(self) -> Tally:
        """Return how much of the names is there; what is there in part counts for less than that part."""
        return Tally(self.notes, self.covered**2)

    def mentioned(self) -> Tally:
        """Return the weights of those names that stand there literally."""
        return Tally(self.notes[self.mentions], self.weights[self.mentions])

    def of(self, note: int) -> tuple[str, bool]:
        """Return the name of ``note``, one of these, and whether it stands in the text literally."""
        row = int(np.searchsorted(self.notes, note))
        return self.names[row], bool(self.mentions[row])


class Names:
    """An index of words over names; immutable."""

    def __init__(self, entries: Iterable[Entry], split: Split) -> None:
        named = [(number, entry.path, name) for number, entry in enumerate(entries) for name in entry.names]
        self._notes = np.array([number for number, _, _ in named], np.intp)
        """The note of each name, by its number: its place among the entries."""
        self._names = [(path, name) for _, path, name in named]
        self._folded: list[tuple[str, str, str]] | None = None
        self._stems = split([name for _, name in self._names])
        postings: dict[str, list[int]] = {}
        for number, stems in enumerate(self._stems):
            for stem in set(stems):
                postings.setdefault(stem, []).append(number)
        n = len(self._names) or 1
        rarity = {stem: math.log(1 + n / len(found)) for stem, found in postings.items()}
        self._totals = np.array([sum(rarity[stem] for stem in set(stems)) or 1.0 for stems in self._stems])
        self._postings = {
            stem: (rarity[stem], np.array(found, np.int32))
            for stem, found in postings.items()
            if len(found) <= _MAX_POSTINGS
        }
        """The rarity of each word that is not too common, and the names that hold it."""

    def folded(self) -> Iterable[tuple[str, str, str]]:
        """Yield each name with its path and in the form that names are compared in."""
        if self._folded is None:
            self._folded = [(path, name, fold(name)) for path, name in self._names]
        return self._folded

    def paths(self) -> Iterator[tuple[str, str, str]]:
        """Yield each note's path and title, and the path as ``folded`` has names."""
        for path, title in dict(reversed(self._names)).items():
            yield path, title, fold(without_ending(path))

    def find(self, weights: Mapping[str, float], text: str) -> Named:
        """Return the notes with a name that holds any of the stems in ``weights``.

        ``text`` is all the stems of the text in order, with a space around each.
        """
        known = [(weight, *self._postings[stem]) for stem, weight in weights.items() if stem in self._postings]
        if not known:
            nothing = np.empty(0)
            return Named(np.empty(0, np.intp), nothing, nothing, np.empty(0, np.bool_), ())
        held = np.concatenate([found for _, _, found in known])
        each = [len(found) for _, _, found in known]
        counted: Values = np.repeat([weight * rarity for weight, rarity, _ in known], each)
        sums = np.bincount(held, counted).astype(np.float64, copy=False)
        present = np.bincount(held, np.repeat([rarity for _, rarity, _ in known], each))
        numbers = np.flatnonzero(np.bincount(held))
        covered = np.minimum(present[numbers] / self._totals[numbers], 1.0)
        mentions = covered > _WHOLE
        for row in np.flatnonzero(mentions).tolist():
            mentions[row] = f" {' '.join(self._stems[numbers[row]])} " in text
        best = self._best_of_each_note(numbers, sums[numbers] * covered, mentions)
        numbers = numbers[best]
        names = [self._names[number][1] for number in numbers.tolist()]
        return Named(self._notes[numbers], sums[numbers], covered[best], mentions[best], names)

    def _best_of_each_note(self, numbers: Notes, fit: Values, mentions: NDArray[np.bool_]) -> Notes:
        """Return the rows of ``numbers`` that are the best name of their note, note by note."""
        notes = self._notes[numbers]
        order = np.lexsort((-fit, ~mentions, notes))
        return order[np.flatnonzero(np.diff(notes[order], prepend=-1))]
