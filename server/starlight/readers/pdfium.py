"""What PDFium finds in a PDF: lines of text with their places and fonts, and what the file says of itself.

The raw interface is used, in few calls a line: one call a character would cost more than all the rest.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from starlight.errors import NoteError
from starlight.readers import pdf_images

HYPHEN = "\ufffe"
"""What PDFium has in place of a hyphen at the end of a line, where the word goes on in the next."""
_PASSWORD, _HANDLER = 4, 5
"""``FPDF_ERR_PASSWORD`` and ``FPDF_ERR_SECURITY``: wanted, and of a kind that is not known."""
_DOTS = 300.0
"""To an inch, of the image of a page: what text recognition reads best."""
_MOST_DOTS = 40_000_000
"""Of an image; a page that is larger than two sheets of A3 has fewer to an inch."""
_SIGNATURE_WITHIN = 1024
_LONGEST_NAME = 100
_WIDE = 0.9
"""What is no space between words, in font sizes: a line is taken apart there."""
_LINE = re.compile(rf"[^\r\n{HYPHEN}]+{HYPHEN}?")
_BOLD = re.compile(r"bold|black|heavy|demi|-medi\b|medi$|cmb|cmssbx|sfbx|sfsx|-bd|,b", re.IGNORECASE)
_WEIGHT = re.compile(rf"{_BOLD.pattern}|regular|roman|book|light|normal|text|cmr|sfrm", re.IGNORECASE)
"""Names that say how heavy a font is; of others its own figure is believed, which is often made up."""
_ITALIC = re.compile(r"ital|obli|slant|-it\b|cmti|cmsl|sfti|sfsl", re.IGNORECASE)
_BOLD_WEIGHT = 700
_BEYOND = re.compile(r"[\U00010000-\U0010ffff]")
_HALF = re.compile(r"[\ud800-\udfff]")


_Box = tuple[float, float, float, float]
"""Left, bottom, right and top."""


class Font(NamedTuple):
    """How a piece of text is set; ``size`` in points."""

    size: float
    bold: bool
    italic: bool


class Fragment(NamedTuple):
    """A piece of a line, its box and baseline in points, from the left and from the top."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    base: float
    font: Font


class Bookmark(NamedTuple):
    """An entry of the outline; ``level`` from 0, ``page`` from 0, -1 where it leads to none."""

    level: int
    title: str
    page: int


class Page(NamedTuple):
    """The text of a page: what is set as most of it is, and what runs in other directions."""

    fragments: list[Fragment]
    aside: list[Fragment]
    is_damaged: bool = False


class Image(NamedTuple):
    """A page as an image: a grey PGM (Netpbm, ``P5``), and how many dots it has to an inch."""

    data: bytes
    dots: float


class _Sample(NamedTuple):
    """What is known of a character."""

    font: Font
    quarter: int
    """The direction in which it is written, in quarters of a turn to the left; -1 for any other."""
    x: float
    y: float


