"""Orders of scores: the first of them are found without looking at all."""

from __future__ import annotations

import datetime
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


def test_copies_are_worth_less_the_more_there_are() -> None:
    notes = {1: "a.md", 2: "b.md", 3: "c.md", 4: "d.md"}
    ranked = ranking.order({1: 1.0, 2: 1.0, 3: 1.0, 4: 0.6}, notes, copies_of=lambda _chunks: {2: 1, 3: 2})
    assert [(place.chunk, place.copies) for place in ranked] == [(1, 0), (2, 1), (4, 0), (3, 2)]


def test_the_score_of_neighbours_counts_and_the_rest_stays_behind() -> None:
    scores = {chunk: 1 / chunk for chunk in range(1, 100)}
    smoothed = ranking.smoothed(scores, lambda best: {**dict.fromkeys(best, 0.5), 3: 0.0}, 0.4)
    assert smoothed[1] == pytest.approx(0.6 + 0.4 * 0.5)
    assert smoothed[3] == pytest.approx(0.6 / 3)
    assert min(smoothed[chunk] for chunk in range(1, 51)) >= max(smoothed[chunk] for chunk in range(51, 100))
    assert ranking.smoothed(scores, lambda _best: {}, 0.4) == scores


def test_what_has_no_vector_keeps_its_score() -> None:
    """A note of words that the model does not know is found by these words all the same."""
    scores = {1: 1.0, 2: 0.9}
    assert ranking.smoothed(scores, lambda _best: {2: 0.9}, 0.4)[1] == 1.0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_words_and_nearer_meaning_are_surer(coverage: float, cosine: float, fluency: float, more: float) -> None:
    sure = ranking.confidence(coverage, cosine, fluency, 1_000)
    assert 0 < sure < 1
    assert ranking.confidence(min(coverage + more, 1), cosine, fluency, 1_000) >= sure
    assert ranking.confidence(coverage, min(cosine + more, 1), fluency, 1_000) >= sure
    assert ranking.confidence(coverage, cosine, fluency, 2_000) <= sure, "among more, one is nearer by chance"


def test_verdicts() -> None:
    cases = {(1, 0.5, 1): "found", (1, 0, 0): "found", (1, 0, 1): "found", (0, 0, 1): "nothing", (0, 0.2, 1): "nothing"}
    assert {case: ranking.verdict(ranking.confidence(*case, 1_000)) for case in cases} == cases


def test_the_newest_gains_most() -> None:
    days = {number: datetime.date(2026, 3, 31) - datetime.timedelta(days=30 * number) for number in range(4)}
    gains = ranking.late(days)
    assert gains[0] == pytest.approx(2 * gains[1])
    assert sorted(gains.values(), reverse=True) == list(gains.values())
    assert ranking.late({}) == {}
    assert ranking.timely(days, days[2], days[1]).keys() == {1, 2}
