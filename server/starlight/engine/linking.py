"""Which note a link that is being written may be for: all that speaks for each, as one order, with the reasons.

``docs/decisions/0018-link-ranking.md`` says where the weights come from.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import heapq
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlight.engine.current import Current
from starlight.engine.link_graph import LinkGraph
from starlight.engine.nearness import Nearness
from starlight.errors import IndexUnavailable, StarlightError
from starlight.index.reader import Reader
from starlight.models.embedder import Embedder
from starlight.notes.fuzzy import Typed
from starlight.notes.links import without_ending
from starlight.notes.surroundings import Surroundings
from starlight.notes.text import segment

if TYPE_CHECKING:
    from starlight.engine.names import Names
    from starlight.engine.signals import Signals
    from starlight.engine.tallies import Values
    from starlight.engine.titles import Titles

WEIGHTS: Mapping[str, float] = {
    "words": 1.2,
    "meaning": 1.0,
    "title": 0.8,
    "own title": 0.4,
    "inside": 0.84,
    "beside": 0.1,
    "near linked": 0.3,
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


class Spot(NamedTuple):
    """A place in a note where a link may be written; ``path`` is empty for a document that is no note yet.

    ``links`` are those that the note has: how many characters lie between, and the path that each leads to.
    """

    path: str
    title: str
    around: Surroundings
    links: tuple[tuple[int, str], ...]


class _Scored(NamedTuple):
    """What speaks for notes at one place: by path as one number, and signal by signal."""

    scores: dict[str, float]
    signals: Signals
    weighed: Values
    """Shape (signals, notes)."""
    columns: dict[str, int]
    """By path, the column of a note."""


class Linker:
    """What links need to know of one root.  For any thread: they take turns.

    ``searching`` gives the reader that searches use, for as long as these let go of it; ``nearness`` knows which notes
    are near to which in meaning.
    """

    def __init__(
        self,
        current: Current,
        embedder: Embedder,
        searching: Callable[[], AbstractContextManager[Reader]],
        nearness: Nearness,
    ) -> None:
        self._stopped = threading.Event()
        self.graph = LinkGraph(self._check)
        self.near = nearness.of
        self._current = current
        self._embedder = embedder
        self.searching = searching
        self._names: Names | None = None
        """Of the notes of the graph when it had this version."""
        self._names_version = -1
        self._recent: dict[str, float] = {}
        self._popular: dict[str, float] = {}
        self._turn = threading.RLock()
        self._refreshed = (0.0, 0.0)
        """When that was done last, and how long it took."""
        self._scored: tuple[Spot, _Scored] | None = None

    def stop(self) -> None:
        """End what is being read, on any thread: nobody will ask for links any more, and ``close`` need not wait."""
        self._stopped.set()

    def close(self) -> None:
        """Close the index."""
        with self._turn:
            self._current.close()
        gc.unfreeze()  # else what is known here would never be found to be of no use any more

    def warm(self) -> None:
        """Read what the first suggestions need; without an index there is nothing to be read."""
        try:
            with self.over({}) as graph:
                titles = [entry.title for entry in graph.entries.values()]
            self._check()
        except StarlightError:
            return
        self._titles.prepare(titles[:_MOST_TITLES])
        self.near("")

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
        scored = self._score(spot)
        scores = scored.scores
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
                self._reasons(path, spot, scored),
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
        gc.disable()  # all that is made here stays: to look for cycles in it again and again would hold others up
        try:
            if self.graph.refresh(reader, opened):
                self._take_in()
                self._refreshed = time.monotonic(), time.monotonic() - started
        finally:
            gc.enable()

    def _check(self) -> None:
        if self._stopped.is_set():
            raise IndexUnavailable("these notes are closed")

    def _take_in(self) -> None:
        """Bring what is made of the graph up to date with it."""
        self._scored = None
        self._rank_all()
        self._name_all()

    def _name_all(self) -> Names:
        """Return the names of all notes as they are now."""
        from starlight.engine.names import Names

        if self._names is None or self._names_version != self.graph.version:
            self._names = Names(self.graph.entries.values(), self._split)
            self._names_version = self.graph.version
            gc.freeze()  # later looks for cycles pass all of it over: half a second each, with 60,000 notes
        return self._names

    @functools.cached_property
    def _titles(self) -> Titles:
        from starlight.engine.titles import Titles

        return Titles(self._embedder)

    def _split(self, names: Sequence[str]) -> list[tuple[str, ...]]:
        stems = self._current.reader().stems if names else None
        return [tuple(stem for _, _, stem in stems(segment(name))) for name in names] if stems else []

    def _score(self, spot: Spot) -> _Scored:
        """Return what speaks for each note, as one number; the same again while only the typed name changes."""
        if self._scored and self._scored[0] == spot:
            return self._scored[1]
        import numpy as np

        from starlight.engine.signals import Sensing

        stems = self._current.reader().stems
        names = self._name_all()
        sensing = Sensing(self.searching, stems, self._embedder, self.graph, names, self._titles, self.near)
        signals = sensing.signals(spot, self._recent)
        weighed = signals.values * np.array([[WEIGHTS[name]] for name in signals.names])
        total = np.zeros(len(signals.notes))
        for row in weighed:
            total += row
        paths = [self.graph.paths[note] for note in signals.notes.tolist()]
        scores = {path: score for path, score in zip(paths, total.tolist(), strict=True) if score}
        for path, value in self._popular.items():
            if path != spot.path:
                scores.setdefault(path, WEIGHTS["popular"] * value)
        scored = _Scored(scores, signals, weighed, {path: column for column, path in enumerate(paths)})
        self._scored = spot, scored
        return scored

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
        names = self._name_all()
        found: dict[str, tuple[float, str]] = {}
        for path, name, folded in names.paths() if typed.is_path else names.folded():
            fit = typed.fits(folded)
            if fit > found.get(path, (0.0, ""))[0] and path in self.graph.entries:
                found[path] = fit, name
        return found

    def _reasons(self, path: str, spot: Spot, scored: _Scored) -> tuple[str, ...]:
        """Return the two strongest reasons for ``path``, in words."""
        reasons = ["already linked here"] if any(to == path for _, to in spot.links) else []
        column = scored.columns.get(path)
        weighed = [] if column is None else scored.weighed[:, column].tolist()
        for row in heapq.nlargest(len(weighed), range(len(weighed)), key=weighed.__getitem__):
            if weighed[row] <= 0 or len(reasons) == 2:
                break
            reason = self._in_words(scored.signals.names[row], path, scored.signals)
            if reason and reason not in reasons:
                reasons.append(reason)
        return tuple(reasons)

    def _in_words(self, signal: str, path: str, signals: Signals) -> str:
        if signal in ("name", "covered", "mention"):
            name, is_mention = signals.named.of(self.graph.numbers[path])
            return f"named here: {name}" if is_mention else "words of its name stand here"
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
    "near linked": "linked in notes near in meaning",
    "direct": "one link from what is linked here",
    "back": "links to this note",
    "in folder": "linked in this folder",
    "in family": "linked in this family of notes",
    "family": "lies beside this note",
    "recent": "changed lately",
}
