"""OpenDocument texts (.odt): OpenDocument 1.3, part 3 (OASIS)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlight.errors import NoteError
from starlight.readers.archive import Archive
from starlight.readers.document import Document
from starlight.readers.markdown_writer import MarkdownWriter
from starlight.readers.markup import Events, feed_xml
from starlight.readers.mathml import Formula
from starlight.readers.metadata import front_matter
from starlight.readers.package import Texts

_SKIPPED = frozenset(
    [
        "annotation",
        "annotation-end",
        "binary-data",
        "document",
        "tracked-changes",
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "user-index",
        "alphabetical-index",
        "bibliography",
        "forms",
        "scripts",
        "font-face-decls",
        "note-citation",
        "ruby-text",
        "sequence-decls",
        "shapes",
        "notes",
        "settings",
    ]
)
_CODE = re.compile(r"preformatted|source_20_|source_?(code|text)|code\b")
_QUOTE = re.compile(r"quotations?|quote|block_?quote", re.IGNORECASE)
_TITLE = "title"
_MOST = 20
"""Styles that one can be based on: there are circles in damaged files."""


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the text of an OpenDocument text; see ``Reader``.

    Changes that are tracked are read as accepted; comments and indexes are left out.  Notes stand at the end.
    """
    archive = Archive(data, "an OpenDocument text")
    if b"encryption-data" in archive.find("META-INF/manifest.xml"):
        raise NoteError("is protected by a password: save it without one to have it indexed")
    styles = _Styles()
    if part := archive.find("styles.xml"):
        feed_xml(part, styles)
    body = _Body(styles, archive)
    feed_xml(archive.read("content.xml"), body)
    text = body.finish()
    if not text:
        raise NoteError("has no text")
    said = Texts()
    if part := archive.find("meta.xml"):
        feed_xml(part, said)
    front = front_matter(
        title=said.first("title"),
        authors=[said.first("initial-creator", "creator")],
        keywords=said.found.get("keyword", ()),
        created=said.first("creation-date"),
        modified=said.first("date"),
        language=said.first("language"),
        others=[("subject", said.found.get("subject", ()))],
    )
    return Document(text, front)


@dataclass(slots=True)
class _Styles(Events):
    """What styles make of paragraphs and lists; takes events of the parser."""

    _above: dict[str, str] = field(default_factory=dict)
    """The style that each is based on."""
    _numbered: dict[tuple[str, int], bool] = field(default_factory=dict)
    """Whether the items of a list have numbers, by its style and the level in it."""
    _list: str = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if tag == "style":
            self._above[attributes.get("name", "")] = attributes.get("parent-style-name", "")
        elif tag == "list-style":
            self._list = attributes.get("name", "")
        elif tag.startswith("list-level-style"):
            has_numbers = tag == "list-level-style-number" and bool(attributes.get("num-format"))
            self._numbered[self._list, number(attributes.get("level", ""))] = has_numbers

    def is_numbered(self, style: str, level: int) -> bool:
        """Whether the items of a list at that level, from 1, have numbers; what is not said is as at the first."""
        return self._numbered.get((style, level), self._numbered.get((style, 1), False))

    def block(self, style: str) -> str:
        """Return the tag of the block around paragraphs of that style: code, a quote, or none."""
        for name in self._chain(style):
            if _CODE.match(name.lower()):
                return "pre"
            if _QUOTE.fullmatch(name):
                return "blockquote"
        return ""

    def is_title(self, style: str) -> bool:
        """Whether paragraphs of that style are the title of the text."""
        return _TITLE in (name.lower() for name in self._chain(style))

    def is_code(self, style: str) -> bool:
        """Whether letters of that style are code."""
        return any(name.lower() in ("source_20_text", "source_text", "teletype") for name in self._chain(style))

    def _chain(self, style: str) -> list[str]:
        chain: list[str] = []
        while style and len(chain) < _MOST:
            chain.append(style)
            style = self._above.get(style, "")
        return chain


