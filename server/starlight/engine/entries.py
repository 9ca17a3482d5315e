"""How the notes of one root are called and what describes them, in columns: each note has a number."""

from __future__ import annotations

import functools
import posixpath
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from starlight.engine.strings import Groups, Numbered, Strings
from starlight.notes.links import name_key, stem_of

_ASKED_AGAIN = 4_096
"""Names whose notes are remembered while links are followed: many ask for "index", and thousands may be called so."""


class Entry(NamedTuple):
    """A note: how it is called, and what describes it."""

    path: str
    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    mtime_ns: int
    id: int = 0
    """In the index; 0 for one that is only open in an editor."""
    version: int = 0
    """What tells what the index had of it from what it has later."""

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return stem_of(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """Its title, the file's name and the aliases, each once."""
        return tuple(dict.fromkeys((self.title, self.stem, *self.aliases)))


class Entries(Mapping[str, Entry]):
    """Notes by path.  Who has them may read them on: how they are called, and their numbers, never change."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.titles = Strings()
        self.tags: list[tuple[str, ...]] = []
        self.mtimes, self.ids, self.versions = array("q"), array("q"), array("q")
        self._aliases: list[tuple[str, ...]] = []
        self.paths = Numbered(self._taken(entries))
        self._called = Groups(self._names())
        self._beside = Groups(self._folders())
        self.named = functools.lru_cache(_ASKED_AGAIN)(self.called)
        """``called``, which remembers what it was asked."""

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.paths.find(path) >= 0

    def __getitem__(self, path: str) -> Entry:
        number = self.paths.find(path)
        if number < 0:
            raise KeyError(path)
        return self.at(number)

    def at(self, number: int) -> Entry:
        """Return the note with that number."""
        return Entry(
            self.paths[number],
            self.titles[number],
            self._aliases[number],
            self.tags[number],
            self.mtimes[number],
            self.ids[number],
            self.versions[number],
        )

    def each(self) -> Iterator[Entry]:
        """Yield all notes, in the order of their numbers."""
        return map(self.at, range(len(self)))

    def lying(self, folder: str) -> Sequence[int]:
        """Return the notes in ``folder``; the parts of a name with dots (``project.garden.beds``) are folders too."""
        return self._beside.find(folder)

    def describe(self, entry: Entry) -> None:
        """Take what describes a note that is called as it was."""
        number = self.paths.find(entry.path)
        self.tags[number] = entry.tags
        self.mtimes[number], self.ids[number], self.versions[number] = entry.mtime_ns, entry.id, entry.version

    def called(self, key: str) -> tuple[str, ...]:
        """Return the paths of the notes with that name, as ``notes.links.name_key`` has it."""
        return tuple(self.paths[number] for number in self._called.find(key))

    def _taken(self, entries: Iterable[Entry]) -> Iterator[str]:
        """Take all but the paths of ``entries``, and yield these."""
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        for entry in entries:
            if entry.tags not in shared:
                shared[entry.tags] = tuple(map(sys.intern, entry.tags))
            self.titles.append(entry.title)
            self._aliases.append(entry.aliases)
            self.tags.append(shared[entry.tags])
            self.mtimes.append(entry.mtime_ns)
            self.ids.append(entry.id)
            self.versions.append(entry.version)
            yield entry.path

    def _names(self) -> Iterator[tuple[str, int]]:
        for number, (path, title) in enumerate(zip(self.paths, self.titles, strict=True)):
            for key in {name_key(title), name_key(stem_of(path)), *map(name_key, self._aliases[number])}:
                yield key, number

    def _folders(self) -> Iterator[tuple[str, int]]:
        for number, path in enumerate(self.paths):
            for folder in {posixpath.dirname(path), family(path)}:
                yield folder, number


def family(path: str) -> str:
    """Return the folder of a note, its name's own parts included: ``a/b.c.md`` lies in ``a/b``."""
    return "/".join(filter(None, (posixpath.dirname(path), *stem_of(path).split(".")[:-1])))
