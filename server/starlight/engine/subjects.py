"""What can be summarized becomes a subject: its sections as they are now, and what of it is not read, and why.

Files are read once each, so that one that changes meanwhile is seen as it was at one moment.  Embeds are not followed:
a note that shows another one is summarized by what it says itself.
"""

from __future__ import annotations

import datetime
import os.path
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from starlight.engine import conversations
from starlight.engine.answer import LeftOut, Turn
from starlight.engine.contents import Content
from starlight.engine.search import Searcher
from starlight.engine.sections import Section, Sections
from starlight.engine.selected import is_document
from starlight.engine.summary import Subject, SubjectKind
from starlight.errors import InvalidRequest
from starlight.index.reader import Reader
from starlight.index.records import Scope
from starlight.notes import dateranges
from starlight.notes.filters import Dated, Every, Filter, Tagged, Term
from starlight.notes.query import parse
from starlight.notes.text import one_line
from starlight.readers.formats import format_of

_MOST_NOTES = 1_000
"""Notes of one subject; of more, those that were changed last are read."""
_MOST_CHARACTERS = 8_000_000
_MOST_FOUND = 40
"""Passages of a search."""
_ALL = 1_000_000
_NAME = 80


@dataclass(frozen=True, slots=True)
class Target:
    """What shall be summarized.  ``tag``, ``since`` and ``query`` narrow a folder, or all notes."""

    path: str = ""
    """A note, a document or a folder, relative to the root; empty for all of it."""
    section: str = ""
    """A heading of the note: its part alone."""
    lines: tuple[int, int] | None = None
    """First and last line of the note that count, from 1."""
    tag: str = ""
    since: str = ""
    """A day as filters write it (``notes.dateranges``): what was changed on it or later."""
    query: str = ""
    """Words and filters: what a search for them finds."""
    turns: tuple[Turn, ...] = ()
    """A conversation; nothing else is looked at then."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it is more than a place."""
        return bool(self.tag.strip() or self.since.strip() or self.query.strip())


@dataclass(frozen=True, slots=True)
class Notes:
    """What subjects are made of: the texts as their reader sees them, and the index, where it is asked."""

    root: Path
    content: Callable[[str], Content | None]
    index: Callable[[], tuple[Searcher, Reader]]


def subject(notes: Notes, target: Target, today: datetime.date | None = None) -> Subject:
    """Return what ``target`` names as it is now.  What of it cannot be read is left out, with the reason.

    Raises:
        InvalidRequest: there is no such note, folder or heading, or ``since`` or ``query`` makes no sense.
        IndexMissing: a folder, a tag, changes or a search are asked for, and nothing has been indexed yet.
    """
    if target.turns:
        return _conversation(target.turns, notes.root)
    target = replace(target, path=_inside(target.path))
    is_folder = not target.path or os.path.isdir(notes.root / target.path)  # noqa: PTH112 -- no error for any name
    if (target.section.strip() or target.lines) and (is_folder or target.is_narrowed):
        raise InvalidRequest("a section or lines are of one note: name it, and neither a tag, a day nor a search")
    if is_folder:
        return _Several(notes, target, today or datetime.date.today()).subject()
    if target.is_narrowed:
        _there(notes, target.path)
        return _Several(notes, target, today or datetime.date.today(), (target.path,)).subject()
    return _one(notes, target)


