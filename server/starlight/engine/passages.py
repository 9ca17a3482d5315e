"""A stored passage back to its text, and the few words of it that answer a query.

The index keeps no second copy of the notes: text comes from the file by the stored offsets while its hash
matches, else from where the query's words stand in the new text, else there is the heading alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlight.engine.describe import hash_of
from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.records import StoredPassage
from starlight.notes.chunking import body_of
from starlight.notes.place import Lines
from starlight.notes.text import one_line, plain

Stems = Callable[[str], list[tuple[int, int, str]]]
"""Gives (start, end, stem) of each word of a text."""
Nearness = Callable[[Sequence[str]], Sequence[float]]
"""Gives how near in meaning each text is to the query."""

SNIPPET_LENGTH = 200
_MAX_SENTENCES = 60
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?…]['\")\]]*(?=\s)|[。！？]|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One line of a passage and the spans of it that match the query."""

    text: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a passage and the lines that it stands on now."""

    text: str
    first: int
    last: int


def extract(root: Path, passage: StoredPassage, max_bytes: int) -> Extract:
    """Return the text of ``passage`` as the file has it now; empty where the file is gone or unreadable."""
    try:
        data = disk.read(root / passage.path, max_bytes)
        text = disk.decode(data)
    except (NoteError, OSError):
        return Extract("", passage.first, passage.last)
    if hash_of(data) == passage.note_hash:
        return Extract(text[passage.start : passage.end], passage.first, passage.last)
    return _after_edit(text, passage)


def snippet(text: str, wanted: frozenset[str], runs: Iterable[str], stems: Stems, nearness: Nearness) -> Snippet:
    """Return the sentence of ``text`` that best answers the query, on one line.

    ``wanted`` are the stems of the query's words, ``runs`` its parts in scripts without spaces.  Where no
    sentence shares a word with the query, the one nearest in meaning is taken.
    """
    shown = plain(body_of(text) or text)
    sentences = [found.span() for found in _SENTENCE.finditer(shown) if found[0].strip()][:_MAX_SENTENCES]
    if not sentences:
        return Snippet("", ())
    runs = tuple(runs)
    scores: list[float] = [
        len({stem for _, _, stem in stems(shown[a:b])} & wanted) + sum(run in shown[a:b] for run in runs)
        for a, b in sentences
    ]
    if not any(scores) and len(sentences) > 1:
        scores = list(nearness([shown[a:b] for a, b in sentences]))
    best = max(range(len(scores)), key=scores.__getitem__)
    line = one_line(shown[sentences[best][0] :], SNIPPET_LENGTH)
    return Snippet(line, tuple(_spans(line, wanted, runs, stems)))


def _spans(line: str, wanted: frozenset[str], runs: Iterable[str], stems: Stems) -> list[tuple[int, int]]:
    spans = [(start, end) for start, end, stem in stems(line) if stem in wanted]
    spans += [found.span() for run in runs for found in re.finditer(re.escape(run), line)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
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
