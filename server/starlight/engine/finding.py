"""What a question's searches find: for the whole of it and its parts, in a scope, of the time that it names."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlight.engine import ranking
from starlight.engine.answer import Scope
from starlight.engine.dating import days_of
from starlight.engine.hits import Found
from starlight.engine.refining import Refinement
from starlight.engine.search import Searcher
from starlight.index import records
from starlight.index.reader import Reader
from starlight.notes.links import called
from starlight.notes.text import words
from starlight.notes.times import Period, period

_PART = 0.9
"""What a passage for a part of the question is worth, beside one for the whole."""
_TIMELY = 0.3
"""What a passage gains whose note is of the time that the question names."""
_MOST_TIMELY = 2_000

_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Where:
    """A scope as the index takes it, and the lines of its one note that count, where not all do."""

    index: records.Scope
    lines: tuple[int, int] | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes that were named; none where it is not by name."""
        return self.index.notes or ()

    def may_cover(self, path: str) -> bool:
        """Whether the note at ``path`` is in the scope, whatever its tags."""
        return replace(self.index, tags=()).covers(path, ())

    def narrowed(self, notes: Sequence[str], tags: Sequence[str]) -> Where:
        """Return what of it the notes and tags are that a question names itself."""
        if notes:
            index = replace(self.index, notes=tuple(path for path in notes if self.may_cover(path)))
            return replace(self, index=index)
        return replace(self, index=replace(self.index, tags=tuple(tags))) if tags else self

    def without(self, paths: Sequence[str]) -> Where:
        """Return it without the notes at ``paths``."""
        return replace(self, index=replace(self.index, without=(*self.index.without, *paths)))


def where(scope: Scope, below: str) -> Where:
    """Return ``scope``, within the folder ``below``, as the index takes it."""
    folder, below = scope.folder.strip("/"), below.strip("/")
    inner, outer = max(folder, below, key=len), min(folder, below, key=len)
    notes = scope.notes or None
    if outer and inner != outer and not inner.startswith(f"{outer}/"):
        notes = ()  # of two folders that lie apart no note is in both
    lines = None
    if scope.selection:
        path, first, last = scope.selection
        notes = (path,) if notes is None or path in notes else ()
        lines = (first, last)
    return Where(records.Scope(below=inner, tags=tuple(scope.tags), notes=notes), lines)


class Finder:
    """Searches for questions.  Use it on one thread, as its reader."""

    def __init__(self, searcher: Searcher, reader: Reader) -> None:
        self._searcher = searcher
        self._reader = reader

    def called(self, name: str, scope: Where) -> list[str]:
        """Return the paths of the notes of ``scope`` that are called ``name``: by their path, else by a name."""
        return [path for path in sorted(called(name, self._reader.exists, self._reader.named)) if scope.may_cover(path)]

    def find(
        self,
        queries: Sequence[str],
        limit: int,
        scope: Where,
        today: datetime.date,
        refinement: Refinement | None = None,
    ) -> list[Found]:
        """Return what is found for any of ``queries``, best first; the best of each is among the first.

        ``refinement`` is the second look at what is found for the first of them.
        """
        per_note = ranking.PER_NOTE if scope.index.notes is None else limit
        best: dict[_Key, Found] = {}
        ahead: list[_Key] = []
        for number, query in enumerate(queries):
            found = self._searcher.find(query, limit, scope.index, per_note, None if number else refinement)
            if number == 0:
                found = self._with_timely(query, found, limit, scope, today)
            for each in found:
                score = each.score if number == 0 else _PART * each.score
                if _key(each) not in best or best[_key(each)].score < score:
                    best[_key(each)] = replace(each, score=score)
            ahead += map(_key, found[:1])
        top = max((each.score for each in best.values()), default=0.0)
        for key in ahead if len(queries) > 1 else ():
            best[key] = replace(best[key], score=max(best[key].score, _PART * top))
        return sorted(best.values(), key=lambda each: (-each.score, *_key(each)))

    def _with_timely(
        self, query: str, found: list[Found], limit: int, scope: Where, today: datetime.date
    ) -> list[Found]:
        """Return ``found`` and what notes of the time that the query names have to say, these worth more."""
        time = period(query, today)
        paths = self._of(time, scope) if time else []
        if time is None or not paths:
            return found
        rest = " ".join((query[: time.start] + query[time.end :]).split())
        timely = replace(scope.index, notes=tuple(paths))
        more = self._searcher.find(rest if words(rest) else query, limit, timely)
        known = {_key(each): each for each in (*more, *found)}
        dated = set(paths)
        every = [replace(each, score=each.score + _TIMELY * (each.passage.path in dated)) for each in known.values()]
        return sorted(every, key=lambda each: (-each.score, *_key(each)))

    def _of(self, time: Period, scope: Where) -> list[str]:
        """Return the paths of the notes of ``scope`` that are of that time, the latest first."""
        days = days_of(self._reader.dates())
        found = [(day, path) for path, day in days.items() if time.holds(day) and scope.may_cover(path)]
        return [path for _, path in sorted(found, reverse=True)[:_MOST_TIMELY]]


def _key(found: Found) -> _Key:
    return found.passage.path, found.passage.start
