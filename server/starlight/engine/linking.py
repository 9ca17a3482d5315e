"""Which note a link that is being written may be for: all that speaks for each, as one order, with the reasons.

``docs/decisions/0018-link-ranking.md`` says where the weights come from.
"""

from __future__ import annotations

import contextlib
import heapq
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from starlight.engine.current import Current
from starlight.engine.link_graph import LinkGraph
from starlight.engine.names import Names
from starlight.engine.signals import Meanings, Sensing, Signals, Spot
from starlight.errors import StarlightError
from starlight.index.reader import Reader
from starlight.models.embedder import Embedder
from starlight.notes.fuzzy import Typed
from starlight.notes.links import without_ending
from starlight.notes.text import segment

WEIGHTS: Mapping[str, float] = {
    "words": 1.2,
    "meaning": 1.0,
    "title": 0.8,
    "own title": 0.4,
    "inside": 0.84,
    "beside": 0.1,
    "together": 0.4,
    "close together": 0.4,
    "direct": 0.03,
    "back": 0.42,
    "in folder": 0.07,
    "in family": 0.1,
    "family": 0.28,
    "name": 0.1,
    "covered": 0.3,
    "mention": 0.1,
    "own name": 0.1,
    "popular": 0.1,
    "recent": 0.03,
}
"""What each signal counts."""
_FIT = 4.0
"""What a name counts that is typed to the letter: much more than all that speaks for a note otherwise."""
_AGAIN = -5.0
"""A note that is linked here already is not linked again, unless it is typed."""
_RECENT = 30
"""Notes that were changed last and are suggested for that."""
_POPULAR = 100
_SHARE_OF_TIME = 20
"""While the index is being made, what is known of all notes is taken anew in one part of so many of the time."""
_MOST_TITLES = 20_000
"""Titles that are embedded ahead; of more notes those that are asked for."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A note that a link may be for; ``name`` is the one of its names that fits what was typed, else its title."""

    path: str
    title: str
    name: str
    score: float
    reasons: tuple[str, ...]


