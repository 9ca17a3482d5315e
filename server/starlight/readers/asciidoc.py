"""AsciiDoc (https://docs.asciidoctor.org/asciidoc/latest), line by line."""

from __future__ import annotations

import re

from starlight.readers import asciidoc_inline, decoding, fields
from starlight.readers.by_line import Written, destination, heading, unbracketed
from starlight.readers.document import Document
from starlight.readers.escaping import literal_line

_HEADING = re.compile(r"(={1,6}|#{1,6})[ \t]+(\S.*)")
_UNDERLINE = re.compile(r"([=~^+-])\1+")
_LEVELS = {"=": 1, "-": 2, "~": 3, "^": 4, "+": 5}
_ATTRIBUTE = re.compile(r":(!?[\w-]+!?):(?:[ \t]+(.*))?$")
_DELIMITER = re.compile(r"-{4,}|\.{4,}|\+{4,}|/{4,}|={4,}|\*{4,}|_{4,}|--|[|,:!]===|`{3,}.*")
_ITEM = re.compile(r"(\*{1,6}|-|\.{1,6}|[0-9]{1,9}\.|<[0-9.]{1,3}>)[ \t]+(?:\[([ xX*])\][ \t]+)?(?=\S)")
_TERM = re.compile(r"(\S.*?)(?::{2,4}|;;)(?:[ \t]+(.*))?$")
_BLOCK_MACRO = re.compile(
    r"(image|video|audio|include|toc|ifdef|ifndef|ifeval|endif|else|tag|end)::([^\s\[\]]*)\[((?:[^\]\\]|\\.)*)\]$"
)
_ADVICE = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
_MATH = ("stem", "latexmath", "asciimath")
_KEPT = "-.`"
"""What code stands between."""
_LEFT_OUT = "+/"
_MAX_DEPTH = 8


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the document that the file is; see ``Reader``."""
    source = _Source(decoding.lines(data))
    source.read()
    return Document(source.text(), fields.front(source.named))


class _Source(Written):
    """A file that is read, and where we are in it."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines, asciidoc_inline.markdown)
        self.named: dict[str, list[str]] = {}
        """The attributes in its header."""
        self._in_header = True
        self._marks: list[str] = []
        """The marks of the lists that the line stands in."""
        self._quote = self._language = ""
        self._is_math = False
        """Whether a block of mathematics is next."""
        self._block: tuple[str, int] | None = None
        """The delimiter of a block that is read as it is, or not at all, and the line that it stands in."""

    def read(self) -> None:
        """Write all lines."""
        for at, line in enumerate(self.lines):
            text = line.strip()
            if self._block:
                self._inside(self._block, at, line)
            elif text:
                self._line(at, line, text)
            elif self._quote:
                self.written[at] = ">"
        if self._block:
            self.keep(self._block[1], len(self.lines))

    def _inside(self, block: tuple[str, int], at: int, line: str) -> None:
        delimiter, opened = block
        if line.rstrip() == delimiter:
            self._block = None
            if self._is_kept(delimiter):
                self.fence(opened, at, self._language, self._quote)
                self._language = ""
                self._is_math = False
            else:
                self.keep(opened, at + 1)
        elif self._is_kept(delimiter):
            self.written[at] = f"{self._quote}{line.rstrip()}"

    def _is_kept(self, delimiter: str) -> bool:
        """Whether what stands in such a block is read as it is: code, or mathematics."""
        return delimiter[0] in _KEPT or (delimiter[0] == "+" and self._is_math)

    def _line(self, at: int, line: str, text: str) -> None:
        """Write a line that is not blank, nor in a block that is read as it is."""
        if text.startswith("//") and not text.startswith("///"):
            return
        if self._titled(at, line, text):
            return
        if _DELIMITER.fullmatch(text):
            self._delimit(at, text)
            return
        if text[0] == ":" and (attribute := _ATTRIBUTE.match(text)):
            if self._in_header and attribute[2]:
                self.named.setdefault(attribute[1].lower(), []).append(attribute[2])
            return
        if text[0] == "[" and text[-1] == "]" and self._attributes(at, text):
            return
        self._in_header = self._in_header and at > 0 and bool(self.lines[at - 1].strip())
        if macro := _BLOCK_MACRO.match(text):
            if macro[1] == "image":
                alt = unbracketed(macro[3].partition(",")[0].strip('"'))
                self.written[at] = f"![{alt}]({destination(macro[2])})"
            return
        if self._is_math and text[0] != ".":  # which would be the title of the block
            self._is_math, self._language = False, ""
        self.written[at] = self._quote + self._text(at, text)

    def _titled(self, at: int, line: str, text: str) -> bool:
        """Whether the line is a heading, or what underlines one."""
        if found := _HEADING.match(line):
            self.written[at] = heading(len(found[1]), found[2].rstrip("= \t") or found[2])
            self._marks.clear()
            self._quote = ""
            return True
        if text[0] not in _LEVELS or not at or not _UNDERLINE.fullmatch(text):
            return False
        above = self.lines[at - 1].rstrip()
        is_alone = at < 2 or not self.lines[at - 2].strip()
        if not is_alone or not above[:1].isalnum() or abs(len(above) - len(text)) > 1:
            return False
        self.written[at - 1] = heading(_LEVELS[text[0]], above)
        return True

    def _delimit(self, at: int, text: str) -> None:
        """The delimiter of a block, which begins or ends it."""
        if text[0] == "_":
            self._quote = "" if self._quote else "> "
        elif text[0] == "`":
            self._language = text.strip("`").split(",")[0].strip()
            self._block = "`" * (len(text) - len(text.lstrip("`"))), at
        elif text[0] in _KEPT + _LEFT_OUT and text != "--":
            self._block = text, at
        self._marks.clear()

    def _attributes(self, at: int, text: str) -> bool:
        """Whether the line says something of the block below it."""
        if text.startswith("[[") and text.endswith("]]"):
            return True
        inside = [part.strip().strip('"') for part in text[1:-1].split(",")]
        self._is_math = inside[0] in _MATH
        name = inside[0].partition("%")[0].partition("#")[0].partition(".")[0]
        if name in _ADVICE:
            self.written[at] = f"{self._quote}{name.capitalize()}:"
        elif self._is_math:
            self._language = "math"
        elif name in ("source", "listing", ""):
            self._language = inside[1] if len(inside) > 1 and "=" not in inside[1] else ""
        elif name in ("quote", "verse") and len(inside) > 1:
            self.written[at] = ", ".join(inside[1:])
        return "[" not in text[1:] and not text.startswith("[^")

    def _text(self, at: int, text: str) -> str:
        if item := _ITEM.match(text):
            return self._item(item) + text[item.end() :]
        if not at or not self.lines[at - 1].strip():
            self._marks.clear()
        if term := _TERM.match(text):
            return f"{term[1]}: {term[2] or ''}".rstrip()
        word, colon, rest = text.partition(": ")
        if colon and word in _ADVICE:
            return f"{word.capitalize()}: {rest}"
        if text == "+":  # goes on with an item
            return ""
        if text[0] == "." and len(text) > 1 and text[1] not in ". ":
            return text[1:]  # the title of a block
        return literal_line(text.removesuffix(" +"))  # which ends a line

    def _item(self, item: re.Match[str]) -> str:
        """Return what an item begins with: lists are as deep as kinds of marks are open."""
        mark = item[1].lstrip("<0123456789") if item[1][0] not in "*.-" else item[1]
        if mark in self._marks:
            del self._marks[self._marks.index(mark) + 1 :]
        elif len(self._marks) < _MAX_DEPTH:
            self._marks.append(mark)
        box = "" if item[2] is None else "[ ] " if item[2] == " " else "[x] "
        shown = "-" if item[1][0] in "*-" else f"{item[1].strip('<>.') or 1}."
        return f"{'   ' * (len(self._marks) - 1)}{shown} {box}"
