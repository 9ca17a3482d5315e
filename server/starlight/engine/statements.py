"""An answer into the statements that it makes, each with the sources that it cites."""

from __future__ import annotations

import re
from typing import NamedTuple

from starlight.notes import marks
from starlight.notes.sentences import Sentence, sentences

_FENCE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<code>.*?)(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_QUOTE_OR_BLANK = re.compile(r"[ \t\r>]*")
_RULER = re.compile(r"^[ \t]*\|?[ \t]*:?-+[-:| \t]*$")
_SOURCES = re.compile(r"^\W*(?:sources?|quellen?|references?|see|siehe|voir|fuentes?|来源|出典)?\W*$", re.IGNORECASE)


class Part(NamedTuple):
    """A statement, text[start:end] of the answer; ``cited`` are the numbers of the sources that it rests on."""

    start: int
    end: int
    cited: tuple[int, ...]
    is_code: bool = False


class _Piece(NamedTuple):
    start: int
    end: int
    kind: str
    """``prose``, ``heading``, ``row`` (of a table), ``head`` (its first one) or ``code``."""
    block: int
    """Pieces of one paragraph, list item or row have one number."""
    cited: tuple[int, ...] = ()


def parts(answer: str) -> list[Part]:
    """Return the statements of ``answer`` in order; none of them overlap.

    A mark belongs to the sentence that it stands in or behind; one at the end of a paragraph or list item also to the
    sentences before it that have none, as far as the last mark.  A list, a table or code that ends with a line of
    marks only, or follows a sentence that ends with a colon and has marks, takes these.  A heading states nothing
    unless it has a mark.
    """
    pieces = [piece._replace(cited=_cited(answer, piece)) for piece in _joined(answer, _pieces(answer))]
    pieces = _covered(answer, _announced(answer, _backwards(pieces)))
    return [
        Part(piece.start, piece.end, piece.cited, piece.kind == "code")
        for piece in pieces
        if (piece.kind != "heading" or piece.cited) and piece.kind != "head" and not _is_marks(answer, piece)
    ]


def _pieces(answer: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = block = 0
    for sentence in [*sentences(answer), Sentence(len(answer), len(answer))]:
        gap = answer[at : sentence.start]
        code = [
            _Piece(at + fence.start("code"), at + fence.end("code"), "code", 0)
            for fence in _FENCE.finditer(gap)
            if fence["code"].strip()
        ]
        row = answer[sentence.start : sentence.start + 1] == "|"
        is_same = pieces and not code and pieces[-1].kind == "prose" and _goes_on(gap) and not row
        pieces += [piece._replace(block=block + number) for number, piece in enumerate(code, 1)]
        block += 0 if is_same else len(code) + 1
        if sentence.end > sentence.start:
            kind = "heading" if sentence.is_heading else "prose"
            if "|" in answer[sentence.start : sentence.end] and _is_head(answer, sentence):
                kind = "head"
            elif row:
                kind = "row"
            pieces.append(_Piece(sentence.start, sentence.end, kind, block))
        at = sentence.end
    return pieces


def _goes_on(gap: str) -> bool:
    return gap.count("\n") < 2 and bool(_QUOTE_OR_BLANK.fullmatch(gap.replace("\n", "")))


def _is_head(answer: str, row: Sentence) -> bool:
    """Whether this is the first row of a table, which names its columns."""
    _, _, below = answer[row.end :].lstrip(" \t|").partition("\n")
    return "|" in answer[row.start : row.end] and bool(_RULER.match(below.partition("\n")[0])) and "|" in below[:200]


def _joined(answer: str, pieces: list[_Piece]) -> list[_Piece]:
    """Give marks at the beginning of a sentence to the one before it, in the same paragraph."""
    joined: list[_Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        leading = marks.LEADING.match(answer, piece.start, piece.end)
        if before and leading and before.block == piece.block:
            joined[-1] = before._replace(end=leading.end())
            start = piece.end - len(answer[leading.end() : piece.end].lstrip(" \t.\r\n>"))
            if not any(map(str.isalnum, answer[start : piece.end])):
                continue
            piece = piece._replace(start=start)
        joined.append(piece)
    return joined


def _cited(answer: str, piece: _Piece) -> tuple[int, ...]:
    if piece.kind == "code":
        return ()
    text = _without_code(answer[piece.start : piece.end])
    return tuple(dict.fromkeys(number for mark in marks.MARK.finditer(text) for number in marks.numbers(mark)))


def _without_code(text: str) -> str:
    return re.sub(r"(?<!`)(`{1,2})(?!`)[^`\n]+\1(?!`)", lambda found: "x" * len(found[0]), text)


def _backwards(pieces: list[_Piece]) -> list[_Piece]:
    """Give the marks of a sentence to those before it in its paragraph that have none."""
    found: list[_Piece] = []
    for piece in reversed(pieces):
        after = found[-1] if found else None
        if not piece.cited and after and after.cited and after.block == piece.block:
            piece = piece._replace(cited=after.cited)
        found.append(piece)
    return found[::-1]


def _announced(answer: str, pieces: list[_Piece]) -> list[_Piece]:
    """Give the marks of a sentence that ends with a colon to the list, table or code that it announces."""
    found: list[_Piece] = []
    announcing: _Piece | None = None
    for piece in pieces:
        text = marks.without(answer[piece.start : piece.end]).rstrip(" \t\n*_")
        if text.endswith((":", "：")):
            announcing = piece if piece.cited else None
        elif announcing and _is_below(answer, announcing, piece):
            piece = piece if piece.cited else piece._replace(cited=announcing.cited)
        else:
            announcing = None
        found.append(piece)
    return found


def _is_below(answer: str, announcing: _Piece, piece: _Piece) -> bool:
    line = answer.rfind("\n", 0, piece.start) + 1
    is_item = bool(re.match(r"[ \t>]*(?:[-*+]|\d+[.)])[ \t]", answer[line : piece.start]))
    is_inside = piece.kind == "prose" and not is_item and answer[line : line + 2].isspace()
    return piece.block > announcing.block and (is_item or is_inside or piece.kind in ("row", "code", "head"))


def _covered(answer: str, pieces: list[_Piece]) -> list[_Piece]:
    """Give a line of marks only to the list, table, code or paragraph above it, as far as that has none."""
    found = list(pieces)
    for at, piece in enumerate(found):
        if not (piece.cited and _is_marks(answer, piece)):
            continue
        for before in range(at - 1, -1, -1):
            if found[before].cited or found[before].kind == "heading":
                break
            found[before] = found[before]._replace(cited=piece.cited)
            if "\n\n" in answer[found[before - 1].end : found[before].start]:
                break
    return found


def _is_marks(answer: str, piece: _Piece) -> bool:
    return piece.kind != "code" and bool(_SOURCES.match(marks.without(answer[piece.start : piece.end])))
