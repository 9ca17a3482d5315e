"""A passage or an answer into its sentences.  Pure, by rules alone: nothing is learnt and nothing is loaded.

Markdown's own borders come first: headings, list items, table rows and blank lines end a sentence, and code is none.
Within a paragraph the marks of each script end one; a full stop does so unless it belongs to an abbreviation, an
initial, an ordinal or a number (after the cues of Kiss & Strunk, "Unsupervised Multilingual Sentence Boundary
Detection", 2006, with fixed lists in place of learnt ones).  Thai writes neither marks nor spaces between words: its
spaces end what is long enough, and its lines the rest.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple


class Sentence(NamedTuple):
    """Where a sentence stands: code points ``start`` to ``end`` of the text, without white space around it.

    What lies between may hold line ends, and the ``>`` of a quotation that goes on in the next line.
    """

    start: int
    end: int
    is_heading: bool = False


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of ``text`` in order; none of them overlap.

    ``text`` is Markdown without front matter.  Headings, list items and table rows are sentences of their own;
    fenced and indented code, formulas set apart, rulers and link definitions are in none.
    A citation or footnote mark behind a full stop (``It rained. [1]``) belongs to the sentence that it follows.
    """
    scanner = _Scanner()
    at = 0
    for line in io.StringIO(text, newline=""):  # which ends lines as ``place.Lines`` does
        scanner.take(line.rstrip("\r\n"), at)
        at += len(line)
    scanner.close()
    return [sentence for block in scanner.blocks for sentence in _sentences_of(text, block)]


class _Block(NamedTuple):
    """The lines of one paragraph, each from where its text begins to where it ends."""

    lines: list[tuple[int, int]]
    is_heading: bool = False
    is_whole: bool = False
    """Whether it is one sentence, whatever marks it holds: a heading, a row of a table."""


_QUOTE = re.compile(r"(?:[ ]{0,3}>[ \t]?)+")
_FENCE = re.compile(r"[ \t]*(?:(?P<ticks>`{3,})[^`]*|(?P<tildes>~{3,}).*|(?P<formula>\$\$).*)$")
_INDENTED = re.compile(r"(?: {4}|[ ]{0,3}\t)")
_UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-+)[ \t]*$")
_BREAK = re.compile(r"[ ]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_TABLE_RULER = re.compile(r"(?=[^|]*\|)(?=[^-]*-)[ \t:|-]+$")
_FENCES, _DRAWN = frozenset("`~$"), frozenset("-=*_|:")
"""What a fence, and a line that draws something, begins with: most lines are told by a look at it."""
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]+|$)")
_CLOSING_HASHES = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_ITEM = re.compile(r"(?:[ \t]*(?:[-*+]|(?P<number>\d{1,9})[.)])(?:[ \t]+|$))+(?:\[.\][ \t]+)?")
_DEFINITION = re.compile(r"[ ]{0,3}\[(?P<note>\^)?[^\]\n]{1,300}\]:[ \t]*")


