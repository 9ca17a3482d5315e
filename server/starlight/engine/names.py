"""The names of all notes, looked up by their words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlight.engine.link_graph import Entry
from starlight.notes.fuzzy import fold
from starlight.notes.links import without_ending

_MAX_POSTINGS = 250
"""A word that more names hold tells none of them from another."""

Split = Callable[[Sequence[str]], list[tuple[str, ...]]]
"""Gives the stems of each of some texts."""


@dataclass(frozen=True, slots=True)
class Named:
    """How well the name of a note fits a text."""

    weight: float
    """Of its words in the text, the rare and near ones more."""
    covered: float
    """The share of the name that is there."""
    name: str
    is_mention: bool
    """Whether the name stands there literally."""


class Names:
    """An index of words over names; immutable."""

    def __init__(self, entries: Iterable[Entry], split: Split) -> None:
        self._names = [(entry.path, name) for entry in entries for name in entry.names]
        self._folded: list[tuple[str, str, str]] | None = None
        self._stems = split([name for _, name in self._names])
        self._postings: dict[str, list[int]] = {}
        for number, stems in enumerate(self._stems):
            for stem in set(stems):
                self._postings.setdefault(stem, []).append(number)
        n = len(self._names) or 1
        self._rarity = {stem: math.log(1 + n / len(found)) for stem, found in self._postings.items()}
        self._totals = [sum(self._rarity[stem] for stem in set(stems)) or 1.0 for stems in self._stems]

    def folded(self) -> Iterable[tuple[str, str, str]]:
        """Yield each name with its path and in the form that names are compared in."""
        if self._folded is None:
            self._folded = [(path, name, fold(name)) for path, name in self._names]
        return self._folded

    def paths(self) -> Iterator[tuple[str, str, str]]:
        """Yield each note's path and title, and the path as ``folded`` has names."""
        for path, title in dict(reversed(self._names)).items():
            yield path, title, fold(without_ending(path))

    def find(self, weights: Mapping[str, float], text: str) -> dict[str, Named]:
        """Return the notes with a name that holds any of the stems in ``weights``, by path.

        ``text`` is all the stems of the text in order, with a space around each.
        """
        sums: dict[int, float] = {}
        present: dict[int, float] = {}
        for stem, weight in weights.items():
            numbers = self._postings.get(stem, ())
            if len(numbers) > _MAX_POSTINGS:
                continue
            rarity = self._rarity.get(stem, 0.0)
            for number in numbers:
                sums[number] = sums.get(number, 0.0) + weight * rarity
                present[number] = present.get(number, 0.0) + rarity
        found: dict[str, Named] = {}
        for number, weight in sums.items():
            path, name = self._names[number]
            covered = min(present[number] / self._totals[number], 1.0)
            is_mention = covered > 0.999 and f" {' '.join(self._stems[number])} " in text
            known = found.get(path)
            if known is None or (is_mention, weight * covered) > (known.is_mention, known.weight * known.covered):
                found[path] = Named(weight, covered, name, is_mention)
        return found
