"""Places for notes on a plane, such that notes that are near in meaning lie near each other.

By t-SNE (van der Maaten & Hinton, 2008) over the nearest neighbours of each note, all of which attract alike (Böhm,
Berens & Kobak, 2022).  All notes repel each other: by a grid and Fourier transforms, in a time that grows with the
notes and not with their pairs (Linderman et al., 2019).  It begins with the two directions in which the vectors differ
most, so that what is far apart has a meaning, too (Kobak & Berens, 2019), and draws no random number: the same notes
get the same places.

Notes with a place keep it: new ones are put among them, and move alone (Poličar, Stražar & Zupan, 2023).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KeepGoing = Callable[[float], bool]
"""Is told which share is done, and says whether to go on."""

_NEAREST = 10
"""Neighbours that attract a note; of few notes a quarter of them, as all of them would hold each other alike."""
_FEW = 12
"""Notes up to which the two directions are all that is needed."""
_EARLY, _LATE, _AMONG = 120, 280, 100
"""Steps with much attraction, in which groups find their place; with little, in which notes do; of new notes alone."""
_MUCH, _LITTLE = 12.0, 1.5
"""How many times the attraction counts that t-SNE has by itself."""
_CELL = 0.5
"""Width of a cell of the grid; the force between two notes is strongest at a distance of about 0.6."""
_MOST_CELLS = 320
"""Cells along one side of the grid: beyond that they are wider."""
_CELLS_STEP = 32
_APART = 0.01
_FURTHEST = 5.0
"""What a note moves in one step at most."""
_BLOCK = 1_024
"""Notes that are compared with all others at once."""


class Attraction(NamedTuple):
    """Pairs of notes that attract each other, each in both directions, and how strongly; their sum is 1."""

    sources: NDArray[np.intp]
    targets: NDArray[np.intp]
    weights: Floats


def project(
    vectors: NDArray[Any],
    neighbours: NDArray[Any],
    before: Floats | None = None,
    keep_going: KeepGoing = lambda _share: True,
) -> Floats | None:
    """Return a place for each note, shape (n, 2); None where ``keep_going`` says to stop.

    ``vectors`` has a row a note that is not all zeros, ``neighbours`` the rows of those nearest to each, with -1 behind
    the last one.  ``before`` are places that notes had, NaN for none: with it, where only a part has none, only that
    part moves; where all have one, all move from there.
    """
    import numpy as np

    n = len(vectors)
    if n == 0:
        return np.empty((0, 2))
    unit = _directions(vectors)
    if n <= _FEW:
        return 1e4 * _beginning(unit) + _spiral(n, 0.02)
    attraction = attracted(filled(unit, neighbours))
    if before is None or np.isnan(before).all():
        places = _moved(_beginning(unit), attraction, np.ones(n, np.bool_), _plan(whole=True), keep_going)
        return None if places is None else _broad(places)
    new = np.isnan(before[:, 0])
    if not new.any():
        return _moved(before.copy(), attraction, ~new, _plan(whole=False), keep_going)
    return _moved(_among(before, attraction, new), attraction, new, _plan(whole=False), keep_going)


def _broad(places: Floats) -> Floats:
    """Return the places turned such that they are broader than high, as screens are."""
    import numpy as np

    places = places - places.mean(axis=0)
    _, directions = np.linalg.eigh(places.T @ places)
    along = directions[:, 1] * (1 if directions[0, 1] >= 0 else -1)
    return np.asarray(places @ np.array([[along[0], -along[1]], [along[1], along[0]]]))


def among(vectors: NDArray[Any], neighbours: NDArray[Any], before: Floats) -> Floats:
    """Return the places ``before``, and in the middle of its neighbours' each note that has none; see ``project``."""
    import numpy as np

    unit = _directions(vectors)
    return _among(before, attracted(filled(unit, neighbours)), np.isnan(before[:, 0]))


def _directions(vectors: NDArray[Any]) -> NDArray[np.float32]:
    import numpy as np

    unit = vectors.astype(np.float32)
    return np.asarray(unit / np.linalg.norm(unit, axis=1, keepdims=True))


