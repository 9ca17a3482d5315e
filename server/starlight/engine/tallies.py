"""Values of notes, in arrays: which notes, by their numbers in ``LinkGraph.paths``, and how much for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Notes = NDArray[np.intp]
    Values = NDArray[np.float64]


class Tally(NamedTuple):
    """Some notes, each once, and a value for each."""

    notes: Notes
    values: Values

    def best(self, limit: int) -> Notes:
        """Return the ``limit`` notes with the highest values; of equal ones those that come first."""
        if len(self.notes) <= limit:
            return self.notes
        return self.notes[np.argsort(-self.values, kind="stable")[:limit]]

    def over(self, notes: Notes, n: int) -> Values:
        """Return the values of ``notes``, 0 for those that are not among these; there are ``n`` notes in all."""
        values = np.zeros(n)
        values[self.notes] = self.values
        return values[notes]


def given(values: Mapping[int, float]) -> Tally:
    """Return ``values``, by note."""
    return Tally(np.array(list(values), np.intp), np.array(list(values.values()), np.float64))
