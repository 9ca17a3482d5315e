"""The notes that are open, parsed once for all who ask: a long one takes longer than a search."""

from __future__ import annotations

from collections.abc import Iterable

from starlight.engine.describe import note_of
from starlight.engine.selected import is_document
from starlight.notes.model import Note
from starlight.notes.place import Lines
from starlight.readers.document import Document


def note_with(text: str, path: str, lines: Lines | None = None) -> Note:
    """Return the note at ``path``, which has that text; of a document it is the one that a view of it shows."""
    return note_of(text, path, Document(text) if is_document(path) else None, lines)


class Parsed:
    """The open notes, parsed: again only where their text is another one.

    For any thread: of two that ask at once for a new text, both may parse it.
    """

    def __init__(self) -> None:
        self._notes: dict[str, tuple[str, Note]] = {}

    def note(self, path: str, text: str, lines: Lines | None = None) -> Note:
        """Return the note at ``path``, which has that text; ``lines`` are those of it, where they are known."""
        known = self._notes.get(path)
        if known is None or (known[0] is not text and known[0] != text):
            self._notes[path] = known = (text, note_with(text, path, lines))
        return known[1]

    def keep(self, paths: Iterable[str]) -> None:
        """Forget all notes but those at ``paths``."""
        kept = set(paths)
        self._notes = {path: known for path, known in list(self._notes.items()) if path in kept}
