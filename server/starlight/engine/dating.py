"""When notes are from."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from starlight.notes.filters import day_of_file
from starlight.notes.times import day_of

Dated = tuple[str, tuple[str, str], int]
"""Of a note its path, when it says that it was made and changed, and its file's mtime in ns."""


def days_of(notes: Iterable[Dated]) -> dict[str, datetime.date]:
    """Return the day that each note is from, by path: its name says so, else its front matter, else its file."""
    days = ((path, day_of(path.rpartition("/")[2], dates) or day_of_file(mtime_ns)) for path, dates, mtime_ns in notes)
    return {path: day for path, day in days if day}
