"""reStructuredText (docutils' specification), line by line, with the directives and roles of Sphinx."""

from __future__ import annotations

import re
from itertools import groupby, takewhile

from starlight.readers import decoding, fields, rst_grid
from starlight.readers.by_line import Written, column, destination, heading
from starlight.readers.document import Document
from starlight.readers.escaping import literal_line
from starlight.readers.rst_inline import Inline

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1+")
_BORDER = re.compile(r"[=-]+(?: +[=-]+)+")
_GRID = re.compile(r"\+[-=+]+\+")
_TARGET = re.compile(r"^[ \t]*\.\. _(`[^`\n]+`|[^:\n]+):[ \t]+(\S[^\n]*)$", re.MULTILINE)
_EXPLICIT = re.compile(
    r"\.\.[ \t]+(?:(?P<silent>_|\|)|(?P<note>\[[^\]]+\])|(?P<name>[\w.+:-]+?)::(?:[ \t]+(?P<said>.*))?$)"
)
_OPTION = re.compile(r"[ \t]+:([\w-]+):[ \t]*(.*)")
_FIELD = re.compile(r":((?![ :])[^:]+):(?:[ \t]+(.*))?$")
_HEADER = re.compile(r"([A-Z][\w-]*):[ \t]*(.*)")
_ITEM = re.compile(r"([-*+•]|[0-9]{1,9}[.)]|#\.|\([0-9]{1,9}\))[ \t]+")
_CODE = re.compile(
    r"code|code-block|sourcecode|parsed-literal|prompt|console|doctest|ipython|math|test(?:code|setup|output)"
    r"|graphviz|mermaid|productionlist"
)
_LEFT_OUT = re.compile(
    r"raw|index|meta|contents|sectnum|include|literalinclude|highlight|(?:py:)?(?:current)?module|default-(?:role|domain)"
    r"|role|tabularcolumns|testcleanup"
)
_SAID = {"versionadded": "Added in", "versionchanged": "Changed in", "deprecated": "Deprecated since"}
_ADVICE = frozenset(
    ("attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning", "seealso", "todo")
)


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the document that the file is; see ``Reader``."""
    lines = decoding.lines(data)
    targets = {
        " ".join(found[1].strip("`").lower().split()): found[2].strip()
        for found in _TARGET.finditer("\n".join(lines))
        if not found[2].endswith("_")
    }
    source = _Source(lines, Inline(targets))
    source.read()
    return Document(source.text(), fields.front(source.named))


class _Source(Written):
    """A file that is read.  Methods that are given a line return the one to go on with."""

    def __init__(self, lines: list[str], inline: Inline) -> None:
        super().__init__(lines, inline)
        self.named: dict[str, list[str]] = {}
        """The fields at its head."""
        self._levels: dict[tuple[str, bool], int] = {}
        """The adornments of headings, in order of appearance."""
        self._at_head = True

    def read(self) -> None:
        """Write all lines."""
        at = self._headers() if self.lines[0].startswith("PEP:") else 0
        while at < len(self.lines):
            text = self.lines[at].strip()
            at = self._block(at, self.lines[at], text) if text else at + 1

    def _block(self, at: int, line: str, text: str) -> int:
        """Read a line that is not blank, and those that belong to it."""
        if after := self._heading(at, line, text):
            return after
        if text.startswith("..") and text[2:3] in ("", " ", "\t"):
            return self._explicit(at, line, text)
        if _GRID.fullmatch(text):
            return self._grid(at + 1, self.lists.margin(line))
        if text.startswith("__ ") or _BORDER.fullmatch(text):
            return at + 1
        if text[0] == ":" and (field := _FIELD.match(text)):
            return self._field(at, line, field)
        self._at_head = False
        if text.startswith(">>>"):
            return self._session(at)
        self.written[at] = self._line(line, text)
        if text.endswith("::") and at + 1 < len(self.lines) and not self.lines[at + 1].strip():
            self.written[at] = self.written[at][: -2 if text == "::" or text[-3] in " \t" else -1].rstrip()
            return self._code(at + 1, column(line), "")
        return at + 1

    def _line(self, line: str, text: str) -> str:
        item = _ITEM.match(text)
        if item:
            mark = "-" if item[1] in "-*+•" else f"{item[1].strip('(.)#') or 1}."
            return self.lists.item(line, mark) + text[item.end() :]
        if text.startswith("| ") and not text.endswith("|"):  # of verse
            text = text[2:].lstrip()
        return self.lists.margin(line) + literal_line(text)

    def _heading(self, at: int, line: str, text: str) -> int:
        """Return the line after the heading or the transition that begins with line ``at``; 0 where none does."""
        below = [each.rstrip() for each in self.lines[at + 1 : at + 3]]
        if _is_adornment(line.rstrip()):
            if len(below) == 2 and below[0] and below[1] == line.rstrip() and not _is_adornment(below[0]):
                return self._titled(at + 1, below[0].strip(), (line[0], True)) + 1
            if len(text) > 3 and not (below and below[0]):
                self.written[at] = "***"
            return at + 1
        if not below or self._goes_on(at) or not (_is_adornment(below[0]) or (len(text) == 1 and _is_mark(below[0]))):
            return 0
        if line[0].isspace() and len(below[0]) < max(len(text), 4):  # a paragraph, no title that is written badly
            return 0
        return self._titled(at, text, (below[0][0], False)) + 1 if len(below[0]) >= min(len(text), 4) else 0

    def _goes_on(self, at: int) -> bool:
        """Whether text stands in the line above; where a blank line is the end of a fence, none does."""
        return bool(at and self.written[at - 1] and self.lines[at - 1].strip())

    def _grid(self, at: int, margin: str) -> int:
        """The rows of a table from line ``at``, below its upper border."""
        self._at_head = False
        first = at
        below = (self.lines[n].strip() for n in range(at, len(self.lines)))
        rows = takewhile(lambda row: row.startswith(("|", "+-", "+=")), below)
        for is_border, row in groupby(rows, lambda row: bool(_GRID.fullmatch(row))):
            for text in rst_grid.cells(row, self._inline):
                self.written[at] = "" if is_border else margin + literal_line(text)
                at += 1
        self.keep(first, at)
        return at

    def _titled(self, at: int, text: str, adornment: tuple[str, bool]) -> int:
        level = self._levels.setdefault(adornment, len(self._levels) + 1)
        self.written[at] = heading(level, text)
        self.lists.clear()
        return at + 1

    def _field(self, at: int, line: str, field: re.Match[str]) -> int:
        """A field: one at the head of the file is what it says of itself."""
        name, value = field[1], field[2] or ""
        if self._at_head and value:
            self.named.setdefault(name.lower(), []).append(value)
        if value:
            self.written[at] = f"{self.lists.margin(line)}{name}: {value}"
        return at + 1

    def _headers(self) -> int:
        """The header of a PEP."""
        for at, line in enumerate(self.lines):
            found = _HEADER.match(line)
            if found and found[2]:
                self.named.setdefault(found[1].lower(), []).append(found[2])
            elif not line.strip():
                return at
            self.written[at] = line.strip()
        return len(self.lines)

    def _explicit(self, at: int, line: str, text: str) -> int:
        """What begins with two dots: a comment, a target, a note, a directive."""
        indent = column(line)
        found = _EXPLICIT.match(text)
        is_target = found and found["silent"] == "_"
        if is_target or (text == ".." and not "".join(self.lines[at + 1 : at + 2]).strip()):
            return self._until_blank(at + 1, indent)  # they hold nothing below a blank line
        if not found or found["silent"]:
            return self._after(at + 1, indent)
        if found["note"]:
            self.written[at] = self.lists.margin(line) + text[2:].strip()
            return at + 1
        name, said = found["name"].lower(), (found["said"] or "").strip()
        after, options = self._options(at + 1, indent)
        if _CODE.fullmatch(name):
            return self._code(after, indent, said.split(maxsplit=1)[0] if said and name != "math" else "")
        if _LEFT_OUT.fullmatch(name):
            return self._after(after, indent)
        if name == "toctree":
            return self._contents(after, indent)
        self._at_head = False
        if name in ("image", "figure"):
            said = f"![{options.get('alt', '')}]({destination(said)})" if said else ""
        elif name in _ADVICE:
            said = f"{name.capitalize()}: {said}".strip()
        elif name in _SAID:
            said = f"{_SAID[name]} {said}"
        self.written[at] = self.lists.margin(line) + literal_line(said) if said else ""
        return after

    def _options(self, at: int, indent: int) -> tuple[int, dict[str, str]]:
        options: dict[str, str] = {}
        while at < len(self.lines) and (found := _OPTION.match(self.lines[at])) and column(self.lines[at]) > indent:
            options[found[1]] = found[2].replace("[", "(").replace("]", ")")
            at += 1
        return at, options

    def _contents(self, at: int, indent: int) -> int:
        """The entries of a table of contents: other files, as links."""
        after = self._after(at, indent)
        for n in range(at, after):
            title, _, to = self.lines[n].strip().rpartition("<")
            to = to.removesuffix(">")
            if to and "*" not in to and to != "self":
                path = to if ":" in to else f"{to}.rst"
                self.written[n] = f"- [{title.strip() or to}]({destination(path)})"
        return after

    def _after(self, at: int, indent: int) -> int:
        """Return the line after the last of those from ``at`` that are indented by more than ``indent``."""
        after = at
        while at < len(self.lines):
            line = self.lines[at]
            at += 1
            if line.strip():
                if column(line) <= indent:
                    break
                after = at
        return after

    def _until_blank(self, at: int, indent: int) -> int:
        """Return the line after those from ``at`` that are indented by more than ``indent`` and not blank."""
        while at < len(self.lines) and self.lines[at].strip() and column(self.lines[at]) > indent:
            at += 1
        return at

    def _session(self, at: int) -> int:
        """Lines of an interactive session, which end at a blank line."""
        first = at
        while at < len(self.lines) and self.lines[at].strip():
            self.written[at] = f"    {self.lines[at].strip()}"
            at += 1
        self.keep(first, at)
        return at

    def _code(self, at: int, indent: int, language: str) -> int:
        """Lines that are read as they are.  A fence takes the blank line after them, if there is one."""
        after = self._after(at, indent)
        first = next((n for n in range(at, after) if self.lines[n].strip()), after)
        if first == after:
            return at
        columns = (column(line) for line in self.lines[first:after] if line.strip())
        cut = min(columns)
        for n in range(first, after):
            self.written[n] = self.lines[n].expandtabs(8)[cut:].rstrip()
        if after < len(self.lines) and not self.written[first - 1] and not self.lines[after].strip():
            self.fence(first - 1, after, language)
            return after + 1
        for n in range(first, after):
            self.written[n] = f"    {self.written[n]}"
        self.keep(first, after)
        return after


def _is_mark(line: str) -> bool:
    """Whether ``line`` can underline a title of one letter."""
    return len(line) == 1 and _is_adornment(line * 3)


def _is_adornment(line: str) -> bool:
    return len(line) > 1 and line not in ("::", "..") and line[0] == line[1] and bool(_ADORNMENT.fullmatch(line))
