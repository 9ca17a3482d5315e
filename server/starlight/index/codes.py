"""The two-bit codes of all vectors of an index, in memory: a fast scan that finds the few worth a close look.

A million vectors of 256 numbers take 64 MB.  The scan has two steps, both by counting bits in whole columns:
Hamming distance over the high bits (the signs) keeps a tenth, and the two-bit inner product with a query of four
bits a number orders those.  Whoever asks re-scores what it gets by the stored 8-bit vectors.
``docs/decisions/0002-vectors.md`` has the alternatives and what they measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from starlight.index.vectors import WORD, pack, turn_query

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from starlight.index.vectors import Vector

_BLOCK = 65_536
"""Vectors that are scanned at once: their columns fit a processor's cache."""
_FIRST_SHARE = 10
"""One in so many passes the first step."""
_FIRST_LEAST = 20_000
"""So many pass the first step at least: for a small index it would only cost."""
_QUERY_BITS = 4


class Codes:
    """Codes by chunk id.  Grows at its end; what is deleted is left out by whoever re-scores."""

    def __init__(self, dim: int) -> None:
        self._dim = dim
        self._n_words = -(-dim // WORD)
        self._n = 0
        self._ids: NDArray[np.uint32] = np.empty(0, np.uint32)
        # Column by column: word w of every vector's high bits is one row here, which counting bits runs along.
        self._high: NDArray[np.uint64] = np.empty((self._n_words, 0), np.uint64)
        self._low: NDArray[np.uint64] = np.empty((self._n_words, 0), np.uint64)

    def __len__(self) -> int:
        return self._n

    def reserve(self, n: int) -> None:
        """Make room for ``n`` codes in all."""
        if n <= len(self._ids):
            return
        ids, high, low = self._ids, self._high, self._low
        self._ids = np.empty(n, np.uint32)
        self._high, self._low = np.empty((self._n_words, n), np.uint64), np.empty((self._n_words, n), np.uint64)
        self._ids[: self._n] = ids[: self._n]
        self._high[:, : self._n], self._low[:, : self._n] = high[:, : self._n], low[:, : self._n]

    def extend(self, ids: bytes, planes: bytes) -> None:
        """Add the codes of chunks: ids as 32-bit integers, planes as ``vectors.quantize`` gives them."""
        rows = np.frombuffer(planes, "<u8").reshape(-1, 2 * self._n_words)
        end = self._n + len(rows)
        if end > len(self._ids):
            self.reserve(max(end, self._n + self._n // 4 + 1_024))
        self._ids[self._n : end] = np.frombuffer(ids, "<u4")
        self._high[:, self._n : end] = rows[:, : self._n_words].T
        self._low[:, self._n : end] = rows[:, self._n_words :].T
        self._n = end

    def nearest(self, vector: Vector, limit: int, allowed: Sequence[int] | None = None) -> list[int]:
        """Return the ids of about ``limit`` codes nearest to ``vector``, in no order; of ``allowed`` ids alone."""
        turned = turn_query(vector)
        first = self._first_step(turned, max(_FIRST_LEAST, self._n // _FIRST_SHARE, limit), allowed)
        if len(first) > limit:
            scores = self._scores(turned, first)
            first = first[np.argpartition(-scores, limit)[:limit]]
        found: list[int] = self._ids[first].tolist()
        return found

    def _first_step(self, turned: Vector, limit: int, allowed: Sequence[int] | None) -> NDArray[np.intp]:
        """Return the positions of at least ``limit`` codes with the fewest signs that differ from the query's."""
        positions = None if allowed is None else self._positions(allowed)
        if positions is not None and len(positions) <= limit:
            return positions
        if self._n <= limit:
            return np.arange(self._n)
        query = pack((turned >= 0)[None])[0]
        distances = np.empty(self._n, np.uint16)
        for start in range(0, self._n, _BLOCK):
            end = min(start + _BLOCK, self._n)
            distances[start:end] = _count(self._high[:, start:end], query, np.bitwise_xor)
        if positions is not None:
            distances = distances[positions]
        reached = np.bincount(distances, minlength=self._dim + 1).cumsum()
        near = np.flatnonzero(distances <= np.searchsorted(reached, limit))
        return near if positions is None else positions[near]

    def _positions(self, allowed: Sequence[int]) -> NDArray[np.intp]:
        """Return the positions of the codes with one of the ids ``allowed``."""
        ids = self._ids[: self._n]
        known = np.zeros(int(ids.max(initial=0)) + 1, np.bool_)
        wanted = np.asarray(allowed, np.uint32)
        known[wanted[wanted < len(known)]] = True
        return np.flatnonzero(known[ids])

    def _scores(self, turned: Vector, positions: NDArray[np.intp]) -> NDArray[np.int32]:
        """Return the inner products of the query, in whole numbers of ``_QUERY_BITS`` bits, with two-bit codes.

        A code stands for 2 · (2 · high + low) - 3; the constant is the same for all, and left out.
        """
        largest = 2 ** (_QUERY_BITS - 1) - 1
        peak = np.abs(turned).max() or 1.0
        query = np.rint(turned * (largest / peak)).astype(np.int8)
        # Two's complement: the highest bit counts negative.
        weights = [1 << bit for bit in range(_QUERY_BITS - 1)] + [-(1 << (_QUERY_BITS - 1))]
        scores = np.zeros(len(positions), np.int32)
        high, low = np.take(self._high, positions, axis=1), np.take(self._low, positions, axis=1)
        for bit, weight in enumerate(weights):
            plane = pack(((query >> bit) & 1)[None])[0]
            n_bits = 2 * _count(high, plane, np.bitwise_and) + _count(low, plane, np.bitwise_and)
            scores += weight * n_bits.astype(np.int32)
        return scores


def joined(blocks: Iterable[tuple[bytes, bytes]], alive: Sequence[int], size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the codes of ``blocks``, each ids and planes, in blocks of about ``size``: those of ``alive`` ids only.

    ``alive`` is in ascending order.
    """
    wanted = np.append(np.asarray(alive, np.uint32), np.uint32(0))  # no chunk has the number 0
    parts: list[tuple[NDArray[np.uint32], NDArray[np.uint8]]] = []
    for ids, planes in blocks:
        numbers = np.frombuffer(ids, "<u4")
        kept = wanted[np.searchsorted(wanted[:-1], numbers)] == numbers
        parts.append((numbers[kept], np.frombuffer(planes, np.uint8).reshape(len(numbers), -1)[kept]))
        if sum(len(numbers) for numbers, _ in parts) >= size:
            yield _joined(parts)
            parts = []
    if parts:
        yield _joined(parts)


def _joined(parts: Sequence[tuple[NDArray[np.uint32], NDArray[np.uint8]]]) -> tuple[bytes, bytes]:
    return b"".join(ids.tobytes() for ids, _ in parts), b"".join(planes.tobytes() for _, planes in parts)


def _count(columns: NDArray[np.uint64], query: NDArray[np.uint64], operation: Any) -> NDArray[np.uint16]:  # noqa: ANN401
    """Return, for each code, how many bits are left after ``operation`` with the query."""
    n = columns.shape[1]
    counts = np.zeros(n, np.uint16)
    words, bits = np.empty(n, np.uint64), np.empty(n, np.uint8)
    for column, word in zip(columns, query, strict=True):
        operation(column, word, out=words)
        np.bitwise_count(words, out=bits)
        np.add(counts, bits, out=counts)
    return counts
