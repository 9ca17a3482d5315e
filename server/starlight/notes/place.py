"""Places in a text: offsets and lines, converted both ways.

A line ends at ``\\n``, ``\\r\\n`` or ``\\r``, as in CommonMark and in the Language Server Protocol.
"""

from __future__ import annotations

import bisect
import itertools
import operator
import re
from typing import NamedTuple

_ANY_END = re.compile("\r\n?|\n")


class Column(NamedTuple):
    """A place in a line: how many units stand before it, of each kind that a client may count in."""

    utf32: int
    """Code points."""
    utf16: int
    utf8: int


class Span(NamedTuple):
    """A part of a text, by lines and columns."""

    first: int
    start: Column
    last: int
    end: Column


class Lines:
    """The lines of a text. Lines count from 1, offsets are code points from 0."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        if "\r" in text:
            self._starts = [0, *[found.end() for found in _ANY_END.finditer(text)]]
        else:  # the same, without a step of Python's for every line
            ends = itertools.accumulate(map(len, text.split("\n")))
            self._starts = [0, *map(operator.add, ends, itertools.count(1))]
            self._starts.pop()

    def __len__(self) -> int:
        return len(self._starts)

    def start(self, line: int) -> int:
        """Offset of the first character of ``line``; the end of the text for a line past the last."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self._text)

    def at(self, offset: int) -> int:
        """The line that holds ``offset``."""
        return bisect.bisect_right(self._starts, offset)

    def text(self, line: int) -> str:
        """The text of ``line`` without its line end."""
        return self._text[self.start(line) : self.start(line + 1)].rstrip("\r\n")

    def span(self, start: int, end: int) -> Span:
        """The lines and columns from the offset ``start`` to before ``end``."""
        first, last = self.at(start), self.at(end)
        return Span(first, self._column(first, start), last, self._column(last, end))

    def one_column(self, start: int, end: int) -> tuple[int, int] | None:
        """The line of a part, and the column at which it starts, where both ends have one in any unit; else None."""
        line = self.at(start)
        head = self.start(line)
        to_end = self._text[head:end]
        return (line, start - head) if to_end.isascii() and "\n" not in to_end and "\r" not in to_end else None

    def _column(self, line: int, offset: int) -> Column:
        before = self._text[self.start(line) : offset]
        if before.isascii():
            return Column(len(before), len(before), len(before))
        utf16 = len(before) + sum(char > "\uffff" for char in before)
        return Column(len(before), utf16, len(before.encode("utf-8", "surrogatepass")))
