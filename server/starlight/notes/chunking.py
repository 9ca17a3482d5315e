"""A note into chunks: passages that follow its headings and are embedded, found and shown as one.

Small neighbouring sections are merged towards ``TARGET`` characters, large ones split between blocks, and only
a block that is too large alone is split at lines, sentences, or, in the end, anywhere.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from starlight.notes.model import Block, Chunk, Note
from starlight.notes.place import Lines
from starlight.notes.text import may_be_unspaced

VERSION = 2
"""Raised when the same note would be cut otherwise; part of the fingerprint of an index."""

TARGET = 1_200
"""Characters that a chunk aims at: the length at which static embeddings of prose retrieve best here."""
_LEFT_WHOLE = 1_600
"""Characters up to which a section is one chunk: a short rest would say little."""
_SMALL = 600
"""Characters below which a section is merged with its neighbour, where both are not too much together."""
MERGED = 1_500
"""Characters that merged sections have at most."""
_WHOLE = {"fence": 2 * TARGET, "code_block": 2 * TARGET, "table": 2 * TARGET}
_SENTENCE_END = re.compile(r"[.!?…]['\")\]]*\s+|[。！？۔।]\s*|\n")
# A character of these scripts says about as much as two or three Latin letters.
_DENSE = re.compile(r"([\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+)")


class _Piece(NamedTuple):
    """A run of text under one heading path; ``body`` is where its text starts after the heading line."""

    path: tuple[str, ...]
    start: int
    body: int
    end: int


class _Source:
    """The text that is cut, its lines, and how much any part of it says."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.text = text
        self.lines = lines
        parts = _DENSE.split(text) if may_be_unspaced(text) else [text]
        bounds = list(itertools.accumulate(map(len, parts)))
        self._starts = bounds[:-1:2]
        self._ends = bounds[1::2]
        self._totals = list(itertools.accumulate(map(len, parts[1::2]), initial=0))

    def size(self, start: int, end: int) -> int:
        """Length of a part in Latin characters: a dense script's character counts as two."""
        return end - start + (self._dense(end) - self._dense(start) if self._starts else 0)

    def _dense(self, offset: int) -> int:
        """Number of dense characters before ``offset``."""
        run = bisect.bisect_right(self._starts, offset) - 1
        return self._totals[run + 1] - max(0, self._ends[run] - offset) if run >= 0 else 0


def chunks(text: str, note: Note, lines: Lines | None = None) -> list[Chunk]:
    """Return the chunks of ``note``, in order, at least one: a note without text is found by its title.

    ``lines`` are those of ``text``, where the caller has them.
    """
    lines = lines or Lines(text)
    source = _Source(text, lines)
    pieces = [part for piece, blocks in _sections(source, note) for part in _split(source, piece, blocks)]
    if not pieces:
        start = lines.start(note.body_line)
        return [Chunk((), start, start, min(note.body_line, len(lines)), min(note.body_line, len(lines)))]
    return [
        Chunk(
            piece.path,
            piece.start,
            piece.end,
            lines.at(piece.start),
            lines.at(max(piece.start, piece.end - 1)),
        )
        for piece in _merge(source, pieces)
    ]


def body_of(passage: str) -> str:
    """Return the text of a chunk without the heading line that its heading path repeats."""
    return _HEADING_LINE.sub("", passage, count=1)


_HEADING_LINE = re.compile(r"\A[ ]{0,3}#{1,6}[ \t][^\r\n]*(?:\r\n|\n|\r|\Z)")


def _sections(source: _Source, note: Note) -> Iterator[tuple[_Piece, Sequence[Block]]]:
    text, lines = source.text, source.lines
    firsts = [block.first for block in note.blocks]
    starts = [(note.body_line, None), *((heading.line, heading) for heading in note.headings)]
    path: list[tuple[int, str]] = []
    at = 0
    for index, (first, heading) in enumerate(starts):
        end_line = starts[index + 1][0] - 1 if index + 1 < len(starts) else len(lines)
        until = bisect.bisect_right(firsts, end_line, lo=at)
        blocks = note.blocks[at:until]
        at = until
        start, end = lines.start(first), lines.start(end_line + 1)
        body = start
        if heading:
            path = [(level, name) for level, name in path if level < heading.level]
            path.append((heading.level, heading.text))
            body = lines.start(blocks[0].last + 1)
            blocks = blocks[1:]
        part = text[start:end]
        if not part or part.isspace():
            continue
        names = tuple(name for _, name in path)
        if names and names[0] == note.title:
            names = names[1:]
        yield _Piece(names, start, body, end), blocks


def _split(source: _Source, piece: _Piece, blocks: Sequence[Block]) -> Iterator[_Piece]:
    """Cut a section that is too large, between its blocks where that is enough."""
    if source.size(piece.body, piece.end) <= _LEFT_WHOLE:
        yield _trim(source.text, piece)
        return
    start = piece.start
    end = piece.body
    for unit_start, unit_end in _units(source, piece, blocks):
        if end > piece.body and source.size(max(start, piece.body), unit_end) > TARGET:
            yield _trim(source.text, _Piece(piece.path, start, max(start, piece.body), end))
            start = unit_start
        end = unit_end
    yield _trim(source.text, _Piece(piece.path, start, max(start, piece.body), piece.end))


def _units(source: _Source, piece: _Piece, blocks: Iterable[Block]) -> Iterator[tuple[int, int]]:
    """Yield the spans that are not cut: whole blocks, or the parts of one that is too large alone."""
    text, lines = source.text, source.lines
    done = piece.body
    for block in blocks:
        start, end = lines.start(block.first), lines.start(block.last + 1)
        if text[done:start].strip():  # definitions of link references are no block
            yield from _parts(text, done, start)
        if source.size(start, end) <= _WHOLE.get(block.kind, TARGET):
            yield start, end
        else:
            yield from _parts(text, start, end)
        done = end
    if text[done : piece.end].strip():
        yield from _parts(text, done, piece.end)


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut text[start:end] at sentence and line ends into parts of at most ``TARGET``."""
    while start < end:
        stop = min(end, start + TARGET // (2 if _DENSE.search(text, start, min(end, start + 50)) else 1))
        if stop < end:
            cuts = [found.end() for found in _SENTENCE_END.finditer(text, start, stop)]
            if cuts and cuts[-1] > start + TARGET // 4:
                stop = cuts[-1]
            else:
                blank = text.rfind(" ", start + TARGET // 4, stop)
                stop = blank + 1 if blank > 0 else stop
        yield start, stop
        start = stop


def _merge(source: _Source, pieces: list[_Piece]) -> list[_Piece]:
    merged = [pieces[0]]
    for piece in pieces[1:]:
        last = merged[-1]
        sizes = source.size(last.start, last.end), source.size(piece.start, piece.end)
        if min(sizes) < _SMALL and sum(sizes) <= MERGED:
            merged[-1] = _Piece(_common(last.path, piece.path), last.start, last.body, piece.end)
        else:
            merged.append(piece)
    return merged


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]


def _trim(text: str, piece: _Piece) -> _Piece:
    """Leave blank lines at both ends out."""
    inner = text[piece.start : piece.end].lstrip("\r\n")
    start = piece.end - len(inner)
    end = start + len(inner.rstrip())
    return _Piece(piece.path, start, max(start, min(piece.body, end)), end)
