"""Clusters of notes, by links and nearness, with names: the words of their titles and headings that tell them apart.

How much a word tells of a cluster is its share of the cluster's notes, times how few it has elsewhere (class-based
TF-IDF; Grootendorst, 2022).
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlight.engine.communities import communities
from starlight.engine.graph import Graph
from starlight.notes.stopwords import is_stop_word
from starlight.notes.text import is_unspaced, words

_WORDS = 3
_SHORTEST = 3
"""Characters of a word, at least, where words are written apart."""
_LEAST, _LEAST_SHARE = 2, 0.05
"""Notes of a cluster that have a word in its name, at least: so many, and such a share of them."""
_CENTRAL = 3
_BOTH_WAYS = 1.5
"""What a link counts that is answered, beside one that is not."""

Named = Mapping[str, tuple[str, Iterable[str]]]
"""By the path of a note its title, and its headings."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Notes that belong together."""

    name: str
    words: tuple[str, ...]
    """Those that tell it apart, the most telling first."""
    notes: tuple[str, ...]
    """Their paths, in order."""
    central: tuple[str, ...]
    """Paths of those with most connections within, the most central first."""


def clusters(graph: Graph, named: Named) -> tuple[Cluster, ...]:
    """Return the clusters of all notes of ``graph``, the largest first: each note is in one, alone if need be."""
    edges = [(one, other, _weight(strength, kind)) for one, other, strength, kind in graph.adjacent()]
    groups = communities(len(graph), edges)
    cluster_of = {row: number for number, group in enumerate(groups) for row in group}
    within = [0.0] * len(graph)
    for one, other, weight in edges:
        if cluster_of[one] == cluster_of[other]:
            within[one] += weight
            within[other] += weight
    paths = [tuple(graph.paths[row] for row in group) for group in groups]
    telling = _telling(paths, named)
    taken: set[str] = set()
    found = []
    for group, notes, terms in zip(groups, paths, telling, strict=True):
        central = heapq.nsmallest(_CENTRAL, group, key=lambda row: (-within[row], row))
        title = named.get(graph.paths[central[0]], (graph.paths[central[0]], ()))[0]
        name = _name(title, terms if len(group) > 1 else (), taken)
        taken.add(name)
        found.append(Cluster(name, tuple(terms[:_WORDS]), notes, tuple(graph.paths[row] for row in central)))
    return tuple(found)


def _weight(strength: float, kind: str) -> float:
    if kind == "link":
        return 1.0 if strength < 2 else _BOTH_WAYS
    return max(strength, 0.01) ** 2


def _name(title: str, terms: Iterable[str], taken: set[str]) -> str:
    """Return a name that no other cluster has, of so many words as it takes; else ``title``.

    That says more, too, where words are pairs of characters, as in scripts that are written without spaces.
    """
    terms = list(terms)
    if any(map(is_unspaced, terms[:_WORDS])):
        return title
    for n in range(_WORDS, len(terms) + 1):
        name = ", ".join(terms[:n])
        if name not in taken:
            return name
    if 1 < len(terms) < _WORDS and (name := ", ".join(terms)) not in taken:
        return name
    return title


def _telling(paths: Sequence[tuple[str, ...]], named: Named) -> list[list[str]]:
    """Return for each cluster up to twice the words of a name, the most telling first."""
    counts = [Counter(word for path in notes for word in _words(named.get(path))) for notes in paths]
    everywhere: Counter[str] = Counter()
    for count in counts:
        everywhere.update(count)
    mean = sum(everywhere.values()) / max(len(counts), 1)
    found = []
    for notes, count in zip(paths, counts, strict=True):
        total = sum(count.values()) or 1
        least = max(_LEAST, _LEAST_SHARE * len(notes))
        scores = {word: n / total * math.log(1 + mean / everywhere[word]) for word, n in count.items() if n >= least}
        found.append(heapq.nsmallest(2 * _WORDS, scores, key=lambda word: (-scores[word], word)))
    return found


def _words(named: tuple[str, Iterable[str]] | None) -> set[str]:
    """Return the telling words of a note's title and headings, each once: no note counts for more than another."""
    if named is None:
        return set()
    title, headings = named
    found = {word.casefold() for text in (title, *headings) for word in words(text)}
    return {word for word in found if _says_something(word)}


def _says_something(word: str) -> bool:
    if not any(map(str.isalpha, word)) or is_stop_word(word):
        return False
    return len(word) >= _SHORTEST or is_unspaced(word)
