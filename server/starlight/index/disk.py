"""The notes on disk: which there are, and their text."""

from __future__ import annotations

import codecs
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from starlight.config import Settings
from starlight.errors import NoteError, RootError
from starlight.index.ignoring import IGNORE_FILES
from starlight.index.selecting import LeftOut, Rules
from starlight.notes.links import ENDINGS

_RACY_NS = 2_000_000_000
"""Within so long after a change another one may have the same time: the coarsest clock of a file system in use."""

Failed = Callable[[str, str], None]
"""Told of a folder that cannot be read: path and reason."""


class Fact(NamedTuple):
    """What the file system says of a file; ``path`` is relative to the root, with ``/``."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0


class Selection:
    """Which files below a root are to be indexed: by their ``endings`` notes, or documents of other formats.

    Left out: hidden files and folders; symbolic links, which could lead out of the root or round in circles; what
    ``exclude`` or an ignore file matches; what ``include`` does not match, where it has patterns.
    """

    def __init__(
        self,
        root: Path,
        exclude: Iterable[str] = (),
        include: Iterable[str] = (),
        *,
        use_ignore_files: bool = True,
        endings: tuple[str, ...] = ENDINGS,
    ) -> None:
        self.root = root
        self._endings = endings
        self._place = f"{root}{os.sep}"
        self._rules = Rules(root, exclude, include, use_ignore_files=use_ignore_files)

    @classmethod
    def of(cls, root: Path, settings: Settings, endings: tuple[str, ...] = ENDINGS) -> Selection:
        """Return what ``settings`` select below ``root``."""
        use_ignore_files = settings.use_ignore_files
        return cls(root, settings.exclude, settings.include, use_ignore_files=use_ignore_files, endings=endings)

    @classmethod
    def watched(cls, root: Path, settings: Settings, endings: tuple[str, ...] = ENDINGS) -> Selection:
        """Return what of it is watched for changes."""
        return cls.of(root, replace(settings, exclude=(*settings.exclude, *settings.watcher_exclude)), endings)

    def takes(self, name: str) -> bool:
        """Whether a file of that name or path is one to be indexed, by its ending."""
        return has_ending(name, self._endings)

    def state_above(self) -> tuple[object, ...]:
        """Return what is another value when ignore files above the root have changed, which nobody watches."""
        try:
            return self._rules.state_above()
        except OSError:  # a folder above that may not be looked into
            return ()

    def walk(self, failed: Failed, folder: str = "") -> Iterator[Fact]:
        """Yield the facts of every note below ``folder``."""
        for _, notes in self._visit(failed, folder):
            for path, place in notes:
                fact = _fact(place, path)
                if fact:
                    yield fact

    def folders(self, folder: str = "") -> Iterator[str]:
        """Yield ``folder`` and the folders below it that may hold notes and can be read."""
        if not self.left_out(folder, is_folder=True):
            for path, _ in self._visit(lambda _path, _reason: None, folder):
                yield path.removesuffix("/")

    def below(self, path: str, failed: Failed) -> list[Fact]:
        """Return the facts of the note at ``path``, or of those below it where it is a folder."""
        place = self._place + path
        is_folder = os.path.isdir(place)  # noqa: PTH112 -- false, too, for a name that no file can have
        if self.left_out(path, is_folder=is_folder):
            return []
        if is_folder:
            return list(self.walk(failed, path))
        fact = _fact(place, path) if self.takes(path) else None
        return [fact] if fact else []

    def covers(self, path: str) -> bool:
        """Whether nothing speaks against ``path``, a file or (called otherwise) a folder, which may be gone."""
        return self.left_out(path, is_folder=not self.takes(path)) is None

    def left_out(self, path: str, *, is_folder: bool = False) -> LeftOut | None:
        """Return what speaks against ``path``, whatever its ending; None where nothing does."""
        *folders, last = path.split("/") if path else [""]
        names = [*(f"{name}/" for name in folders), f"{last}/" if is_folder and last else last]
        here = self._rules.top()
        for name in filter(None, names):
            here = self._rules.opened(here)
            reason = self._rules.against(here, name)
            if reason:
                return reason
            here = self._rules.entered(here, name)
            if os.path.islink(self._place + here.path.removesuffix("/")):  # noqa: PTH114 -- asked for every change
                return LeftOut("link", here.path)
        return None

    def _visit(self, failed: Failed, folder: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield every folder that can be read, with what is called like a note in it: path and place of each."""
        rules = self._rules
        here = rules.top()
        for name in filter(None, folder.split("/")):
            here = rules.entered(rules.opened(here), f"{name}/")
        waiting = [here]
        while waiting:
            here = waiting.pop()
            entries = self._entries(here.path, failed)
            if entries is None:
                continue
            if any(name in entries for name in IGNORE_FILES):
                here = rules.opened(here)
            doubts, notes, folders = here.doubts, [], []
            for name in sorted(entries):
                if name.startswith("."):
                    continue
                entry = entries[name]
                if entry.is_dir(follow_symlinks=False):
                    inner = f"{name}/"
                    if not rules.against(here, inner):
                        folders.append(rules.entered(here, inner))
                elif self.takes(name) and not (doubts and doubts(name) and rules.against(here, name)):
                    notes.append((here.path + name, entry.path))
            # In order of their paths, which the index of these takes a third less space for.
            waiting += reversed(folders)
            yield here.path, notes

    def _entries(self, folder: str, failed: Failed) -> dict[str, os.DirEntry[str]] | None:
        try:
            with os.scandir(self._place + folder) as entries:
                return {entry.name: entry for entry in entries}
        except (FileNotFoundError, NotADirectoryError):
            if not folder:  # not an empty folder: a disk that was taken away
                raise RootError(f"{self.root}: the folder is not there any more; its index is kept") from None
            return None  # it vanished between being seen and being read
        except OSError as error:
            failed(folder or ".", f"the folder cannot be read ({error.strerror})")
            return None


