"""Which files can be read: the one list of formats.  The page of the documentation is made from it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlight.readers.document import Document, Reader


@dataclass(frozen=True, slots=True)
class Format:
    """A format, and the module that reads it."""

    name: str
    """What settings call it."""
    title: str
    """What people call it."""
    endings: tuple[str, ...]
    """Lower case, with the dot."""
    module: str
    """The name of the module in this package."""
    version: int
    """Raised when the same file would be read otherwise: files of this format alone are read again."""
    gives: str
    """What is read of it, for the documentation."""
    has_lines: bool = False
    """Whether it is text that people write, and its ``Document`` has the lines of the file: read where it is needed,
    in a moment.  Others are read once, in a process that may die of them, and kept."""


FORMATS: tuple[Format, ...] = (
    Format(
        "docx",
        "Word",
        (".docx",),
        "docx",
        1,
        "text, headings, lists, tables, footnotes, links, descriptions of pictures; no comments, no deleted text",
    ),
    Format(
        "odt",
        "OpenDocument text",
        (".odt",),
        "odt",
        1,
        "text, headings, lists, tables, footnotes, links, descriptions of pictures; no comments, no deleted text",
    ),
    Format("epub", "EPUB", (".epub",), "epub", 1, "the chapters in their order, without the table of contents"),
    Format(
        "html",
        "Web page",
        (".html", ".htm", ".xhtml"),
        "html",
        1,
        "the main content without navigation; nothing that only a script would show",
    ),
    Format("eml", "Email", (".eml",), "eml", 1, "text, who wrote to whom and when, the names of attachments"),
)


def format_of(name: str, formats: Iterable[Format] = FORMATS) -> Format | None:
    """Return the format of the file called ``name``, by its ending; None where there is none."""
    lower = name.lower()
    for each in formats:
        if lower.endswith(each.endings) and lower.rpartition("/")[2] not in each.endings:
            return each
    return None


def endings(formats: Iterable[Format] = FORMATS) -> Iterator[str]:
    """Yield the endings of all formats."""
    for each in formats:
        yield from each.endings


def read(known: Format, data: bytes, name: str) -> Document:
    """Return what the file of that format says.

    Raises:
        NoteError: see ``Reader``.
    """
    reader: Reader = importlib.import_module(f"starlight.readers.{known.module}").read
    return reader(data, name)
