"""Vectors beside one another, in their stored form."""

from __future__ import annotations

import numpy as np
import pytest

from starlight.index.vectors import alike, neighbourly, quantize


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
