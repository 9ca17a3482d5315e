"""Ways to search vectors, on those of a real index: what ``docs/decisions/0012-codes-in-memory.md`` rests on.

    python -m tests.bench.vectors DATABASE [QUERIES]

Each way gives its ten nearest; recall counts those whose exact score reaches the tenth exact score less 1e-6.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import apsw
import numpy as np
import sqlite_vec
from numpy.typing import NDArray

from starlight.index.codes import Codes
from starlight.index.vectors import pack, quantize, quantize_query, turn
from starlight.models import embedder
from tests.bench.corpora import corpus
from tests.bench.queries import real_queries
from tests.bench.stored import stored_vectors

K = 10
Search = Callable[[NDArray[np.float32]], Sequence[int]]
"""A query's vector into ids, of which the ten nearest by their exact score count."""


def main(database: str, n_queries: str = "100") -> None:
    """Print a table of all ways."""
    ids, vectors = stored_vectors(Path(database))
    found = corpus("all")
    queries = embedder.load().embed(real_queries(found, int(n_queries)) if found else ["no corpus is here"])
    queries = queries[np.abs(queries).max(axis=1) > 0]
    exact = _exact(vectors, queries)
    print(f"{len(ids):,} vectors of {vectors.shape[1]} numbers, {len(queries)} queries\n")
    print("| way | recall@10 | ms a query, median | bytes a vector | in memory |\n| --- | --- | --- | --- | --- |")
    for name, search, n_bytes, in_memory in _ways(ids, vectors):
        times, recalled = [], []
        for query, scores in zip(queries, exact, strict=True):
            started = time.perf_counter()
            candidates = search(query)
            times.append(time.perf_counter() - started)
            rows = np.searchsorted(ids, np.asarray(candidates, np.int64))
            best = np.sort(scores[rows])[::-1][:K]
            tenth = np.partition(scores, len(scores) - K)[len(scores) - K]
            recalled.append(np.count_nonzero(best >= tenth - 1e-6) / K)
        print(
            f"| {name} | {statistics.mean(recalled):.3f} | {statistics.median(times) * 1e3:.1f}"
            f" | {n_bytes:.0f} | {in_memory:.0f} |",
            flush=True,
        )


