"""A note's bytes into the record that the index stores: the one place where text becomes fields and passages."""

from __future__ import annotations

import dataclasses
import hashlib
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from starlight.index import disk
from starlight.index.disk import Fact
from starlight.index.records import NoteRecord, Passage, spot_between
from starlight.index.schema import TOKENIZER, fingerprint
from starlight.models.embedder import Embedder
from starlight.notes import chunking, languages, markdown
from starlight.notes.chunking import body_of
from starlight.notes.links import name_key, stem_of
from starlight.notes.model import Chunk, Note
from starlight.notes.place import Lines
from starlight.notes.text import VERSION as TEXT_VERSION
from starlight.notes.text import plain, segment
from starlight.readers.document import Document
from starlight.readers.formats import format_of

VERSION = 11
"""Raised when the same chunk would be stored or embedded otherwise; part of the fingerprint of an index."""

Parse = Callable[[str, str, Lines], Note]
"""Gives the note with a text, called as its file, on those lines."""

HEADING_SEPARATOR = " › "
_MAX_FIELD = 2_000
"""Characters of aliases, headings or tags that are stored with every passage of a note."""


def fingerprint_of(embedder: Embedder) -> str:
    """Return the fingerprint of an index made by this code with ``embedder``."""
    versions = (VERSION, markdown.VERSION, chunking.VERSION, TEXT_VERSION, languages.VERSION)
    return fingerprint(*versions, *TOKENIZER, embedder.identity, embedder.dim)


def hash_of(data: bytes, path: str = "") -> bytes:
    """Return the content hash of a file's bytes, which tells what the reader of its format makes of them, too."""
    known = format_of(path)
    reader = f"{known.name}/{known.version}".encode() if known else b""
    return hashlib.blake2b(data, digest_size=16, person=reader).digest()


def note_of(text: str, path: str, document: Document | None = None, lines: Lines | None = None) -> Note:
    """Return the note that the file at ``path`` is: its ``text`` parsed, with what a ``document`` says of itself.

    A document of another format has no tags but those that it states, and unless its format has links as notes do, its
    wikilinks are mere brackets.  Where it states no type, that is the name of its format.
    """
    known = format_of(path)
    if document is None or known is None:
        return markdown.parse(text, stem_of(path), lines)
    front = document.front
    note = markdown.parse(text, front.title or posixpath.splitext(path)[0].rpartition("/")[2], lines)
    return dataclasses.replace(
        note,
        title=front.title or note.title,
        aliases=front.aliases,
        tags=front.tags,
        created=front.created,
        modified=front.modified,
        links=tuple(link for link in note.links if known.is_linked or link.kind == "markdown"),
        problems=(*front.problems, *note.problems),
        kind=front.kind or known.name,
        language=front.language,
        hashtags=(),
        properties=front.properties,
    )


def describe(
    fact: Fact,
    data: bytes,
    parse: Parse = markdown.parse,
    document: Document | None = None,
    made: Made | None = None,
    *,
    for_index: bool = True,
) -> tuple[NoteRecord, dict[bytes, str]]:
    """Return the record of the note with those bytes, and the texts to embed, by the digest of their meaning.

    ``parse`` is what parses its text; ``document`` is what a file of another format says; ``made`` are the passages
    that were made of it before.  What is not ``for_index`` lacks the lines of its links: a note that is open is looked
    at itself.

    Raises:
        NoteError: the bytes are no text.
    """
    text = document.text if document else disk.decode(data)
    stem = stem_of(fact.path)
    lines = Lines(text)
    note = note_of(text, fact.path, document, lines) if document else parse(text, stem, lines)
    # A note without a title of its own is called by its file name; with one, the name is another way to call it.
    aliases = note.aliases if note.title == stem else (*note.aliases, stem)
    shared = _Shared(note.title, segment(note.title), segment(_joined(aliases)), segment(_joined(note.tags)))
    cut = chunking.chunks(text, note, lines)
    described = made.again(text, shared, cut) if made else [_passage(text, shared, chunk) for chunk in cut]
    record = NoteRecord(
        fact=fact,
        hash=hash_of(data, fact.path),
        title=note.title,
        tags=note.tags,
        created=note.created,
        modified=note.modified,
        problems=note.problems,
        names=frozenset(map(name_key, _names(note, aliases, fact.path, document))),
        links=note.links,
        passages=_distinct([passage for passage, _ in described]),
        vectors={},
        kind=note.kind,
        language=languages.language(text, note.language),
        aliases=note.aliases,
        properties=note.properties,
        spots=[spot_between(lines, link.start, link.end) for link in note.links] if for_index else (),
    )
    return record, {passage.meaning: embedded for passage, embedded in described}


