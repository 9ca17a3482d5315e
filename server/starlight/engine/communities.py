"""Groups of nodes that are more connected among each other than with the rest, by the edges of a graph alone.

Modularity is made as large as local moves can make it (Blondel et al., 2008), node by node from a queue of those whose
neighbours have moved (Traag, Waltman & van Eck, 2019), in the order of their numbers: the same edges give the same
groups.  A group that has come apart on the way is as many groups as it has parts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

Edge = tuple[int, int, float]
"""Two nodes and what their edge weighs, above 0."""

_ROUNDS = 20


def communities(n: int, edges: Iterable[Edge], resolution: float = 1.0) -> list[list[int]]:
    """Return the groups of the nodes 0 to ``n`` - 1, the largest first; each node is in one, alone if need be.

    The higher the ``resolution``, the smaller they are.
    """
    adjacent: list[dict[int, float]] = [{} for _ in range(n)]
    for one, other, weight in sorted((min(edge[:2]), max(edge[:2]), edge[2]) for edge in edges):
        if one != other:
            adjacent[one][other] = adjacent[one].get(other, 0.0) + weight
            adjacent[other][one] = adjacent[other].get(one, 0.0) + weight
    groups = list(range(n))
    level, loops = adjacent, [0.0] * n
    for _ in range(_ROUNDS):
        moved = _moved(level, loops, resolution)
        if len(set(moved)) == len(level):
            break
        numbers = {group: number for number, group in enumerate(dict.fromkeys(moved))}
        moved = [numbers[group] for group in moved]
        groups = [moved[group] for group in groups]
        level, loops = _joined(level, loops, moved, len(numbers))
    parts = _parts(adjacent, groups)
    return sorted(parts, key=lambda part: (-len(part), part[0]))


def _moved(adjacent: Sequence[dict[int, float]], loops: Sequence[float], resolution: float) -> list[int]:
    """Return the group of each node, after all moves that gain something."""
    degrees = [sum(edges.values()) + 2 * loop for edges, loop in zip(adjacent, loops, strict=True)]
    total = sum(degrees)
    groups = list(range(len(adjacent)))
    if not total:
        return groups
    weights = degrees.copy()
    share = resolution / total
    queue = deque(range(len(adjacent)))
    waiting = [True] * len(adjacent)
    while queue:
        node = queue.popleft()
        waiting[node] = False
        own, degree = groups[node], degrees[node]
        toward: dict[int, float] = {}
        for other, weight in adjacent[node].items():
            toward[groups[other]] = toward.get(groups[other], 0.0) + weight
        weights[own] -= degree
        best, most = own, toward.get(own, 0.0) - share * degree * weights[own]
        for group, weight in toward.items():
            gain = weight - share * degree * weights[group]
            if gain > most + 1e-12:
                best, most = group, gain
        weights[best] += degree
        if best != own:
            groups[node] = best
            for other in adjacent[node]:
                if groups[other] != best and not waiting[other]:
                    waiting[other] = True
                    queue.append(other)
    return groups


def _joined(
    adjacent: Sequence[dict[int, float]], loops: Sequence[float], groups: Sequence[int], n_groups: int
) -> tuple[list[dict[int, float]], list[float]]:
    """Return the graph of the groups: edges between them, and what each has within."""
    joined: list[dict[int, float]] = [{} for _ in range(n_groups)]
    within = [0.0] * n_groups
    for node, edges in enumerate(adjacent):
        group = groups[node]
        within[group] += loops[node]
        for other, weight in edges.items():
            if groups[other] == group:
                within[group] += weight / 2
            else:
                joined[group][groups[other]] = joined[group].get(groups[other], 0.0) + weight
    return joined, within


def _parts(adjacent: Sequence[dict[int, float]], groups: Sequence[int]) -> list[list[int]]:
    """Return the groups, each as the parts that hang together."""
    found: list[list[int]] = []
    seen = [False] * len(adjacent)
    for start in range(len(adjacent)):
        if seen[start]:
            continue
        seen[start] = True
        part = [start]
        for node in part:
            for other in adjacent[node]:
                if not seen[other] and groups[other] == groups[start]:
                    seen[other] = True
                    part.append(other)
        found.append(sorted(part))
    return found
