"""Notes that stand out in the graph: those without a link, those with many, and those that hold clusters together."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from starlight.engine.clusters import Cluster
from starlight.engine.graph import Graph, Near


class Orphan(NamedTuple):
    """A note that no other links to and that links to none, and what is nearest to it in meaning."""

    path: str
    near: tuple[Near, ...]


class Hub(NamedTuple):
    """A note with links: how many other notes link to it, and to how many it links."""

    path: str
    n_from: int
    n_to: int


class Bridge(NamedTuple):
    """A note whose links lead to several clusters."""

    path: str
    score: float
    clusters: tuple[str, ...]
    """Names, the one with most of its links first."""


def orphans(graph: Graph) -> list[Orphan]:
    """Return the notes without a link, those that something is near to first: there is what could be linked."""
    linked = {path for path, links in graph.links.items() if links}
    linked |= {to for links in graph.links.values() for to in links}
    near: dict[str, list[Near]] = {path: [] for path in graph.paths if path not in linked}
    for pair in graph.near:
        for path in (pair.one, pair.other):
            if path in near:
                near[path].append(pair)
    found = [Orphan(path, tuple(sorted(pairs, key=lambda each: -each.cosine))) for path, pairs in near.items()]
    return sorted(found, key=lambda each: (-each.near[0].cosine if each.near else 1.0, each.path))


def hubs(graph: Graph, limit: int) -> list[Hub]:
    """Return the ``limit`` notes that are linked with most others."""
    incoming = Counter(to for links in graph.links.values() for to in links)
    every = (Hub(path, incoming[path], len(links)) for path, links in graph.links.items())
    return heapq.nsmallest(
        limit, (hub for hub in every if hub.n_from or hub.n_to), key=lambda hub: (-hub.n_from - hub.n_to, hub.path)
    )


def bridges(graph: Graph, clusters: Sequence[Cluster], limit: int) -> list[Bridge]:
    """Return the ``limit`` notes whose links are spread most over clusters.

    The spread is 1 less the sum of the squared shares that clusters have of its links (the participation coefficient;
    Guimerà & Amaral, 2005); it counts the more, the more links there are.
    """
    cluster_of = {path: number for number, cluster in enumerate(clusters) for path in cluster.notes}
    toward: dict[str, Counter[int]] = {path: Counter() for path in graph.paths}
    for one, other, _ in graph.linked():
        source, target = graph.paths[one], graph.paths[other]
        toward[source][cluster_of[target]] += 1
        toward[target][cluster_of[source]] += 1
    found = []
    for path, counts in toward.items():
        n = counts.total()
        if len(counts) > 1:
            spread = 1 - sum((each / n) ** 2 for each in counts.values())
            names = tuple(
                clusters[number].name for number, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
            )
            found.append(Bridge(path, spread * math.log(1 + n), names))
    return heapq.nsmallest(limit, found, key=lambda bridge: (-bridge.score, bridge.path))
