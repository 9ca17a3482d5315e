"""LaTeX, line by line: what it says, without what it is set in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from starlight.notes.text import plain
from starlight.readers import decoding, fields, latex_inline
from starlight.readers.by_line import Written, heading
from starlight.readers.document import Document

_COMMENT = re.compile(r"(?<!\\)(\\\\)*%.*")
_SECTION = re.compile(
    r"\\(part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|addchap|addsec)\*?(?:\[[^\]]*\])?[ \t]*(\{.*)"
)
_DEPTHS = {
    **dict.fromkeys(("part", "chapter", "addchap"), 0),
    **dict.fromkeys(("section", "addsec"), 1),
    "subsection": 2,
    "subsubsection": 3,
    "paragraph": 4,
    "subparagraph": 5,
}
_BEGIN = re.compile(r"\\begin\{([A-Za-z]+\*?)\}[ \t]*(?:\[([^\]]*)\])?(.*)")
_END = re.compile(r"\\end\{([A-Za-z]+\*?)\}(.*)")
_ITEM = re.compile(r"\\item[ \t]*(?:\[([^\]]*)\])?[ \t]*")
_LANGUAGE = re.compile(r"language=\{?([\w+#]+)|\{([\w+#]+)\}")
_SAID = re.compile(r"\\(title|author|date|keywords|subtitle)[ \t]*(?:\[[^\]]*\])?\{")
_CELL = re.compile(r"[ \t]*(?<!\\)&[ \t]*")
_BRACE = re.compile(r"\\.|[{}]")
_NO_TEXT = re.compile(
    r"\\(?:def|let|newif|fi|makeatletter|makeatother|maketitle|tableofcontents|(?:re)?newcommand)\b.*"
)
_CODE = ("verbatim", "Verbatim", "lstlisting", "minted", "alltt", "filecontents")
_MATH = ("equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat")
_TABLES = ("tabular", "tabularx", "longtable", "array", "tabu")
_LISTS = {"itemize": "-", "enumerate": "1.", "description": "-"}
_CLAIMS = re.compile(
    r"(?:theorem|lemma|definition|proof|corollary|proposition|remark|example|conjecture|claim|exercise|abstract)\*?"
)
_MAX_ARGUMENT = 5_000
_MAX_TITLE = 1_000
_MAX_TITLE_LINES = 20
_MAX_DEPTH = 8


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the document that the file is; see ``Reader``."""
    source = _Source(decoding.lines(data))
    source.read()
    return Document(source.text(), fields.front(source.named))


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
        self._kept: tuple[str, int, str] | None = None
        """An environment that is read as it is, the line that it begins in, and the language of code."""
        self._n_tables = 0
        self._n_read = 0
        """The lines up to the end of the last title."""
        self._top = 0 if any(line.startswith((r"\chapter", r"\part")) for line in lines) else 1

    def read(self) -> None:
        """Write all lines."""
        body = next((n for n, line in enumerate(self.lines) if r"\begin{document}" in line), -1)
        end = next((n for n, line in enumerate(self.lines) if line.startswith(r"\end{document}")), len(self.lines))
        self._preamble(body if body >= 0 else min(end, 200))
        for at in range(body + 1, end):
            if not self.written[at] and at >= self._n_read:
                self._line(at, self.lines[at])
        if self._kept:
            self.keep(self._kept[1], end)

    def _preamble(self, after: int) -> None:
        """What the file says of itself, in the lines before ``after``."""
        for at in range(after):
            if found := _SAID.search(self.lines[at].partition("%")[0]):
                value = " ".join(_argument(self.lines[at : after + 1], found.end(), _MAX_ARGUMENT)[0].split())
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
        if self._kept:
            self._inside(*self._kept, at, line)
            return
        text = line.strip()
        if "%" in text:
            text = _COMMENT.sub(r"\1", text).rstrip()
        margin = "   " * min(len(self._lists), _MAX_DEPTH)
        if item := _ITEM.match(text):
            mark = self._lists[-1] if self._lists else "-"
            text = f"{f'{item[1]}: ' if item[1] else ''}{text[item.end() :]}"
            self._mark = f"{mark} "
        elif text[:1] == "\\" and self._command(at, text):
            self._mark = ""
            return
        if text and self._mark:
            margin, self._mark = f"{margin[3:]}{self._mark}", ""
        if self._n_tables:
            text = _CELL.sub(" | ", text).replace(r"\hline", "")
        self.written[at] = f"{margin}{text}" if text else ""

    def _command(self, at: int, text: str) -> bool:
        """Whether the line is a heading, the begin or the end of something, or says nothing."""
        if section := _SECTION.match(text):
            self._section(at, text, section)
        elif begin := _BEGIN.match(text):
            self._begin(at, begin)
        elif end := _END.match(text):
            self._end(end[1])
            self.written[at] = end[2].strip()
        else:
            return bool(_NO_TEXT.match(text))
        return True

    def _section(self, at: int, text: str, section: re.Match[str]) -> None:
        """A heading, whose title may end on a line below: all of it is said in the first line."""
        lines = [text, *takewhile(str.strip, self.lines[at + 1 : at + _MAX_TITLE_LINES])]
        title, rest = _argument(lines, section.start(2) + 1, _MAX_TITLE)
        n_below = title.count("\n")
        if not n_below:  # or its end is missing
            title = section[2]
        title = " ".join(latex_inline.unwrapped(_printed(title)).split())
        if title:
            self.written[at] = heading(_DEPTHS[section[1]] + 1 - self._top, title)
            self.keep(at, at + 1)
        self._lists.clear()
        self._n_read = at + 1 + n_below
        if n_below:
            self.written[at + n_below] = rest.partition("\n")[0].strip()

    def _begin(self, at: int, begin: re.Match[str]) -> None:
        name, option, rest = begin[1], begin[2] or "", begin[3]
        bare = name.removesuffix("*")
        if bare in _CODE:
            found = _LANGUAGE.search(f"{option}{rest}")
            self._kept = name, at, (found[1] or found[2] or "").lower() if found else ""
        elif bare in _MATH or bare == "comment":
            self.keep(at, at)
            self._kept = name, at, ""
            if bare != "comment":
                self.written[at] = begin[0]
            if f"\\end{{{name}}}" in rest:
                self._kept = None
                self.keep(at, at + 1)
        elif bare in _LISTS:
            self._lists.append(_LISTS[bare])
        elif bare in _TABLES:
            self._n_tables += 1
        elif _CLAIMS.fullmatch(name):
            self.written[at] = f"{bare.capitalize()}{f' ({option})' if option else ''}: {rest.strip()}".rstrip()
        elif bare not in ("figure", "table", "wrapfigure", "minipage", "center", "thebibliography", "multicols"):
            self.written[at] = re.sub(r"^\{[^}]*\}", "", rest).strip()

    def _inside(self, name: str, opened: int, language: str, at: int, line: str) -> None:
        bare = name.removesuffix("*")
        if f"\\end{{{name}}}" not in line:
            if bare != "comment":
                self.written[at] = line.rstrip() if bare in _CODE else line.strip()
            return
        self._kept = None
        if bare in _CODE:
            self.fence(opened, at, language)
            return
        if bare != "comment":
            self.written[at] = line.strip()
        self.keep(opened, at + 1)

    def _end(self, name: str) -> None:
        bare = name.removesuffix("*")
        if bare in _LISTS and self._lists:
            self._lists.pop()
        elif bare in _TABLES and self._n_tables:
            self._n_tables -= 1


def _printed(title: str) -> str:
    """Return ``title`` as it is printed, not as it stands among the bookmarks of a PDF (package ``hyperref``)."""
    said, *others = title.split("\\texorpdfstring{")
    for each in others:
        printed, rest = _braced(each)
        said += printed + (_braced(rest[1:])[1] if rest.startswith("{") else rest)
    return said


def _argument(lines: list[str], at: int, size: int) -> tuple[str, str]:
    """Return what the brace before column ``at`` of the first of ``lines`` holds, up to ``size``, and what follows."""
    return _braced("\n".join(_without_comments(lines, size))[at : at + size])


def _braced(text: str) -> tuple[str, str]:
    """Return what stands before the brace that closes one before ``text``, and what follows; nothing, and ``text``."""
    depth = 1
    for brace in _BRACE.finditer(text):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return text[: brace.start()], text[brace.end() :]
    return "", text


def _without_comments(lines: list[str], size: int) -> Iterator[str]:
    for line in lines:
        yield _COMMENT.sub(r"\1", line)
        size -= len(line) + 1
        if size < 0:
            return
