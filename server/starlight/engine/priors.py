"""What is known of notes before their words are looked at: that one is called as the query is, that it is of the time
that the query names."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from starlight.engine import ranking
from starlight.engine.dating import days_of
from starlight.engine.overlay import View
from starlight.index.reader import Reader
from starlight.index.records import Scope, Scored, StoredPassage
from starlight.notes.links import name_key, resolve
from starlight.notes.model import Link
from starlight.notes.times import asks_for_new, day_of, period

_DATED = 400
"""Chunks whose notes' dates are looked up."""
_AROUND = " \t\n\"'“”„«»?!.,:;"
"""What may stand around a name in a query."""


@dataclass(frozen=True, slots=True)
class Priors:
    """What is added to the scores of chunks, by chunk, and why."""

    named: frozenset[int] = frozenset()
    """Those that begin a note which is called as the query is."""
    timely: Scored = field(default_factory=dict)
    days: Mapping[int, datetime.date] = field(default_factory=dict)
    """Of those that gained by the time that they are from."""

    def on(self, scores: Mapping[int, float]) -> Scored:
        """Return ``scores`` with what these add; a note that is called as the query is need not have one before."""
        if not (self.named or self.timely):
            return dict(scores)
        added = {chunk: scores.get(chunk, 0.0) + ranking.NAMED for chunk in self.named}
        timed = {chunk: scores[chunk] + gain for chunk, gain in self.timely.items() if chunk not in added}
        return {**scores, **timed, **added}


NONE = Priors()


def priors(
    text: str, reader: Reader, opened: View, scope: Scope, scores: Mapping[int, float], today: datetime.date
) -> Priors:
    """Return what is known of the notes of ``scope``; ``scores`` are those of the chunks that were found.

    ``scope`` leaves the open notes out, ``opened`` has them.
    """
    key = name_key(text.strip(_AROUND))
    named = frozenset((*reader.called(key, scope), *opened.called(key))) if key else frozenset[int]()
    time, is_new = period(text, today), asks_for_new(text)
    if not (time or is_new):
        return Priors(named)
    days = _days(heapq.nlargest(_DATED, scores, key=scores.__getitem__), reader, opened, today)
    timely = ranking.timely(days, time.first, time.last) if time else ranking.late(days)
    return Priors(named, timely, {chunk: days[chunk] for chunk in timely})


def _days(chunks: Iterable[int], reader: Reader, opened: View, today: datetime.date) -> dict[int, datetime.date]:
    """Return when the notes of ``chunks`` are from; one that is being written is from today, unless it says more."""
    chunks = list(chunks)
    in_index = reader.paths(chunks)
    dated = days_of(reader.dates_of(set(in_index.values())))
    days = {chunk: dated[path] for chunk, path in in_index.items() if path in dated}
    opened_days = {chunk: day_of(path.rpartition("/")[2], ()) or today for chunk, path in opened.notes(chunks).items()}
    return {**days, **opened_days}


def links_to(reader: Reader, opened: View, named: Mapping[str, str], found: Sequence[StoredPassage]) -> dict[int, str]:
    """Return which of ``found`` link to one of the notes ``named``, titles by path: that title, by chunk."""
    stored = [(each.path, each.start, each.end) for each in found if each.path not in opened.links]
    names = {name for path in named for name in opened.names(path)}
    links: dict[str, list[Link]] = {path: list(each) for path, each in opened.links.items()}
    for source, link in reader.lookup.within(stored, named, names):
        links.setdefault(source, []).append(link)

    def exists(path: str) -> bool:
        return path in opened.links or reader.exists(path)

    def called(key: str) -> list[str]:
        return [*(path for path in reader.named(key) if path not in opened.links), *opened.named(key)]

    linked: dict[int, str] = {}
    for passage in found:
        for link in links.get(passage.path, ()):
            to = resolve(link, passage.path, exists, called) if passage.start <= link.start < passage.end else None
            if to and to in named and to != passage.path:
                linked[passage.id] = named[to]
    return linked
