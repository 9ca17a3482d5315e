"""The two-bit codes find what is near, exactly the same after growing, joining and deleting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from starlight.index import codes as module
from starlight.index import semantic
from starlight.index.codes import Codes, joined
from starlight.index.reader import Reader
from starlight.index.vectors import StoredVector, mean_direction, quantize, turn, turn_back, without
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.index.filling import put

DIM = 100
"""No multiple of the 64 bits of a word."""


def vectors(n: int, seed: int = 0) -> np.ndarray:
    """Clusters, as texts are: each vector is near some others."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((n // 20 + 1, DIM))
    return (centres[rng.integers(len(centres), size=n)] + 0.6 * rng.standard_normal((n, DIM))).astype(np.float32)


def stored(rows: np.ndarray) -> list[StoredVector]:
    return [vector for vector in quantize(rows) if vector]


def filled(rows: np.ndarray, blocks: int = 1) -> Codes:
    codes = Codes(DIM)
    for part in np.array_split(np.arange(len(rows)), blocks):
        planes = b"".join(vector.planes for vector in stored(rows[part]))
        codes.extend((part + 1).astype("<u4").tobytes(), planes)
    return codes


def exact(rows: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    cosines = rows @ query / np.linalg.norm(rows, axis=1)
    return [int(row) + 1 for row in np.argsort(-cosines)[:k]]


def test_turning_keeps_cosines() -> None:
    rows = vectors(50)
    np.testing.assert_allclose(turn(rows) @ turn(rows).T, rows @ rows.T, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("dim", [DIM, 64, 256, 1])
def test_turning_back_undoes_it(dim: int) -> None:
    rows = np.random.default_rng(1).standard_normal((5, dim)).astype(np.float32)
    for row, turned in zip(rows, turn(rows), strict=True):
        np.testing.assert_allclose(turn_back(turned), row, rtol=1e-4, atol=1e-5)


def test_the_mean_is_that_of_the_directions() -> None:
    rows = vectors(300) * np.linspace(0.1, 9, 300, dtype=np.float32)[:, None]
    expected = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).mean(axis=0)
    np.testing.assert_allclose(mean_direction([each.int8 for each in stored(rows)]), expected, atol=1e-3)


def test_without_the_mean_a_vector_is_a_direction() -> None:
    vector, mean = np.eye(4, dtype=np.float32)[:2]
    rest = without(mean, 0.5, vector + mean)
    np.testing.assert_allclose(rest, np.array([1, 0.5, 0, 0]) / 1.25**0.5, rtol=1e-6)
    np.testing.assert_array_equal(without(mean, 0.0, vector), vector)


@pytest.mark.parametrize("first_least", [20_000, 300])
def test_the_nearest_are_among_a_few(monkeypatch: pytest.MonkeyPatch, first_least: int) -> None:
    monkeypatch.setattr(module, "_FIRST_LEAST", first_least)
    rows = vectors(6_000)
    codes = filled(rows, blocks=7)
    assert len(codes) == 6_000
    found, wanted = 0, 0
    for query in vectors(60)[:40]:
        candidates = codes.nearest(query, 120)
        assert 120 <= len(set(candidates)) == len(candidates) <= 125
        best = exact(rows, query, 10)
        found, wanted = found + len(set(best) & set(candidates)), wanted + len(best)
    assert found / wanted > 0.97


def test_only_allowed_ones() -> None:
    rows = vectors(500)
    allowed = list(range(100, 200))
    candidates = filled(rows).nearest(rows[3], 20, allowed)
    assert set(candidates) <= set(allowed)
    assert len(filled(rows).nearest(rows[3], 1_000)) == 500


def test_joining_leaves_out_what_is_gone() -> None:
    rows = vectors(300)
    parts = [
        (np.arange(a + 1, a + 101, dtype="<u4").tobytes(), b"".join(v.planes for v in stored(rows[a : a + 100])))
        for a in (0, 100, 200)
    ]
    alive = [n for n in range(1, 301) if n % 3]
    blocks = list(joined(parts, alive, 90))
    assert len(blocks) == 2
    codes = Codes(DIM)
    for ids, planes in blocks:
        codes.extend(ids, planes)
    assert sorted(codes.nearest(rows[0], 1_000)) == alive
    kept = rows[np.array(alive) - 1]
    assert alive[int(np.argmax(kept @ kept[5] / np.linalg.norm(kept, axis=1)))] in codes.nearest(kept[5], 5)


def test_a_reader_follows_what_is_written(tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the size for exact search: codes are added, deleted and joined while a reader has them in memory."""
    monkeypatch.setattr(semantic, "_EXACT", 0)
    path = tmp_path / "index.db"

    def nearest(reader: Reader, text: str) -> str:
        found = reader.nearest(embedder.embed([text])[0], 1)()
        return "".join(reader.paths(found).values())

    with Writer(path) as writer:
        put(writer, embedder, "== tea.md ==\nA pot of tea.\n== train.md ==\nThe train is late.\n")
        writer.publish(writer.status())
        with Reader(path) as reader:
            assert nearest(reader, "teapot") == "tea.md"
            put(writer, embedder, "== moon.md ==\nThe moon and the stars.\n")
            assert nearest(reader, "night sky moon") == "moon.md"
            writer.remove(["tea.md"])
            assert nearest(reader, "A pot of tea.") != "tea.md"
            for n in range(300):
                put(writer, embedder, f"== many/{n}.md ==\nNumber {n}.\n")
            while writer.tidy():
                pass
            assert nearest(reader, "The train is late.") == "train.md"
