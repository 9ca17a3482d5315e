"""A stored passage back to its text, and the few words of it that answer a query.

The index keeps no second copy of the notes: text comes from the open buffer or the file by the stored offsets while
its hash matches, else from where the passage's heading stands in the new text, else there is the heading alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlight.engine.describe import hash_of
from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.records import StoredPassage
from starlight.notes.chunking import body_of
from starlight.notes.place import Lines
from starlight.notes.text import normalize, one_line, plain

Stems = Callable[[str], list[tuple[int, int, str]]]
"""Gives (start, end, stem) of each word of a text."""
Nearness = Callable[[Sequence[str]], Sequence[float]]
"""Gives how near in meaning each text is to the query."""
Span = tuple[int, int, str]
"""Where a word of the query stands in a text, by start and end, and which."""

SNIPPET_LENGTH = 200
_PARAGRAPH_END = re.compile(r"\n[ \t]*\r?\n")
_MAX_SENTENCES = 60
_MAX_CHARACTERS = 5_000
"""A passage is longer only where it is one heading of that length."""
_SENTENCE_LENGTH = 25
_SENTENCE_END = re.compile(r"[.!?…]['\")\]]*(?=\s)|[。！？]|\n")


_HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\r?$")
_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words that a query looks for, and how to find them in a text."""

    words: Mapping[str, str]
    """The query's own word for each stem."""
    pairs: tuple[str, ...]
    """Its pairs of characters in scripts without spaces."""
    stems: Stems

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs)

    def spans(self, text: str) -> list[Span]:
        """Return where words of the query stand in ``text``, in order."""
        tokens = self.stems(text)
        if not text.isascii():  # a letter may be written otherwise in the query
            tokens = [(a, b, normalize(stem)) for a, b, stem in tokens]
        found = [(a, b, self.words[stem]) for a, b, stem in tokens if stem in self.words]
        found += [(*place.span(), pair) for pair in self.pairs for place in re.finditer(re.escape(pair), text)]
        return sorted(found)

    def held(self, spans: Iterable[Span]) -> list[str]:
        """Return the words of ``spans``, each once, in the query's order."""
        there = {word for _, _, word in spans}
        return [word for word in (*self.words.values(), *self.pairs) if word in there]


@dataclass(frozen=True, slots=True)
class Snippet:
    """One line of a passage and the spans of it that match the query."""

    text: str
    highlights: tuple[tuple[int, int], ...]
    row: int = 0
    """The line of the passage's plain text that it begins on, from 0."""


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a whole note, and the hash of its bytes."""

    text: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a passage and the lines that it stands on now."""

    text: str
    first: int
    last: int


def read(path: Path, max_bytes: int) -> Content | None:
    """Return what the file at ``path`` holds; None where it is gone or unreadable."""
    try:
        data = disk.read(path, max_bytes)
        return Content(disk.decode(data), hash_of(data))
    except (NoteError, OSError):
        return None


def extract(passage: StoredPassage, content: Content | None) -> Extract:
    """Return the text of ``passage`` in the note as it is now; empty where there is none."""
    if content is None:
        return Extract("", passage.first, passage.last)
    if content.hash == passage.note_hash:
        return Extract(content.text[passage.start : passage.end], passage.first, passage.last)
    return _after_edit(content.text, passage)


def shown(text: str) -> tuple[str, int]:
    """Return what a reader sees of a passage, line by line, and how many lines of it are left out before.

    Left out is the heading line that the heading path repeats.
    """
    text = text[:_MAX_CHARACTERS]
    body = body_of(text) or text
    return plain(body), text.count("\n") - body.count("\n")


def headings_at(text: str, row: int, passage: StoredPassage) -> tuple[str, ...]:
    """Return the headings above line ``row`` (from 0) of a passage's text, those above the passage itself first.

    A passage of several small sections is filed under the headings that they have in common.
    """
    inner: list[tuple[int, str]] = []
    fence = ""
    for line in text.split("\n")[: row + 1]:
        if mark := _FENCE.match(line):
            fence = "" if fence and line.strip().startswith(fence) else fence or mark[1]
        elif not fence and (heading := _HEADING.match(line)):
            inner = [(level, name) for level, name in inner if level < len(heading[1])]
            inner.append((len(heading[1]), " ".join(plain(heading[2]).split())))
    known = (passage.title, *passage.headings)
    return (*passage.headings, *(name for _, name in inner if name not in known))


def snippet(text: str, spans: Sequence[Span], wanted: Wanted, nearness: Nearness) -> Snippet:
    """Return the sentence of ``text`` that best answers the query, on one line.

    ``spans`` are where the query's words stand.  Where no sentence holds one, the nearest in meaning is taken.
    """
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    every = [(a, b) for a, b in zip([0, *ends], [*ends, len(text)], strict=True) if text[a:b].strip()][:_MAX_SENTENCES]
    if not every:
        return Snippet("", ())
    held = [len({word for start, _, word in spans if a <= start < b}) for a, b in every]
    # A line of tags or a table's cell answers little, where there are sentences.
    long = [number for number, (a, b) in enumerate(every) if b - a >= _SENTENCE_LENGTH] or list(range(len(every)))
    if any(held):
        best = max(long if any(held[number] for number in long) else range(len(every)), key=held.__getitem__)
    else:
        near = nearness([text[a:b] for a, b in (every[number] for number in long)]) if len(long) > 1 else [1.0]
        best = long[max(range(len(long)), key=near.__getitem__)]
    start = every[best][0]
    stop = _PARAGRAPH_END.search(text, start + _SENTENCE_LENGTH)  # a heading does not go on where prose ends
    line = one_line(text[start : stop.start() if stop else len(text)], SNIPPET_LENGTH)
    return Snippet(line, tuple(_merged(wanted.spans(line))), text.count("\n", 0, start))


def _merged(spans: Sequence[Span]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end, _ in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _after_edit(text: str, passage: StoredPassage) -> Extract:
    """Find the passage's innermost heading in a text that changed since it was indexed."""
    lines = Lines(text)
    if passage.headings:
        heading = re.compile(rf"^#{{1,6}}[ \t]+{re.escape(passage.headings[-1])}[ \t]*$", re.MULTILINE)
        if found := heading.search(text):
            first = lines.at(found.start())
            last = min(first + passage.last - passage.first, len(lines))
            return Extract(text[found.start() : lines.start(last + 1)], first, last)
    last = min(passage.last, len(lines))
    first = min(passage.first, last)
    return Extract(text[lines.start(first) : lines.start(last + 1)], first, last)
