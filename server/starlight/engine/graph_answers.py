"""Questions to the graph of the notes, and their answers: each note with its title, each step with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from starlight.engine.catalogue import Catalogue
from starlight.engine.clusters import Cluster
from starlight.engine.connecting import Connecting, Connection, Indexed
from starlight.engine.graph import MOST_DEPTH, Near
from starlight.engine.graphing import Graphs, Known
from starlight.engine.standing_out import bridges, hubs, orphans
from starlight.errors import InvalidRequest
from starlight.notes.links import name_key

What = Literal["neighbours", "path", "clusters", "orphans", "hubs", "bridges"]

_OF_CLUSTERS: tuple[What, ...] = ("clusters", "bridges")

LIMIT = 50
_EXPLAINED = 25
"""Neighbours that are shown with what they rest on."""
_NEAR = 3
_NAMED = 5
"""Notes of one name that are told where it is not plain which one is meant."""

GraphAnswer = dict[str, Any]
"""As ``docs/protocol.md`` has it."""


@dataclass(frozen=True, slots=True)
class GraphQuestion:
    """``what`` is asked; of the note at ``path``, or called so, and for a path of the one at ``to``, too.

    ``depth`` is how many steps neighbours are away at most; ``limit`` is how many are told of what is a list.
    """

    what: What
    path: str = ""
    to: str = ""
    depth: int = 1
    limit: int = LIMIT

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            InvalidRequest: it is no such question, or a number is too small or too large.
        """
        if self.what not in get_args(What):
            raise InvalidRequest(f"`what` must be one of {', '.join(get_args(What))}, not {self.what!r}")
        if not 1 <= self.depth <= MOST_DEPTH:
            raise InvalidRequest(f"the depth must be from 1 to {MOST_DEPTH}, not {self.depth}")
        if self.limit < 1:
            raise InvalidRequest(f"the limit must be at least 1, not {self.limit}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the graph has for an answer."""

    known: Known
    clusters: tuple[Cluster, ...]
    """None where they are not asked for."""
    message: str
    """What is missing."""


def prepare(asked: GraphQuestion, graphs: Graphs, opened: Mapping[str, str]) -> Prepared:
    """Return what the graph has for an answer; ``opened`` are the texts of open notes, by path.

    Do this before the notes are looked at: whoever makes graphs waits for these, and may not be waited for meanwhile.

    Raises:
        IndexMissing: nothing has been indexed here yet.
        IndexUnavailable: the index cannot be read.
    """
    known = graphs.known(opened)
    if not known.has_meaning:
        graphs.begin()
    message = "" if known.has_meaning else _unfinished(graphs.nearness.progress)
    return Prepared(known, graphs.clusters(known) if asked.what in _OF_CLUSTERS else (), message)


def answer(asked: GraphQuestion, prepared: Prepared, catalogue: Catalogue, indexed: Indexed) -> GraphAnswer:
    """Return the answer; ``indexed`` gives the texts that passages are of.

    Raises:
        InvalidRequest: it names no note, or one that is not there, or a name that several have.
    """
    known = prepared.known
    answering = _Answering(asked, known, prepared.clusters, catalogue, Connecting(known.graph, catalogue, indexed))
    return {
        "what": asked.what,
        "notes": len(known.graph),
        "meaning": known.has_meaning,
        "message": prepared.message,
        **getattr(answering, asked.what)(),
    }


def _unfinished(progress: float | None) -> str:
    done = "" if progress is None else f" ({progress:.0%} done)"
    return f"by links and tags alone: the notes are still being compared in meaning{done}"


@dataclass(frozen=True, slots=True)
class _Answering:
    """One method for each question."""

    asked: GraphQuestion
    known: Known
    found: Sequence[Cluster]
    catalogue: Catalogue
    connecting: Connecting

    def neighbours(self) -> GraphAnswer:
        source = self._called(self.asked.path)
        found = self.known.graph.neighbours(source, self.asked.depth, self.asked.limit)
        explained = self.connecting.explained(each.step for each in found[:_EXPLAINED])
        connections = [*explained, *(Connection(each.step) for each in found[_EXPLAINED:])]
        return {
            **self._note(source),
            "neighbours": [
                {**self._note(reached.path), "depth": reached.depth, **self._step(connection)}
                for reached, connection in zip(found, connections, strict=True)
            ],
        }

    def path(self) -> GraphAnswer:
        source, target = self._called(self.asked.path), self._called(self.asked.to)
        way, shortest = (find(source, target) for find in (self.known.graph.way, self.known.graph.shortest))
        steps, short = (list(each.steps) if each else [] for each in (way, shortest))
        return {
            "from": self._note(source),
            "to": self._note(target),
            "connected": way is not None,
            "steps": [self._step(each) for each in self.connecting.explained(steps)],
            # Only where fewer notes are on it: else it says nothing that the other does not.
            "shortest": [
                self._step(each) for each in self.connecting.explained(short if len(short) < len(steps) else [])
            ],
        }

    def clusters(self) -> GraphAnswer:
        several = [cluster for cluster in self.found if len(cluster.notes) > 1]
        return {
            "clusters": [self._cluster(each) for each in several[: self.asked.limit]],
            "total": len(several),
            "alone": len(self.found) - len(several),
        }

    def orphans(self) -> GraphAnswer:
        found = orphans(self.known.graph)
        return {
            "orphans": [
                {**self._note(each.path), "near": [self._other(each.path, pair) for pair in each.near[:_NEAR]]}
                for each in found[: self.asked.limit]
            ],
            "total": len(found),
        }

    def hubs(self) -> GraphAnswer:
        found = hubs(self.known.graph, self.asked.limit)
        return {"hubs": [{**self._note(hub.path), "n_from": hub.n_from, "n_to": hub.n_to} for hub in found]}

    def bridges(self) -> GraphAnswer:
        found = bridges(self.known.graph, self.found, self.asked.limit)
        return {"bridges": [{**self._note(each.path), "clusters": list(each.clusters)} for each in found]}

    def _called(self, name: str) -> str:
        """Return the path of the note at that path, or of that name."""
        if not name:
            raise InvalidRequest("say which note: its path, or its name")
        if name in self.known.graph:
            return name
        found = sorted(path for path in self.catalogue.named(name_key(name)) if path in self.known.graph)
        found = found or [path for path in (f"{name}.md",) if path in self.known.graph]
        if not found:
            raise InvalidRequest(f"{name}: no such note is indexed; name one by its path or its title")
        if len(found) > 1:
            others = ", ".join(found[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
            raise InvalidRequest(f"{name}: {len(found)} notes are called so; say which by its path: {others}")
        return found[0]

    def _note(self, path: str) -> dict[str, str]:
        return {"path": path, "title": self.known.titles.get(path, path)}

    def _step(self, connection: Connection) -> dict[str, Any]:
        step = connection.step
        return {
            "from": step.source,
            "to": step.target,
            "title": self.known.titles.get(step.target, step.target),
            "kind": step.kind,
            "strength": round(step.strength, 3),
            "tag": step.tag,
            "evidence": [asdict(ground) for ground in connection.grounds],
            "words": list(connection.words),
        }

    def _cluster(self, cluster: Cluster) -> dict[str, Any]:
        return {
            "name": cluster.name,
            "words": list(cluster.words),
            "size": len(cluster.notes),
            "central": self._notes(cluster.central),
        }

    def _notes(self, paths: Sequence[str]) -> list[dict[str, str]]:
        return [self._note(path) for path in paths]

    def _other(self, path: str, pair: Near) -> dict[str, Any]:
        other = pair.other if pair.one == path else pair.one
        return {**self._note(other), "strength": round(pair.cosine, 3)}
