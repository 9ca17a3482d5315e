"""What is linked together: with the links that a note has, in passages like one, in notes like one.

Two notes that others link to side by side belong together (co-citation; Small, 1973), the more the rarer that company
is (after Adamic & Adar, 2003).
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from starlight.engine.adjacency import Adjacency
from starlight.engine.link_graph import LinkGraph

SIMILAR = 60
"""Passages like one whose links are looked at."""
HUB = 100
"""Links of one note, or notes that link to one, that are looked at: a list of everything says little."""
_LINKED = 20
"""Links of the note itself that are looked at, the nearest first."""
_SOURCES = 40
"""Of the notes that link to one, so many are looked at."""
_NEAR_BY = 300
"""Characters between two links up to which they count as made together."""

Scores = dict[int, float]
"""By the number of a note."""
Find = Callable[[str], int]
"""Gives the number of the note at a path, one below 0 where there is none."""


class Passage(NamedTuple):
    """A passage like what stands around a place: how much so, of which note, and where in it."""

    score: float
    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Together:
    """What belongs to the links that a note has: numbers from 0 to 1, by signal and note."""

    values: dict[str, Scores]
    with_what: Mapping[int, int]
    """By note, one that the note links to and that is linked together with it elsewhere."""


def co_cited(graph: LinkGraph, path: str, links: Iterable[tuple[int, str]]) -> Together:
    """Return what is linked together with ``links``, the nearest first, of the note at ``path``.

    Each link is how many characters lie between it and the place, and the path that it leads to.
    """
    cited: Scores = {}
    close: Scores = {}
    direct: Scores = {}
    with_what: dict[int, int] = {}
    nearest: Scores = {}
    this = graph.entries.paths.find(path)
    for distance, to_path in links:
        to = graph.entries.paths.find(to_path)
        nearest[to] = max(nearest.get(to, 0.0), 1 / (1 + distance / _NEAR_BY))
    for linked in heapq.nlargest(_LINKED, nearest, key=nearest.__getitem__):
        weight = nearest[linked]
        sources = graph.links.sources(linked)
        for source in itertools.islice(sources, _SOURCES):
            _add(direct, source, weight)
            if source != this:
                share, beside, close_by = _beside(graph.links, linked, source, len(sources))
                worth = weight * share
                for to in beside:  # thousands, while somebody waits
                    cited[to] = cited.get(to, 0.0) + worth
                    with_what.setdefault(to, linked)
                for to in close_by:
                    close[to] = close.get(to, 0.0) + worth
        for to in graph.links.targets(linked)[:HUB]:
            _add(direct, to, weight)
    back = dict.fromkeys(graph.links.sources(this), 1.0)
    found = {"together": cited, "close together": close, "direct": direct, "back": back}
    return Together({name: _scaled(scores) for name, scores in found.items()}, with_what)


def _beside(links: Adjacency, note: int, source: int, n_sources: int) -> tuple[float, list[int], list[int]]:
    """Return what ``source`` links to beside ``note``: how much each says, all of them, and those that are close by."""
    row = links.row(source)
    targets = row.targets[:HUB]
    share = 1 / (math.log(2 + n_sources) * math.log(2 + len(targets)))
    places = [start for start, to in zip(row.starts, targets, strict=False) if to == note]
    others = [(start, to) for start, to in zip(row.starts, targets, strict=False) if to != note]
    return share, [to for _, to in others], [to for start, to in others if _is_near(start, places)]


def _is_near(start: int, places: Iterable[int]) -> bool:
    for place in places:  # noqa: SIM110 -- sooner than ``any``, and mostly there is one
        if -_NEAR_BY < start - place < _NEAR_BY:
            return True
    return False


def linked_from(links: Adjacency, find: Find, passages: Iterable[Passage]) -> dict[str, Scores]:
    """Return what ``passages``, best first, link to (`inside`), and the rest of their notes (`beside`)."""
    inside: Scores = {}
    beside: Scores = {}
    best = 0.0
    seen: set[str] = set()
    for score, path, start, end in passages:
        best = best or score or 1.0
        row = links.row(find(path))
        its = row.targets[:HUB]
        weight = (score / best) ** 2
        here = {to for at, to in zip(row.starts, its, strict=False) if start <= at < end}
        for to in here:
            _add(inside, to, weight / math.sqrt(len(here)))
        if path not in seen:
            seen.add(path)
            for to in set(its) - here:
                _add(beside, to, weight / math.sqrt(len(its)))
    return {"inside": _scaled(inside), "beside": _scaled(beside)}


def linked_near(links: Adjacency, find: Find, near: Mapping[str, float]) -> Scores:
    """Return what the notes ``near`` one in meaning link to; these are paths with their cosines."""
    found: Scores = {}
    for path, cosine in near.items():
        its = set(links.targets(find(path))[:HUB])
        for to in its:
            _add(found, to, cosine**2 / math.sqrt(len(its)))
    return _scaled(found)


def _add(scores: Scores, note: int, value: float) -> None:
    scores[note] = scores.get(note, 0.0) + value


def _scaled(scores: Scores) -> Scores:
    best = max(scores.values(), default=0.0) or 1.0
    return {note: value / best for note, value in scores.items()}
