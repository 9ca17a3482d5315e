"""Letters that are written in several ways, as one: what the lexical index is made of, and what it is asked for.

Which letters a text may hold is seen from the first bytes of its UTF-8 form, so that a text in English with a dash
in it costs next to nothing.  SQLite's tokenizer folds what is left: case, and the accents of Latin letters.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

_FIRST_OF_SEVERAL = bytes(range(0xC0, 0xF5))
_NO_LEADS = bytes(byte for byte in range(256) if byte not in _FIRST_OF_SEVERAL)

# Two letters of ASCII that FTS5 does not see in one of another kind.
_LATIN = {
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ŧ": "t",
    "Ŧ": "T", "ı": "i", "İ": "I", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th",
    "Þ": "Th",
}  # fmt: skip
_CYRILLIC = {"ё": "е", "Ё": "Е", "\u0301": ""}
_GREEK = dict(zip("άέήίόύώϊϋΐΰΆΈΉΊΌΎΏΪΫ", "αεηιουωιυιυΑΕΗΙΟΥΩΙΥ", strict=True))
# Letters that Persian and Arabic keyboards write differently, and marks that carry no word of their own.
_ARABIC = {
    "\u064a": "\u06cc",  # Arabic yeh, written as Persian yeh
    "\u0649": "\u06cc",  # alef maksura
    "\u0626": "\u06cc",  # yeh with hamza above
    "\u06d2": "\u06cc",  # yeh barree
    "\u0643": "\u06a9",  # Arabic kaf, written as Persian keheh
    "\u0624": "\u0648",  # waw with hamza above
    "\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0671": "\u0627",  # alef with anything on it
    "\u06c0": "\u0647", "\u06c1": "\u0647", "\u06be": "\u0647", "\u06d5": "\u0647",  # the hehs of Persian and Urdu
    "\u0629": "\u0647",  # teh marbuta
}  # fmt: skip
_VOCALIZATION = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]+")
_NIQQUD = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u05f3\u05f4]+")
"""Also the marks of abbreviation, which stand within a word."""
# After Hindi's usual normalization: a nasal consonant before another is written as a dot as well, the dot below a
# letter is often left out, and there are two ways to write the open o and e of English words.
_DEVANAGARI = {
    "\u0919\u094d": "\u0902", "\u091e\u094d": "\u0902", "\u0923\u094d": "\u0902", "\u0928\u094d": "\u0902",
    "\u092e\u094d": "\u0902", "\u0901": "\u0902", "\u093c": "", "\u0945": "\u0947", "\u0949": "\u093e",
    "\u0911": "\u0906", "\u090d": "\u090f",
}  # fmt: skip
_INVISIBLE = {"\u00ad": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": ""}
"""Soft hyphens, joiners and what keeps joiners apart: they stand within words."""


def nfkc(text: str) -> str:
    """Return ``text`` with compatibility forms folded (NFKC)."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    # Nothing composes across a line feed, and most lines are ASCII, for which there is nothing to do.
    lines = text.split("\n")
    return "\n".join(line if line.isascii() else unicodedata.normalize("NFKC", line) for line in lines)


def leads(text: str) -> frozenset[int]:
    """Return the first bytes of the characters of ``text`` that are not of ASCII, as UTF-8 has them."""
    return frozenset(text.encode("utf-8", "surrogatepass").translate(None, _NO_LEADS))


def normalize(text: str) -> str:
    """Return ``text`` with one way to write each letter, and all digits those of ASCII."""
    if text.isascii():
        return text
    text = nfkc(text)
    there = leads(text)
    for fold in _folds(there):
        text = fold(text)
    return text


