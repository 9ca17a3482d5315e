"""What may follow at a place in a note: links to notes, headings and blocks, tags, front matter, dates."""

from __future__ import annotations

import heapq
import posixpath
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from urllib.parse import unquote

from starlight.engine.daily import dating, days
from starlight.engine.entries import Entry
from starlight.engine.link_writing import LinkWriter
from starlight.engine.linking import Linker, Spot
from starlight.notes import markdown
from starlight.notes.fuzzy import Typed, fold
from starlight.notes.inline import WIKILINK
from starlight.notes.link_text import anchors, fits_wiki, label_for
from starlight.notes.links import stem_of
from starlight.notes.model import Link
from starlight.notes.surroundings import surroundings
from starlight.notes.text import one_line, plain
from starlight.notes.unfinished import Unfinished, unfinished

ItemKind = Literal["note", "missing", "date", "heading", "block", "text", "tag", "name", "value"]
Read = Callable[[str], str | None]
"""Gives the text of a note as its reader sees it."""

_WINDOW = 60_000
"""Characters on each side of the place in which the note's own links are looked for."""
_NEAREST = 400
"""Links of the note that are looked at, the nearest first."""
_LINK = re.compile(rf"{WIKILINK}|\]\(<?(?P<to>[^()<>\s]+)>?\)")
_BLOCK = re.compile(r"^(.*?)(?:^|(?<=\s))\^([A-Za-z0-9-]+)[ \t]*\r?$", re.MULTILINE)
_MISSING = 2
"""Notes that ask for a name that no note has, from which that is suggested."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that may be put in.

    ``path`` is the note that it is of, which need not be there yet; empty for what is of none.
    """

    kind: ItemKind
    label: str
    insert: str
    detail: str = ""
    path: str = ""
    description: str = ""
    """Where it is, in a few characters."""
    filter: str = ""
    """What of it can be typed; the label where it is empty."""
    is_whole: bool = False
    """Whether it is a link with its brackets, in whose place those that were begun go, too."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may take the place of ``text[start:end]``, best first; ``typed`` is what of it was typed.

    Where an item is whole, ``text[opening:start]`` goes, too: the brackets that were begun.
    """

    start: int
    end: int
    opening: int
    typed: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where something is completed: a note's path (empty for a document that is no note) and text, and an offset."""

    path: str
    text: str
    offset: int


class _Written(NamedTuple):
    """A link as it is put in; see ``Item``."""

    text: str
    is_whole: bool = False


