"""Cells of vectors: the centres that they are sorted by, and those in which each looks for neighbours."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEW = 2_000
"""Notes up to which all are in one cell."""
_CELLS = 1_024
"""Cells at most; else as many as the root of the number of notes."""
_PROBES = 16
"""Cells in which a note looks for neighbours."""
_ROUNDS = 8
_BLOCK = 4_096
"""Vectors that are looked at together: what they take in memory is bounded."""
_EXACT = 1 << 24
"""Integers up to which 32-bit floating point has each."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The centres of the cells.  Kept while the notes are about as many."""

    n_notes: int
    """Of which it was learnt."""
    centres: NDArray[np.int8]
    """Shape (cells, dim)."""

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return int(self.centres.shape[1])

    def fits(self, n_notes: int) -> bool:
        """Whether so many notes need no other one."""
        if min(n_notes, self.n_notes) <= _FEW:
            return max(n_notes, self.n_notes) <= _FEW
        return self.n_notes / 2 <= n_notes <= 2 * self.n_notes


def learn_frame(sample: NDArray[np.float32], n_notes: int) -> Generator[float, None, Frame]:
    """Learn the frame of ``n_notes`` notes, of which ``sample`` are vectors, in short steps.

    By spherical k-means (Dhillon & Modha, 2001), from centres that are spread over the sample.
    """
    import numpy as np

    placed = sample[np.abs(sample).max(axis=1, initial=0) > 0]
    if n_notes <= _FEW or not len(placed):
        return Frame(n_notes, np.zeros((1, sample.shape[1]), np.int8))
    placed /= np.linalg.norm(placed, axis=1, keepdims=True)
    n_cells = min(int(n_notes**0.5), _CELLS, len(placed))
    centres = placed[np.linspace(0, len(placed) - 1, n_cells).astype(np.intp)]
    for _ in range(_ROUNDS):
        cells = (placed @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, cells, placed)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.where(lengths == 0, 1, lengths), centres)
        yield 0.0
    return Frame(n_notes, integers(centres))


def integers(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return directions as 8-bit integers; zeros stay."""
    import numpy as np

    peaks = np.abs(vectors).max(axis=1, initial=0, keepdims=True)
    return np.rint(vectors * (127 / np.where(peaks == 0, 1, peaks))).astype(np.int8)


def cells_of(vectors: NDArray[np.int8], centres: NDArray[np.int8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return for each vector the cell that it lies in, and those in which it looks for neighbours."""
    import numpy as np

    n, n_cells = len(vectors), len(centres)
    n_probes = min(_PROBES, n_cells)
    if n_cells == 1:
        return np.zeros(n, np.int32), np.zeros((n, 1), np.int32)
    kind = exact(vectors.shape[1])
    lengths = np.sqrt(np.maximum(np.einsum("ij,ij->i", centres, centres, dtype=np.int64), 1))
    cells, probes = np.empty(n, np.int32), np.empty((n, n_probes), np.int32)
    for start in range(0, n, _BLOCK):
        products = (vectors[start : start + _BLOCK].astype(kind) @ centres.astype(kind).T) / lengths
        cells[start : start + _BLOCK] = products.argmax(axis=1)
        best = np.argpartition(-products, n_probes - 1, axis=1)[:, :n_probes]
        probes[start : start + _BLOCK] = np.sort(best, axis=1)
    return cells, probes


def groups(cells: NDArray[np.int32], rows: NDArray[np.intp], n_cells: int) -> list[NDArray[np.intp]]:
    """Return those of ``rows`` that are in each cell, in ascending order; a row of ``cells`` may have several."""
    import numpy as np

    flat = cells[rows].ravel()
    repeated = np.repeat(rows, cells.shape[1] if cells.ndim > 1 else 1)
    order = np.argsort(flat, kind="stable")
    ends = np.searchsorted(flat[order], np.arange(n_cells + 1))
    return [repeated[order[ends[cell] : ends[cell + 1]]] for cell in range(n_cells)]


def exact(dim: int) -> type[np.float32 | np.float64]:
    """Return the numbers in which products of vectors of 8-bit integers are summed without rounding."""
    import numpy as np

    return np.float32 if dim * 127 * 127 < _EXACT else np.float64
