"""LaTeX, line by line: what it says, without what it is set in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, takewhile
from typing import NamedTuple, cast

from starlight.notes.text import plain
from starlight.readers import decoding, fields, latex_inline
from starlight.readers.by_line import Written, heading
from starlight.readers.document import Document
from starlight.readers.escaping import literal

_COMMENT = re.compile(r"(?<!\\)(\\\\)*%.*")
_SECTION = re.compile(
    r"\\(part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|addchap|addsec)\*?(?:\[[^\]]*\])?[ \t]*\{"
)
_DEPTHS = {
    **dict.fromkeys(("part", "chapter", "addchap"), 0),
    **dict.fromkeys(("section", "addsec"), 1),
    "subsection": 2,
    "subsubsection": 3,
    "paragraph": 4,
    "subparagraph": 5,
}
_STEP = re.compile(
    r"\\(?P<kind>begin|end)[ \t]*\{(?P<name>[A-Za-z]+\*?)\}(?:[ \t]*\[(?P<option>[^\]]{0,500})\])?"
    r"|\\verb\*?(?P<bar>[^\sa-zA-Z*]).{0,500}?(?P=bar)|\\(?:url|nolinkurl|path|href)\{[^{}]*\}|\\.|(?P<comment>%)"
)
"""Where an environment begins or ends, where a comment begins, and what only looks like it."""
_CODE_ARGUMENT = re.compile(r"[ \t]*(?:\[[^\]]*$|(?:\{[^{}]*\}[ \t]*)*)")
"""What stands between the name of an environment for code and the code."""
_DOCUMENT = r"\begin{document}"
_ITEM = re.compile(r"\\item[ \t]*(?:\[([^\]]*)\])?[ \t]*")
_LANGUAGE = re.compile(r"language=\{?([\w+#]+)|\{([\w+#]+)\}")
_SAID = re.compile(r"\\(title|author|date|keywords|subtitle)[ \t]*(?:\[[^\]]{0,500}\])?\{")
_SPACES = re.compile(r"[ \t]*")
_CELL = re.compile(r"(?<!\\)&")
_SHORT = re.compile(r"[^{}\\%\n]*(?=\})")
_BRACE = re.compile(r"\\.|[{}]")
_NO_TEXT = re.compile(r"\\(?:def|let|newif|(?:re)?newcommand)\b.*")
_CODE = ("verbatim", "Verbatim", "lstlisting", "minted", "alltt", "filecontents")
_MATH = ("equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat")
_TABLES = ("tabular", "tabularx", "longtable", "array", "tabu")
_ARGUMENTS = {
    **dict.fromkeys(("tabular", "longtable", "array", "tabu", "minipage", "multicols", "thebibliography"), 1),
    **dict.fromkeys(("subfigure", "column", "otherlanguage", "adjustbox", "spacing", "hyphenrules"), 1),
    **dict.fromkeys(("tabular*", "tabularx", "wrapfigure", "wraptable", "adjustwidth"), 2),
}
"""How many arguments of an environment say how it looks."""
_LISTS = {"itemize": "-", "enumerate": "1.", "description": "-"}
_CLAIMS = re.compile(
    r"(?:theorem|lemma|definition|proof|corollary|proposition|remark|example|conjecture|claim|exercise|abstract)\*?"
)
_MAX_ARGUMENT = 5_000
_MAX_SAID = 100
"""Titles, authors and dates that are looked at."""
_MAX_TITLE = 1_000
_MAX_TITLE_LINES = 20
_MAX_OPEN = 100
"""After so many braces without an end, that of another is looked for no further than to the next brace or command."""
_MAX_DEPTH = 8


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the document that the file is; see ``Reader``."""
    source = _Source(decoding.lines(data))
    source.read()
    return Document(source.text(), fields.front(source.named))


class _Kept(NamedTuple):
    """An environment that is read as it is."""

    name: str
    line: int
    """The one that it begins in."""
    language: str = ""
    is_alone: bool = False
    """Whether that line says nothing else."""


