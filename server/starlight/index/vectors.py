"""Vectors as the index stores them: 8-bit integers, one scale a vector.

Cosine does not see a vector's length, so each is stretched until its largest component is 127: the finest grid
that a byte allows (on 256 dimensions the cosine moves by less than .002).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def quantize(vectors: NDArray[Any]) -> list[bytes | None]:
    """Return the int8 bytes of each row of ``vectors``; None for a row of zeros, which has no direction."""
    import numpy as np

    if not len(vectors):
        return []
    peaks = np.abs(vectors).max(axis=1, keepdims=True)
    rows = np.rint(vectors * (127 / np.where(peaks == 0, 1, peaks))).astype(np.int8)
    return [row.tobytes() if peak > 0 else None for row, peak in zip(rows, peaks[:, 0], strict=True)]
