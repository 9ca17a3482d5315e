"""Which folder is indexed, and where its index lies: outside of it, in the user's cache folder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlight.errors import DiskFull, IndexReadOnly, RootError, RootRefused

_SUCCESSOR = ".new.db"
_NEIGHBOURS = "neighbours-1-"
"""The number goes up with each change of what is in such a file (``engine/neighbours.py``)."""
_PLACES = "places-1-"
"""The same of the places of notes on the map (``engine/map.py``)."""
_CACHE = "cache-1.db"
"""The number goes up with each change of a table in ``cache.py``: two versions of Starlight have a file each then.  One
that is added leaves the others as they were, and the file its name."""


@dataclass(frozen=True, slots=True)
class Location:
    """A root and the files that belong to its index."""

    root: Path
    folder: Path

    def database(self, fingerprint: str) -> Path:
        """The database of the index with that fingerprint."""
        return self.folder / f"index-{fingerprint}.db"

    def successor(self, fingerprint: str) -> Path:
        """The database that is made to take the place of the one with that fingerprint."""
        return self.folder / f"index-{fingerprint}{_SUCCESSOR}"

    @property
    def cache(self) -> Path:
        """What is costly to make and keyed by content, whatever the fingerprint."""
        return self.folder / _CACHE

    def neighbours(self, fingerprint: str) -> Path:
        """Which notes are near which, by the index with that fingerprint; it may be lost."""
        return self.folder / f"{_NEIGHBOURS}{fingerprint}.npz"

    def places(self, fingerprint: str) -> Path:
        """Where notes lie on the map, by the index with that fingerprint; it may be lost."""
        return self.folder / f"{_PLACES}{fingerprint}.npz"

    @property
    def map(self) -> Path:
        """The page of the map that an editor opens."""
        return self.folder / "map.html"

    @property
    def lock(self) -> Path:
        """Held by the one indexer that may write."""
        return self.folder / "indexer.lock"

    @property
    def control(self) -> Path:
        """Where the running indexer says how it can be reached."""
        return self.folder / "indexer.json"

    @property
    def log(self) -> Path:
        """What the last indexer process said."""
        return self.folder / "indexer.log"

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Turn what the disk says of the files beside the index into errors for people."""
        try:
            yield
        except OSError as error:
            folder = self.folder
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(
                    f"{folder}: no space is left for the index; free some and run again: it goes on"
                ) from error
            raise IndexReadOnly(
                f"{folder}: the index cannot be written ({error.strerror}); "
                "change its permissions, or set XDG_CACHE_HOME to a folder that can be"
            ) from error

    def other_caches(self) -> list[Path]:
        """The caches of other versions."""
        return sorted(path for path in self.folder.glob("cache*.db") if path.name != _CACHE)

    def other_neighbours(self, database: Path) -> list[Path]:
        """Which notes are near which, and where they lie on the map, by other indexes than the one at ``database``.

        With them what is left of such a file whose writer was killed.
        """
        fingerprint = database.stem.removeprefix("index-")
        own = {self.neighbours(fingerprint), self.places(fingerprint)}
        return sorted({*self.folder.glob("neighbours-*.npz*"), *self.folder.glob("places-*.npz*")} - own)

    def databases(self) -> list[Path]:
        """The databases that are there to be searched, of whatever fingerprint."""
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 -- asked for every search, and a glob takes several times as long
        except OSError:
            return []
        found = (name for name in names if name.startswith("index-") and name.endswith(".db"))
        return sorted(self.folder / name for name in found if not name.endswith(_SUCCESSOR))


def locate(root: Path) -> Location:
    """Return the location of the index of ``root``, a real path."""
    import platformdirs

    key = os.path.normcase(str(root))
    name = re.sub(r"[^\w.-]+", "-", root.name or "root")[:40]
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return Location(root, platformdirs.user_cache_path("starlight", appauthor=False) / "indexes" / f"{name}-{digest}")


def resolve_root(root: str | Path, *, force: bool = False) -> Path:
    """Return the real path of ``root``.

    Raises:
        RootError: it is missing, is not a folder, or may not be read.
        RootRefused: it is a home directory or holds one, and ``force`` is false.
    """
    path = Path(root).expanduser()
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
    except FileNotFoundError:
        raise RootError(f"{path}: there is no such folder; check the spelling, or create it first") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise RootError(f"{path}: cannot be opened ({getattr(error, 'strerror', None) or error})") from error
    if not stat.S_ISDIR(mode):
        raise RootError(f"{path}: is a file, not a folder; name the folder that holds your notes")
    if not os.access(real, os.R_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise RootError(f"{path}: may not be read; change its permissions, or name another folder")
    if not force and _too_wide(real):
        raise RootRefused(
            f"{real} is a home directory or holds one: indexing it would read everything you have. "
            "Name the folder that holds your notes; if you do mean all of it, ask again and say so"
        )
    return real


def within(root: Path, path: Path) -> str | None:
    """Return the absolute ``path`` relative to ``root``, with ``/``; None where it lies outside.

    Links on the way to the root are followed; one at or below it is not, so that it can be spoken of.
    """
    normal = Path(os.path.normpath(path))
    for place in (normal, *(folder.resolve() / normal.relative_to(folder) for folder in reversed(normal.parents))):
        if place.is_relative_to(root):
            inside = place.relative_to(root).as_posix()
            return "" if inside == "." else inside
    return None


def _too_wide(real: Path) -> bool:
    try:
        home = Path.home().resolve()
    except (OSError, RuntimeError):  # no home directory is known
        return real == Path(real.anchor)
    return real == home or real in home.parents
