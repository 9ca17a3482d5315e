"""The notes that are open in an editor: they are searched as they would be if they were saved.

All of it is in memory, and the words and vectors of a passage stay for as long as the passage does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from starlight.engine.contents import Content
from starlight.engine.describe import Made, describe, hash_of
from starlight.engine.opened import OpenText, chosen
from starlight.engine.parsed import Parsed
from starlight.engine.wanted import Stems
from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.bm25 import Bm25, Words
from starlight.index.disk import Fact
from starlight.index.reader import Reader
from starlight.index.records import EVERYWHERE, NoteRecord, Passage, Scope, Scored, StoredPassage
from starlight.index.vectors import StoredVector, cosines, quantize
from starlight.models.embedder import Embedder
from starlight.notes.model import Link, Note
from starlight.notes.place import Lines

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _OpenPassage:
    """A passage of an open note."""

    path: str
    title: str
    note_hash: bytes
    passage: Passage
    words: Words
    vector: StoredVector | None

    @property
    def headings(self) -> tuple[str, ...]:
        """Those above it."""
        return self.passage.chunk.headings

    @property
    def place(self) -> tuple[int, int]:
        """Where it begins and ends in the note's text."""
        return self.passage.chunk.start, self.passage.chunk.end

    def stored(self, id_: int) -> StoredPassage:
        """Return the passage as one of the index."""
        chunk = self.passage.chunk
        return StoredPassage(
            id_, self.path, self.title, chunk.headings, chunk.start, chunk.end, chunk.first, chunk.last, self.note_hash
        )


@dataclass(slots=True)
class _Buffer:
    """An open note, and what was made of its text so far."""

    path: str
    data: bytes
    hash: bytes
    vectors: dict[bytes, StoredVector | None] = field(default_factory=dict)
    """By the digest of the passage's meaning, as in ``records.Passage``."""
    words: dict[bytes, Words] = field(default_factory=dict)
    """By the digest of the passage's words."""
    made: Made = field(default_factory=Made)
    """Its passages, to be made again."""
    passages: Sequence[_OpenPassage] | None = None
    """None until they are needed."""
    tags: tuple[str, ...] = ()
    """Known with ``passages``."""
    record: NoteRecord | None = None
    """Known with ``passages``; None where there is no text."""
    names: frozenset[str] = frozenset()
    """Known with ``passages``."""


