"""Vectors as the index stores them: turned, as 8-bit integers, and as two bits a number.

All are turned by the same rotation first: cosines stay, and what a vector says is spread evenly over its numbers,
so that coarse grids lose little of it (Gao & Long, RaBitQ, 2024).

Cosine does not see a vector's length, so for the 8-bit form each is stretched until its largest component is 127:
the finest grid that a byte allows (on 256 dimensions the cosine moves by less than .002).

A vector's stored form never depends on the vectors beside it: no step is left to a matrix library, whose rounding
follows the size of the batch.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    """Shape (dim,)."""

WORD = 64
"""Bits of a word of the two-bit form."""


class StoredVector(NamedTuple):
    """A vector as it is stored: ``dim`` signed bytes, and two planes of ``dim`` bits, filled up to whole words."""

    int8: bytes
    planes: bytes


def quantize(vectors: NDArray[Any]) -> list[StoredVector | None]:
    """Return the stored form of each row of ``vectors``; None for a row of zeros, which has no direction."""
    import numpy as np

    if not len(vectors):
        return []
    turned = turn(vectors)
    rows = _int8(turned)
    planes = np.concatenate(_planes(turned), axis=1)
    has_direction = np.abs(vectors).max(axis=1) > 0
    dim, width = rows.shape[1], planes.shape[1] * WORD // 8
    all_rows, all_planes = rows.tobytes(), planes.tobytes()
    return [
        StoredVector(all_rows[n * dim : (n + 1) * dim], all_planes[n * width : (n + 1) * width]) if known else None
        for n, known in enumerate(has_direction.tolist())
    ]


def turn(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """Return ``vectors``, one or a row each, turned by the rotation that all stored vectors had.

    Random signs and fast Walsh-Hadamard transforms of the first and of the last 2^k numbers, in turns (Ailon &
    Chazelle, 2009).
    """
    import numpy as np

    dim = vectors.shape[-1]
    size = 1 << (dim.bit_length() - 1)
    # One row a component: every step runs along all vectors.
    turned = np.array(vectors.reshape(-1, dim).T, np.float32, order="C")
    for signs, start in zip(_signs(dim), (0, dim - size), strict=True):
        turned *= signs[:, None]
        _walsh_hadamard(turned[start : start + size])
    return np.ascontiguousarray(turned.T).reshape(vectors.shape)


def turn_query(vector: Vector) -> Vector:
    """Return one vector turned, not to be changed: the parts of a search all ask for the same two."""
    import numpy as np

    return _turned(np.asarray(vector, np.float32).tobytes())


@functools.lru_cache(maxsize=4)
def _turned(vector: bytes) -> Vector:
    import numpy as np

    return turn(np.frombuffer(vector, np.float32))


def turn_back(turned: Vector) -> Vector:
    """Return the vector that ``turn`` made ``turned`` of: a Walsh-Hadamard transform undoes itself."""
    import numpy as np

    vector = np.array(turned, np.float32)[:, None]
    dim = len(vector)
    size = 1 << (dim.bit_length() - 1)
    for signs, start in reversed(list(zip(_signs(dim), (0, dim - size), strict=True))):
        _walsh_hadamard(vector[start : start + size])
        vector *= signs[:, None]
    return vector[:, 0]


def mean_direction(stored: Sequence[bytes]) -> Vector:
    """Return the mean of vectors in their 8-bit form, each of length 1, before they were turned."""
    import numpy as np

    rows = np.frombuffer(b"".join(stored), np.int8).reshape(len(stored), -1).astype(np.float32)
    return turn_back((rows / np.linalg.norm(rows, axis=1, keepdims=True)).mean(axis=0))


def without(mean: Vector, share: float, vector: Vector) -> Vector:
    """Return the direction of ``vector`` less that share of ``mean``."""
    import numpy as np

    rest = vector - np.float32(share) * mean
    return np.asarray(rest / np.linalg.norm(rest), np.float32)


def combined(vectors: Sequence[tuple[float, Vector]]) -> tuple[Vector, float]:
    """Return the direction of the sum of vectors, each times a number, and its length; no vector is no direction.

    The sum of the cosines of a vector to each, times these numbers, is the cosine to that direction times the length.
    """
    import numpy as np

    total = np.asarray(sum(np.float32(share) * vector for share, vector in vectors), np.float32)
    length = float(np.linalg.norm(total))
    return (total / np.float32(length) if length else total), length


def _walsh_hadamard(columns: NDArray[np.float32]) -> None:
    """Transform each column, whose length is a power of two, in place; lengths of vectors stay."""
    import numpy as np

    size, n = columns.shape
    half = 1
    while half < size:
        pairs = columns.reshape(size // (2 * half), 2, half * n)
        left, right = pairs[:, 0], pairs[:, 1]
        difference = left - right
        left += right
        right[...] = difference
        half *= 2
    columns *= np.float32(size**-0.5)


@functools.cache
def _signs(dim: int) -> NDArray[np.float32]:
    """Return two rows of random signs, the same ones always and everywhere."""
    import numpy as np

    noise = np.frombuffer(hashlib.shake_256(b"starlight").digest(2 * dim), np.uint8)
    return ((noise & 1).astype(np.float32) * 2 - 1).reshape(2, dim)


def quantize_query(vector: Vector) -> bytes | None:
    """Return the 8-bit form of a query's vector, to compare with stored ones; None where it has no direction."""
    import numpy as np

    if not np.abs(vector).max(initial=0.0) > 0:
        return None
    query: bytes = _int8(turn_query(vector)[None]).tobytes()
    return query


