"""The texts of documents for those who show them: whole, however long that takes (``contents.py`` does not wait)."""

from __future__ import annotations

import threading
from pathlib import Path

from starlight.engine.contents import Limit
from starlight.engine.describe import hash_of
from starlight.engine.document_process import Interrupted
from starlight.engine.documents import Documents
from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.cache import Cache
from starlight.readers.document import Document


class Texts:
    """Reads the documents below one root, from ``cache`` where they are kept.  For any thread: they take turns."""

    def __init__(self, root: Path, limit: Limit, cache: Cache) -> None:
        self._root = root
        self._limit = limit
        self._documents = Documents(cache)
        self._turn = threading.Lock()

    def read(self, path: str) -> Document:
        """Return what the document at ``path`` says.

        Raises:
            NoteError: it is gone, it cannot be read, or it is none.
        """
        try:
            with self._turn:
                data, _ = disk.read_with_fact(self._root, path, *self._limit(path))
                document = self._documents.read(path, data, hash_of(data, path))
        except FileNotFoundError as error:
            raise NoteError(f"{path}: is not there any more") from error
        except Interrupted as error:
            raise NoteError(f"{path}: was not read, because its folder is closed now") from error
        except (NoteError, OSError, ValueError) as error:
            raise NoteError(f"{path}: {error}") from error
        if document is None:
            raise NoteError(f"{path}: is a note, whose own text is shown")
        return document

    def close(self) -> None:
        """End the process that reads, whatever it is doing."""
        self._documents.close()
