"""The graph of the notes of one root as they are now, and what is made of it once: its clusters."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlight.engine.clusters import Cluster, clusters
from starlight.engine.graph import Graph, Near
from starlight.engine.linking import Linker
from starlight.engine.nearness import Nearness, Reading
from starlight.engine.neighbours import Neighbours
from starlight.errors import StarlightError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """A graph, and what goes with it."""

    graph: Graph
    titles: Mapping[str, str]
    """By path."""
    has_meaning: bool
    """Whether it has the pairs that are near in meaning: they may be on their way."""
    clusters_made: list[tuple[Cluster, ...]] = field(default_factory=list, compare=False)
    """None or one."""


class Graphs:
    """Makes the graph of one root when it is asked for.  For any thread: they take turns."""

    def __init__(self, linker: Linker, nearness: Nearness, reading: Reading) -> None:
        self._linker = linker
        self.nearness = nearness
        self._reading = reading
        self._turn = threading.RLock()
        self._known: tuple[object, Known] | None = None
        self._making: threading.Thread | None = None
        self._is_closed = False

    def close(self) -> None:
        """End what is done behind."""
        self._is_closed = True
        if self._making:
            self._making.join()

    def known(self, opened: Mapping[str, str], near: Neighbours | None = None) -> Known:
        """Return the graph as it is now; ``opened`` are the texts of notes that are open in an editor, by path.

        Their links and tags count as they are there, what they mean as it was saved.  What is ``near`` is looked up
        where it is not given, and left out while it is being made.

        Raises:
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        near = near or self.nearness.now()
        with self._turn:
            with self._linker.over(opened) as links:  # let go of before the rest: completions wait for it
                key = links.edition, near
                if self._known and self._known[0] == key:
                    return self._known[1]
                paths = list(links.entries)
                each = (Counter(links.links.targets(note)) for note in range(len(paths)))
                found = {path: {paths[to]: n for to, n in its.items()} for path, its in zip(paths, each, strict=True)}
                tags = {path: tags for path, tags in zip(paths, links.entries.tags, strict=True) if tags}
                titles = dict(zip(paths, links.entries.titles, strict=True))
            known = Known(Graph(found, pairs(near) if near else (), tags), titles, near is not None)
            self._known = key, known
            return known

    def make(self, tell: Callable[[float], bool] = lambda _share: True) -> bool:
        """Find what is near to what in meaning, however long it takes; returns whether ``tell`` let it go on."""
        return self.nearness.make(tell) is not None

    def begin(self) -> None:
        """Find what is near to what in meaning behind, unless that is done already or goes on."""
        with self._turn:
            if not self._is_closed and not (self._making and self._making.is_alive()):
                self._making = threading.Thread(target=self._make_behind, name="nearness", daemon=True)
                self._making.start()

    def _make_behind(self) -> None:
        try:
            self.make(lambda _share: not self._is_closed)
        except StarlightError as error:
            log.warning("what is near to what in meaning cannot be found: %s", error)

    def clusters(self, known: Known) -> tuple[Cluster, ...]:
        """Return the clusters of a graph; made once."""
        with self._turn:
            if not known.clusters_made:
                known.clusters_made.append(clusters(known.graph, self._named(known)))
            return known.clusters_made[0]

    def _named(self, known: Known) -> dict[str, tuple[str, set[str]]]:
        named: dict[str, tuple[str, set[str]]] = {path: (title, set()) for path, title in known.titles.items()}
        with self._reading() as reader, reader.overview() as overview:
            for path, headings in overview.headings():
                if path in named:
                    named[path][1].update(headings)
        return named


def pairs(found: Neighbours) -> list[Near]:
    """Return the notes that are among each other's nearest, in pairs."""
    ones, others, cosines = found.mutual()
    triples = zip(ones.tolist(), others.tolist(), cosines.tolist(), strict=True)
    return [Near(found.paths[one], found.paths[other], cosine) for one, other, cosine in triples]
