"""What the styles and the numbering of a Word document make of its paragraphs: headings, lists, quotes, code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlight.readers.archive import Archive
from starlight.readers.markup import Events, feed_xml

_HEADING = re.compile(r"heading ?([1-9])")
_CODE = re.compile(
    r"source ?code|html preformatted|preformatted text|verbatim|code( block)?|macro text|plain text code"
)
_QUOTE = re.compile(r"(intense )?quote|block ?text|block ?quote|quotations?")
_MOST = 20
"""Styles that one can be based on: there are circles in damaged files."""


@dataclass(slots=True)
class Style:
    """A style; empty where it says nothing."""

    name: str = ""
    based_on: str = ""
    level: int = 0
    """Of its outline, from 1; 0 for text."""
    numbering: str = ""
    depth: int = 0


@dataclass(slots=True)
class Styles(Events):
    """The styles of a document by their ids; reads ``word/styles.xml`` as events."""

    _styles: dict[str, Style] = field(default_factory=dict)
    _open: Style = field(default_factory=Style)

    def heading(self, style: str) -> int:
        """Return the level of the heading that the style is; 0 where it is none."""
        for each in self._chain(style):
            if each.name == "title":
                return 1
            if found := _HEADING.fullmatch(each.name):
                return int(found[1])
            if each.level:
                return each.level
        return 0

    def numbering(self, style: str) -> tuple[str, int]:
        """Return the list that the style makes its paragraphs items of, and how deep in it."""
        return next(((each.numbering, each.depth) for each in self._chain(style) if each.numbering), ("", 0))

    def is_code(self, style: str) -> bool:
        """Whether it is a style for code, of paragraphs or of letters."""
        return any(_CODE.match(each.name) for each in self._chain(style))

    def is_quote(self, style: str) -> bool:
        """Whether it is a style for quotes."""
        return any(_QUOTE.fullmatch(each.name) for each in self._chain(style))

    def is_contents(self, style: str) -> bool:
        """Whether it is a style for lines of the table of contents."""
        return any(re.match(r"toc ?[1-9h]|table of figures", each.name) for each in self._chain(style))

    def _chain(self, style: str) -> list[Style]:
        chain: list[Style] = []
        while style in self._styles and len(chain) < _MOST:
            chain.append(self._styles[style])
            style = chain[-1].based_on
        return chain

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        value = attributes.get("val", "")
        if tag == "style":
            self._open = self._styles[attributes.get("styleId", "")] = Style()
        elif tag == "name":
            self._open.name = value.lower()
        elif tag == "basedOn":
            self._open.based_on = value
        elif tag == "outlineLvl" and value in "012345678":
            self._open.level = int(value or -1) + 1
        elif tag == "numId":
            self._open.numbering = value
        elif tag == "ilvl":
            self._open.depth = depth(value)


@dataclass(slots=True)
class Numbering(Events):
    """How the items of each list are marked; reads ``word/numbering.xml`` as events."""

    _abstract: dict[str, dict[int, str]] = field(default_factory=dict)
    """By definition and depth: ``ol``, ``ul``, or nothing for paragraphs that go on with an item."""
    _lists: dict[str, str] = field(default_factory=dict)
    _definition: str = ""
    _depth: int = 0
    _list: str = ""
    _format: str = ""

    def kind(self, numbering: str, depth: int) -> str:
        """Return ``ol`` or ``ul``; nothing where the items have no mark."""
        return self._abstract.get(self._lists.get(numbering, ""), {}).get(depth, "ul")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        value = attributes.get("val", "")
        if tag == "abstractNum":
            self._definition = attributes.get("abstractNumId", "")
        elif tag == "lvl":
            self._depth, self._format = depth(attributes.get("ilvl", "")), ""
        elif tag == "numFmt":
            self._format = value
        elif tag == "lvlText" and self._definition:
            is_seen = bool(value.strip()) and self._format != "none"
            kind = ("ul" if self._format == "bullet" else "ol") if is_seen else ""
            self._abstract.setdefault(self._definition, {})[self._depth] = kind
        elif tag == "num":
            self._definition, self._list = "", attributes.get("numId", "")
        elif tag == "abstractNumId":
            self._lists[self._list] = value


def depth(value: str) -> int:
    """Return how deep in its list an item is, from 0 to 8, as Word has them."""
    return min(int(value), 8) if re.fullmatch(r"[0-9]{1,4}", value) else 0


def styles_of(archive: Archive, folder: str) -> tuple[Styles, Numbering]:
    """Return what lies in ``folder`` of the archive."""
    styles, numbering = Styles(), Numbering()
    for name, events in (("styles.xml", styles), ("numbering.xml", numbering)):
        if part := archive.find(folder + name):
            feed_xml(part, events)
    return styles, numbering
