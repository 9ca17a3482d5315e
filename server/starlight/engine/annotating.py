"""What an editor may write beside a note's own text: counts at its headings, titles behind links that hide them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from starlight.engine.catalogue import Catalogue
from starlight.engine.navigation import Place, backlinks, heading_span, is_title, references
from starlight.index.disk import is_note
from starlight.notes.links import name_key, stem_of, target_of
from starlight.notes.model import Note
from starlight.notes.outline import Section, sections
from starlight.notes.place import Lines

_MAX_ANCHORS = 500
"""Headings of a note that have counts."""


class Anchor(NamedTuple):
    """Where counts stand: at a heading, or above a note without one; what is counted is of text[start:end]."""

    start: int
    end: int
    is_note: bool
    """Whether it stands for all of the note."""


class Shown(NamedTuple):
    """``title`` is shown at the offset ``at``."""

    at: int
    title: str


def anchors(text: str, note: Note, lines: Lines) -> list[Anchor]:
    """Return where counts stand in a note, in order: first of all one for the note itself."""
    found: list[Anchor] = []
    for section in _flat(sections(note, len(lines))):
        start, end = section.heading.start, lines.start(section.last + 1)
        found.append(Anchor(start, end, is_note=is_title(note, section.heading)))
    if not any(anchor.is_note for anchor in found):
        found.insert(0, Anchor(min(lines.start(note.body_line), len(text)), len(text), is_note=True))
    return found[:_MAX_ANCHORS]


def _flat(nested: Iterable[Section]) -> Iterator[Section]:
    for section in nested:
        yield section
        yield from _flat(section.sections)


def linking(catalogue: Catalogue, source: str, anchor: Anchor) -> list[Place]:
    """Return the links to what counts at ``anchor`` are of; to a note those from other notes."""
    if anchor.is_note:
        links = backlinks(catalogue, source)
        return [Place(path, link.start, link.end) for path, link in links if path != source]
    text, note = catalogue.text(source) or "", catalogue.note(source)
    heading = next((each for each in note.headings if each.start == anchor.start), None) if note else None
    return references(catalogue, source, heading_span(text, heading)[0]) if heading else []


def hidden_titles(catalogue: Catalogue, source: str, start: int, end: int) -> Iterator[Shown]:
    """Yield the titles behind links in text[start:end] of a note that show a file's name or path in their place."""
    for link in catalogue.links(source):
        if not (start <= link.start < end and link.target):
            continue
        path = catalogue.resolve(link, source)
        if path is None or path == source or not is_note(path) or link.is_definition:
            continue
        shown = name_key(stem_of(link.text or target_of(link)))
        title = catalogue.title(path)
        if shown == name_key(stem_of(path)) != name_key(title):
            yield Shown(link.end, title)
