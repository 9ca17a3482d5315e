"""The order after a second look: what it changes, and what it leaves alone."""

from __future__ import annotations

import pytest

from starlight.engine import rescoring
from starlight.engine.rescoring import rescored

SCORES = {1: 0.9, 2: 0.8, 3: 0.7, 4: 0.1}
COSINES = {1: 0.5, 2: 0.5, 3: 0.5, 4: 0.1}


def test_the_refiner_s_cosine_takes_the_place_of_the_static_one():
    weight = 0.6
    made = rescored({1: 0.4 * 0.5 + weight * 0.3}, {1: 0.3}, weight, {1: (0.8, 1.0)})
    assert made[1] == pytest.approx((1 - rescoring.WEIGHT) * 0.5 + rescoring.WEIGHT * 0.8)


def test_what_is_near_comes_first():
    made = rescored(SCORES, COSINES, 0.6, {1: (0.1, 1.0), 2: (0.2, 1.0), 3: (0.9, 1.0), 4: (0.1, 1.0)})
    assert max(made, key=made.__getitem__) == 3


def test_where_the_language_is_not_known_nothing_changes():
    assert rescored(SCORES, COSINES, 0.6, dict.fromkeys(SCORES, (0.9, 0.0))) == SCORES
    assert rescored(SCORES, COSINES, 0.6, {}) == SCORES


def test_a_little_trust_changes_little():
    least = rescored(SCORES, COSINES, 0.6, {2: (1.0, 0.01)})[2]
    most = rescored(SCORES, COSINES, 0.6, {2: (1.0, 1.0)})[2]
    assert abs(least - SCORES[2]) < 0.02 * abs(most - SCORES[2]) + 1e-9


def test_what_was_not_looked_at_stays_below_and_in_its_order():
    made = rescored(SCORES, COSINES, 0.6, {2: (0.0, 1.0), 3: (0.9, 1.0)})
    assert sorted(made, key=lambda chunk: -made[chunk]) == [3, 2, 1, 4]


def test_a_passage_without_a_word_of_the_query_has_no_advantage():
    made = rescored({1: 0.6 * 0.5, 2: 0.4 + 0.6 * 0.5}, {1: 0.5, 2: 0.5}, 0.6, {1: (0.5, 1.0), 2: (0.5, 1.0)})
    assert made[1] == pytest.approx(rescoring.WEIGHT * 0.5)
    assert made[2] > made[1]


def test_by_meaning_alone_the_refiner_alone_counts():
    made = rescored({1: 0.5, 2: 0.4}, {1: 0.5, 2: 0.4}, 1.0, {1: (0.3, 1.0), 2: (0.7, 1.0)})
    assert made == {1: 0.3, 2: 0.7}


def test_words_that_the_static_model_does_not_know_leave_the_words():
    made = rescored({1: 0.5}, {}, 0.0, {1: (0.5, 1.0)})
    assert made[1] == pytest.approx(0.5)


def test_scores_of_nothing_stay_nothing():
    assert rescored({1: 0.0, 2: 0.0}, {}, 1.0, {1: (0.0, 1.0)}) == {1: 0.0, 2: 0.0}


def test_the_best_are_looked_at():
    scores = {number: float(number) for number in range(100)}
    assert rescoring.best(scores) == list(range(99, 99 - rescoring.N_RESCORED, -1))
