"""The notes as their reader has them now: open buffers first, then the index, then the disk.

What needs no index answers without one: while it is built, a link is followed to a file that is there.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from starlight.engine import lined
from starlight.engine.hits import Hit
from starlight.engine.lined import Lined, is_lined, line_span
from starlight.engine.parsed import Parsed, note_with
from starlight.engine.summary import NO_LINE, SummaryLine
from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.disk import Fact
from starlight.index.reader import Reader
from starlight.index.records import Spot, span_of
from starlight.notes.link_text import spelling
from starlight.notes.links import (
    Asked,
    asked_by,
    keys_called,
    link_at,
    meant,
    name_key,
    resolve,
    stem_of,
    target_key,
    target_of,
    turned,
)
from starlight.notes.model import Link, Note
from starlight.notes.place import Lines, Span

Search = Callable[[str, int], Sequence[Hit]]
"""Gives the passages that fit a text best, best first, at most so many."""
Line = Callable[[str, str, Note], SummaryLine]
"""Gives the line that stands for the note at a path, which has that text, parsed; empty where there is none."""


def names_of(path: str, note: Note) -> frozenset[str]:
    """Return every name by which the note at ``path`` can be called (``notes.links.name_key``)."""
    return frozenset(map(name_key, (note.title, *note.aliases, stem_of(path))))


def called_as(path: str) -> set[str]:
    """Return the names by which links to the file at ``path`` are stored that are no names of the note itself."""
    folder, _, name = path.rpartition("/")
    return {target_key(path), target_key(folder)} if name.lower() == "index.md" else {target_key(path)}


def key_of(link: Link) -> str:
    """Return the name that ``link`` calls, as the index stores it."""
    return target_key(target_of(link))


class Catalogue:
    """What can be known of the notes of one root, for one request.  Use it on one thread.

    ``opened`` are the texts of open notes by path; ``texts`` those of all open documents, where others are open, too:
    other files, and the text of the document that is looked at.
    """

    def __init__(
        self,
        root: Path,
        reader: Reader | None,
        opened: Mapping[str, str],
        max_bytes: int,
        parsed: Parsed | None = None,
        search: Search = lambda _text, _limit: (),
        texts: Mapping[str, str] | None = None,
        line: Line = lambda _path, _text, _note: NO_LINE,
    ) -> None:
        self.line = line
        self.root = root
        self.opened = opened
        self.search = search
        self._open_texts = texts or opened
        self._reader = reader
        self._max_bytes = max_bytes
        self._parsed = parsed or Parsed()
        self._parsed.keep(opened)
        self._texts: dict[str, str | None] = {}
        self._notes: dict[str, Note] = {}
        self._lines: dict[str, Lines] = {}
        self.exists = functools.cache(self._exists)
        self.named = functools.cache(self._named)
        self._resolved = functools.cache(self._resolve)
        self._is_text_first = functools.cache(self._has_text_first)
        self._spots: dict[tuple[str, int, int], Spot] = {}
        """Where links stood when they were indexed, by path and offsets."""
        self._lined: dict[str, Lined | None] = {}
        self._lines_of_links: dict[tuple[str, int, int], Span] = {}
        """Of links in files with lines that are no notes, by path and offsets in these."""
        self._facts: dict[str, Fact] = {}
        """Of their files."""
        self._is_as_indexed = functools.cache(self._has_its_fact)

    @functools.cached_property
    def is_complete(self) -> bool:
        """Whether the index has all notes, so that what it does not have is not there."""
        if self._reader is None:
            return False
        status = self._reader.status()
        return status.state in ("ready", "paused") and not status.queue

    @property
    def reader(self) -> Reader | None:
        """The index; None where there is none yet."""
        return self._reader

    def text(self, path: str) -> str | None:
        """Return the text of the note at ``path``; None where there is none that can be read."""
        if path in self._open_texts:
            return self._open_texts[path]
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def note(self, path: str) -> Note | None:
        """Return the note at ``path``, parsed; None where it cannot be read."""
        text = self.text(path)
        if text is None:
            return None
        if path in self.opened:
            return self._parsed.note(path, text)
        if path not in self._notes:
            self._notes[path] = note_with(text, path)
        return self._notes[path]

    def lines(self, path: str) -> Lines:
        """Return the lines of the note at ``path``."""
        if path in self.opened:
            return self._parsed.lines(path, self.opened[path])
        if path not in self._lines:
            self._lines[path] = Lines(self.text(path) or "")
        return self._lines[path]

    def resolve(self, link: Link, source: str) -> str | None:
        """Return the path of the file that ``link``, in the note at ``source``, leads to; None where there is none."""
        if not link.target:
            return source
        return self._resolved(asked_by(link, source))

    def meant(self, link: Link, source: str) -> Link:
        """Return ``link``, in the note at ``source``, in the order in which it is written (``notes.links.meant``)."""
        other = turned(link)
        if other is None:
            return link
        return other if self._is_text_first(asked_by(link, source)) else link

    def links(self, path: str) -> list[Link]:
        """Return the links of the note at ``path``, each in its order; none where it cannot be read."""
        note = self.note(path)
        return [self.meant(link, path) for link in note.links] if note else []

    def link_at(self, path: str, offset: int) -> Link | None:
        """Return the link of the note at ``path`` that covers ``offset``, in its order."""
        note = self.note(path)
        link = link_at(note, offset) if note else None
        return self.meant(link, path) if link else None

    def title(self, path: str) -> str:
        """Return the title of the note at ``path``; its file name where it cannot be read."""
        if self._reader and path not in self.opened:
            found = self._reader.lookup.titles([path]).get(path)
            if found is not None:
                return found
        note = self.note(path)
        return note.title if note else stem_of(path)

    def calling(self, keys: Iterable[str], of: str = "") -> list[tuple[str, Link]]:
        """Return the links that call something by one of those names, each with the path of its note.

        With ``of``, the path of a file that is no note, also those by the names that the index has of it.  Their
        places are those of the text as it was indexed, save in open notes; see ``placed``.
        """
        keys = set(keys)
        stored = self._reader.lookup.calling(keys, of) if self._reader else []
        found = [(each.path, self.meant(each.link, each.path)) for each in stored if each.path not in self.opened]
        for source, link, spot, fact in stored:
            self._spots[source, link.start, link.end] = spot
            self._facts[source] = fact
        found += [(path, self.meant(link, path)) for path, link in self._calling_in_opened(keys, of)]
        return list(dict.fromkeys(found))

    def _calling_in_opened(self, keys: set[str], of: str) -> Iterator[tuple[str, Link]]:
        for path in self.opened:
            note = self.note(path)
            for link in note.links if note else ():
                if of or not keys.isdisjoint(keys_called(link)):
                    yield path, link

    def around(self, paths: Iterable[str]) -> list[tuple[str, Link]]:
        """Return the links in the files at ``paths``, those that may lead to one of them, and all of open notes."""
        paths = list(paths)
        stored = self._reader.lookup.around(paths) if self._reader else []
        found = [(source, self.meant(link, source)) for source, link in stored if source not in self.opened]
        found += self.calling({key for path in paths for key in called_as(path)})
        for path in self.opened:
            found += [(path, link) for link in self.links(path) if link.target]
        return list(dict.fromkeys(found))

    def leading_to(self, path: str) -> list[tuple[str, Link]]:
        """Return the links that lead to the file at ``path``, each with the path of its note; no places yet.

        Links of that note itself are among them where they name it.
        """
        calling = self.calling(*self._names_of(path))
        return [(source, link) for source, link in calling if self.resolve(link, source) == path]

    def linking_to(self, path: str) -> set[str]:
        """Return the paths of the notes that those links stand in."""
        keys, of = self._names_of(path)
        stored = self._reader.lookup.asking(keys, of) if self._reader else []
        asking = [(source, link) for source, link in stored if source not in self.opened]
        asking += self._calling_in_opened(keys, of)
        return {source for source, link in asking if self.resolve(link, source) == path}

    def _names_of(self, path: str) -> tuple[set[str], str]:
        """Return what ``calling`` takes for the links to the file at ``path``: a note is not read for its names alone.

        The index has those of a file that is no note, and of a note that is as it was when it was indexed.
        """
        if not disk.is_note(path) or (path not in self._notes and self._is_known(path)):
            return called_as(path), path
        return self.keys_of(path), ""

    def _is_known(self, path: str) -> bool:
        """Whether what the index has of the note at ``path`` is what its reader sees."""
        if self._reader is None or path in self._open_texts:
            return False
        if path not in self._facts and (fact := self._reader.lookup.fact(path)):
            self._facts[path] = fact
        return self._is_as_indexed(path)

    def keys_of(self, path: str) -> set[str]:
        """Return every name by which a link to the file at ``path`` may be stored."""
        note = self.note(path) if disk.is_note(path) else None
        return called_as(path) | (names_of(path, note) if note else set())

    def standing(self, found: Iterable[tuple[str, Link]]) -> list[tuple[str, Link]]:
        """Return what ``placed`` does, with less work: the index is believed about a file that is as it was then.

        What is to be edited is looked at in its text all the same.  Of files with lines that are no notes, the whole
        line of a link is where it stands.
        """
        known: list[tuple[str, Link]] = []
        others: list[tuple[str, Link]] = []
        for source, link in found:
            if is_lined(source):
                known += self._on_its_line(source, link)
                continue
            is_known = disk.is_note(source) and self._has_spot(source, link.start, link.end)
            (known if is_known else others).append((source, link))
        return sorted([*known, *self.placed(others)], key=lambda each: (each[0], each[1].start))

    def span(self, path: str, start: int, end: int) -> Span | None:
        """Return where a link of the note at ``path`` stands, where the index knows it and the file is as it was then.

        None for all else, which is to be looked up in the text.
        """
        return self._lines_of_links.get((path, start, end)) or self._indexed_span(path, start, end)

    def _indexed_span(self, path: str, start: int, end: int) -> Span | None:
        return span_of(self._spots[path, start, end], end - start) if self._has_spot(path, start, end) else None

    def _has_spot(self, path: str, start: int, end: int) -> bool:
        line, _ = self._spots.get((path, start, end), (0, 0))
        return line > 0 and path not in self._open_texts and self._is_as_indexed(path)

    def lined(self, path: str) -> Lined | None:
        """Return the file with lines, no note, at ``path``; None where it cannot be read."""
        if path not in self._lined:
            self._lined[path] = lined.read(self.root, path, self._max_bytes, self._open_texts.get(path))
        return self._lined[path]

    def _on_its_line(self, source: str, link: Link) -> list[tuple[str, Link]]:
        """Return ``link``, in a file with lines that is no note, with the line that it is on; nothing if it is gone."""
        file, span = self.lined(source), self._indexed_span(source, link.start, link.end)
        if file is None:
            return []
        lines = [span.first] if span else file.lines_of(link)
        placed = []
        for number in lines:
            start = file.lines.start(number)
            here = link._replace(start=start, end=start + len(file.lines.text(number)))
            self._lines_of_links[source, here.start, here.end] = line_span(file.lines, number)
            placed.append((source, here))
        return placed

    def section_at(self, path: str, link: Link) -> Span | None:
        """Return the heading of a file with lines, no note, that ``link`` leads to; see ``engine.lined``."""
        file = self.lined(path) if link.anchor or link.target.startswith("id:") else None
        return file.section(link) if file else None

    def placed(self, found: Iterable[tuple[str, Link]]) -> list[tuple[str, Link]]:
        """Return those links where they stand in the texts as they are now, in order, without those that are gone."""
        by_source: dict[str, list[Link]] = {}
        for source, link in found:
            by_source.setdefault(source, []).append(link)
        placed: list[tuple[str, Link]] = []
        for source in sorted(by_source):
            text = self.text(source)
            if text is None:
                continue
            links = by_source[source]
            if source not in self.opened and not all(_stands(text, link) for link in links):
                wanted = {(link.kind, link.target) for link in links}
                links = [link for link in self.links(source) if (link.kind, link.target) in wanted]
            placed += [(source, link) for link in sorted(links, key=lambda link: link.start)]
        return placed

    def called(self, name: str, limit: int) -> list[tuple[str, str]]:
        """Return path and title of at most ``limit`` notes with that name, then of those whose names begin so."""
        key = name_key(name)
        found = dict.fromkeys(self.named(key)) if key else {}
        if self._reader and key:
            found.update(dict.fromkeys(path for path, _ in self._reader.lookup.begun(key, limit)))
        for path in self.opened:
            note = self.note(path)
            if key and note and any(each.startswith(key) for each in names_of(path, note)):
                found[path] = None
        return [(path, self.title(path)) for path in list(found)[:limit]]

    def below(self, folder: str) -> list[str]:
        """Return the paths of the notes in ``folder``."""
        stored = self._reader.lookup.below(folder) if self._reader else []
        return sorted({*stored, *(path for path in self.opened if path.startswith(f"{folder}/"))})

    def tagged(self, tag: str) -> dict[str, str]:
        """Return the titles of the notes that have ``tag``, or one below it, by path."""
        stored = self._reader.lookup.tagged(tag) if self._reader else []
        found = {path: title for path, title in stored if path not in self.opened}
        for path in self.opened:
            note = self.note(path)
            if note and any(is_below(each, tag) for each in note.tags):
                found[path] = note.title
        return dict(sorted(found.items()))

    def _exists(self, path: str) -> bool:
        if path in self.opened or (self._reader and self._reader.exists(path)):
            return True
        try:
            return (self.root / path).is_file()
        except (OSError, ValueError):
            return False

    def _named(self, key: str) -> list[str]:
        stored = self._reader.named(key) if self._reader else []
        return [path for path in stored if path not in self.opened] + [
            path for path in self.opened if (note := self.note(path)) and key in names_of(path, note)
        ]

    def _has_its_fact(self, path: str) -> bool:
        try:
            found = os.stat(f"{self.root}{os.sep}{path}")  # noqa: PTH116 -- a pathlib object costs more than the system
        except (OSError, ValueError):
            return False
        return disk.fact_of(path, found) == self._facts.get(path)

    def _resolve(self, asked: Asked) -> str | None:
        return resolve(*_asking(asked), self.exists, self.named)

    def _has_text_first(self, asked: Asked) -> bool:
        return meant(*_asking(asked), self.exists, self.named).text_first

    def _read(self, path: str) -> str | None:
        if not disk.is_note(path):
            return None
        try:
            return disk.decode(disk.read(self.root / path, self._max_bytes))
        except (NoteError, OSError, ValueError):
            return None


def _asking(asked: Asked) -> tuple[Link, str]:
    """Return a link that asks so, and the path of some note in which it does."""
    kind, target, text, folder = asked
    return Link("wiki" if kind == "wiki" else "markdown", target, "", text, 0, 0), f"{folder}/_" if folder else "_"


def is_below(tag: str, above: str) -> bool:
    """Whether ``tag`` is ``above``, or one below it, in any case."""
    return f"{tag.casefold()}/".startswith(f"{above.casefold()}/")


def _stands(text: str, link: Link) -> bool:
    found = spelling(text, link)
    if found is None or link.kind == "markdown":  # how that is written is known only where it is this link
        return found is not None
    anchor = text[slice(*found.anchor)] if found.anchor else ""
    return (text[slice(*found.target)], anchor) == (target_of(link), link.anchor)
