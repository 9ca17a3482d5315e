"""The names of all notes, looked up by their words."""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from starlight.engine.entries import Entries
from starlight.engine.strings import Numbered
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

_AT_ONCE = 1_000
"""Names that are looked at together: what that needs in memory is bounded."""

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
    names: Sequence[int]
    """By number; see ``Names.text``."""
    text: Callable[[int], str]
    """Gives the name with a number."""

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
        return self.text(self.names[row]), bool(self.mentions[row])


class Names:
    """An index of words over names; immutable.

    Names have numbers, in the order of their notes.  Words are numbers as well: those of each name lie one behind the
    other in one array, the names that hold each of them in another (compressed sparse rows).
    """

    def __init__(self, entries: Entries, split: Split) -> None:
        self._entries = entries
        self._notes = array("i")
        """The note of each name, by its number."""
        self._folded: list[str] | None = None
        self._words, self._word_ends = array("i"), array("i", (0,))
        """The words of each name, in order, and where those of each end."""
        self._vocabulary = Numbered(self._cut(split))
        self._count()

    def _cut(self, split: Split) -> Iterable[str]:
        """Take the words of all names in; returns the vocabulary."""
        known: dict[str, int] = {}
        for names in _lots(self._each()):
            self._notes.extend(note for note, _ in names)
            for stems in split([name for _, name in names]):
                self._words.extend([known.setdefault(stem, len(known)) for stem in stems])
                self._word_ends.append(len(self._words))
        return known

    def _each(self) -> Iterator[tuple[int, str]]:
        """Yield each name with its note."""
        for note, entry in enumerate(self._entries.each()):
            for name in entry.names:
                yield note, name

    def _count(self) -> None:
        n, n_words = max(len(self._notes), 1), max(len(self._vocabulary), 1)
        ends = np.frombuffer(self._word_ends, np.int32)
        lengths = ends[1:] - ends[:-1]
        names = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
        pairs = np.sort(np.frombuffer(self._words, np.int32) * np.int64(n) + names)
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]  # each word of a name once
        words, names = pairs // n, pairs % n
        held = np.bincount(words, minlength=n_words)
        rarity = np.log(1 + n / np.maximum(held, 1))
        totals = np.bincount(names, rarity[words], minlength=len(lengths))
        self._totals = np.where(totals > 0, totals, 1.0).astype(np.float32)
        telling = held <= _MAX_POSTINGS
        self._postings = names[telling[words]].astype(np.int32)
        """The names that hold each word, for words that are not too common."""
        self._posting_ends = np.cumsum(np.where(telling, held, 0), dtype=np.int32)
        self._rarity = rarity.astype(np.float32)

    def text(self, name: int) -> str:
        """Return the name with that number."""
        note = self._notes[name]
        return self._entries.at(note).names[name - bisect_left(self._notes, note)]

    def folded(self) -> Iterator[tuple[int, int, str]]:
        """Yield each name's note and number, and the name in the form that names are compared in."""
        if self._folded is None:
            self._folded = ["\n".join(fold(name.replace("\n", " ")) for _, name in lot) for lot in _lots(self._each())]
        numbers = enumerate(self._notes)
        for lot in self._folded:
            for folded in lot.split("\n"):
                number, note = next(numbers)
                yield note, number, folded

    def paths(self) -> Iterator[tuple[int, int, str]]:
        """Yield the same of each note's title, with the note's path in place of the name."""
        last = -1
        for name, note in enumerate(self._notes):
            if note != last:
                yield note, name, fold(without_ending(self._entries.paths[note]))
            last = note

    def find(self, weights: Mapping[str, float], text: str) -> Named:
        """Return the notes with a name that holds any of the stems in ``weights``.

        ``text`` is all the stems of the text in order, with a space around each.
        """
        known = [(weight, *self._holding(stem)) for stem, weight in weights.items()]
        known = [each for each in known if len(each[-1])]
        if not known:
            nothing = np.empty(0)
            return Named(np.empty(0, np.intp), nothing, nothing, np.empty(0, np.bool_), (), self.text)
        held = np.concatenate([found for _, _, found in known])
        each = [len(found) for _, _, found in known]
        counted: Values = np.repeat([weight * rarity for weight, rarity, _ in known], each)
        sums = np.bincount(held, counted).astype(np.float64, copy=False)
        present = np.bincount(held, np.repeat([rarity for _, rarity, _ in known], each))
        numbers = np.flatnonzero(np.bincount(held))
        covered = np.minimum(present[numbers] / self._totals[numbers], 1.0)
        mentions = covered > _WHOLE
        for row in np.flatnonzero(mentions).tolist():
            mentions[row] = f" {' '.join(self._stems(numbers[row]))} " in text
        best = self._best_of_each_note(numbers, sums[numbers] * covered, mentions)
        numbers = numbers[best]
        notes = np.frombuffer(self._notes, np.int32)[numbers].astype(np.intp)
        return Named(notes, sums[numbers], covered[best], mentions[best], numbers.tolist(), self.text)

    def _holding(self, stem: str) -> tuple[float, Notes]:
        """Return the rarity of a word and the names that hold it; none where it is not known, or too common."""
        word = self._vocabulary.find(stem)
        if word < 0:
            return 0.0, np.empty(0, np.int32)
        start = self._posting_ends[word - 1] if word else 0
        return float(self._rarity[word]), self._postings[start : self._posting_ends[word]]

    def _stems(self, name: int) -> list[str]:
        words = self._words[self._word_ends[name] : self._word_ends[name + 1]]
        return [self._vocabulary[word] for word in words]

    def _best_of_each_note(self, numbers: Notes, fit: Values, mentions: NDArray[np.bool_]) -> Notes:
        """Return the rows of ``numbers`` that are the best name of their note, note by note."""
        notes = np.frombuffer(self._notes, np.int32)[numbers]
        order = np.lexsort((-fit, ~mentions, notes))
        return order[np.flatnonzero(np.diff(notes[order], prepend=-1))]


def _lots(names: Iterator[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Yield ``names`` some at a time."""
    while lot := list(itertools.islice(names, _AT_ONCE)):
        yield lot
