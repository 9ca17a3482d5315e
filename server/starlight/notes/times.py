"""When a question is about: "last week", "in March 2024", "gestern".  And when a note is from.  Pure: today is given.

What is understood is a preference for whoever searches: a note of that time may say more, no other is left out.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

Day = datetime.date


class Period(NamedTuple):
    """Some days in a row, ``first`` to ``last``, and where the question names them."""

    first: Day
    last: Day
    start: int
    end: int

    def holds(self, day: Day) -> bool:
        """Whether ``day`` is one of them."""
        return self.first <= day <= self.last


def period(question: str, today: Day) -> Period | None:
    """Return the time that ``question`` names first, as seen on ``today``; None where it names none.

    Days, weeks, months and years relative to today in English, German, French and Spanish; months, years after a
    word such as "in" or "since", and dates such as 2024-03-05 and 5.3.2024.
    """
    for pattern, days in _RULES:
        for found in pattern.finditer(question):
            if (span := _between(days, found, today)) is not None:
                return Period(*span, *found.span())
    return None


def asks_for_new(question: str) -> bool:
    """Whether ``question`` asks for what is new, as in "the latest plan"."""
    return bool(_NEW.search(question))


def day_of(stem: str, dates: Iterable[str]) -> Day | None:
    """Return the day that a note is from: its file's name says so, else the first of ``dates`` that is one."""
    for text, pattern in ((stem, _IN_NAME), *((date, _IN_FIELD) for date in dates)):
        for found in pattern.finditer(text):
            if day := _day(found["year"], found["month"], found["day"]):
                return day
    return None


_IN_NAME = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_. ]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?!\d)")
_IN_FIELD = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")


def _day(year: str, month: str, day: str) -> Day | None:
    try:
        return Day(int(year), int(month), int(day))
    except ValueError:
        return None


Span = tuple[Day, Day]


def _between(days: Callable[[re.Match[str], Day], Span | None], found: re.Match[str], today: Day) -> Span | None:
    try:
        return days(found, today)
    except (ValueError, OverflowError):  # before the calendar begins
        return None


def _days_ago(first: int, last: int | None = None) -> Callable[[re.Match[str], Day], Span]:
    """Return the rule for the days from ``first`` days ago to ``last`` days ago."""

    def rule(_found: re.Match[str], today: Day) -> Span:
        day = datetime.timedelta(days=1)
        return today - first * day, today - (first if last is None else last) * day

    return rule


def _weeks_ago(n: int) -> Callable[[re.Match[str], Day], Span]:
    def rule(_found: re.Match[str], today: Day) -> Span:
        monday = today - datetime.timedelta(days=today.weekday() + 7 * n)
        return monday, monday + datetime.timedelta(days=6)

    return rule


