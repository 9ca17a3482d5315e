"""The notes of one root in memory, as far as links need them: their names, and which links to which.

It is read once; when the index has changed, what changed is read.  Notes that are open in an editor are laid over
it, so that what is called and linked there counts before it is saved.
"""

from __future__ import annotations

import itertools
import time
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from starlight.engine.adjacency import MARKDOWN, TEXT_FIRST, TEXT_LAST, WIKI, Adjacency, Row
from starlight.engine.entries import Entries, Entry
from starlight.index.overview import Overview, Stamp
from starlight.index.reader import Reader
from starlight.notes import markdown
from starlight.notes.links import Asked, asked_by, meant, resolve, stem_of
from starlight.notes.model import Link, LinkKind, Note

_TEXT_FIRST = 5
"""So many links with their text first, and twice as many as others with a bar, show that a vault writes them so."""
_AT_ONCE = 1_000
"""Notes that are read at once: what is needed for that in memory is bounded."""
_REMEMBERED = 20_000
"""Ways that links lead which are remembered while all are followed: many lead alike, from one folder above all."""


class _Change(NamedTuple):
    """What is another in the index than it was: ids of notes that are read, paths of notes that are gone.

    ``stamps`` are those of notes that are open, by path: these are not read.
    """

    ids: Sequence[int]
    gone: Collection[str]
    stamps: Mapping[str, Stamp]


