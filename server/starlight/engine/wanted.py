"""The words that a query looks for, found again in the texts that are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from starlight.notes.text import normalize

Stems = Callable[[str], list[tuple[int, int, str]]]
"""Gives (start, end, stem) of each word of a text."""
Span = tuple[int, int, str]
"""Where a word of the query stands in a text, by start and end, and which."""


class Wanted:
    """The words of one query.

    Texts of ASCII are looked through for the beginnings of words only: Porter's algorithm (1980) drops the end of a
    word, and changes one letter before that at most, so a word begins with its stem less a letter.
    """

    def __init__(self, words: Mapping[str, str], pairs: Sequence[str], stems: Stems) -> None:
        """``words`` are the query's own by their stems, ``pairs`` its characters in scripts without spaces."""
        self._words = words
        self._pairs = pairs
        self._stems = stems
        self._beginnings = _beginnings(words)
        self._known: dict[str, str | None] = {}
        """Words of texts, each with that of the query that it has the stem of, if any."""

    def __len__(self) -> int:
        return len(self._words) + len(self._pairs)

    def spans(self, text: str) -> list[Span]:
        """Return where words of the query stand in ``text``, in order."""
        if text.isascii():
            return list(self._in_ascii(text))
        found: list[Span] = []
        start = 0
        for line in text.split("\n"):
            inside = self._in_ascii(line) if line.isascii() else self._in_any(line)
            found += [(start + a, start + b, word) for a, b, word in inside]
            start += len(line) + 1
        found += [(*place.span(), pair) for pair in self._pairs for place in re.finditer(re.escape(pair), text)]
        return sorted(found)

    def held(self, spans: Iterable[Span]) -> list[str]:
        """Return the words of ``spans``, each once, in the query's order."""
        there = {word for _, _, word in spans}
        return [word for word in (*self._words.values(), *self._pairs) if word in there] if there else []

    def _in_ascii(self, text: str) -> Iterator[Span]:
        if not self._beginnings:
            return
        text = text.lower()
        for found in self._beginnings.finditer(text):
            start, end = found.span()
            if (not start or not text[start - 1].isalnum()) and (word := self._word_of(found[0])):
                yield start, end, word

    def _word_of(self, other: str) -> str | None:
        if other not in self._known:
            ((_, _, stem),) = self._stems(other)
            self._known[other] = self._words.get(stem)
        return self._known[other]

    def _in_any(self, text: str) -> Iterator[Span]:
        for start, end, stem in self._stems(text):
            word = self._words.get(normalize(stem))  # a letter may be written otherwise in the query
            if word:
                yield start, end, word


def _beginnings(stems: Iterable[str]) -> re.Pattern[str] | None:
    """Return what matches every word of ASCII with one of ``stems``, the ends of some words, and other words."""
    starts = {re.escape(stem[:-1] or stem) for stem in stems if stem.isascii()}
    return re.compile(f"(?:{'|'.join(sorted(starts))})[a-z0-9]*") if starts else None
