"""The words that a query looks for, found again in the texts that are shown."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from starlight.notes.folding import Folded
from starlight.notes.identifiers import named
from starlight.notes.text import is_unspaced

Stems = Callable[[str], Sequence[tuple[int, int, str]]]
"""Gives (start, end, stem) of each word of a text."""
Span = tuple[int, int, str]
"""Where a word of the query stands in a text, by start and end, and which."""

_LETTERS = string.ascii_letters + string.digits
_IN_RUN = "[^\x00-\x2f:-@\\[-`{-\x7f]"
_FOREIGN = "[\u0370-\u1cff\u2010-\u2027\u3000-\u31ff\u3400-\u9fff\uac00-\ud7a3，：；？！（）]"
"""Letters and marks that none of ASCII is another way to write of."""
# One character comes first, so that ``re`` passes quickly over what is none.
_RUN = re.compile(f"[^\x00-\x7f](?:(?<={_FOREIGN})(?<![A-Za-z0-9].){_FOREIGN}*(?!{_IN_RUN})|({_IN_RUN}*))")
"""What holds a character that is not of ASCII, up to where a word ends for certain; with a group where a letter of
ASCII, or what is another way to write one, stands in it or just before it."""


_AS_WORDS = bytes(ord(char) if char in _LETTERS else ord(" ") for char in map(chr, range(128))).lower().ljust(256)
"""Bytes of ASCII as small letters and digits, all others as spaces."""


class Lexicon(Protocol):
    """What the lexical index makes of words."""

    def stems(self, text: str) -> Sequence[tuple[int, int, str]]:
        """Return (start, end, stem) of each word of ``text``."""
        ...

    def words(self, text: str) -> Sequence[tuple[int, int, Sequence[str]]]:
        """Return (start, end, stems) of each word of ``text`` as a person sees words."""
        ...


class Wanted:
    """The words of one query.

    Words of ASCII are looked for by how they begin only: Porter's algorithm (1980) drops the end of a word, and
    changes one letter before that at most, so a word begins with its stem less a letter.
    """

    def __init__(self, words: Mapping[str, str], literals: Sequence[str], lexicon: Lexicon) -> None:
        """``words`` are the query's own by their stems, ``literals`` what is found in a text letter by letter."""
        self._words = words
        self._literals = {literal: _literal(literal) for literal in literals}
        self._lexicon = lexicon
        self._known = _Known(words, lexicon)
        self._beginnings = _beginnings(words)
        self._runs: dict[str, list[Span]] = {}
        self._names: dict[str, str | None] = {}
        # Digits are written in many ways.
        self._is_ascii = all(word.isascii() and not any(map(str.isdigit, word)) for word in words)

    def __len__(self) -> int:
        return len(self._words) + len(self._literals)

    def spans(self, text: str) -> list[Span]:
        """Return where words of the query stand in ``text``, in order."""
        found = self._in_letters(text) if self._literals else []
        if self._words:
            found += self._in_ascii(text)
            found += self._in_names(text)
            if not text.isascii():
                for run in _RUN.finditer(text):
                    if run.lastindex or not self._is_ascii:
                        found += self._in_run(text, *run.span())
        return sorted(found)

    def held(self, spans: Iterable[Span]) -> list[str]:
        """Return the words of ``spans``, each once, in the query's order."""
        there = {word for _, _, word in spans}
        return (
            [word for word in (*dict.fromkeys(self._words.values()), *self._literals) if word in there] if there else []
        )

    def _in_ascii(self, text: str) -> list[Span]:
        """Return where words of ASCII stand, of which none of another kind is a part."""
        raw = b" %b " % text.encode("ascii", "replace").translate(_AS_WORDS)
        is_ascii = text.isascii()
        found = []
        for beginning in self._beginnings:
            start = raw.find(beginning)
            while start >= 0:
                end = raw.find(b" ", start + len(beginning))
                word = self._known[raw[start + 1 : end]]
                if word and (is_ascii or text[max(start - 1, 0) : end].isascii()):
                    found.append((start, end - 1, word))
                start = raw.find(beginning, end)
        return found

    def _in_run(self, text: str, start: int, end: int) -> list[Span]:
        """Return where words stand in a run, and in what stands before it without a gap."""
        while start and text[start - 1] in _LETTERS:
            start -= 1
        whole = text[start:end]
        found = self._runs.get(whole)
        if found is None:
            # A letter may be written otherwise in the query.
            words = ((a, b, self._any_of(stems)) for a, b, stems in self._lexicon.words(whole))
            found = self._runs[whole] = [(a, b, word) for a, b, word in words if word]
        return [(start + a, start + b, word) for a, b, word in found]

    def _in_letters(self, text: str) -> list[Span]:
        """Return where a word is found letter by letter."""
        folded = Folded(text)
        return [
            (*folded.place(start, end), literal)
            for literal, found in self._literals.items()
            for start, end in found(folded.text)
        ]

    def _in_names(self, text: str) -> list[Span]:
        """Return where words are parts of names in ``camelCase``, of which none of another kind is a part."""
        found = []
        for a, b, parts in named(text):
            name = text[a:b]
            if name not in self._names:
                self._names[name] = self._any_of(stem for _, _, stem in self._lexicon.stems(" ".join(parts)))
            word = self._names[name]
            if word and text[max(a - 1, 0) : b + 1].isascii():
                found.append((a, b, word))
        return found

    def _any_of(self, stems: Iterable[str]) -> str | None:
        """Return the first word of the query that has one of ``stems``."""
        return next((word for stem in stems if (word := self._words.get(stem))), None)


def _literal(written: str) -> Callable[[str], Iterator[tuple[int, int]]]:
    """Return what finds ``written``, not as a part of a longer word or number where its script writes spaces."""
    if is_unspaced(written):
        return functools.partial(_places, written)
    pattern = re.escape(written)
    start = r"(?<!\w)" if written[0].isalpha() else r"(?<![0-9.,])" if written[0].isdigit() else ""
    end = r"(?![\w+])" if written[-1] in "+#" else r"(?!\w|[.,][0-9])" if written[-1].isalnum() else ""
    found = re.compile(f"{start}{pattern}{end}", re.IGNORECASE).finditer
    return lambda text: (place.span() for place in found(text))


def _places(written: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where ``written`` stands in ``text``, as ``re`` would, which takes longer to be told of it."""
    start = text.find(written)
    while start >= 0:
        end = start + len(written)
        yield start, end
        start = text.find(written, end)


class _Known(dict[bytes, "str | None"]):
    """Words of ASCII, each with that of the query that it has the stem of, if any."""

    def __init__(self, words: Mapping[str, str], lexicon: Lexicon) -> None:
        super().__init__()
        self._words = words
        self._lexicon = lexicon

    def __missing__(self, other: bytes) -> str | None:
        ((_, _, stem),) = self._lexicon.stems(other.decode())
        self[other] = self._words.get(stem)
        return self[other]


def _beginnings(stems: Iterable[str]) -> list[bytes]:
    """Return how words of ASCII begin with one of ``stems``, as ``_AS_WORDS`` has them; others may begin so, too."""
    starts = {f" {stem[0]}{stem[1:-1]}" for stem in stems if stem and stem.isascii()}
    shortest: list[str] = []
    for start in sorted(starts):
        if not (shortest and start.startswith(shortest[-1])):
            shortest.append(start)
    return [start.encode() for start in shortest]
