"""Org (https://orgmode.org/worg/org-syntax.html), line by line, with the properties and links of org-roam."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlight.readers import decoding, org_inline
from starlight.readers.by_line import Written, column, heading
from starlight.readers.document import Document
from starlight.readers.escaping import literal_line
from starlight.readers.org_front import Front

_KEYWORD = re.compile(r"#\+([\w-]+)(?:\[[^\]]*\])?:[ \t]*(.*)")
_BEGIN = re.compile(r"#\+begin_(\S+)[ \t]*(.*)", re.IGNORECASE)
_DRAWER = re.compile(r":[\w-]+:")
_ITEM = re.compile(r"([-+*]|[0-9]{1,9}[.)])(?:[ \t]+|$)(?:\[@\d+\][ \t]*)?(?:\[([ xX-])\](?:[ \t]+|$))?")
_PRIORITY = re.compile(r"\[#[A-Za-z0-9]{1,2}\][ \t]*")
_TAGS = re.compile(r":[\w@#%:]+:")
_STATES = frozenset(map(str.upper, ("todo", "done", "next", "waiting", "hold", "cancelled", "canceled")))
_SHOWN = ("author", "subtitle", "description")
_CODE = ("src", "example")
_QUOTES = ("quote", "verse")
_LEFT_OUT = ("comment", "export")
_HEADS = frozenset("#~=-+*><:|C0123456789")
"""What the first character of a line must be for it to be more than text."""


def read(data: bytes, name: str) -> Document:
    """Return the document that the file is; see ``Reader``."""
    source = _Source(decoding.lines(data), name.rpartition("/")[2].rpartition(".")[0])
    source.read()
    return Document(source.text(), source.front.matter(), ids=source.front.ids)


@dataclass(slots=True)
class _Block:
    """Lines that are read as they are, or not at all, if their end is met."""

    end: str
    """The line that ends it, in lower case."""
    opened: int
    fence: str | None = None
    """What follows the fence; None: it is left out."""
    indent: int = 0
    is_properties: bool = False


class _Source(Written):
    """A file that is read, and where we are in it."""

    def __init__(self, lines: list[str], stem: str) -> None:
        super().__init__(lines, org_inline.markdown)
        self.front = Front(stem)
        self._states = set(_STATES)
        self._block: _Block | None = None
        self._quote = ""
        self._n_blank = 0
        self._heading_line = 0
        """That of the last heading; 0 before the first."""

    def read(self) -> None:
        """Write all lines."""
        at = 0
        for at, line in enumerate(self.lines):
            text = line.strip()
            if line[:1] == "*" and self._heading(at, line):
                continue
            if self._block:
                self._inside(self._block, at, line, text)
            elif not text:
                self._blank(at)
            elif text[0] in _HEADS:
                self._n_blank = 0
                self._line(at, line, text)
            else:
                self._n_blank = 0
                self.written[at] = f"{self._quote}{self.lists.margin(line)}{text}"
        if self._block:
            self._reopen(self._block, at + 1)

    def _line(self, at: int, line: str, text: str) -> None:
        """Write a line that may be more than text, and is no heading."""
        head = text[0]
        if head == "#" and (text[1:2] in ("", " ", "\t") or text.startswith("#+")):
            if text.startswith("#+"):
                self._instruction(at, line, text)
        elif head == ":" and text[1:2] in ("", " "):
            self._put(at, f"    {text[2:]}")
            self.keep(at, at + 1)
        elif head == ":" and _DRAWER.fullmatch(text):
            self._drawer(at, text)
        elif head == "|":
            self._row(at, line, text)
        elif head in "-+*0123456789" and (item := _ITEM.match(text)) and (head != "*" or line[0] != "*"):
            self._item(at, line, text, item)
        elif head == "-" and len(text) > 4 and not text.strip("-"):
            self._put(at, "***")
        elif not text.startswith("CLOCK:"):
            self._put(at, self.lists.margin(line) + literal_line(text))

    def _put(self, at: int, text: str) -> None:
        self.written[at] = f"{self._quote}{text}" if self._quote else text

    def _blank(self, at: int) -> None:
        self._n_blank += 1
        if self._n_blank > 1:
            self.lists.clear()
        if self._quote:
            self.written[at] = ">"

    def _item(self, at: int, line: str, text: str, item: re.Match[str]) -> None:
        before = self.lists.item(line, "-" if item[1] in "-+*" else item[1])
        box = "" if item[2] is None else "[x] " if item[2] in "xX" else "[ ] "
        body = text[item.end() :]
        if " :: " in body:
            term, _, body = body.partition(" :: ")
            body = f"{term}: {body.lstrip()}"
        self._put(at, f"{before}{box}{body}".rstrip())

    def _row(self, at: int, line: str, text: str) -> None:
        """A row of a table; a rule below the first row is Markdown's ruler, others are rows without text."""
        margin = self.lists.margin(line)
        if not text.startswith("|-"):
            self._put(at, f"{margin}{text}")
            return
        above = self.lines[at - 1].strip() if at else ""
        if above.startswith("|") and not above.startswith("|-"):
            first = at < 2 or not self.lines[at - 2].strip().startswith("|") or not self.written[at - 2].strip("> ")
            self._put(at, margin + (re.sub(r"[^|-]", "|", text) if first else "| |"))

    def _heading(self, at: int, line: str) -> bool:
        text = line.lstrip("*")
        if text[:1] != " ":
            return False
        if self._block:  # whose end is missing: it is none
            self._reopen(self._block, at)
        self.lists.clear()
        self._quote = ""
        self._heading_line = at + 1
        level = len(line) - len(text)
        self.written[at] = heading(level, self._title(text.strip()))
        return True

    def _title(self, text: str) -> str:
        """Return the title of a heading, without its state, priority and tags; these are the note's."""
        head, _, last = text.replace("\t", " ").rpartition(" ")
        if _TAGS.fullmatch(last):
            self.front.add_tags(filter(None, last.split(":")))
            text = head.strip()
        word, _, rest = text.partition(" ")
        if word in self._states and rest:
            text = rest.lstrip()
        return _PRIORITY.sub("", text, count=1) if text.startswith("[#") else text

    def _instruction(self, at: int, line: str, text: str) -> None:
        """A keyword, or the begin or the end of a block."""
        begin = _BEGIN.match(text)
        if begin:
            self._begin(at, line, begin[1].lower(), begin[2])
        elif text[:6].lower() == "#+end_":
            if text[6:].strip().lower() in _QUOTES:
                self._quote = ""
        elif keyword := _KEYWORD.match(text):
            self._keyword(at, keyword[1].lower(), keyword[2].strip())

    def _begin(self, at: int, line: str, name: str, arguments: str) -> None:
        if name in _QUOTES:
            self._quote = "> "
            self.lists.clear()
        elif name in _LEFT_OUT:
            self._block = _Block(f"#+end_{name}", at)
        elif name in _CODE:
            language = arguments.split(maxsplit=1)[0] if arguments else ""
            fence = language.replace("`", "") if name == "src" and language[:1] not in ("-", ":") else ""
            self._block = _Block(f"#+end_{name}", at, fence, column(line))
            self.lists.clear()

    def _keyword(self, at: int, name: str, value: str) -> None:
        if name == "title" and value:
            self._put(at, value if self.front.has_title() else f"# {value}")
        elif name == "caption":
            self._put(at, literal_line(value))
        elif name in _SHOWN and value:
            self._put(at, f"{name.capitalize()}: {value}")
        elif name in ("todo", "seq_todo", "typ_todo"):
            self._states |= {word.partition("(")[0] for word in value.split() if word != "|"}
        if not self._heading_line or name in ("title", "filetags"):
            self.front.keyword(name, value)

    def _drawer(self, at: int, text: str) -> None:
        """The first line of a drawer: what is in it is for Emacs, or (in one of the writer's own) text."""
        name = text.lower()
        if name in (":properties:", ":logbook:"):
            self._block = _Block(":end:", at, is_properties=name == ":properties:")

    def _inside(self, block: _Block, at: int, line: str, text: str) -> None:
        """A line of ``block``."""
        if text.lower() == block.end:
            self._close(block, at)
        elif block.fence is not None:
            body = line[min(block.indent, len(line) - len(line.lstrip())) :]
            if text.startswith(",") and text.lstrip(",").startswith(("*", "#+")):
                body = body.replace(",", "", 1)
            self._put(at, body)

    def _close(self, block: _Block, at: int) -> None:
        self._block = None
        if block.fence is not None:
            self.fence(block.opened, at, block.fence, self._quote)
            return
        if block.is_properties:
            self.front.drawer(self.lines[block.opened + 1 : at], self._heading_line)
        self.keep(block.opened, at + 1)

    def _reopen(self, block: _Block, after: int) -> None:
        """Take the lines of ``block`` up to ``after`` for text: it has no end."""
        self._block = None
        for at in range(block.opened + 1, after):
            self._put(at, literal_line(self.lines[at].strip()))
