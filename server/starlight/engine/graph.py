"""The graph of the notes of one root: links, tags that notes share, and pairs of notes that are near in meaning.

A value: what it is made of is read elsewhere (``engine/graphing.py``).  Edges have no direction here, as what is
connected is so both ways; who links to whom is in ``links``.

What a way costs grows with the degree of the notes and tags on it: that two notes are linked from a list of everything
says little about them (Faloutsos, McCurley & Tomkins, 2004).  Costs are whole numbers, so a way costs the same in both
directions, to the last digit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from starlight.engine.ways import cheapest, parts

Kind = Literal["link", "meaning", "tag"]

MOST_DEPTH = 6
"""Steps up to which neighbours are looked for."""
_UNIT = 1_000
_LINK, _LINKED_BOTH_WAYS, _MEANING, _TAG = 1.0, 0.8, 1.3, 0.9
"""What one step costs; by a tag, two steps are taken."""
_UNLIKE = 2.0
"""What a cosine of 0 costs more than one of 1."""
_DEGREE = 0.5
"""What a note costs that is passed, for each time that its degree doubles."""
_STEP = 1_000_000
"""What a step costs where each counts alike; beside it, what decides among ways of as many."""
_LINKED, _MEANT, _TAGGED = 50, 300, 75
"""Of as many, those by links are preferred, then those by tags (again two steps), then those that are nearest."""
_MOST_TAGGED = 200
"""Notes with one tag from which on it says nothing that they share it."""
_FEW_TAGGED = 50
"""The same for the neighbours of a note."""


class Near(NamedTuple):
    """Two notes, by path, that are near in meaning, and how near (cosine)."""

    one: str
    other: str
    cosine: float


class Step(NamedTuple):
    """From one note to another: by a link of either, by meaning, or by a tag."""

    source: str
    target: str
    kind: Kind
    strength: float
    """How often they link to each other; their cosine; how many notes have the tag."""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Steps from one note to another, and what they cost."""

    steps: tuple[Step, ...]
    cost: int


class Reached(NamedTuple):
    """A neighbour: how many steps away, and the last of these steps."""

    path: str
    depth: int
    step: Step


