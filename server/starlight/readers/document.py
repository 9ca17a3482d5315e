"""What a file says, whatever its format: the one value that every reader gives."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
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
    ids: tuple[str, ...] = ()
    """What links in other files call it by, or a part of it, beside its names: ``id:...`` of Org."""

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
