"""What the text of a note holds below its front matter: cut, moved and joined, where little of the text changed."""

from __future__ import annotations

import bisect
import itertools
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from starlight.notes.changes import Change
from starlight.notes.model import Block, Heading, Link, Tag
from starlight.notes.place import Lines

T = TypeVar("T")


class Body(NamedTuple):
    """What the text of a note below its front matter holds, each in order."""

    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    tags: tuple[Tag, ...]
    problems: tuple[str, ...]
    is_plain: bool
    """Whether the scanner found it."""


def first_of(block: Block) -> int:
    """Return the first line of ``block``."""
    return block.first


def _start(found: Heading | Link | Tag) -> int:
    return found.start


def part(body: Body, lines: Lines, first: int, end: int) -> Body:
    """Return what of ``body`` lies on the lines from ``first`` to before ``end``, where blocks begin."""
    places = lines.start(first) if first else 0, lines.start(end) if end <= len(lines) else sys.maxsize

    def within(found: Sequence[T], key: Callable[[T], int], bounds: tuple[int, int]) -> tuple[T, ...]:
        return tuple(found[slice(*(bisect.bisect_left(found, bound, key=key) for bound in bounds))])

    return body._replace(
        headings=within(body.headings, _start, places),
        blocks=within(body.blocks, first_of, (first, end)),
        links=within(body.links, _start, places),
        tags=within(body.tags, _start, places),
    )


def moved(body: Body, by: Change) -> Body:
    """Return ``body`` as it stands behind a change."""
    characters, lines = by.characters, by.lines
    headings, blocks, links, tags = body.headings, body.blocks, body.links, body.tags
    if characters:
        links = tuple([
            Link(kind, target, anchor, text, start + characters, end + characters, text_first, is_definition)
            for kind, target, anchor, text, start, end, text_first, is_definition in links
        ])  # fmt: skip
        tags = tuple([Tag(name, start + characters, end + characters) for name, start, end in tags])
    if lines:
        blocks = tuple([Block(kind, first + lines, last + lines) for kind, first, last in blocks])
    if characters or lines:
        headings = tuple([Heading(level, text, n + lines, start + characters) for level, text, n, start in headings])
    return body._replace(headings=headings, blocks=blocks, links=links, tags=tags)


def joined(*parts: Body) -> Body:
    """Return all of ``parts``, which follow one another, as one."""

    def whole(columns: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
        return tuple(itertools.chain.from_iterable(columns))

    return Body(
        headings=whole(each.headings for each in parts),
        blocks=whole(each.blocks for each in parts),
        links=whole(each.links for each in parts),
        tags=whole(each.tags for each in parts),
        problems=whole(each.problems for each in parts),
        is_plain=all(each.is_plain for each in parts),
    )
