"""Which files can be read: the one list of formats.  The page of the documentation is made from it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlight.readers.document import Document, Reader, Unit


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
    unit: Unit = ""
    """What its files are counted in beside lines."""
    is_linked: bool = False
    """Whether links call its files by title and alias, as they do notes; others are called by their file's name."""
    has_lines: bool = False
    """Whether it is text that people write, and its ``Document`` has the lines of the file: read where it is needed,
    in a moment, unless it is large.  Others are read once, in a process that may die of them, and kept."""


FORMATS: tuple[Format, ...] = (
    Format(
        name="pdf",
        title="PDF",
        endings=(".pdf",),
        module="pdf",
        version=2,
        gives="the text in reading order, one column after the other, with headings, paragraphs and "
        "references; no running heads, no page numbers",
        unit="page",
    ),
    Format(
        name="docx",
        title="Word",
        endings=(".docx",),
        module="docx",
        version=1,
        gives="text, headings, lists, tables, footnotes, links, descriptions of pictures; no comments, no deleted text",
    ),
    Format(
        name="odt",
        title="OpenDocument text",
        endings=(".odt",),
        module="odt",
        version=2,
        gives="text, headings, lists, tables, footnotes, links, descriptions of pictures; no comments, no deleted text",
    ),
    Format(
        name="epub",
        title="EPUB",
        endings=(".epub",),
        module="epub",
        version=2,
        gives="the chapters in their order, without the table of contents",
    ),
    Format(
        name="html",
        title="Web page",
        endings=(".html", ".htm", ".xhtml"),
        module="html",
        version=1,
        gives="the main content without navigation; nothing that only a script would show",
    ),
    Format(
        name="eml",
        title="Email",
        endings=(".eml",),
        module="eml",
        version=2,
        gives="text, who wrote to whom and when, the names of attachments",
    ),
    Format(
        name="org",
        title="Org",
        endings=(".org",),
        module="org",
        version=1,
        gives="text, headings, links, tags, and the properties, names and ids of org-roam",
        is_linked=True,
        has_lines=True,
    ),
    Format(
        name="text",
        title="Plain text",
        endings=(".txt", ".text"),
        module="txt",
        version=1,
        gives="text, and headings that are underlined",
        has_lines=True,
    ),
    Format(
        name="rst",
        title="reStructuredText",
        endings=(".rst",),
        module="rst",
        version=3,
        gives="text, headings, links, code, and the fields at its head",
        has_lines=True,
    ),
    Format(
        name="asciidoc",
        title="AsciiDoc",
        endings=(".adoc", ".asciidoc"),
        module="asciidoc",
        version=3,
        gives="text, headings, links, code, and the attributes in its header",
        has_lines=True,
    ),
    Format(
        name="latex",
        title="LaTeX",
        endings=(".tex",),
        module="latex",
        version=3,
        gives="text, headings, links, code, mathematics as it is written, and title, authors and date",
        has_lines=True,
    ),
    Format(
        name="notebook",
        title="Jupyter notebooks",
        endings=(".ipynb",),
        module="notebook",
        version=1,
        gives="text, code, and the text of what code gave, cell by cell",
        unit="cell",
    ),
    Format(
        name="csv",
        title="Tables as text (CSV, TSV)",
        endings=(".csv", ".tsv"),
        module="csv_head",
        version=2,
        gives="the first 50 rows",
        has_lines=True,
    ),
    Format(
        name="subtitles",
        title="Subtitles (WebVTT, SubRip)",
        endings=(".vtt", ".srt"),
        module="subtitles",
        version=1,
        gives="what is said, without times",
        has_lines=True,
    ),
)

_BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}


def format_of(path: str) -> Format | None:
    """Return the format of the file at ``path``, by its ending; None where it is no document."""
    name = path[path.rfind("/") + 1 :]
    at = name.rfind(".")
    return _BY_ENDING.get(name[at:].lower()) if at > 0 else None


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
