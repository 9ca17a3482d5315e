"""The headings above the passages of a note, each stored once: a tenth of them would else be an index's.

A tree of (number of the heading above, text), numbered from 1 in the order of the passages; 0 is above all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Outline:
    """The headings of one note while its passages are stored."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, str], int] = {}

    def number(self, headings: Sequence[str]) -> int:
        """Return the number of the last of ``headings``, outermost first; 0 where there are none."""
        number = 0
        for text in headings:
            number = self._numbers.setdefault((number, text), len(self._numbers) + 1)
        return number

    def stored(self) -> str:
        """Return what ``headings_by_number`` reads; empty where there are no headings."""
        return _json([part for each in self._numbers for part in each]) if self._numbers else ""


def headings_by_number(stored: str) -> list[tuple[str, ...]]:
    """Return the headings down to each one of an outline, that of number 0 first: none."""
    found: list[tuple[str, ...]] = [()]
    parts = json.loads(stored)
    for above, text in zip(parts[::2], parts[1::2], strict=True):
        found.append((*found[above], text))
    return found


def headings_in(stored: str) -> list[str]:
    """Return the headings of an outline, each by itself."""
    found: list[str] = json.loads(stored)[1::2]
    return found