@dataclass(slots=True)
class _Body(Events):
    """Events of ``content.xml`` into events of the writer."""

    _styles: _Styles
    _archive: Archive
    _writer: MarkdownWriter = field(default_factory=MarkdownWriter)
    _outer: list[tuple[MarkdownWriter, str]] = field(default_factory=list)
    """The writers of the texts that notes are in, while a note is read, and the block that each text is in."""
    _notes: list[str] = field(default_factory=list)
    _skipped: int = 0
    _open: list[str] = field(default_factory=list)
    """What the writer has each paragraph around this place as."""
    _spans: list[bool] = field(default_factory=list)
    """Whether each span around this place is code."""
    _lists: list[tuple[str, str]] = field(default_factory=list)
    """The tag and the style of each list around this place."""
    _block: str = ""
    _tables: int = 0
    _formula: Formula | None = None
    """The formula that is being read."""
    _has_description: bool = False
    _is_description: bool = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if self._formula:
            self._formula.start(tag, attributes)
        elif self._skipped or tag in _SKIPPED:
            self._skipped += 1
        elif tag in ("automatic-styles", "style", "list-style") or tag.startswith("list-level-style"):
            self._styles.start(tag, attributes)
        elif act := _STARTS.get(tag):
            act(self, attributes)

    def data(self, text: str) -> None:
        """Take an event of the parser."""
        if self._formula:
            self._formula.data(text)
        elif not self._skipped and (self._open or self._is_description):
            self._writer.data(text)

    def end(self, tag: str) -> None:
        """Take an event of the parser."""
        if self._formula:
            self._formula.end(tag)
            self._end_formula()
        elif self._skipped:
            self._skipped -= 1
        elif act := _ENDS.get(tag):
            act(self)

    def finish(self) -> str:
        """Return the Markdown."""
        while self._outer:
            self._end_note()
        self._close_block()
        for mark, text in enumerate(self._notes, 1):
            self._writer.start("p")
            self._writer.raw(f"[^{mark}]: {text}")
            self._writer.end("p")
        return self._writer.finish()

    def _start_paragraph(self, attributes: Mapping[str, str]) -> None:
        style = attributes.get("style-name", "")
        self._begin("h1" if self._styles.is_title(style) else "p", "" if self._tables else self._styles.block(style))

    def _start_heading(self, attributes: Mapping[str, str]) -> None:
        self._begin(f"h{min(number(attributes.get('outline-level', '')), 6)}", "")

    def _begin(self, tag: str, block: str) -> None:
        if block == "pre" and self._block == "pre":
            self._writer.raw("\n")
        elif block != self._block:
            self._close_block()
            if block:
                self._writer.start(block)
        self._block = block
        self._open.append("" if block == "pre" else tag)
        if block != "pre":
            self._writer.start(tag)

    def _end_paragraph(self) -> None:
        if self._open and (tag := self._open.pop()):
            self._writer.end(tag)

    def _close_block(self) -> None:
        if self._block:
            self._writer.end(self._block)
        self._block = ""

    def _start_span(self, attributes: Mapping[str, str]) -> None:
        is_code = self._block != "pre" and self._styles.is_code(attributes.get("style-name", ""))
        self._spans.append(is_code)
        if is_code:
            self._writer.start("code")

    def _end_span(self) -> None:
        if self._spans and self._spans.pop():
            self._writer.end("code")

    def _start_link(self, attributes: Mapping[str, str]) -> None:
        self._writer.start("a", {"href": attributes.get("href", "")})

    def _end_link(self) -> None:
        self._writer.end("a")

    def _spaces(self, attributes: Mapping[str, str]) -> None:
        if self._open:
            self._writer.data(" " * min(number(attributes.get("c", "")), 80))

    def _tab(self, _: Mapping[str, str]) -> None:
        self._writer.data("\t")

    def _line_break(self, _: Mapping[str, str]) -> None:
        self._writer.raw("\n")

    def _start_list(self, attributes: Mapping[str, str]) -> None:
        self._close_block()
        style = attributes.get("style-name") or (self._lists[-1][1] if self._lists else "")
        tag = "ol" if self._styles.is_numbered(style, len(self._lists) + 1) else "ul"
        self._lists.append((tag, style))
        self._writer.start(tag)

    def _end_list(self) -> None:
        self._close_block()
        if self._lists:
            self._writer.end(self._lists.pop()[0])

    def _start_item(self, _: Mapping[str, str]) -> None:
        self._writer.start("li")

    def _end_item(self) -> None:
        self._close_block()
        self._writer.end("li")

    def _start_table(self, _: Mapping[str, str]) -> None:
        self._close_block()
        self._tables += 1
        self._writer.start("table")

    def _end_table(self) -> None:
        self._tables = max(self._tables - 1, 0)
        self._writer.end("table")

    def _start_row(self, _: Mapping[str, str]) -> None:
        self._writer.start("tr")

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._writer.start("td", {"colspan": attributes.get("number-columns-spanned", "1")})

    def _end_cell(self) -> None:
        self._writer.end("td")

    def _start_note(self, _: Mapping[str, str]) -> None:
        self._writer.raw(f"[^{len(self._notes) + 1}]")
        self._notes.append("")
        self._outer.append((self._writer, self._block))
        self._writer, self._block = MarkdownWriter(), ""

    def _end_note(self) -> None:
        if self._outer:
            at = len(self._notes) - 1 if len(self._outer) == 1 else len(self._notes) - len(self._outer)
            self._notes[at] = " ".join(self._writer.finish().split())
            self._writer, self._block = self._outer.pop()

    def _object(self, attributes: Mapping[str, str]) -> None:
        """A formula is a document of its own in the archive; objects of other kinds, charts, have no text here."""
        folder = attributes.get("href", "").removeprefix("./").strip("/")
        if folder and (data := self._archive.find(f"{folder}/content.xml")):
            formula = Formula()
            feed_xml(data, formula)
            self._writer.data(formula.text())

    def _start_formula(self, attributes: Mapping[str, str]) -> None:
        """A formula may stand in the text itself."""
        self._formula = Formula()
        self._formula.start("math", attributes)

    def _end_formula(self) -> None:
        if self._formula and self._formula.is_whole:
            self._writer.data(self._formula.text())
            self._formula = None

    def _start_frame(self, _: Mapping[str, str]) -> None:
        self._has_description = False

    def _start_description(self, _: Mapping[str, str]) -> None:
        """A frame has a title or a description or both: the first that there is."""
        if self._has_description:
            self._skipped += 1
        else:
            self._is_description = self._has_description = True

    def _end_description(self) -> None:
        self._is_description = False


