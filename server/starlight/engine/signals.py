"""What speaks for a link from a place in one note to another note: each signal as a number a note.

Words and meaning of what stands around the place, names that stand there, what similar passages link to, what is
linked together with the links that the note has, and how well known a note is, here and everywhere.
"""

from __future__ import annotations

import heapq
import math
import posixpath
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from starlight.engine import ranking
from starlight.engine.cocitation import HUB, SIMILAR, Passage, Scores, co_cited, linked_from, linked_near
from starlight.engine.entries import family
from starlight.engine.link_graph import LinkGraph
from starlight.engine.names import Named, Names
from starlight.engine.tallies import Tally, given
from starlight.engine.titles import Titles
from starlight.engine.wanted import Stems
from starlight.index.reader import Reader
from starlight.index.records import Scope, Scored
from starlight.index.vectors import without
from starlight.models.embedder import Embedder
from starlight.notes.stopwords import telling
from starlight.notes.surroundings import Surroundings
from starlight.notes.text import segment, words

if TYPE_CHECKING:
    from starlight.engine.linking import Spot
    from starlight.engine.tallies import Notes, Values
    from starlight.index.vectors import Vector

_MAX_TERMS = 40
"""Words around the place that are looked for, the nearest first."""
_ROWS = 6_000
"""Passages that hold these, together: completions are waited for with every key."""
_CHUNKS = 100
"""Passages that each leg of search brings."""
_EACH = 150
"""Notes that each signal may bring into play."""
_CROWD = 300
"""Notes of a folder from which it says nothing that they lie together."""
_LYING = {"in folder": 0.5, "in family": 1.0}
"""What it counts to lie beside the note, in its folder and in the family of its name."""
_KNOWN = 0.2
"""Fluency below which what a text means is not asked: the model does not know its language."""
_HALF = 12
"""Words between a word and the place after which it counts half."""

Searching = Callable[[], AbstractContextManager[Reader]]
"""Gives the reader that searches use, for the time of the block."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for which note: numbers, most of them between 0 and 1."""

    names: tuple[str, ...]
    """Of the signals."""
    notes: Notes
    """All notes that something speaks for, by number."""
    values: Values
    """Shape (signals, notes)."""
    named: Named
    """The names of notes that stand around the place."""
    together: Mapping[int, int]
    """By note, one that the note links to and that is linked together with it elsewhere."""