def _names(note: Note, aliases: Iterable[str], path: str, document: Document | None) -> Iterable[str]:
    """Return what links call a note by.

    A paper is called by its file's name: its title is that of the note about it.
    """
    known = format_of(path) if document else None
    if document is None or (known and known.is_linked):
        return (note.title, *aliases, stem_of(path), *(document.ids if document else ()))
    return (stem_of(path), *document.ids)


class _Shared(NamedTuple):
    """What all passages of a note have in common: its title, and fields of the lexical index."""

    title: str
    titles: str
    aliases: str
    tags: str


class Made:
    """The passages of one note as it was last: those that say the same now are not made again."""

    def __init__(self) -> None:
        self._shared: _Shared | None = None
        self._passages: dict[tuple[tuple[str, ...], str], tuple[Passage, str]] = {}

    def again(self, text: str, shared: _Shared, cut: Iterable[Chunk]) -> list[tuple[Passage, str]]:
        """Return the passages of the note as it is now, each with the text to embed."""
        known = self._passages if shared == self._shared else {}
        self._shared, self._passages = shared, {}
        return [self._one(text, shared, chunk, known) for chunk in cut]

    def _one(
        self, text: str, shared: _Shared, chunk: Chunk, known: Mapping[tuple[tuple[str, ...], str], tuple[Passage, str]]
    ) -> tuple[Passage, str]:
        key = chunk.headings, text[chunk.start : chunk.end]
        passage, embedded = known.get(key) or self._passages.get(key) or _passage(text, shared, chunk)
        self._passages[key] = passage, embedded
        return passage._replace(chunk=chunk), embedded


def _passage(text: str, shared: _Shared, chunk: Chunk) -> tuple[Passage, str]:
    body = _body(text[chunk.start : chunk.end], (shared.title, *chunk.headings[-1:]))
    headings = segment(_joined(chunk.headings))
    fields = (segment(body), shared.titles, shared.aliases, headings, shared.tags)
    embedded = _meant(shared.title, chunk.headings, body)
    return Passage(chunk, _digest(embedded), _digest(*fields), fields), embedded


def meant(text: str, title: str, headings: Sequence[str]) -> tuple[bytes, str]:
    """Return what a passage with that text means: the digest of it, and the text that its vectors are of."""
    embedded = _meant(title, headings, _body(text, (title, *headings[-1:])))
    return _digest(embedded), embedded


def _meant(title: str, headings: Sequence[str], body: str) -> str:
    return "\n".join(filter(None, (title, HEADING_SEPARATOR.join(headings), plain(body))))


def _body(passage: str, named: Sequence[str]) -> str:
    """Return the text of a passage without its heading line, where another field has what that says.

    A passage of several small sections is filed under the headings that they have in common.
    """
    body = body_of(passage)
    if len(body) == len(passage):
        return passage
    heading = plain(passage[: len(passage) - len(body)])
    return body if " ".join(heading.split()) in named else passage


def _joined(names: Iterable[str]) -> str:
    return " ; ".join(names)[:_MAX_FIELD]


def _digest(*parts: str) -> bytes:
    """Return a digest that tells apart the passages of one note."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _distinct(passages: list[Passage]) -> list[Passage]:
    """Keep the first of passages that are equal to the letter: a second one would find nothing new."""
    return list({(passage.meaning, passage.words): passage for passage in reversed(passages)}.values())[::-1]
