"""Notes without a ranking: what a query of filters alone lists, the note first that was changed last."""

from __future__ import annotations

import time
from typing import NamedTuple

from starlight.engine.contents import Content
from starlight.engine.describe import HEADING_SEPARATOR
from starlight.engine.hits import Hit
from starlight.engine.overlay import View
from starlight.engine.passages import SNIPPET_LENGTH, Extract, extract, shown
from starlight.index.reader import Reader
from starlight.index.records import Scope, StoredPassage
from starlight.notes.filters import day_of_file, days_since_1970
from starlight.notes.text import one_line


class Head(NamedTuple):
    """A note by its first passage, and when it was changed, in days since 1970."""

    passage: StoredPassage
    changed: float


class Beginning(NamedTuple):
    """What is shown of a note: its first passage, the line where its text begins, and that text."""

    place: Extract
    line: int
    snippet: str


def heads(reader: Reader, opened: View, stored: Scope, limit: int) -> list[Head]:
    """Return the ``limit`` notes of a scope that were changed last; those that are open were changed now."""
    now = days_since_1970("", time.time_ns())
    found = [Head(passage, now) for passage in opened.firsts()]
    found += [Head(passage, changed) for passage, changed in reader.latest(stored, limit)]
    return sorted(found, key=lambda head: (-head.changed, head.passage.path))[:limit]


def beginning(passage: StoredPassage, content: Content | None) -> Beginning:
    """Return how the note begins that ``passage`` is the first of."""
    place = extract(passage, content)
    text, n_skipped = shown(place.text)
    n_blank = text[: len(text) - len(text.lstrip())].count("\n")
    line = min(place.first + n_skipped + n_blank, place.last)
    return Beginning(place, line, one_line(text, SNIPPET_LENGTH))


def day_of(head: Head) -> str:
    """Return the day on which a note was changed, as ISO 8601."""
    return str(day_of_file(int(head.changed * 8.64e13)) or "")


def hit(head: Head, content: Content | None) -> Hit:
    """Return the hit of a note that is listed without a ranking."""
    passage = head.passage
    begins = beginning(passage, content)
    return Hit(
        path=passage.path,
        start_line=begins.place.first,
        end_line=begins.place.last,
        line=begins.line,
        title=passage.title,
        heading=HEADING_SEPARATOR.join(passage.headings),
        snippet=begins.snippet,
        highlights=(),
        score=round(head.changed, 4),
        reasons=(f"changed {day_of(head)}",),
        locator=content.locator(begins.place.start) if content else None,
    )
