"""HTML and XML into trees and events, by lxml, with nothing fetched, expanded or run: its only home."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from starlight.errors import NoteError
from starlight.readers import decoding

if TYPE_CHECKING:
    from lxml import etree

    Element: TypeAlias = etree._Element
else:
    Element = Any

# Where HTML looks for it: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_LOOKED_AT = 4096
_FALLBACK = "cp1252"
_SPELLED_OTHERWISE = {"ascii": _FALLBACK, "iso8859-1": _FALLBACK, "gb2312": "gb18030", "gbk": "gb18030"}
_XML = re.compile(r"\A\s*(?:<\?xml\b[^>]*\?>\s*)?")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = ("amp", "lt", "gt", "quot", "apos")
_EMPTY_ELEMENT = re.compile(r"<(a|div|i|iframe|p|script|span|style|textarea|title|td|th)(\s[^<>]*)?/>", re.IGNORECASE)
_TOO_DEEP = "its elements nest too deeply: more than 2,000 inside one another"


class Events:
    """What takes the events of an XML parser, and does nothing; tags and attributes are without their namespaces."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def data(self, text: str) -> None:
        """There is text."""

    def end(self, tag: str) -> None:
        """The element ends."""


def decoded(data: bytes, declared: str = "") -> str:
    """Return the text of HTML or XML; what cannot be decoded becomes odd letters.

    By its byte order mark, by ``declared`` (a header of what it came in), by what it says at its head, as UTF-8, and
    as Windows-1252 at last.
    """
    for mark, encoding in decoding.MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").lstrip("\ufeff")
    said = _CHARSET.search(data, 0, _LOOKED_AT)
    for name in (declared, said[1].decode("ascii", "replace") if said else ""):
        encoding = decoding.encoding_called(name)
        encoding = _SPELLED_OTHERWISE.get(encoding, encoding)
        # What has no empty bytes is not in UTF-16, whatever it says.
        if encoding and (b"\x00" in data[:_LOOKED_AT] or not encoding.startswith("utf-16")):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
        return data.decode("utf-8" if is_cut else _FALLBACK, "replace")


def html_tree(text: str) -> Element | None:
    """Return the root of a page, forgivingly parsed; None where there is nothing in it.

    Raises:
        NoteError: its elements nest too deeply.
    """
    from lxml import etree

    # Attributes of pictures within pages are longer than libxml2 allows by itself.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root: Element = etree.fromstring(_without_type(_encoded(text)), parser)
    except etree.ParserError:
        return None
    except etree.XMLSyntaxError as error:
        raise NoteError(f"cannot be read as a page: {error}") from error
    _check_depth(parser.error_log)
    return root


def xhtml_tree(text: str) -> Element | None:
    """Return the root of a page that is XML, its tags without namespaces; parsed as HTML where it is no such.

    Raises:
        NoteError: see ``html_tree``.
    """
    from lxml import etree

    whole = _ENTITY.sub(lambda found: found[0] if found[1] in _OF_XML else html.unescape(found[0]), text)
    try:
        root: Element = etree.fromstring(_undeclared(_encoded(_XML.sub("", whole))), _xml_parser())
    except etree.XMLSyntaxError:
        # As HTML a <title/> would take the whole page for its text.
        return html_tree(_EMPTY_ELEMENT.sub(r"<\1\2></\1>", text))
    for each in root.iter("{*}*"):
        each.tag = cast("str", each.tag).rpartition("}")[2]
    return root


def walk(root: Element) -> Iterator[tuple[str, Element]]:
    """Yield ``("start", element)`` and ``("end", element)`` in the order of the text, without recursion."""
    from lxml import etree

    yield from etree.iterwalk(root, events=("start", "end"))


def feed_xml(data: bytes, events: Events) -> None:
    """Give the elements of ``data`` to ``events``; what is not well formed is read as far as it goes.

    No tree is made, so neither size nor depth costs memory.

    Raises:
        NoteError: it is no XML at all.
    """
    from lxml import etree

    parser = _xml_parser(target=_Plain(events), recover=True)
    try:
        parser.feed(_undeclared(data))
        parser.close()
    except etree.XMLSyntaxError as error:
        raise NoteError(f"is damaged: {error}") from error


def _undeclared(data: bytes) -> bytes:
    """Return XML in UTF-8, without its document type: entities that it would declare are expanded by the parser."""
    declared = _CHARSET.match(data, 0, _LOOKED_AT)
    is_plain = data.startswith(b"<") and b"\x00" not in data[:_LOOKED_AT]
    if not is_plain or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        data = _encoded(decoded(data))
    return _without_type(data).replace(b"<!DOCTYPE", b"<!---->")


def _without_type(data: bytes) -> bytes:
    """Return HTML or XML without the document type at its head."""
    at = data.find(b"<!DOCTYPE", 0, _LOOKED_AT)
    found = _DOCTYPE.match(data, at) if at >= 0 else None
    return data[: found.start()] + data[found.end() :] if found else data


def _xml_parser(target: Any = None, *, recover: bool = False) -> Any:  # noqa: ANN401 -- lxml has no type for it
    """Return a parser of UTF-8 that reads no other file, and leaves entities what they are."""
    from lxml import etree

    return etree.XMLParser(
        target=target,
        recover=recover,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _check_depth(log: Any) -> None:  # noqa: ANN401 -- lxml's log of errors
    if any("depth" in entry.message.lower() for entry in log):
        raise NoteError(_TOO_DEEP)


def _encoded(text: str) -> bytes:
    return text.replace("\x00", "").encode("utf-8", "replace")


class _Plain:
    """Events without namespaces, as lxml's parser sends them."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._names: dict[str, str] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = self._name(tag)
        self._events.start(name, {self._name(key): value for key, value in attributes.items()} if attributes else {})

    def end(self, tag: str) -> None:
        self._events.end(self._name(tag))

    def data(self, text: str) -> None:
        self._events.data(text)

    def close(self) -> None:
        """Nothing is left to be done."""

    def _name(self, tag: str) -> str:
        name = self._names.get(tag)
        if name is None:
            name = self._names[tag] = tag.rpartition("}")[2]
        return name