class Linker:
    """What links need to know of one root.  For any thread: they take turns.

    ``searching`` gives the reader that searches use, for as long as these let go of it.
    """

    def __init__(
        self, current: Current, embedder: Embedder, searching: Callable[[], AbstractContextManager[Reader]]
    ) -> None:
        self.graph = LinkGraph()
        self._current = current
        self._embedder = embedder
        self.searching = searching
        self._meanings = Meanings(embedder)
        self._names = Names((), self._split)
        self._names_version = self.graph.version
        self._recent: dict[str, float] = {}
        self._popular: dict[str, float] = {}
        self._turn = threading.RLock()
        self._refreshed = (0.0, 0.0)
        """When that was done last, and how long it took."""
        self._scored: tuple[object, dict[str, float], Signals] | None = None

    def close(self) -> None:
        """Close the index."""
        with self._turn:
            self._current.close()

    def warm(self) -> None:
        """Read what the first suggestions need; without an index there is nothing to be read."""
        try:
            with self.over({}) as graph:
                titles = [entry.title for entry in graph.entries.values()]
        except StarlightError:
            return
        self._meanings.prepare(titles[:_MOST_TITLES])

    @contextlib.contextmanager
    def over(self, opened: Mapping[str, str]) -> Iterator[LinkGraph]:
        """Give the graph as it is now, with the texts of notes that are ``opened`` laid over it.

        Raises:
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        with self._turn:
            self._refresh(opened)
            yield self.graph

    def suggest(self, spot: Spot, typed: str, limit: int) -> list[Suggestion]:
        """Return the best ``limit`` notes for a link at ``spot`` of which ``typed`` is written; within ``over``."""
        scores, signals = self._score(spot)
        linked = {path for _, path in spot.links}
        fits = self._fits(Typed(without_ending(typed)))
        if fits is not None:
            ranked = {path: _FIT * fit + scores.get(path, 0.0) for path, (fit, _) in fits.items() if path != spot.path}
        else:
            ranked = {path: score + _AGAIN * (path in linked) for path, score in scores.items()}
        best = heapq.nsmallest(limit, ranked, key=lambda path: (-ranked[path], path))
        return [
            Suggestion(
                path,
                self.graph.entries[path].title,
                fits[path][1] if fits else self.graph.entries[path].title,
                ranked[path],
                self._reasons(path, spot, signals),
            )
            for path in best
        ]

    def _refresh(self, opened: Mapping[str, str]) -> None:
        when, cost = self._refreshed
        reader = self._current.reader()
        started = time.monotonic()
        busy = self.graph.entries and reader.status().state == "indexing"
        if busy and started - when < _SHARE_OF_TIME * cost:
            return
        if self.graph.refresh(reader, opened):
            self._scored = None
            self._rank_all()
            if self._names_version != self.graph.version:
                self._names = Names(self.graph.entries.values(), self._split)
                self._names_version = self.graph.version
            self._refreshed = time.monotonic(), time.monotonic() - started

    def _split(self, names: Sequence[str]) -> list[tuple[str, ...]]:
        stems = self._current.reader().stems if names else None
        return [tuple(stem for _, _, stem in stems(segment(name))) for name in names] if stems else []

    def _score(self, spot: Spot) -> tuple[dict[str, float], Signals]:
        """Return what speaks for each note, as one number; the same again while only the typed name changes."""
        if self._scored and self._scored[0] == spot:
            return self._scored[1:]
        stems = self._current.reader().stems
        sensing = Sensing(self.searching, stems, self._embedder, self.graph, self._names, self._meanings)
        signals = sensing.signals(spot)
        signals.values["recent"] = {path: value for path, value in self._recent.items() if path != spot.path}
        scores: dict[str, float] = {}
        for name, found in signals.values.items():
            for path, value in found.items():
                scores[path] = scores.get(path, 0.0) + WEIGHTS[name] * value
        for path, value in self._popular.items():
            if path != spot.path:
                scores.setdefault(path, WEIGHTS["popular"] * value)
        self._scored = (spot, scores, signals)
        return scores, signals

    def _rank_all(self) -> None:
        """Find the notes that were changed last, and those that are linked from most others."""
        entries, backlinks = self.graph.entries, self.graph.backlinks
        last = heapq.nlargest(_RECENT, ((entry.mtime_ns, path) for path, entry in entries.items()))
        self._recent = {path: 1 / (1 + rank / 3) for rank, (_, path) in enumerate(last)}
        most = heapq.nlargest(_POPULAR, ((len(backlinks[path]), path) for path in backlinks if path in entries))
        self._popular = {path: math.log(1 + n) for n, path in most}

    def _fits(self, typed: Typed) -> dict[str, tuple[float, str]] | None:
        """Return the notes with a name that fits, with how well and which; None where nothing is typed."""
        if not typed:
            return None
        found: dict[str, tuple[float, str]] = {}
        for path, name, folded in self._names.paths() if typed.is_path else self._names.folded():
            fit = typed.fits(folded)
            if fit > found.get(path, (0.0, ""))[0] and path in self.graph.entries:
                found[path] = fit, name
        return found

    def _reasons(self, path: str, spot: Spot, signals: Signals) -> tuple[str, ...]:
        """Return the two strongest reasons for ``path``, in words."""
        reasons = ["already linked here"] if any(to == path for _, to in spot.links) else []
        weighed = {name: WEIGHTS[name] * found.get(path, 0.0) for name, found in signals.values.items()}
        for name in heapq.nlargest(len(weighed), weighed, key=weighed.__getitem__):
            if weighed[name] <= 0 or len(reasons) == 2:
                break
            reason = self._in_words(name, path, signals)
            if reason and reason not in reasons:
                reasons.append(reason)
        return tuple(reasons)

    def _in_words(self, signal: str, path: str, signals: Signals) -> str:
        if signal in ("name", "covered", "mention"):
            named = signals.named[path]
            return f"named here: {named.name}" if named.is_mention else "words of its name stand here"
        if signal in ("together", "close together"):
            beside = self.graph.entries.get(signals.together.get(path, ""))
            return f"linked together with {beside.title}" if beside else ""
        if signal == "popular":
            n = len(self.graph.backlinks.get(path, ()))
            return f"linked from {n} note{'s' if n != 1 else ''}"
        return _REASONS[signal]


_REASONS = {
    "words": "shares words with this paragraph",
    "meaning": "close in meaning",
    "title": "its title is close in meaning",
    "own title": "close to this note's title",
    "own name": "shares words with this note's title",
    "inside": "linked in similar passages",
    "beside": "linked in similar notes",
    "direct": "one link from what is linked here",
    "back": "links to this note",
    "in folder": "linked in this folder",
    "in family": "linked in this family of notes",
    "family": "lies beside this note",
    "recent": "changed lately",
}
