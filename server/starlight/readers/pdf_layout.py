"""The reading order of a page: columns side by side, what runs across them, and rows of text.

A column is found by where many lines begin, beside others that end before.  What crosses the gutter between two
columns cuts the page into bands; in each, the left column is read before the right one.  That is the recursive cut of
Nagy and Seth (1984), by edges of lines in place of white space, so that a title or a figure across does not hide it.
"""

from __future__ import annotations

import bisect
import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from starlight.readers.pdfium import HYPHEN, Font, Fragment

LABEL = re.compile(
    r"\s*(?:[^\w\s\"'(\[{<“‘«„]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]|\d+(?:\.\d+)*\.?|\[[^\]]{1,20}\])\s*"
)
"""What stands before an item, a numbered heading or a reference, and may have a wide gap after it."""
_CANDIDATES = 6
_LEAST_FACING = 3
_DEEPEST = 6
_SHARE = 0.15
"""Of the pages of a document that a column begins at a place of, to be looked for on the others."""
_SHORTEST_LINE = 12
"""Characters; columns of a table have less to a line."""
_FILLED = 0.6
_DEPTH = 0.25
"""How far below the baseline a line reaches, in font sizes."""
_CELL_GAP = 1.5
"""In font sizes: what parts the cells of a table, and not two words of a justified line."""
_SPACE = 0.12


class Column(NamedTuple):
    """From where to where the lines of a column run."""

    left: float
    right: float


@dataclass(slots=True)
class Row:
    """A line of a column as it is read."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    base: float
    font: Font
    page: int
    column: Column
    is_cells: bool = False
    """Whether wide gaps part it, as in a table."""
    begins: bool = False
    """Whether it is the first of its column."""


def gutters(fragments: Sequence[Fragment]) -> list[float]:
    """Return where columns that are certain begin."""
    begin = _gutter(fragments, ())
    return [] if begin is None else [begin]


def confirmed(found: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Return the beginnings of columns that several pages have: they hold for pages with little text, too."""
    counts = Counter(round(begin / 4) for page in found for begin in page)
    enough = max(2, _SHARE * len(found))
    begins = (begin for page in found for begin in page)
    often = (begin for begin in begins if sum(counts[round(begin / 4) + by] for by in (-1, 0, 1)) >= enough)
    return tuple({round(begin / 4): begin for begin in often}.values())[:_CANDIDATES]


def rows(fragments: Sequence[Fragment], page: int, known: Sequence[float] = ()) -> Iterator[Row]:
    """Yield the rows of a page in reading order; ``known`` are beginnings of columns from other pages."""
    if fragments:
        yield from _ordered(fragments, page, known, _extent(fragments), 0)


def _ordered(
    fragments: Sequence[Fragment], page: int, known: Sequence[float], column: Column, depth: int
) -> Iterator[Row]:
    begin = _gutter(fragments, known) if depth < _DEEPEST else None
    if begin is None:
        for number, row in enumerate(_rows(fragments, page, column)):
            row.begins = not number
            yield row
        return
    left, right, across = _with_rows_whole(_sides(fragments, begin))
    columns = _extent(left), _extent(right)
    for band in _bands(left, right, across):
        if band.across:
            yield from _ordered(band.across, page, (), column, depth + 1)
        if all(band.sides) and not _beside(*band.sides):
            # Short lines at different heights, such as authors in the middle of the page.
            yield from _ordered([*band.sides[0], *band.sides[1]], page, (), column, depth + 1)
            continue
        for side, extent in zip(band.sides, columns, strict=True):
            if side:
                yield from _ordered(side, page, (), extent, depth + 1)


class _Band(NamedTuple):
    across: list[Fragment]
    sides: tuple[list[Fragment], list[Fragment]]


def _bands(left: Sequence[Fragment], right: Sequence[Fragment], across: Sequence[Fragment]) -> list[_Band]:
    """Return what is across and below it, until the next that is across, from the top."""
    ordered = sorted(across, key=_middle)
    cuts = list(map(_middle, ordered))
    sides: list[tuple[list[Fragment], list[Fragment]]] = [([], []) for _ in range(len(cuts) + 1)]
    for number, side in enumerate((left, right)):
        for piece in side:
            sides[bisect.bisect(cuts, _middle(piece))][number].append(piece)
    found = [_Band([], sides[0])]
    for piece, below in zip(ordered, sides[1:], strict=True):
        if not any(found[-1].sides):
            found[-1].across.append(piece)
            found[-1] = _Band(found[-1].across, below)
        else:
            found.append(_Band([piece], below))
    return found


