"""Which note a link that is being written may be for: all that speaks for each, as one order, with the reasons.

``docs/decisions/0018-link-ranking.md`` says where the weights come from.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import heapq
import itertools
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
from starlight.heap import give_back
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
    """What speaks for notes at one place: for each, by its number, as one number, and signal by signal."""

    scores: dict[int, float]
    signals: Signals
    weighed: Values
    """Shape (signals, notes)."""
    columns: dict[int, int]
    """The column of each note."""


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
        self._recent: dict[int, float] = {}
        self._popular: dict[int, float] = {}
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
                titles = graph.entries.titles
            self._check()
        except StarlightError:
            return
        self._titles.prepare(itertools.islice(titles, _MOST_TITLES))
        self.near("")
        give_back()

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
        entries = self.graph.entries
        linked = {entries.paths.find(path) for _, path in spot.links}
        fits = self._fits(Typed(without_ending(typed)))
        if fits is not None:
            this = entries.paths.find(spot.path)
            ranked = {note: _FIT * fit + scores.get(note, 0.0) for note, (fit, _) in fits.items() if note != this}
        else:
            ranked = {note: score + _AGAIN * (note in linked) for note, score in scores.items()}
        return [
            Suggestion(
                entries.paths[note],
                entries.titles[note],
                self._name_all().text(fits[note][1]) if fits else entries.titles[note],
                ranked[note],
                self._reasons(note, scored, is_linked=note in linked),
            )
            for note in self._first(ranked, limit)
        ]

    def _refresh(self, opened: Mapping[str, str]) -> None:
        when, cost = self._refreshed
        reader = self._current.reader()
        started, version = time.monotonic(), self.graph.version
        busy = self.graph.entries and reader.status().state == "indexing"
        if busy and started - when < _SHARE_OF_TIME * cost:
            return
        gc.disable()  # of what is made here nothing goes in a circle: to look for that would hold others up
        try:
            if self.graph.refresh(reader, opened):
                self._take_in()
                self._refreshed = time.monotonic(), time.monotonic() - started
        finally:
            gc.enable()
        if self.graph.version != version:  # all links were read, and that is not done again soon
            reader.let_go()
            gc.freeze()  # all that is known by now, long notes that are open too: a look for cycles there takes 60 ms
            give_back()

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
            self._names = Names(self.graph.entries, self._split)
            self._names_version = self.graph.version
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
        notes, this = signals.notes.tolist(), self.graph.entries.paths.find(spot.path)
        scores = {note: score for note, score in zip(notes, total.tolist(), strict=True) if score}
        for note, value in self._popular.items():
            if note != this:
                scores.setdefault(note, WEIGHTS["popular"] * value)
        scored = _Scored(scores, signals, weighed, {note: column for column, note in enumerate(notes)})
        self._scored = spot, scored
        return scored

    def _rank_all(self) -> None:
        """Find the notes that were changed last, and those that are linked from most others."""
        paths = self.graph.entries.paths
        last = heapq.nlargest(_RECENT, zip(self.graph.entries.mtimes, paths, itertools.count()))
        self._recent = {note: 1 / (1 + rank / 3) for rank, (_, _, note) in enumerate(last)}
        linked = zip(self.graph.links.n_sources(), itertools.count())
        most = heapq.nlargest(_POPULAR, ((n, paths[note], note) for n, note in linked if n))
        self._popular = {note: math.log(1 + n) for n, _, note in most}

    def _first(self, ranked: Mapping[int, float], limit: int) -> list[int]:
        """Return the ``limit`` notes that are ranked highest, of equal ones those that come first by path."""
        least = min(heapq.nlargest(limit, ranked.values()), default=0.0)
        paths = self.graph.entries.paths
        best = [(-score, paths[note], note) for note, score in ranked.items() if score >= least]
        return [note for _, _, note in heapq.nsmallest(limit, best)]

    def _fits(self, typed: Typed) -> dict[int, tuple[float, int]] | None:
        """Return the notes with a name that fits, with how well and its number; None where nothing is typed."""
        if not typed:
            return None
        names = self._name_all()
        found: dict[int, tuple[float, int]] = {}
        for note, name, folded in names.paths() if typed.is_path else names.folded():
            fit = typed.fits(folded)
            if fit and (note not in found or fit > found[note][0]):
                found[note] = fit, name
        return found

    def _reasons(self, note: int, scored: _Scored, *, is_linked: bool) -> tuple[str, ...]:
        """Return the two strongest reasons for ``note``, in words."""
        reasons = ["already linked here"] if is_linked else []
        column = scored.columns.get(note)
        weighed = [] if column is None else scored.weighed[:, column].tolist()
        for row in heapq.nlargest(len(weighed), range(len(weighed)), key=weighed.__getitem__):
            if weighed[row] <= 0 or len(reasons) == 2:
                break
            reason = self._in_words(scored.signals.names[row], note, scored.signals)
            if reason and reason not in reasons:
                reasons.append(reason)
        return tuple(reasons)

    def _in_words(self, signal: str, note: int, signals: Signals) -> str:
        if signal in ("name", "covered", "mention"):
            name, is_mention = signals.named.of(note)
            return f"named here: {name}" if is_mention else "words of its name stand here"
        if signal in ("together", "close together"):
            beside = signals.together.get(note, -1)
            return f"linked together with {self.graph.entries.titles[beside]}" if beside >= 0 else ""
        if signal == "popular":
            n = len(self.graph.links.sources(note))
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
