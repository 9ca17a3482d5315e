"""Citation marks in a text: ``[1]``, ``[1][3]``, ``[1, 3]``, ``[1-3]``, and as links: ``[[1]](note.md#L3)``."""

from __future__ import annotations

import re

_NUMBERS = r"\d{1,3}(?:[ ]*[,;–-][ ]*\d{1,3}){0,30}"
MARK = re.compile(
    rf"(?<![\\!\w\]])\[\[(?P<linked>{_NUMBERS})\]\]\([^()\s]*\)|(?<![\\!\[])\[(?P<plain>{_NUMBERS})\](?!\])"
)
"""One mark; what stands between its brackets is in the group ``linked`` or ``plain``."""
LEADING = re.compile(rf"(?:[ \t]*{MARK.pattern.replace('?P<linked>', '').replace('?P<plain>', '')})+")
"""Marks with nothing but blanks between them."""
_MOST = 50
"""Numbers that a range gives at most; one that is longer cites its ends."""


def numbers(mark: re.Match[str]) -> tuple[int, ...]:
    """Return the numbers of sources that ``mark`` names, in order, each once."""
    return numbers_of(mark["linked"] or mark["plain"])


def numbers_of(inner: str) -> tuple[int, ...]:
    """Return the numbers that stand between the brackets of a mark."""
    found: dict[int, None] = {}
    for item in re.split("[,;]", inner):
        ends = [int(number) for number in re.split("[–-]", item)]
        first, last = ends[0], ends[-1]
        named = range(first, last + 1) if len(ends) == 2 and first < last <= first + _MOST else ends
        found.update(dict.fromkeys(named))
    return tuple(found)


def without(text: str) -> str:
    """Return ``text`` without its marks and the blanks before them."""
    return re.sub(rf"[ \t]*(?:{MARK.pattern})", "", text) if "[" in text else text