class Folded:
    """A text that was normalized, and where its characters stand in the text as it is written."""

    def __init__(self, text: str) -> None:
        self.text = normalize(text)
        self._runs: list[str] = []
        """What of the text has no white space, or nothing else; none where all is written so already."""
        if self.text != text:
            self._runs = re.findall(r"\s+|\S+", text)
            self._folded = list(map(normalize, self._runs))
            self.text = "".join(self._folded)
        self._known_lengths: dict[int, Sequence[int]] = {}

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where what stands from ``start`` to ``end`` in the folded text, which is not empty, is written."""
        if not self._runs:
            return start, end
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        """Return where the character at ``at`` of the folded text begins and ends in the text as it is written."""
        number = bisect.bisect_right(self._starts, at) - 1
        within = at - self._starts[number]
        # Most runs hold nothing that is looked for, and are not looked into.
        lengths = self._known_lengths.get(number)
        if lengths is None:
            lengths = self._known_lengths[number] = _lengths(self._runs[number])
        read = self._read[number] - 1
        return read + bisect.bisect_right(lengths, within), read + bisect.bisect_right(lengths, within + 1)

    @functools.cached_property
    def _starts(self) -> Sequence[int]:
        """Where each run begins in the folded text."""
        return [0, *itertools.accumulate(map(len, self._folded[:-1]))]

    @functools.cached_property
    def _read(self) -> Sequence[int]:
        """Where each run begins in the text as it is written."""
        return [0, *itertools.accumulate(map(len, self._runs[:-1]))]


def _lengths(run: str) -> Sequence[int]:
    """Return how long each beginning of ``run``, which has no white space or nothing else, is when it is folded.

    Of its characters several may become one, or one several; a mark behind a letter can make it no longer.
    """
    whole = normalize(run)
    if whole == run:
        return range(len(run) + 1)
    if _LONE.fullmatch(run):  # else the work grows with the square of the length
        return [0, *itertools.accumulate(len(normalize(char)) for char in run)]
    return [*(min(len(normalize(run[:n])), len(whole)) for n in range(len(run))), len(whole)]


# ASCII, dashes and quotation marks, Chinese and Japanese, and the marks and letters of these two in full width.
_LONE = re.compile("[!-~\u2010-\u2027\u3001-\u3029\u3041-\u3096\u309d-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]+")
"""Characters that are folded by themselves, whatever stands beside them."""


@functools.lru_cache(maxsize=1_024)
def _folds(there: frozenset[int]) -> tuple[Callable[[str], str], ...]:
    """Return what is to be done with a text that holds letters with those first bytes."""
    return tuple(fold for among, fold in _BY_LEADS if not among.isdisjoint(there))


def _replacing(letters: dict[str, str]) -> Callable[[str], str]:
    def fold(text: str) -> str:
        # Few texts hold any of them: this is faster than ``translate``, which looks at every character.
        for letter, folded_ in letters.items():
            if letter in text:
                text = text.replace(letter, folded_)
        return text

    return fold


def _without(marks: re.Pattern[str]) -> Callable[[str], str]:
    def fold(text: str) -> str:
        return marks.sub("", text)

    return fold


def _digits(text: str) -> str:
    return _DIGIT.sub(lambda found: str(unicodedata.digit(found[0])), text)


def _zeros() -> Iterator[int]:
    yield from (0x660, 0x6F0)
    yield from (start + 0x66 for start in range(0x900, 0xD80, 0x80))
    yield from (0xE50, 0xED0, 0xF20, 0x1040, 0x17E0)


_DIGIT = re.compile("[{}]".format("".join(f"{chr(zero)}-{chr(zero + 9)}" for zero in _zeros())))
_ARABIC_LEADS = frozenset(range(0xD8, 0xDC))
_BRAHMIC_LEADS = frozenset({0xE0, 0xE1})

_BY_LEADS: tuple[tuple[frozenset[int], Callable[[str], str]], ...] = (
    (frozenset({0xC3, 0xC4, 0xC5, 0xE1}), _replacing(_LATIN)),
    (frozenset({0xCE, 0xCF}), _replacing(_GREEK)),
    (frozenset({0xD0, 0xD1}), _replacing(_CYRILLIC)),
    (frozenset({0xD6, 0xD7}), _without(_NIQQUD)),
    (_ARABIC_LEADS, _without(_VOCALIZATION)),
    (_ARABIC_LEADS, _replacing({"\u200c": " ", **_ARABIC})),
    (_BRAHMIC_LEADS, _replacing({"\u200b": "", **_DEVANAGARI})),
    (_ARABIC_LEADS | _BRAHMIC_LEADS, _digits),
    (frozenset({0xC2, 0xE2, 0xEF}), _replacing(_INVISIBLE)),
)
