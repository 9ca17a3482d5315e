"""What a program for text recognition found on an image of a page, as pieces of lines like those of a PDF.

hOCR (Breuel, "The hOCR Microformat for OCR Workflow and Results", ICDAR 2007; version 1.2) is HTML whose elements say
in their ``title`` where they stand: lines with a baseline, and words.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from starlight.errors import NoteError
from starlight.readers.pdfium import Font, Fragment, Page

_MOST_WORDS = 20_000
"""Of a page."""
_UNSURE = 30
"""A word of which the program is less certain, in percent, is a stain or a part of a picture."""
_WIDE = 0.9
"""What is no space between words, in font sizes, as in ``pdfium.py``."""
_RISING = re.compile(r"[A-Zbdfhijklt\d]")
"""Letters that are as high as capitals, mostly."""
_HIGH, _LOW, _WHOLE = 0.69, 0.46, 0.92
"""How high capitals and small letters are above the baseline, and a line from top to bottom, in font sizes: of Latin
fonts for text."""
_SAME = 0.08
"""By how much the heights of letters of one size differ on images."""
_TURNS = {90: 1, 180: 2, 270: 3}

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, from the left and from the top."""


class _Word(NamedTuple):
    text: str
    box: Box


@dataclass(slots=True)
class _Line:
    box: Box
    slope: float = 0.0
    offset: float = 0.0
    """Of the baseline: it begins so far below the lower left corner, and rises by the slope (negative: above)."""
    turned: int = 0
    words: list[_Word] = field(default_factory=list)


def fragments(hocr: str, dots: float) -> list[Fragment]:
    """Return the pieces of lines on a page, in points; ``dots`` of its image are an inch.

    Raises:
        NoteError: this is no hOCR of a page.
    """
    parser = _Parser()
    with contextlib.suppress(AssertionError):  # what the library says of some declarations
        parser.feed(hocr)
        parser.close()
    if parser.page is None:
        raise NoteError("what the program for text recognition wrote is no hOCR")
    scale = 72 / dots
    return [piece for line in parser.lines if line.words for piece in _pieces(_upright(line, parser.page), scale)]


def to_json(found: Iterable[Fragment]) -> str:
    """Return what was found on a page as JSON."""
    return json.dumps([(*piece[:6], piece.font.size) for piece in found], ensure_ascii=False)


def pages(stored: Mapping[int, str]) -> dict[int, Page]:
    """Return pages of which ``to_json`` was kept, by number; an empty text is a page of which nothing is known."""
    found = {number: [_stored(*piece) for piece in json.loads(page)] if page else [] for number, page in stored.items()}
    body = _body(piece for page in found.values() for piece in page)
    return {number: Page([_leveled(piece, body) for piece in page], []) for number, page in found.items()}


def _stored(text: str, left: float, top: float, right: float, bottom: float, base: float, size: float) -> Fragment:
    return Fragment(text, left, top, right, bottom, base, Font(size, bold=False, italic=False))


def _body(found: Iterable[Fragment]) -> float:
    """Return the size that most of the text has, as far as images tell."""
    sizes = sorted(piece.font.size for piece in found for _ in range(1 + len(piece.text) // 10))
    return statistics.median_low(sizes) if sizes else 0.0


def _leveled(piece: Fragment, body: float) -> Fragment:
    """Let letters of nearly the size that most have be of that size: there is no more to it than ink."""
    is_same = abs(piece.font.size - body) <= _SAME * body
    return piece._replace(font=piece.font._replace(size=body)) if is_same else piece


class _Parser(HTMLParser):
    """The lines of one page, and the box of it."""

    def __init__(self) -> None:
        super().__init__()
        self.page: Box | None = None
        self.lines: list[_Line] = []
        self._word: Box | None = None
        self._text: list[str] = []
        self._n_words = 0
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- any has a class
        said = dict(attrs)
        kind, title = said.get("class") or "", _properties(said.get("title") or "")
        if self._word is not None:
            self._depth += 1
            return
        with contextlib.suppress(KeyError, ValueError, IndexError, OverflowError):
            if kind == "ocr_page":
                self.page = _box(title["bbox"])
            elif "x_size" in title or kind == "ocr_line":
                self.lines.append(_line(title))
            elif kind == "ocrx_word" and self.lines:
                box = _box(title["bbox"])
                if float(title.get("x_wconf", ["100"])[0]) >= _UNSURE:
                    self._word, self._text, self._depth = box, [], 0

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 -- words are of any
        if self._word is None:
            return
        if self._depth:
            self._depth -= 1
            return
        text = " ".join("".join(self._text).split())
        if text and self._n_words < _MOST_WORDS:
            self.lines[-1].words.append(_Word(text, self._word))
            self._n_words += 1
        self._word = None

    def handle_data(self, data: str) -> None:
        if self._word is not None:
            self._text.append(data)


def _properties(title: str) -> dict[str, list[str]]:
    """Return the properties of an element: ``bbox 10 20 30 40; baseline 0 -9`` and the like."""
    return {name: values for part in title.split(";") if part.strip() for name, *values in [part.split()]}


def _box(values: Sequence[str]) -> Box:
    left, top, right, bottom = (float(int(value)) for value in values)
    return left, top, right, bottom


def _line(title: dict[str, list[str]]) -> _Line:
    slope, offset = map(float, title.get("baseline", ["0", "0"]))
    if not (math.isfinite(slope) and math.isfinite(offset)):
        raise ValueError(title)
    turned = _TURNS.get(round(float(title.get("textangle", ["0"])[0])) % 360, 0)
    return _Line(_box(title["bbox"]), slope, offset, turned)


def _upright(line: _Line, page: Box) -> _Line:
    """Return a line as it is on the page when it is turned so that the line is upright."""
    if not line.turned:
        return line

    def turned(box: Box) -> Box:
        left, top, right, bottom = box
        if line.turned == 2:
            return page[2] - right, page[3] - bottom, page[2] - left, page[3] - top
        if line.turned == 1:  # written upwards
            return page[3] - bottom, left, page[3] - top, right
        return top, page[2] - right, bottom, page[2] - left

    words = [_Word(word.text, turned(word.box)) for word in line.words]
    box = turned(line.box)
    return _Line(box, 0.0, -0.2 * (box[3] - box[1]), words=words)


def _pieces(line: _Line, scale: float) -> Iterator[Fragment]:
    """Yield the parts of a line that wide gaps part."""
    left, _, right, bottom = line.box
    base = bottom + line.offset + line.slope * (right - left) / 2
    size = max(_size(line, base) * scale, 1.0)
    size = round(2 * size) / 2
    part: list[_Word] = []
    for word in line.words:
        if part and (word.box[0] - part[-1].box[2]) * scale > _WIDE * size:
            yield _fragment(part, base * scale, size, scale)
            part = []
        part.append(word)
    yield _fragment(part, base * scale, size, scale)


def _size(line: _Line, base: float) -> float:
    """Return the font size of a line by the height of its letters, in dots."""
    text = "".join(word.text for word in line.words)
    _, top, _, bottom = line.box
    if not text.isascii():
        return (bottom - top) / _WHOLE
    return (base - top) / (_HIGH if _RISING.search(text) else _LOW)


def _fragment(words: Sequence[_Word], base: float, size: float, scale: float) -> Fragment:
    left, right = words[0].box[0] * scale, words[-1].box[2] * scale
    top, bottom = min(word.box[1] for word in words) * scale, max(word.box[3] for word in words) * scale
    text = " ".join(word.text for word in words)
    return _stored(text, round(left, 2), round(top, 2), round(right, 2), round(bottom, 2), round(base, 2), size)
