"""The values that the rest of Starlight speaks in: a parsed note and its parts.

All positions are code-point offsets into the note's text; lines count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

LinkKind = Literal["wiki", "markdown"]

Properties = tuple[tuple[str, tuple[str, ...]], ...]
"""The names of a note's front matter, lower case, each with its texts; a table has none."""


class Link(NamedTuple):
    """A link from a note: ``[[target#anchor|text]]``, ``[text](target#anchor)``, or an image ``![text](target)``.

    The parser takes every wikilink to be written in that order; ``notes.links.meant`` knows the other one.
    """

    kind: LinkKind
    target: str
    anchor: str
    text: str
    start: int
    end: int
    text_first: bool = False
    """Whether it is ``[[text|target#anchor]]``."""
    is_definition: bool = False
    """Whether it is the definition of a link reference, ``[text]: target#anchor``."""


class Tag(NamedTuple):
    """A ``#tag`` in the text of a note, from ``start`` to before ``end``; ``name`` is without the ``#``."""

    name: str
    start: int
    end: int


class Heading(NamedTuple):
    """A heading and where it stands."""

    level: int
    text: str
    line: int
    start: int


class Block(NamedTuple):
    """A top-level block (paragraph, list, fence, table, heading ...) as lines ``first`` to ``last``."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the YAML at the head of a note says; ``lines`` is how many lines it takes, 0 where there is none."""

    title: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    created: str = ""
    modified: str = ""
    properties: Properties = ()
    lines: int = 0
    problems: tuple[str, ...] = ()
    kind: str = ""
    """What it has as ``type``: several with commas between them."""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note. Parsing never fails: what is odd is said in ``problems``."""

    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    created: str
    modified: str
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    problems: tuple[str, ...]
    body_line: int
    """The first line after the front matter."""
    kind: str = ""
    """What its front matter has as ``type``: several with commas between them."""
    language: str = ""
    """What its front matter has as ``lang``, as it is written."""
    hashtags: tuple[Tag, ...] = ()
    """The tags that stand in its text, each with its place."""
    properties: Properties = ()


class Chunk(NamedTuple):
    """A passage of a note: the unit that is embedded, found and shown."""

    headings: tuple[str, ...]
    """The headings above it, outermost first, without the note's title."""
    start: int
    end: int
    first: int
    last: int
