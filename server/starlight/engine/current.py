"""A reader of the index as it is now: a rebuilt one is another file."""

from __future__ import annotations

from pathlib import Path

from starlight.errors import IndexMissing
from starlight.index.reader import Reader


class Current:
    """Opens the index at ``path`` when it is first asked for, and again when another file has taken its place.

    Use it on one thread at a time.
    """

    def __init__(self, root: Path, path: Path) -> None:
        self._root = root
        self._path = path
        self._reader: Reader | None = None
        self._file = (0, 0)
        """Device and inode of what is open."""

    def reader(self) -> Reader:
        """Return the reader.

        Raises:
            IndexMissing: nothing has been indexed here yet.
            IndexUnavailable: the index cannot be read.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self.close()
            raise IndexMissing(f"{self._root}: nothing has been indexed here yet; run `starlight index`") from None
        file = (found.st_dev, found.st_ino)
        if self._reader and self._file != file:
            self.close()
        if self._reader is None:
            self._reader, self._file = Reader(self._path), file
        return self._reader

    def close(self) -> None:
        """Close the index."""
        if self._reader:
            self._reader.close()
            self._reader = None
