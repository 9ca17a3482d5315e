"""PDF: text in reading order with headings, paragraphs and the numbers of pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from starlight.errors import NoteError
from starlight.notes.model import FrontMatter, Properties
from starlight.readers import pdf_headings, pdf_layout, pdf_margins
from starlight.readers.document import PARTLY_SCANNED, SCANNED, UNNAMED, Document, Mark, listed
from starlight.readers.escaping import literal
from starlight.readers.pdf_blocks import Block, blocks, body_size
from starlight.readers.pdf_layout import Column, Row
from starlight.readers.pdf_text import clean, joined, whole, words_of
from starlight.readers.pdfium import File, Fragment, Page

_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")
_BULLET = re.compile(r"[•▪◦‣●○■□►➢✓∙·–—*-]\s+")
_SAYS_NOTHING = re.compile(r"\(?(?:anonymous|unspecified|unknown|none|user|admin\w*)\)?", re.IGNORECASE)
_MOST_AUTHORS = 40
_LONGEST_ASIDE = 12
_LONGEST_PROPERTY = 100
_UNREADABLE = 0.3
"""The share of characters that stand for none, from which on a text is not one."""
_MUCH = 0.5
"""The share of a page without text that images cover, from which on it is taken for scanned."""
_LOOKED_AT = 10
"""Pages of a file without text that are looked at for images."""
_RECOGNITION = "text recognition (the setting `index.ocr`, or a program such as OCRmyPDF)"


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 -- what is in it says more than its name
    """Return the text of a PDF; see ``Reader``."""
    with File(data) as file:
        pages, rows = _read(file)
        if not rows:
            raise NoteError(_why_empty(file, pages))
        if _is_unreadable(pages):
            raise NoteError(f"{UNNAMED}: {_RECOGNITION} can read it")
        problems = _damaged(pages)
        if images := _images(file, pages, rows):
            problems.append(f"{PARTLY_SCANNED}: {listed(images)}; {_RECOGNITION} gives them some")
        return _document(file, rows, problems)


def scanned_pages(data: bytes, *, is_part: bool) -> list[int]:
    """Return the numbers, from 1, of the pages of a PDF whose text is to be recognised.

    Where a part of it is scanned these are the pages that are images and have no text, else all.

    Raises:
        NoteError: it is no PDF that could be read.
    """
    with File(data) as file:
        return _images(file, *_read(file)) if is_part else list(range(1, len(file) + 1))


def recognised(data: bytes, found: Mapping[int, Page], *, is_part: bool) -> Document:
    """Return the text of a PDF with what was ``found`` on pages that are scanned (``hocr.py``), by their numbers.

    Where a part of it is scanned the other pages say what the file says; else there is nothing but what was found, and
    the text may be empty.

    Raises:
        NoteError: it is no PDF that could be read.
    """
    with File(data) as file:
        own = list(file.pages()) if is_part else []
        pages = [*own, *(Page([], []) for _ in range(max(found, default=0) - len(own)))]
        for number, page in _as_large(found, own).items():
            pages[number - 1] = page
        rows = list(_rows(pages, list(pdf_margins.without_margins(pages))))
        rows = rows or list(_rows(pages, [page.fragments for page in pages]))
        return _document(file, rows, _damaged(own))


def _read(file: File) -> tuple[list[Page], list[Row]]:
    """Return the pages, and the rows of what they say without running heads, feet and page numbers."""
    pages = list(file.pages())
    rows = list(_rows(pages, list(pdf_margins.without_margins(pages))))
    if not rows and not _has_images(file):  # all pages say the same
        rows = list(_rows(pages, [page.fragments for page in pages]))
    return pages, rows


def _has_images(file: File) -> bool:
    return any(file.image_share(number) for number in range(min(_LOOKED_AT, len(file))))


def _images(file: File, pages: Sequence[Page], rows: Sequence[Row]) -> list[int]:
    """Return the numbers, from 1, of the pages that images cover and that have no text of their own.

    The covers of a book, where no other page is like that, are none: nobody looks for what they say.
    """
    written = {row.page for row in rows}
    empty = [number for number in range(1, len(pages) + 1) if number not in written]
    found = [number for number in empty if file.image_share(number - 1) >= _MUCH]
    return [] if len(pages) > 2 and found in ([1], [1, len(pages)]) else found


def _as_large(found: Mapping[int, Page], own: Sequence[Page]) -> Mapping[int, Page]:
    """Return what was recognised on some pages with its text of the size that the text of all other pages has.

    A scanned appendix in larger letters is no series of headings.  Where most was recognised, its size stays.
    """
    theirs = [piece for page in found.values() for piece in page.fragments]
    ours = [piece for page in own for piece in page.fragments]
    if sum(len(piece.text) for piece in theirs) >= sum(len(piece.text) for piece in ours):
        return found
    before, body = body_size(theirs), body_size(ours)

    def sized(piece: Fragment) -> Fragment:
        return piece._replace(font=piece.font._replace(size=body)) if piece.font.size == before else piece

    return {number: page._replace(fragments=list(map(sized, page.fragments))) for number, page in found.items()}


def _document(file: File, rows: Sequence[Row], problems: Sequence[str]) -> Document:
    """The document with those rows."""
    bookmarks, said = list(file.bookmarks()), file.said()
    _level_weights(rows)
    body = body_size(rows)
    found = blocks(rows)
    pdf_headings.mark(found, bookmarks, body)
    title = _title(found, said.get("Title", ""), body, is_outlined=bool(bookmarks)) if found else ""
    text, marks = _Text(words_of(row.text for row in rows)).of(found)
    return Document(text, _front(title, said, file.language(), problems), "page", marks)


def _rows(pages: Sequence[Page], texts: Sequence[Sequence[Fragment]]) -> Iterator[Row]:
    """Yield the rows of all pages in reading order; ``texts`` are what to read of them."""
    known = pdf_layout.confirmed([pdf_layout.gutters(text) for text in texts])
    asides = Counter(clean(piece.text) for page in pages for piece in page.aside)
    for number, (page, text) in enumerate(zip(pages, texts, strict=True), start=1):
        for row in pdf_layout.rows(text, number, known):
            row.text = clean(row.text)
            if row.text:
                yield row
        for piece in page.aside:
            said = clean(piece.text)
            if len(said) >= _LONGEST_ASIDE and asides[said] == 1:
                yield _aside(piece, said, number)


def _level_weights(rows: Sequence[Row]) -> None:
    """Where most of a text is bold, that sets nothing off: take all of it for regular."""
    lengths = Counter[bool]()
    for row in rows:
        lengths[row.font.bold] += len(row.text)
    if lengths[True] > lengths[False]:
        for row in rows:
            row.font = row.font._replace(bold=False)


def _aside(piece: Fragment, text: str, page: int) -> Row:
    """A row of what is set in another direction than the page, such as a stamp at its side."""
    column = Column(piece.left, piece.right)
    sides = piece.left, piece.right, piece.top, piece.bottom
    return Row(text, *sides, piece.base, piece.font, page=page, column=column, is_cells=True, begins=True)


def _why_empty(file: File, pages: Sequence[Page]) -> str:
    if all(page.is_damaged for page in pages):
        return "is damaged or cut off: none of its pages can be read"
    return f"{SCANNED}; {_RECOGNITION} gives it some" if _has_images(file) else "has no text"


def _is_unreadable(pages: Sequence[Page]) -> bool:
    """Whether most of the text has no characters: fonts without a map from their shapes to letters."""
    counts = Counter("".join(piece.text for page in pages[:50] for piece in page.fragments))
    total = sum(count for char, count in counts.items() if not char.isspace())
    unknown = sum(
        count for char, count in counts.items() if char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char < " "
    )
    return unknown > _UNREADABLE * total


def _title(found: list[Block], stated: str, body: float, *, is_outlined: bool) -> str:
    """Return the title, and give the blocks that have it on the first page the first level."""
    large = pdf_headings.title_block(found, body, is_outlined=is_outlined)
    shown = " ".join(block.line() for block in large)
    stated = " ".join(clean(stated).split())
    is_stated = pdf_headings.is_title(stated)
    wanted = pdf_headings.plain(stated)
    if is_stated and wanted:
        for block in found[:20]:
            if pdf_headings.plain(block.line()) == wanted:
                large, shown = [block], block.line()
                break
    if large:
        _unite(found, large)
        large[0].level = 1
    is_seen = is_stated and wanted in pdf_headings.plain(" ".join(block.line() for block in found[:30]))
    return stated if is_seen or (is_stated and not shown) else shown


def _unite(found: list[Block], parts: list[Block]) -> None:
    """Make one block of several that follow one another."""
    first = parts[0]
    for part in parts[1:]:
        first.joins += ["word", *part.joins]
        first.rows += part.rows
        del found[next(at for at, block in enumerate(found) if block is part)]


def _damaged(pages: Sequence[Page]) -> list[str]:
    damaged = [number for number, page in enumerate(pages, start=1) if page.is_damaged]
    return [f"pages that are damaged have no text: {listed(damaged)}"] if damaged else []


def _front(title: str, said: dict[str, str], language: str, problems: Sequence[str]) -> FrontMatter:
    return FrontMatter(
        title=title,
        created=_date(said.get("CreationDate", "")),
        modified=_date(said.get("ModDate", "")),
        properties=_properties(said),
        language=language,
        problems=tuple(problems),
    )


def _properties(said: dict[str, str]) -> Properties:
    authors = re.split(r"\s*(?:;|\band\b|&)\s*", said.get("Author", ""))
    if len(authors) == 1 and all(len(part.split()) > 1 for part in authors[0].split(",")):
        authors = authors[0].split(",")
    found = {
        "author": authors[:_MOST_AUTHORS],
        "subject": [said.get("Subject", "")],
        "keywords": re.split(r"[;,]", said.get("Keywords", ""))[:_MOST_AUTHORS],
    }
    cleaned = {name: [" ".join(clean(text).split()) for text in texts] for name, texts in found.items()}
    kept = {
        name: tuple(text for text in texts if 0 < len(text) <= _LONGEST_PROPERTY and not _SAYS_NOTHING.fullmatch(text))
        for name, texts in cleaned.items()
    }
    return tuple((name, texts) for name, texts in kept.items() if texts)


def _date(text: str) -> str:
    """Return a date of a PDF, ``D:20170612...``, as ISO 8601 has it: the day, the month or the year."""
    found = _DATE.match(text)
    if not found:
        return ""
    year, month, day = found.groups()
    if not month or not 1 <= int(month) <= 12:
        return year
    return f"{year}-{month}-{day}" if day and 1 <= int(day) <= 31 else f"{year}-{month}"


class _Text:
    """Blocks as Markdown, and where pages begin in it."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[Mark] = []
        self._page = 0

    def of(self, found: Sequence[Block]) -> tuple[str, tuple[Mark, ...]]:
        for block in found:
            is_item = block.kind == "item" and not block.level
            if self._parts:
                self._add("\n" if is_item and self._was_item else "\n\n")
            self._was_item = is_item
            self._block(block)
        return "".join(self._parts), tuple(self._marks)

    _was_item = False

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _block(self, block: Block) -> None:
        line, page = "", block.rows[0].page
        lines: list[tuple[str, int]] = []
        for number, row in enumerate(block.rows):
            join = block.joins[number - 1] if number else ""
            if not number:
                line = row.text
            elif join == "line" and not block.level:
                lines.append((f"{whole(line)}\n", page))
                line, page = row.text, row.page
            elif row.page != page:
                both = joined(line, row.text, self._words)
                cut = len(both) - len(row.text)
                lines.append((both[:cut], page))
                line, page = both[cut:], row.page
            else:
                line = joined(line, row.text, self._words)
        lines.append((whole(line), page))
        self._write(block, lines)

    def _write(self, block: Block, lines: Sequence[tuple[str, int]]) -> None:
        for number, (line, page) in enumerate(lines):
            if page != self._page:
                self._page = page
                self._marks.append(Mark(self._length, page))
            if block.level and not number:
                self._add(f"{'#' * block.level} ")
            if block.kind != "table":
                line = line.replace("  ", " ")
            self._add(line if block.level else self._escaped(block, line, is_first=not number))

    def _escaped(self, block: Block, line: str, *, is_first: bool) -> str:
        if is_first and block.kind == "item" and (found := _BULLET.match(line)):
            return f"- {line[found.end() :]}"
        return literal(line)
