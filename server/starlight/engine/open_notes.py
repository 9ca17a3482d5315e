"""Which of the documents that are open in an editor are notes of one root: those that would be indexed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlight.config import Settings
from starlight.engine.selected import is_document, selection
from starlight.index import disk


class OpenNotes:
    """Tells open notes from other open documents: text files, and what lies in folders that are left out.

    For any thread.  What ignore files say of a document is asked when it is first seen open, not at every key.
    """

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = root
        self._settings = settings
        self._known: dict[str, bool] = {}

    def is_note(self, path: str) -> bool:
        """Whether a file at ``path`` would be indexed."""
        return disk.is_note(path) and selection(self._root, self._settings).covers(path)

    def among(self, opened: Mapping[str, str], asked: str = "") -> dict[str, str]:
        """Return those of ``opened``, texts by path, that are notes, and ``asked`` unless nobody can write in it."""
        before = self._known
        self._known = known = {path: before[path] if path in before else self.is_note(path) for path in opened}
        return {path: text for path, text in opened.items() if known[path] or (path == asked and not is_document(path))}