_LIMITED_BY = "index.maxFileSize"


def read(path: Path, limit: int) -> bytes:
    """Return the bytes of the file at ``path``.

    Raises:
        FileNotFoundError: it is not there (any more).
        NoteError: it cannot be read, or has more than ``limit`` bytes.
    """
    return _read(str(path), limit)[0]


def read_with_fact(root: Path, path: str, limit: int, limited_by: str = _LIMITED_BY) -> tuple[bytes, Fact]:
    """Return the bytes of the file at ``path`` below ``root``, and the fact that belongs to them.

    What is written while it is read, or was written just before, may change again without another time or size
    (Git's "racy" files): its fact is made one that no file has, so that the next look reads it once more.

    Raises:
        FileNotFoundError: it is not there (any more).
        NoteError: it cannot be read, or has more than ``limit`` bytes, which the setting ``limited_by`` says.
    """
    now = time.time_ns()
    data, before, after = _read(f"{root}{os.sep}{path}", limit, limited_by)
    fact = fact_of(path, after)
    is_settled = fact_of(path, before) == fact and max(fact.mtime_ns, fact.ctime_ns) < now - _RACY_NS
    return data, fact if is_settled else fact._replace(ctime_ns=0)


def _read(place: str, limit: int, limited_by: str = _LIMITED_BY) -> tuple[bytes, os.stat_result, os.stat_result]:
    """Return the bytes of a file, and what the file system said of it before and after they were read."""
    try:
        with open(place, "rb") as file:  # noqa: PTH123 -- a pathlib object would cost as much as reading
            before = os.fstat(file.fileno())
            if before.st_size > limit:
                raise _too_large(limit, limited_by)
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
        raise _too_large(limit, limited_by)
    return data, before, after


def _too_large(limit: int, limited_by: str) -> NoteError:
    return NoteError(f"larger than {limit / 1e6:g} MB; raise the setting `{limited_by}` to have it indexed")


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
    return has_ending(name, ENDINGS)


def has_ending(name: str, endings: tuple[str, ...]) -> bool:
    """Whether ``name``, of a file or a path to it, has one of ``endings``, and more than that."""
    return name.lower().endswith(endings) and name not in endings


def fact_of(path: str, found: os.stat_result) -> Fact:
    """Return the fact of the file at ``path`` that the file system describes so."""
    return Fact(path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _fact(place: str, path: str) -> Fact | None:
    try:
        if not path.isascii():
            path.encode("utf-8")
        found = os.lstat(place)
    except UnicodeEncodeError:  # a name in no encoding that SQLite or an editor could be told
        return None
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return None
    return fact_of(path, found) if stat.S_ISREG(found.st_mode) else None
