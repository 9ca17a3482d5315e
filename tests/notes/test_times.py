"""Times: what a question means by "last week", and the day that a note is from."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes.times import asks_for_new, day_of, period
from tests.notes.strategies import any_text

TODAY = datetime.date(2024, 3, 6)  # a Wednesday, in a leap year


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("what did I do yesterday?", "2024-03-05", "2024-03-05"),
        ("Was habe ich vorgestern gemacht?", "2024-03-04", "2024-03-04"),
        ("notes of today", "2024-03-06", "2024-03-06"),
        ("What did we decide last week?", "2024-02-26", "2024-03-03"),
        ("Was war letzte Woche?", "2024-02-26", "2024-03-03"),
        ("la semaine dernière", "2024-02-26", "2024-03-03"),
        ("la semana pasada", "2024-02-26", "2024-03-03"),
        ("this week", "2024-03-04", "2024-03-10"),
        ("last month", "2024-02-01", "2024-02-29"),
        ("in diesem Monat", "2024-03-01", "2024-03-31"),
        ("letztes Jahr", "2023-01-01", "2023-12-31"),
        ("in the last 10 days", "2024-02-25", "2024-03-06"),
        ("in den letzten 2 Wochen", "2024-02-21", "2024-03-06"),
        ("in 2022", "2022-01-01", "2022-12-31"),
        ("since 2023", "2023-01-01", "2024-03-06"),
        ("in March 2021", "2021-03-01", "2021-03-31"),
        ("im Dezember 2020", "2020-12-01", "2020-12-31"),
        ("in November", "2023-11-01", "2023-11-30"),
        ("on 2024-02-29", "2024-02-29", "2024-02-29"),
        ("am 5.3.2024", "2024-03-05", "2024-03-05"),
    ],
)
def test_times_in_questions(question: str, first: str, last: str) -> None:
    found = period(question, TODAY)
    assert found
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    assert question[found.start : found.end] in question


@pytest.mark.parametrize(
    "question", ["How may I help?", "the last mile", "in 20245", "room 2024", "2024-02-31", "last 0 in", "", "hier"]
)
def test_no_time(question: str) -> None:
    assert period(question, TODAY) is None


def test_before_the_calendar_begins() -> None:
    assert period("yesterday", datetime.date.min) is None
    assert period("in the last 999 years", TODAY.replace(year=50)) is None


@pytest.mark.parametrize(
    ("stem", "dates", "expected"),
    [
        ("2024-03-05", (), "2024-03-05"),
        ("20240305 meeting", (), "2024-03-05"),
        ("daily 2024_03_05", ("2020-01-01",), "2024-03-05"),
        ("tea", ("2020-01-01T10:00", "2021-02-02"), "2020-01-01"),
        ("tea", ("", "2021-02-02"), "2021-02-02"),
        ("2024-13-05", ("no date",), None),
        ("12345678901234", (), None),
    ],
)
def test_the_day_of_a_note(stem: str, dates: tuple[str, ...], expected: str | None) -> None:
    assert day_of(stem, dates) == (datetime.date.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize(
    "question",
    [
        "the latest plan", "newest photos", "most recent meeting", "what did I read recently", "der neueste Stand",
        "was habe ich zuletzt gelesen", "la réunion la plus récente", "notas recientes", "最新的计划", "最近の会議",
        "جدیدترین یادداشت", "आखिरी और नवीनतम योजना", "แผนล่าสุด",
    ],
)  # fmt: skip
def test_what_is_new_is_asked_for(question: str) -> None:
    assert asks_for_new(question)


@pytest.mark.parametrize("question", ["", "a plan", "translate it", "neues Haus", "the newestablishment", "recent1"])
def test_what_is_new_is_not_asked_for(question: str) -> None:
    assert not asks_for_new(question)


@given(any_text, st.dates())
def test_any_text(text: str, today: datetime.date) -> None:
    found = period(text, today)
    assert found is None or found.first <= found.last
