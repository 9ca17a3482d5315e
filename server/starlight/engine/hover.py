"""What stands behind a place of a note: the head of the note that a link leads to, the notes of a tag, and so on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from starlight.engine import attachments
from starlight.engine.catalogue import Catalogue
from starlight.engine.navigation import Subject, n_backlinks, subject_at, to_heading
from starlight.engine.summary import NO_LINE, SummaryLine
from starlight.index.disk import is_note
from starlight.notes import markdown
from starlight.notes.links import block_at, heading_at, stem_of, target_of
from starlight.notes.model import Heading, Link, Note
from starlight.notes.place import Lines
from starlight.notes.text import one_line, plain
from starlight.readers.formats import format_of

_HEAD_CHARACTERS = 800
_HEAD_TAGS = 20
_LISTED = 12
"""Notes that a card lists of those that there are."""
_RELATED = 3
_ASKED_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Listed:
    """A note, or a passage of one, that a card lists."""

    path: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a place: ``start`` and ``end`` are the span of the link, tag or heading that it is about.

    Of a note, or one of its sections, it has the head; ``path`` is empty where no such note exists, ``body`` is
    Markdown.  Of a document, ``body`` is what that is called.  Of a tag it lists the notes, of a heading those that
    link to it, and passages about the same.
    """

    start: int
    end: int
    path: str
    title: str
    section: str
    tags: tuple[str, ...]
    dates: str
    n_backlinks: int
    body: str
    kind: Literal["note", "file", "tag", "heading"] = "note"
    notes: tuple[Listed, ...] = ()
    n_notes: int = 0
    related: tuple[Listed, ...] = ()
    summary: SummaryLine = NO_LINE
    """The line that stands for the note, where the head does not show it."""


def hover(catalogue: Catalogue, source: str, offset: int) -> Card | None:
    """Return the card of what stands at ``offset`` of the note at ``source``; None beside links, tags and headings."""
    subject = subject_at(catalogue, source, offset)
    if subject is None:
        return None
    if subject.link:
        return _of_link(catalogue, subject.link, source)
    if subject.kind == "tag":
        return _of_tag(catalogue, subject)
    return _of_heading(catalogue, source, subject, subject.heading) if subject.heading else None


def _of_link(catalogue: Catalogue, link: Link, source: str) -> Card:
    path = catalogue.resolve(link, source)
    if path and not is_note(path):
        what = attachments.describe(catalogue.root, path)
        title = catalogue.title(path) if format_of(path) else ""
        return Card(link.start, link.end, path, what, "", (), "", n_backlinks(catalogue, path), title, "file")
    content, note = (catalogue.text(path), catalogue.note(path)) if path else (None, None)
    if path is None or content is None or note is None:
        return Card(link.start, link.end, "", target_of(link), "", (), "", 0, "")
    return _of_note(catalogue, link, path, content, note)


def head_of(path: str, content: str) -> str:
    """Return the head of the note at ``path`` as Markdown: its title, tags and first blocks."""
    note = markdown.parse(content, stem_of(path))
    tags = " ".join(f"`#{tag}`" for tag in note.tags[:_HEAD_TAGS])
    parts = [f"**{note.title}**", " · ".join(filter(None, (f"`{path}`", tags))), _head(content, note, None)]
    return "\n\n".join(filter(None, parts))


def _of_note(catalogue: Catalogue, link: Link, path: str, content: str, note: Note) -> Card:
    heading = heading_at(note, link.anchor) if link.anchor else None
    block = block_at(content, note, link.anchor, catalogue.lines(path)) if link.anchor else None
    if block:
        lines = catalogue.lines(path)
        mark = content[block.start : block.end]
        body = content[lines.start(block.first) : lines.start(block.last + 1)].replace(mark, "").strip()
    else:
        body = _head(content, note, heading)
    return Card(
        start=link.start,
        end=link.end,
        path=path,
        title=note.title,
        section=heading.text if heading else "",
        tags=note.tags,
        dates=" · ".join(filter(None, (note.created, note.modified if note.modified != note.created else ""))),
        n_backlinks=n_backlinks(catalogue, path),
        body=body,
        summary=_summary(catalogue, path, content, note, body) if not (heading or block) else NO_LINE,
    )


def _summary(catalogue: Catalogue, path: str, content: str, note: Note, head: str) -> SummaryLine:
    """Return the line that stands for a note of which only the ``head`` is shown; empty where that has it."""
    line = catalogue.line(path, content, note) if head.endswith("…") else NO_LINE
    return NO_LINE if line.text in " ".join(plain(head).split()) else line


def _of_tag(catalogue: Catalogue, subject: Subject) -> Card:
    found = catalogue.tagged(subject.name)
    listed = tuple(Listed(path, title) for path, title in list(found.items())[:_LISTED])
    title = f"#{subject.name}"
    return Card(subject.start, subject.end, "", title, "", (), "", 0, "", "tag", listed, len(found))


def _of_heading(catalogue: Catalogue, source: str, subject: Subject, heading: Heading) -> Card:
    sources = dict.fromkeys(path for path, _ in to_heading(catalogue, source, heading))
    listed = tuple(Listed(path, catalogue.title(path)) for path in list(sources)[:_LISTED])
    text = catalogue.text(source) or ""
    asked = text[subject.start : subject.start + _ASKED_CHARACTERS]
    related = _related(catalogue, source, asked)
    return Card(
        subject.start, subject.end, source, heading.text, "", (), "", len(sources), "", "heading",
        listed, len(sources), related,
    )  # fmt: skip


def _related(catalogue: Catalogue, source: str, asked: str) -> tuple[Listed, ...]:
    """Return passages of other notes about what ``asked`` says."""
    hits = catalogue.search(" ".join(asked.split()), 2 * _RELATED)
    found: dict[str, Listed] = {}
    for hit in hits:
        if hit.path != source:
            found.setdefault(hit.path, Listed(hit.path, hit.title, one_line(hit.snippet, 160)))
    return tuple(found.values())[:_RELATED]


def _head(content: str, note: Note, heading: Heading | None) -> str:
    """Return whole blocks of a note or a section, up to some 800 characters, without the title's own line."""
    if heading is None:
        return _blocks(content, note, note.body_line, note.blocks[-1].last + 1 if note.blocks else 0)
    after = (each.line for each in note.headings if each.line > heading.line and each.level <= heading.level)
    return _blocks(content, note, heading.line + 1, next(after, note.blocks[-1].last + 1))


def _blocks(content: str, note: Note, first: int, last: int) -> str:
    lines = Lines(content)
    taken: list[str] = []
    size = 0
    for block in note.blocks:
        if not first <= block.first < last:
            continue
        text = content[lines.start(block.first) : lines.start(block.last + 1)].rstrip()
        if not taken and block.kind == "heading" and _names(text, note.title):
            continue
        if taken and size + len(text) > _HEAD_CHARACTERS:
            taken.append("…")
            break
        if len(text) > _HEAD_CHARACTERS:
            text = _cut(text)
        taken.append(text)
        size += len(text)
    return "\n\n".join(taken)


def _cut(text: str) -> str:
    """Return the beginning of ``text``, up to a space; within a word where the last space is far from the end."""
    end = text.rfind(" ", _HEAD_CHARACTERS // 2, _HEAD_CHARACTERS)
    return text[: end if end > 0 else _HEAD_CHARACTERS] + " …"


def _names(heading: str, title: str) -> bool:
    return re.sub(r"^#+\s*", "", heading).strip() == title