class _Source(Written):
    """A file that is read, and where we are in it."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines, latex_inline.markdown)
        self.named: dict[str, list[str]] = {}
        """What the file says of itself."""
        self._lists: list[str] = []
        """The marks of the lists that the line stands in."""
        self._mark = ""
        """The mark of an item whose text has not begun."""
        self._kept: _Kept | None = None
        self._parts: list[tuple[str, bool]] = []
        """What the line says, part by part, and whether each is written as it is."""
        self._n_tables = 0
        self._is_over = False
        """Whether the text has ended; the file may go on."""
        self._n_read = self._column = 0
        """The line and the column to go on with, where a title or an argument has ended."""
        self._n_open = 0
        """The braces whose end was looked for in vain."""
        self._top = 0 if any(line.startswith((r"\chapter", r"\part")) for line in lines) else 1

    def read(self) -> None:
        """Write all lines."""
        body, self._column = self._body()
        self._preamble(body if body >= 0 else min(len(self.lines), 200))
        for at in range(max(body, 0), len(self.lines)):
            if not self.written[at] and at >= self._n_read:
                self._line(at, self.lines[at])
            if self._is_over:
                return
        if self._kept:
            self.keep(self._kept.line + 1, len(self.lines))

    def _body(self) -> tuple[int, int]:
        """Return the line and the column at which the text begins; -1 and 0 where the file has no preamble."""
        for at, line in enumerate(self.lines):
            column = line.find(_DOCUMENT)
            if column >= 0 and not _COMMENT.search(line, 0, column):
                return at, column + len(_DOCUMENT)
        return -1, 0

    def _preamble(self, after: int) -> None:
        """What the file says of itself, in the lines before ``after``."""
        searched = (_SAID.search(line.partition("%")[0]) for line in self.lines[:after])
        for at, found in islice(((at, found) for at, found in enumerate(searched) if found), _MAX_SAID):
            below = self.lines[at + 1 : min(after, at + _MAX_ARGUMENT) + 1]
            value = " ".join(_argument(self.lines[at], found.end(), below, _MAX_ARGUMENT)[0].split())
            if not value or value.startswith(r"\today"):
                continue
            name = found[1]
            values = re.split(r"\\and\b", value) if name == "author" else [value]
            values = [" ".join(latex_inline.unwrapped(each).split()) for each in values]
            self.named.setdefault(name, []).extend(map(plain, values))
            shown = heading(1, values[0]) if name == "title" else f"{name.capitalize()}: {', '.join(values)}"
            self.written[at] = shown
            self.keep(at, at + 1)

    def _line(self, at: int, line: str) -> None:
        """Write a line.  Environments may begin and end anywhere in it."""
        start, self._column = self._column, 0
        self._parts.clear()
        if self._kept:
            start = self._inside(self._kept, at, line)
        while start < len(line):
            start = self._part(at, line, start)
        if any(is_raw for _, is_raw in self._parts):
            first, *others = [text if is_raw else latex_inline.unwrapped(text) for text, is_raw in self._parts]
            self.written[at] = " ".join((literal(first, has_lists=True), *others))
            self.keep(at, at + 1)
        elif self._parts:
            self.written[at] = " ".join(text for text, _ in self._parts)

    def _part(self, at: int, line: str, start: int) -> int:
        """Read what stands from a column on up to the next environment; returns the column to go on with."""
        if not self._parts and (section := _SECTION.match(line, _text_at(line, start))):
            return self._section(at, line, section)
        steps = _STEP.finditer(line, start) if "\\" in line or "%" in line else iter(())
        found = next((step for step in steps if step["kind"] or step["comment"]), None)
        self._text(line[start : found.start()] if found else line[start:])
        if not found or found["comment"]:
            return len(line)
        if found["kind"] == "begin":
            return self._begin(at, line, found)
        self._end(found["name"])
        return len(line) if self._is_over else found.end("name") + 1

    def _text(self, text: str) -> None:
        """Add text of a line, in which no environment begins or ends."""
        text = text.strip()
        margin = "   " * min(len(self._lists), _MAX_DEPTH)
        if self._parts:  # commands that begin a line do not
            margin = ""
        elif item := _ITEM.match(text):
            self._mark = f"{self._lists[-1] if self._lists else '-'} "
            text = f"{f'{item[1]}: ' if item[1] else ''}{text[item.end() :]}"
        elif _NO_TEXT.match(text):
            return
        if text and self._mark:
            margin, self._mark = f"{margin[3:]}{self._mark}", ""
        if self._n_tables:
            text = " | ".join(map(str.strip, _CELL.split(text))).replace(r"\hline", "").strip()
        if text:
            self._parts.append((f"{margin}{text}", False))

    def _section(self, at: int, line: str, section: re.Match[str]) -> int:
        """A heading, whose title may end on a line below: all of it is said in the first line.

        Where text goes on behind it, it is said in the line above, if that says nothing.
        """
        below = takewhile(str.strip, self.lines[at + 1 : at + _MAX_TITLE_LINES])
        title, is_whole = self._argument(line, section.end(), below, _MAX_TITLE)
        n_below = title.count("\n")
        column = len(title.rpartition("\n")[2]) + 1 + (0 if n_below else section.end())
        if not is_whole:
            title, column = _COMMENT.sub(r"\1", line[section.end() :]), len(line)
        title = " ".join(latex_inline.unwrapped(_printed(title)).split())
        self._lists.clear()
        self._mark = ""
        shown = heading(_DEPTHS[section[1]] + 1 - self._top, title) if title else ""
        if n_below:
            self._titled(at, shown)
            self._n_read, self._column = at + n_below, column
            return len(line)
        if title and not latex_inline.unwrapped(_COMMENT.sub(r"\1", line[column:])).strip():
            self._titled(at, shown)
            return len(line)
        if at and not self.written[at - 1]:
            self._titled(at - 1, shown)
        elif title:
            self._parts.append((f"**{title}**", True))
        return column

    def _titled(self, at: int, shown: str) -> None:
        if shown:
            self.written[at] = shown
            self.keep(at, at + 1)

    def _begin(self, at: int, line: str, begin: re.Match[str]) -> int:
        """An environment begins; returns the column to go on with."""
        name, option = begin["name"], begin["option"] or ""
        bare = name.removesuffix("*")
        if bare in _CODE:
            return self._begin_code(at, line, begin)
        if bare in _MATH or bare == "comment":
            return self._begin_kept(at, line, begin)
        if bare in _LISTS:
            self._lists.append(_LISTS[bare])
            self._mark = ""
        elif bare in _TABLES:
            self._n_tables += 1
        elif _CLAIMS.fullmatch(name):
            self._parts.append((f"{bare.capitalize()}{f' ({option})' if option else ''}:", False))
        return self._after_arguments(at, line, begin.end(), _ARGUMENTS.get(name, 0))

    def _after_arguments(self, at: int, line: str, column: int, number: int) -> int:
        """Return the column behind so many arguments; those of a table may end on a line below."""
        for _ in range(number):
            opened = _text_at(line, column)
            if not line.startswith("{", opened):
                return column
            below = self.lines[at + 1 : at + _MAX_TITLE_LINES]
            argument, is_whole = self._argument(line, opened + 1, below, _MAX_ARGUMENT)
            if not is_whole:
                return column
            if n_below := argument.count("\n"):
                self._n_read, self._column = at + n_below, len(argument.rpartition("\n")[2]) + 1
                return len(line)
            column = opened + 1 + len(argument) + 1
        return column

    def _argument(self, line: str, at: int, below: Iterable[str], size: int) -> tuple[str, bool]:
        """As the function of that name, for as long as most of what it is asked for has an end."""
        if self._n_open >= _MAX_OPEN:
            below, size = (), 0
        held, is_whole = _argument(line, at, below, size)
        self._n_open += not is_whole
        return held, is_whole

    def _begin_code(self, at: int, line: str, begin: re.Match[str]) -> int:
        name, column = begin["name"], begin.end()
        end = line.find(f"\\end{{{name}}}", column)
        rest = line[column:] if end < 0 else line[column:end]
        found = _LANGUAGE.search(f"{begin['option'] or ''}{rest}")
        argument = _CODE_ARGUMENT.match(rest)
        said = rest[argument.end() :].strip() if argument else rest.strip()
        if end >= 0:
            if said:
                self._parts.append((f"`{said}`" if "`" not in said else said, True))
            return end + len(name) + 6
        self._kept = _Kept(name, at, (found[1] or found[2] or "").lower() if found else "", not (self._parts or said))
        if said:
            self._parts.append((said, True))
        return len(line)

    def _begin_kept(self, at: int, line: str, begin: re.Match[str]) -> int:
        """Mathematics, which is kept, or a comment, which is not."""
        name = begin["name"]
        end = line.find(f"\\end{{{name}}}", begin.end())
        after = len(line) if end < 0 else end + len(name) + 6
        if end < 0:
            self._kept = _Kept(name, at)
        if name != "comment":
            self._parts.append((line[begin.start() : after].strip(), True))
        return after

    def _inside(self, kept: _Kept, at: int, line: str) -> int:
        """Read a line that begins in an environment that is kept; returns the column at which it goes on behind it."""
        bare = kept.name.removesuffix("*")
        end = line.find(f"\\end{{{kept.name}}}")
        if end < 0:
            if bare != "comment":
                self.written[at] = line.rstrip() if bare in _CODE else line.strip()
            return len(line)
        self._kept = None
        after = end + len(kept.name) + 6
        if bare in _CODE:
            rest = _COMMENT.sub(r"\1", line[after:])
            if kept.is_alone and not line[:end].strip() and not rest.strip():
                self.fence(kept.line, at, kept.language)
                return len(line)
            for n in range(kept.line + 1, at):
                self.written[n] = f"    {self.written[n]}"
        self.keep(kept.line + 1, at)
        said = line[: end if bare in _CODE else after].strip() if bare != "comment" else ""
        if said:
            self._parts.append((said, True))
        return after

    def _end(self, name: str) -> None:
        bare = name.removesuffix("*")
        self._is_over = name == "document"
        if bare in _LISTS and self._lists:
            self._lists.pop()
            self._mark = ""
        elif bare in _TABLES and self._n_tables:
            self._n_tables -= 1


def _printed(title: str) -> str:
    """Return ``title`` as it is printed, not as it stands among the bookmarks of a PDF (package ``hyperref``)."""
    said, *others = title.split("\\texorpdfstring{")
    for each in others:
        printed, rest = _braced(each)
        said += printed + (_braced(rest[1:])[1] if rest.startswith("{") else rest)
    return said


def _text_at(line: str, at: int) -> int:
    """Return the first column from ``at`` on that is neither a space nor a tab."""
    return cast("re.Match[str]", _SPACES.match(line, at)).end()


def _argument(line: str, at: int, below: Iterable[str], size: int) -> tuple[str, bool]:
    """Return what the brace before column ``at`` of ``line`` holds, which may end in the lines ``below``.

    Comments are left out.  The other value is whether there is, within ``size``, the brace that closes it.
    """
    if short := _SHORT.match(line, at):
        return short[0], True
    text = "\n".join(_without_comments(chain([line[at : at + size]], below), size))[:size]
    held, rest = _braced(text)
    return held, len(held) + len(rest) < len(text)


def _braced(text: str) -> tuple[str, str]:
    """Return what stands before the brace that closes one before ``text``, and what follows; nothing, and ``text``."""
    depth = 1
    for brace in _BRACE.finditer(text):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return text[: brace.start()], text[brace.end() :]
    return "", text


def _without_comments(lines: Iterable[str], size: int) -> Iterator[str]:
    for line in lines:
        yield _COMMENT.sub(r"\1", line)
        size -= len(line) + 1
        if size < 0:
            return