def number(text: str) -> int:
    """Return the number that an attribute gives; 1 where it gives none."""
    return max(int(text), 1) if re.fullmatch(r"[0-9]{1,9}", text) else 1


_STARTS: dict[str, Callable[[_Body, Mapping[str, str]], None]] = {
    "p": _Body._start_paragraph,
    "h": _Body._start_heading,
    "span": _Body._start_span,
    "a": _Body._start_link,
    "s": _Body._spaces,
    "tab": _Body._tab,
    "line-break": _Body._line_break,
    "list": _Body._start_list,
    "list-item": _Body._start_item,
    "list-header": _Body._start_item,
    "table": _Body._start_table,
    "table-row": _Body._start_row,
    "table-cell": _Body._start_cell,
    "note": _Body._start_note,
    "frame": _Body._start_frame,
    "object": _Body._object,
    "math": _Body._start_formula,
    "title": _Body._start_description,
    "desc": _Body._start_description,
}
_ENDS: dict[str, Callable[[_Body], None]] = {
    "p": _Body._end_paragraph,
    "h": _Body._end_paragraph,
    "span": _Body._end_span,
    "a": _Body._end_link,
    "list": _Body._end_list,
    "list-item": _Body._end_item,
    "list-header": _Body._end_item,
    "table": _Body._end_table,
    "table-cell": _Body._end_cell,
    "note": _Body._end_note,
    "title": _Body._end_description,
    "desc": _Body._end_description,
}
