"""Questions that a folder's own notes answer: links and headings that are taken out of them, to be found again.

Of a link, the text around it should find the note that it leads to; a heading should find the passage that it stands
above.  What is taken out is gone from all that is learnt from and searched, so that nothing gives the answer away.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from starlight.engine.contents import Contents
from starlight.engine.overlay import Overlay
from starlight.engine.parsed import Parsed
from starlight.engine.search import Searcher
from starlight.index.reader import Reader
from starlight.index.records import Scope
from starlight.models.embedder import Embedder
from starlight.notes import markdown
from starlight.notes.links import name_key, resolve, stem_of
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.notes.surroundings import surroundings

Kind = Literal["link", "heading"]
T = TypeVar("T")

_MOST = 200
"""Questions of each kind, at most."""
_A_NOTE = 3
"""Questions of each kind from one note, at most: a list of links must not outweigh all else."""
_LEAST = 40
"""Characters around a link that say something."""
DEPTH = 10
"""Places of a list that count."""
_PASSAGES = 30
"""Passages that are looked at for so many notes."""
_HIDDEN = "…"
"""Stands in for a heading: no word."""


class Question(NamedTuple):
    """What was taken out of a note, and where the answer is."""

    kind: Kind
    text: str
    source: str
    """The path of the note that it was taken from; that of a link is not searched."""
    target: str
    """The path of the note that answers."""
    place: int = 0
    """Where in it the answer stands, for a heading."""


class HeldOut(NamedTuple):
    """Notes by path, without what was taken out of them, and the questions that this makes."""

    notes: dict[str, str]
    questions: list[Question]


class _Cut(NamedTuple):
    """A part of a note to take out: a heading, or a link and where it leads."""

    start: int
    end: int
    instead: str = ""
    heading: str = ""
    target: str = ""


def hold_out(texts: Mapping[str, str]) -> HeldOut:
    """Take some links and headings out of notes: always the same ones of the same notes.

    ``texts`` are the notes by path.  Every link of a note to where a chosen one leads goes with it.
    """
    parsed = {path: markdown.parse(text, stem_of(path), Lines(text)) for path, text in texts.items()}
    n_called = Counter(name_key(heading.text) for note in parsed.values() for heading in note.headings)
    headings = _chosen({path: _headings(texts[path], note, n_called) for path, note in parsed.items()})
    links = _links(parsed)
    asked = _chosen({path: _telling(texts[path], cuts, headings[path]) for path, cuts in links.items()})
    notes: dict[str, str] = {}
    questions: list[Question] = []
    for path, text in texts.items():
        targets = {cut.target for cut in asked[path]}
        cuts = [*headings[path], *(cut for cut in links[path] if cut.target in targets)]
        notes[path], places = _without(text, cuts)
        left = [cut for cut in (*headings[path], *asked[path]) if cut in places]
        questions += [_question(path, notes[path], places[cut], cut) for cut in left]
    return HeldOut(notes, questions)


def _chosen(found: Mapping[str, list[_Cut]]) -> dict[str, list[_Cut]]:
    """Return some of what was found in each note: a few of each, by lot."""
    chance = random.Random(0)  # noqa: S311 -- no secret
    drawn = []
    for path in sorted(found):
        drawn += [(path, cut) for cut in chance.sample(found[path], min(_A_NOTE, len(found[path])))]
    chance.shuffle(drawn)
    chosen: dict[str, list[_Cut]] = {path: [] for path in found}
    for path, cut in drawn[:_MOST]:
        chosen[path].append(cut)
    return chosen


def _headings(text: str, note: Note, n_called: Mapping[str, int]) -> list[_Cut]:
    """Return the headings of a note that no other has, but for its title."""
    lines = Lines(text)
    return [
        _Cut(
            heading.start,
            heading.start + len(lines.text(heading.line)),
            f"{'#' * heading.level} {_HIDDEN}",
            heading=heading.text,
        )
        for heading in note.headings
        if n_called[name_key(heading.text)] == 1 and heading.text != note.title and heading.text.strip()
    ]


def _links(parsed: Mapping[str, Note]) -> dict[str, list[_Cut]]:
    """Return the links of each note to other notes."""
    names: dict[str, list[str]] = {}
    for path, note in parsed.items():
        for name in {name_key(each) for each in (note.title, *note.aliases, stem_of(path))}:
            names.setdefault(name, []).append(path)
    found: dict[str, list[_Cut]] = {path: [] for path in parsed}
    for path, note in parsed.items():
        for link in note.links:
            target = resolve(link, path, parsed.__contains__, lambda name: names.get(name, []))
            if target is not None and target in parsed and target != path:
                found[path].append(_Cut(link.start, link.end, target=target))
    return found


def _telling(text: str, links: Sequence[_Cut], headings: Sequence[_Cut]) -> list[_Cut]:
    """Return one link to each note, of those that have text around them and stand in no heading that is taken out."""
    found: dict[str, _Cut] = {}
    for cut in links:
        inside = any(heading.start <= cut.start < heading.end for heading in headings)
        if not inside and len(surroundings(text, cut.start, cut.end).text) >= _LEAST:
            found.setdefault(cut.target, cut)
    return list(found.values())


def _without(text: str, cuts: Sequence[_Cut]) -> tuple[str, dict[_Cut, int]]:
    """Return the text without the cuts, and where each was; of two that overlap, the first."""
    kept: list[str] = []
    places: dict[_Cut, int] = {}
    last = length = 0
    for cut in sorted(set(cuts)):
        if cut.start < last:
            continue
        length += cut.start - last
        places[cut] = length
        kept += [text[last : cut.start], cut.instead]
        length += len(cut.instead)
        last = cut.end
    return "".join((*kept, text[last:])), places


def _question(path: str, text: str, place: int, cut: _Cut) -> Question:
    if cut.target:
        return Question("link", surroundings(text, place, place).text, path, cut.target)
    return Question("heading", cut.heading, path, path, place)


def answers(
    database: Path,
    questions: Sequence[Question],
    embedder: Embedder,
    keep_going: Callable[[], None] = lambda: None,
) -> list[float]:
    """Return, for each question, 1 / the place of its answer in what a search of the index finds; 0 below ``DEPTH``."""
    found = []
    with Reader(database) as reader:
        searcher = Searcher(
            reader, embedder, Contents(database.parent, lambda _path: (0, "")), Overlay(embedder, 0, Parsed())
        )
        for question in questions:
            keep_going()
            found.append(_answer(searcher, question))
    return found


def _answer(searcher: Searcher, question: Question) -> float:
    if question.kind == "link":
        hits = searcher.find(question.text, _PASSAGES, Scope(without=(question.source,)))
        right = [hit == question.target for hit in dict.fromkeys(hit.passage.path for hit in hits)]
    else:
        hits = searcher.find(question.text, DEPTH, Scope())
        right = [
            hit.passage.path == question.target and hit.passage.start <= question.place < hit.passage.end
            for hit in hits
        ]
    return next((1 / place for place, is_right in enumerate(right[:DEPTH], 1) if is_right), 0.0)
