"""Times as a filter names them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes.dateranges import days
from tests.notes.strategies import any_text

TODAY = datetime.date(2024, 3, 6)  # a Wednesday, in a leap year
EVER, ALWAYS = datetime.date.min.isoformat(), datetime.date.max.isoformat()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2/2023", "2023-02-01", "2023-02-28"),
        ("2024-5-3", "2024-05-03", "2024-05-03"),
        ("2024_05_03", "2024-05-03", "2024-05-03"),
        ("20240503", "2024-05-03", "2024-05-03"),
        ("2024-05-03T10:00:00Z", "2024-05-03", "2024-05-03"),
        ("3.5.2024", "2024-05-03", "2024-05-03"),
        ("2024-W10", "2024-03-04", "2024-03-10"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("today", "2024-03-06", "2024-03-06"),
        ("Yesterday", "2024-03-05", "2024-03-05"),
        ("last week", "2024-02-26", "2024-03-03"),
        ("last-week", "2024-02-26", "2024-03-03"),
        ("letzte Woche", "2024-02-26", "2024-03-03"),
        ("this_month", "2024-03-01", "2024-03-31"),
        ("last 10 days", "2024-02-25", "2024-03-06"),
        ("7d", "2024-02-28", "2024-03-06"),
        ("3 days ago", "2024-03-03", "2024-03-03"),
        ("2 weeks ago", "2024-02-19", "2024-02-25"),
        ("a month ago", "2024-02-01", "2024-02-29"),
        ("2 years ago", "2022-01-01", "2022-12-31"),
        ("wednesday", "2024-03-06", "2024-03-06"),
        ("last wed", "2024-02-28", "2024-02-28"),
        ("friday", "2024-03-01", "2024-03-01"),
        ("march", "2024-03-01", "2024-03-31"),
        ("May", "2023-05-01", "2023-05-31"),
        ("dezember 2020", "2020-12-01", "2020-12-31"),
        ("may 5", "2023-05-05", "2023-05-05"),
        ("5th may 2023", "2023-05-05", "2023-05-05"),
        ("May 5, 2023", "2023-05-05", "2023-05-05"),
        ("2024-01..2024-02", "2024-01-01", "2024-02-29"),
        ("2024..", "2024-01-01", ALWAYS),
        ("..2023", EVER, "2023-12-31"),
        ("last week..today", "2024-02-26", "2024-03-06"),
        (">2024-02", "2024-03-01", ALWAYS),
        (">=2024-02", "2024-02-01", ALWAYS),
        ("<2024-02", EVER, "2024-01-31"),
        ("<=2024-02", EVER, "2024-02-29"),
        ("since 2023", "2023-01-01", ALWAYS),
        ("before may 2023", EVER, "2023-04-30"),
        ("from 2023 to feb 2024", "2023-01-01", "2024-02-29"),
        ("between 2022 and 2023", "2022-01-01", "2023-12-31"),
    ],
)
def test_times(text: str, first: str, last: str) -> None:
    found = days(text, TODAY)
    assert found
    assert tuple(map(str, found)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "nonsense", "2024-13", "2024-02-30", "2024-W60", "2024-Q5", "..", ">", "2025..2024", "99999d", "0000",
        "last week soil", "in", "week", "1 2 3", "may 32", "5 may 6", ">nonsense", "2024..nonsense", "20241301",
    ],
)  # fmt: skip
def test_no_time(text: str) -> None:
    assert days(text, TODAY) is None


@given(any_text, st.dates())
def test_any_text(text: str, today: datetime.date) -> None:
    found = days(text, today)
    assert found is None or found[0] <= found[1]


@given(st.dates(), st.dates())
def test_any_day_is_itself(day: datetime.date, today: datetime.date) -> None:
    if day.year >= 1000:
        assert days(day.isoformat(), today) == (day, day)
