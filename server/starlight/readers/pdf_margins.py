"""Running heads, feet and page numbers: what stands at the same place of several pages and says the same."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import attrgetter

from starlight.readers.pdfium import Fragment, Page

_LINES = 3
"""How many lines at the head and at the foot of a page are looked at."""
_LONGEST = 200
_NUMBER = re.compile(r"\d{1,4}")
_ROMAN = re.compile(r"[ivxlc]{1,8}")
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_FEW = 3
_PLACES = ("head", "foot")
_APART, _ALONE = 1.35, 1.8
"""Baselines that are so many font sizes apart do not belong to one text; to one text with anything else."""
_NUMBERED = 8
"""How many lines of a draft with numbers beside its lines a page has at least."""

_Line = tuple[Fragment, ...]
Key = tuple[str, int, str]


def without_margins(pages: Sequence[Page]) -> Iterator[list[Fragment]]:
    """Yield the text of each page without running heads, feet and page numbers."""
    margins = [_margins(page.fragments) for page in pages]
    counts: Counter[Key] = Counter()
    for number, lines in enumerate(margins):
        counts.update(
            {key for where in _PLACES for line in lines[where] for key in _keys(where, line, number, slack=True)}
        )
    enough = _FEW if len(pages) > 2 else 2
    running = [
        [_running(lines[where], _often(counts, where, lines[where], number), enough) for where in _PLACES]
        for number, lines in enumerate(margins)
    ]
    heights = Counter(
        (where, _height(found[0])) for page in running for where, found in zip(_PLACES, page, strict=True) if found
    )
    for page, lines, found in zip(pages, margins, running, strict=True):
        dropped = {piece for side in found for line in side for piece in line}
        for where, side in zip(_PLACES, found, strict=True):
            if not side and _is_alone(lines[where]) and heights[where, _height(lines[where][0])] > 1:
                dropped.update(lines[where][0])
        yield _without_numbers([piece for piece in page.fragments if piece not in dropped])


def _often(counts: Counter[Key], where: str, lines: Sequence[_Line], page: int) -> list[int]:
    """Return on how many pages there is the like of each line."""
    return [max((counts[key] for key in _keys(where, line, page)), default=0) for line in lines]


def _is_alone(lines: Sequence[_Line]) -> bool:
    """Whether the first of ``lines`` is far from the others: where other pages have running heads, it is one too."""
    return len(lines) > 1 and _gap(lines[0], lines[1]) > _ALONE


def _running(lines: Sequence[_Line], often: Sequence[int], enough: int) -> Sequence[_Line]:
    """Return the outer ones of ``lines`` that ``enough`` pages have, as far as a gap parts them from the text.

    So the head of a table that goes on over pages stays.  A single line may be on one page less.
    """
    for n_lines in range(len(lines), 0, -1):
        is_apart = n_lines < len(lines) and _gap(lines[n_lines - 1], lines[n_lines]) > _APART
        least = max(enough - (is_apart and n_lines == 1), 2)
        if all(count >= least for count in often[:n_lines]) and (is_apart or n_lines == len(lines)):
            return lines[:n_lines]
    return ()


def _gap(outer: _Line, inner: _Line) -> float:
    """How far the baselines of two lines are apart, in sizes of the larger letters."""
    sizes = [piece.font.size for piece in (*outer, *inner)]
    return abs(outer[0].base - inner[0].base) / max(sizes)


def _without_numbers(fragments: list[Fragment]) -> list[Fragment]:
    """Leave out the numbers beside the lines of a draft: on half of the lines at least, each greater than the last."""
    numbers = [piece for piece in fragments if _NUMBER.fullmatch(piece.text.strip())]
    if len(numbers) < _NUMBERED or 2 * len(numbers) < len({round(piece.base) for piece in fragments}):
        return fragments
    columns = Counter(round(piece.right / 4) for piece in numbers)
    place = columns.most_common(1)[0][0]
    beside = sorted((piece for piece in numbers if abs(piece.right / 4 - place) < 2), key=attrgetter("base"))
    values = [int(piece.text) for piece in beside]
    n_next = sum(after == before + 1 for before, after in itertools.pairwise(values))
    if len(beside) < _NUMBERED or n_next < 0.8 * (len(beside) - 1):
        return fragments
    dropped = set(beside)
    return [piece for piece in fragments if piece not in dropped]


def _margins(fragments: Sequence[Fragment]) -> dict[str, list[_Line]]:
    """Return the lines at the head and at the foot, the outermost first."""
    ordered = sorted(fragments, key=attrgetter("base"))
    return {"head": _lines(ordered), "foot": _lines(ordered[::-1])}


def _lines(ordered: Sequence[Fragment]) -> list[_Line]:
    found: list[list[Fragment]] = []
    for piece in ordered:
        if not found or abs(piece.base - found[-1][0].base) > 2:
            if len(found) == _LINES:
                break
            found.append([])
        found[-1].append(piece)
    return [tuple(sorted(line, key=attrgetter("left"))) for line in found]


def _keys(where: str, line: _Line, page: int, *, slack: bool = False) -> Iterator[Key]:
    """Yield what a line would have in common with those of other pages, if it were a running one.

    ``slack`` yields it for heights that differ by a point as well.
    """
    text = " ".join(" ".join(piece.text.split()) for piece in line).lower()
    if len(text) > _LONGEST:
        return
    height = _height(line)
    for place in (height - 1, height, height + 1) if slack else (height,):
        for said in _said(text, page):
            yield where, place, said


def _height(line: _Line) -> int:
    return round(line[0].base / 2)


def _said(text: str, page: int) -> Iterator[str]:
    yield text
    for found in _NUMBER.finditer(text):
        start, end = found.span()
        offset = f"#{int(found[0]) - page}"
        yield f"{text[:start]}{offset}{text[end:]}"
        if not text[:start].strip("-–— ") or not text[end:].strip("-–— "):
            yield offset
    if _ROMAN.fullmatch(text):
        yield f"#{_roman(text) - page}"


def _roman(text: str) -> int:
    values = [_ROMAN_DIGITS[digit] for digit in text]
    return sum(
        -value if any(after > value for after in values[at + 1 : at + 2]) else value for at, value in enumerate(values)
    )
