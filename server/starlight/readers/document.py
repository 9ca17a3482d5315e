"""What a file says, whatever its format: the one value that every reader gives."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Literal, NamedTuple, Protocol

from starlight.notes.model import FrontMatter

Unit = Literal["", "page", "cell"]
"""What a file is counted in beside lines."""
_LABELS = {"page": "p. {}", "cell": "cell {}"}


class Locator(NamedTuple):
    """A place in a file that is counted in something beside lines: its page, its cell; ``number`` counts from 1."""

    unit: Unit
    number: int

    @property
    def label(self) -> str:
        """How people write it: ``p. 4``."""
        return _LABELS[self.unit].format(self.number)


_NOTHING_SAID = FrontMatter()

SCANNED = "is scanned: it has images of its pages and no text"
UNNAMED = "has text whose characters it does not name"
"""How the reasons begin for which a file has no text that can be read, but one that can be recognised."""
PARTLY_SCANNED = "pages that are images have no text"
"""How the problem begins of a file that has text, and pages that are scanned."""
_MOST_RANGES = 20


def is_scan(reason: str) -> bool:
    """Whether a file that was not read for that reason waits for text recognition, where there is some."""
    return reason.startswith((SCANNED, UNNAMED))


def is_part_scan(problem: str) -> bool:
    """Whether a file with that problem waits for text recognition on some of its pages, where there is some."""
    return problem.startswith(PARTLY_SCANNED)


def listed(numbers: Sequence[int]) -> str:
    """Return the numbers of pages, in order, as people write them: ``3-9, 12``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs[:_MOST_RANGES]]
    if left := sum(map(len, runs[_MOST_RANGES:])):
        shown.append(f"and {left:,} more")
    return ", ".join(shown)


class Mark(NamedTuple):
    """Where in the text a page or a cell of the file begins; ``number`` counts from 1."""

    start: int
    number: int


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a file, and what leads from a place in it back to the file.

    ``text`` is Markdown: headings with ``#``, links, lists, tables, code in fences; what only looks like Markdown is
    escaped where it would be taken for a heading or a fence.  Where the format has lines (``Format.has_lines``), each
    line of it says what the same line of the file says, and is empty where that says nothing to a reader.
    """

    text: str
    front: FrontMatter = _NOTHING_SAID
    """What the file says of itself: title, other names, tags, dates, properties.  Its ``lines`` are 0."""
    unit: Unit = ""
    marks: tuple[Mark, ...] = ()
    """In order of ``start``; empty where the file has no pages or cells."""
    ids: Mapping[str, int] = field(default_factory=dict)
    """What links in other files call it by, or a part of it, beside its names (``id:...`` of Org); the line of each."""

    def locator(self, offset: int) -> Locator | None:
        """Return the page or cell that ``offset`` of the text lies on; None where there is none."""
        at = bisect.bisect_right(self.marks, offset, key=attrgetter("start"))
        return Locator(self.unit, self.marks[at - 1].number) if at and self.unit else None


class Reader(Protocol):
    """The one function that a module of a format has: ``read``."""

    def __call__(self, data: bytes, name: str) -> Document:
        """Return what the file of those bytes says; ``name`` is that of the file, with its ending.

        Nothing but the bytes is looked at: no other file and no host is opened, nothing in it is run.

        Raises:
            NoteError: it is damaged, encrypted, without text, or of another format.  The message says which, as the
                rest of a sentence that begins with the file's path, and what to do where something can be done.
        """
