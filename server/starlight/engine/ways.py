"""The cheapest way between two nodes, searched from both ends at once (Pohl, 1971)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import NamedTuple

Costs = Callable[[int], Sequence[int]]
"""Gives what each edge of a node costs, in the order of ``targets``: the same from either of its ends."""


class Found(NamedTuple):
    """A way: its nodes in order, its edges as a node and which of its edges, and what all of it costs."""

    nodes: list[int]
    edges: list[tuple[int, int]]
    cost: int


def cheapest(targets: Sequence[Sequence[int]], costs: Costs, one: int, other: int) -> Found | None:
    """Return the cheapest way between two nodes, always the same one of several; None where there is none.

    ``targets`` are the nodes that each has an edge to; edges lead both ways.
    """
    search = _Search(targets, costs, one, other)
    while search.heaps[0] and search.heaps[1] and not search.is_over:
        search.go_on(int(len(search.heaps[1]) < len(search.heaps[0])))
    return search.found()


class _Search:
    def __init__(self, targets: Sequence[Sequence[int]], costs: Costs, one: int, other: int) -> None:
        self._targets = targets
        self._costs = costs
        self.heaps = [[(0, one)], [(0, other)]]
        self._known: list[dict[int, int]] = [{one: 0}, {other: 0}]
        self._before: list[dict[int, tuple[int, int]]] = [{}, {}]
        """By node, the node before it on the way from that end, and which of the edges of that one leads here."""
        self._done: list[set[int]] = [set(), set()]
        self._best: int | None = None
        self._middle = one

    @property
    def is_over(self) -> bool:
        """Whether no other way can be cheaper than the one that is known."""
        return self._best is not None and self.heaps[0][0][0] + self.heaps[1][0][0] >= self._best

    def go_on(self, side: int) -> None:
        """Look at the edges of the next node from that end."""
        cost, node = heapq.heappop(self.heaps[side])
        if node in self._done[side]:
            return
        self._done[side].add(node)
        known, across, opposite = self._known[side], self._known[1 - side], self.heaps[1 - side][0][0]
        for place, (to, step) in enumerate(zip(self._targets[node], self._costs(node), strict=True)):
            beyond = cost + step
            if to in known and beyond >= known[to]:
                continue
            if to in across:
                if self._best is None or beyond + across[to] < self._best:
                    self._best, self._middle = beyond + across[to], to
            elif self._best is not None and beyond + opposite >= self._best:
                continue
            known[to] = beyond
            self._before[side][to] = node, place
            heapq.heappush(self.heaps[side], (beyond, to))

    def found(self) -> Found | None:
        """Return the best way of those that were found."""
        if self._best is None:
            return None
        nodes, edges = [self._middle], []
        while nodes[-1] in self._before[0]:
            edges.append(self._before[0][nodes[-1]])
            nodes.append(edges[-1][0])
        nodes.reverse()
        edges.reverse()
        while nodes[-1] in self._before[1]:
            edges.append(self._before[1][nodes[-1]])
            nodes.append(edges[-1][0])
        return Found(nodes, edges, self._best)


def parts(targets: Sequence[Sequence[int]]) -> list[int]:
    """Return for each node the first one of the part of the graph that it hangs together with."""
    found = [-1] * len(targets)
    for start in range(len(targets)):
        if found[start] < 0:
            found[start] = start
            reached = [start]
            for node in reached:
                for to in targets[node]:
                    if found[to] < 0:
                        found[to] = start
                        reached.append(to)
    return found
