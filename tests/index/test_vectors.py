"""Vectors beside one another, in their stored form."""

from __future__ import annotations

import numpy as np
import pytest

from starlight.index.vectors import _between, alike, neighbourly, quantize


def _stored(rows: list[list[float]]) -> dict[int, bytes]:
    padded = np.zeros((len(rows), 64), np.float32)
    padded[:, : len(rows[0])] = rows
    return {number: vector.int8 for number, vector in enumerate(quantize(padded)) if vector}


def test_copies_are_those_after_what_they_copy() -> None:
    stored = _stored([[1, 0, 0], [0, 1, 0], [1, 0.02, 0], [0.99, 0, 0.03], [0, 0, 0]])
    assert alike([0, 1, 2, 3, 4], stored) == {2: 1, 3: 2}
    assert alike([3, 2, 1, 0], stored) == {2: 1, 0: 2}
    assert alike([0], stored) == {}
    assert alike([], {}) == {}


def test_neighbours_give_their_scores() -> None:
    stored = _stored([[1, 0], [1, 0.01], [0, 1], [0.01, 1]])
    means = neighbourly({0: 1.0, 1: 0.2, 2: 0.8, 3: 0.4}, stored, 1)
    assert means == pytest.approx({0: 0.2, 1: 1.0, 2: 0.4, 3: 0.8}, abs=0.01)


def test_too_few_are_no_neighbours() -> None:
    stored = _stored([[1, 0], [1, 0.01], [0, 1]])
    assert neighbourly({0: 1.0, 1: 0.2, 2: 0.8}, stored, 2) == {}
    assert neighbourly({0: 1.0, 9: 0.2}, stored, 1) == {}


def test_vectors_of_two_models_are_not_compared() -> None:
    stored = {**_stored([[1, 0], [1, 0]]), 2: b"\x01" * 32, 3: b"\x01" * 32}
    assert alike([0, 1, 2, 3], stored) == {1: 1}
    assert neighbourly({0: 1.0, 1: 0.2, 2: 0.8}, stored, 1) == {}


@pytest.mark.parametrize("n", [1, 30, 90, 200])
def test_passages_that_say_the_same_are_exactly_as_near_to_all_others(n: int) -> None:
    rows = np.random.default_rng(n).integers(-127, 128, (n, 256), dtype=np.int8)
    near = _between([row.tobytes() for row in (*rows, *rows)])
    assert np.array_equal(near[:n], near[n:])
    assert np.array_equal(near, near.T)
    unit = rows / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)
    np.testing.assert_allclose(near[:n, :n], unit @ unit.T, atol=1e-6)
