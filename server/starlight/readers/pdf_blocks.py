"""Rows into paragraphs, items, rows of tables and references."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from starlight.readers.pdf_layout import Row
from starlight.readers.pdf_text import is_hyphenated
from starlight.readers.pdfium import Fragment

Kind = Literal["text", "item", "table", "reference"]
Join = Literal["", "word", "line"]
"""How a row goes on with the one before: not at all, as the same line, as a line of its own."""

REFERENCES = re.compile(
    r"(?:(?:\d+|[IVX]+|[A-Z])(?:\.\d+)*[.:]?\s+)?"
    r"(?:references|bibliography|literature cited|works cited|references and notes|literatur|literaturverzeichnis"
    r"|références|bibliographie|referencias|bibliografía|bibliografia|riferimenti bibliografici|referências"
    r"|список литературы|литература|参考文献|منابع)\s*:?",
    re.IGNORECASE,
)
CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table|tab\.|listing|algorithm|abbildung|tabelle|tableau)\s*(?:[A-Z]?\d|[IVX])", re.IGNORECASE
)
_BULLET = re.compile(r"[•▪◦‣●○■□►➢✓∙·–—*-]\s*(?=\S)")
_NUMBERED = re.compile(r"(?:\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]|[A-Z\d]\d?(?:\.\d+)+\.?|\[[^\]]{1,20}\])\s+\S")
_REFERENCE_LABEL = re.compile(r"(?:\[[^\]]{1,20}\]|\(?\d{1,3}[.)]?)(?=\s)")
_ENDED = re.compile(r"[.!?:;。！？؟۔]['\"”’»)\]]*$")
_LOOKED_AHEAD = 60
_LONGEST_HEADING = 80
_INDENT = 0.6
_LOOSE = 1.3
_LOOSE_CELLS = 2.3


@dataclass(slots=True)
class Block:
    """A paragraph or what else stands together; ``joins[n]`` says how ``rows[n + 1]`` follows ``rows[n]``."""

    rows: list[Row]
    kind: Kind = "text"
    joins: list[Join] = field(default_factory=list)
    level: int = 0
    """Of a heading, from 1; 0 for what is none."""

    @property
    def size(self) -> float:
        """The size of its first row."""
        return self.rows[0].font.size

    @property
    def length(self) -> int:
        """How many characters it has."""
        return sum(len(row.text) for row in self.rows)

    def line(self) -> str:
        """Return it as one line, words that are cut as they are."""
        return " ".join(" ".join(row.text for row in self.rows).split())


def body_size(rows: Iterable[Row | Fragment]) -> float:
    """Return the font size that most of the text has."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[row.font.size] += len(row.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def blocks(rows: Sequence[Row]) -> list[Block]:
    """Return the blocks of a document whose rows are in reading order."""
    return _reunited(_Builder(rows).build(), body_size(rows))


class _Leading:
    """How far apart the lines of a paragraph are, by size: on a page, or in all of the document."""

    def __init__(self, rows: Sequence[Row]) -> None:
        gaps: defaultdict[tuple[int, float], Counter[float]] = defaultdict(Counter)
        for before, row in itertools.pairwise(rows):
            size, gap = row.font.size, row.base - before.base
            if row.font.size == before.font.size and row.page == before.page and 0.8 * size < gap < 2.5 * size:
                gaps[row.page, size][round(gap, 1)] += 1
                gaps[-1, size][round(gap, 1)] += 1
        self._usual = {key: min(found, key=lambda gap: (-found[gap], gap)) for key, found in gaps.items()}
        self._counts = {key: found.total() for key, found in gaps.items()}

    def of(self, row: Row) -> float:
        size = row.font.size
        for key in ((row.page, size), (-1, size)):
            if self._counts.get(key, 0) >= 4:
                return self._usual[key]
        return 1.25 * size


class _Builder:
    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._leading = _Leading(rows)
        self._references: Row | None = None
        """The heading of the list of references, while rows of the list follow."""
        self._has_labels = False

    def build(self) -> list[Block]:
        found: list[Block] = []
        for number, row in enumerate(self._rows):
            join = self._join(found[-1], row) if found else ""
            if join:
                found[-1].rows.append(row)
                found[-1].joins.append(join)
            else:
                found.append(Block([row], self._kind(row)))
            self._look_for_references(number, row)
        return found

    def _kind(self, row: Row) -> Kind:
        if self._references:
            return "reference"
        if row.is_cells:
            return "table"
        return "item" if _BULLET.match(row.text) or _NUMBERED.match(row.text) else "text"

    def _look_for_references(self, number: int, row: Row) -> None:
        if REFERENCES.fullmatch(row.text) and number + 1 < len(self._rows):
            self._references = row
            self._has_labels = bool(_REFERENCE_LABEL.match(self._rows[number + 1].text))

    def _join(self, block: Block, row: Row) -> Join:
        last = block.rows[-1]
        if self._references:
            if last is self._references:
                return ""
            if _ends_references(self._references, last, row):
                self._references = None
                return ""
            return self._join_reference(block, row)
        if not _same_size(last, row) or row.is_cells != last.is_cells:
            return ""
        if self._is_below(last, row):
            return self._join_below(block, row)
        return "word" if _goes_on_elsewhere(block, row) else ""

    def _is_below(self, last: Row, row: Row) -> bool:
        gap = row.base - last.base
        if row.page != last.page or gap <= 0:
            return False
        return not row.begins or (gap <= _LOOSE * self._leading.of(row) and abs(row.left - last.left) < row.font.size)

    def _join_reference(self, block: Block, row: Row) -> Join:
        if block.kind != "reference":
            return ""
        last = block.rows[-1]
        if self._has_labels:
            is_new = bool(_REFERENCE_LABEL.match(row.text)) and row.left <= row.column.left + row.font.size
            return "" if is_new else "word"
        if row.left > row.column.left + _INDENT * row.font.size:
            return "word"
        is_hanging = any(before.left > before.column.left + _INDENT * row.font.size for before in block.rows[1:])
        gap = row.base - last.base
        if is_hanging or _is_short(last, row) or (self._is_below(last, row) and gap > 1.1 * self._leading.of(row)):
            return ""
        return "" if _ENDED.search(last.text) else "word"

    def _join_below(self, block: Block, row: Row) -> Join:
        last = block.rows[-1]
        gap = row.base - last.base
        if row.is_cells:
            return "line" if gap < _LOOSE_CELLS * row.font.size else ""
        if gap > _LOOSE * self._leading.of(row):
            return ""
        is_short = _is_short(last, row)
        if _begins_item(block, row, is_short=is_short) or _changes_style(last, row, is_short=is_short):
            return ""
        has_ended = bool(_ENDED.search(last.text))
        moved = (row.left - last.left) / row.font.size
        if moved > _INDENT and block.kind != "item" and (has_ended or is_short):
            return ""
        if moved < -_INDENT and len(block.rows) > 1 and (has_ended or is_short):
            return ""
        if is_short:
            return _after_short(last, row, has_ended=has_ended)
        return "word"