class Completer:
    """Completes at one place; within ``Linker.over``."""

    def __init__(self, linker: Linker, cursor: Cursor, read: Read, today: date, style: str, limit: int) -> None:
        self._linker = linker
        self._graph = linker.graph
        self._cursor = cursor
        self._read = read
        self._today = today
        self._writer = LinkWriter(linker.graph, cursor.path, style)
        self._limit = limit

    def complete(self) -> Completion | None:
        """Return what may follow; None where nothing is being written that could be completed."""
        begun = unfinished(self._cursor.text, self._cursor.offset)
        if begun is None:
            return None
        if begun.kind == "text" and self._graph.text_first:
            items = self._notes(begun, "")
        elif begun.kind in ("note", "path"):
            label = begun.label if begun.in_markdown else ""
            as_markdown = begun.kind == "note" and bool(begun.closing) and self._writer.is_markdown
            items = self._notes(begun, label, as_markdown=as_markdown)
        else:
            items = list(self._others(begun))
        return Completion(begun.start, begun.end, begun.opening, begun.typed, tuple(items[: self._limit]))

    def _others(self, begun: Unfinished) -> Iterable[Item]:
        typed = Typed(begun.typed)
        if begun.kind == "heading":
            return self._best(typed, self._headings(begun))
        if begun.kind == "block":
            return self._best(typed, self._blocks(begun))
        if begun.kind == "text":
            return self._best(typed, self._texts(begun))
        if begun.kind == "tag":
            tags = Counter(tag for tags in self._graph.entries.tags for tag in tags)
            return self._best(typed, _counted("tag", tags, "note"))
        if begun.kind == "name":
            names = self._graph.property_names()
            return self._best(
                typed, (_with(item, insert=f"{item.label}: ") for item in _counted("name", names, "note"))
            )
        return self._best(typed, _counted("value", self._values(begun.target), "note"))

    def _values(self, name: str) -> Counter[str]:
        name = name.strip().lower()
        if name in ("tag", "tags", "keywords"):
            return Counter(tag for tags in self._graph.entries.tags for tag in tags)
        return self._graph.property_values(name)

    def _best(self, typed: Typed, items: Iterable[Item]) -> list[Item]:
        """Return those of ``items`` that fit, the best first, otherwise in their order."""
        if not typed:
            return list(items)
        fits = [(typed.fits(fold(item.filter or item.label)), item) for item in items]
        return [item for fit, item in sorted(fits, key=lambda each: -each[0]) if fit]

    # Notes

    def spot(self, start: int, end: int) -> Spot:
        """Return the place as links see it, where ``text[start:end]`` is what is being written."""
        text, path = self._cursor.text, self._cursor.path
        entry = self._graph.entries.get(path)
        title = entry.title if entry else stem_of(path)
        return Spot(path, title, surroundings(text, start, end), tuple(self._links(start, end)))

    def _links(self, start: int, end: int) -> list[tuple[int, str]]:
        """Return the links that the note has now, the nearest first, with how many characters lie between."""
        text, path = self._cursor.text, self._cursor.path
        first = max(start - _WINDOW, 0)
        found = [match for match in _LINK.finditer(text, first, end + _WINDOW) if not start <= match.start() < end]
        found = heapq.nsmallest(_NEAREST, found, key=lambda match: abs(match.start() - start))
        links = []
        for match in found:
            kind: Literal["wiki", "markdown"] = "markdown" if match["to"] else "wiki"
            target = (match["to"] or "").partition("#")[0] if match["to"] else (match["target"] or "").strip()
            link = Link(kind, target, "", match["text"] or "", match.start(), match.end())
            to = self._graph.resolve(link, path) if target else None
            if to and to != path:
                links.append((abs(match.start() - start), to))
        return links

    def _notes(self, begun: Unfinished, label: str, *, as_markdown: bool = False) -> list[Item]:
        spot = self.spot(begun.opening, begun.end)
        typed = unquote(begun.typed) if begun.in_markdown else begun.typed
        typed = typed.lstrip("./")
        typed = typed or (label if begun.in_markdown else "")
        suggestions = self._linker.suggest(spot, typed, self._limit)
        if not suggestions and begun.in_markdown and not begun.typed:
            suggestions = self._linker.suggest(spot, "", self._limit)
        items = []
        for each in suggestions:
            entry = self._graph.entries[each.path]
            link = self._link(entry, each.name, begun, as_markdown=as_markdown)
            if link is None:
                continue
            items.append(
                Item(
                    "note",
                    each.name,
                    link.text,
                    "; ".join(each.reasons),
                    each.path,
                    posixpath.dirname(each.path) if each.name == entry.title else entry.title,
                    " ".join((each.name, entry.stem)),
                    link.is_whole,
                )
            )
        if begun.in_markdown or as_markdown or not begun.typed.strip():
            return items
        return [*self._days(begun), *items, *self._missing(begun)][: self._limit]

    def _link(self, entry: Entry, name: str, begun: Unfinished, *, as_markdown: bool) -> _Written | None:
        """Return the link to ``entry``; None where what stands behind the cursor lets none be written."""
        if begun.in_markdown:
            return _Written(self._writer.address(entry) + begun.closing)
        target = self._writer.target(entry)
        if not as_markdown and fits_wiki(target):
            return _Written(self._wikilink(entry, name, target, begun))
        if not begun.closing:
            return None
        return _Written(f"[{label_for(name)}]({self._writer.address(entry)})", is_whole=True)

    def _wikilink(self, entry: Entry, name: str, target: str, begun: Unfinished) -> str:
        # The file's name says nothing to a reader where it is a mere number.
        is_telling = any(char.isalpha() for char in entry.stem)
        is_other = name in entry.aliases or (not is_telling and name != entry.stem)
        if not (is_other and begun.closing) or begun.kind == "text":
            return target + begun.closing
        shown = label_for(name)
        if not self._graph.text_first:
            return f"{target}|{shown}{begun.closing}"
        return (f"{shown}|{target}" if fits_wiki(shown) else target) + begun.closing

    def _days(self, begun: Unfinished) -> Iterable[Item]:
        typed = Typed(begun.typed)
        known = [(word, day) for word, day in days(self._today) if typed.fits(word) > typed_at_least(begun.typed)]
        if not known:
            return
        how = dating(self._graph.entries)
        for word, day in known:
            path = how.path(day)
            detail = word if self._graph.exists(path) else f"{word}; not written yet"
            yield Item("date", how.name(day), how.name(day) + begun.closing, detail, path, "", word)

    def _missing(self, begun: Unfinished) -> Iterable[Item]:
        """Yield names that several notes ask for and no note has."""
        typed = Typed(begun.typed)
        for name, asking in self._graph.missing.items():
            if len(asking) >= _MISSING and typed.fits(fold(name)):
                detail = f"not written yet; linked from {len(asking)} notes"
                yield Item("missing", name, name + begun.closing, detail)

    # What is in a note

    def _target(self, begun: Unfinished) -> str:
        """Return the path of the note that the link leads to, so far; empty where there is none."""
        target = unquote(begun.target) if begun.in_markdown else begun.target.rpartition("|")[2]
        link = Link("markdown" if begun.in_markdown else "wiki", target.strip(), "", "", 0, 0)
        return (self._graph.resolve(link, self._cursor.path) if link.target else self._cursor.path) or ""

    def _text(self, path: str) -> str:
        return self._cursor.text if path == self._cursor.path else self._read(path) or ""

    def _headings(self, begun: Unfinished) -> Iterable[Item]:
        path = self._target(begun)
        text = self._text(path)
        headings = markdown.parse(text, stem_of(path)).headings if text else ()
        for heading, anchor in zip(headings, anchors(headings, "bare" if begun.in_markdown else "wiki"), strict=True):
            if anchor:
                detail = f"{'#' * heading.level} line {heading.line}"
                yield Item("heading", heading.text, anchor + begun.closing, detail, path)

    def _blocks(self, begun: Unfinished) -> Iterable[Item]:
        path = self._target(begun)
        text = self._text(path)
        ends = [found.end() for found in re.finditer("\n", text)]
        for block in _BLOCK.finditer(text):
            line = bisect_left(ends, block.start() + 1) + 1
            shown = one_line(plain(block[1]), 80)
            yield Item("block", block[2], block[2] + begun.closing, f"line {line}", path, shown, f"{block[2]} {shown}")

    def _texts(self, begun: Unfinished) -> Iterable[Item]:
        path = self._target(begun)
        entry = self._graph.entries.get(path)
        if entry is None:
            return
        for name in entry.names:
            detail = "title" if name == entry.title else "alias" if name in entry.aliases else "file name"
            yield Item("text", name, label_for(name) + begun.closing, detail, path)


def typed_at_least(text: str) -> float:
    """Return how well a word for a day must fit: its beginning, after two letters."""
    return 0.85 if len(text.strip()) >= 2 else 1.0


def _with(item: Item, insert: str) -> Item:
    return Item(item.kind, item.label, insert, item.detail)


def _counted(kind: ItemKind, counts: Mapping[str, int], what: str) -> Iterable[Item]:
    """Yield what is counted, the most frequent first."""
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        yield Item(kind, text, text, f"{counts[text]} {what}{'s' if counts[text] != 1 else ''}")
