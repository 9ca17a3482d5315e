"""The notes that are open, parsed once for all who ask: a long one takes longer than a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from starlight.engine.describe import note_of
from starlight.engine.selected import is_document
from starlight.notes import markdown
from starlight.notes.links import stem_of
from starlight.notes.markdown import Parsing
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.readers.document import Document


def note_with(text: str, path: str, lines: Lines | None = None) -> Note:
    """Return the note at ``path``, which has that text; of a document it is the one that a view of it shows."""
    return note_of(text, path, Document(text) if is_document(path) else None, lines)


class _Known(NamedTuple):
    """An open note, and what helps to parse the next text of it; of a document's text nothing does."""

    text: str
    note: Note
    lines: Lines
    parsing: Parsing | None


class Parsed:
    """The open notes, parsed: again only where their text is another one, and then mostly what changed of it.

    For any thread: of two that ask at once for a new text, both may parse it.
    """

    def __init__(self) -> None:
        self._notes: dict[str, _Known] = {}

    def note(self, path: str, text: str, lines: Lines | None = None) -> Note:
        """Return the note at ``path``, which has that text; ``lines`` are those of it, where they are known."""
        return self._parsed(path, text, lines).note

    def lines(self, path: str, text: str) -> Lines:
        """Return the lines of the note at ``path``, which has that text."""
        return self._parsed(path, text, None).lines

    def keep(self, paths: Iterable[str]) -> None:
        """Forget all notes but those at ``paths``."""
        kept = set(paths)
        self._notes = {path: known for path, known in list(self._notes.items()) if path in kept}

    def _parsed(self, path: str, text: str, lines: Lines | None) -> _Known:
        known = self._notes.get(path)
        if known is None or (known.text is not text and known.text != text):
            self._notes[path] = known = _parse(path, text, lines or Lines(text), known.parsing if known else None)
        return known


def _parse(path: str, text: str, lines: Lines, before: Parsing | None) -> _Known:
    if is_document(path):
        return _Known(text, note_with(text, path, lines), lines, None)
    parsing = markdown.read(text, stem_of(path), lines, before)
    return _Known(text, parsing.note, lines, parsing)
