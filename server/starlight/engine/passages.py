"""A stored passage back to its text, and the few words of it that answer a query.

The index keeps no second copy of the notes: text comes from the open buffer or the file by the stored offsets while
its hash matches, else from where the passage's heading stands in the new text, else there is the heading alone.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlight.engine.contents import Content
from starlight.engine.wanted import Span, Wanted
from starlight.index.records import StoredPassage
from starlight.notes.chunking import body_of
from starlight.notes.place import Lines
from starlight.notes.text import one_line, plain

Nearness = Callable[[Sequence[str]], Sequence[float]]
"""Gives how near in meaning each text is to the query."""

SNIPPET_LENGTH = 200
_PARAGRAPH_END = re.compile(r"\n[ \t]*\r?\n")
_MAX_SENTENCES = 60
_MAX_CHARACTERS = 5_000
"""A passage is longer only where it is one heading of that length."""
_SENTENCE_LENGTH = 25
_LONGEST_SENTENCE = 500
_ENDS = tuple(".!?…。！？")
# One character comes first, so that ``re`` passes quickly over all others.
_SENTENCE_END = re.compile(r"[.!?…。！？\n](?:(?<=[。！？\n])|['\")\]]*(?=\s))")


_HEADING_OR_FENCE = re.compile(r"^[ ]{0,3}(?:(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\r?$|(```|~~~))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Snippet:
    """One line of a passage and the spans of it that match the query."""

    text: str
    highlights: tuple[tuple[int, int], ...]
    row: int = 0
    """The line of the passage's plain text that it begins on, from 0."""
    sentence: str = ""
    """The sentence that it begins with, whole."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a passage and the lines that it stands on now."""

    text: str
    first: int
    last: int
    start: int = 0
    """Where it begins in the note."""

    def offset(self, row: int) -> int:
        """Return where line ``row`` of it, from 0, begins in the note."""
        return self.start + len(self.text) - len(self.text.split("\n", row)[-1])


def extract(passage: StoredPassage, content: Content | None) -> Extract:
    """Return the text of ``passage`` in the note as it is now; empty where there is none."""
    if content is None:
        return Extract("", passage.first, passage.last)
    if content.hash == passage.note_hash:
        return Extract(content.text[passage.start : passage.end], passage.first, passage.last, passage.start)
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
    above = "\n".join(text.split("\n", row + 1)[: row + 1])
    for found in _HEADING_OR_FENCE.finditer(above):
        marks, name, mark = found.groups()
        if mark:
            fence = "" if fence == mark else fence or mark
        elif not fence:
            inner = [(level, other) for level, other in inner if level < len(marks)]
            inner.append((len(marks), " ".join(plain(name).split())))
    known = (passage.title, *passage.headings)
    return (*passage.headings, *(name for _, name in inner if name not in known))


def snippet(
    text: str, spans: Sequence[Span], wanted: Wanted, weights: Mapping[str, float], nearness: Nearness
) -> Snippet:
    """Return the sentence of ``text`` that best answers the query, on one line.

    ``spans`` are where the query's words stand, ``weights`` what each of them counts.  Where no sentence holds one,
    the nearest in meaning is taken.
    """
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    sentences = _Sentences(text, ends)
    number = sentences.holding_most(spans, weights)
    if number is None:
        number = sentences.nearest(nearness)
    if number is None:
        return Snippet("", ())
    start = ends[number - 1] if number else 0
    stop = _PARAGRAPH_END.search(text, start + _SENTENCE_LENGTH)  # a heading does not go on where prose ends
    until = stop.start() if stop else len(text)
    line = one_line(text[start:until], SNIPPET_LENGTH)
    sentence = one_line(text[start : min(sentences.end_of(number), until)], _LONGEST_SENTENCE)
    return Snippet(line, tuple(_merged(wanted.spans(line))), text.count("\n", 0, start), sentence)


class _Sentences:
    """The first sentences of a text, by their number."""

    def __init__(self, text: str, ends: Sequence[int]) -> None:
        self._text = text
        self._ends = ends

    def holding_most(self, spans: Sequence[Span], weights: Mapping[str, float]) -> int | None:
        """Return the first of those that hold most of the words of ``spans``; None where none holds any.

        Of two that hold the same, one that ends as a sentence does is better than a heading or an item of a list.
        """
        held: dict[int, set[str]] = {}
        for start, _, word in spans:
            held.setdefault(bisect.bisect_right(self._ends, start), set()).add(word)
        if held and len(self._ends) >= _MAX_SENTENCES:
            last = self._numbers()[-1]
            held = {number: words for number, words in held.items() if number <= last}
        worths = {
            number: round(sum(weights.get(word, 0.0) for word in sorted(held[number])), 6)
            for number in self._long(held)
        }
        most = max(worths.values(), default=0.0)
        best = sorted(number for number, worth in worths.items() if worth == most)
        return next(filter(self._is_ended, best), best[0]) if best else None

    def nearest(self, nearness: Nearness) -> int | None:
        """Return the first of those nearest to the query; None where there is none."""
        long = self._long(self._numbers())
        if len(long) < 2:
            return long[0] if long else None
        near = nearness([self._text[slice(*self._span(number))] for number in long])
        return long[max(range(len(long)), key=near.__getitem__)]

    def _is_ended(self, number: int) -> bool:
        return self._text[slice(*self._span(number))].rstrip()[-1:] in _ENDS

    def end_of(self, number: int) -> int:
        """Return where that one ends."""
        return self._span(number)[1]

    def _numbers(self) -> list[int]:
        """Return the numbers of those that are looked at: not of blank ones."""
        spans = map(self._span, range(len(self._ends) + 1))
        numbers = (number for number, (a, b) in enumerate(spans) if not self._text[a:b].isspace() and a < b)
        return list(itertools.islice(numbers, _MAX_SENTENCES))

    def _long(self, numbers: Iterable[int]) -> list[int]:
        """Return those of ``numbers`` that are no line of tags and no cell of a table, or all where all are."""
        numbers = list(numbers)
        long = []
        for number in numbers:
            start, end = self._span(number)
            if end - start >= _SENTENCE_LENGTH:
                long.append(number)
        return long or numbers

    def _span(self, number: int) -> tuple[int, int]:
        end = self._ends[number] if number < len(self._ends) else len(self._text)
        return self._ends[number - 1] if number else 0, end


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
            return Extract(text[found.start() : lines.start(last + 1)], first, last, found.start())
    last = min(passage.last, len(lines))
    first = min(passage.first, last)
    return Extract(text[lines.start(first) : lines.start(last + 1)], first, last, lines.start(first))
