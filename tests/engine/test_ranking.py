"""Orders of scores: the first of them are found without looking at all."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine import ranking

SCORES = st.dictionaries(st.integers(-5, 200), st.sampled_from([0.0, 0.1, 0.5, 0.51, 0.9, 0.99, 1.0]) | st.floats(0, 1))


@given(SCORES, st.integers(1, 12), st.integers(1, 60))
def test_the_best_are_the_first_of_all(scores: dict[int, float], limit: int, n_notes: int) -> None:
    def notes_of(chunks: Iterable[int]) -> dict[int, str]:
        return {chunk: f"{chunk % n_notes}.md" for chunk in chunks}

    assert ranking.best(scores, limit, notes_of) == ranking.order(scores, notes_of(scores))[:limit]


def test_few_are_looked_at_where_notes_differ() -> None:
    asked: list[int] = []

    def notes_of(chunks: Iterable[int]) -> dict[int, str]:
        asked.extend(chunks)
        return {chunk: f"{chunk}.md" for chunk in asked}

    scores = {chunk: 1 / (chunk + 1) for chunk in range(1_000)}
    assert [place.chunk for place in ranking.best(scores, 10, notes_of)] == list(range(10))
    assert len(asked) < 100


def test_a_further_passage_of_a_note_is_worth_less() -> None:
    ranked = ranking.order({1: 1.0, 2: 0.9, 3: 0.8, 4: 0.7, 5: 0.6}, dict.fromkeys([1, 2, 3, 4], "a.md") | {5: "b.md"})
    assert [place.chunk for place in ranked] == [1, 2, 5, 3]
    assert [place.score for place in ranked] == pytest.approx([1.0, 0.9 * 0.85, 0.6, 0.8 * 0.85**2])


def test_the_mean_of_a_few_passages_says_little() -> None:
    shares = [ranking.centring(n) for n in (0, 1, 50, 5_000, 1_000_000)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[1] < 0.01
    assert shares[-1] < 0.5
