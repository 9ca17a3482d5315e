"""Where a text differs from what it was before: from which line on, up to which, and how far the rest has moved."""

from __future__ import annotations

from typing import NamedTuple

from starlight.notes.place import Lines

_STEP = 65_536


class Change(NamedTuple):
    """What stands before line ``first`` and after line ``last`` is as it was, by lines of the text before."""

    first: int
    last: int
    characters: int
    """How far what stands behind has moved."""
    lines: int


def change(before: str, before_lines: Lines, after: str, after_lines: Lines) -> Change:
    """Return how ``after`` differs from ``before``: in one part, however many there are in truth."""
    most = min(len(before), len(after))
    head = _equal(before, after, most)
    tail = _equal_ends(before, after, most - head)
    # A line feed after a carriage return is no line of its own: the line before the first difference is doubtful.
    first = min(before_lines.at(max(head - 1, 0)), after_lines.at(max(head - 1, 0)))
    last = before_lines.at(len(before) - tail)
    return Change(first, last, len(after) - len(before), len(after_lines) - len(before_lines))


def _equal(one: str, other: str, most: int) -> int:
    """Return how many of the first ``most`` characters are equal."""
    at, step = 0, _STEP
    while step and at < most:
        end = min(at + step, most)
        if one[at:end] == other[at:end]:
            at = end
        else:
            step //= 2
    return at


def _equal_ends(one: str, other: str, most: int) -> int:
    """Return how many of the last ``most`` characters are equal."""
    n, step = 0, _STEP
    while step and n < most:
        more = min(n + step, most)
        if one[len(one) - more : len(one) - n] == other[len(other) - more : len(other) - n]:
            n = more
        else:
            step //= 2
    return n
