"""What stands behind a link: the head of the note that it leads to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from starlight.notes import markdown
from starlight.notes.links import heading_at, link_at, resolve
from starlight.notes.model import Link, Note
from starlight.notes.place import Lines

_HEAD_CHARACTERS = 800
_HEAD_TAGS = 20


class Catalogue(Protocol):
    """What must be known of the notes to follow a link."""

    def exists(self, path: str) -> bool: ...  # noqa: D102 -- see index.reader.Reader
    def named(self, key: str) -> list[str]: ...  # noqa: D102 -- see index.reader.Reader
    def calling(self, path: str) -> list[tuple[str, Link]]: ...  # noqa: D102 -- see index.reader.Reader


@dataclass(frozen=True, slots=True)
class Card:
    """The head of a note, or of one of its sections, with the span of the link that leads to it.

    ``path`` is empty where no such note exists; ``body`` is Markdown.
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


def hover(source: str, text: str, offset: int, catalogue: Catalogue, read: Callable[[str], str | None]) -> Card | None:
    """Return the card of the link at ``offset`` in ``text``, the note at path ``source``; None beside links.

    ``read`` gives the text of a note as its reader sees it: from an open buffer first, else from disk.
    """
    link = link_at(markdown.parse(text, PurePosixPath(source).stem), offset)
    if link is None:
        return None
    path = resolve(link, source, catalogue.exists, catalogue.named)
    content = text if path == source else read(path) if path else None
    if path is None or content is None:
        return Card(link.start, link.end, "", link.target, "", (), "", 0, "")
    return _card(link, path, content, _n_backlinks(path, catalogue))


def head_of(path: str, content: str) -> str:
    """Return the head of the note at ``path`` as Markdown: its title, tags and first blocks."""
    note = markdown.parse(content, PurePosixPath(path).stem)
    tags = " ".join(f"`#{tag}`" for tag in note.tags[:_HEAD_TAGS])
    parts = [f"**{note.title}**", " · ".join(filter(None, (f"`{path}`", tags))), _head(content, note, note.body_line)]
    return "\n\n".join(filter(None, parts))


def _n_backlinks(path: str, catalogue: Catalogue) -> int:
    """How many other notes link to the one at ``path``."""
    leading = {
        source
        for source, link in catalogue.calling(path)
        if source != path and resolve(link, source, catalogue.exists, catalogue.named) == path
    }
    return len(leading)


def _card(link: Link, path: str, content: str, n_backlinks: int) -> Card:
    note = markdown.parse(content, PurePosixPath(path).stem)
    heading = heading_at(note, link.anchor) if link.anchor else None
    dates = " · ".join(filter(None, (note.created, note.modified if note.modified != note.created else "")))
    return Card(
        start=link.start,
        end=link.end,
        path=path,
        title=note.title,
        section=heading.text if heading else "",
        tags=note.tags,
        dates=dates,
        n_backlinks=n_backlinks,
        body=_head(content, note, heading.line + 1 if heading else note.body_line),
    )


def _head(content: str, note: Note, first: int) -> str:
    """Return whole blocks from line ``first`` on, up to some 800 characters, without the title's own line."""
    lines = Lines(content)
    taken: list[str] = []
    size = 0
    for block in note.blocks:
        if block.first < first:
            continue
        text = content[lines.start(block.first) : lines.start(block.last + 1)].rstrip()
        if not taken and block.kind == "heading" and _names(text, note.title):
            continue
        if taken and size + len(text) > _HEAD_CHARACTERS:
            taken.append("…")
            break
        if len(text) > _HEAD_CHARACTERS:
            text = text[: text.rfind(" ", 0, _HEAD_CHARACTERS)] + " …"
        taken.append(text)
        size += len(text)
    return "\n\n".join(taken)


def _names(heading: str, title: str) -> bool:
    return re.sub(r"^#+\s*", "", heading).strip() == title
