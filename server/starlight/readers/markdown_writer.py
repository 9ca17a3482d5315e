"""Blocks and words of a document into Markdown: the one writer for all formats whose text is in elements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlight.readers.escaping import literal
from starlight.readers.markdown_table import Table

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "p",
        "section",
        "summary",
    ]
)
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0\u2028\u2029]+")
# Of no use to a reader: control characters, soft hyphens and other letters without width that part words.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\ufeff\ud800-\udfff\ufffe\uffff]")
_ADDRESS = re.compile(r"(?:https?|ftp|mailto|file):|(?![a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
_DEEPEST = 12
"""Lists and quotes inside one another that are shown by an indent: more would be all indent."""
_MOST_AROUND = 100
"""Lists, quotes and links around one another that are looked at at all."""
_NO_ATTRIBUTES: Mapping[str, str] = {}


@dataclass(slots=True)
class _Container:
    """A quote, a list or one of its items: what stands before each line in it."""

    tag: str
    first: str = ""
    rest: str = ""
    is_begun: bool = False
    number: int = 0
    """Of the last item of a numbered list; 0 in others."""


@dataclass(slots=True)
class _Span:
    """A link or code within a paragraph, from that part of it on."""

    tag: str
    start: int
    address: str = ""


@dataclass(slots=True)
class MarkdownWriter:
    """Takes the events of an HTML parser (``start``, ``data``, ``end``) and gives Markdown.

    Tags are those of HTML, lower case.  Tags that it does not know are nothing but their text.  Events may come in any
    order: what is not closed is closed by what is around it, or at the end.  Nothing recurses, so depth costs nothing.
    """

    _lines: list[str] = field(default_factory=list)
    _inline: list[str] = field(default_factory=list)
    _spans: list[_Span] = field(default_factory=list)
    _containers: list[_Container] = field(default_factory=list)
    _last: list[_Container] = field(default_factory=list)
    """The containers of the block that was written last."""
    _tables: list[Table] = field(default_factory=list)
    """At most one: those inside it are text of its cells, and counted by ``_nested``."""
    _nested: int = 0
    _heading: int = 0
    _language: str | None = None
    """Of the code that is being read; None outside of code blocks."""

    def start(self, tag: str, attributes: Mapping[str, str] = _NO_ATTRIBUTES) -> None:
        """Begin an element.  ``href``, ``start``, ``colspan`` and ``language`` (of code) are looked at."""
        if tag == "br":
            self.raw("\n")
        elif tag in ("a", "code"):
            if len(self._spans) < _MOST_AROUND:
                self._spans.append(_Span(tag, len(self._inline), attributes.get("href", "")))
        elif self._tables:
            self._start_in_table(tag, attributes)
        elif self._language is None:
            self._start_block(tag, attributes)

    def data(self, text: str) -> None:
        """Add text; outside of code blocks, white space is one space."""
        text = _UNSEEN.sub("", text)
        if self._language is None:
            text = _SPACE.sub(" ", text)
        if text:
            self._inline.append(text)

    def raw(self, text: str) -> None:
        """Add text as it is; a line break stays one."""
        self._inline.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        if tag in ("a", "code"):
            self._end_span(tag)
        elif self._tables:
            self._end_in_table(tag)
        elif tag == "pre":
            self._write_code()
        elif tag in _HEADINGS or tag in _BLOCKS or tag in ("ul", "ol", "blockquote"):
            if self._language is not None and tag not in ("ul", "ol", "blockquote", "body"):
                return
            self._flush()
            self._heading = 0
            if tag in ("ul", "ol", "li", "blockquote"):
                self._leave(tag)

    def finish(self) -> str:
        """Return the Markdown; it ends with a line break where there is any."""
        while self._tables:
            self._nested = 0
            self._end_in_table("table")
        self._write_code()
        self._flush()
        return "\n".join(self._lines) + "\n" if self._lines else ""

    def _start_block(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag not in _HEADINGS and tag not in _BLOCKS and tag not in ("ul", "ol", "blockquote", "pre", "table", "hr"):
            return
        self._flush()
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("li", "ul", "ol", "blockquote") and len(self._containers) >= _MOST_AROUND:
            self._heading = 0
        elif tag == "li":
            self._enter_item()
        elif tag == "blockquote":
            self._containers.append(_Container(tag, "> ", "> "))
        elif tag in ("ul", "ol"):
            self._heading = 0
            self._containers.append(_Container(tag, number=_number(attributes.get("start")) if tag == "ol" else 0))
        elif tag == "table":
            self._tables.append(Table())
        elif tag == "pre":
            self._language = attributes.get("language", "")

    def _enter_item(self) -> None:
        """Begin an item of the list that is open; the one before it need not have been ended."""
        if self._containers and self._containers[-1].tag == "li":
            self._containers.pop()
        above = self._containers[-1] if self._containers else None
        marker = "- "
        if above and above.tag == "ol":
            marker = f"{above.number}. "
            above.number = min(above.number + 1, 999_999_999)
        if sum(each.tag == "li" for each in self._containers) >= _DEEPEST:
            marker = ""
        self._containers.append(_Container("li", marker, " " * len(marker)))

    def _leave(self, tag: str) -> None:
        """Close the innermost container of that tag, and all in it; none outside of the list that an item is in."""
        for at in range(len(self._containers) - 1, -1, -1):
            if self._containers[at].tag == tag:
                del self._containers[at:]
                return
            if tag == "li" and self._containers[at].tag in ("ul", "ol"):
                return

    def _start_in_table(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table":
            self._nested += 1
        elif tag in ("td", "th") and not self._nested:
            self._take_cell()
            self._tables[-1].open_cell(_number(attributes.get("colspan")))
        elif tag == "tr" and not self._nested:
            self._take_cell()
            self._tables[-1].open_row()
        if tag in _HEADINGS or tag in _BLOCKS or tag in ("td", "th", "tr", "pre", "ul", "ol", "blockquote"):
            self._inline.append(" ")

    def _end_in_table(self, tag: str) -> None:
        if tag == "table" and self._nested:
            self._nested -= 1
        elif tag == "caption" and not self._nested:
            self._tables[-1].caption += self._taken()
        elif tag in ("td", "th") and not self._nested:
            self._take_cell()
        elif tag == "table":
            self._take_cell()
            table = self._tables.pop()
            if table.caption:
                self._write(literal(table.caption).split("\n"))
            for block in table.blocks():
                self._write(block)
        if tag in _BLOCKS:
            self._inline.append(" ")

    def _take_cell(self) -> None:
        self._tables[-1].close_cell(self._taken())

    def _taken(self) -> str:
        """Return what has been read since the last block, on one line, and forget it."""
        self._close_spans()
        text = _SPACE.sub(" ", "".join(self._inline)).strip()
        self._inline.clear()
        return text

    def _end_span(self, tag: str) -> None:
        for at in range(len(self._spans) - 1, -1, -1):
            if self._spans[at].tag == tag:
                self._wrap(self._spans.pop(at))
                return

    def _close_spans(self) -> None:
        """End the links and codes in what is about to be written; those that go on after it have no more to show."""
        gone_on = []
        for span in reversed(self._spans):
            is_shown = self._wrap(span)
            if span.tag == "a" or not is_shown:
                gone_on.append(_Span(span.tag, 0, "" if is_shown else span.address))
        self._spans = gone_on[::-1]

    def _wrap(self, span: _Span) -> bool:
        """Write what has been read of a span as one; returns whether there was anything."""
        if self._language is not None or not (span.address or span.tag == "code"):
            return False
        whole = "".join(self._inline[span.start :])
        text = whole.strip()
        if not text:
            return False
        text = _SPACE.sub(" ", text)
        shown = _code(text) if span.tag == "code" else _link(text, span.address)
        before, after = whole[: len(whole) - len(whole.lstrip())], whole[len(whole.rstrip()) :]
        self._inline[span.start :] = [before, shown, after]
        return True

    def _flush(self) -> None:
        """Write the paragraph or heading that has been read so far; two line breaks part paragraphs."""
        if self._language is not None:
            self._write_code()
            return
        self._close_spans()
        text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", "".join(self._inline))).strip()
        self._inline.clear()
        if not text:
            return
        if self._heading:
            self._write([f"{'#' * self._heading} {_SPACE.sub(' ', text)}"])
            return
        for paragraph in re.split(r"\n{2,}", text):
            self._write(literal(paragraph).split("\n"))

    def _write_code(self) -> None:
        if self._language is None:
            return
        text = "".join(self._inline).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").strip("\n").rstrip()
        self._inline.clear()
        language, self._language = self._language, None
        if text:
            fence = "`" * max(3, 1 + max(map(len, re.findall(r"`{3,}", text)), default=0))
            self._write([fence + language, *text.expandtabs(4).split("\n"), fence])

    def _write(self, lines: list[str]) -> None:
        """Write a block with what its containers have before each line, and an empty line where one belongs."""
        begins_item = any(each.tag == "li" and not each.is_begun for each in self._containers)
        shared = [one for one, other in zip(self._containers, self._last, strict=False) if one is other]
        is_tight = begins_item and any(each.tag in ("ul", "ol") for each in shared)
        if self._lines and not is_tight:
            self._lines.append("".join(each.rest for each in shared[: 2 * _DEEPEST]).rstrip())
        for line in lines:
            self._lines.append((self._prefix() + line).rstrip())
        self._last = list(self._containers)

    def _prefix(self) -> str:
        parts = []
        for each in self._containers[: 2 * _DEEPEST]:
            parts.append(each.rest if each.is_begun else each.first)
            each.is_begun = True
        return "".join(parts)


def _number(text: str | None) -> int:
    """Return the number that an attribute gives, between 1 and a million; 1 where it gives none."""
    return min(max(int(text), 1), 1_000_000) if text and re.fullmatch(r"[0-9]{1,9}", text) else 1


def _code(text: str) -> str:
    ticks = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _link(text: str, address: str) -> str:
    """Return a link; its text alone where the address leads nowhere outside of the document, or would run something."""
    address = _UNSEEN.sub("", address).strip()
    if not _ADDRESS.match(address) or len(address) > 2_000:
        return text
    if not re.search(r"\]\(", text):
        text = re.sub(r"([\[\]])", r"\\\1", text)
    return f"[{text}]({_encoded(address)})"


def _encoded(address: str) -> str:
    return re.sub(r"[\s()<>]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)
