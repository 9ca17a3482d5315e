"""Passages of other notes that belong to a place in a note, as it is written now.

They are like what stands around the place; those of notes gain that are linked together with what the note links to,
that passages like this one link to, or notes near to this one in meaning.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from starlight.engine.adjacency import Adjacency
from starlight.engine.cocitation import Find, Passage, Scores, co_cited, linked_from, linked_near
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
GAINS = {"together": 0.2, "inside": 0.2, "near": 0.1}
"""What a note gains that is linked together with this one's links, in passages like this, in notes near in meaning."""
_TOLD = 0.05
"""What of that is a reason."""
_REASONS = {
    "together": "linked together with {}",
    "inside": "linked in similar passages",
    "near": "linked in notes near in meaning",
}


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
    lines: Lines,
    limit: int,
    linking: Callable[[], AbstractContextManager[LinkGraph]],
    searching: Callable[[], AbstractContextManager[Searcher]],
    near: Callable[[str], Mapping[str, float]],
    *,
    other_folders: bool = False,
) -> tuple[Hit, ...]:
    """Return the best ``limit`` passages, none of the note itself or of one that it links to already.

    ``note`` is that at ``origin``, parsed, with its ``lines``.  ``linking`` and ``searching`` give what only one thread
    at a time has: the links are let go of before the search.  ``near`` gives the notes near to one in meaning, with
    their cosines.  ``other_folders`` leaves out the notes of its folder, too.
    """
    with linking() as graph:
        links = _links(origin.path, note, graph, _place(origin))
        left_out = {to for _, to in links} | set(_left_out(origin, graph, other_folders=other_folders))
        scope = Scope(without=tuple(sorted(left_out)))
        company = _Company.of(graph, origin.path, links, near(origin.path))
    texts = _texts(origin, note, lines)
    if not texts:
        return ()
    with searching() as searcher:
        return company.told(searcher.like(texts, limit, scope, _PER_NOTE, company.gains))


@dataclass(frozen=True, slots=True)
class _Company:
    """What notes gain by links, and why.  For one question: it takes in what similar passages link to."""

    parts: dict[str, Scores]
    """Numbers from 0 to 1 by note, for each of ``GAINS``."""
    with_what: Mapping[int, int]
    """By note, one that the note links to and that it is linked together with."""
    titles: Sequence[str]
    """Of all notes."""
    find: Find
    links: Adjacency

    @classmethod
    def of(cls, graph: LinkGraph, path: str, links: Sequence[tuple[int, str]], near: Mapping[str, float]) -> _Company:
        """Return that of the note at ``path`` with ``links``; it needs the graph no more."""
        together = co_cited(graph, path, links)
        find = graph.entries.paths.find
        parts = {"together": together.values["together"], "near": linked_near(graph.links, find, near)}
        return cls(parts, together.with_what, graph.entries.titles, find, graph.links)

    def gains(self, similar: Sequence[Passage]) -> Callable[[str], float]:
        """Return what says how much a note gains; ``similar`` are the passages that are most alike."""
        self.parts["inside"] = linked_from(self.links, self.find, similar)["inside"]
        weighed = [(gain, scores) for name, gain in GAINS.items() if (scores := self.parts.get(name))]

        def gain_of(path: str) -> float:
            note, gained = self.find(path), 0.0
            for gain, scores in weighed:
                if note in scores:
                    gained += gain * scores[note]
            return gained

        return gain_of

    def told(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Return ``hits`` with what they gained most by as a reason."""
        return tuple(replace(hit, reasons=(*hit.reasons, *self._reason(hit.path))) for hit in hits)

    def _reason(self, path: str) -> Iterable[str]:
        note = self.find(path)
        gained = self._by_part(note)
        most = max(gained, key=gained.__getitem__)
        if gained[most] >= _TOLD:
            linked = self.with_what.get(note, -1)
            yield _REASONS[most].format(self.titles[linked] if linked >= 0 else "a link of this note")

    def _by_part(self, note: int) -> dict[str, float]:
        return {name: gain * self.parts.get(name, {}).get(note, 0.0) for name, gain in GAINS.items()}


def _texts(origin: Origin, note: Note, lines: Lines) -> list[tuple[str, float]]:
    """Return what is asked for, the nearest first, each with what it counts."""
    text = origin.text
    body = plain(text[lines.start(note.body_line) :][:_LENGTH])
    place = _place(origin)
    if place is None:
        return [(each, _PARAGRAPH) for each in [f"{note.title}\n{body}"] if each.strip()]
    start, end = place
    around = surroundings(text, start, end)
    chosen = plain(text[origin.start : origin.end])
    paragraph = chosen if chosen.strip() else around.text
    section = " ".join((*around.headings, plain(_section(text, note, lines, start))))
    found = [(paragraph, _PARAGRAPH), (section, _SECTION), (f"{note.title}\n{body}", _NOTE)]
    return [(each, weight) for each, weight in found if each.strip()]


def _place(origin: Origin) -> tuple[int, int] | None:
    """Return the selection, or the end of the cursor's sentence: while it moves within one, the answer is the same."""
    if origin.start is None or origin.end is None:
        return None
    if origin.start < origin.end:
        return origin.start, origin.end
    end = _sentence_end(origin.text, origin.end)
    return end, end


def _sentence_end(text: str, offset: int) -> int:
    """Return where the sentence around ``offset`` ends."""
    found = _SENTENCE_END.search(text, offset, offset + _SENTENCE)
    return found.end() if found else min(offset + _SENTENCE, len(text))


def _section(text: str, note: Note, lines: Lines, offset: int) -> str:
    """Return the section around ``offset``, as much of it as is looked at, about that place."""
    starts = [heading.start for heading in note.headings]
    start = max((each for each in starts if each <= offset), default=lines.start(note.body_line))
    end = min((each for each in starts if each > offset), default=len(text))
    first = max(start, min(offset - _LENGTH // 2, end - _LENGTH))
    return text[first : min(end, first + _LENGTH)]


def _links(path: str, note: Note, graph: LinkGraph, place: tuple[int, int] | None) -> list[tuple[int, str]]:
    """Return the links of the note: how many characters lie between each and the place, and where it leads."""
    leading = ((link, graph.resolve(link, path)) for link in note.links)
    found = [(link, to) for link, to in leading if to and to != path]
    if place is None:
        return [(0, to) for _, to in found]
    start, end = place
    return [(max(start - link.end, link.start - end, 0), to) for link, to in found]


def _left_out(origin: Origin, graph: LinkGraph, *, other_folders: bool) -> Iterable[str]:
    if origin.path:
        yield origin.path
    if other_folders:
        folder = posixpath.dirname(origin.path)
        yield from (graph.entries.paths[note] for note in graph.entries.lying(folder))
