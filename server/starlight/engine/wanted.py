"""The words that a query looks for, found again in the texts that are shown."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence

from starlight.notes.folding import Folded
from starlight.notes.identifiers import named
from starlight.notes.text import is_unspaced, pieces

Stems = Callable[[str], list[tuple[int, int, str]]]
"""Gives (start, end, stem) of each word of a text."""
Span = tuple[int, int, str]
"""Where a word of the query stands in a text, by start and end, and which."""

_LETTERS = string.ascii_letters + string.digits
_RUN = re.compile("[^\x00-\x7f][^\x00-\x2f:-@\\[-`{-\x7f]*")
"""What holds a character that is not of ASCII, up to where a word ends for certain."""
_FOREIGN = re.compile("[\u0370-\u1cff\u2010-\u2027\u3000-\u31ff\u3400-\u9fff\uac00-\ud7a3，：；？！（）]+")
"""Of letters and marks that none of ASCII is another way to write of."""


_SHORT, _KEPT = 24, 4_096
"""Characters of a run whose words are remembered, and how many of these there are at most: a megabyte or two."""


class Wanted:
    """The words of one query.

    Words of ASCII are looked for by how they begin only: Porter's algorithm (1980) drops the end of a word, and
    changes one letter before that at most, so a word begins with its stem less a letter.
    """

    def __init__(self, words: Mapping[str, str], literals: Sequence[str], stems: Stems) -> None:
        """``words`` are the query's own by their stems, ``literals`` what is found in a text letter by letter."""
        self._words = words
        self._literals = {literal: _literal(literal) for literal in literals}
        self._stems = stems
        self._known = _Known(words, stems)
        self._runs: dict[str, list[Span]] = {}
        # Digits are written in many ways.
        self._is_ascii = all(word.isascii() and not any(map(str.isdigit, word)) for word in words)

    def __len__(self) -> int:
        return len(self._words) + len(self._literals)

    @functools.cached_property
    def _beginnings(self) -> re.Pattern[str] | None:
        return _beginnings(self._words)  # which takes milliseconds for many words, and not all searches show text

    def spans(self, text: str) -> list[Span]:
        """Return where words of the query stand in ``text``, in order."""
        found = [*self._in_ascii(text), *self._in_names(text)]
        found += self._in_letters(text)
        if not text.isascii():
            for run in _RUN.finditer(text):
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
            words = _words_of(whole) if len(whole) <= _SHORT else pieces(whole)
            found = ((a, b, self._any_of(indexed)) for a, b, indexed in words)
            self._runs[whole] = [(a, b, word) for a, b, word in found if word]
        return [(start + a, start + b, word) for a, b, word in self._runs[whole]]

    def _in_letters(self, text: str) -> list[Span]:
        """Return where a word is found letter by letter."""
        if not self._literals:
            return []
        folded = Folded(text)
        return [
            (*folded.place(*found.span()), literal)
            for literal, pattern in self._literals.items()
            for found in pattern.finditer(folded.text)
        ]

    def _in_names(self, text: str) -> list[Span]:
        """Return where words are parts of names in ``camelCase``, of which none of another kind is a part."""
        if not self._words:
            return []
        parts = ((a, b, self._any_of(" ".join(inner))) for a, b, inner in named(text))
        return [(a, b, word) for a, b, word in parts if word and text[max(a - 1, 0) : b + 1].isascii()]

    def _any_of(self, indexed: str) -> str | None:
        """Return the first word of the query that is among those of ``indexed``."""
        return next((word for _, _, stem in self._stems(indexed) if (word := self._words.get(stem))), None)


@functools.lru_cache(_KEPT)
def _words_of(run: str) -> tuple[tuple[int, int, str], ...]:
    """Return ``pieces`` of a run that is a word, or little more: a language has the same ones in every text."""
    return tuple(pieces(run))


def _literal(written: str) -> re.Pattern[str]:
    """Return what matches ``written``, not as a part of a longer word or number where its script writes spaces."""
    pattern = re.escape(written)
    if is_unspaced(written):
        return re.compile(pattern)
    start = r"(?<!\w)" if written[0].isalpha() else r"(?<![0-9.,])" if written[0].isdigit() else ""
    end = r"(?![\w+])" if written[-1] in "+#" else r"(?!\w|[.,][0-9])" if written[-1].isalnum() else ""
    return re.compile(f"{start}{pattern}{end}", re.IGNORECASE)


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
    starts = {f"{stem[0]}(?<![a-z0-9]{stem[0]}){stem[1:-1]}[a-z0-9]*" for stem in stems if stem and stem.isascii()}
    return re.compile("|".join(sorted(starts))) if starts else None
