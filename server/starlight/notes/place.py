"""Places in a text: offsets and lines, converted both ways.

A line ends at ``\\n``, ``\\r\\n`` or ``\\r``, as in CommonMark and in the Language Server Protocol.
"""

from __future__ import annotations

import bisect
import re

_LINE_FEED = re.compile("\n")
_ANY_END = re.compile("\r\n?|\n")


class Lines:
    """The lines of a text. Lines count from 1, offsets are code points from 0."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        end = _ANY_END if "\r" in text else _LINE_FEED
        self._starts = [0, *[found.end() for found in end.finditer(text)]]

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
