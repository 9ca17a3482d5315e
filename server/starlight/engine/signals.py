"""What speaks for a link from a place in one note to another note: each signal as a number a note.

Words and meaning of what stands around the place, names that stand there, what similar passages link to, what is
linked together with the links that the note has, and how well known a note is, here and everywhere.
"""

from __future__ import annotations

import heapq
import itertools
import math
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlight.engine import ranking
from starlight.engine.link_graph import LinkGraph, family
from starlight.engine.names import Named, Names
from starlight.engine.wanted import Stems
from starlight.index.reader import Reader
from starlight.index.records import Scope, Scored
from starlight.index.vectors import StoredVector, cosines, quantize, without
from starlight.models.embedder import Embedder
from starlight.notes.stopwords import telling
from starlight.notes.surroundings import Surroundings
from starlight.notes.text import segment, words

if TYPE_CHECKING:
    from starlight.index.vectors import Vector

_MAX_TERMS = 40
"""Words around the place that are looked for, the nearest first."""
_CHUNKS = 100
"""Passages that each leg of search brings."""
_SIMILAR = 60
"""Of both together, the passages whose links are looked at."""
_EACH = 150
"""Notes that each signal may bring into play."""
_HUB = 100
"""Links of one note, or notes that link to one, that are looked at: a list of everything says little."""
_LINKED = 20
"""Links of the note itself that are looked at, the nearest first."""
_SOURCES = 40
"""Of the notes that link to one, so many are looked at."""
_CROWD = 300
"""Notes of a folder from which it says nothing that they lie together."""
_KNOWN = 0.2
"""Fluency below which what a text means is not asked: the model does not know its language."""
_NEAR_BY = 300
"""Characters between two links up to which they count as made together."""
_BATCH = 256
"""Titles that are embedded together."""
_HALF = 12
"""Words between a word and the place after which it counts half."""

Searching = Callable[[], AbstractContextManager[Reader]]
"""Gives the reader that searches use, for the time of the block."""
Scores = dict[str, float]
"""By the path of a note."""


class Spot(NamedTuple):
    """A place in a note where a link may be written; ``path`` is empty for a document that is no note yet.

    ``links`` are those that the note has: how many characters lie between, and the path that each leads to.
    """

    path: str
    title: str
    around: Surroundings
    links: tuple[tuple[int, str], ...]


class Passage(NamedTuple):
    """A passage like what stands around the place: how much so, of which note, and where in it."""

    score: float
    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for which note: numbers by signal and path, most of them between 0 and 1."""

    values: dict[str, Scores]
    named: Mapping[str, Named]
    """The names of notes that stand around the place."""
    together: Mapping[str, str]
    """By path, a link that the note has and that is made together with one to that path elsewhere."""


class Meanings:
    """The vectors of titles, made when they are first needed and kept."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, StoredVector | None] = {}

    def prepare(self, titles: Iterable[str]) -> None:
        """Make the vectors of those of ``titles`` that have none yet."""
        missing = list(dict.fromkeys(title for title in titles if title not in self._vectors))
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            self._vectors.update(zip(batch, quantize(self._embedder.embed(batch)), strict=True))

    def cosines(self, vector: Vector, titles: Sequence[str]) -> list[float]:
        """Return how near each of ``titles`` is in meaning to ``vector``; 0 for one without a known word."""
        self.prepare(titles)
        known = {title: stored for title in titles if (stored := self._vectors[title])}
        found = dict(zip(known, cosines(vector, list(known.values())), strict=False))
        return [max(found.get(title, 0.0), 0.0) for title in titles]


