"""Places on a plane: near where notes are near, the same each time, and new ones among the others."""

from __future__ import annotations

import numpy as np
import pytest

from starlight.engine.projection import among, filled, project

NONE = -1


def vectors(n: int, n_groups: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return some vectors around as many centres, and which each is around."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(n_groups, 32))
    groups = np.arange(n) % n_groups
    return (centres[groups] * 20 + random.normal(size=(n, 32)) * 6).astype(np.int8), groups


def nothing(n: int) -> np.ndarray:
    return np.full((n, 10), NONE)


def test_groups_lie_together():
    found, groups = vectors(240, 6)
    places = project(found, nothing(240))
    assert places is not None
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :5]
    assert (groups[nearest] == groups[:, None]).mean() > 0.95


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 12, 13, 14, 40])
def test_few_notes_have_places_of_their_own(n):
    found, _ = vectors(n, 3)
    places = project(found, nothing(n))
    assert places is not None
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()
    assert len({tuple(place) for place in places.tolist()}) == n


def test_notes_that_say_the_same_do_not_lie_on_each_other():
    for n in (4, 60):
        places = project(np.ones((n, 8), np.int8), nothing(n))
        assert places is not None
        assert len({tuple(place) for place in places.tolist()}) == n


def test_the_same_notes_get_the_same_places():
    found, _ = vectors(100, 4)
    one, other = project(found, nothing(100)), project(found, nothing(100))
    assert np.array_equal(one, other)


def test_new_notes_are_put_among_the_others_which_stay():
    found, groups = vectors(200, 5)
    places = project(found, nothing(200))
    assert places is not None
    before = places.copy()
    before[[7, 123]] = np.nan
    after = project(found, nothing(200), before)
    assert after is not None
    others = np.setdiff1d(np.arange(200), [7, 123])
    assert np.array_equal(after[others], places[others])
    for row in (7, 123):
        nearest = others[np.linalg.norm(after[others] - after[row], axis=1).argsort()[:5]]
        assert (groups[nearest] == groups[row]).all()


def test_where_all_have_a_place_they_move_from_there():
    found, _ = vectors(150, 3)
    places = project(found, nothing(150))
    assert places is not None
    before = places.copy()
    before[0] = np.nan
    start = among(found, nothing(150), before)
    after = project(found, nothing(150), start)
    assert after is not None
    spread = np.linalg.norm(places - places.mean(axis=0), axis=1).mean()
    assert np.linalg.norm(after - places, axis=1).mean() < spread


def test_neighbours_that_are_known_are_taken_and_others_are_found():
    unit = np.eye(9, dtype=np.float32)
    unit[1] = unit[0] * 0.8 + unit[2] * 0.6
    given = nothing(9)
    given[4, :2] = [7, 8]
    found = filled(unit, given)
    assert found.shape == (9, 2)
    assert found[4].tolist() == [7, 8]
    assert found[0].tolist()[0] == 1 or 1 in found[0].tolist()


def test_it_stops_when_it_is_told():
    found, _ = vectors(50, 2)
    told: list[float] = []

    def keep_going(share: float) -> bool:
        told.append(share)
        return len(told) < 3

    assert project(found, nothing(50), None, keep_going) is None
    assert len(told) == 3
