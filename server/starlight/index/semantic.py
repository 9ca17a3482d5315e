"""The vector leg of search: the passages nearest to a vector.

Exact, by sqlite-vec, where the passages are few; else in two stages: the codes in memory find some hundreds that may
be near, and sqlite-vec scores those exactly.  ``docs/decisions/0002-vectors.md`` says what was measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from starlight.index.records import EVERYWHERE, Scope, Scored
from starlight.index.vectors import mean_direction, quantize_query

if TYPE_CHECKING:
    import apsw

    from starlight.index.codes import Codes
    from starlight.index.vectors import Vector

_EXACT = 4_000
"""Passages up to which all are scored: some 3 ms."""
_RESCORED = 256
_RESCORED_SHARE = 600
"""So many candidates are scored exactly, and one in so many of the index more."""
_SAMPLE = 2_048
"""Vectors that the mean of all is estimated from."""
_MOVED = 0.05
"""Share of the passages that come or go before the mean is taken anew."""


def is_small(n_chunks: int) -> bool:
    """Whether all vectors are compared, which takes some milliseconds at most."""
    return n_chunks <= _EXACT


class Semantic:
    """Vectors of one index, read through one connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._codes: Codes | None = None
        self._first_block = self._last_block = 0
        self._mean: tuple[int, Vector | None] = (0, None)
        self._allowed: tuple[tuple[int, str, tuple[str, ...]] | None, list[int]] = (None, [])
        """The version of the index and the condition that some chunks were looked up for, and these."""

    def mean(self, n_chunks: int) -> Vector | None:
        """Return the mean of the vectors, each of length 1; None where there are none."""
        n_then, mean = self._mean
        if mean is None or abs(n_chunks - n_then) > _MOVED * n_then:
            sample = self._sample()
            mean = mean_direction(sample) if sample else None
            self._mean = n_chunks, mean
        return mean

    def _sample(self) -> list[bytes]:
        """Return the 8-bit form of vectors from all over the index, always the same ones."""
        first, last = self._connection.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM vectors").get
        wanted = range(first, last + 1, max(0, last - first) // _SAMPLE + 1)
        return list(self.vectors(wanted).values())

    def vectors(self, chunks: Iterable[int]) -> dict[int, bytes]:
        """Return the 8-bit forms of the vectors of those of ``chunks`` that have one."""
        rows = self._connection.execute(
            "SELECT v.id, v.embedding FROM json_each(?) AS wanted JOIN vectors AS v ON v.id = wanted.value",
            (json.dumps(list(chunks)),),
        )
        return dict(rows)

    def nearest(self, vector: Vector, limit: int, n_chunks: int, scope: Scope) -> Scored:
        """Return the cosines of the ``limit`` chunks of ``scope`` nearest to ``vector``."""
        query = quantize_query(vector)
        if query is None:
            return {}
        if is_small(n_chunks):
            return self._exact(query, limit, scope)
        codes = self._loaded(len(vector))
        candidates = max(limit, _RESCORED + len(codes) // _RESCORED_SHARE)
        if not scope.is_narrow:
            return self._scores(query, codes.nearest(vector, candidates), scope, limit)
        allowed = self._ids(scope)
        near = allowed if len(allowed) <= _EXACT else codes.nearest(vector, candidates, allowed)
        return self._scores(query, near, EVERYWHERE, limit)

    def cosines(self, vector: Vector, chunks: Iterable[int]) -> Scored:
        """Return the cosines of the given chunks to ``vector``."""
        query = quantize_query(vector)
        return self._scores(query, list(chunks), EVERYWHERE, -1) if query else {}

    def _ids(self, scope: Scope) -> list[int]:
        """Return the chunks of ``scope``; those of the last one are kept: whoever types on asks for them again."""
        condition, values = replace(scope, chosen=None).condition("c.id")
        if scope.chosen:
            is_chosen, more = scope.chosen.condition("c.note", "c.id")
            condition, values = f"{condition} AND {is_chosen}", (*values, *more)
        key = self._connection.pragma("data_version"), condition, values
        if key != self._allowed[0]:
            rows = self._connection.execute(f"SELECT c.id FROM chunks AS c WHERE 1 {condition}", values)  # noqa: S608
            self._allowed = key, [id_ for (id_,) in rows]
        return self._allowed[1]

    def _exact(self, query: bytes, limit: int, scope: Scope) -> Scored:
        condition, values = scope.condition("vectors.id")
        rows = self._connection.execute(
            "SELECT id, 1 - vec_distance_cosine(vec_int8(embedding), vec_int8(?)) AS cosine FROM vectors"  # noqa: S608
            f" WHERE 1 {condition} ORDER BY cosine DESC LIMIT ?",
            (query, *values, limit),
        )
        return dict(rows)

    def _scores(self, query: bytes, chunks: list[int], scope: Scope, limit: int) -> Scored:
        condition, values = scope.condition("v.id")
        rows = self._connection.execute(
            "SELECT v.id, 1 - vec_distance_cosine(vec_int8(v.embedding), vec_int8(?)) AS cosine"  # noqa: S608
            " FROM json_each(?) AS wanted CROSS JOIN vectors AS v ON v.id = wanted.value"
            f" WHERE 1 {condition} ORDER BY cosine DESC LIMIT ?",
            (query, json.dumps(sorted(chunks)), *values, limit),
        )
        return dict(rows)

    def _loaded(self, dim: int) -> Codes:
        """Return the codes of all vectors: those that were added since the last time are read."""
        from starlight.index.codes import Codes

        first = self._connection.execute("SELECT coalesce(min(block), 0) FROM codes").get
        if self._codes is None or first != self._first_block:  # joined into other blocks meanwhile
            self._codes, self._first_block, self._last_block = Codes(dim), first, 0
            self._codes.reserve(self._connection.execute("SELECT coalesce(sum(length(ids)) / 4, 0) FROM codes").get)
        blocks = self._connection.execute(
            "SELECT block, ids, planes FROM codes WHERE block > ? ORDER BY block", (self._last_block,)
        )
        for block, ids, planes in blocks:
            self._codes.extend(ids, planes)
            self._last_block = block
        return self._codes
