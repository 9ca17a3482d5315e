"""The notes on disk: which there are, and their text."""

from __future__ import annotations

import codecs
import functools
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from starlight.errors import NoteError, RootError

_RACY_NS = 2_000_000_000
"""Within so long after a change another one may have the same time: the coarsest clock of a file system in use."""

ENDINGS = frozenset({".md", ".markdown"})


@dataclass(frozen=True, slots=True)
class Fact:
    """What the file system says of a file; ``path`` is relative to the root, with ``/``."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0


class Selection:
    """Which files below a root are notes to be indexed.

    Left out: hidden files and folders, what ``exclude`` matches (syntax of ``.gitignore``), and symbolic links,
    which could lead out of the root or round in circles.
    """

    def __init__(self, root: Path, exclude: tuple[str, ...] = ()) -> None:
        self.root = root
        self._exclude = exclude

    def walk(self, failed: Callable[[str, str], None], folder: str = "") -> Iterator[Fact]:
        """Yield the facts of every note below ``folder``.

        ``failed(path, reason)`` is told of folders that cannot be read.
        """
        folders = [f"{folder}/" if folder else ""]
        while folders:
            folder = folders.pop()
            try:
                entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
            except (FileNotFoundError, NotADirectoryError):
                if not folder:  # not an empty folder: a disk that was taken away
                    raise RootError(f"{self.root}: the folder is not there any more; its index is kept") from None
                continue  # it vanished between being seen and being read
            except OSError as error:
                failed(folder or ".", f"the folder cannot be read ({error.strerror})")
                continue
            for entry in entries:
                path = folder + entry.name
                if entry.name.startswith(".") or entry.is_symlink():
                    continue
                if entry.is_dir():
                    if not self._matches(f"{path}/"):
                        folders.append(f"{path}/")
                elif is_note(entry.name) and not self._matches(path) and (fact := _fact(entry.path, path)):
                    yield fact

    def below(self, path: str, failed: Callable[[str, str], None]) -> list[Fact]:
        """Return the facts of the note at ``path``, or of those below it where it is a folder."""
        if not self.covers(path) or self._through_link(path):
            return []
        if (self.root / path).is_dir():
            return [] if self._matches(f"{path}/") else list(self.walk(failed, path))
        fact = _fact(self.root / path, path) if is_note(path) else None
        return [fact] if fact else []

    def covers(self, path: str) -> bool:
        """Whether ``path``, a file or a folder, is neither hidden nor excluded."""
        parts = path.split("/")
        if any(part.startswith(".") for part in parts):
            return False
        ends = range(1, len(parts) + 1)
        return not any(self._matches("/".join(parts[:end]) + ("/" if end < len(parts) else "")) for end in ends)

    def _through_link(self, path: str) -> bool:
        place = self.root
        for part in path.split("/"):
            place = place / part
            if place.is_symlink():
                return True
        return False

    @functools.cached_property
    def _matches(self) -> Callable[[str], bool]:
        if not self._exclude:
            return lambda _: False
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self._exclude).match_file


def read(path: Path, limit: int) -> bytes:
    """Return the bytes of the file at ``path``.

    Raises:
        FileNotFoundError: it is not there (any more).
        NoteError: it cannot be read, or has more than ``limit`` bytes.
    """
    return _read(path, limit)[0]


def read_with_fact(root: Path, path: str, limit: int) -> tuple[bytes, Fact]:
    """Return the bytes of the file at ``path`` below ``root``, and the fact that belongs to them.

    What is written while it is read, or was written just before, may change again without another time or size
    (Git's "racy" files): its fact is made one that no file has, so that the next look reads it once more.

    Raises:
        FileNotFoundError: it is not there (any more).
        NoteError: it cannot be read, or has more than ``limit`` bytes.
    """
    now = time.time_ns()
    data, before, after = _read(root / path, limit)
    fact = fact_of(path, after)
    is_settled = fact_of(path, before) == fact and max(fact.mtime_ns, fact.ctime_ns) < now - _RACY_NS
    return data, fact if is_settled else replace(fact, ctime_ns=0)


def _read(path: Path, limit: int) -> tuple[bytes, os.stat_result, os.stat_result]:
    """Return the bytes of a file, and what the file system said of it before and after they were read."""
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size > limit:
                raise _too_large(limit)
            # A buffer of the limit's size would cost more than the file; one that grew meanwhile is read on.
            data = file.read(before.st_size + 1)
            if len(data) > before.st_size:
                data += file.read(limit + 1 - len(data))
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NoteError(f"cannot be read ({error.strerror})") from error
    if len(data) > limit:
        raise _too_large(limit)
    return data, before, after


def _too_large(limit: int) -> NoteError:
    return NoteError(f"larger than {limit / 1e6:g} MB; raise the setting `index.maxFileSize` to have it indexed")


def decode(data: bytes) -> str:
    """Return the text of a note's bytes: UTF-8, or UTF-16 with its byte order mark.

    Raises:
        NoteError: it is no text, or in another encoding.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in data:
        raise NoteError("is a binary file, not text")
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NoteError(
            f"is not {encoding.removesuffix('-sig').upper()} text (byte {error.start}); "
            "save it as UTF-8 to have it indexed"
        ) from error


def is_note(name: str) -> bool:
    """Whether a file of that name is a note, by its ending."""
    return os.path.splitext(name)[1].lower() in ENDINGS  # noqa: PTH122 -- called for every file of a walk


def fact_of(path: str, found: os.stat_result) -> Fact:
    """Return the fact of the file at ``path`` that the file system describes so."""
    return Fact(path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _fact(place: str | Path, path: str) -> Fact | None:
    try:
        path.encode("utf-8")
        found = os.stat(place)  # noqa: PTH116 -- called for every file of a walk
    except UnicodeEncodeError:  # a name in no encoding that SQLite or an editor could be told
        return None
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return None
    return fact_of(path, found) if stat.S_ISREG(found.st_mode) else None