def _exact(vectors: NDArray[np.int8], queries: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
    scores = np.empty((len(queries), len(vectors)), np.float32)
    for start in range(0, len(vectors), 50_000):
        rows = vectors[start : start + 50_000].astype(np.float32)
        scores[:, start : start + 50_000] = turn(queries) @ rows.T / lengths[start : start + 50_000]
    return list(scores)


def _ways(ids: NDArray[np.int64], vectors: NDArray[np.int8]) -> Iterator[tuple[str, Search, float, float]]:
    """Yield each way with its search, the bytes a vector that it takes on disk, and in memory."""
    dim = vectors.shape[1]
    stored = quantize_all(vectors)
    with tempfile.TemporaryDirectory() as folder:
        connection = _opened(Path(folder) / "vectors.db")
        connection.execute("CREATE TABLE plain(id INTEGER PRIMARY KEY, embedding BLOB)")
        size = _filled(connection, "INSERT INTO plain VALUES (?, ?)", ids, vectors)
        yield "plain table, all compared by sqlite-vec", lambda query: _plain(connection, query), size, 0

        connection.execute(f"CREATE VIRTUAL TABLE flat USING vec0(e int8[{dim}] distance_metric=cosine, b bit[{dim}])")
        signs = np.packbits(vectors >= 0, axis=1, bitorder="little")
        insert = "INSERT INTO flat(rowid, e, b) VALUES (?, vec_int8(?), vec_bit(?))"
        size = _filled(connection, insert, ids, vectors, signs)
        yield "vec0, int8, all compared", lambda query: _vec0(connection, query), size, 0
        for k in (400, 1_000):
            yield f"vec0, bits, best {k} scored", lambda query, k=k: _vec0_bits(connection, query, k), size, 0

        n = len(ids) // 600 + 256
        one = _OneBit(ids, stored, dim)
        yield (
            f"signs in memory, best {n} scored",
            lambda query: _scored(connection, query, one.nearest(query, n)),
            0,
            36,
        )
        codes = Codes(dim)
        codes.extend(ids.astype("<u4").tobytes(), stored.tobytes())
        yield (
            f"two bits in memory, best {n} scored",
            lambda query: _scored(connection, query, codes.nearest(query, n)),
            dim + stored.shape[1] + 4,
            stored.shape[1] + 4,
        )
        connection.close()


def quantize_all(vectors: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Return the planes of stored (turned) vectors, made as the index makes them: turning back comes first."""
    dim = vectors.shape[1]
    identity = turn(np.eye(dim, dtype=np.float32))
    planes = []
    for start in range(0, len(vectors), 10_000):
        back = vectors[start : start + 10_000].astype(np.float32) @ identity.T
        planes.append(np.frombuffer(b"".join(v.planes for v in quantize(back) if v), np.uint8).reshape(len(back), -1))
    return np.concatenate(planes)


class _OneBit:
    """The signs alone, by Hamming distance."""

    def __init__(self, ids: NDArray[np.int64], planes: NDArray[np.uint8], dim: int) -> None:
        self._ids = ids
        self._columns = np.ascontiguousarray(planes.view("<u8")[:, : -(-dim // 64)].T)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[int]:
        query = pack((turn(vector) >= 0)[None])[0]
        distances = sum(
            np.bitwise_count(column ^ word).astype(np.uint16) for column, word in zip(self._columns, query, strict=True)
        )
        nearest: list[int] = self._ids[np.argpartition(distances, limit)[:limit]].tolist()
        return nearest


def _opened(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "off")
    return connection


def _filled(connection: apsw.Connection, insert: str, ids: NDArray[np.int64], *columns: NDArray[np.generic]) -> float:
    """Insert all rows; return the bytes that each takes."""
    before = connection.pragma("page_count")
    with connection:
        connection.executemany(
            insert,
            ((int(id_), *(column[row].tobytes() for column in columns)) for row, id_ in enumerate(ids)),
        )
    size: float = (connection.pragma("page_count") - before) * connection.pragma("page_size") / len(ids)
    return size


def _plain(connection: apsw.Connection, query: NDArray[np.float32]) -> list[int]:
    rows = connection.execute(
        "SELECT id FROM plain ORDER BY vec_distance_cosine(vec_int8(embedding), vec_int8(?)) LIMIT 10",
        (quantize_query(query),),
    )
    return [id_ for (id_,) in rows]


def _vec0(connection: apsw.Connection, query: NDArray[np.float32]) -> list[int]:
    rows = connection.execute("SELECT rowid FROM flat WHERE e MATCH vec_int8(?) AND k = 10", (quantize_query(query),))
    return [id_ for (id_,) in rows]


def _vec0_bits(connection: apsw.Connection, query: NDArray[np.float32], k: int) -> list[int]:
    signs = np.packbits(turn(query) >= 0, bitorder="little").tobytes()
    rows = connection.execute("SELECT rowid FROM flat WHERE b MATCH vec_bit(?) AND k = ?", (signs, k))
    return _scored(connection, query, [id_ for (id_,) in rows])


def _scored(connection: apsw.Connection, query: NDArray[np.float32], candidates: Sequence[int]) -> list[int]:
    """Return the ten nearest of some candidates, by their stored vectors."""
    rows = connection.execute(
        "SELECT p.id FROM json_each(?) AS wanted CROSS JOIN plain AS p ON p.id = wanted.value"
        " ORDER BY vec_distance_cosine(vec_int8(p.embedding), vec_int8(?)) LIMIT 10",
        (json.dumps(sorted(candidates)), quantize_query(query)),
    )
    return [id_ for (id_,) in rows]


if __name__ == "__main__":
    main(*sys.argv[1:])
