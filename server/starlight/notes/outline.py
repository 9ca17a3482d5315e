"""The shape of a note: its sections, what of it can be folded, and what a selection grows to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from starlight.notes.model import Heading, Note
from starlight.notes.place import Lines

_LIST_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what lies below it, from line ``heading.line`` to line ``last``."""

    heading: Heading
    last: int
    sections: list[Section] = field(default_factory=list)


def sections(note: Note, n_lines: int) -> list[Section]:
    """Return the sections of a note with ``n_lines`` lines, each with those in it."""
    found: list[Section] = []
    open_: list[Section] = []
    for heading, last in _with_ends(note, n_lines):
        while open_ and open_[-1].heading.level >= heading.level:
            open_.pop()
        section = Section(heading, last)
        (open_[-1].sections if open_ else found).append(section)
        open_.append(section)
    return found


def _with_ends(note: Note, n_lines: int) -> Iterator[tuple[Heading, int]]:
    ends: dict[int, int] = {}
    open_: list[Heading] = []
    for heading in note.headings:
        while open_ and open_[-1].level >= heading.level:
            ends[open_.pop().start] = heading.line - 1
        open_.append(heading)
    for heading in note.headings:
        yield heading, ends.get(heading.start, n_lines)


def section_at(note: Note, line: int, n_lines: int) -> Section | None:
    """Return the innermost section that holds ``line``."""
    best: Section | None = None
    inside = sections(note, n_lines)
    while inside:
        holding = [each for each in inside if each.heading.line <= line <= each.last]
        if not holding:
            break
        best, inside = holding[0], holding[0].sections
    return best


class Fold(NamedTuple):
    """Lines that can be folded, from 1."""

    first: int
    last: int
    kind: Literal["section", "block", "front"]


def folds(note: Note, lines: Lines) -> list[Fold]:
    """Return what can be folded: front matter, sections, blocks of several lines, and items of lists."""
    found: list[Fold] = []
    if note.body_line > 2:
        found.append(Fold(1, note.body_line - 1, "front"))
    for heading, last in _with_ends(note, len(lines)):
        found.append(Fold(heading.line, _without_blank(lines, heading.line, last), "section"))
    for block in note.blocks:
        if block.kind != "heading":
            found.append(Fold(block.first, _without_blank(lines, block.first, block.last), "block"))
        if block.kind.endswith("list"):
            found += _items(lines, block.first, block.last)
    return sorted({fold for fold in found if fold.last > fold.first})


def _without_blank(lines: Lines, first: int, last: int) -> int:
    while last > first and not lines.text(last).strip():
        last -= 1
    return last


def _items(lines: Lines, first: int, last: int) -> Iterator[Fold]:
    open_: list[tuple[int, int]] = []
    for line in range(first, last + 1):
        found = _LIST_ITEM.match(lines.text(line))
        if not found:
            continue
        indent = len(found["indent"].expandtabs(4))
        while open_ and open_[-1][1] >= indent:
            start, _ = open_.pop()
            yield Fold(start, _without_blank(lines, start, line - 1), "block")
        open_.append((line, indent))
    for start, _ in open_:
        yield Fold(start, _without_blank(lines, start, last), "block")


def around(text: str, note: Note, lines: Lines, offset: int) -> list[tuple[int, int]]:
    """Return what a selection at ``offset`` grows to, each span in the next: word, link, line, block, sections, all."""
    line = lines.at(offset)
    begin = lines.start(line)
    spans = [(offset, offset)]
    words = re.finditer(r"\w+", lines.text(line))
    spans += [(begin + w.start(), begin + w.end()) for w in words if begin + w.start() <= offset <= begin + w.end()]
    spans += [(link.start, link.end) for link in note.links if link.start <= offset < link.end]
    spans.append((begin, begin + len(lines.text(line))))
    spans += [
        (lines.start(block.first), lines.start(block.last) + len(lines.text(block.last)))
        for block in note.blocks
        if block.first <= line <= block.last
    ]
    for heading, last in _with_ends(note, len(lines)):
        if heading.line <= line <= last:
            spans += [(lines.start(line_), lines.start(last + 1)) for line_ in (heading.line + 1, heading.line)]
    spans.append((0, len(text)))
    grown = [spans[0]]
    for start, end in sorted(set(spans), key=lambda span: span[1] - span[0]):
        if start <= grown[-1][0] and grown[-1][1] <= end and (start, end) != grown[-1]:
            grown.append((start, end))
    return grown
