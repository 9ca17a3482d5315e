"""Which blocks are headings, how deep they are, and the title."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from starlight.readers.pdf_blocks import CAPTION, REFERENCES, Block
from starlight.readers.pdfium import Bookmark

DEEPEST = 4
"""Levels below are as deep as this."""
_LARGER = 1.07
_SMALLER = 0.85
_LONGEST = 160
_MOST_ROWS = 4
_LETTERS = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(
    r"(?:chapter\s+|part\s+|appendix\s+|section\s+)?((?:\d{1,2}|[A-Z]|[IVX]+)(?:\.\d{1,2})*)[.:)]?\s+(?=\S)",
    re.IGNORECASE,
)
_FIRST_SECTION = re.compile(r"(?:0|1|I)[.)]?\s+[A-Z].{2,80}$")
_ROMAN = re.compile(r"[IVX]+\.\s")
_ENTRY = re.compile(r"(.+\D)\s+\d{1,4}$")
"""A line of a table of contents: a heading and its page."""
_NOT_ENDED = re.compile(r"[.,;]$")
_ABBREVIATED = re.compile(r"\b(?:al|etc|vs|Inc|Co)\.$")
_KNOWN = re.compile(
    r"(?:abstract|summary|contents|table of contents|references|bibliography|name|synopsis|description|options"
    r"|acknowledge?ments?|introduction|conclusions?|discussion|results|methods|appendix|keywords|chapter \w+"
    r"|inhaltsverzeichnis|inhalt|table des matières|índice|sommaire|sumário|sommario"
    r"|zusammenfassung|résumé|resumen|einleitung)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"(?P<first>[^\W\d_]{2,})\s(?!(?P=first)\b)[^\W\d_]")
"""Two different words."""
_MOST_OF_TEXT = 0.15
_LARGEST_TITLE = 300
_MOST_AUTHORS = 60
"""Blocks before the abstract or the first section."""
_FIRST = 4
"""Among so many blocks a heading is the title, where nothing is set in larger letters."""
_POOR_TITLE = re.compile(
    r"(?:untitled|microsoft \w+ - |powerpoint|presentation|document\d*$|title$|\(?anonymous|slide \d|arxiv:|no title"
    r"|[^ ]*\.(?:docx?|dvi|tex|pdf|indd|ps|rtf|odt|qxd|html?|pptx?|xlsx?|fm|txt)$|[\W\d_]*$)",
    re.IGNORECASE,
)
Style = tuple[float, bool, bool]


def mark(found: Sequence[Block], bookmarks: Iterable[Bookmark], body: float) -> None:
    """Give the headings among the blocks of a document their levels, from 2: the first is that of the title.

    The outline says most where there is one; then numbers; then the sizes and weights that numbered ones have too, or
    else their order from large to small.
    """
    outlined = _outlined(found, bookmarks)
    candidates = _candidates(found, outlined, body)
    is_roman = sum(bool(_ROMAN.match(block.line())) for block in candidates) > 1
    depths = {id(block): outlined.get(id(block)) or _depth(block, is_roman=is_roman) for block in candidates}
    levels: defaultdict[Style, Counter[int]] = defaultdict(Counter)
    for block in candidates:
        if depth := depths[id(block)]:
            levels[_style(block)][min(depth + 1, DEEPEST)] += 1
    ranks = sorted({_style(block) for block in candidates}, reverse=True)
    for block in candidates:
        style = _style(block)
        if depth := depths[id(block)] or is_usual(block):
            block.level = min(depth + 1, DEEPEST)
        elif levels[style]:
            block.level = levels[style].most_common(1)[0][0]
        else:
            block.level = _between(style, ranks, levels)


def _candidates(found: Sequence[Block], outlined: dict[int, int], body: float) -> list[Block]:
    rare = _rare_styles(found, body)
    authors = _authors(found, outlined)
    likely = [
        block
        for number, block in enumerate(found)
        if id(block) in outlined
        or (number not in authors and _style(block) in rare and _looks_like_heading(block, body))
    ]
    names = {plain(block.line()) for block in likely}
    return [block for block in likely if not (entry := _ENTRY.match(block.line())) or plain(entry[1]) not in names]


def _authors(found: Sequence[Block], outlined: dict[int, int]) -> range:
    """Return which blocks are between the title and the first heading that is certain: authors, in large letters."""
    for number, block in enumerate(found[:_MOST_AUTHORS]):
        if number and (id(block) in outlined or is_known(block) or _FIRST_SECTION.match(block.line())):
            return range(1, number)
    return range(0)


def title_block(found: Sequence[Block], body: float, *, is_outlined: bool) -> list[Block]:
    """Return the blocks of the first page that are its title: those in the largest letters, one after the other.

    Where none are larger than the text, the first heading is it, unless the file has an outline of its headings.
    """
    first = [block for block in found if block.rows[0].page == found[0].rows[0].page]
    large = [
        block
        for block in first
        if block.size > _LARGER * body and block.length <= _LARGEST_TITLE and len(_LETTERS.findall(block.line())) > 3
    ]
    if not large:
        may_be = () if is_outlined else first[:_FIRST]
        return [block for block in may_be if block.level and not is_known(block)][:1]
    largest = max(block.size for block in large)
    at = next(number for number, block in enumerate(first) if block in large and block.size >= 0.98 * largest)
    chosen = [first[at]]
    for block in first[at + 1 :]:
        if block.size < 0.98 * largest or sum(map(len, (b.line() for b in chosen))) > _LARGEST_TITLE:
            break
        chosen.append(block)
    return chosen


def is_known(block: Block) -> bool:
    """Whether a heading says what papers have anyway, such as "Abstract"."""
    return bool(_KNOWN.fullmatch(_NUMBER.sub("", block.line(), count=1).rstrip(":")))


def is_usual(block: Block) -> bool:
    """Whether it is a heading by what it says: one of the usual ones, or that of the references."""
    return is_known(block) or bool(REFERENCES.fullmatch(block.line()))


def is_title(text: str) -> bool:
    """Whether what a file states as its title is one, and not what a program put there."""
    return len(_LETTERS.findall(text)) > 3 and not _POOR_TITLE.match(text.strip())


def plain(text: str) -> str:
    """Return the letters and digits of ``text``, to compare it by."""
    return "".join(filter(str.isalnum, text.casefold()))


def _style(block: Block) -> Style:
    font = block.rows[0].font
    return font.size, all(row.font.bold for row in block.rows), block.line().isupper()


def _rare_styles(found: Sequence[Block], body: float) -> set[Style]:
    """Styles that only a small part of the text has; that of the text is none, unless it is bold or capitals."""
    lengths: Counter[Style] = Counter()
    for block in found:
        lengths[_style(block)] += block.length
    most = max(_MOST_OF_TEXT * lengths.total(), 2 * _LONGEST)
    return {style for style, length in lengths.items() if length <= most or style == (body, False, False)}


def _looks_like_heading(block: Block, body: float) -> bool:
    text = block.line()
    if len(block.rows) > _MOST_ROWS or block.kind == "table" or not 2 < len(text) <= _LONGEST:
        return False
    if CAPTION.match(text) or "…" in text or (_NOT_ENDED.search(text) and not _ABBREVIATED.search(text)):
        return False
    said = _NUMBER.sub("", text, count=1)
    letters = len(_LETTERS.findall(said))
    if (
        letters < 3
        or letters < 0.5 * len(said)
        or not (said[0].isupper() or not said[0].isalpha() or not said[0].islower())
    ):
        return False
    return block.kind != "reference" and _is_set_off(block, said, body)


def _is_set_off(block: Block, said: str, body: float) -> bool:
    """Whether size, weight, capitals or a number set a short block off from the text."""
    size, bold, capitals = _style(block)
    is_named = bool(_NUMBER.match(block.line())) or is_usual(block)
    if size > _LARGER * body or (bold and size >= (_SMALLER if is_named or capitals else 0.95) * body):
        return True
    if size < 0.95 * body or len(block.rows) > 2:
        return False
    is_numbered = bool(_NUMBER.match(block.line())) and (capitals or all(row.font.italic for row in block.rows))
    return is_numbered or is_usual(block) or (capitals and bool(_CAPITALS.match(said)))


def _depth(block: Block, *, is_roman: bool) -> int:
    """Return how deep the number of a heading is: 2 for 3.1; 0 where it has none.

    ``is_roman`` says that sections are counted as I, A, 1 and a, level by level.
    """
    found = _NUMBER.match(block.line())
    if not found:
        return 0
    number = found[1]
    if is_roman and "." not in number:
        return 1 if _ROMAN.match(f"{number}. ") else 2 if number.isalpha() else 3
    return number.count(".") + 1 if number[0].isdigit() or "." in number else 0


def _between(style: Style, ranks: Sequence[Style], levels: dict[Style, Counter[int]]) -> int:
    """Return the level of a style that no numbered heading has, from those that are larger and smaller."""
    at = ranks.index(style)
    above = [levels[other].most_common(1)[0][0] for other in ranks[:at] if levels.get(other)]
    below = [levels[other].most_common(1)[0][0] for other in ranks[at + 1 :] if levels.get(other)]
    if above:
        return min(max(above) + 1, DEEPEST)
    if below:
        return max(min(below) - 1, 2)
    return min(2 + at, DEEPEST)


def _outlined(found: Sequence[Block], bookmarks: Iterable[Bookmark]) -> dict[int, int]:
    """Return how deep in the outline the blocks are that it names, from 1, by their identity."""
    wanted: dict[tuple[int, str], int] = {}
    for bookmark in bookmarks:
        for text in (plain(bookmark.title), plain(_NUMBER.sub("", bookmark.title, count=1))):
            if text:
                wanted.setdefault((bookmark.page, text), bookmark.level + 1)
    if not wanted:
        return {}
    depths: dict[int, int] = {}
    for block in found:
        if len(block.rows) > _MOST_ROWS or block.length > _LARGEST_TITLE or block.kind == "table":
            continue
        text = block.line()
        for said in (plain(text), plain(_NUMBER.sub("", text, count=1))):
            if depth := wanted.get((block.rows[0].page - 1, said)):
                depths[id(block)] = depth
                break
    return depths