def _after_short(last: Row, row: Row, *, has_ended: bool) -> Join:
    """How a row follows one that ended on purpose: the lines of a heading belong together where both are centred."""
    if not row.font.bold:
        return "" if has_ended else "line"
    is_centred = abs(last.left + last.right - row.left - row.right) < 2 * row.font.size
    return "word" if is_centred and abs(last.left - row.left) > 1 else ""


def _same_size(one: Row, other: Row) -> bool:
    return abs(one.font.size - other.font.size) <= 0.08 * max(one.font.size, other.font.size)


def _ends_references(heading: Row, last: Row, row: Row) -> bool:
    """Whether ``row`` is a heading after the references, whose own heading is ``heading``."""
    if len(row.text) > _LONGEST_HEADING:
        return False
    is_like_heading = row.text.isupper() and heading.text.isupper() and _same_size(heading, row)
    return is_like_heading or row.font.bold or row.font.size > 1.07 * max(last.font.size, 1)


def _is_short(last: Row, row: Row) -> bool:
    """Whether the first word of ``row`` would have had a place at the end of ``last``: the line ends on purpose."""
    if is_hyphenated(last.text):
        return False
    word = row.text.split(" ", 1)[0]
    width = (row.right - row.left) * len(word) / max(len(row.text), 1)
    return last.right + width + 0.8 * row.font.size < max(last.column.right, row.right)


def _begins_item(block: Block, row: Row, *, is_short: bool) -> bool:
    if _BULLET.match(row.text):
        return is_short or block.kind == "item" or bool(_ENDED.search(block.rows[-1].text)) or row.text[0] not in "–—*-"
    if not _NUMBERED.match(row.text):
        return False
    is_like_first = block.kind == "item" and abs(row.left - block.rows[0].left) < row.font.size
    return is_like_first or is_short or bool(_ENDED.search(block.rows[-1].text))


def _changes_style(last: Row, row: Row, *, is_short: bool) -> bool:
    """Whether a heading ends or begins between the two."""
    if last.font.bold == row.font.bold:
        return last.font.italic != row.font.italic and is_short
    return is_short or bool(not last.font.bold and _ENDED.search(last.text))


def _goes_on_elsewhere(block: Block, row: Row) -> bool:
    """Whether the last paragraph of a column goes on at the head of the next."""
    last = block.rows[-1]
    if block.kind == "table" or row.is_cells or last.font.bold != row.font.bold:
        return False
    if _BULLET.match(row.text) or CAPTION.match(row.text) or _NUMBERED.match(row.text):
        return False
    if is_hyphenated(last.text) or row.text[:1].islower():
        return not _ENDED.search(last.text)
    is_full = last.right > last.column.right - row.font.size
    return is_full and not _ENDED.search(last.text) and not row.font.bold and not last.font.bold


def _reunited(found: list[Block], body: float) -> list[Block]:
    """Put the two parts of a paragraph together that a figure, a table or footnotes at the end of a column parted."""
    taken: set[int] = set()
    for number, block in enumerate(found):
        if number in taken or block.kind in ("table", "reference") or not _is_open(block, body):
            continue
        for at in range(number + 1, min(number + _LOOKED_AHEAD, len(found))):
            other = found[at]
            if at in taken:
                continue
            is_later = other.rows[0].page != block.rows[-1].page or other.rows[0].base < block.rows[-1].base
            if is_later and other.kind == "text" and other.size == block.size and other.rows[0].text[:1].islower():
                block.joins += ["word", *other.joins]
                block.rows += other.rows
                taken.add(at)
                break
            if not _is_float(other, body):
                break
    return [block for number, block in enumerate(found) if number not in taken]


def _is_open(block: Block, body: float) -> bool:
    last = block.rows[-1]
    return block.size == body and not _ENDED.search(last.text) and not last.font.bold and len(last.text) > 1


def _is_float(block: Block, body: float) -> bool:
    return block.size < 0.95 * body or block.kind == "table" or bool(CAPTION.match(block.rows[0].text))
