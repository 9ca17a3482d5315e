"""PDFs like papers, made of text that is known: for the tests of their reader and for its figures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import pypdfium2
from PIL import Image
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, FrameBreak, NextPageTemplate, PageTemplate, Paragraph

WIDTH, HEIGHT = A4
_MARGIN = 56
_GUTTER = 18
_HEAD = 150
"""What title, authors and abstract of a paper in two columns take."""
_SYLLABLE = re.compile(r"(?<=[a-z]{2}[aeiouy])(?=[bcdfgklmnprst][aeiouy][a-z]{2})")
_TEXT = ParagraphStyle(
    "text",
    fontName="Times-Roman",
    fontSize=10,
    leading=12,
    alignment=TA_JUSTIFY,
    firstLineIndent=12,
    hyphenationLang="",
)
_REFERENCE = ParagraphStyle("reference", parent=_TEXT, fontSize=9, leading=11, firstLineIndent=-18, leftIndent=18)
_TITLE = ParagraphStyle("title", fontName="Times-Bold", fontSize=16, leading=19, alignment=TA_CENTER, spaceAfter=6)
_AUTHORS = ParagraphStyle(
    "authors", fontName="Times-Italic", fontSize=11, leading=14, alignment=TA_CENTER, spaceAfter=8
)
_HEADINGS = [
    ParagraphStyle(f"h{level}", fontName="Times-Bold", fontSize=size, leading=size + 3, spaceBefore=10, spaceAfter=4)
    for level, size in ((1, 12), (2, 11), (3, 10))
]


@dataclass(frozen=True)
class Paper:
    """What a paper says, in order.  A section is its level, its heading and its paragraphs."""

    title: str
    authors: str = "A. Author and B. Author"
    abstract: str = ""
    sections: Sequence[tuple[int, str, Sequence[str]]] = ()
    references: Sequence[str] = field(default=())

    def words(self) -> list[str]:
        """All its words, lower case, as they are read."""
        parts = [self.title, self.authors, *(["Abstract", self.abstract] if self.abstract else [])]
        for _, heading, paragraphs in self.sections:
            parts += [heading, *paragraphs]
        if self.references:
            parts += ["References", *self.references]
        return words("\n".join(parts))


def words(text: str) -> list[str]:
    """The words of a text, lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def paper(said: Paper, *, columns: int = 1, hyphenate: bool = True, **options: Any) -> bytes:
    """Return a paper as a PDF, with running heads and page numbers; ``options`` are those of ``BaseDocTemplate``."""
    file = io.BytesIO()
    template = BaseDocTemplate(file, pagesize=A4, **options)
    top = HEIGHT - _MARGIN - 14
    height = top - _MARGIN
    head = Frame(_MARGIN, top - _HEAD, WIDTH - 2 * _MARGIN, _HEAD, 0, 0, 0, 0)
    first = [head, *_columns(columns, height - _HEAD)] if columns > 1 else _columns(1, height)
    template.addPageTemplates(
        [
            PageTemplate("first", first, onPage=lambda canvas, _: _number(canvas)),
            PageTemplate("later", _columns(columns, height), onPage=lambda canvas, _: _running(canvas, said.title)),
        ]
    )
    template.build([NextPageTemplate("later"), *_flow(said, columns, hyphenate=hyphenate)])
    return file.getvalue()


def _columns(number: int, height: float) -> list[Frame]:
    width = (WIDTH - 2 * _MARGIN - (number - 1) * _GUTTER) / number
    return [Frame(_MARGIN + at * (width + _GUTTER), _MARGIN, width, height, 0, 0, 0, 0) for at in range(number)]


def _flow(said: Paper, columns: int, *, hyphenate: bool) -> Iterable[Flowable]:
    def text(line: str, style: ParagraphStyle = _TEXT) -> Paragraph:
        return Paragraph(escape(_SYLLABLE.sub("\u00ad", line) if hyphenate else line), style)

    yield Paragraph(escape(said.title), _TITLE)
    yield Paragraph(escape(said.authors), _AUTHORS)
    if said.abstract:
        yield Paragraph("Abstract", _HEADINGS[0])
        yield text(said.abstract)
    if columns > 1:
        yield FrameBreak()
    for level, heading, paragraphs in said.sections:
        yield Paragraph(escape(heading), _HEADINGS[level - 1])
        yield from map(text, paragraphs)
    if said.references:
        yield Paragraph("References", _HEADINGS[0])
        for reference in said.references:
            yield text(reference, _REFERENCE)


def _number(canvas: Canvas) -> None:
    canvas.setFont("Times-Roman", 9)
    canvas.drawCentredString(WIDTH / 2, _MARGIN - 24, str(canvas.getPageNumber()))


def _running(canvas: Canvas, title: str) -> None:
    canvas.setFont("Times-Italic", 9)
    if canvas.getPageNumber() % 2:
        canvas.drawRightString(WIDTH - _MARGIN, HEIGHT - _MARGIN, title)
    else:
        canvas.drawString(_MARGIN, HEIGHT - _MARGIN, "Journal of Known Texts, volume 12")
    _number(canvas)


def drawn(*pages: Sequence[tuple[float, float, str]], size: float = 10, **options: Any) -> bytes:
    """Return a PDF of pages with lines at places, from the left and from the top, in points."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, **options)
    for lines in pages:
        for left, top, line in lines:
            canvas.setFont("Times-Roman", size)
            canvas.drawString(left, HEIGHT - top, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def mixed(*pages: int | str, stamp: str = "", share: float = 1.0) -> bytes:
    """Return a PDF of pages that are text, or an image of one shade of grey that covers a share of the page.

    The ``stamp`` is a line of text at the foot of each of them.
    """
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    for page in pages:
        if isinstance(page, int):
            canvas.drawImage(ImageReader(Image.new("L", (60, 80), page)), 0, 0, WIDTH, HEIGHT * share)
        else:
            for number, line in enumerate(page.splitlines()):
                canvas.drawString(_MARGIN, HEIGHT - _MARGIN - 14 * number, line)
        canvas.drawString(_MARGIN, 20, stamp)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def scanned(data: bytes, dots: float = 200) -> bytes:
    """Return a PDF of images of the pages of another, with so many dots to an inch."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    document = pypdfium2.PdfDocument(data)
    for page in document:
        canvas.drawImage(ImageReader(page.render(scale=dots / 72, grayscale=True).to_pil()), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    document.close()
    canvas.save()
    return file.getvalue()