class _Scanner:
    """Takes the lines of a text and gathers its blocks."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self._open: list[tuple[int, int]] = []
        self._fence = ""
        """What closes the code that is being read; empty outside of code."""
        self._is_quoted = False
        self._in_list = False
        self._in_table = False

    def take(self, line: str, at: int) -> None:
        """Take ``line``, which begins at offset ``at``, without its end."""
        quote = _QUOTE.match(line) if ">" in line else None
        if bool(quote) != self._is_quoted:
            self._is_quoted = bool(quote)
            self._fence = ""  # code does not outlast the quotation that it stands in
            self.close()
        n = quote.end() if quote else 0
        rest = line[n:]
        if self._is_code(rest):
            return
        if not rest.strip():
            self.close()
        elif not self._is_ruler(rest):
            self._take_text(rest, at + n)

    def close(self) -> None:
        """End the paragraph."""
        if self._open:
            self.blocks.append(_Block(self._open))
        self._open = []
        self._in_table = False

    def _is_code(self, rest: str) -> bool:
        stripped = rest.strip()
        if self._fence:
            if self._fence == "$$" if stripped.endswith("$$") else set(stripped) == {self._fence[0]}:
                self._fence = "" if stripped == "$$" or len(stripped) >= len(self._fence) else self._fence
            return True
        if stripped[:1] in _FENCES and (found := _FENCE.match(rest)):
            self.close()
            fence = found["ticks"] or found["tildes"] or found["formula"]
            is_closed = fence == "$$" and len(stripped) > len(fence) and stripped.endswith("$$")
            self._fence = "" if is_closed else fence
            return True
        return not self._open and not self._in_list and bool(_INDENTED.match(rest)) and bool(stripped)

    def _is_ruler(self, rest: str) -> bool:
        """Take a line that draws something: it ends what stands above, or says what that is."""
        if rest.lstrip()[:1] not in _DRAWN:
            return False
        if self._open and _TABLE_RULER.match(rest):
            *before, head = self._open
            self._open = before
            self.close()
            self._whole(head)
            self._in_table = True
        elif self._open and _UNDERLINE.match(rest):
            self.blocks.append(_Block(self._open, is_heading=True, is_whole=True))
            self._open = []
        elif _BREAK.match(rest) or _TABLE_RULER.match(rest):
            is_table = self._in_table or not _BREAK.match(rest)
            self.close()
            self._in_table = is_table
        else:
            return False
        return True

    def _take_text(self, rest: str, at: int) -> None:
        if heading := _HEADING.match(rest):
            self.close()
            self._in_list = False
            end = _CLOSING_HASHES.search(rest, heading.end())
            self._whole((at + heading.end(), at + (end.start() if end else len(rest))), is_heading=True)
            return
        if self._in_table or rest.lstrip().startswith("|"):
            is_table = self._in_table
            self.close()
            self._whole((at, at + len(rest)))
            self._in_table = is_table
            return
        skipped = self._marker(rest)
        if skipped is None:
            return
        if not self._open and not skipped and not rest[:1].isspace():
            self._in_list = False
        self._open.append((at + skipped, at + len(rest)))
        if rest.endswith(("  ", "\\")):  # a line break that is meant
            self.close()

    def _marker(self, rest: str) -> int | None:
        """Return where the text of a line begins, after what marks it as an item; None where it has none to read."""
        item = _ITEM.match(rest)
        if item and self._open and not self._in_list and item["number"] not in (None, "1"):
            item = None  # a number that begins a line of a paragraph (CommonMark 5.2)
        if item:
            self.close()
            self._in_list = True
            return item.end()
        definition = None if self._open else _DEFINITION.match(rest)
        if definition:
            return definition.end() if definition["note"] else None
        return 0

    def _whole(self, line: tuple[int, int], *, is_heading: bool = False) -> None:
        self.blocks.append(_Block([line], is_heading=is_heading, is_whole=True))


_SOUTH_EAST = "\u0e00-\u0eff"  # Thai and Lao
_IS_SOUTH_EAST = re.compile(f"[{_SOUTH_EAST}]")
_IS_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CLOSERS = "\"'”’»›)\\]*_~`」』）】》〉"
_CITED = r"(?:[ \t]?\[(?:\d{1,3}(?:[ \t]*,[ \t]*\d{1,3})*|\^[^\]\s]{1,30})\])*"
_STOPS, _FULL_STOPS = ".!?…‽", "。！？｡।॥۔؟።។။։"
"""Marks that may end one, and those that do."""
_BEGINS_MARK = re.compile(f"[{_STOPS}{_FULL_STOPS}]")
_MARK = re.compile(
    rf"""(?:(?P<stop>[{_STOPS}]+)|(?P<full>[{_FULL_STOPS}]+))
    (?:[ \u00a0\u202f]»)?[{_CLOSERS}]*{_CITED}""",
    re.VERBOSE,
)
_GOES_ON = "とはがのもって、，"
"""What follows a quotation in Japanese and Chinese where its sentence goes on."""
_GAP = re.compile(rf"(?<=[{_SOUTH_EAST}])[ ]+(?=[{_SOUTH_EAST}])")
_GAP_LENGTH = 60
"""Characters that a piece of Thai has at least: its spaces stand between clauses as well."""
# Full stops in these end nothing: code, targets of links, addresses.
_OPAQUE = re.compile(
    r"""(?<!`)(?P<ticks>`{1,3})(?!`)[^`]+(?P=ticks)(?!`)
    |\]\([^)\n]{0,500}\)
    |\[\[[^\[\]\n]{0,300}\]\]
    |<[^<>\s]{1,300}>""",
    re.VERBOSE,
)
_TWO_WORDS = 40
"""Characters before a full stop that are looked at."""
_ORDINAL_DIGITS = 2
_OPENERS = "\"'“„‚‘«‹([*_~¿¡「『（"
_NEXT = re.compile(rf"[\s{re.escape(_OPENERS)}]*(?P<word>\w*)")


def _sentences_of(text: str, block: _Block) -> Iterator[Sentence]:
    start, end = block.lines[0][0], block.lines[-1][1]
    if block.is_whole:
        yield from _stripped(text, start, end, is_heading=block.is_heading)
        return
    masked = _masked(text, block)
    before = 0
    for border in _borders(masked):
        yield from _stripped(text, start + before, start + border)
        before = border
    yield from _stripped(text, start + before, end)


def _stripped(text: str, start: int, end: int, *, is_heading: bool = False) -> Iterator[Sentence]:
    """Yield what stands there as a sentence, where it holds a letter or a digit."""
    part = text[start:end]
    if any(map(str.isalnum, part)):
        start += len(part) - len(part.lstrip())
        yield Sentence(start, start + len(part.strip()), is_heading)


def _masked(text: str, block: _Block) -> str:
    """Return the block with the marks of its lines as spaces, and as capitals what is not prose: offsets stay."""
    parts = []
    at = block.lines[0][0]
    for first, last in block.lines:
        parts += [" " * (first - at), text[first:last]]
        at = last
    whole = "".join(parts)
    if "`" not in whole and "]" not in whole and "<" not in whole:
        return whole
    return _OPAQUE.sub(lambda found: "X" * len(found[0]), whole)


