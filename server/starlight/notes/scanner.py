"""The blocks of a Markdown text, line by line: what markdown-it-py finds, at many times its speed.

This is markdown-it-py's own algorithm (containers by indentation, leaves by the first character), without
tokens.  Lines are rewritten as containers are entered: the marker of a list item becomes white space, the
marker of a block quote is cut off.  What is not plain raises ``NotPlain``, and markdown-it-py parses that text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from starlight.notes.constructs import (
    BLANK,
    FENCE,
    LAZY,
    MAX_MISSING_CELLS,
    TRIM,
    NotPlain,
    atx_level,
    ends_at_blank,
    heading_text,
    html_end,
    is_definition,
    is_rule,
    marker_end,
    n_cells,
    n_columns,
    outdented,
    setext_level,
    unquoted,
)
from starlight.notes.model import Block

_MAX_NESTING = 20
"""At this depth markdown-it-py passes over the rest; a list is two deep, a quote one."""

_MAY_INTERRUPT = frozenset(" \t#>`~<*-_+0123456789=|:")
"""What the first character of a line must be for it to end a paragraph, blank lines aside."""

_MAY_BEGIN = _MAY_INTERRUPT | {"["}
"""What the first character of a line must be for it to begin a block other than a paragraph or a table."""


@dataclass(slots=True)
class Outline:
    """The blocks of a text; lines count from 0, but from 1 in ``blocks``, the top-level ones."""

    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[int, str, int]] = field(default_factory=list)
    """Level, content and line of the top-level headings."""
    inlines: list[tuple[int, str | None]] = field(default_factory=list)
    """First line and content of every block that may hold a link or a tag; None for a row of a table."""
    definitions: list[int] = field(default_factory=list)
    """First line of every definition of a link reference, in no order."""
    stopped: int | None = None
    """The line before which the scan ended; None where it came to the end of the text."""


def scan(text: str, line: int = 0, stops: Collection[int] = ()) -> Outline | None:
    """Return the outline of ``text`` (lines ended by line feeds, no NUL), None where it is not plain.

    Its first line counts as ``line``.  The scan ends before the first of the lines ``stops`` that begins a block.
    """
    lines = text.split("\n")
    if not lines[-1].strip(BLANK):
        lines.pop()
    raw = lines
    if "\t" in text:
        lines = _expanded(lines)
    scanner = _Scanner(lines, raw, Outline(), line)
    scanner.stops = frozenset(stop - line for stop in stops)
    try:
        after = scanner.blocks(0, len(lines), 0)
    except NotPlain:
        return None
    if after < len(lines) and after in scanner.stops:
        scanner.outline.stopped = line + after
    return scanner.outline


def _expanded(lines: list[str]) -> list[str]:
    """Return ``lines`` with the tabs before their text replaced by spaces up to the next tab stop [2.2]."""
    expanded = lines.copy()
    for n, line in enumerate(lines):
        if line[:1] in BLANK and line:
            text = line.lstrip(BLANK)
            expanded[n] = line[: len(line) - len(text)].expandtabs(4) + text
    return expanded


def _measure(line: str) -> tuple[int, str]:
    """Return the indentation of ``line`` (-1: a lazy line's does not count) and the text after it."""
    text = line.lstrip(BLANK)
    return (-1, text[1:].lstrip(BLANK)) if text[:1] == LAZY else (len(line) - len(text), text)


class _Scanner:
    """Reads the lines of one quote, or of the whole text; ``base`` is the number of its first line.

    ``n`` is a line, ``end`` the line after the last, ``indent`` the column at which the content of the container
    begins, ``outer`` the same for the list around it (-1: none), ``level`` how deep it is.
    """

    __slots__ = ("base", "container", "interrupted", "lines", "outline", "overrun", "quote", "quoted", "raw", "stops")

    def __init__(self, lines: list[str], raw: list[str], outline: Outline, base: int) -> None:
        self.lines = lines
        self.raw = raw
        """The lines before tabs were expanded."""
        self.outline = outline
        self.base = base
        self.quote: _Scanner | None = None
        """The last quote in these lines."""
        self.quoted = self.interrupted = self.overrun = False
        """Whether this is a quote; whether a block ended it; and whether blank lines led past its end: then
        markdown-it-py goes on over those after the quote."""
        self.container = (0, -1)
        """Where a quote stands: ``indent`` and ``outer``."""
        self.stops: frozenset[int] = frozenset()
        """Lines at which the whole text is read no further, where a block begins there."""

    def blocks(self, n: int, end: int, indent: int, outer: int = -1, level: int = 0, *, fresh: bool = True) -> int:
        """Read blocks until a line is indented less than ``indent``; return that line.

        ``fresh``: no block ends just before line ``n``.
        """
        lines = self.lines
        while n < end:
            line = lines[n]
            text = line and line.lstrip(BLANK)
            if not text:
                n += 1
                if fresh and n >= end:
                    self.overrun = True
                fresh = True
                continue
            fresh = False
            column = len(line) - len(text)
            if column < indent or text[0] == LAZY:
                return n
            if not level and n in self.stops:
                return n
            if level >= _MAX_NESTING:
                return end
            if column == indent and text[0] not in _MAY_BEGIN and "|" not in text:
                kind, after = self._paragraph(n, end, indent, outer, level)
            else:
                kind, after = self._block(n, end, column, text, indent, outer, level)
            if not level and kind:
                self.outline.blocks.append(Block(kind, self.base + n + 1, self.base + after))
            n = after
        return n

    def _block(self, n: int, end: int, column: int, text: str, indent: int, outer: int, level: int) -> tuple[str, int]:
        """Read the block that starts with line ``n``; return its kind, "" for none, and the line after it."""
        if column - indent >= 4:
            return "code_block", self._code(n, end, indent)
        if "|" in text and (columns := self._columns(text, n + 1, end, indent)):
            return "table", self._table(n, end, columns, indent, outer)
        head = text[0]
        if head in "`~" and (fence := FENCE.match(text)):
            return "fence", self._fence(n, end, fence[0], indent)
        if head == ">":
            return "blockquote", self._quote(n, end, indent, outer, level)
        if is_rule(text):
            return "hr", n + 1
        if head in "*-+0123456789" and (at := marker_end(text)):
            return "ordered_list" if at > 1 else "bullet_list", self._list(n, end, indent, level)
        if head == "[" and is_definition(self.lines, n):
            self.outline.definitions.append(self.base + n)
            return "", n + 1
        if head == "<" and (close := html_end(text)):
            return "html_block", self._html(n, end, text, close, indent)
        if head == "#" and (depth := atx_level(text)):
            self._heading(n, depth, heading_text(text, depth), level)
            return "heading", n + 1
        return self._paragraph(n, end, indent, outer, level)

    def _paragraph(self, n: int, end: int, indent: int, outer: int, level: int) -> tuple[str, int]:
        """A paragraph [4.8] or a setext heading [4.3], which is one until its underline is seen."""
        lines = self.lines
        at = n + 1
        while at < end:
            line = lines[at]
            if not line:
                break
            if line[0] in _MAY_INTERRUPT:
                column, text = _measure(line)
                if not text:
                    break
                if column - indent <= 3:
                    if at - 1 > n and text[0] in "|-:" and self._continues_as_table(at, end, indent):
                        at -= 1
                        break
                    if column >= indent and (depth := setext_level(text)):
                        self._heading(n, depth, self._content(n, at, indent).strip(TRIM), level)
                        return "heading", at + 1
                    if self._interrupts(text, column, indent, outer, in_paragraph=True):
                        break
            at += 1
        self._inline(n, at, indent)
        return "paragraph", at

    def _continues_as_table(self, at: int, end: int, indent: int) -> bool:
        """Whether the line before ``at``, in a paragraph, is the header of a table."""
        column, text = _measure(self.lines[at - 1])
        return column >= 0 and column - indent <= 3 and bool(self._columns(text, at, end, indent))

    def _interrupts(self, text: str, column: int, indent: int, outer: int, *, in_paragraph: bool) -> bool:
        """Whether the line with that text ends a paragraph, or a quote or a table (not ``in_paragraph``)."""
        head = text[0]
        if column - indent >= 4:
            return False
        if head in "*-+0123456789" and (at := marker_end(text)) and not (column < indent and 0 <= outer <= column - 4):
            # Only a list that starts with 1, and not with an empty item, interrupts a paragraph [5.2].
            if not in_paragraph or column < indent:
                return True
            if (at == 1 or int(text[: at - 1]) == 1) and text[at:].strip(BLANK):
                return True
        if head in "*-_":
            return is_rule(text)
        if head in "`~":
            return bool(FENCE.match(text))
        if head == "#":
            return atx_level(text) > 0
        if head == "<":
            return bool(html_end(text, in_paragraph=True))
        return head == ">"

    def _heading(self, n: int, depth: int, content: str, level: int) -> None:
        if not level:
            self.outline.headings.append((depth, content, self.base + n))
        if "[" in content or "#" in content:
            self.outline.inlines.append((self.base + n, content))

    def _code(self, n: int, end: int, indent: int) -> int:
        """An indented code block [4.4]."""
        after = n + 1
        for at in range(n + 1, end):
            column, text = _measure(self.lines[at])
            if text:
                if column - indent < 4:
                    break
                after = at + 1
        return after

    def _fence(self, n: int, end: int, fence: str, indent: int) -> int:
        """A fenced code block [4.5]; without a closing fence it goes on to the end of its container."""
        top = not indent and not self.quoted
        for at in range(n + 1, end):
            line = self.lines[at]
            if top and fence not in line:
                continue
            column, text = _measure(line)
            if text and column < indent:
                return at
            if column - indent < 4 and text.startswith(fence) and not text.lstrip(fence[0]).strip(BLANK):
                return at + 1
        return end

    def _html(self, n: int, end: int, text: str, close: re.Pattern[str], indent: int) -> int:
        """A block of HTML [4.6]."""
        if close.search(text):
            return n + 1
        for at in range(n + 1, end):
            column, text = _measure(self.lines[at])
            if not text and ends_at_blank(close):
                return at
            if text and column < indent:
                return at
            if close.search(text):
                return at + 1 if text else at
        return end

    def _columns(self, header: str, below: int, end: int, indent: int) -> int:
        """Return the number of columns where ``header`` and the line ``below`` start a table, else 0."""
        if below >= end:
            return 0
        column, ruler = _measure(self.lines[below])
        return n_columns(header, ruler) if ruler and 0 <= column - indent <= 3 else 0

    def _table(self, n: int, end: int, columns: int, indent: int, outer: int) -> int:
        """A table (GFM): a header, a ruler, rows."""
        lines = self.lines
        after = n + 2
        while after < end:
            column, text = _measure(lines[after])
            if not text.strip(TRIM) or not 0 <= column - indent <= 3:
                break
            if text[0] != "|" and self._interrupts(text, column, indent, outer, in_paragraph=False):
                break
            after += 1
        if (after - n) * columns > MAX_MISSING_CELLS:
            missing = itertools.accumulate(columns - n_cells(line) for line in lines[n + 2 : after])
            after = next((n + 2 + row for row, cells in enumerate(missing) if cells > MAX_MISSING_CELLS), after)
        for at in (n, *range(n + 2, after)):
            if "[" in lines[at] or "#" in lines[at]:
                self.outline.inlines.append((self.base + at, None))
        return after

    def _quote(self, n: int, end: int, indent: int, outer: int, level: int) -> int:
        """A block quote [5.1]: what follows the markers is a text of its own."""
        quote = self.quote
        if not quote or quote.container != (indent, outer) or n >= quote.base - self.base + len(quote.lines):
            quote = self.quote = self._enter_quote(n, end, indent, outer)
        # A quote whose last block cannot go on with a lazy line ends before it, and the next one has the lines below.
        first = quote.base - self.base
        after = first + quote.blocks(n - first, len(quote.lines), 0, -1, level + 1)
        return self._after_blank_lines(after, end) if quote.overrun and not quote.interrupted else after

    def _enter_quote(self, n: int, end: int, indent: int, outer: int) -> _Scanner:
        """Return the scanner of the quote from line ``n`` on."""
        inner: list[str] = []
        at = n
        interrupted = False
        while at < end:
            line = self.lines[at]
            column, text = _measure(line)
            if not text:
                break
            if text[0] == ">" and column >= indent:
                inner.append(unquoted(text))
            elif not inner[-1] or (interrupted := self._interrupts(text, column, indent, outer, in_paragraph=False)):
                break
            else:
                if not self.quoted and self.raw[at] != line:
                    raise NotPlain
                inner.append(line if column < 0 else LAZY + line)
            at += 1
        quote = _Scanner(inner, inner, self.outline, self.base + n)
        quote.quoted, quote.container, quote.interrupted = True, (indent, outer), interrupted
        return quote

    def _after_blank_lines(self, n: int, end: int) -> int:
        while n < end and not self.lines[n].strip(BLANK):
            n += 1
        if n >= end and self.quoted:
            raise NotPlain
        return n

    def _list(self, n: int, end: int, indent: int, level: int) -> int:
        """A list [5.3]: items of one kind of marker."""
        mark = ""
        while n < end:
            column, text = _measure(self.lines[n])
            if not text or not 0 <= column - indent <= 3:
                break
            at = marker_end(text)
            if not mark:
                mark = text[at - 1]
            elif not at or text[at - 1] != mark or is_rule(text):
                break
            n = self._item(n, end, column + at, text[at:], indent, level)
        return n

    def _item(self, n: int, end: int, column: int, text: str, indent: int, level: int) -> int:
        """An item of a list [5.2], whose marker ends at ``column`` and is followed by ``text``."""
        content = text.lstrip(BLANK)
        if not content:
            self.lines[n] = ""
            if n + 1 >= end or not self.lines[n + 1].strip(BLANK):
                return min(n + 2, end)
            return self.blocks(n, end, column + 1, indent, level + 2)
        space = text[: len(text) - len(content)]
        if "\t" in space:
            if self.quoted:
                raise NotPlain
            space = (" " * column + space).expandtabs(4)[column:]
        self.lines[n] = " " * column + space + content
        column += len(space) if len(space) <= 4 else 1
        if content[0] not in _MAY_BEGIN and "|" not in content and level + 2 < _MAX_NESTING and len(space) <= 4:
            # What ``blocks`` would find, without the detour: most items are a paragraph and no more.
            n = self._paragraph(n, end, column, indent, level + 2)[1]
            if n >= end or self.lines[n][:1] not in ("", " "):
                return n
            return self.blocks(n, end, column, indent, level + 2, fresh=False)
        return self.blocks(n, end, column, indent, level + 2)

    def _inline(self, n: int, after: int, indent: int) -> None:
        content = self.lines[n] if after - n == 1 else self._content(n, after, indent)
        if "[" in content or "#" in content:
            self.outline.inlines.append((self.base + n, content.strip(TRIM)))

    def _content(self, n: int, after: int, indent: int) -> str:
        """Return the text of a paragraph, its lines without the indentation of their container."""
        below = self.raw[n + 1 : after]
        if indent or self.quoted:
            below = [outdented(line.removeprefix(LAZY), indent) for line in below]
        return "\n".join((self.lines[n], *below))
