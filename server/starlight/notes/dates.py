"""Calendar dates as people write them, in a few languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Day(NamedTuple):
    """A date, or what is said of one: 0 stands for a part that is not said."""

    year: int
    month: int
    day: int

    def says(self, other: Day) -> bool:
        """Whether this says all that ``other`` does."""
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True) if theirs)


class Date(NamedTuple):
    """A date in a text: code points ``start`` to ``end``, and the days that it may mean."""

    start: int
    end: int
    days: tuple[Day, ...]


_NAMES = """
jan january januar jänner janvier enero gennaio januari janeiro
feb february februar février fevrier febrero febbraio februari fevereiro
mar march märz mars marzo maart março mrz
apr april avril abril aprile
may mai mayo maggio mei maio
jun june juni juin junio giugno junho
jul july juli juillet julio luglio julho
aug august août agosto augustus
sep sept september septembre septiembre settembre setembro
oct okt october oktober octobre octubre ottobre outubro
nov november novembre noviembre novembro
dec dez december dezember décembre diciembre dicembre dezembro
"""
MONTHS = {name: number for number, line in enumerate(_NAMES.strip().splitlines(), 1) for name in line.split()}
"""Months by name, in lower case."""
_MONTH = rf"(?P<name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?P<year>(?:1[0-9]|20|21)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)"
_TH = r"(?:st|nd|rd|th|er|\.|º)?"
_ALONE = r"(?<![\w.,/-])"


def _compiled(*patterns: str) -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


_NAMED = _compiled(
    rf"{_ALONE}{_DAY}{_TH}\s*(?:de\s+|of\s+)?{_MONTH}(?:,?\s+(?:de\s+|del\s+)?{_YEAR}(?!\d))?",
    rf"\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?![\d:])(?:,?\s+{_YEAR}(?!\d))?",
    rf"\b{_MONTH},?\s+(?:de\s+)?{_YEAR}(?!\d)",
)
_FORMS = _compiled(
    rf"{_ALONE}{_YEAR}[-/.](?P<month>[01]?\d)[-/.]{_DAY}(?![\w]|[.,-]\d)",
    rf"{_ALONE}{_YEAR}-(?P<month>[01]\d)(?![\w-])",
    rf"{_YEAR}年(?:(?P<month>[01]?\d)月(?:{_DAY}日)?)?",
    rf"(?P<month>(?<!\d)[01]?\d)月{_DAY}日",
    rf"{_ALONE}{_DAY}\.\s?(?P<month>[01]?\d)\.(?:\s?(?P<year>\d{{4}}|\d\d))?(?!\d)",
    rf"{_ALONE}(?P<one>[0-3]?\d)/(?P<two>[0-3]?\d)/(?P<year>\d{{4}}|\d\d)(?![\d/])",
)
_NAME = re.compile(r"[^\W\d_]{3,}")
_LEAST = 4
"""Letters of a month that stands without a number: "Mar" and "Jun" may be anything."""


def dates(text: str) -> list[Date]:
    """Return the dates in ``text`` in order; none of them overlap."""
    names = [match for match in _NAME.finditer(text) if match[0].lower() in MONTHS]
    found: list[Date] = []
    with_names = _NAMED if names else []
    for form in [*with_names, *_FORMS] if any(map(str.isdigit, text)) else []:
        for match in form.finditer(text):
            days = tuple(_days(match.groupdict()))
            if days and _is_free(found, match):
                found.append(Date(*match.span(), days))
    for match in names:
        # "May" and "March" begin sentences as other words do.
        is_one = match[0].istitle() and (len(match[0]) >= _LEAST or match[0] == "May")
        if is_one and _is_free(found, match) and text[: match.start()].strip(" *_-#>"):
            found.append(Date(*match.span(), (Day(0, MONTHS[match[0].lower()], 0),)))
    return sorted(found)


def _is_free(found: list[Date], match: re.Match[str]) -> bool:
    return all(match.end() <= date.start or date.end <= match.start() for date in found)


def _days(parts: dict[str, str | None]) -> Iterator[Day]:
    year = int(parts.get("year") or 0)
    year += 2000 if 0 < year < 70 else 1900 if 70 <= year < 100 else 0
    if one := parts.get("one"):
        numbers = int(one), int(parts["two"] or 0)
        orders = {numbers, numbers[::-1]}
        yield from (Day(year, month, day) for day, month in sorted(orders) if _is_real(month, day))
        return
    name = parts.get("name")
    month = MONTHS[name.lower()] if name else int(parts.get("month") or 0)
    day = int(parts.get("day") or 0)
    if _is_real(month, day or 1):
        yield Day(year, month, day)


def _is_real(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31
