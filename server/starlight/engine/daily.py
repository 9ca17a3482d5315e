"""Notes that are called by a date, and how a vault writes such names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

_DATED = re.compile(r"(?P<before>(?:[^\d]*[^\d/])??)(?P<y>\d{4})(?P<sep>[-_. ]?)(?P<m>\d{2})(?P=sep)(?P<d>\d{2})")
_DAYS = 7


class Dating(NamedTuple):
    """How daily notes are called: their folder (with a slash behind it), what stands before the date and in it."""

    folder: str = ""
    before: str = ""
    separator: str = "-"
    ending: str = ".md"

    def name(self, day: date) -> str:
        """The name of the note of ``day``."""
        return self.before + self.separator.join((f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"))

    def path(self, day: date) -> str:
        """Where the note of ``day`` is, or would be."""
        return f"{self.folder}{self.name(day)}{self.ending}"


def dating(paths: Iterable[str]) -> Dating:
    """Return how most of the notes that are called by a date alone are called; ISO dates where there is none."""
    found: Counter[Dating] = Counter()
    for path in paths:
        folder, slash, name = path.rpartition("/")
        stem, dot, ending = name.rpartition(".")
        dated = _DATED.fullmatch(stem)
        if dated and dot:
            found[Dating(folder + slash, dated["before"], dated["sep"], dot + ending)] += 1
    return min(found, key=lambda each: (-found[each], each), default=Dating())


def days(today: date) -> Iterator[tuple[str, date]]:
    """Yield the words for days around ``today``, and the days."""
    yield "today", today
    yield "yesterday", today - timedelta(1)
    yield "tomorrow", today + timedelta(1)
    for n in range(2, _DAYS + 1):
        yield f"next {today + timedelta(n):%A}".lower(), today + timedelta(n)
        yield f"last {today - timedelta(n):%A}".lower(), today - timedelta(n)
