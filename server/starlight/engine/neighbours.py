"""Which notes are nearest to which in meaning: a list for each note, made cell by cell and brought up to date.

A note's vector is the mean direction of its passages, as 8-bit integers.  Notes are sorted into cells by the centre
that is nearest to each, and each looks for neighbours in the few cells that are nearest to it (an inverted file; Jégou,
Douze & Schmid, 2011): never are all pairs compared, save where notes are few.

Products of 8-bit integers are summed without rounding, and of equally near notes the first by path goes first.  So a
list depends on the notes alone, and not on the order in which they came: brought up to date it is what it would be
made anew with the same centres.
"""

from __future__ import annotations

import bisect
import io
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlight.engine.cells import Frame, cells_of, exact, groups, integers, learn_frame
from starlight.private import write_private

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

LENGTH = 10
"""Neighbours of each note that are kept."""
LEAST = 0.5
"""Cosine below which notes are no neighbours: there one pair in thirty is linked, above it one in nine."""
_SAMPLE = 16_384
"""Notes that the centres are learnt from."""
_BLOCK = 4_096
"""Notes that are looked at together: what they take in memory is bounded."""
_GRID = 1 << 20
"""Steps of a cosine: nearer together, two notes are equally near."""


class NeighboursLost(Exception):
    """The file cannot be used; it is made again."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The lists of all notes, which are in the order of their paths.  A note without a vector has no neighbours."""

    paths: tuple[str, ...]
    hashes: NDArray[np.uint8]
    """Shape (notes, 16): of their content when the vectors were taken."""
    vectors: NDArray[np.int8]
    """Shape (notes, dim); zeros for a note without one."""
    rows: NDArray[np.int32]
    """Shape (notes, LENGTH): the nearest first, -1 for none."""
    near: NDArray[np.int32]
    """Shape (notes, LENGTH): the cosines, times ``_GRID``."""
    frame: Frame

    def cosine(self, row: int, place: int) -> float:
        """Return the cosine of the note at ``row`` to the one at that ``place`` of its list."""
        return int(self.near[row, place]) / _GRID

    def mutual_of(self, path: str) -> dict[str, float]:
        """Return the notes that the one at ``path`` has in its list, and that have it in theirs, with their cosines."""
        row = bisect.bisect_left(self.paths, path)
        if row == len(self.paths) or self.paths[row] != path:
            return {}
        listed = [(place, int(other)) for place, other in enumerate(self.rows[row]) if other >= 0]
        return {self.paths[other]: self.cosine(row, place) for place, other in listed if row in self.rows[other]}

    def mutual(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """Return the pairs of notes that have each other in their lists, each once, and their cosines."""
        import numpy as np

        n, length = self.rows.shape
        sources = np.repeat(np.arange(n, dtype=np.int64), length)
        targets = self.rows.ravel().astype(np.int64)
        there = targets >= 0
        sources, targets, near = sources[there], targets[there], self.near.ravel()[there]
        ascending = sources < targets
        back = np.sort(targets[~ascending] * n + sources[~ascending])
        codes = sources[ascending] * n + targets[ascending]
        found = np.searchsorted(back, codes)
        found[found == len(back)] = 0
        both = back[found] == codes if len(back) else np.zeros(len(codes), np.bool_)
        pairs = codes[both]
        cosines = (near[ascending][both] / _GRID).astype(np.float32)
        return (pairs // max(n, 1)).astype(np.int32), (pairs % max(n, 1)).astype(np.int32), cosines

    def save(self, path: Path) -> None:
        """Write all of it: whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        import numpy as np

        file = io.BytesIO()
        about = {"paths": self.paths, "n_notes": self.frame.n_notes}
        np.savez(
            file,
            about=np.frombuffer(json.dumps(about).encode(), np.uint8),
            hashes=self.hashes,
            vectors=self.vectors,
            rows=self.rows,
            near=self.near,
            centres=self.frame.centres,
        )
        write_private(path, file.getvalue())

    @classmethod
    def load(cls, path: Path) -> Neighbours:
        """Return what ``save`` wrote.

        Raises:
            NeighboursLost: there is none, or it cannot be used.
        """
        import numpy as np

        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                frame = Frame(int(about["n_notes"]), file["centres"])
                paths = tuple(map(str, about["paths"]))
                found = cls(paths, file["hashes"], file["vectors"], file["rows"], file["near"], frame)
                if not found._is_sound():
                    raise ValueError("its parts do not fit together")
        except Exception as error:  # what damage does to such a file shows in many ways
            raise NeighboursLost(f"{path}: {error}") from error
        return found

    def _is_sound(self) -> bool:
        n, dim = len(self.paths), self.frame.dim
        shapes = (self.hashes.shape, self.vectors.shape, self.rows.shape, self.near.shape)
        in_order = all(one < other for one, other in zip(self.paths, self.paths[1:], strict=False))
        return (
            shapes == ((n, 16), (n, dim), (n, LENGTH), (n, LENGTH))
            and in_order
            and (n == 0 or -1 <= int(self.rows.min()) <= int(self.rows.max()) < n)
        )


def nothing(dim: int) -> Neighbours:
    """Return the lists of no notes."""
    import numpy as np

    none = np.empty((0, LENGTH), np.int32)
    frame = Frame(0, np.zeros((1, dim), np.int8))
    return Neighbours((), np.empty((0, 16), np.uint8), np.empty((0, dim), np.int8), none, none, frame)


def directions(notes: Sequence[int], found: Sequence[tuple[int, bytes]], dim: int) -> NDArray[np.float32]:
    """Return the mean direction of the passages of each of ``notes``, shape (notes, dim); zeros without passages.

    ``found`` are the passages' vectors in their 8-bit form, each with the number of its note.  Sums are of integers:
    they do not depend on what stands beside them.
    """
    import numpy as np

    sums = np.zeros((len(notes), dim), np.int64)
    known = [(note, vector) for note, vector in found if len(vector) == dim]
    if known:
        rows = np.frombuffer(b"".join(vector for _, vector in known), np.int8).reshape(-1, dim).astype(np.float64)
        places = {note: place for place, note in enumerate(notes)}
        units = np.rint(rows * (65_536 / np.sqrt(np.maximum((rows * rows).sum(axis=1, keepdims=True), 1)))).astype(
            np.int64
        )
        np.add.at(sums, np.array([places[note] for note, _ in known]), units)
    lengths = np.sqrt((sums * sums).sum(axis=1, keepdims=True, dtype=np.float64))
    return (sums / np.where(lengths == 0, 1, lengths)).astype(np.float32)


class Update:
    """Neighbours brought up to date with the notes that there are.

    ``there`` are the content hashes by path; ``before`` what was known.  Then, in this order: ``vectors`` for the notes
    that are ``wanted``, and ``steps`` to its end.  A ``frame`` is learnt where none is given and the last is too old.
    """

    def __init__(self, before: Neighbours, there: Mapping[str, bytes], frame: Frame | None = None) -> None:
        import numpy as np

        self._before = before
        self._frame = frame or (before.frame if before.frame.fits(len(there)) else None)
        is_new = self._frame is not before.frame
        self.paths = tuple(sorted(there))
        self._hashes = np.frombuffer(b"".join(there[path] for path in self.paths), np.uint8).reshape(-1, 16).copy()
        old = {path: row for row, path in enumerate(before.paths)}
        kept = before.hashes.tobytes()
        self._origin = np.full(len(self.paths), -1, np.int32)
        """Of each note its row before; -1 where it is new or another one."""
        for row, path in enumerate(self.paths):
            was = -1 if is_new else old.get(path, -1)
            if was >= 0 and kept[16 * was : 16 * was + 16] == there[path]:
                self._origin[row] = was
        self.wanted = tuple(self.paths[row] for row in np.flatnonzero(self._origin < 0).tolist())
        """Paths of the notes whose vectors are needed."""
        self.is_same = not self.wanted and len(self.paths) == len(before.paths)
        self._fresh: list[NDArray[np.int8]] = []

    def add(self, found: NDArray[np.float32]) -> None:
        """Take the directions of the next of the notes that are ``wanted``."""
        self._fresh.append(integers(found))

    def forget(self, paths: Iterable[str]) -> None:
        """Let these notes be wanted again the next time: they are others by now than they were said to be."""
        self._hashes[[bisect.bisect_left(self.paths, path) for path in paths]] = 0

    def steps(self) -> Generator[float, None, Neighbours]:
        """Work in short steps; yields which share is done, and returns the lists."""
        import numpy as np

        fresh = np.concatenate([*self._fresh, np.zeros((0, self._before.frame.dim), np.int8)])
        frame = self._frame
        if frame is None:
            sample = fresh[:: len(fresh) // _SAMPLE + 1].astype(np.float32)
            frame = yield from learn_frame(sample, len(self.paths))
        work = _Work.of(self._before, self._origin, fresh, frame)
        yield from work.search()
        return Neighbours(self.paths, self._hashes, work.vectors, work.rows, work.near, frame)


@dataclass(slots=True)
class _Work:
    """The lists while they are made."""

    vectors: NDArray[np.int8]
    rows: NDArray[np.int32]
    near: NDArray[np.int32]
    changed: NDArray[np.bool_]
    """Notes with another vector than before."""
    anew: NDArray[np.bool_]
    """Notes whose list is made anew: those, and whoever had one of them, or one that is gone, in its list."""
    cells: NDArray[np.int32]
    """The cell of each note; -1 for one without a vector."""
    probes: NDArray[np.int32]
    """Shape (notes, probes): the cells in which each looks."""
    inverse: NDArray[np.float32]
    """Of the length of each vector."""

    @classmethod
    def of(cls, before: Neighbours, origin: NDArray[np.int32], fresh: NDArray[np.int8], frame: Frame) -> _Work:
        import numpy as np

        n, dim = len(origin), frame.dim
        changed = origin < 0
        vectors = np.zeros((n, dim), np.int8)
        vectors[changed] = fresh
        vectors[~changed] = before.vectors[origin[~changed]]
        moved = np.full(len(before.paths) + 1, -2, np.int32)  # the last one is for -1, which stays
        moved[-1] = -1
        moved[origin[~changed]] = np.flatnonzero(~changed)
        rows = np.full((n, LENGTH), -1, np.int32)
        near = np.zeros((n, LENGTH), np.int32)
        rows[~changed] = moved[before.rows[origin[~changed]]]
        near[~changed] = before.near[origin[~changed]]
        anew = changed | (rows == -2).any(axis=1)
        rows[anew], near[anew] = -1, 0
        squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.int64)
        cells, probes = cells_of(vectors, frame.centres)
        cells[squares == 0] = -1
        inverse = (1 / np.sqrt(np.maximum(squares, 1))).astype(np.float32)
        return cls(vectors, rows, near, changed, anew, cells, probes, inverse)

    def search(self) -> Iterator[float]:
        """Fill the lists, cell by cell."""
        import numpy as np

        there = self.cells >= 0
        n_cells = int(self.cells.max(initial=0)) + 1
        members = groups(self.cells, np.flatnonzero(there), n_cells)
        again = groups(self.probes, np.flatnonzero(there & self.anew), n_cells)
        changed = groups(self.cells, np.flatnonzero(there & self.changed), n_cells)
        touched = np.zeros(n_cells, np.bool_)
        touched[self.cells[there & self.changed]] = True
        others = np.flatnonzero(there & ~self.anew)
        others = others[touched[self.probes[others]].any(axis=1)] if touched.any() else others[:0]
        asking = groups(self.probes, others, n_cells)
        for cell in range(n_cells):
            for start in range(0, len(again[cell]), _BLOCK):
                self._merge(again[cell][start : start + _BLOCK], members[cell])
                yield (cell + 1) / n_cells
            if len(changed[cell]):
                for start in range(0, len(asking[cell]), _BLOCK):
                    self._merge(asking[cell][start : start + _BLOCK], changed[cell])

    def _merge(self, notes: NDArray[np.intp], candidates: NDArray[np.intp]) -> None:
        """Let ``candidates`` into the lists of ``notes`` where they are nearer than what is there."""
        for start in range(0, len(candidates), _BLOCK):
            self._merge_block(notes, candidates[start : start + _BLOCK])

    def _merge_block(self, notes: NDArray[np.intp], candidates: NDArray[np.intp]) -> None:
        import numpy as np

        kind = exact(self.vectors.shape[1])
        products = self.vectors[notes].astype(kind) @ self.vectors[candidates].astype(kind).T
        products *= self.inverse[notes][:, None]
        products *= self.inverse[candidates]
        steps = np.rint(products * _GRID).astype(np.int64)
        steps[(steps < LEAST * _GRID) | (notes[:, None] == candidates)] = -1
        hopeful = (steps > self.near[notes, -1:]) | ((self.rows[notes, -1:] < 0) & (steps >= 0))
        hopeful |= steps == self.near[notes, -1:]
        some = hopeful.any(axis=1)
        if not some.any():
            return
        notes, steps = notes[some], steps[some]
        # One number for both: how near, and which comes first.
        keys = np.where(steps >= 0, (steps << 32) | (_LAST - candidates), -1)
        own = np.where(
            self.rows[notes] >= 0,
            (self.near[notes].astype(np.int64) << 32) | (_LAST - self.rows[notes].astype(np.int64)),
            -1,
        )
        keys = np.concatenate([own, keys], axis=1)
        if keys.shape[1] > LENGTH:
            keys = np.partition(keys, keys.shape[1] - LENGTH, axis=1)[:, -LENGTH:]
        keys = -np.sort(-keys, axis=1)
        self.rows[notes] = np.where(keys >= 0, _LAST - (keys & _LAST), -1)
        self.near[notes] = np.where(keys >= 0, keys >> 32, 0)


_LAST = (1 << 32) - 1