def filled(unit: NDArray[np.float32], neighbours: NDArray[Any]) -> NDArray[np.intp]:
    """Return the nearest neighbours of each note: those that are given, and where they are too few, found anew."""
    import numpy as np

    n = len(unit)
    k = min(_NEAREST, max(1, (n - 1) // 4))
    found = np.full((n, k), -1, np.intp)
    given = neighbours[:, :k]
    found[:, : given.shape[1]] = given
    few = np.flatnonzero((found < 0).any(axis=1))
    for start in range(0, len(few), _BLOCK):
        rows = few[start : start + _BLOCK]
        near = unit[rows] @ unit.T
        near[np.arange(len(rows)), rows] = -np.inf
        found[rows] = np.sort(np.argpartition(-near, k - 1, axis=1)[:, :k], axis=1)
    return found


def attracted(neighbours: NDArray[np.intp]) -> Attraction:
    """Return the pairs of notes of which one is a neighbour of the other; both ways counts twice."""
    import numpy as np

    n, k = neighbours.shape
    sources = np.repeat(np.arange(n), k)
    targets = neighbours.ravel()
    codes = np.concatenate([sources * n + targets, targets * n + sources])
    pairs, counts = np.unique(codes, return_counts=True)
    return Attraction(pairs // n, pairs % n, counts / counts.sum())


def _beginning(unit: NDArray[np.float32]) -> Floats:
    """Return the two principal components, small, each turned so that its largest part is positive."""
    import numpy as np

    centred = unit - unit.mean(axis=0)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = directions[:, -1:-3:-1]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    places = centred.astype(np.float64) @ axes
    places /= max(float(places[:, 0].std()), 1e-12) * 1e4
    return np.asarray(places + _spiral(len(unit), 1e-7))


def _among(before: Floats, attraction: Attraction, new: NDArray[np.bool_]) -> Floats:
    """Return the places of before, with new notes in the middle of the neighbours that have one."""
    import numpy as np

    n = len(before)
    sources, targets, weights = attraction
    there = ~new[targets]
    totals = np.bincount(sources[there], weights[there], n)
    places = np.where(new[:, None], 0.0, before)
    middle = before[~new].mean(axis=0)
    for axis in (0, 1):
        sums = np.bincount(sources[there], weights[there] * before[targets[there], axis], n)
        mean = np.where(totals > 0, sums / np.where(totals > 0, totals, 1), middle[axis])
        places[new, axis] = mean[new]
    places[new] += _spiral(int(new.sum()), _APART)
    return places


def _spiral(n: int, width: float) -> Floats:
    """Return places that are all different, so that two notes that say the same do not lie on each other."""
    import numpy as np

    angles = np.arange(n) * math.pi * (3 - 5**0.5)
    radii = width * np.sqrt(np.arange(n) + 0.5) / max(n, 1) ** 0.5
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def _plan(*, whole: bool) -> list[tuple[int, float, float]]:
    """Return how many steps there are of each kind, how much attraction counts in them, and what of a move stays."""
    return [(_EARLY, _MUCH, 0.5), (_LATE, _LITTLE, 0.8)] if whole else [(_AMONG, _LITTLE, 0.5)]


def _moved(
    places: Floats,
    attraction: Attraction,
    moving: NDArray[np.bool_],
    plan: list[tuple[int, float, float]],
    keep_going: KeepGoing,
) -> Floats | None:
    """Move those that are ``moving`` down the gradient, with a momentum and a rate for each (Jacobs, 1988)."""
    import numpy as np

    n = len(places)
    moves, gains = np.zeros_like(places), np.ones_like(places)
    total, done = sum(steps for steps, _, _ in plan), 0
    for steps, exaggeration, momentum in plan:
        # Those that have come to lie on each other would never part again.
        places = np.where(moving[:, None], places + _spiral(n, _APART), places)
        rate = n / exaggeration / 4  # then no note overtakes its neighbours (Belkina et al., 2019)
        for _ in range(steps):
            gradient = 4 * (exaggeration * _pull(places, attraction) - _push(places))
            gradient[~moving] = 0
            same = np.sign(gradient) == np.sign(moves)
            gains = np.maximum(np.where(same, gains * 0.8, gains + 0.2), 0.01)
            moves = momentum * moves - rate * gains * gradient
            lengths = np.linalg.norm(moves, axis=1, keepdims=True)
            moves *= np.minimum(1, _FURTHEST / np.maximum(lengths, 1e-12))
            places = places + moves
            done += 1
            if not keep_going(done / total):
                return None
    return places


def _pull(places: Floats, attraction: Attraction) -> Floats:
    import numpy as np

    n = len(places)
    sources, targets, weights = attraction
    apart = places[sources] - places[targets]
    strength = weights / (1 + (apart * apart).sum(axis=1))
    return np.stack([np.bincount(sources, strength * apart[:, axis], n) for axis in (0, 1)], axis=1)


def _push(places: Floats) -> Floats:
    """Return what all others together push each note away with; of them there is as much as of attraction.

    Each note is spread over the four corners of its cell, and takes what arrives at them by the same shares.
    """
    import numpy as np

    low = places.min(axis=0)
    span = float((places.max(axis=0) - low).max())
    cell = max(_CELL, span / (_MOST_CELLS - 2))
    if cell > _CELL:  # in steps, so that what is made for one width is used for many
        cell = _CELL * 1.05 ** math.ceil(math.log(cell / _CELL, 1.05))
    size = _CELLS_STEP * math.ceil((span / cell + 2) / _CELLS_STEP)
    at = (places - low) / cell
    corner = np.floor(at).astype(np.intp)
    part = at - corner
    corners = [(corner[:, 0] + x) * size + corner[:, 1] + y for x in (0, 1) for y in (0, 1)]
    x, y = part[:, 0], part[:, 1]
    shares = [(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y]
    charges = np.zeros(size * size)
    for place, share in zip(corners, shares, strict=True):
        charges += np.bincount(place, share, size * size)
    spread = np.fft.rfft2(charges.reshape(size, size), (2 * size, 2 * size))
    arrived = []
    for kernel in _kernels(size, cell):
        field = np.fft.irfft2(spread * kernel, (2 * size, 2 * size))[:size, :size].ravel()
        arrived.append(sum(share * field[place] for place, share in zip(corners, shares, strict=True)))
    alike, along_x, along_y = arrived
    total = max(float(alike.sum()) - len(places), 1e-12)
    return np.stack([along_x, along_y], axis=1) / total


@functools.lru_cache(4)
def _kernels(size: int, cell: float) -> tuple[Any, Any, Any]:
    """Return the transforms of what a note does to a place: how alike they are, and the force along both axes."""
    import numpy as np

    steps = np.arange(2 * size)
    apart = np.where(steps < size, steps, steps - 2 * size) * cell
    x, y = apart[:, None], apart[None, :]
    alike = 1 / (1 + x * x + y * y)
    force = alike * alike
    return np.fft.rfft2(alike), np.fft.rfft2(x * force), np.fft.rfft2(y * force)
