"""Passages of other notes that belong to a place in a note, as it is written now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from starlight.engine.hits import Hit
from starlight.engine.link_graph import LinkGraph
from starlight.engine.search import Searcher
from starlight.index.records import Scope
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.notes.surroundings import surroundings
from starlight.notes.text import plain

_PARAGRAPH, _SECTION, _NOTE = 1.0, 0.4, 0.2
"""What a passage counts that is like the paragraph, like its section, like the note's beginning."""
_LENGTH = 1_500
"""Characters of a section, and of a note, that are looked at."""
_SENTENCE = 300
"""Characters behind the cursor in which its sentence ends."""
_SENTENCE_END = re.compile(r"[.!?…]['\")\]]*(?=\s)|[。！？۔।]|(?=[\r\n])")
_PER_NOTE = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """What passages are to belong to: a note's path (empty for a document that is no note) and its text, and a place.

    ``start`` and ``end`` are that of a selection, equal for a cursor; without a place the whole note counts.
    """

    path: str
    text: str
    start: int | None = None
    end: int | None = None


def related(
    origin: Origin,
    note: Note,
    limit: int,
    linking: Callable[[], AbstractContextManager[LinkGraph]],
    searching: Callable[[], AbstractContextManager[Searcher]],
    *,
    other_folders: bool = False,
) -> tuple[Hit, ...]:
    """Return the best ``limit`` passages, none of the note itself or of one that it links to already.

    ``note`` is that at ``origin``, parsed.  ``linking`` and ``searching`` give what only one thread at a time has: the
    links are let go of before the search.  ``other_folders`` leaves out the notes of its folder, too.
    """
    with linking() as graph:
        scope = Scope(without=tuple(sorted(set(_left_out(origin, note, graph, other_folders=other_folders)))))
    texts = _texts(origin, note)
    if not texts:
        return ()
    with searching() as searcher:
        return searcher.like(texts, limit, scope, _PER_NOTE)


def _texts(origin: Origin, note: Note) -> list[tuple[str, float]]:
    """Return what is asked for, the nearest first, each with what it counts."""
    text = origin.text
    lines = Lines(text)
    body = plain(text[lines.start(note.body_line) :][:_LENGTH])
    if origin.start is None or origin.end is None:
        return [(each, _PARAGRAPH) for each in [f"{note.title}\n{body}"] if each.strip()]
    start, end = origin.start, origin.end
    if start == end:
        start = end = _sentence_end(text, end)
    around = surroundings(text, start, end)
    chosen = plain(text[origin.start : origin.end])
    paragraph = chosen if chosen.strip() else around.text
    section = " ".join((*around.headings, plain(_section(text, note, lines, start))))
    found = [(paragraph, _PARAGRAPH), (section, _SECTION), (f"{note.title}\n{body}", _NOTE)]
    return [(each, weight) for each, weight in found if each.strip()]


def _sentence_end(text: str, offset: int) -> int:
    """Return where the sentence around ``offset`` ends: while the cursor moves within one, the answer is the same."""
    found = _SENTENCE_END.search(text, offset, offset + _SENTENCE)
    return found.end() if found else min(offset + _SENTENCE, len(text))


def _section(text: str, note: Note, lines: Lines, offset: int) -> str:
    """Return the section around ``offset``, as much of it as is looked at, about that place."""
    starts = [heading.start for heading in note.headings]
    start = max((each for each in starts if each <= offset), default=lines.start(note.body_line))
    end = min((each for each in starts if each > offset), default=len(text))
    first = max(start, min(offset - _LENGTH // 2, end - _LENGTH))
    return text[first : min(end, first + _LENGTH)]


def _left_out(origin: Origin, note: Note, graph: LinkGraph, *, other_folders: bool) -> Iterable[str]:
    if origin.path:
        yield origin.path
    for link in note.links:
        to = graph.resolve(link, origin.path)
        if to and to != origin.path:
            yield to
    if other_folders:
        folder = posixpath.dirname(origin.path)
        yield from (path for path in graph.by_folder.get(folder, ()) if path != origin.path)