class Sensing:
    """Finds the signals.  Use it on one thread, as its reader."""

    def __init__(
        self,
        searching: Searching,
        stems: Stems,
        embedder: Embedder,
        graph: LinkGraph,
        names: Names,
        titles: Titles,
        near: Callable[[str], Mapping[str, float]],
    ) -> None:
        """``near`` gives the notes that are near to one in meaning, with their cosines, without any work."""
        self._searching = searching
        self._stems_of = stems
        self._embedder = embedder
        self._graph = graph
        self._names = names
        self._titles = titles
        self._near = near
        self._find = graph.entries.paths.find
        self._n = len(graph.entries)

    def signals(self, spot: Spot, recent: Mapping[int, float]) -> Signals:
        """Return what speaks for a link at ``spot`` to which note; ``recent`` are notes that were changed lately."""
        around, graph = spot.around, self._graph
        own = Surroundings(" ".join((spot.title, *around.headings)), "", ())
        named = self._named(around)
        together = co_cited(graph, spot.path, spot.links)
        linked = {
            **together.values,
            "near linked": linked_near(graph.links, self._find, self._near(spot.path)),
            **self._folder(spot.path),
        }
        tallies = {
            **self._similar(spot),
            **{name: given(scores) for name, scores in linked.items()},
            "name": named.fit(),
            "covered": named.cover(),
            "mention": named.mentioned(),
            "own name": self._named(own).fit(),
        }
        this = self._find(spot.path)
        notes = np.unique(np.concatenate([found.best(_EACH) for found in tallies.values()]))
        notes = notes[notes != this]
        values = {name: found.over(notes, self._n) for name, found in tallies.items()}
        numbers = notes.tolist()
        titles = self._titles.rows([graph.entries.titles[note] for note in numbers])
        values["title"] = self._meant(around.text, titles)
        values["own title"] = self._meant(own.text, titles)
        values["popular"] = np.array([math.log(1 + len(graph.links.sources(note))) for note in numbers])
        last = given({note: value for note, value in recent.items() if note != this})
        values["recent"] = last.over(notes, self._n)
        later = last.notes[np.isin(last.notes, notes, invert=True)]
        more = np.zeros((len(values), len(later)))
        more[-1] = last.over(later, self._n)
        rows = np.concatenate((np.array(list(values.values())), more), axis=1)
        return Signals(tuple(values), np.concatenate((notes, later)), rows, named, together.with_what)

    def _named(self, around: Surroundings) -> Named:
        before, after = self._stems(around.before), self._stems(around.after)
        weights: dict[str, float] = {}
        for side in (before[::-1], after):
            for distance, stem in enumerate(side):
                weights[stem] = max(weights.get(stem, 0.0), 1 / (1 + distance / _HALF))
        return self._names.find(weights, f" {' '.join(before)}  {' '.join(after)} ")

    def _stems(self, text: str) -> list[str]:
        return [stem for _, _, stem in self._stems_of(segment(text))]

    def _similar(self, spot: Spot) -> dict[str, Tally]:
        """Passages like what stands around the place, and what they link to."""
        with self._searching() as reader, reader.snapshot():
            lexical, semantic, fluency = self._legs(spot, reader)
            with reader.overview() as overview:
                places = overview.places(lexical.keys() | semantic.keys())
        best = max(lexical.values(), default=0.0) or 1.0
        weight = ranking.SEMANTIC_WEIGHT * fluency
        shared: dict[int, float] = {}
        meant: dict[int, float] = {}
        passages = []
        for chunk, (path, start, end) in places.items():
            note = self._find(path)
            if note < 0:  # the index has it since a moment ago
                continue
            score, cosine = lexical.get(chunk, 0.0) / best, max(semantic.get(chunk, 0.0), 0.0)
            shared[note] = max(shared.get(note, 0.0), score)
            meant[note] = max(meant.get(note, 0.0), fluency * cosine)
            passages.append(Passage((1 - weight) * score + weight * cosine, path, start, end))
        linked = linked_from(self._graph.links, self._find, heapq.nlargest(SIMILAR, passages))
        found = {"words": given(shared), "meaning": given(meant)}
        return {**found, **{name: given(scores) for name, scores in linked.items()}}

    def _legs(self, spot: Spot, reader: Reader) -> tuple[Scored, Scored, float]:
        around, scope = spot.around, Scope(without=(spot.path,) if spot.path else ())
        near_first = [*words(around.before)[::-1], *words(around.after)]
        terms = self._affordable(reader, telling(list(dict.fromkeys(near_first)))[:_MAX_TERMS])
        fluency = self._embedder.fluency(around.text) if around.text else 0.0
        if fluency < _KNOWN:
            return reader.lexical(terms, _CHUNKS, scope) if terms else {}, {}, 0.0
        vector = _told_apart(self._embedder.embed([around.text])[0], reader)
        nearest = reader.nearest(vector, _CHUNKS, scope)
        lexical = reader.lexical(terms, _CHUNKS, scope) if terms else {}
        semantic = nearest()
        return lexical, {**semantic, **reader.cosines(vector, lexical.keys() - semantic.keys())}, fluency

    @staticmethod
    def _affordable(reader: Reader, terms: Sequence[str]) -> list[str]:
        """Return ``terms``, in their order, without the most common ones: they say least, and cost most."""
        counts = reader.holding(terms)
        reached, chosen = 0, set[str]()
        for count, term in sorted(zip(counts, terms, strict=True)):
            reached += count
            if chosen and reached > _ROWS:
                break
            chosen.add(term)
        return [term for term in terms if term in chosen]

    def _folder(self, path: str) -> dict[str, Scores]:
        """What the notes beside this one link to, and themselves: of its folder, and of its name's family."""
        found: dict[str, Scores] = {"in folder": {}, "in family": {}, "family": {}}
        if not path:
            return found
        this, stem = self._find(path), posixpath.splitext(path)[0]
        for folder, name in ((posixpath.dirname(path), "in folder"), (family(path), "in family")):
            notes = self._graph.entries.lying(folder)
            if len(notes) > _CROWD or (name == "in family" and folder == posixpath.dirname(path)):
                continue
            linked = Counter(to for note in notes if note != this for to in self._links_of(note))
            found[name] = {to: math.log(1 + n) for to, n in linked.items()}
            if folder:
                found["family"].update(dict.fromkeys(notes, _LYING[name]))
        children = self._graph.entries.lying(stem.replace(".", "/"))
        found["family"].update(dict.fromkeys(children[:_CROWD], 1.0))
        return found

    def _links_of(self, note: int) -> set[int]:
        return set(self._graph.links.targets(note)[:HUB])

    def _meant(self, text: str, titles: Notes) -> Values:
        """How near ``titles`` are in meaning to ``text``."""
        fluency = self._embedder.fluency(text) if text.strip() else 0.0
        if fluency < _KNOWN:
            return np.zeros(len(titles))
        return fluency * self._titles.cosines(self._embedder.embed([text])[0], titles)


def _told_apart(vector: Vector, reader: Reader) -> Vector:
    """Return ``vector`` less some of the mean of all passages, as a search has it."""
    mean = reader.mean_vector()
    if mean is None or not vector.any():
        return vector
    return without(mean, ranking.centring(reader.status().chunks), vector)
