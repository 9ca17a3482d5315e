"""Files with lines that are no notes (Org, reStructuredText and the like), read where they are needed: the places of
headings and links in one.

What a reader makes of such a file has its lines (``Document``), so a place is known by its line; columns are those of
the file itself.
"""

from __future__ import annotations

import functools
from pathlib import Path

from starlight.engine.describe import note_of
from starlight.errors import NoteError
from starlight.index import disk
from starlight.notes.links import heading_at
from starlight.notes.model import Link, Note
from starlight.notes.place import Lines, Span
from starlight.readers import decoding, formats
from starlight.readers.document import Document
from starlight.readers.formats import format_of


def is_lined(path: str) -> bool:
    """Whether the file at ``path`` is one of those, by its ending."""
    known = format_of(path)
    return known is not None and known.has_lines


class Lined:
    """A file with lines that is no note: its own lines, and, when it is asked for, the note that it is."""

    def __init__(self, path: str, data: bytes) -> None:
        self.lines = Lines("\n".join(decoding.lines(data)))
        self._path = path
        self._data = data

    @functools.cached_property
    def note(self) -> Note | None:
        """What it says as a note, whose lines are those of the file; None where that cannot be read."""
        document = self._document
        return note_of(document.text, self._path, document) if document else None

    def lines_of(self, link: Link) -> list[int]:
        """Return the lines that have a link to what ``link`` is to, each once."""
        if self.note is None or self._document is None:
            return []
        lines = Lines(self._document.text)
        found = (lines.at(each.start) for each in self.note.links if _leads_as(each, link))
        return list(dict.fromkeys(found))

    def section(self, link: Link) -> Span | None:
        """Return the heading that ``link``, which leads to this file, names by an id or an anchor; None without one."""
        if self.note is None or self._document is None:
            return None
        heading = heading_at(self.note, link.anchor) if link.anchor else None
        line = heading.line if heading else self._document.ids.get(link.target, 0)
        return line_span(self.lines, line) if line else None

    @functools.cached_property
    def _document(self) -> Document | None:
        known = format_of(self._path)
        try:
            return formats.read(known, self._data, self._path) if known else None
        except (NoteError, ValueError):
            return None


def _leads_as(link: Link, other: Link) -> bool:
    return (link.kind, link.target, link.anchor) == (other.kind, other.target, other.anchor)


def read(root: Path, path: str, max_bytes: int, opened: str | None = None) -> Lined | None:
    """Return the file with lines at ``path``; None where it cannot be read, or is larger than so many bytes.

    ``opened`` is its text in an editor, where it is open.
    """
    try:
        return Lined(path, disk.read(root / path, max_bytes) if opened is None else opened.encode(errors="replace"))
    except (NoteError, OSError, ValueError):
        return None


def line_span(lines: Lines, line: int) -> Span:
    """Return a whole line but for the white space around its text."""
    text = lines.text(line)
    start = lines.start(line)
    return lines.span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()) if text.strip() else start)
