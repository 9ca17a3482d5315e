"""What could be made of a note that nothing is wrong with: a link where it names another, or says the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from starlight.engine.diagnosing import Fix
from starlight.engine.entries import Entry
from starlight.engine.link_writing import LinkWriter
from starlight.engine.linking import Linker
from starlight.engine.mentioning import Mentioned, mentioned, telling
from starlight.engine.parsed import Parsed
from starlight.engine.proposing import is_in_table
from starlight.engine.relinking import Edit, Refactoring
from starlight.engine.repeating import KeepGoing, Repeat, Repeats, Said, Searching, passages
from starlight.notes.place import Lines
from starlight.notes.prose import prose

Code = Literal["unlinked-mention", "already-written"]
CODES: tuple[Code, ...] = ("unlinked-mention", "already-written")

_MAX_CHARACTERS = 1_000_000
"""Of a note: of a longer one nothing is said."""
_MAX_MENTIONS = 50


@dataclass(frozen=True, slots=True)
class Hint:
    """From ``start`` to before ``end`` a note speaks of the one at ``path``, or as that does at ``line``.

    ``title`` is that note's, ``until`` where the passage ends that it is about.
    """

    code: Code
    start: int
    end: int
    until: int
    message: str
    path: str
    title: str
    line: int = 1


class Hints(NamedTuple):
    """The hints for a note, in order, and whether nothing is left to be looked for."""

    found: tuple[Hint, ...]
    is_whole: bool


class _Prepared(NamedTuple):
    """What is known of a note without searching; ``key`` is another one when that would be, too."""

    key: tuple[object, ...]
    linked: frozenset[str]
    mentions: tuple[Hint, ...]
    said: tuple[Said, ...]


class Hinter:
    """Finds the hints for open notes.  Use it on one thread; ``searching`` is let go of after each passage."""

    def __init__(self, linker: Linker, searching: Searching, parsed: Parsed) -> None:
        self._linker = linker
        self._parsed = parsed
        self._repeats = Repeats(searching)
        self._prepared: _Prepared | None = None

    def hints(
        self,
        path: str,
        text: str,
        others: Mapping[str, str],
        wanted: Collection[str],
        keep_going: KeepGoing = lambda: True,
        seconds: float = 0.0,
    ) -> Hints:
        """Return the hints of the kinds ``wanted`` for the note at ``path``, which has that text.

        ``others`` are the texts of other open notes, by path.  Searches take at most so many seconds: with none only
        what was found before is told.  While an index is being made nothing is said.
        Raises as ``Workspace.search`` does.
        """
        if len(text) > _MAX_CHARACTERS or not wanted:
            return Hints((), is_whole=True)
        with self._linker.over(others) as graph, self._linker.searching() as reader:
            status = reader.status()
            if status.state == "indexing":
                return Hints((), is_whole=True)
            key = (path, text, graph.version, status.revision)
        if self._prepared is None or self._prepared.key != key:
            self._prepared = self._prepare(key, path, text, others)
        ready = self._prepared
        found = list(ready.mentions) if "unlinked-mention" in wanted else []
        is_whole = True
        if "already-written" in wanted:
            self._repeats.keep((path, *others))
            repeats, is_whole = self._repeats.find(path, text, ready.said, status.revision, keep_going, seconds)
            found += _already(text, [repeat for repeat in repeats if repeat.path not in ready.linked])
        return Hints(tuple(sorted(found, key=lambda hint: hint.start)), is_whole)

    def _prepare(self, key: tuple[object, ...], path: str, text: str, others: Mapping[str, str]) -> _Prepared:
        lines = Lines(text)
        note = self._parsed.note(path, text, lines)
        with self._linker.over(others) as graph:
            entries = graph.entries
            linked = frozenset(graph.resolve(link, path) or "" for link in note.links)
        plain_words = prose(text, note, lines)
        mentions = self._mentions(text, mentioned(plain_words, entries.called, {path, *linked}), entries)
        return _Prepared(key, linked, tuple(mentions), tuple(passages(text, plain_words, note, lines)))

    def fixes(
        self, path: str, text: str, others: Mapping[str, str], code: str, start: int, style: str
    ) -> tuple[Hint | None, list[Fix]]:
        """Return the hint of that kind that begins at ``start`` of the note at ``path``, and what links it.

        ``style`` is the setting ``links.style``; the rest as for ``hints``.
        """
        found = self.hints(path, text, others, {code}).found
        hint = next((each for each in found if each.code == code and each.start == start), None)
        if hint is None:
            return None, []
        with self._linker.over(others) as graph:
            if hint.path not in graph.entries:
                return None, []
            writer = LinkWriter(graph, path, style)
            if hint.code == "already-written":
                edit = Edit(path, hint.until, hint.until, f" {writer.named(hint.path)}")
            else:
                shown, line = text[hint.start : hint.end], Lines(text).at(hint.start)
                link = writer.link(hint.path, shown, in_table=is_in_table(self._parsed.note(path, text), line))
                edit = Edit(path, hint.start, hint.end, link)
        return hint, [Fix(f"Link to “{hint.title}”", Refactoring((edit,)), is_best=hint.code == "unlinked-mention")]

    def _mentions(self, text: str, places: Sequence[Mentioned], entries: Mapping[str, Entry]) -> Iterator[Hint]:
        with self._linker.searching() as reader:
            rare = telling(places, reader)
        for place in rare[:_MAX_MENTIONS]:
            message = f"“{text[place.start : place.end]}” is the name of a note: {place.path}"
            if entry := entries.get(place.path):  # another thread may have taken it out
                yield Hint("unlinked-mention", place.start, place.end, place.end, message, place.path, entry.title)


def _already(text: str, repeats: Sequence[Repeat]) -> list[Hint]:
    found: list[Hint] = []
    for repeat in repeats:
        if found and found[-1].path == repeat.path and not text[found[-1].until : repeat.start].strip():
            found[-1] = replace(found[-1], until=repeat.end)
            continue
        end = repeat.start + len(text[repeat.start : repeat.end].splitlines()[0])
        message = f"You already wrote nearly this: {repeat.path}, line {repeat.line}"
        found.append(
            Hint("already-written", repeat.start, end, repeat.end, message, repeat.path, repeat.title, repeat.line)
        )
    return found


def moved(hints: Sequence[Hint], before: str, after: str) -> list[Hint]:
    """Return the hints for the text ``before`` as they stand in ``after``, without those where it was changed."""
    if before == after:
        return list(hints)
    same = _same(before, after)
    behind = _same(before[same:][::-1], after[same:][::-1])
    shift = len(after) - len(before)
    found = [hint for hint in hints if hint.until <= same]
    return found + [
        replace(hint, start=hint.start + shift, end=hint.end + shift, until=hint.until + shift)
        for hint in hints
        if hint.start >= len(before) - behind
    ]


def _same(one: str, other: str) -> int:
    """Return how many characters both begin with (by halving: comparing slices is quick)."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
