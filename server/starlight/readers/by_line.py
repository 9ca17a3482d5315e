"""What readers share that write each line of a file as a line of Markdown."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

_BACKTICKS = re.compile(r"[ \t>]*(`{3,})")
_SPACE = re.compile(r"[\s<>]")
_NOT_PLAIN = re.compile(r"[^\w/.:?=&%#,;~@!$'*+-]")
_MAX_DEPTH = 8
"""Lists in a list that deeper ones are written as; Markdown has an end of them as well."""


class Lists:
    """The lists that a line stands in: Markdown wants what is in an item where its text begins."""

    def __init__(self) -> None:
        self._open: list[tuple[int, int]] = []
        """The column of their marks in the file, and that of their text in Markdown."""

    def clear(self) -> None:
        """Leave all of them."""
        self._open.clear()

    def margin(self, line: str) -> str:
        """Return what stands before the text of ``line``: it goes on with the item that it is indented for."""
        if not self._open:
            return ""
        at = column(line)
        while self._open and self._open[-1][0] >= at:
            self._open.pop()
        return " " * self._open[-1][1] if self._open else ""

    def item(self, line: str, mark: str) -> str:
        """Return ``mark``, which begins an item in ``line``, with what stands before and behind it."""
        margin = self.margin(line)
        self.enter(column(line), f"{margin}{mark} ")
        return f"{margin}{mark} "

    def enter(self, at: int, before: str) -> None:
        """Go into an item whose mark stands in column ``at`` of the file, and its text behind ``before``."""
        if len(self._open) < _MAX_DEPTH:
            self._open.append((at, len(before)))


class Written:
    """The lines of a file, and what each of them is written as; ``inline`` reads links and emphasis in text."""

    def __init__(self, lines: list[str], inline: Callable[[str], str]) -> None:
        self.lines = lines
        self.written = [""] * len(lines)
        self.lists = Lists()
        self._inline = functools.partial(_line_for_line, inline)
        self._unread = 0
        """The first line in which links and emphasis have not been looked for."""

    def keep(self, first: int, after: int) -> None:
        """Leave the lines from ``first`` to before ``after`` as they are written: they are code."""
        self.read_inline(first)
        self._unread = after

    def fence(self, opened: int, closed: int, language: str = "", before: str = "") -> None:
        """Make what is written between the two lines code, whatever it holds."""
        ticks = (found[1] for line in self.written[opened + 1 : closed] if (found := _BACKTICKS.match(line)))
        fence = "`" * (max(map(len, ticks), default=2) + 1)
        self.written[opened] = f"{before}{fence}{language.replace('`', '')}"
        self.written[closed] = f"{before}{fence}"
        self.keep(opened, closed + 1)
        self.lists.clear()

    def read_inline(self, after: int) -> None:
        """Write links and emphasis in the lines before ``after`` as Markdown has them."""
        if self._unread < after:
            text = "\n".join(self.written[self._unread : after])
            self.written[self._unread : after] = self._inline(text).split("\n")
            self._unread = after

    def text(self) -> str:
        """Return the whole."""
        self.read_inline(len(self.written))
        return "\n".join(self.written)


def _line_for_line(inline: Callable[[str], str], text: str) -> str:
    """Return what ``inline`` makes of ``text``; of each line by itself, where it would be more lines or fewer.

    All below would lead to another line of the file.
    """
    made = inline(text)
    return made if made.count("\n") == text.count("\n") else "\n".join(map(inline, text.split("\n")))


def heading(level: int, text: str) -> str:
    """Return ``text`` as a heading; Markdown has six levels, and takes a ``#`` at the end of one for its end."""
    return f"{'#' * min(level, 6)} {text}{' #' if text.endswith('#') else ''}"


def column(line: str) -> int:
    """Return the column, from 0, at which the text of ``line`` begins."""
    indent = len(line) - len(line.lstrip())
    return len(line[:indent].expandtabs(8)) if "\t" in line[:indent] else indent


def link(text: str, to: str, n_ends: int = 0) -> str:
    """Return a link to ``to``, on one line: what of its text stands below stays behind it, on as many lines.

    ``n_ends`` are the ends of lines in what the link is written as, where there are more of them than in its text.
    """
    body = text.lstrip()
    before = text[: len(text) - len(body)]
    first, end, rest = body.partition("\n")
    more = "\n" * (n_ends - text.count("\n"))
    return f"{before}[{unbracketed(first.rstrip())}]({destination(to)}){end}{rest}{more}"


def unbracketed(text: str) -> str:
    """Return ``text`` without brackets, which in the text of a link would be links."""
    return text.replace("[", "(").replace("]", ")") if "[" in text or "]" in text else text


def destination(path: str) -> str:
    """Return ``path`` as the destination of a link."""
    if path and not _NOT_PLAIN.search(path):
        return path
    return "<" + path.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C").replace("\n", "") + ">"


def is_web(path: str) -> bool:
    """Whether ``path`` is an address that can stand for itself, between angle brackets."""
    return path.startswith(("http:", "https:")) and not _SPACE.search(path)
