"""The words that a query looks for, found again in the texts that are shown."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence

from starlight.notes.text import normalize

Stems = Callable[[str], list[tuple[int, int, str]]]
"""Gives (start, end, stem) of each word of a text."""
Span = tuple[int, int, str]
"""Where a word of the query stands in a text, by start and end, and which."""

_LETTERS = string.ascii_letters + string.digits
_RUN = re.compile("[^\x00-\x7f][^\x00-\x2f:-@\\[-`{-\x7f]*")
"""What holds a character that is not of ASCII, up to where a word ends for certain."""
_FOREIGN = re.compile("[\u0370-\u1cff\u2010-\u2027\u3000-\u31ff\u3400-\u9fff\uac00-\ud7a3，：；？！（）]+")
"""Of letters and marks that none of ASCII is another way to write of."""


class Wanted:
    """The words of one query.

    Words of ASCII are looked for by how they begin only: Porter's algorithm (1980) drops the end of a word, and
    changes one letter before that at most, so a word begins with its stem less a letter.
    """

    def __init__(self, words: Mapping[str, str], pairs: Sequence[str], stems: Stems) -> None:
        """``words`` are the query's own by their stems, ``pairs`` its characters in scripts without spaces."""
        self._words = words
        self._pairs = pairs
        self._stems = stems
        self._beginnings = _beginnings(words)
        self._known: dict[str, str | None] = {}
        """Words of texts, each with that of the query that it has the stem of, if any."""
        self._runs: dict[str, list[Span]] = {}
        self._is_ascii = all(map(str.isascii, words))

    def __len__(self) -> int:
        return len(self._words) + len(self._pairs)

    def spans(self, text: str) -> list[Span]:
        """Return where words of the query stand in ``text``, in order."""
        found = self._in_ascii(text)
        if text.isascii():
            return found
        for run in _RUN.finditer(text):
            found += self._in_run(text, *run.span())
        found += [(*place.span(), pair) for pair in self._pairs for place in re.finditer(re.escape(pair), text)]
        return sorted(found)

    def held(self, spans: Iterable[Span]) -> list[str]:
        """Return the words of ``spans``, each once, in the query's order."""
        there = {word for _, _, word in spans}
        return [word for word in (*self._words.values(), *self._pairs) if word in there] if there else []

    def _in_ascii(self, text: str) -> list[Span]:
        """Return where words of ASCII stand."""
        if not self._beginnings:
            return []
        known = (text if text.isascii() else text.encode("ascii", "replace").decode("ascii")).lower()
        places = (place.span() for place in self._beginnings.finditer(known))
        return [(start, end, word) for start, end in places if (word := self._whole(text, start, known[start:end]))]

    def _whole(self, text: str, start: int, other: str) -> str | None:
        """Return the word of the query that ``other`` at ``start`` is; None where that is a part of another word."""
        before, after = text[start - 1 : start], text[start + len(other) : start + len(other) + 1]
        if before.isalnum() or not (before.isascii() and after.isascii()):
            return None
        if other not in self._known:
            ((_, _, stem),) = self._stems(other)
            self._known[other] = self._words.get(stem)
        return self._known[other]

    def _in_run(self, text: str, start: int, end: int) -> list[Span]:
        """Return where words stand in a run, and in what stands before it without a gap."""
        while start and text[start - 1] in _LETTERS:
            start -= 1
        whole = text[start:end]
        if self._is_ascii and _FOREIGN.fullmatch(whole):
            return []
        if whole not in self._runs:
            # A letter may be written otherwise in the query.
            tokens = ((a, b, self._words.get(normalize(stem))) for a, b, stem in self._stems(whole))
            self._runs[whole] = [(a, b, word) for a, b, word in tokens if word]
        return [(start + a, start + b, word) for a, b, word in self._runs[whole]]


def _beginnings(stems: Iterable[str]) -> re.Pattern[str] | None:
    """Return what matches every word of ASCII with one of ``stems``, the ends of some words, and other words."""
    starts = {re.escape(stem[:-1] or stem) for stem in stems if stem.isascii()}
    return re.compile(f"(?:{'|'.join(sorted(starts))})[a-z0-9]*") if starts else None