class Sensing:
    """Finds the signals.  Use it on one thread, as its reader."""

    def __init__(
        self,
        searching: Searching,
        stems: Stems,
        embedder: Embedder,
        graph: LinkGraph,
        names: Names,
        meanings: Meanings,
    ) -> None:
        self._searching = searching
        self._stems_of = stems
        self._embedder = embedder
        self._graph = graph
        self._names = names
        self._meanings = meanings

    def signals(self, spot: Spot) -> Signals:
        """Return what speaks for a link at ``spot`` to which note."""
        around = spot.around
        own = Surroundings(" ".join((spot.title, *around.headings)), "", ())
        named = self._named(around)
        together, with_what = self._together(spot)
        values = {
            **self._similar(spot),
            **together,
            **self._folder(spot.path),
            "name": {path: each.weight * each.covered for path, each in named.items()},
            "covered": {path: each.covered**2 for path, each in named.items()},
            "mention": {path: each.weight for path, each in named.items() if each.is_mention},
            "own name": {path: each.weight * each.covered for path, each in self._named(own).items()},
        }
        notes = {path for found in values.values() for path in _best(found)}
        notes = {path for path in notes if path in self._graph.entries and path != spot.path}
        values["title"] = self._meant(around.text, notes)
        values["own title"] = self._meant(own.text, notes)
        values["popular"] = {path: math.log(1 + len(self._graph.backlinks.get(path, ()))) for path in notes}
        values = {
            name: {path: value for path, value in found.items() if value and path in notes}
            for name, found in values.items()
        }
        return Signals(values, named, with_what)

    def _named(self, around: Surroundings) -> dict[str, Named]:
        before, after = self._stems(around.before), self._stems(around.after)
        weights: dict[str, float] = {}
        for side in (before[::-1], after):
            for distance, stem in enumerate(side):
                weights[stem] = max(weights.get(stem, 0.0), 1 / (1 + distance / _HALF))
        return self._names.find(weights, f" {' '.join(before)}  {' '.join(after)} ")

    def _stems(self, text: str) -> list[str]:
        return [stem for _, _, stem in self._stems_of(segment(text))]

    def _similar(self, spot: Spot) -> dict[str, Scores]:
        """Passages like what stands around the place, and what they link to."""
        with self._searching() as reader, reader.snapshot():
            lexical, semantic, fluency = self._legs(spot, reader)
            with reader.overview() as overview:
                places = overview.places(lexical.keys() | semantic.keys())
        best = max(lexical.values(), default=0.0) or 1.0
        weight = ranking.SEMANTIC_WEIGHT * fluency
        found: dict[str, Scores] = {"words": {}, "meaning": {}}
        passages = []
        for chunk, (path, start, end) in places.items():
            score, cosine = lexical.get(chunk, 0.0) / best, max(semantic.get(chunk, 0.0), 0.0)
            found["words"][path] = max(found["words"].get(path, 0.0), score)
            found["meaning"][path] = max(found["meaning"].get(path, 0.0), fluency * cosine)
            passages.append(Passage((1 - weight) * score + weight * cosine, path, start, end))
        return {**found, **self._linked_from(heapq.nlargest(_SIMILAR, passages))}

    def _legs(self, spot: Spot, reader: Reader) -> tuple[Scored, Scored, float]:
        around, scope = spot.around, Scope(without=(spot.path,) if spot.path else ())
        near_first = [*words(around.before)[::-1], *words(around.after)]
        terms = telling(list(dict.fromkeys(near_first)))[:_MAX_TERMS]
        fluency = self._embedder.fluency(around.text) if around.text else 0.0
        if fluency < _KNOWN:
            return reader.lexical(terms, _CHUNKS, scope) if terms else {}, {}, 0.0
        vector = _told_apart(self._embedder.embed([around.text])[0], reader)
        nearest = reader.nearest(vector, _CHUNKS, scope)
        lexical = reader.lexical(terms, _CHUNKS, scope) if terms else {}
        semantic = nearest()
        return lexical, {**semantic, **reader.cosines(vector, lexical.keys() - semantic.keys())}, fluency

    def _linked_from(self, passages: Sequence[Passage]) -> dict[str, Scores]:
        """What similar passages link to, and the rest of their notes."""
        inside: Scores = {}
        beside: Scores = {}
        best = max((passage.score for passage in passages), default=0.0) or 1.0
        seen: set[str] = set()
        for score, path, start, end in passages:
            links = self._graph.links.get(path, ())[:_HUB]
            weight = (score / best) ** 2
            here = {link.to for link in links if start <= link.start < end}
            for to in here:
                _add(inside, to, weight / math.sqrt(len(here)))
            if path not in seen:
                seen.add(path)
                for to in {link.to for link in links} - here:
                    _add(beside, to, weight / math.sqrt(len(links)))
        return {"inside": _scaled(inside), "beside": _scaled(beside)}

    def _together(self, spot: Spot) -> tuple[dict[str, Scores], dict[str, str]]:
        """What is linked together with the links that the note has (co-citation; Small, 1973), nearest first."""
        cited: Scores = {}
        close: Scores = {}
        direct: Scores = {}
        with_what: dict[str, str] = {}
        nearest: Scores = {}
        for distance, path in spot.links:
            nearest[path] = max(nearest.get(path, 0.0), 1 / (1 + distance / _NEAR_BY))
        for path in heapq.nlargest(_LINKED, nearest, key=nearest.__getitem__):
            weight = nearest[path]
            sources: Mapping[str, int] = self._graph.backlinks.get(path, {})
            for source in itertools.islice(sources, _SOURCES):
                _add(direct, source, weight)
                if source != spot.path:
                    for to, share, is_close in self._beside(path, source, len(sources)):
                        _add(cited, to, weight * share)
                        with_what.setdefault(to, path)
                        if is_close:
                            _add(close, to, weight * share)
            for link in self._graph.links.get(path, ())[:_HUB]:
                _add(direct, link.to, weight)
        back = dict.fromkeys(self._graph.backlinks.get(spot.path, ()), 1.0)
        found = {"together": cited, "close together": close, "direct": direct, "back": back}
        return {name: _scaled(scores) for name, scores in found.items()}, with_what

    def _beside(self, path: str, source: str, n_sources: int) -> Iterable[tuple[str, float, bool]]:
        """Yield what ``source`` links to beside ``path``, with how much that says, and whether it is close by."""
        links = self._graph.links.get(source, ())[:_HUB]
        places = [link.start for link in links if link.to == path]
        # Rare company says more (after Adamic & Adar, 2003).
        share = 1 / (math.log(2 + n_sources) * math.log(2 + len(links)))
        for link in links:
            if link.to != path:
                yield link.to, share, any(abs(link.start - place) < _NEAR_BY for place in places)

    def _folder(self, path: str) -> dict[str, Scores]:
        """What the notes beside this one link to, and themselves: of its folder, and of its name's family."""
        found: dict[str, Scores] = {"in folder": {}, "in family": {}, "family": {}}
        if not path:
            return found
        stem = posixpath.splitext(path)[0]
        for folder, name in ((posixpath.dirname(path), "in folder"), (family(path), "in family")):
            notes = self._graph.by_folder.get(folder, ())
            if len(notes) > _CROWD or (name == "in family" and folder == posixpath.dirname(path)):
                continue
            linked = Counter(to for note in notes if note != path for to in self._links_of(note))
            found[name] = {to: math.log(1 + n) for to, n in linked.items()}
            if folder:
                found["family"].update(dict.fromkeys(notes, 0.5 if name == "in folder" else 1.0))
        children = self._graph.by_folder.get(stem.replace(".", "/"), ())
        found["family"].update(dict.fromkeys(children[:_CROWD], 1.0))
        return found

    def _links_of(self, path: str) -> set[str]:
        return {link.to for link in self._graph.links.get(path, ())[:_HUB]}

    def _meant(self, text: str, notes: Iterable[str]) -> Scores:
        """How near the titles of ``notes`` are in meaning to ``text``."""
        fluency = self._embedder.fluency(text) if text.strip() else 0.0
        if fluency < _KNOWN:
            return {}
        paths = sorted(notes)
        titles = [self._graph.entries[path].title for path in paths]
        near = self._meanings.cosines(self._embedder.embed([text])[0], titles)
        return {path: fluency * cosine for path, cosine in zip(paths, near, strict=True)}


def _told_apart(vector: Vector, reader: Reader) -> Vector:
    """Return ``vector`` less some of the mean of all passages, as a search has it."""
    mean = reader.mean_vector()
    if mean is None or not vector.any():
        return vector
    return without(mean, ranking.centring(reader.status().chunks), vector)


def _best(scores: Scores) -> Iterable[str]:
    return scores if len(scores) <= _EACH else heapq.nlargest(_EACH, scores, key=scores.__getitem__)


def _add(scores: Scores, path: str, value: float) -> None:
    scores[path] = scores.get(path, 0.0) + value


def _scaled(scores: Scores) -> Scores:
    best = max(scores.values(), default=0.0) or 1.0
    return {path: value / best for path, value in scores.items()}