def _borders(text: str) -> list[int]:
    """Return the offsets at which sentences of a paragraph end, but for the last."""
    is_lower = next((letter.islower() for letter in text if letter.isalpha()), False)
    borders = [mark.end() for mark in _marks(text) if _ends(text, mark, is_lower=is_lower)]
    gaps = set() if text.isascii() else {gap.start() for gap in _GAP.finditer(text)}.difference(borders)
    if not gaps:
        return borders
    found: list[int] = []
    before = 0
    for border in sorted({*borders, *gaps}):
        if border not in gaps or border - before >= _GAP_LENGTH:
            found.append(border)
            before = border
    return found


def _marks(text: str) -> Iterator[re.Match[str]]:
    at = 0  # to look for a mark's first character alone is many times as fast
    while (begun := _BEGINS_MARK.search(text, at)) and (mark := _MARK.match(text, begun.start())):
        yield mark
        at = mark.end()


def _ends(text: str, mark: re.Match[str], *, is_lower: bool) -> bool:
    """Whether a sentence ends with ``mark``; ``is_lower`` where its writer begins sentences in lower case."""
    following = text[mark.end() : mark.end() + 1]
    before = text[mark.start() - 1 : mark.start()]
    if mark["full"]:
        return not (len(mark[0]) > len(mark["full"]) and following in _GOES_ON)
    if following and not following.isspace():
        return mark["stop"][-1] in "!?" and bool(_IS_CJK.match(before))
    found = _NEXT.match(text, mark.end())
    word = found["word"] if found else ""
    if word[:1].islower() and (not is_lower or mark["stop"][0] == "…" or len(mark["stop"]) > 1):
        return False
    if mark["stop"] != ".":
        return True
    return not _IS_SOUTH_EAST.match(before) and not _is_abbreviated(text, mark.start(), word)


def _is_abbreviated(text: str, stop: int, following: str) -> bool:
    """Whether the full stop at ``stop`` belongs to the word before it; ``following`` is the word after it."""
    *_, previous, last = ("", "", *text[max(0, stop - _TWO_WORDS) : stop].split())
    word = last.lstrip(_OPENERS).casefold()
    if word.isdigit() and len(word) <= _ORDINAL_DIGITS:
        return following.casefold() in _MONTHS or previous.casefold() in _BEFORE_ORDINALS
    if word in _NEVER_LAST or (following[:1].isdigit() and word in _BEFORE_NUMBERS):
        return True
    if (len(word) == 1 and word.isalpha()) or re.fullmatch(r"(?:\w\.)+\w", word):
        return following.casefold() not in _STARTERS
    return False


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER_LAST = _set(
    """
    mr mrs ms mx dr prof rev hon gen col sgt capt lt cmdr gov sen rep st mt messrs vs cf viz approx e.g i.e eg ie
    hr fr frl bzw vgl ggf inkl exkl evtl ca z.b d.h u.a o.ä s.o s.u i.d.r sog geb gest dipl ing mio mrd zzgl abzgl
    sr sra srta dra ud uds p.ej mme mlle mm env sig dott dhr mevr bijv o.a т.е т.к ул им проф डॉ श्री
    """
)
"""Abbreviations that stand before what they belong to, so that no sentence ends with them."""
_BEFORE_NUMBERS = _set(
    """
    no nos nr num núm n fig figs abb abs art bd ch chap kap p pp pag pág págs s sec sect tab taf vol vols ver v eq z
    jan feb mar apr jun jul aug sep sept oct okt nov dec dez c circa гг г стр рис
    """
)
_BEFORE_ORDINALS = _set("am vom zum im der dem den des die das ab bis seit und beim zur dne")
"""Words after which a number with a full stop is an ordinal, in languages that write them so."""
_MONTHS = _set(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert jh jhd
    januari februari mars maj augusti january february march may june july october december
    """
)
_STARTERS = _set(
    """
    a an and as at but by for from he her his however i if in it its my no on she so some that the their then there
    these they this those to was we when while who with you das der die ein eine er es sie wir ich im in und aber
    el la los las un una le les il elle
    """
)
"""Words with which sentences begin, not names: after ``U.S.`` they say that one has ended."""