def _inside(path: str) -> str:
    """Return ``path`` as the index writes it."""
    place = PurePosixPath(path.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts:
        raise InvalidRequest(f"{path}: is not in the folder of your notes")
    return "" if str(place) == "." else str(place)


def _there(notes: Notes, path: str) -> str:
    """Return why there is no text of the file at ``path``; empty where there is.

    Raises:
        InvalidRequest: there is no file.
    """
    reason = _reason(notes, path) if notes.content(path) is None else ""
    if reason == _GONE:
        raise InvalidRequest(f"{one_line(path, _NAME)}: there is no such note, document or folder here")
    return reason


def _one(notes: Notes, target: Target) -> Subject:
    """Return a note or a document, or the part of it that is asked for."""
    path = target.path
    sections = _sections(notes)
    root = str(notes.root)
    if reason := _there(notes, path):
        return Subject(_kind(path), path, (), root, (LeftOut(path, 1, 1, reason),))
    note = sections.note(path)
    kind: SubjectKind = "conversation" if note and note.kind == conversations.KIND else _kind(path)
    title = note.title if note else path
    if target.section.strip():
        part = sections.under(path, target.section)
        if part is None:
            raise InvalidRequest(f"{path}: there is no heading “{target.section.strip()}”")
        return Subject("section", f"{title} › {part[0]}", tuple(part[1]), root)
    if target.lines:
        first, last = min(target.lines), max(target.lines)
        name = f"{title}, line {first}" if first == last else f"{title}, lines {first}-{last}"
        return Subject("selection", name, tuple(sections.of(path, first, last)), root)
    return Subject(kind, title, tuple(sections.of(path)), root)


class _Several:
    """The notes of a folder, with a tag, that were changed since a day, or what a search finds."""

    def __init__(self, notes: Notes, target: Target, today: datetime.date, only: tuple[str, ...] | None = None) -> None:
        self._notes = notes
        self._target = target
        self._searcher, self._reader = notes.index()
        self._sections = _sections(notes)
        self._words, self._filter, self._said = _asked(target, today)
        self._below = "" if only else target.path
        self._only = only
        self._left_out: list[LeftOut] = []

    def subject(self) -> Subject:
        """Return it."""
        scope = Scope(self._below, self._without(), notes=self._only)
        if self._filter:
            scope = self._searcher.narrowed(scope, self._filter)
        sections = self._found(scope) if self._words else self._whole(scope)
        return Subject(self._kind(), self._name(), tuple(sections), str(self._notes.root), tuple(self._left_out))

    def _without(self) -> tuple[str, ...]:
        """Return saved conversations and summaries: what a model wrote is read only where their folder is named."""
        written = (path for kind in conversations.KINDS for path in self._reader.of_kind(kind))
        return () if self._target.path else tuple(written)

    def _found(self, scope: Scope) -> list[Section]:
        """Return the passages that a search finds, by note and place."""
        found: list[Section] = []
        for each in self._searcher.find(self._words, _MOST_FOUND, scope):
            passage = each.passage
            section = self._sections.stored(passage)
            if section is None:
                reason = _reason(self._notes, passage.path) if self._sections.is_gone(passage.path) else _CHANGED
                self._left_out.append(LeftOut(passage.path, passage.first, passage.last, reason))
            elif section.text and not any(section.overlaps(other) for other in found):
                found.append(section)
        return sorted(found, key=lambda section: section.key)

    def _whole(self, scope: Scope) -> list[Section]:
        """Return all sections of the notes of ``scope``: of changes the oldest first, else by path."""
        heads = self._searcher.heads(scope, _ALL)
        read, size = 0, 0
        sections: dict[str, list[Section]] = {}
        for head in heads[:_MOST_NOTES]:
            if size > _MOST_CHARACTERS:
                break
            read += 1
            path = head.passage.path
            sections[path] = self._sections.of(path)
            size += sum(len(section.text) for section in sections[path])
            if self._sections.is_gone(path):
                self._left_out.append(LeftOut(path, 1, 1, _reason(self._notes, path)))
        if read < len(heads):
            more = f"{len(heads) - read:,} notes more than are read at once; those that changed last were read"
            self._left_out.append(LeftOut(self._target.path or ".", 1, 1, more))
        paths = list(reversed(sections)) if self._target.since.strip() else sorted(sections)
        return [section for path in paths for section in sections[path]]

    def _kind(self) -> SubjectKind:
        target = self._target
        if target.query.strip():
            return "search"
        return "changes" if target.since.strip() else "tag" if target.tag.strip() else "folder"

    def _name(self) -> str:
        place = self._target.path or ("" if self._said else self._notes.root.name)
        return ", ".join(filter(None, (place, *self._said)))


def _asked(target: Target, today: datetime.date) -> tuple[str, Filter | None, list[str]]:
    """Return the words and the filter that narrow a target, and how people call them."""
    filters: list[Filter] = []
    said: list[str] = []
    words = ""
    if tag := target.tag.strip().lstrip("#"):
        filters.append(Term(Tagged(tag), 0, 0))
        said.append(f"#{tag}")
    if since := target.since.strip():
        first, last = _days(since, today)
        filters.append(Term(Dated("modified", first, last), 0, 0))
        said.append(f"changed since {first}" if last == datetime.date.max else f"changed {first} to {last}")
    if query := target.query.strip():
        parsed = parse(query, today)
        if parsed.problems:
            raise InvalidRequest(f"{query}: {parsed.problems[0].message}")
        words = parsed.words
        filters += [parsed.filter] if parsed.filter else []
        said.append(one_line(query, _NAME))
    return words, Every(tuple(filters)) if len(filters) > 1 else filters[0] if filters else None, said


def _days(since: str, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    found = dateranges.days(since, today)
    if found is None:
        raise InvalidRequest(f"“{since}” is no day: write 2024-05-01, last week or 7d")
    first, last = found
    return first, last if ".." in since else datetime.date.max


def _conversation(turns: Sequence[Turn], root: Path) -> Subject:
    """Return a conversation that is no note: a section a turn, its question as the heading."""
    title = one_line(turns[0].question, _NAME)
    sections, at, line = [], 0, 1
    for turn in turns:
        text = turn.answer.strip()
        n_lines = text.count("\n") + 1
        heading = one_line(turn.question, _NAME)
        sections.append(Section("", title, heading, at, at + len(text), line, line + n_lines - 1, text))
        at, line = at + len(text) + 2, line + n_lines + 1
    return Subject("conversation", title, tuple(each for each in sections if each.text), str(root))


def _sections(notes: Notes) -> Sections:
    def named(_key: str) -> Iterable[str]:
        return ()

    return Sections(notes.content, lambda _path: False, named)


def _kind(path: str) -> SubjectKind:
    return "document" if format_of(path) else "note"


_GONE = "gone"
_CHANGED = "changed since it was indexed"


def _reason(notes: Notes, path: str) -> str:
    """Return why there is no text of the file at ``path``."""
    try:
        if not (notes.root / path).is_file():
            return _GONE
    except (OSError, ValueError):
        return _GONE
    return "cannot be read, or not yet; ask again in a moment" if is_document(path) else "cannot be read"
