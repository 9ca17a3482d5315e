"""How far neighbours on a plane are neighbours in meaning, too: trustworthiness (Venna & Kaski, 2001)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 512


def trustworthiness(
    unit: NDArray[np.float32], places: NDArray[np.float64], chosen: NDArray[np.intp], k: int = 10
) -> float:
    """Return from 0 to 1 how few of the ``k`` nearest of each ``chosen`` note on the plane are far in meaning.

    ``unit`` are vectors of length 1; what is meant by near is their cosine.
    """
    n = len(unit)
    wrong = 0
    for start in range(0, len(chosen), _BLOCK):
        rows = chosen[start : start + _BLOCK]
        apart = -(unit[rows] @ unit.T)
        apart[np.arange(len(rows)), rows] = -np.inf
        order = np.argsort(apart, axis=1, kind="stable")
        ranks = np.empty(order.shape, np.int64)
        np.put_along_axis(ranks, order, np.broadcast_to(np.arange(n), order.shape), axis=1)
        on_plane = ((places[rows, None] - places[None]) ** 2).sum(axis=2)
        on_plane[np.arange(len(rows)), rows] = np.inf
        nearest = np.argpartition(on_plane, k, axis=1)[:, :k]
        wrong += int(np.maximum(np.take_along_axis(ranks, nearest, axis=1) - k, 0).sum())
    return 1 - 2 / (len(chosen) * k * (2 * n - 3 * k - 1)) * wrong
