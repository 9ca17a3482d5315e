"""The passages that may be evidence, and their way into the budget: no two much the same, each with its sentences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from starlight.engine.answer import Evidence, LeftOut, Rated, Source
from starlight.engine.packing import Count, Excerpt, Piece, pack
from starlight.engine.ranking import Verdict
from starlight.engine.relevance import Rating, Relevance
from starlight.engine.sections import Section
from starlight.notes.place import Lines
from starlight.notes.sentences import Sentence, sentences
from starlight.notes.text import words

_ALIKE = 0.8
"""Share of pairs of words in common from which two passages are much the same."""
_HEADING = 0.5
"""What a heading is worth beside a sentence with the same words: it asks more than it answers."""

_FOLLOWING = 600
"""Characters of code that stay with the sentence before it; more is left behind."""

Alike = tuple["Passage", "Passage"]
"""A passage that says much the same as a better one, and that one."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A section on its way into the evidence."""

    section: Section
    score: float
    rating: Rating
    reasons: tuple[str, ...] = ()
    nearness: float = 0.0
    """What a second look says of its meaning; see ``hits.Found``."""

    def left_out(self, reason: str) -> LeftOut:
        """Return that it is not used, and why."""
        return LeftOut(self.section.path, self.section.first, self.section.last, reason)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What may have a place in the evidence, best first.  Pure values: no index is needed any more."""

    passages: Sequence[Passage]
    sentences: Sequence[Sequence[Sentence]]
    pieces: Sequence[Sequence[Piece]]
    """What is not cut, of each passage: its sentences, each with the code that follows; or its lines."""
    alike: Sequence[Alike]
    left_out: Sequence[LeftOut]
    verdict: Verdict
    is_complete: bool

    @classmethod
    def of(
        cls,
        passages: Sequence[Passage],
        relevance: Relevance,
        verdict: Verdict,
        left_out: Sequence[LeftOut],
        *,
        is_complete: bool,
    ) -> Shortlist:
        """Return ``passages`` without those that say much the same as a better one, their sentences rated."""
        kept, alike = _different(passages)
        found = [sentences(passage.section.text) for passage in kept]
        pieces = _pieces([passage.section.text for passage in kept], found, relevance)
        return cls(kept, found, pieces, alike, left_out, verdict, is_complete)

    def packed(self, budget: int, count: Count, per_source: int = 0) -> Evidence:
        """Return what of it has a place in ``budget`` tokens, of which each source costs ``per_source`` in any case."""
        excerpts = [
            Excerpt(passage.section.text, pieces) for passage, pieces in zip(self.passages, self.pieces, strict=True)
        ]
        packed = pack(excerpts, budget, count, per_source)
        numbers = {id(excerpt): number for number, excerpt in enumerate(packed, 1)}
        sources: list[Source] = []
        left_out = list(dict.fromkeys(self.left_out))
        at: dict[tuple[str, int], int] = {}
        for passage, excerpt, found in zip(self.passages, excerpts, self.sentences, strict=True):
            number = numbers.get(id(excerpt))
            if number:
                at[passage.section.key] = number
                sources.append(_source(number, passage, excerpt, found))
            if not number or not excerpt.is_whole:
                left_out.append(passage.left_out(f"in part, as {number}" if number else "no room"))
        for passage, same in self.alike:
            number = at.get(same.section.key)
            left_out.append(passage.left_out(f"much the same as {number}" if number else "no room"))
        verdict = self.verdict if sources else "nothing"
        return Evidence("", (), tuple(sources), tuple(left_out), budget, verdict, self.is_complete)


def _different(passages: Sequence[Passage]) -> tuple[list[Passage], list[Alike]]:
    """Return those of ``passages`` that say something of their own, and the others."""
    kept: list[tuple[Passage, set[tuple[str, str]]]] = []
    alike: list[Alike] = []
    for passage in passages:
        pairs = set(itertools.pairwise(words(passage.section.text)))
        same = next((other for other, known in kept if _are_alike(pairs, known)), None)
        if same:
            alike.append((passage, same))
        else:
            kept.append((passage, pairs))
    return [passage for passage, _ in kept], alike


def _are_alike(pairs: set[tuple[str, str]], known: set[tuple[str, str]]) -> bool:
    return bool(pairs) and len(pairs & known) >= _ALIKE * min(len(pairs), len(known)) > 0


def _pieces(texts: Sequence[str], found: Sequence[Sequence[Sentence]], relevance: Relevance) -> list[list[Piece]]:
    """Return the sentences of each text, or its lines where it has none, rated all at once.

    What stands between two sentences and is none, such as code, belongs to the one that it follows.
    """
    spans = [
        [(each.start, each.end, each.is_heading) for each in of_text] or _lines(text)
        for text, of_text in zip(texts, found, strict=True)
    ]
    cut = [text[start:end] for text, of_text in zip(texts, spans, strict=True) for start, end, _ in of_text]
    ratings = iter(relevance.rate(cut))
    return [
        [
            Piece(start, _reaching(text, end, until), next(ratings).value * (_HEADING if is_heading else 1))
            for (start, end, is_heading), until in zip(of_text, _nexts(text, of_text), strict=True)
        ]
        for text, of_text in zip(texts, spans, strict=True)
    ]


def _nexts(text: str, spans: Sequence[tuple[int, int, bool]]) -> list[int]:
    """Return where the sentence after each begins; the end of ``text`` for the last."""
    return [*(start for start, _, _ in spans[1:]), len(text)] if spans else []


def _reaching(text: str, end: int, until: int) -> int:
    """Return where a sentence that ends at ``end`` ends with what follows of it before ``until``."""
    between = text[end:until].rstrip()
    return end + len(between) if len(between) <= _FOLLOWING and any(map(str.isalnum, between)) else end


def _lines(text: str) -> list[tuple[int, int, bool]]:
    """Return where the lines of ``text`` stand that hold anything."""
    lines = Lines(text)
    every = ((lines.start(n), lines.start(n) + len(lines.text(n))) for n in range(1, len(lines) + 1))
    return [(start, end, False) for start, end in every if text[start:end].strip()]


def _source(number: int, passage: Passage, excerpt: Excerpt, found: Sequence[Sentence]) -> Source:
    section = passage.section
    text = excerpt.text[excerpt.start : excerpt.end]
    rated = tuple(
        Rated(each.start - excerpt.start, each.end - excerpt.start, round(piece.relevance, 4))
        for each, piece in zip(found, excerpt.pieces, strict=False)  # where there are no sentences, pieces are lines
        if excerpt.start <= each.start and each.end <= excerpt.end and not each.is_heading
    )
    lines = Lines(excerpt.text)
    return Source(
        number=number,
        path=section.path,
        start_line=section.first + lines.at(excerpt.start) - 1,
        end_line=section.first + lines.at(max(excerpt.end - 1, excerpt.start)) - 1,
        title=section.title,
        heading=section.heading,
        text=text,
        tokens=excerpt.tokens,
        score=round(passage.score, 4),
        reasons=passage.reasons,
        sentences=rated,
        locator=section.locator,
    )