class Graph:
    """Notes and how they are connected.  Immutable; for any thread."""

    def __init__(
        self,
        links: Mapping[str, Mapping[str, int]],
        near: Iterable[Near] = (),
        tags: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Make the graph of the notes in ``links``: for each path, how often it links to which others.

        What leads to no such note, or to the note itself, is left out.  ``tags`` are those of each note.
        """
        self.paths: tuple[str, ...] = tuple(sorted(links))
        self.links = {
            path: {to: n for to, n in links[path].items() if to in links and to != path} for path in self.paths
        }
        self._rows = {path: row for row, path in enumerate(self.paths)}
        self.near = tuple(
            each for each in near if each.one in self._rows and each.other in self._rows and each.one != each.other
        )
        self._tags, by_tag = _by_tag(tags or {}, self._rows)
        self._targets: list[list[int]] = [[] for _ in range(len(self.paths) + len(self._tags))]
        self._kinds: list[list[float]] = [[] for _ in self._targets]
        """What each edge is: a number below 0 for links, so many; a cosine; 2 for a tag."""
        for one, other, n in self.linked():
            self._join(one, other, -float(n))
        for pair in self.near:
            self._join(self._rows[pair.one], self._rows[pair.other], max(min(pair.cosine, 1.0), 0.0))
        for number, rows in enumerate(by_tag, len(self.paths)):
            for row in rows:
                self._join(row, number, 2.0)
        self._penalties = [round(_UNIT * _DEGREE * math.log2(1 + len(each)) / 2) for each in self._targets]
        self._parts = parts(self._targets)
        """Of each row, the number of the part of the graph that hangs together."""
        self._costs = [
            [self._cost(row, to, kind) for to, kind in zip(self._targets[row], self._kinds[row], strict=True)]
            for row in range(len(self._targets))
        ]

    def __contains__(self, path: str) -> bool:
        return path in self._rows

    def __len__(self) -> int:
        return len(self.paths)

    def linked(self) -> Iterator[tuple[int, int, int]]:
        """Yield the pairs of notes that link to each other either way, as rows of ``paths``, and how often they do."""
        for row, path in enumerate(self.paths):
            for to, n in self.links[path].items():
                back = self.links[to].get(path, 0)
                if not back or path < to:
                    yield row, self._rows[to], n + back

    def row(self, path: str) -> int:
        """Return where ``path`` is in ``paths``.

        Raises:
            KeyError: it is in none of them.
        """
        return self._rows[path]

    def adjacent(self) -> Iterator[tuple[int, int, float, Kind]]:
        """Yield each edge between notes once, as rows of ``paths``: its strength (see ``Step``), and its kind."""
        for one, other, n in self.linked():
            yield one, other, float(n), "link"
        for pair in self.near:
            yield self._rows[pair.one], self._rows[pair.other], pair.cosine, "meaning"

    def neighbours(self, path: str, depth: int = 1, limit: int = 100) -> list[Reached]:
        """Return at most ``limit`` notes within ``depth`` steps of the one at ``path``: the nearest, strongest first.

        A tag that two notes share is one step.
        """
        if path not in self._rows:
            return []
        seen = {self._rows[path]: 0}
        frontier = [self._rows[path]]
        found: list[Reached] = []
        for level in range(1, min(depth, MOST_DEPTH) + 1):
            best: dict[int, tuple[int, int, int, int]] = {}
            for row in frontier:
                for to, cost, place, tag in self._next(row):
                    if to not in seen and (to not in best or (seen[row] + cost, row) < best[to][:2]):
                        best[to] = seen[row] + cost, row, place, tag
            order = sorted(best, key=lambda to: (best[to][0], self.paths[to]))[: limit - len(found)]
            for to in order:
                cost, row, place, tag = best[to]
                seen[to] = cost
                found.append(Reached(self.paths[to], level, self._step(row, to, self._kinds[row][place], tag)))
            frontier = order
            if len(found) >= limit:
                break
        return found

    def way(self, source: str, target: str) -> Way | None:
        """Return the way between two notes that says most; None where there is none."""
        return self._cheapest(source, target, plain=False)

    def shortest(self, source: str, target: str) -> Way | None:
        """Return a way of as few steps as can be, of these the one by the strongest edges; None where there is none."""
        return self._cheapest(source, target, plain=True)

    def _join(self, one: int, other: int, kind: float) -> None:
        self._targets[one].append(other)
        self._kinds[one].append(kind)
        self._targets[other].append(one)
        self._kinds[other].append(kind)

    def _next(self, row: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield the notes one step from ``row``: what the step costs, which edge it is, and the tag, or -1."""
        for place, to in enumerate(self._targets[row]):
            if to < len(self.paths):
                yield to, self._costs[row][place], place, -1
            elif len(self._targets[to]) <= _FEW_TAGGED:
                for other in self._targets[to]:
                    yield other, 2 * self._costs[row][place], place, to

    def _cost(self, one: int, other: int, kind: float) -> int:
        return _cost_of(kind) + self._penalties[one] + self._penalties[other]

    def _step(self, row: int, to: int, kind: float, tag: int) -> Step:
        source, target = self.paths[row], self.paths[to]
        if tag >= 0:
            return Step(source, target, "tag", len(self._targets[tag]), self._tags[tag - len(self.paths)])
        return Step(source, target, "link", -kind) if kind < 0 else Step(source, target, "meaning", kind)

    def _cheapest(self, source: str, target: str, *, plain: bool) -> Way | None:
        if source not in self._rows or target not in self._rows:
            return None
        # Always from the same end: both ways are one.
        one, other = sorted((self._rows[source], self._rows[target]))
        if one == other:
            return Way((), 0)
        if self._parts[one] != self._parts[other]:
            return None
        found = cheapest(self._targets, self._plain_costs if plain else self._costs.__getitem__, one, other)
        if found is None:
            return None
        rows, kinds = found.nodes, [self._kinds[row][place] for row, place in found.edges]
        if one != self._rows[source]:
            rows, kinds = rows[::-1], kinds[::-1]
        notes = [place for place, row in enumerate(rows) if row < len(self.paths)]
        steps = [
            self._step(rows[start], rows[end], kinds[start], rows[start + 1] if end > start + 1 else -1)
            for start, end in itertools.pairwise(notes)
        ]
        return Way(tuple(steps), found.cost)

    def _plain_costs(self, row: int) -> list[int]:
        """Return what the edges of a row cost where each step counts alike, strong ones a little less."""
        return [_plain_cost_of(kind) for kind in self._kinds[row]]


def _cost_of(kind: float) -> int:
    """Return what an edge costs by itself."""
    if kind == 2.0:
        return round(_UNIT * _TAG)
    if kind < 0:
        return round(_UNIT * (_LINK if kind > -2 else _LINKED_BOTH_WAYS))
    return round(_UNIT * (_MEANING + _UNLIKE * (1 - kind)))


def _plain_cost_of(kind: float) -> int:
    if kind == 2.0:
        return _STEP // 2 + _TAGGED
    if kind < 0:
        return _STEP + (_LINKED if kind > -2 else 0)
    return _STEP + _MEANT + round(_MEANT * (1 - kind))


def _by_tag(tags: Mapping[str, Iterable[str]], rows: Mapping[str, int]) -> tuple[list[str], list[list[int]]]:
    """Return the tags that several notes have, and which notes; in any case, a tag is written as it is first."""
    names: dict[str, str] = {}
    found: dict[str, set[int]] = {}
    for path in sorted(tags):
        for tag in tags[path] if path in rows else ():
            names.setdefault(tag.casefold(), tag)
            found.setdefault(tag.casefold(), set()).add(rows[path])
    shared = [key for key in sorted(found) if 2 <= len(found[key]) <= _MOST_TAGGED]
    return [names[key] for key in shared], [sorted(found[key]) for key in shared]