class LinkGraph:
    """The notes of one index and those that are open.  Use it on one thread.

    ``check`` is called again and again while it is made, which may take seconds, and ends that by an error.
    """

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self._check = check
        self.entries = Entries()
        """The notes; another object whenever a name or a path has changed, and with it the numbers of notes."""
        self.links = Adjacency()
        """Links to other notes, by these numbers; another object whenever anything has changed."""
        self.missing: dict[str, set[int]] = {}
        """Names that wikilinks ask for and no note has, as they are written, with the notes that ask."""
        self.version = 0
        """Another one whenever a name or a path has changed."""
        self.edition = 0
        """Another one whenever anything has changed."""
        self._reader: Reader | None = None
        self._revision = -1
        self._opened: dict[str, tuple[str, Note]] = {}
        self._followed: dict[Asked, tuple[str | None, bool]] = {}
        """Where what links ask for is, and whether their text is first."""
        self._properties: dict[str | None, Counter[str]] = {}
        """What was counted of front matter since anything changed: the values of fields, and by None their names."""

    @property
    def text_first(self) -> bool:
        """Whether wikilinks name their target after the bar, as Dendron writes them."""
        counts = self.links.counts
        return counts[TEXT_FIRST] >= max(_TEXT_FIRST, 2 * counts[TEXT_LAST] + 1)

    @property
    def n_links(self) -> dict[LinkKind, int]:
        """How many links to notes are of which kind."""
        counts = self.links.counts
        return {"markdown": counts[MARKDOWN], "wiki": counts[WIKI] + counts[TEXT_FIRST] + counts[TEXT_LAST]}

    def exists(self, path: str) -> bool:
        """Whether there is a note at ``path``."""
        return self.entries.paths.find(path) >= 0

    def named(self, key: str) -> Sequence[str]:
        """The paths of the notes with that name."""
        return self.entries.named(key)

    def resolve(self, link: Link, source: str) -> str | None:
        """Return the path of the note that ``link`` in the note at ``source`` leads to; None where there is none."""
        return self._follow(link, source)[0]

    def property_names(self) -> Counter[str]:
        """Return how many notes have a field in their front matter, by its name."""
        return self._counted(None, Overview.property_names, lambda note: (name for name, _ in note.properties))

    def property_values(self, name: str) -> Counter[str]:
        """Return how often the field ``name`` of front matter has each of its values."""
        return self._counted(
            name,
            lambda overview: overview.property_values(name),
            lambda note: (value for key, values in note.properties if key == name for value in values),
        )

    def _counted(
        self,
        what: str | None,
        stored: Callable[[Overview], Iterable[tuple[str, str]]],
        opened: Callable[[Note], Iterable[str]],
    ) -> Counter[str]:
        """Count what is ``stored``, each with the path of its note, and what is in the notes that are open."""
        if self._reader is None or what in self._properties:
            return self._properties.get(what, Counter())
        with self._reader.overview() as overview:
            found = Counter(text for path, text in stored(overview) if path not in self._opened)
        found.update(text for _, note in self._opened.values() for text in opened(note))
        self._properties[what] = found
        return found

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
        is_other = reader is not self._reader
        with reader.snapshot(), reader.overview() as overview:
            typed, closed = self._open(opened)
            revision = reader.status().revision
            is_same = revision == self._revision and not is_other
            if is_same and not typed and not closed:
                return False
            change = self._closed(closed) if is_same else self._compared(overview, closed, is_other=is_other)
            self._reader, self._revision, self._properties = reader, revision, {}
            self.edition += 1
            self._take(overview, change, typed)
        return True

    def _forget(self) -> None:
        self._reader, self._opened, self._properties = None, {}, {}
        self.entries, self.links, self.missing, self._followed = Entries(), Adjacency(), {}, {}
        self.version += 1
        self.edition += 1

    def _open(self, opened: Mapping[str, str]) -> tuple[set[str], set[str]]:
        """Parse what is open; returns the paths of which text is another one, and of those that were closed."""
        closed = self._opened.keys() - opened.keys()
        for path in closed:
            del self._opened[path]
        typed = {path for path, text in opened.items() if path not in self._opened or self._opened[path][0] != text}
        for path in typed:
            self._opened[path] = opened[path], markdown.parse(opened[path], stem_of(path))
        return typed, set(closed)

    def _closed(self, closed: Collection[str]) -> _Change:
        """Return what changes where notes were ``closed`` and the index is as it was."""
        entries = [self.entries[path] for path in closed]
        ids = array("q", (entry.id for entry in entries if entry.id))
        return _Change(ids, {entry.path for entry in entries if not entry.id}, {})

    def _compared(self, overview: Overview, closed: Collection[str], *, is_other: bool) -> _Change:
        """Return what is another in the index than it was; of a note that is open, its stamp is taken."""
        entries = self.entries
        there = bytearray(len(entries))
        ids, stamps = array("q"), {}
        for each in overview.stamps():
            number = entries.paths.find(each.path)
            if number >= 0:
                there[number] = True
                if not is_other and entries.versions[number] == each.version and each.path not in closed:
                    continue
            if each.path in self._opened:
                stamps[each.path] = each
            else:
                ids.append(each.id)
        absent = (entries.paths[number] for number, is_there in enumerate(there) if not is_there)
        return _Change(ids, {path for path in absent if path not in self._opened}, stamps)

    def _take(self, overview: Overview, change: _Change, typed: set[str]) -> None:
        opened = (self._entry(path, change.stamps.get(path)) for path in typed | change.stamps.keys())
        fresh = itertools.chain(self._stored(overview, change.ids), opened)
        if not self.entries:
            self._number(fresh)
            self._link_all(overview)
            return
        entries = {entry.path: entry for entry in fresh}
        if self._rename(entries, change.gone):
            self._link_all(overview)
            return
        number = self.entries.paths.find
        for asking in self.missing.values():
            asking.difference_update(map(number, entries))
        stored = {entry.id: number(path) for path, entry in entries.items() if path not in self._opened}
        rows = dict(self._rows(overview, stored))
        for path in entries.keys() & self._opened.keys():
            rows[number(path)] = self._row(path, self._opened[path][1].links)
        self.links = self.links.with_rows(rows)

    def _stored(self, overview: Overview, ids: Sequence[int]) -> Iterator[Entry]:
        """Yield the notes with those ``ids`` as the index has them."""
        for start in range(0, len(ids), _AT_ONCE):
            self._check()
            for note in overview.notes(ids[start : start + _AT_ONCE]):
                yield Entry(note.path, note.title, note.aliases, note.tags, note.mtime_ns, note.id, note.version)

    def _entry(self, path: str, stamp: Stamp | None) -> Entry:
        """Return a note that is open; one that is in no file yet was changed just now."""
        note, known = self._opened[path][1], stamp or self.entries.get(path)
        entry = Entry(path, note.title, note.aliases, note.tags, time.time_ns())
        return entry._replace(mtime_ns=known.mtime_ns, id=known.id, version=known.version) if known else entry

    def _number(self, entries: Iterable[Entry]) -> None:
        self.entries = Entries(entries)
        self.version += 1

    def _rename(self, entries: Mapping[str, Entry], gone: Collection[str]) -> bool:
        """Take ``entries`` in, and leave out what is ``gone``; returns whether any name or path is another one."""
        before = {path: self.entries.get(path) for path in entries}
        if not gone and all(old and old.names == entries[path].names for path, old in before.items()):
            for entry in entries.values():
                self.entries.describe(entry)
            return False
        kept = (entries.get(entry.path, entry) for entry in self.entries.each() if entry.path not in gone)
        self._number(itertools.chain(kept, (entry for path, entry in entries.items() if before[path] is None)))
        return True

    def _link_all(self, overview: Overview) -> None:
        """Follow every link anew: with other names each may lead somewhere else."""
        self.missing, self._followed = {}, {}
        self.links = Adjacency(self._all_rows(overview))
        self._followed = {}
        self.entries.named.cache_clear()

    def _all_rows(self, overview: Overview) -> Iterator[Row]:
        ids, paths = self.entries.ids, self.entries.paths
        for start in range(0, len(paths), _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, len(paths)))
            stored = dict(
                self._rows(overview, {ids[each]: each for each in numbers if paths[each] not in self._opened})
            )
            for number in numbers:
                yield (
                    stored[number]
                    if number in stored
                    else self._row(paths[number], self._opened[paths[number]][1].links)
                )

    def _rows(self, overview: Overview, numbers: Mapping[int, int]) -> Iterator[tuple[int, Row]]:
        """Yield the links of stored notes, by the number of each; ``numbers`` has these by the notes' ids."""
        links: dict[int, dict[int, Link]] = {}
        for note, start, is_wiki, target, text in overview.links(numbers):
            # Stored under each of the names that it may call, and one link all the same.
            links.setdefault(note, {})[start] = Link("wiki" if is_wiki else "markdown", target, "", text, start, start)
        for id_, number in numbers.items():
            found = links.get(id_, {})
            yield number, self._row(self.entries.paths[number], [found[start] for start in sorted(found)])

    def _row(self, source: str, links: Iterable[Link]) -> Row:
        """Return the links of the note at ``source`` to others; links to itself are left out."""
        self._check()
        starts, targets, kinds = array("i"), array("i"), bytearray()
        for link in links:
            to, text_first = self._follow(link, source)
            if to and to != source:
                starts.append(link.start)
                targets.append(self.entries.paths.find(to))
                kinds.append(_kind(link, text_first=text_first))
            elif not to and link.kind == "wiki" and link.target:
                self.missing.setdefault(link.target, set()).add(self.entries.paths.find(source))
        return Row(starts, targets, bytes(kinds))

    def _follow(self, link: Link, source: str) -> tuple[str | None, bool]:
        if not link.target:
            return source, False
        asked = asked_by(link, source)
        found = self._followed.get(asked)
        if found is None:
            if len(self._followed) >= _REMEMBERED:
                self._followed.clear()
            link = meant(link, source, self.exists, self.named)
            found = self._followed[asked] = resolve(link, source, self.exists, self.named), link.text_first
        return found


def _kind(link: Link, *, text_first: bool) -> int:
    if link.kind == "markdown":
        return MARKDOWN
    if not link.text:
        return WIKI
    return TEXT_FIRST if text_first else TEXT_LAST