@dataclass(frozen=True, slots=True)
class View:
    """The open notes whose text is not what the index has, as one search sees them."""

    paths: tuple[str, ...]
    """Whatever is stored of these notes says nothing now."""
    _passages: Mapping[int, _OpenPassage]
    """What stands in its place, by numbers below zero, which no stored chunk has."""
    _names: Mapping[str, frozenset[str]]
    """What the notes are called, by path; see ``notes.links.name_key``."""
    links: Mapping[str, Sequence[Link]]
    """Those in the notes, by path."""

    def lexical(self, bm25: Callable[[], Bm25]) -> Scored:
        """Return the BM25 scores of the passages that hold any of the query's terms."""
        if not self._passages:
            return {}
        score = bm25().score
        return {id_: found for id_, each in self._passages.items() if (found := score(each.words))}

    @property
    def holds_any(self) -> bool:
        """Whether there is any passage."""
        return bool(self._passages)

    def firsts(self) -> list[StoredPassage]:
        """Return the first of the passages of each note."""
        found: dict[str, StoredPassage] = {}
        for id_, each in self._passages.items():
            found.setdefault(each.path, each.stored(id_))
        return list(found.values())

    def cosines(self, vector: Vector) -> Scored:
        """Return the cosines of the passages to ``vector``."""
        known = {id_: each.vector for id_, each in self._passages.items() if each.vector}
        found = cosines(vector, list(known.values()))
        return dict(zip(known, found, strict=False))  # nothing is found for a vector without direction

    def vectors(self, ids: Iterable[int]) -> dict[int, bytes]:
        """Return the 8-bit forms of the vectors of those of the passages with one of ``ids``, by id."""
        found = ((id_, self._passages[id_].vector) for id_ in ids if id_ in self._passages)
        return {id_: vector.int8 for id_, vector in found if vector}

    def called(self, key: str) -> list[int]:
        """Return the first passage of each of the notes with the file name, alias or title ``key``."""
        firsts: dict[str, int] = {}
        for id_, each in self._passages.items():
            firsts.setdefault(each.path, id_)
        return [id_ for path, id_ in firsts.items() if key in self._names[path]]

    def named(self, key: str) -> list[str]:
        """Return the paths of the notes with the file name, alias or title ``key``."""
        return [path for path, names in self._names.items() if key in names]

    def names(self, path: str) -> frozenset[str]:
        """Return what the note at ``path`` is called; nothing where it is not among these."""
        return self._names.get(path, frozenset())

    def notes(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the paths of those of the passages with one of ``ids``, by id."""
        return {id_: self._passages[id_].path for id_ in ids if id_ in self._passages}

    def meanings(self, ids: Iterable[int]) -> dict[int, bytes]:
        """Return the digests of what those of the passages mean with one of ``ids``, by id."""
        return {id_: self._passages[id_].passage.meaning for id_ in ids if id_ in self._passages}

    def passages(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """Return those of the passages with one of ``ids``, by id."""
        return {id_: self._passages[id_].stored(id_) for id_ in ids if id_ in self._passages}


class Overlay:
    """The open notes of one workspace.  Use it on one thread at a time."""

    def __init__(self, embedder: Embedder, max_bytes: int, parsed: Parsed) -> None:
        self._embedder = embedder
        self._max_bytes = max_bytes
        self._parsed = parsed
        self._buffers: dict[str, _Buffer] = {}

    def show(self, path: str, text: str) -> None:
        """Take ``text`` as that of the note at ``path``."""
        data = text.encode("utf-8", "replace")
        hash_ = hash_of(data, path)
        before = self._buffers.get(path)
        if before is None:
            self._buffers[path] = _Buffer(path, data, hash_)
        elif before.hash != hash_:
            self._buffers[path] = _Buffer(path, data, hash_, before.vectors, before.words, before.made)

    def holds(self, path: str) -> bool:
        """Whether the note at ``path`` is open."""
        return path in self._buffers

    def hide(self, path: str) -> None:
        """Let the note at ``path`` be what the disk has."""
        self._buffers.pop(path, None)

    def content(self, path: str) -> Content | None:
        """Return the text of the note at ``path``; None where it is not open, or no text."""
        buffer = self._buffers.get(path)
        try:
            return Content(disk.decode(buffer.data), buffer.hash) if buffer else None
        except NoteError:
            return None

    def view(self, reader: Reader, scope: Scope = EVERYWHERE) -> View:
        """Return the open notes of ``scope`` as a search of ``reader``'s index is to see them."""
        changed = self._changed(reader, scope)
        passages = [passage for buffer in changed for passage in self._covered(buffer, scope, reader.stems)]
        names = {buffer.path: buffer.names for buffer in changed}
        links = {buffer.path: buffer.record.links if buffer.record else () for buffer in changed}
        return View(tuple(names), dict(enumerate(passages, -len(passages))), names, links)

    def changed(self, reader: Reader) -> frozenset[str]:
        """Return the paths of the open notes whose text is not what the index has."""
        return frozenset(buffer.path for buffer in self._changed(reader, EVERYWHERE))

    def _changed(self, reader: Reader, scope: Scope) -> list[_Buffer]:
        placed = replace(scope, tags=())  # which tags it has is known when it was read
        open_ = [buffer for path, buffer in self._buffers.items() if placed.covers(path, ())]
        stored = reader.hashes([buffer.path for buffer in open_]) if open_ else {}
        return [buffer for buffer in open_ if stored.get(buffer.path) != buffer.hash]

    def _covered(self, buffer: _Buffer, scope: Scope, stems: Stems) -> Sequence[_OpenPassage]:
        """Return the passages of an open note that are in the scope."""
        passages = self._passages(buffer, stems)
        if buffer.record is None or not scope.covers(buffer.path, buffer.tags):
            return ()
        if scope.chosen is None:
            return passages
        text = disk.decode(buffer.data)
        texts = [OpenText((text[slice(*each.place)], each.title, *each.headings), each.words) for each in passages]
        are_chosen = chosen(scope.chosen, buffer.record, texts, stems)
        return [each for each, is_chosen in zip(passages, are_chosen, strict=True) if is_chosen]

    def _passages(self, buffer: _Buffer, stems: Stems) -> Sequence[_OpenPassage]:
        if buffer.passages is None:
            try:
                buffer.passages = self._described(buffer, stems)
            except NoteError:  # no text: as it would be if it were saved, there is nothing to be found in it
                buffer.passages = ()
            except Exception:  # whatever a text does to a parser, it costs that note alone
                log.exception("%s cannot be searched as it is in the editor", buffer.path)
                buffer.passages = ()
        return buffer.passages

    def _described(self, buffer: _Buffer, stems: Stems) -> Sequence[_OpenPassage]:
        if len(buffer.data) > self._max_bytes:
            return ()

        def parse(text: str, _name: str, lines: Lines) -> Note:
            return self._parsed.note(buffer.path, text, lines)

        record, meant = describe(
            Fact(buffer.path, len(buffer.data), 0), buffer.data, parse, made=buffer.made, for_index=False
        )
        buffer.tags, buffer.names, buffer.record = record.tags, record.names, record
        buffer.vectors = self._embedded(meant, buffer.vectors)
        buffer.words = {
            each.words: buffer.words.get(each.words) or Words([[stem for _, _, stem in stems(f)] for f in each.fields])
            for each in record.passages
        }
        return [
            _OpenPassage(
                buffer.path, record.title, buffer.hash, each, buffer.words[each.words], buffer.vectors[each.meaning]
            )
            for each in record.passages
        ]

    def _embedded(
        self, meant: Mapping[bytes, str], known: Mapping[bytes, StoredVector | None]
    ) -> dict[bytes, StoredVector | None]:
        """Return the vectors of the texts ``meant``, by digest; those that are ``known`` are not made again."""
        new = [digest for digest in meant if digest not in known]
        made = quantize(self._embedder.embed([meant[digest] for digest in new])) if new else []
        return {**{digest: known[digest] for digest in meant if digest in known}, **dict(zip(new, made, strict=True))}