class File:
    """An open PDF.  A context manager: what it holds outside of Python's memory goes back at the end.

    Raises:
        NoteError: it is damaged, encrypted, or no PDF.
    """

    def __init__(self, data: bytes) -> None:
        from pypdfium2 import PdfDocument, PdfiumError

        if not data.strip(b"\0 \r\n\t"):
            raise NoteError("is empty: nothing was written into it, or it was cut off")
        if b"%PDF-" not in data[:_SIGNATURE_WITHIN]:
            raise NoteError("is no PDF, whatever its name says")
        try:
            self._pdf = PdfDocument(data)
        except PdfiumError as error:
            raise NoteError(_reason(error)) from error

    def __enter__(self) -> File:
        return self

    def __exit__(self, *_: object) -> None:
        self._pdf.close()

    def __len__(self) -> int:
        return len(self._pdf)

    def pages(self) -> Iterator[Page]:
        """Yield all pages; one that is damaged has no text."""
        from pypdfium2 import PdfiumError

        for number in range(len(self)):
            try:
                page = self._pdf[number]
            except PdfiumError:
                yield Page([], [], is_damaged=True)
                continue
            with contextlib.closing(page):
                try:
                    text = page.get_textpage()
                except PdfiumError:
                    yield Page([], [], is_damaged=True)
                    continue
                with contextlib.closing(text):
                    yield _upright(_Text(text.raw).pieces(), page.get_bbox())

    def image(self, number: int) -> Image:
        """Return the page with that number, from 0, as it is seen; an image of no bytes where it is damaged."""
        from pypdfium2 import PdfiumError

        with contextlib.suppress(PdfiumError), contextlib.closing(self._pdf[number]) as page:
            width, height = page.get_size()
            scale = min(_DOTS / 72, math.sqrt(_MOST_DOTS / max(width * height, 1)))
            with contextlib.closing(page.render(scale=scale, grayscale=True)) as bitmap:
                rows = bytes(bitmap.buffer)
                if bitmap.stride != bitmap.width:
                    starts = range(0, bitmap.stride * bitmap.height, bitmap.stride)
                    rows = b"".join(rows[start : start + bitmap.width] for start in starts)
                return Image(b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + rows, 72 * scale)
        return Image(b"", _DOTS)

    def image_share(self, number: int) -> float:
        """Return which part of the page with that number, from 0, images cover, from 0 to 1; 0 where it is damaged."""
        from pypdfium2 import PdfiumError

        with contextlib.suppress(PdfiumError), contextlib.closing(self._pdf[number]) as page:
            return pdf_images.share(page)
        return 0.0

    def said(self) -> dict[str, str]:
        """What the file says of itself: ``Title``, ``Author``, ``Subject``, ``Keywords``, ``CreationDate`` ..."""
        return {name: _HALF.sub("", text) for name, text in self._pdf.get_metadata_dict(skip_empty=True).items()}

    def language(self) -> str:
        """The language of the text as the file states it, such as ``en-GB``."""
        from pypdfium2 import raw

        length = raw.FPDFCatalog_GetLanguage(self._pdf.raw, None, 0)
        if not 2 < length <= _LONGEST_NAME:
            return ""
        buffer = (ctypes.c_ushort * (length // 2))()
        raw.FPDFCatalog_GetLanguage(self._pdf.raw, buffer, length)
        return bytes(buffer).decode("utf-16-le", "ignore").rstrip("\0")

    def bookmarks(self) -> Iterator[Bookmark]:
        """Yield the entries of the outline, in order."""
        from pypdfium2 import PdfiumError

        with contextlib.suppress(PdfiumError):
            for mark in self._pdf.get_toc():
                place = mark.get_dest()
                page = place.get_index() if place else None
                yield Bookmark(mark.level, mark.get_title(), -1 if page is None else page)


def _reason(error: Any) -> str:  # noqa: ANN401 -- the library has no types
    code = getattr(error, "err_code", None)
    if code == _PASSWORD:
        return "is encrypted: save a copy without its password to have it indexed"
    if code == _HANDLER:
        return "is encrypted in a way that is not known: save a copy without encryption to have it indexed"
    return "is damaged or cut off: no pages were found in it"


class _Text:
    """The text of a page, by the index of its characters."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 -- the library has no types
        from pypdfium2 import raw

        self._raw = raw
        self._page = page
        self._n_chars = max(raw.FPDFText_CountChars(page), 0)
        self._fonts: dict[tuple[bytes, int], tuple[bool, bool]] = {}
        self._box = tuple(ctypes.c_double() for _ in range(4))
        self._matrix = raw.FS_MATRIX()
        self._name = ctypes.create_string_buffer(_LONGEST_NAME)
        self._flags = ctypes.c_int()

    def pieces(self) -> Iterator[tuple[Fragment, int]]:
        """Yield pieces of lines in the page's own coordinates (up is more), each with its direction."""
        text = self._all()
        is_same = len(text) == self._n_chars
        for found in _LINE.finditer(text):
            start, end = found.span()
            if not is_same:
                start = self._raw.FPDFText_GetCharIndexFromTextIndex(self._page, start)
                end = self._raw.FPDFText_GetCharIndexFromTextIndex(self._page, end - 1) + 1
            if found[0].strip() and 0 <= start < end:
                yield from self._line(found[0], start, end)

    def _all(self) -> str:
        if not self._n_chars:
            return ""
        buffer = (ctypes.c_ushort * (self._n_chars + 1))()
        length = self._raw.FPDFText_GetText(self._page, 0, self._n_chars, buffer)
        text = bytes(buffer)[: 2 * max(length - 1, 0)].decode("utf-16-le", "surrogatepass")
        # PDFium counts both halves of a character beyond the first 65,536: they stay apart until lines are cut.
        return _BEYOND.sub(_in_halves, text)

    def _line(self, text: str, start: int, end: int) -> Iterator[tuple[Fragment, int]]:
        samples = self._samples(text, start, end)
        if not samples:
            return
        boxes = self._boxes(start, end)
        if not boxes:
            return
        middle = samples[len(samples) // 2]
        size = _believed(middle, boxes)
        if middle.quarter == 0 and _has_gap(boxes, size) and end - start == len(text):
            for piece, first in list(self._split(text, start, size)):  # it uses the same memory as what follows
                if found := self._samples(piece, first, first + len(piece)):
                    yield _fragment(piece, found, self._boxes(first, first + len(piece)))
        else:
            yield _fragment(text, samples, boxes)

    def _samples(self, text: str, start: int, end: int) -> list[_Sample]:
        """Look at three characters of a line that have a place."""
        length = min(len(text), end - start)
        places = sorted({length // 6, length // 2, length - 1 - length // 6})
        found = []
        for place in places:
            at = next((at for at in range(place, length) if not text[at].isspace()), -1)
            if at < 0:
                at = next((at for at in range(place - 1, -1, -1) if not text[at].isspace()), -1)
            if at >= 0 and (sample := self._sample(start + at)):
                found.append(sample)
        return found

    def _sample(self, index: int) -> _Sample | None:
        raw, matrix = self._raw, self._matrix
        x, y = self._box[:2]
        if not raw.FPDFText_GetMatrix(self._page, index, matrix) or not raw.FPDFText_GetCharOrigin(
            self._page, index, x, y
        ):
            return None
        size = raw.FPDFText_GetFontSize(self._page, index) * math.hypot(matrix.c, matrix.d)
        if not math.isfinite(size) or size <= 0:
            return None
        bold, italic = self._style(index)
        return _Sample(Font(round(2 * size) / 2 or size, bold, italic), _quarter(matrix.a, matrix.b), x.value, y.value)

    def _style(self, index: int) -> tuple[bool, bool]:
        raw = self._raw
        length = raw.FPDFText_GetFontInfo(self._page, index, self._name, _LONGEST_NAME, self._flags)
        name = self._name.raw[: max(min(length, _LONGEST_NAME) - 1, 0)]
        key = (name, self._flags.value)
        if key not in self._fonts:
            shown = name.decode("utf-8", "replace").rpartition("+")[2]
            is_bold = bool(_BOLD.search(shown))
            if not _WEIGHT.search(shown):
                is_bold = raw.FPDFText_GetFontWeight(self._page, index) >= _BOLD_WEIGHT
            self._fonts[key] = is_bold, bool(_ITALIC.search(shown))
        return self._fonts[key]

    def _boxes(self, start: int, end: int) -> list[_Box]:
        """The boxes of what was written at once."""
        raw = self._raw
        left, top, right, bottom = self._box
        found = []
        for number in range(max(raw.FPDFText_CountRects(self._page, start, end - start), 0)):
            if raw.FPDFText_GetRect(self._page, number, left, top, right, bottom):
                box = (left.value, bottom.value, right.value, top.value)
                if all(map(math.isfinite, box)):
                    found.append(box)
        return found

    def _split(self, text: str, start: int, size: float) -> Iterator[tuple[str, int]]:
        """Yield the parts of a line that wide gaps part, each with the index of its first character."""
        left, right, bottom, top = self._box
        first, last = 0, None
        for at, char in enumerate(text):
            if char.isspace() or not self._raw.FPDFText_GetCharBox(self._page, start + at, left, right, bottom, top):
                continue
            if right.value <= left.value:
                continue
            if last is not None and (left.value - last > _WIDE * size or left.value < last - 3 * size):
                yield text[first:at], start + first
                first = at
            last = right.value
        yield text[first:], start + first


def _in_halves(found: re.Match[str]) -> str:
    code = ord(found[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def _in_one(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _HALF.search(text) else text


def _quarter(a: float, b: float) -> int:
    turns = math.atan2(b, a) / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.1 else -1


def _has_gap(boxes: Sequence[_Box], size: float) -> bool:
    wide = _WIDE * size
    return any(after[0] - before[2] > wide or after[2] < before[0] for before, after in itertools.pairwise(boxes))


def _believed(sample: _Sample, boxes: Sequence[_Box]) -> float:
    """Return the font size; where letters are bitmaps, such as those of old TeX, it says nothing, but their height."""
    across = 1 if sample.quarter % 2 == 0 else 0
    height = max(box[across + 2] for box in boxes) - min(box[across] for box in boxes)
    return sample.font.size if sample.font.size > 0.4 * height else 2 * math.ceil(height / 2)


def _fragment(text: str, samples: Sequence[_Sample], boxes: Sequence[_Box]) -> tuple[Fragment, int]:
    middle = sorted(samples, key=lambda sample: sample.font.size)[len(samples) // 2]
    boxes = boxes or [(middle.x, middle.y, middle.x, middle.y)]
    font = Font(
        _believed(middle, boxes),
        all(sample.font.bold for sample in samples),
        all(sample.font.italic for sample in samples),
    )
    bases = sorted(sample.x if middle.quarter % 2 else sample.y for sample in samples)
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return Fragment(_in_one(text), left, top, right, bottom, bases[len(bases) // 2], font), middle.quarter


def _upright(pieces: Iterator[tuple[Fragment, int]], page: tuple[float, float, float, float]) -> Page:
    """Turn the page so that most of its text is upright, with the origin at the top left."""
    left, bottom, right, top = page
    seen = [
        (piece, quarter)
        for piece, quarter in pieces
        if left <= (piece.left + piece.right) / 2 <= right and bottom <= (piece.top + piece.bottom) / 2 <= top
    ]
    counts: Counter[int] = Counter()
    for piece, quarter in seen:
        counts[quarter] += len(piece.text)
    most = max((quarter for quarter in counts if quarter >= 0), key=counts.__getitem__, default=0)
    corner = ((left, top), (bottom, left), (right, bottom), (top, right))[most]
    return Page(
        [_turned(piece, most, corner) for piece, quarter in seen if quarter == most],
        [_turned(piece, max(quarter, 0), corner) for piece, quarter in seen if quarter != most],
    )


def _turned(piece: Fragment, quarter: int, corner: tuple[float, float]) -> Fragment:
    """Return ``piece`` as it is on the page when text of that direction is upright."""
    x0, y0, x1, y1 = piece.left, piece.bottom, piece.right, piece.top
    left, top, right, bottom, base = (
        (x0, -y1, x1, -y0, -piece.base),
        (y0, x0, y1, x1, piece.base),
        (-x1, y0, -x0, y1, piece.base),
        (-y1, -x1, -y0, -x0, -piece.base),
    )[quarter]
    dx, dy = ((-corner[0], corner[1]), (-corner[0], -corner[1]), (corner[0], -corner[1]), (corner[0], corner[1]))[
        quarter
    ]
    return Fragment(piece.text, left + dx, top + dy, right + dx, bottom + dy, base + dy, piece.font)
