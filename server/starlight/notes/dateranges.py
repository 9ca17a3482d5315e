"""Days as a filter names them: "2024-05", "2024-01..2024-03", "last week", "3 days ago".  Pure: today is given.

``times`` finds times in a sentence; here a text is a time from its first letter to its last, or it is none.
Months, weeks and ordinal dates are those of ISO 8601; words are those that ``times`` knows, and some more.
"""

from __future__ import annotations

import datetime
import re

from starlight.notes.times import Day, month_of, period

Days = tuple[Day, Day]

_RANGE = re.compile(r"(?P<first>.*?)\s*\.\.\.?\s*(?P<last>.*)", re.DOTALL)
_BETWEEN = re.compile(r"(?:from|between|von|zwischen)\s+(?P<first>.+?)\s+(?:to|and|until|bis|und)\s+(?P<last>.+)")
_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|since |after |before |until |seit |nach |vor dem |bis )\s*(?P<day>.+)")
_YEAR = re.compile(r"(?P<year>\d{4})")
_MONTH = re.compile(r"(?P<year>\d{4})[-/._](?P<month>\d{1,2})|(?P<month_first>\d{1,2})[/.](?P<year_last>\d{4})")
_DAY = re.compile(r"(\d{4})[-/._](\d{1,2})[-/._](\d{1,2})(?:t[\d:.+z-]*)?|(\d{4})(\d\d)(\d\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})[- ]?q([1-4])")
_AGO = re.compile(r"(?P<n>\d{1,4}|an?|one)\s+(?P<unit>day|week|month|year)s?\s+ago")
_LATELY = re.compile(r"(?P<n>\d{1,4})(?P<unit>[dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_MONTH_NAMES = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_MONTHS = {short: n for n, name in enumerate(_MONTH_NAMES, 1) for short in (name, name[:3])} | {"sept": 9}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NAMED = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+)?(?P<month>{_NAMES})"
    r"(?:\s+(?P<day_after>\d{1,2})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?P<year>\d{4}))?"
)
_DAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_WEEKDAYS = {short: n for n, name in enumerate(_DAY_NAMES) for short in (name, name[:3])}


def days(text: str, today: Day) -> Days | None:
    """Return the first and the last day that ``text`` names, as seen on ``today``; None where it names none."""
    text = " ".join(text.casefold().split())
    for written in dict.fromkeys((text, re.sub(r"[-_]+", " ", text))):
        try:
            found = _range(written, today) or _one(written, today)
        except (ValueError, OverflowError):  # no day of the calendar
            found = None
        if found and found[0] <= found[1]:
            return found
    return None


def _range(text: str, today: Day) -> Days | None:
    if compared := _COMPARED.fullmatch(text):
        return _beyond(compared["sign"].strip(), compared["day"], today)
    found = _BETWEEN.fullmatch(text) or _RANGE.fullmatch(text)
    if not found or not (found["first"] or found["last"]):
        return None
    first = _one(found["first"], today) if found["first"] else (Day.min, Day.min)
    last = _one(found["last"], today) if found["last"] else (Day.max, Day.max)
    return (first[0], last[1]) if first and last else None


def _beyond(sign: str, text: str, today: Day) -> Days | None:
    found = _one(text, today)
    if not found:
        return None
    first, last = found
    one = datetime.timedelta(days=1)
    if sign in (">", "after", "nach"):
        return last + one, Day.max
    if sign in (">=", "since", "seit"):
        return first, Day.max
    return (Day.min, first - one) if sign in ("<", "before", "vor dem") else (Day.min, last)


def _one(text: str, today: Day) -> Days | None:
    """Return the days of a text that is no range."""
    for rule in (_numbered, _ago, _weekday, _named):
        if found := rule(text, today):
            return found
    for written in (text, f"in {text}"):  # "march", "2024" after a word that makes them a time
        named = period(written, today)
        if named and named.start == 0 and named.end == len(written):
            return named.first, named.last
    return None


def _numbered(text: str, _today: Day) -> Days | None:
    if found := _YEAR.fullmatch(text):
        year = int(found["year"])
        return Day(year, 1, 1), Day(year, 12, 31)
    if found := _MONTH.fullmatch(text):
        return month_of(int(found["year"] or found["year_last"]), int(found["month"] or found["month_first"]))
    if found := _DAY.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part)
        return Day(year, month, day), Day(year, month, day)
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        return Day(year, month, day), Day(year, month, day)
    if found := _WEEK.fullmatch(text):
        monday = Day.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + datetime.timedelta(days=6)
    if found := _QUARTER.fullmatch(text):
        year, month = int(found[1]), 3 * int(found[2])
        return Day(year, month - 2, 1), month_of(year, month)[1]
    return None


def _ago(text: str, today: Day) -> Days | None:
    if found := _LATELY.fullmatch(text):  # "7d": the last seven days
        return today - datetime.timedelta(days=_DAYS[found["unit"]] * int(found["n"])), today
    found = _AGO.fullmatch(text)
    if not found:
        return None
    n = int(found["n"]) if found["n"].isdigit() else 1
    if found["unit"] in ("day", "week"):
        day = today - datetime.timedelta(days=n * _DAYS[found["unit"][0]])
        if found["unit"] == "day":
            return day, day
        monday = day - datetime.timedelta(days=day.weekday())
        return monday, monday + datetime.timedelta(days=6)
    if found["unit"] == "year":
        return Day(today.year - n, 1, 1), Day(today.year - n, 12, 31)
    months = 12 * today.year + today.month - 1 - n
    return month_of(months // 12, months % 12 + 1)


def _weekday(text: str, today: Day) -> Days | None:
    """The last day of that name; today is one of its own name, unless it is asked for the last one."""
    name = text.removeprefix("last ").removeprefix("on ")
    if name not in _WEEKDAYS:
        return None
    back = (today.weekday() - _WEEKDAYS[name]) % 7
    day = today - datetime.timedelta(days=back or 7 * text.startswith("last "))
    return day, day


def _named(text: str, today: Day) -> Days | None:
    """A month by its name, or a day of it; of the last such month where no year is named."""
    found = _NAMED.fullmatch(text)
    if not found or (found["day"] and found["day_after"]):
        return None
    month, day = _MONTHS[found["month"]], found["day"] or found["day_after"]
    year = int(found["year"]) if found["year"] else today.year - (month > today.month)
    if not day:
        return month_of(year, month)
    return Day(year, month, int(day)), Day(year, month, int(day))
