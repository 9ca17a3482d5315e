"""What the titles of notes mean: vectors that are made when they are first needed, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from starlight.index.vectors import quantize, quantize_query
from starlight.models.embedder import Embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from starlight.engine.tallies import Notes, Values
    from starlight.index.vectors import Vector

_BATCH = 256
"""Titles that are embedded together."""


class Titles:
    """The vectors of titles in their 8-bit form, each in a row of one array."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._places: dict[str, int] = {}
        """The row of each title; the first for all without a known word."""
        self._rows: NDArray[np.int8] = np.zeros((1, embedder.dim), np.int8)
        self._norms: NDArray[np.float32] = np.ones(1, np.float32)
        self._n = 1

    def prepare(self, titles: Iterable[str]) -> None:
        """Make the vectors of those of ``titles`` that have none yet."""
        missing = list(dict.fromkeys(title for title in titles if title not in self._places))
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            made = quantize(self._embedder.embed(batch))
            known = [(title, stored.int8) for title, stored in zip(batch, made, strict=True) if stored]
            self._places.update(dict.fromkeys(batch, 0))
            self._places.update((title, self._n + row) for row, (title, _) in enumerate(known))
            self._extend([vector for _, vector in known])

    def rows(self, titles: Sequence[str]) -> Notes:
        """Return the rows of ``titles``, for ``cosines``."""
        self.prepare(titles)
        return np.array([self._places[title] for title in titles], np.intp)

    def cosines(self, vector: Vector, rows: Notes) -> Values:
        """Return how near the titles of ``rows`` are in meaning to ``vector``, at least 0."""
        query = quantize_query(vector)
        if query is None:
            return np.zeros(len(rows))
        wanted = np.frombuffer(query, np.int8).astype(np.float32)
        near = self._rows[rows].astype(np.float32) @ wanted / self._norms[rows] / np.linalg.norm(wanted)
        found: Values = np.maximum(near, 0.0).astype(np.float64)
        return found

    def _extend(self, vectors: Sequence[bytes]) -> None:
        end = self._n + len(vectors)
        if end > len(self._rows):
            size = max(end, len(self._rows) + len(self._rows) // 4)
            room = np.zeros((size - len(self._rows), self._rows.shape[1]), np.int8)
            self._rows = np.concatenate((self._rows, room))
            self._norms = np.concatenate((self._norms, np.ones(len(room), np.float32)))
        if vectors:
            new = np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1)
            self._rows[self._n : end] = new
            self._norms[self._n : end] = np.linalg.norm(new.astype(np.float32), axis=1)
        self._n = end
