"""How well a text answers a question: the share of its telling words, the rare ones counting more, and the meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlight.engine import ranking
from starlight.index.bm25 import FIELD_WEIGHTS, Words, weight
from starlight.index.reader import Reader
from starlight.models.embedder import Embedder
from starlight.notes.stopwords import telling
from starlight.notes.text import is_unspaced, plain, segment, words

_MAX_TERMS = 64
# Characters of Chinese and Japanese that ask or join: a pair with one of them says little, and is seldom in an answer.
_JOINING = re.compile("[的了吗呢么什怎谁哪几吧啊是在和有多少はがをのにでとかもへよねですま何誰]")


@dataclass(frozen=True, slots=True)
class Rating:
    """Of one text: ``coverage`` of the question's words weighted by their rarity, and ``cosine`` to its meaning."""

    coverage: float
    cosine: float
    value: float
    """Both together, 0 to 1."""
    held: tuple[str, ...]
    """The words of the question that the text has, as they are in the question."""


class Relevance:
    """Rates texts against one question.  Use it on one thread, as its reader."""

    def __init__(self, question: str, reader: Reader, embedder: Embedder) -> None:
        terms = _telling(list(dict.fromkeys(words(question))))[:_MAX_TERMS]
        rarities = reader.bm25(terms).terms if terms else ()
        self._terms = terms
        self._phrases = [phrase for phrase, _ in rarities]
        self._weights = [weight(rarity) for _, rarity in rarities]
        self._total = sum(self._weights)
        self._fluency = embedder.fluency(question)
        self._weight = ranking.SEMANTIC_WEIGHT * self._fluency if self._total else 1.0
        self._vector = embedder.embed([question])[0]
        self._reader = reader
        self._embedder = embedder

    def rate(self, texts: Sequence[str]) -> list[Rating]:
        """Return the ratings of ``texts``, which are Markdown."""
        shown = [plain(text) for text in texts]
        cosines = self._embedder.embed(shown) @ self._vector if shown else []
        return [self._rating(text, float(cosine)) for text, cosine in zip(shown, cosines, strict=True)]

    def _rating(self, text: str, cosine: float) -> Rating:
        near = self._fluency * max(cosine, 0.0)
        held = self._held(text)
        coverage = sum(self._weights[number] for number in held) / self._total if held else 0.0
        value = (1 - self._weight) * coverage + self._weight * max(cosine, 0.0)
        return Rating(coverage, near, value, tuple(self._terms[number] for number in held))

    def _held(self, text: str) -> list[int]:
        """Return which of the question's words ``text`` holds."""
        body = [stem for _, _, stem in self._reader.stems(segment(text))]
        held = Words([body, *([] for _ in FIELD_WEIGHTS[1:])])
        return [number for number, phrase in enumerate(self._phrases) if held.frequency(phrase)]


def _telling(terms: list[str]) -> list[str]:
    """Return ``terms`` without those that say little, or all of them where nothing else is left."""
    told = telling(terms)
    return [term for term in told if not (is_unspaced(term) and _JOINING.search(term))] or told
