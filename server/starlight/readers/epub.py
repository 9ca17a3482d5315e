"""Books (.epub): EPUB 2 and 3 (W3C), the chapters in the order of the spine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlight.errors import NoteError
from starlight.readers.archive import Archive
from starlight.readers.document import Document
from starlight.readers.html import markdown_of
from starlight.readers.markup import Events, decoded, feed_xml
from starlight.readers.metadata import front_matter
from starlight.readers.package import Texts

_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
_CONTAINER = "META-INF/container.xml"


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- as every reader
    """Return the text of a book; see ``Reader``.  Links from one chapter to another are their text alone."""
    archive = Archive(data, "an EPUB")
    container = _Container()
    feed_xml(archive.read(_CONTAINER), container)
    package, said = _Package(), Texts()
    if not container.path:
        raise NoteError("is damaged: it does not say where its chapters are listed")
    opf = archive.read(container.path)
    feed_xml(opf, package)
    feed_xml(opf, said)
    folder = posixpath.dirname(container.path)
    chapters = [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in package.chapters()]
    _check_open(archive, chapters)
    texts, problems = _texts(archive, chapters)
    text = "\n".join(filter(None, texts))
    if not text:
        if problems:
            raise NoteError(problems[0])
        raise NoteError("has no text" if any(each in archive for each in chapters) else "has no chapters")
    front = front_matter(
        title=said.first("title"),
        authors=said.found.get("creator", ()),
        keywords=said.found.get("subject", ()),
        created=said.first("date"),
        modified=package.modified,
        language=said.first("language"),
        others=[("publisher", said.found.get("publisher", ()))],
        problems=[f"a chapter is left out: it {problem}" for problem in dict.fromkeys(problems)],
    )
    return Document(text, front)


def _texts(archive: Archive, chapters: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the texts of the chapters, and why others have none: one that cannot be read costs itself."""
    texts, problems = [], []
    for each in chapters:
        if each in archive:
            try:
                texts.append(markdown_of(decoded(archive.read(each)), is_xml=True, is_part=True))
            except NoteError as error:
                problems.append(str(error))
    return texts, problems


@dataclass(slots=True)
class _Container(Events):
    """Where the package document is; takes events of ``META-INF/container.xml``."""

    path: str = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if tag == "rootfile" and not self.path:
            self.path = attributes.get("full-path", "")


@dataclass(slots=True)
class _Package(Events):
    """The parts of a book and their order; takes events of the package document."""

    modified: str = ""
    _items: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The address and the type of each page, by its id."""
    _spine: list[str] = field(default_factory=list)
    _is_modified: bool = False

    def chapters(self) -> list[str]:
        """Return the addresses of the chapters in their order, each once; the table of contents is none."""
        return list(dict.fromkeys(self._items[each][0] for each in self._spine if each in self._items))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if tag == "item":
            is_contents = "nav" in attributes.get("properties", "").split()
            if attributes.get("media-type", "") in _PAGES and not is_contents:
                self._items[attributes.get("id", "")] = (attributes.get("href", ""), attributes["media-type"])
        elif tag == "itemref":
            self._spine.append(attributes.get("idref", ""))
        self._is_modified = tag == "meta" and attributes.get("property") == "dcterms:modified"

    def data(self, text: str) -> None:
        """Take an event of the parser."""
        if self._is_modified:
            self.modified += text

    def end(self, tag: str) -> None:  # noqa: ARG002 -- as all events
        """Take an event of the parser."""
        self._is_modified = False


@dataclass(slots=True)
class _Encrypted(Events):
    """What is encrypted: fonts often are, in books that anybody may read."""

    paths: set[str] = field(default_factory=set)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an event of the parser."""
        if tag == "CipherReference":
            self.paths.add(posixpath.normpath(unquote(attributes.get("URI", ""))))


def _check_open(archive: Archive, chapters: list[str]) -> None:
    encrypted = _Encrypted()
    if part := archive.find("META-INF/encryption.xml"):
        feed_xml(part, encrypted)
    if encrypted.paths.intersection(chapters):
        raise NoteError("is protected against copying: its text can be read in the reader that it was bought for only")