def _months_ago(n: int) -> Callable[[re.Match[str], Day], Span]:
    def rule(_found: re.Match[str], today: Day) -> Span:
        months = 12 * today.year + today.month - 1 - n
        return month_of(months // 12, months % 12 + 1)

    return rule


def _years_ago(n: int) -> Callable[[re.Match[str], Day], Span]:
    def rule(_found: re.Match[str], today: Day) -> Span:
        return Day(today.year - n, 1, 1), Day(today.year - n, 12, 31)

    return rule


def _last_days(found: re.Match[str], today: Day) -> Span:
    """The last so many days, weeks, months or years."""
    length = next(days for unit, days in _UNITS.items() if found["unit"].casefold().startswith(unit))
    return today - datetime.timedelta(days=length * int(found["n"])), today


def _on_day(found: re.Match[str], _today: Day) -> Span | None:
    day = _day(found["year"], found["month"], found["day"])
    return (day, day) if day else None


def _in_month(found: re.Match[str], today: Day) -> Span:
    """A month of a year, or the last one of that name."""
    month = _MONTHS[found["name"].casefold()]
    if found["year"]:
        return month_of(int(found["year"]), month)
    return month_of(today.year - (month > today.month), month)


def _in_year(found: re.Match[str], today: Day) -> Span:
    year = int(found["year"])
    is_since = found["word"].casefold() in _SINCE
    return Day(year, 1, 1), max(today, Day(year, 1, 1)) if is_since else Day(year, 12, 31)


def month_of(year: int, month: int) -> Span:
    """Return the first and the last day of a month; ``ValueError`` where the calendar has none such."""
    return Day(year, month, 1), Day(year, month, calendar.monthrange(year, month)[1])


_UNITS = {
    "day": 1, "tag": 1, "jour": 1, "día": 1, "week": 7, "woche": 7, "sem": 7, "month": 30, "monat": 30, "mois": 30,
    "mes": 30, "year": 365, "jahr": 365, "an": 365, "año": 365,
}  # fmt: skip
"""Days of a unit, by how its name begins."""
_SINCE = ("since", "seit", "depuis", "desde")
_OF_MONTHS = (
    "january januar jänner janvier enero",
    "february februar février febrero",
    "march märz mars marzo",
    "april avril abril",
    "may mai mayo",
    "june juni juin junio",
    "july juli juillet julio",
    "august août agosto",
    "september septembre septiembre",
    "october oktober octobre octubre",
    "november novembre noviembre",
    "december dezember décembre diciembre",
)
_MONTHS = {name: number for number, names in enumerate(_OF_MONTHS, 1) for name in names.split()}


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_LAST = "last|past|previous|letzte[mnrs]?|vergangene[mnrs]?|vorige[mnrs]?"
_THIS = "this|current|diese[mnrs]?"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Day], Span | None]], ...] = (
    (_any("day before yesterday|vorgestern|avant-hier|anteayer"), _days_ago(2)),
    (_any("yesterday|gestern|hier soir|qu'hier|ayer"), _days_ago(1)),
    (_any("today|heute|aujourd'hui|hoy"), _days_ago(0)),
    (
        _any(
            r"(?:last|past|letzten?|vergangenen|derniers|dernières|últimos|últimas)\s+(?P<n>\d{1,3})\s+"
            rf"(?P<unit>(?:{'|'.join(_UNITS)})\w*)"
        ),
        _last_days,
    ),
    (_any(rf"(?:{_LAST})\s+(?:week|woche)|semaine\s+dernière|semana\s+pasada"), _weeks_ago(1)),
    (_any(rf"(?:{_THIS})\s+(?:week|woche)|cette\s+semaine|esta\s+semana"), _weeks_ago(0)),
    (_any(rf"(?:{_LAST})\s+(?:month|monat|monats)|mois\s+dernier|mes\s+pasado"), _months_ago(1)),
    (_any(rf"(?:{_THIS})\s+(?:month|monat|monats)|ce\s+mois-ci|este\s+mes"), _months_ago(0)),
    (_any(rf"(?:{_LAST})\s+(?:year|jahr|jahres)|l'année\s+dernière|l'an\s+dernier|año\s+pasado"), _years_ago(1)),
    (_any(rf"(?:{_THIS})\s+(?:year|jahr|jahres)|cette\s+année|este\s+año"), _years_ago(0)),
    (_any(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"), _on_day),
    (_any(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"), _on_day),
    (
        _any(rf"(?:(?:in|im|en|since|seit)\s+)?(?P<name>{'|'.join(_MONTHS)})\s+(?:de\s+)?(?P<year>(?:19|20)\d\d)"),
        _in_month,
    ),
    (_any(rf"(?:last|in|im|letzten|en)\s+(?P<name>{'|'.join(_MONTHS)})(?P<year>)"), _in_month),
    (
        _any(r"(?P<word>in|of|from|during|since|aus|seit|von|im\s+jahr|en|depuis|de|desde)\s+(?P<year>(?:19|20)\d\d)"),
        _in_year,
    ),
)
"""What names a time, the closest first, and the days that it means."""

_NEW = re.compile(
    r"\b(?:latest|newest|(?:most\s+)?recent(?:ly)?|lately|neue?ste[mnrs]?|zuletzt|kürzlich(?:e[mnrs]?)?|neulich"
    r"|récente?s?|récemment|dernièrement|recientes?|recientemente|últimamente|más\s+nuev[oa]s?)\b"
    r"|最新|最近|جدیدترین|تازه‌?\s?ترین|آخرین|अभी\s+हाल|हाल\s+ही|नवीनतम|ล่าสุด",
    re.IGNORECASE,
)
"""What asks for the new ones."""