def cosines(vector: Vector, stored: Sequence[StoredVector]) -> list[float]:
    """Return the cosines of ``vector`` to ``stored`` ones by their 8-bit forms; none where it has no direction."""
    import numpy as np

    query = quantize_query(vector) if stored else None
    if query is None:
        return []
    wanted = np.frombuffer(query, np.int8).astype(np.float32)
    rows = np.frombuffer(b"".join(each.int8 for each in stored), np.int8).reshape(len(stored), -1).astype(np.float32)
    found: list[float] = (rows @ wanted / np.linalg.norm(rows, axis=1) / np.linalg.norm(wanted)).tolist()
    return found


_ALIKE = 0.97
"""Cosine from which two passages say the same, but for their titles and a few words."""


def alike(chunks: Sequence[int], stored: Mapping[int, bytes]) -> dict[int, int]:
    """Return those of ``chunks`` that say the same as ones before them, and how many these are.

    ``stored`` are vectors in their 8-bit form; what has none is like nothing.
    """
    import numpy as np

    known = _comparable(chunks, stored)
    if len(known) < 2:
        return {}
    before = np.tril(_between([stored[chunk] for chunk in known]) >= _ALIKE, -1).sum(axis=1)
    return {known[row]: int(before[row]) for row in np.flatnonzero(before)}


def neighbourly(scores: Mapping[int, float], stored: Mapping[int, bytes], n_neighbours: int) -> dict[int, float]:
    """Return for each chunk the mean score of the ``n_neighbours`` of ``scores`` that are nearest to it.

    The nearer, the more one counts.  ``stored`` are vectors in their 8-bit form; what has none is left out, as is
    everything where there are too few to choose from.
    """
    import numpy as np

    known = _comparable(scores, stored)
    if len(known) <= n_neighbours + 1:
        return {}
    near = _between([stored[chunk] for chunk in known])
    np.fill_diagonal(near, 0.0)
    least = np.partition(near, -n_neighbours, axis=1)[:, -n_neighbours, None]
    weights = np.where(near >= least, np.maximum(near, 0.0), 0.0) ** _STEEPNESS
    totals = weights.sum(axis=1)
    means = weights @ np.array([scores[chunk] for chunk in known]) / np.maximum(totals, 1e-9)
    return {chunk: float(mean) for chunk, mean, total in zip(known, means, totals, strict=True) if total > 0}


def nearest_pair(ones: Mapping[int, bytes], others: Mapping[int, bytes]) -> tuple[int, int] | None:
    """Return which of ``ones`` and which of ``others`` are nearest to each other, of vectors in their 8-bit form.

    None where one of them is empty.
    """
    import numpy as np

    if not ones or not others:
        return None
    near = _between([*ones.values(), *others.values()])[: len(ones), len(ones) :]
    row, column = divmod(int(np.argmax(near)), len(others))
    return list(ones)[row], list(others)[column]


_SMALL_PRODUCT = 262_144
"""Multiplications of a product of matrices up to which OpenBLAS needs no second thread (its ``interface/gemm.c``)."""
_STEEPNESS = 4
"""Power of the cosine by which a neighbour counts."""


def _comparable(chunks: Iterable[int], stored: Mapping[int, bytes]) -> list[int]:
    """Return those of ``chunks`` with a vector as long as the first one's: an open note may have another model's."""
    known = [chunk for chunk in chunks if chunk in stored]
    return [chunk for chunk in known if len(stored[chunk]) == len(stored[known[0]])]


def _between(stored: Sequence[bytes]) -> NDArray[np.float32]:
    """Return the cosines between all of ``stored``.

    Some rows by some at a time: products of so few numbers OpenBLAS makes on the thread that asks.  Of larger ones
    others make a part, which then spin for more; where their core is busy, they are waited for a thousand times as
    long as the product takes.
    """
    import numpy as np

    # Whole numbers until the end, which floats of 32 bits add up exactly: those of the same vectors are the same.
    rows = np.frombuffer(b"".join(stored), np.int8).reshape(len(stored), -1).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1)
    near = np.empty((len(rows), len(rows)), np.float32)
    side = max(math.isqrt(_SMALL_PRODUCT // rows.shape[1]), 1)
    parts = [slice(start, start + side) for start in range(0, len(rows), side)]
    for some, others in itertools.product(parts, parts):
        np.matmul(rows[some], rows[others].T, out=near[some, others])
    near /= np.outer(lengths, lengths)
    return near


def _int8(turned: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    peaks = np.abs(turned).max(axis=1, keepdims=True)
    return np.rint(turned * (127 / np.where(peaks == 0, 1, peaks))).astype(np.int8)


def _planes(turned: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the high and the low bits of the two-bit form, shape (n, words) of uint64 each.

    A uniform grid of four levels, -3, -1, 1 and 3 half steps; one standard deviation is the step with the least
    error for numbers that are distributed normally (Max, 1960), as turned ones nearly are.
    """
    import numpy as np

    dim = turned.shape[1]
    step = np.linalg.norm(turned, axis=1, keepdims=True) / dim**0.5
    levels = np.clip(np.floor(turned / np.where(step == 0, 1, step)) + 2, 0, 3).astype(np.uint8)
    return pack(levels >> 1), pack(levels & 1)


def pack(bits: NDArray[Any]) -> NDArray[Any]:
    """Return rows of bits as rows of 64-bit words, the last one filled up with zeros."""
    import numpy as np

    dim = bits.shape[1]
    padded = np.zeros((len(bits), -(-dim // WORD) * WORD), np.uint8)
    padded[:, :dim] = bits
    return np.packbits(padded, axis=1, bitorder="little").view("<u8")
