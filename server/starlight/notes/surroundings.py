"""What stands around a place in a note: the words that a link there should fit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlight.notes.text import plain

BEFORE, AFTER = 300, 200
"""Characters of the paragraph that are looked at."""
_BLANK = re.compile(r"\n[ \t>]*\r?\n")
_HEADING = re.compile(r"^[ ]{0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The plain text of the paragraph before and after a place, and the headings above it."""

    before: str
    after: str
    headings: tuple[str, ...]

    @property
    def text(self) -> str:
        """Both sides together."""
        return f"{self.before} {self.after}".strip()


def surroundings(text: str, start: int, end: int) -> Surroundings:
    """Return what is around text[start:end], which itself does not count."""
    return Surroundings(
        plain(_paragraph_before(text, start)).strip(),
        plain(_paragraph_after(text, end)).strip(),
        _headings(text[:start]),
    )


def _paragraph_before(text: str, start: int) -> str:
    before = text[max(start - BEFORE, 0) : start]
    for blank in reversed(list(_BLANK.finditer(before))):
        if before[blank.end() :].strip():
            return before[blank.end() :]
    return before


def _paragraph_after(text: str, end: int) -> str:
    after = text[end : end + AFTER]
    blank = _BLANK.search(after)
    return after[: blank.start()] if blank else after


def _headings(before: str) -> tuple[str, ...]:
    """Return the headings above, outermost first, as far as the last 20,000 characters have them."""
    found: list[tuple[int, str]] = []
    for heading in _HEADING.finditer(before[-20_000:]):
        level = len(heading[1])
        found = [each for each in found if each[0] < level]
        found.append((level, " ".join(plain(heading[2]).split())))
    return tuple(name for _, name in found)
