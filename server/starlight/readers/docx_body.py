"""The body of a Word document: events of WordprocessingML into events of the writer of Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlight.readers.docx_styles import Numbering, Styles, depth
from starlight.readers.markdown_writer import MarkdownWriter
from starlight.readers.markup import Events
from starlight.readers.package import Relationships

_SKIPPED = frozenset(
    [
        "del",
        "moveFrom",
        "Fallback",
        "sectPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "rt",
        "pPrChange",
        "rPrChange",
        "tcPrChange",
        "binData",
    ]
)
# Of text, and of formulas (clause 22.1).
_LETTERS = {"tab": " ", "ptab": " ", "cr": "\n", "noBreakHyphen": "-", "den": "/", "sup": "^", "sub": "_"}
_FIELD = re.compile(r'\s*HYPERLINK\s+"([^"]*)"', re.IGNORECASE)
_RAISED = {"superscript": "^", "subscript": "_"}
_OFF = ("0", "false", "off")


@dataclass(slots=True)
class _Paragraph:
    """What its properties say; they come before its text."""

    style: str = ""
    numbering: str = ""
    depth: int = 0
    level: int = -1
    """Of its own outline, from 1, 0 for text; -1 where it has that of its style."""
    tag: str = ""
    """What the writer has it as; empty until there is text in it."""

    def take(self, tag: str, value: str) -> None:
        """Take a property of it, if it is one that matters."""
        if tag == "pStyle":
            self.style = value
        elif tag == "numId":
            self.numbering = value
        elif tag == "ilvl":
            self.depth = depth(value)
        elif tag == "outlineLvl" and re.fullmatch("[0-9]", value):
            self.level = (int(value) + 1) % 10


@dataclass(slots=True)
class _Field:
    """A field of several runs: what it is, then what it shows."""

    instruction: str = ""
    is_shown: bool = False
    is_link: bool = False


@dataclass(slots=True)
class _List:
    depth: int
    tag: str
    numbering: str


@dataclass(slots=True)
class Body(Events):
    """The text of a part, paragraph by paragraph."""

    styles: Styles
    numbering: Numbering
    links: Relationships
    writer: MarkdownWriter = field(default_factory=MarkdownWriter)
    notes: dict[tuple[str, str], int] = field(default_factory=dict)
    """The marks of the notes that the text refers to, by kind and id, in the order of the text."""
    _skipped: int = 0
    """Elements around this one of which nothing is read."""
    _paragraphs: list[_Paragraph] = field(default_factory=list)
    """Those around this place: a text box is in the paragraph that it is tied to."""
    _properties: int = 0
    """Elements of properties around this one."""
    _lists: list[_List] = field(default_factory=list)
    """Those that are open, outermost first."""
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)
    """The items of each numbered list so far, by its depth: it goes on after paragraphs between its items."""
    _block: str = ""
    """The tag around paragraphs of code or of a quote, where they are open."""
    _fields: list[_Field] = field(default_factory=list)
    _tables: int = 0
    _columns: int = 0
    """Of the cell that has begun; 0 when the writer knows of it."""
    _is_hidden: bool = False
    _is_code: bool = False
    _in_code: bool = False
    """Whether the writer is in a span of code."""
    _raised: str = ""
    """What tells digits that stand higher or lower from those before them."""
    _in_text: bool = False
    _in_instruction: bool = False
    _omits_content: bool = False
    """Whether the content of the control that has begun is no text of the document: contents, or a placeholder."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if self._skipped or tag in _SKIPPED or (tag == "sdtContent" and self._omits_content):
            self._skipped += 1
            self._omits_content = False
        elif tag in ("pPr", "rPr", "tcPr", "sdtPr"):
            self._properties += 1
        elif self._properties:
            self._property(tag, attributes)
        elif tag in _LETTERS:
            self._say(_LETTERS[tag])
        elif act := _STARTS.get(tag):
            act(self, attributes)

    def data(self, text: str) -> None:
        """Take an event of the parser."""
        if self._skipped:
            return
        if self._in_text:
            self._say(text)
        elif self._in_instruction and self._fields and len(self._fields[-1].instruction) < 10_000:
            self._fields[-1].instruction += text

    def end(self, tag: str) -> None:
        """Take an event of the parser."""
        if self._skipped:
            self._skipped -= 1
        elif tag in ("pPr", "rPr", "tcPr", "sdtPr"):
            self._properties -= 1
        elif not self._properties and (act := _ENDS.get(tag)):
            act(self)

    def _property(self, tag: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if self._paragraphs:
            self._paragraphs[-1].take(tag, value)
        if tag == "gridSpan":
            self._columns = int(value) if re.fullmatch("[0-9]{1,3}", value) else 1
        elif tag == "docPartGallery":
            self._omits_content = value == "Table of Contents"
        elif tag == "showingPlcHdr":
            self._omits_content = value not in _OFF
        elif tag == "rStyle":
            self._is_code = self.styles.is_code(value)
        elif tag == "vertAlign":
            self._raised = _RAISED.get(value, "")
        elif tag == "vanish":
            self._is_hidden = value not in _OFF

    def _start_paragraph(self, _: Mapping[str, str]) -> None:
        self._open_cell()
        self._paragraphs.append(_Paragraph())

    def _end_paragraph(self) -> None:
        if not self._paragraphs:
            return
        self._switch_code(is_code=False)
        paragraph = self._paragraphs.pop()
        if not paragraph.tag and self._block == "pre" and self.styles.is_code(paragraph.style):
            self.writer.raw("\n")
        elif paragraph.tag and paragraph.tag != "pre":
            self.writer.end(paragraph.tag)

    def _say(self, text: str) -> None:
        """Write text of the paragraph; what is not to be seen is left out."""
        if self._is_hidden:
            return
        if not self._paragraphs:
            self._paragraphs.append(_Paragraph())
        paragraph = self._paragraphs[-1]
        if self.styles.is_contents(paragraph.style):
            return
        if not paragraph.tag:
            self._begin(paragraph)
        self._switch_code(is_code=self._is_code and paragraph.tag != "pre")
        if text == "\n":
            self.writer.raw(text)
        else:
            self.writer.data(f"{self._raised}{text}" if text.isdecimal() else text)

    def _begin(self, paragraph: _Paragraph) -> None:
        """Begin what the paragraph is for the writer: a heading, an item, code, a quote, or a paragraph."""
        paragraph.tag = "p"
        if not self._tables:
            level = paragraph.level if paragraph.level >= 0 else self.styles.heading(paragraph.style)
            block = self._block_of(paragraph.style)
            if level:
                paragraph.tag, block = f"h{min(level, 6)}", ""
            self._enter_lists(paragraph, is_heading=level > 0)
            if block == "pre":
                paragraph.tag = "pre"
            if block == "pre" and self._block == "pre":
                self.writer.raw("\n")
                return
            if block and block != self._block:
                self._close_block()
                self.writer.start(block)
            elif not block:
                self._close_block()
            self._block = block
        if paragraph.tag != "pre":
            self.writer.start(paragraph.tag)

    def _block_of(self, style: str) -> str:
        return "pre" if self.styles.is_code(style) else "blockquote" if self.styles.is_quote(style) else ""

    def _close_block(self) -> None:
        if self._block:
            self.writer.end(self._block)
        self._block = ""

    def _enter_lists(self, paragraph: _Paragraph, *, is_heading: bool) -> None:
        """Open and close lists until the paragraph is where it belongs: an item, a part of one, or in no list."""
        numbering, deep = paragraph.numbering, paragraph.depth
        if not numbering:
            numbering, of_style = self.styles.numbering(paragraph.style)
            deep = deep or of_style
        if is_heading or numbering in ("", "0"):
            self._close_lists(-1)
            return
        tag = self.numbering.kind(numbering, deep)
        if not tag:
            self._close_lists(deep)
            return
        self._close_block()
        self._close_lists(deep)
        if self._lists and self._lists[-1].depth == deep:
            self.writer.end("li")
            if (self._lists[-1].tag, self._lists[-1].numbering) != (tag, numbering):
                self._close_lists(deep - 1)
        if not self._lists or self._lists[-1].depth < deep:
            self._lists.append(_List(deep, tag, numbering))
            self.writer.start(tag, {"start": str(self._counts.get((numbering, deep), 0) + 1)})
        self._count(numbering, deep)
        self.writer.start("li")

    def _count(self, numbering: str, deep: int) -> None:
        self._counts[numbering, deep] = self._counts.get((numbering, deep), 0) + 1
        for deeper in range(deep + 1, 9):
            self._counts.pop((numbering, deeper), None)

    def _close_lists(self, deep: int) -> None:
        """Close the lists that are deeper than ``deep``; -1 for all."""
        if self._lists and self._lists[-1].depth > deep:
            self._close_block()
        while self._lists and self._lists[-1].depth > deep:
            self.writer.end("li")
            self.writer.end(self._lists.pop().tag)

    def _switch_code(self, *, is_code: bool) -> None:
        if is_code != self._in_code:
            self._in_code = is_code
            if is_code:
                self.writer.start("code")
            else:
                self.writer.end("code")

    def _start_run(self, _: Mapping[str, str]) -> None:
        self._is_hidden = self._is_code = False
        self._raised = ""

    def _start_text(self, _: Mapping[str, str]) -> None:
        self._in_text = True

    def _end_text(self) -> None:
        self._in_text = False

    def _start_instruction(self, _: Mapping[str, str]) -> None:
        self._in_instruction = True

    def _end_instruction(self) -> None:
        self._in_instruction = False

    def _break(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("type", "textWrapping") == "textWrapping":
            self._say("\n")

    def _picture(self, attributes: Mapping[str, str]) -> None:
        if description := attributes.get("descr", ""):
            self._say(" ".join(description.split()))

    def _start_link(self, attributes: Mapping[str, str]) -> None:
        self._link(self.links.targets.get(attributes.get("id", ""), ""))

    def _start_simple_field(self, attributes: Mapping[str, str]) -> None:
        found = _FIELD.match(attributes.get("instr", ""))
        self._link(found[1] if found else "")

    def _link(self, address: str) -> None:
        self._say("")
        self._switch_code(is_code=False)
        self.writer.start("a", {"href": address})

    def _end_link(self) -> None:
        self._switch_code(is_code=False)
        self.writer.end("a")

    def _field(self, attributes: Mapping[str, str]) -> None:
        step = attributes.get("fldCharType")
        if step == "begin":
            self._fields.append(_Field())
        elif step == "separate" and self._fields:
            found = _FIELD.match(self._fields[-1].instruction)
            if found and not self._fields[-1].is_link:
                self._fields[-1].is_link = True
                self._link(found[1])
        elif step == "end" and self._fields and self._fields.pop().is_link:
            self._end_link()

    def _footnote(self, attributes: Mapping[str, str]) -> None:
        self._refer("footnote", attributes.get("id", ""))

    def _endnote(self, attributes: Mapping[str, str]) -> None:
        self._refer("endnote", attributes.get("id", ""))

    def _refer(self, kind: str, identity: str) -> None:
        self._say(f"[^{self.notes.setdefault((kind, identity), len(self.notes) + 1)}]")

    def _start_table(self, _: Mapping[str, str]) -> None:
        self._open_cell()
        if not self._tables:
            self._close_lists(-1)
            self._close_block()
        self._tables += 1
        self.writer.start("table")

    def _end_table(self) -> None:
        self._tables = max(self._tables - 1, 0)
        self._columns = 0
        self.writer.end("table")

    def _start_row(self, _: Mapping[str, str]) -> None:
        self.writer.start("tr")

    def _start_cell(self, _: Mapping[str, str]) -> None:
        self._columns = 1

    def _open_cell(self) -> None:
        """Tell the writer of a cell once its properties have said how wide it is."""
        if self._columns:
            self.writer.start("td", {"colspan": str(self._columns)})
        self._columns = 0

    def _end_cell(self) -> None:
        self._open_cell()
        self.writer.end("td")


_STARTS: dict[str, Callable[[Body, Mapping[str, str]], None]] = {
    "p": Body._start_paragraph,
    "r": Body._start_run,
    "t": Body._start_text,
    "instrText": Body._start_instruction,
    "br": Body._break,
    "docPr": Body._picture,
    "hyperlink": Body._start_link,
    "fldSimple": Body._start_simple_field,
    "fldChar": Body._field,
    "footnoteReference": Body._footnote,
    "endnoteReference": Body._endnote,
    "tbl": Body._start_table,
    "tr": Body._start_row,
    "tc": Body._start_cell,
}
_ENDS: dict[str, Callable[[Body], None]] = {
    "p": Body._end_paragraph,
    "t": Body._end_text,
    "instrText": Body._end_instruction,
    "hyperlink": Body._end_link,
    "fldSimple": Body._end_link,
    "tbl": Body._end_table,
    "tc": Body._end_cell,
}
