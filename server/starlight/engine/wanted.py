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
        self._known = _Known(words, stems)
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
        """Return where words of ASCII stand, of which none of another kind is a part."""
        if not self._beginnings:
            return []
        word_of = self._known.__getitem__
        if text.isascii():
            places = self._beginnings.finditer(text.lower())
            return [(*place.span(), word) for place in places if (word := word_of(place[0]))]
        places = self._beginnings.finditer(text.encode("ascii", "replace").decode("ascii").lower())
        return [
            (start, end, word)
            for place in places
            if (word := word_of(place[0]))
            for start, end in [place.span()]
            if text[max(start - 1, 0) : end + 1].isascii()
        ]

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


class _Known(dict[str, "str | None"]):
    """Words of ASCII, each with that of the query that it has the stem of, if any."""

    def __init__(self, words: Mapping[str, str], stems: Stems) -> None:
        super().__init__()
        self._words = words
        self._stems = stems

    def __missing__(self, other: str) -> str | None:
        ((_, _, stem),) = self._stems(other)
        self[other] = self._words.get(stem)
        return self[other]


def _beginnings(stems: Iterable[str]) -> re.Pattern[str] | None:
    """Return what matches every word of ASCII with one of ``stems``, and other words that begin so."""
    # A literal comes first, so that ``re`` passes quickly over what is none.
    starts = {f"{stem[0]}(?<![a-z0-9]{stem[0]}){stem[1:-1]}[a-z0-9]*" for stem in stems if stem.isascii()}
    return re.compile("|".join(sorted(starts))) if starts else None
