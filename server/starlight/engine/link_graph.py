"""The notes of one root in memory, as far as links need them: their names, and which links to which.

It is read once; when the index has changed, what changed is read.  Notes that are open in an editor are laid over
it, so that what is called and linked there counts before it is saved.
"""

from __future__ import annotations

import posixpath
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from starlight.index.overview import Overview
from starlight.index.reader import Reader
from starlight.notes import markdown
from starlight.notes.links import Asked, asked_by, meant, name_key, resolve, stem_of
from starlight.notes.model import Link, LinkKind, Note, Properties

_TEXT_FIRST = 5
"""So many links with their text first, and twice as many as others with a bar, show that a vault writes them so."""


class Placed(NamedTuple):
    """A link to a note: where in its own note it starts, and the path that it leads to."""

    start: int
    to: str
    kind: LinkKind
    text_first: bool | None
    """Of a wikilink with a bar."""


class Entry(NamedTuple):
    """A note: how it is called, and what describes it."""

    path: str
    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    properties: Properties
    mtime_ns: int

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return stem_of(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """Its title, the file's name and the aliases, each once."""
        return tuple(dict.fromkeys((self.title, self.stem, *self.aliases)))


class LinkGraph:
    """The notes of one index and those that are open.  Use it on one thread.

    ``check`` is called again and again while it is made, which may take seconds, and ends that by an error.
    """

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self._check = check
        self.entries: dict[str, Entry] = {}
        """By path."""
        self.links: dict[str, tuple[Placed, ...]] = {}
        """By the path of the note that they stand in, in order; links to itself are left out.

        Another one whenever anything has changed: who has it may read it on when others have their turn.
        """
        self.backlinks: dict[str, Counter[str]] = {}
        """How often each note is linked from which others."""
        self.missing: dict[str, set[str]] = {}
        """Names that wikilinks ask for and no note has, as they are written, with the notes that ask."""
        self.by_name: dict[str, list[str]] = {}
        """Paths by the key of each name (``notes.links.name_key``)."""
        self.by_folder: dict[str, list[str]] = {}
        """Paths by folder; the parts of a name with dots (``project.garden.beds``) are folders too."""
        self.paths: list[str] = []
        """The paths of the entries, in their order: a note's number is its place here, while ``version`` stays."""
        self.numbers: dict[str, int] = {}
        """The number of each note, by path."""
        self.n_links: Counter[str] = Counter()
        """How many links to notes are of which kind."""
        self._n_orders: Counter[bool | None] = Counter()
        """How many wikilinks with a bar have their text first, and how many do not."""
        self.version = 0
        """Another one whenever a name or a path has changed."""
        self.edition = 0
        """Another one whenever anything has changed."""
        self._reader: Reader | None = None
        self._revision = -1
        self._stored: dict[int, tuple[str, bytes, int]] = {}
        self._opened: dict[str, tuple[str, Note]] = {}
        self._followed: dict[Asked, tuple[str | None, bool]] = {}
        """Where what links ask for is, and whether their text is first."""

    @property
    def text_first(self) -> bool:
        """Whether wikilinks name their target after the bar, as Dendron writes them."""
        return self._n_orders[True] >= max(_TEXT_FIRST, 2 * self._n_orders[False] + 1)

    def exists(self, path: str) -> bool:
        """Whether there is a note at ``path``."""
        return path in self.entries

    def named(self, key: str) -> list[str]:
        """The paths of the notes with that name."""
        return self.by_name.get(key, [])

    def resolve(self, link: Link, source: str) -> str | None:
        """Return the path of the note that ``link`` in the note at ``source`` leads to; None where there is none."""
        return self._follow(link, source)[0]

    def refresh(self, reader: Reader, opened: Mapping[str, str]) -> bool:
        """Take what changed in the index and in the notes ``opened``, texts by path; false where nothing did.

        After an error all of it is taken anew the next time.
        """
        try:
            return self._refresh(reader, opened)
        except Exception:
            self._forget()
            raise

    def _refresh(self, reader: Reader, opened: Mapping[str, str]) -> bool:
        if reader is not self._reader:
            self._reader, self._revision, self._stored = reader, -1, {}
        with reader.snapshot(), reader.overview() as overview:
            typed, closed = self._open(opened)
            revision = reader.status().revision
            if revision == self._revision and not typed and not closed:
                return False
            stored = overview.versions()
            changed = {
                id_: path for id_, (path, *_) in stored.items() if self._is_new(id_, stored[id_]) or path in closed
            }
            there = {path for path, *_ in stored.values()} | self._opened.keys()
            self._revision, self._stored = revision, stored
            self.edition += 1
            self._take(overview, changed, typed, self.entries.keys() - there)
        return True

    def _forget(self) -> None:
        self._reader, self._opened = None, {}
        self.entries, self.links, self.backlinks, self.missing = {}, {}, {}, {}
        self.by_name, self.by_folder, self.n_links, self._n_orders = {}, {}, Counter(), Counter()
        self.paths, self.numbers = [], {}
        self.version += 1
        self.edition += 1

    def _is_new(self, id_: int, version: tuple[str, bytes, int]) -> bool:
        return self._stored.get(id_) != version

    def _open(self, opened: Mapping[str, str]) -> tuple[set[str], set[str]]:
        """Parse what is open; returns the paths of which text is another one, and of those that were closed."""
        closed = self._opened.keys() - opened.keys()
        for path in closed:
            del self._opened[path]
        typed = {path for path, text in opened.items() if path not in self._opened or self._opened[path][0] != text}
        for path in typed:
            self._opened[path] = opened[path], markdown.parse(opened[path], stem_of(path))
        return typed, set(closed)

    def _take(self, overview: Overview, changed: Mapping[int, str], typed: set[str], gone: Iterable[str]) -> None:
        entries = {
            note.path: Entry(note.path, note.title, note.aliases, note.tags, note.properties, note.mtime_ns)
            for note in overview.notes(id_ for id_, path in changed.items() if path not in self._opened)
        }
        mtimes = {path: mtime_ns for path, _, mtime_ns in self._stored.values()} if typed else {}
        for path in typed:  # one that is in no file yet was changed just now
            entries[path] = self._entry(path, mtimes.get(path, time.time_ns()))
        if self._rename(entries, gone):
            self._link_all(overview)
            return
        self.links = dict(self.links)
        ids = {id_: path for id_, path in changed.items() if path not in self._opened}
        for path in ids.values():
            self._unlink(path)
        self._link(_stored_links(overview, ids))
        for path in typed:
            self._unlink(path)
            self._link([(path, list(self._opened[path][1].links))])

    def _entry(self, path: str, mtime_ns: int) -> Entry:
        note = self._opened[path][1]
        return Entry(path, note.title, note.aliases, note.tags, note.properties, mtime_ns)

    def _rename(self, entries: Mapping[str, Entry], gone: Iterable[str]) -> bool:
        """Take ``entries`` in, and leave out what is ``gone``; returns whether any name or path is another one."""
        before = {path: self.entries.get(path) for path in entries}
        moved = [path for path in gone if self.entries.pop(path, None)]
        self.entries.update(entries)
        if not moved and all(old and old.names == entries[path].names for path, old in before.items()):
            return False
        self.by_name = {}
        for path, entry in self.entries.items():
            for key in {name_key(name) for name in entry.names}:
                self.by_name.setdefault(key, []).append(path)
        self.paths = list(self.entries)
        self.numbers = {path: number for number, path in enumerate(self.paths)}
        self.by_folder = {}
        for path in self.entries:
            for folder in {posixpath.dirname(path), family(path)}:
                self.by_folder.setdefault(folder, []).append(path)
        self.version += 1
        return True

    def _link_all(self, overview: Overview) -> None:
        """Follow every link anew: with other names each may lead somewhere else."""
        self.links, self.backlinks, self.missing, self._followed = {}, {}, {}, {}
        self.n_links, self._n_orders = Counter(), Counter()
        ids = {id_: path for id_, (path, *_) in self._stored.items() if path not in self._opened}
        self._link(_stored_links(overview, ids))
        self._link((path, list(note.links)) for path, (_, note) in self._opened.items())

    def _unlink(self, path: str) -> None:
        for placed in self.links.pop(path, ()):
            self.backlinks[placed.to].pop(path, None)
            self.n_links[placed.kind] -= 1
            self._n_orders[placed.text_first] -= 1
        for asking in self.missing.values():
            asking.discard(path)

    def _link(self, found: Iterable[tuple[str, list[Link]]]) -> None:
        for source, links in found:
            self._check()
            placed = []
            for link in links:
                to, text_first = self._follow(link, source)
                if to and to != source:
                    has_bar = link.kind == "wiki" and bool(link.text)
                    placed.append(Placed(link.start, to, link.kind, text_first if has_bar else None))
                    self.backlinks.setdefault(to, Counter())[source] += 1
                    self.n_links[link.kind] += 1
                    self._n_orders[placed[-1].text_first] += 1
                elif not to and link.kind == "wiki" and link.target:
                    self.missing.setdefault(link.target, set()).add(source)
            self.links[source] = tuple(placed)

    def _follow(self, link: Link, source: str) -> tuple[str | None, bool]:
        if not link.target:
            return source, False
        asked = asked_by(link, source)
        if asked not in self._followed:
            link = meant(link, source, self.exists, self.named)
            self._followed[asked] = resolve(link, source, self.exists, self.named), link.text_first
        return self._followed[asked]


def family(path: str) -> str:
    """Return the folder of a note, its name's own parts included: ``a/b.c.md`` lies in ``a/b``."""
    return "/".join(filter(None, (posixpath.dirname(path), *stem_of(path).split(".")[:-1])))


def _stored_links(overview: Overview, paths: Mapping[int, str]) -> Iterator[tuple[str, list[Link]]]:
    """Yield the path of each note with links, with these."""
    links: dict[int, dict[int, Link]] = {}
    for note, start, is_wiki, target, text in overview.links(paths):
        # Stored under each of the names that it may call, and one link all the same.
        links.setdefault(note, {})[start] = Link("wiki" if is_wiki else "markdown", target, "", text, start, start)
    for id_, path in paths.items():
        yield path, [link for _, link in sorted(links.get(id_, {}).items())]
