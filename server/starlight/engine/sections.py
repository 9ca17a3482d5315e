"""Notes as sections: what a stored passage is in the text as it is now, what stands beside it, where its links lead."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from starlight.engine.contents import Content
from starlight.engine.describe import HEADING_SEPARATOR, note_of
from starlight.index.records import StoredPassage
from starlight.notes import callouts, chunking, links
from starlight.notes.model import Chunk, Note
from starlight.notes.place import Lines
from starlight.readers.document import Document, Locator

_MOST_LINKS = 12
_BLANK_LINES = re.compile(r"(?:[ \t]*[\r\n]+)*")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a note, ``start`` to ``end`` of its text, without white space around it.

    Lines count from 1; ``first`` and ``last`` are those that it stands on.
    """

    path: str
    title: str
    heading: str
    start: int
    end: int
    first: int
    last: int
    text: str
    locator: Locator | None = None
    """The page or cell that it begins on, where the file has such."""

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from other sections."""
        return self.path, self.start

    @property
    def named_text(self) -> str:
        """Its text with what it is called."""
        return "\n".join(filter(None, (self.title, self.heading, self.text)))

    def overlaps(self, other: Section) -> bool:
        """Whether both have a part of one note in common."""
        return self.path == other.path and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Sectioned:
    """A note that was read, parsed and cut."""

    text: str
    note: Note
    chunks: list[Chunk]


class Sections:
    """The notes as they are now: in the editor, else on disk.  Each is read once.

    A summary that was put into a note is none of its words: it is left out.
    """

    def __init__(
        self,
        content: Callable[[str], Content | None],
        exists: Callable[[str], bool],
        named: Callable[[str], Iterable[str]],
        parse: Callable[[str, str, Document | None, Lines], Note] = note_of,
    ) -> None:
        """``parse`` gives the note with a text, at a path, of a document or none, on those lines."""
        self._parse = parse
        self._content = functools.cache(lambda path: _without_summaries(content(path)))
        self._exists = exists
        self._named = named
        self._lines = functools.cache(self._lines_of)
        self._sectioned = functools.cache(self._section)

    def is_gone(self, path: str) -> bool:
        """Whether there is no text at ``path`` any more."""
        return self._content(path) is None

    def stored(self, passage: StoredPassage) -> Section | None:
        """Return ``passage`` where its note is as it was when it was indexed; None where it has changed or is gone."""
        content = self._content(passage.path)
        if content is None or content.hash != passage.note_hash:
            return None
        return self._made(passage.path, passage.title, passage.headings, content.text, passage.start, passage.end)

    def of(self, path: str, first: int = 1, last: int | None = None) -> list[Section]:
        """Return the sections of the note at ``path``, in order: what of them lies on lines ``first`` to ``last``."""
        read = self._sectioned(path)
        if read is None:
            return []
        lines = self._lines(path)
        from_, to = lines.start(first), len(read.text) if last is None else lines.start(last + 1)
        made = (
            self._made(path, read.note.title, chunk.headings, read.text, max(chunk.start, from_), min(chunk.end, to))
            for chunk in read.chunks
        )
        return [section for section in made if section.text]

    def note(self, path: str) -> Note | None:
        """Return the note at ``path``, parsed; None where there is no text."""
        read = self._sectioned(path)
        return read.note if read else None

    def under(self, path: str, heading: str) -> tuple[str, list[Section]] | None:
        """Return the text of the heading of that name, and the sections of its part; None where there is none."""
        note = self.note(path)
        found = links.heading_at(note, heading) if note else None
        if note is None or found is None:
            return None
        after = (each.line for each in note.headings if each.line > found.line and each.level <= found.level)
        end = next(after, None)
        return found.text, self.of(path, found.line, end - 1 if end else None)

    def tags(self, path: str) -> tuple[str, ...]:
        """Return the tags of the note at ``path``."""
        read = self._sectioned(path)
        return read.note.tags if read else ()

    def beside(self, section: Section) -> list[Section]:
        """Return the section before ``section`` and the one after it."""
        every = self.of(section.path)
        at = next((n for n, each in enumerate(every) if each.overlaps(section)), None)
        if at is None:
            return []
        return [each for each in (*every[max(at - 1, 0) : at], *every[at + 1 : at + 2]) if not each.overlaps(section)]

    def linked(self, section: Section) -> Iterator[str]:
        """Yield the paths of the other notes that ``section`` links to, each once."""
        read = self._sectioned(section.path)
        within = [link for link in read.note.links if section.start <= link.start < section.end] if read else []
        seen = {section.path}
        for link in within[:_MOST_LINKS]:
            path = links.resolve(link, section.path, self._exists, self._named)
            if path and path not in seen:
                seen.add(path)
                yield path

    def _section(self, path: str) -> _Sectioned | None:
        content = self._content(path)
        if content is None:
            return None
        lines = self._lines(path)
        note = self._parse(content.text, path, content.document, lines)
        return _Sectioned(content.text, note, chunking.chunks(content.text, note, lines))

    def _lines_of(self, path: str) -> Lines:
        content = self._content(path)
        return Lines(content.text if content else "")

    def _made(self, path: str, title: str, headings: Iterable[str], text: str, start: int, end: int) -> Section:
        part = text[start:end] if start < end else ""
        if blank := _BLANK_LINES.match(part):
            start += blank.end()
            part = part[blank.end() :].rstrip()
        lines = self._lines(path)
        last = lines.at(start + max(len(part), 1) - 1)
        heading = HEADING_SEPARATOR.join(headings)
        content = self._content(path)
        locator = content.locator(start) if content else None
        return Section(path, title, heading, start, start + len(part), lines.at(start), last, part, locator)


def _without_summaries(content: Content | None) -> Content | None:
    return content and replace(content, text=callouts.blanked(content.text))