def _middle(piece: Fragment) -> float:
    return (piece.top + piece.bottom) / 2


def _extent(pieces: Sequence[Fragment]) -> Column:
    lefts, rights = sorted(piece.left for piece in pieces), sorted(piece.right for piece in pieces)
    return Column(lefts[len(lefts) // 10], rights[-1 - len(rights) // 10]) if pieces else Column(0, 0)


def _gutter(fragments: Sequence[Fragment], known: Sequence[float]) -> float | None:
    """Return where a second column begins, the left edge of its lines; None where there is one column."""
    if len(fragments) < 2 * _LEAST_FACING and (not known or len(fragments) < 2):
        return None
    left = min(piece.left for piece in fragments)
    right = max(piece.right for piece in fragments)
    margin = (right - left) / 8
    best, most = None, 0
    for begin, is_known in _begins(fragments, known):
        if left + margin < begin < right - margin:
            facing = _facing(fragments, begin, most, is_known=is_known)
            if facing > most:
                best, most = begin, facing
    return best


def _begins(fragments: Sequence[Fragment], known: Sequence[float]) -> Iterator[tuple[float, bool]]:
    for begin in known:
        yield begin, True
    counts = Counter(round(piece.left / 3) for piece in fragments)
    together = {place: count + counts[place + 1] for place, count in counts.items()}
    for place, count in sorted(together.items(), key=lambda item: (-item[1], item[0]))[:_CANDIDATES]:
        if count >= _LEAST_FACING:
            near = [piece.left for piece in fragments if round(piece.left / 3) in (place, place + 1)]
            yield min(near), False


def _sides(fragments: Sequence[Fragment], begin: float) -> tuple[list[Fragment], list[Fragment], list[Fragment]]:
    """Part what is before a column, what is in it or behind, and what runs across its beginning."""
    left: list[Fragment] = []
    right: list[Fragment] = []
    across: list[Fragment] = []
    for piece in fragments:
        size = piece.font.size
        if piece.left >= begin - 0.5 * size:
            right.append(piece)
        elif piece.right <= begin + size and (piece.right <= begin - 0.4 * size or piece.left < begin - 5 * size):
            left.append(piece)
        else:
            across.append(piece)
    return left, right, across


def _with_rows_whole(sides: tuple[list[Fragment], list[Fragment], list[Fragment]]) -> tuple[list[Fragment], ...]:
    """Put what stands on one line with what runs across there, such as the number of an equation."""
    left, right, across = sides
    near = {round(piece.base) + by for piece in across for by in (-1, 0, 1)}
    beside = [piece for piece in (*left, *right) if round(piece.base) in near]
    if not beside:
        return sides
    return (
        [piece for piece in left if round(piece.base) not in near],
        [piece for piece in right if round(piece.base) not in near],
        across + beside,
    )


def _facing(fragments: Sequence[Fragment], begin: float, than: int, *, is_known: bool) -> int:
    """Return how many lines stand beside one another on both sides of ``begin``, less those across beside them.

    It is 0 where they are no columns; what is not more ``than`` another place has need no closer look.
    """
    left, right, across = _sides(fragments, begin)
    beside_left, beside_right = _beside(left, right), _beside(right, left)
    facing = min(len(beside_left), len(beside_right))
    if facing > than and across:
        facing -= len(_beside(across, beside_right))
    if is_known or facing <= than:
        return facing
    if facing < _LEAST_FACING or not (_is_text(beside_left) and _is_text(beside_right)):
        return 0
    return facing


def _beside(pieces: Sequence[Fragment], others: Sequence[Fragment]) -> list[Fragment]:
    """Return those of ``pieces`` that have one of ``others`` at their height."""
    spans = _spans(others)
    starts = [span[0] for span in spans]
    found = []
    for piece in pieces:
        middle = (piece.top + piece.bottom) / 2
        at = bisect.bisect(starts, middle) - 1
        if at >= 0 and middle <= spans[at][1]:
            found.append(piece)
    return found


def _spans(pieces: Sequence[Fragment]) -> list[list[float]]:
    """Return the heights that lines take with the space between them, from the top, those that touch as one."""
    spans: list[list[float]] = []
    for piece in sorted(pieces, key=attrgetter("base")):
        top, bottom = piece.base - piece.font.size, piece.base + _DEPTH * piece.font.size
        if spans and top <= spans[-1][1]:
            spans[-1][0], spans[-1][1] = min(spans[-1][0], top), max(spans[-1][1], bottom)
        else:
            spans.append([top, bottom])
    return spans


def _is_text(pieces: Sequence[Fragment]) -> bool:
    """Whether these are lines of text, and no cells of a table: they fill most of the place that they take."""
    lines: Counter[int] = Counter()
    for piece in pieces:
        lines[round(piece.base)] += len(piece.text)
    if len(lines) < _LEAST_FACING or statistics.median(lines.values()) < _SHORTEST_LINE:
        return False
    extent = _extent(pieces)
    area = sum((piece.right - piece.left) * (1 + _DEPTH) * piece.font.size for piece in pieces)
    height = sum(bottom - top for top, bottom in _spans(pieces))
    return area >= _FILLED * (extent.right - extent.left) * height


def _rows(pieces: Sequence[Fragment], page: int, column: Column) -> Iterator[Row]:
    """Yield what stands on one line as one row, from the top."""
    if not pieces:
        return
    row: list[Fragment] = []
    for piece in sorted(_with_initials_up(pieces), key=attrgetter("base", "left")):
        if row and not _is_beside(row, piece):
            yield _row(row, page, column)
            row = []
        row.append(piece)
    yield _row(row, page, column)


def _with_initials_up(pieces: Sequence[Fragment]) -> Iterator[Fragment]:
    """Yield ``pieces``, a large first letter on the line that it is the first letter of."""
    usual = statistics.median(piece.font.size for piece in pieces)
    for piece in pieces:
        if len(piece.text.strip()) == 1 and piece.font.size > 1.8 * usual and piece.text.strip().isalpha():
            for other in pieces:
                if abs(other.top - piece.top) < 0.5 * usual and 0 <= other.left - piece.right < usual:
                    piece = piece._replace(base=other.base, font=other.font, right=other.left)
                    break
        yield piece


def _is_beside(row: Sequence[Fragment], piece: Fragment) -> bool:
    last = row[-1]
    size, other = piece.font.size, last.font.size
    height = min(piece.bottom, last.bottom) - max(piece.top, last.top)
    is_level = piece.base - last.base <= 0.2 * max(size, other)
    is_raised = min(size, other) < 0.9 * max(size, other) and height >= 0.4 * min(
        piece.bottom - piece.top, last.bottom - last.top
    )
    if not (is_level or is_raised):
        return False
    return all(
        min(piece.right, before.right) - max(piece.left, before.left)
        <= 0.3 * min(piece.right - piece.left, before.right - before.left)
        for before in row[-8:]
    )


def _row(pieces: list[Fragment], page: int, column: Column) -> Row:
    pieces.sort(key=attrgetter("left"))
    largest = max(pieces, key=lambda piece: len(piece.text))
    parts, is_cells = [pieces[0].text], False
    for before, piece in itertools.pairwise(pieces):
        size = max(before.font.size, piece.font.size)
        gap = piece.left - before.right
        is_wide = gap > _CELL_GAP * size and not (before is pieces[0] and LABEL.fullmatch(before.text))
        is_cells |= is_wide
        parts.append("  " if is_wide else " " if gap > _SPACE * size else "")
        parts.append(piece.text)
    inner = [text.rstrip(HYPHEN) for text in parts[:-1]]
    said = [piece for piece in pieces if any(map(str.isalnum, piece.text))] or pieces
    font = largest.font._replace(
        bold=all(piece.font.bold for piece in said), italic=all(piece.font.italic for piece in said)
    )
    return Row(
        "".join([*inner, parts[-1]]),
        pieces[0].left,
        max(piece.right for piece in pieces),
        min(piece.top for piece in pieces),
        max(piece.bottom for piece in pieces),
        largest.base,
        font,
        page,
        column,
        is_cells,
    )
