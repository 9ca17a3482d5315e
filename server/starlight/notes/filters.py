"""What a search is narrowed to: filters as values, and what a note must be for each.  Pure.

A filter is a tree of terms.  The index finds the notes of a term by the same functions that look at a note which is
open in an editor, so that the two cannot disagree.
"""

from __future__ import annotations

import datetime
import functools
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from starlight.notes.phrases import fold
from starlight.notes.times import Day, day_of

Direction = Literal["either", "to", "from"]
DateField = Literal["date", "created", "modified"]


_1970 = Day(1970, 1, 1).toordinal()


class Facts(NamedTuple):
    """What filters look at in a note; dates as its front matter has them, the time of its file in nanoseconds."""

    path: str
    title: str
    tags: tuple[str, ...]
    created: str
    modified: str
    kind: str
    language: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """Notes with a tag, or one below it (``tea/green`` for ``tea``), in any case."""

    tag: str
    columns: ClassVar = ("tags",)

    def holds(self, tags: Iterable[str]) -> bool:
        """Whether a note with those tags is one."""
        wanted = f"{self.tag.casefold()}/"
        return any(f"{tag.casefold()}/".startswith(wanted) for tag in tags)


@dataclass(frozen=True, slots=True)
class InPath:
    """Notes whose path, or file's name alone, has a text in it; with ``*`` and ``?`` it is all of it."""

    pattern: str
    name_only: bool = False
    columns: ClassVar = ("path",)

    def holds(self, path: str) -> bool:
        """Whether the note at ``path`` is one."""
        where = path.rpartition("/")[2] if self.name_only else f"/{path}"
        return _matcher(self.pattern, self.name_only)(fold(where))


@dataclass(frozen=True, slots=True)
class Titled:
    """Notes whose title has a text in it."""

    text: str
    columns: ClassVar = ("title",)

    def holds(self, title: str) -> bool:
        """Whether a note of that title is one."""
        return fold(self.text) in fold(title)


@dataclass(frozen=True, slots=True)
class Dated:
    """Notes of some days in a row, by the day that they are from, were made or were changed."""

    field: DateField
    first: Day
    last: Day
    columns: ClassVar = ("path", "created", "modified", "mtime_ns")

    def holds(self, path: str, created: str, modified: str, mtime_ns: int) -> bool:
        """Whether a note with those dates is one."""
        day = self.day(path, created, modified, mtime_ns)
        return day is not None and self.first <= day <= self.last

    def day(self, path: str, created: str, modified: str, mtime_ns: int) -> Day | None:
        """Return the day that counts.

        That of the note: its file's name says so, else its front matter, else its file.  When it was made: its
        front matter says so, else its file's name.  When it was changed: its front matter says so, else its file.
        """
        if self.field == "modified":
            return day_of("", (modified,)) or day_of_file(mtime_ns)
        name = posixpath.basename(path)
        if self.field == "created":
            return day_of("", (created,)) or day_of(name, ())
        return day_of(name, (created, modified)) or day_of_file(mtime_ns)


@dataclass(frozen=True, slots=True)
class InLanguage:
    """Notes in a language, by its code (BCP 47)."""

    code: str
    columns: ClassVar = ("language",)

    def holds(self, language: str) -> bool:
        """Whether a note in ``language`` is one."""
        return language == self.code


@dataclass(frozen=True, slots=True)
class OfKind:
    """Notes whose front matter says that they are of a type."""

    kind: str
    columns: ClassVar = ("kind",)

    def holds(self, kind: str) -> bool:
        """Whether a note of ``kind``, one or several with commas, is one."""
        return fold(self.kind) in map(fold, kind.split(","))


@dataclass(frozen=True, slots=True)
class Linked:
    """Notes that link to the one of that name (``to``), that it links to (``from``), or both (``either``)."""

    name: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Orphan:
    """Notes that link to no other one, and that none links to."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Passages that hold a text: letter by letter, but for case and diacritics, or by the stems of its words."""

    text: str
    is_literal: bool


ByFacts = Tagged | InPath | Titled | Dated | InLanguage | OfKind
ByLinks = Linked | Orphan
Leaf = ByFacts | ByLinks | Holding


@dataclass(frozen=True, slots=True)
class Term:
    """One filter as it stands in a query."""

    leaf: Leaf
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Not:
    """Notes that a term is not for."""

    term: Term


@dataclass(frozen=True, slots=True)
class Every:
    """What all of the parts are for."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """What one of the parts is for."""

    parts: tuple[Filter, ...]


Filter = Term | Not | Every | Either


def terms(filter_: Filter) -> Iterator[tuple[Term, bool]]:
    """Yield each term of a filter, and whether it says what is left out."""
    if isinstance(filter_, Term):
        yield filter_, False
    elif isinstance(filter_, Not):
        yield filter_.term, True
    else:
        for part in filter_.parts:
            yield from terms(part)


def is_quoting(filter_: Filter) -> bool:
    """Whether all that a filter wants is texts to the letter."""
    return all(isinstance(term.leaf, Holding) for term, _ in terms(filter_))


def covers(filter_: Filter, holds: Callable[[Leaf], bool], whole: Callable[[Leaf], bool]) -> bool:
    """Whether a passage is one that ``filter_`` is for.

    ``holds`` says whether a term is for the passage, ``whole`` whether it is for any of its note: what is left out
    is left out by the note.
    """
    if isinstance(filter_, Term):
        return holds(filter_.leaf)
    if isinstance(filter_, Not):
        return not whole(filter_.term.leaf)
    found = (covers(part, holds, whole) for part in filter_.parts)
    return all(found) if isinstance(filter_, Every) else any(found)


def day_of_file(mtime_ns: int) -> Day | None:
    """Return the day, here, of a file's time; None where no clock has shown such a time."""
    try:
        return datetime.datetime.fromtimestamp(mtime_ns / 1e9, datetime.timezone.utc).astimezone().date()
    except (ValueError, OverflowError, OSError):
        return None


def days_since_1970(modified: str, mtime_ns: int) -> float:
    """Return when a note was changed: as its front matter says, to the day, else its file."""
    by_file = mtime_ns / 8.64e13
    day = day_of("", (modified,)) if modified else None
    return by_file if day is None or day == day_of_file(mtime_ns) else day.toordinal() - _1970 + 0.5


@functools.lru_cache(maxsize=64)
def _matcher(pattern: str, name_only: bool) -> Callable[[str], bool]:  # noqa: FBT001 -- a key of the cache
    folded = fold(pattern)
    if "*" not in folded and "?" not in folded:
        # A slash before a path is the root: "/work" begins there, "work" may stand anywhere.
        if folded.startswith("/") and not name_only:
            return lambda text: text.startswith(folded)
        return lambda text: folded in text
    return _wildcards(folded if name_only or folded.startswith(("/", "*")) else f"/{folded}")


def _wildcards(pattern: str) -> Callable[[str], bool]:
    """Return what says whether ``pattern`` is all of a text: ``*`` for any letters, ``?`` for one.

    What stands between two ``*`` is taken where it comes first: no choice is ever taken back, however many there are.
    """
    pieces = re.split(r"\*+", pattern)
    first, *others = (re.compile("(?s:{})".format(re.escape(piece).replace(r"\?", "."))) for piece in pieces)
    if not others:
        return lambda text: first.fullmatch(text) is not None
    *inner, last = others

    def fits(text: str) -> bool:
        found = first.match(text)
        for piece in inner:
            found = found and piece.search(text, found.end())
        end = len(text) - len(pieces[-1])
        return found is not None and found.end() <= end and last.match(text, end) is not None

    return fits
