"""A question into evidence: the passages of notes that an answer may rest on, within a budget of tokens.

Found by one search or several, with the sections beside them and the notes that they link to; read as the notes are
now; no two much the same; cut to their best sentences where the budget is small.  What has no place is said.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlight.engine import questions, ranking
from starlight.engine.answer import Evidence, LeftOut, Rated, Scope, Source, Turn
from starlight.engine.finding import Finder, Where, where
from starlight.engine.packing import Count, Excerpt, Piece, estimate, pack
from starlight.engine.questions import Rewrite
from starlight.engine.ranking import Verdict
from starlight.engine.relevance import Rating, Relevance
from starlight.engine.search import Found, Searcher
from starlight.engine.sections import Section, Sections
from starlight.errors import InvalidRequest
from starlight.index.reader import Reader
from starlight.models.embedder import Embedder
from starlight.notes.place import Lines
from starlight.notes.sentences import Sentence, sentences
from starlight.notes.text import words

__all__ = ["EVERYTHING", "Asked", "Count", "Gatherer", "Rewrite", "estimate"]

EVERYTHING = Scope()

_MOST_PASSAGES = 60
_FEWEST_PASSAGES = 16
_TOKENS_OF_ONE = 32
"""One passage is looked at for so many tokens of the budget."""
_NEAREST = 5
"""Passages that are shown where none of them answers."""
_SHARE_OF_BEST = 0.2
"""A passage that scores less than this much of the best one is left out, without a word."""
_PARENTS = 3
"""So many of the best bring what stands beside them and what they link to."""
_BESIDE, _LINKED = 0.5, 0.45
"""What such a passage is worth, as a share of the one that brought it, if it answers as well as that one."""
_MOST_LINKED = 4
_REST = 0.01
"""What the rest of a note is worth that the question is about by name."""
_ALL, _HALF, _SOME = 0.9, 0.45, 0.3
"""Shares of the question's words, weighted by their rarity, that a passage holds; see ``_judged``."""
_JUDGED = 3
_ALIKE = 0.8
"""Share of pairs of words in common from which two passages are much the same."""
_HEADING = 0.5
"""What a heading is worth beside a sentence with the same words: it asks more than it answers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and all that says what it is about and how much may be used.

    ``budget`` is in tokens as ``count`` counts them, ``per_source`` of them are spent on each source beside its text.
    ``below`` is a folder that the notes must lie in beside the scope.
    """

    question: str
    budget: int
    count: Count = estimate
    scope: Scope = EVERYTHING
    conversation: Sequence[Turn] = ()
    below: str = ""
    rewrite: Rewrite | None = None
    per_source: int = 0
    today: datetime.date | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not self.question.strip():
            raise InvalidRequest("the question is empty; say what you want to know")
        if self.budget < 1:
            raise InvalidRequest(f"the budget must be at least 1 token, not {self.budget}")


@dataclass(frozen=True, slots=True)
class _Passage:
    """A section on its way into the evidence."""

    section: Section
    score: float
    rating: Rating
    reasons: tuple[str, ...] = ()


class Gatherer:
    """Gathers evidence from one index and the open notes.  Use it on one thread, as its reader."""

    def __init__(self, searcher: Searcher, reader: Reader, embedder: Embedder) -> None:
        self._searcher = searcher
        self._reader = reader
        self._embedder = embedder
        self._finder = Finder(searcher, reader)

    def gather(self, asked: Asked) -> Evidence:
        """Return the evidence for a question."""
        question = asked.question.encode("utf-8", "replace").decode()  # half a character cannot be looked for
        scope = where(asked.scope, asked.below)
        named = questions.named(question, lambda name: self._finder.called(name, scope), self._reader.is_tag)
        scope = scope.narrowed(named.notes, named.tags)
        queries = questions.queries(named.text or question, asked.conversation, asked.rewrite)
        limit = min(max(asked.budget // _TOKENS_OF_ONE, _FEWEST_PASSAGES), _MOST_PASSAGES)
        found = self._finder.find(queries, limit, scope, asked.today or datetime.date.today())
        relevance = Relevance(queries[0], self._reader, self._embedder)
        sections = Sections(self._searcher.content, self._reader.exists, self._reader.named)
        gathering = _Gathering(sections, relevance, scope)
        evidence = gathering.evidence(replace(asked, question=question), found, limit)
        return replace(evidence, queries=queries, complete=self._searcher.is_complete)


class _Gathering:
    """One question's evidence while it is made."""

    def __init__(self, sections: Sections, relevance: Relevance, scope: Where) -> None:
        self._sections = sections
        self._relevance = relevance
        self._scope = scope
        self._left_out: list[LeftOut] = []
        self._alike: list[tuple[_Passage, _Passage]] = []

    def evidence(self, asked: Asked, found: Sequence[Found], limit: int) -> Evidence:
        """Return what of ``found``, and of what stands beside it, has a place in the budget."""
        passages = self._selected() if self._scope.lines else self._with_beside(self._read(found))
        verdict = self._verdict(passages)
        best = max((passage.score for passage in passages), default=0.0)
        least = 0.0 if self._scope.notes else _SHARE_OF_BEST * best
        passages = [passage for passage in passages if passage.score >= least][:limit]
        passages = self._different(passages)[: limit if verdict != "nothing" else _NEAREST]
        sources = self._packed(passages, asked)
        verdict = verdict if sources else "nothing"
        return Evidence(asked.question, (), sources, tuple(self._left_out), asked.budget, verdict)

    def _read(self, found: Sequence[Found]) -> list[_Passage]:
        """Return what was found as it stands in the notes now, best first; what is gone is left out."""
        read: list[tuple[Section, float]] = []
        for each in found:
            passage = each.passage
            section = self._sections.stored(passage) or self._again(passage.path)
            if section is None:
                reason = "gone" if self._sections.is_gone(passage.path) else "changed"
                self._left_out.append(
                    LeftOut(passage.path, passage.first, passage.last, f"{reason} since it was indexed")
                )
            elif not any(section.overlaps(other) for other, _ in read):
                read.append((section, each.score))
        if self._scope.notes:  # the question is about these: what else they say counts as well
            rest = (section for path in self._scope.notes for section in self._sections.of(path) if self._covers(path))
            read += [(each, _REST) for each in rest if not any(each.overlaps(other) for other, _ in read)]
        return self._rated(read)

    def _again(self, path: str) -> Section | None:
        """Return what of a note that has changed answers best, where it still does; it need not be in the scope."""
        if not self._covers(path):
            return None
        rated = self._rated([(section, 0.0) for section in self._sections.of(path)])
        best = max(rated, key=lambda passage: passage.rating.value, default=None)
        return best.section if best and _judged(best.rating) != "nothing" else None

    def _covers(self, path: str) -> bool:
        return self._scope.index.covers(path, self._sections.tags(path) if self._scope.index.tags else ())

    def _selected(self) -> list[_Passage]:
        """Return the lines that were selected, by how well they answer."""
        first, last = self._scope.lines or (1, 1)
        for path in self._scope.notes:
            if self._sections.is_gone(path):
                self._left_out.append(LeftOut(path, first, last, "gone"))
        chosen = [
            each for path in self._scope.notes if self._covers(path) for each in self._sections.of(path, first, last)
        ]
        rated = self._rated([(section, 0.0) for section in chosen])
        valued = [replace(passage, score=passage.rating.value) for passage in rated]
        return sorted(valued, key=lambda passage: -passage.score)

    def _rated(self, read: Sequence[tuple[Section, float]]) -> list[_Passage]:
        ratings = self._relevance.rate([section.named_text for section, _ in read])
        return [
            _Passage(section, score, rating, _reasons(rating))
            for (section, score), rating in zip(read, ratings, strict=True)
        ]

    def _with_beside(self, passages: list[_Passage]) -> list[_Passage]:
        """Add the sections beside the best passages, and the best one of each note that they link to."""
        added: list[_Passage] = []
        for number, parent in enumerate(passages[:_PARENTS], 1):
            beside = self._rated([(section, 0.0) for section in self._sections.beside(parent.section)])
            added += [_brought(each, parent, _BESIDE, f"beside {number}") for each in beside]
            linked = [path for path in self._sections.linked(parent.section) if self._covers(path)][:_MOST_LINKED]
            for path in linked:
                every = self._rated([(section, 0.0) for section in self._sections.of(path)])
                if every:
                    best = max(every, key=lambda each: each.rating.value)
                    added.append(_brought(best, parent, _LINKED, f"linked from {parent.section.title}"))
        for each in sorted(added, key=lambda passage: -passage.score):
            if not any(each.section.overlaps(other.section) for other in passages):
                passages = [*passages, each]
        return sorted(passages, key=lambda passage: -passage.score)

    def _verdict(self, passages: Sequence[_Passage]) -> Verdict:
        """Return how well the best passages answer; what was asked about by name does in any case, a little."""
        verdicts = [_judged(passage.rating) for passage in passages[:_JUDGED]]
        if self._scope.notes and passages:
            verdicts.append("weak")
        return ranking.best_verdict(verdicts)

    def _different(self, passages: Sequence[_Passage]) -> list[_Passage]:
        """Return ``passages`` without those that say much the same as a better one."""
        kept: list[tuple[_Passage, set[tuple[str, str]]]] = []
        for passage in passages:
            every = words(passage.section.text)
            pairs = set(itertools.pairwise(every))
            same = next((other for other, known in kept if _are_alike(pairs, known)), None)
            if same:
                self._alike.append((passage, same))
            else:
                kept.append((passage, pairs))
        return [passage for passage, _ in kept]

    def _packed(self, passages: Sequence[_Passage], asked: Asked) -> tuple[Source, ...]:
        cut = [sentences(passage.section.text) for passage in passages]
        excerpts = [
            Excerpt(passage.section.text, pieces)
            for passage, pieces in zip(passages, self._pieces(passages, cut), strict=True)
        ]
        packed = pack(excerpts, asked.budget, asked.count, asked.per_source)
        numbers = {id(excerpt): number for number, excerpt in enumerate(packed, 1)}
        sources: list[Source] = []
        for passage, excerpt, found in zip(passages, excerpts, cut, strict=True):
            number = numbers.get(id(excerpt))
            if number:
                sources.append(_source(number, passage, excerpt, found))
            if not number or not excerpt.is_whole:
                self._leave_out(passage, f"in part, as {number}" if number else "no room")
        at = {source.path: source.number for source in reversed(sources)}
        for passage, same in self._alike:
            number = at.get(same.section.path)
            self._leave_out(passage, f"much the same as {number}" if number else "no room")
        return tuple(sources)

    def _pieces(self, passages: Sequence[_Passage], cut: Sequence[Sequence[Sentence]]) -> list[list[Piece]]:
        """Return the sentences of each passage, or its lines where it has none, rated all at once."""
        spans = [
            [(each.start, each.end, each.is_heading) for each in found] or _lines(passage.section.text)
            for passage, found in zip(passages, cut, strict=True)
        ]
        texts = [
            passage.section.text[start:end]
            for passage, found in zip(passages, spans, strict=True)
            for start, end, _ in found
        ]
        ratings = iter(self._relevance.rate(texts))
        return [
            [
                Piece(start, end, next(ratings).value * (_HEADING if is_heading else 1))
                for start, end, is_heading in found
            ]
            for found in spans
        ]

    def _leave_out(self, passage: _Passage, reason: str) -> None:
        section = passage.section
        self._left_out.append(LeftOut(section.path, section.first, section.last, reason))


def _source(number: int, passage: _Passage, excerpt: Excerpt, found: Sequence[Sentence]) -> Source:
    section = passage.section
    text = excerpt.text[excerpt.start : excerpt.end]
    said = {each.start for each in found if not each.is_heading}
    rated = tuple(
        Rated(piece.start - excerpt.start, piece.end - excerpt.start, round(piece.relevance, 4))
        for piece in excerpt.pieces
        if excerpt.start <= piece.start and piece.end <= excerpt.end and piece.start in said
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
    )


def _brought(passage: _Passage, parent: _Passage, share: float, reason: str) -> _Passage:
    """Return ``passage`` with the score that the one which brought it gives it."""
    best = parent.rating.value or 1.0
    score = share * parent.score * min(passage.rating.value / best, 1.0)
    return replace(passage, score=score, reasons=(reason, *passage.reasons))


def _judged(rating: Rating) -> Verdict:
    """Say whether one passage answers, by the share of the question's words that it holds and by its meaning."""
    near, covered = rating.cosine, rating.coverage
    if near >= ranking.NEAR or covered >= _ALL or (covered >= _HALF and near >= ranking.LOOSE):
        return "found"
    return "weak" if near >= ranking.LOOSE or covered >= _SOME else "nothing"


def _reasons(rating: Rating) -> tuple[str, ...]:
    found = [f"words: {', '.join(rating.held)}"] if rating.held else []
    if rating.cosine >= ranking.LOOSE:
        found.append("close in meaning" if rating.cosine >= ranking.NEAR else "related in meaning")
    return tuple(found)


def _are_alike(pairs: set[tuple[str, str]], known: set[tuple[str, str]]) -> bool:
    return bool(pairs) and len(pairs & known) >= _ALIKE * min(len(pairs), len(known)) > 0


def _lines(text: str) -> list[tuple[int, int, bool]]:
    """Return where the lines of ``text`` stand that hold anything."""
    lines = Lines(text)
    every = ((lines.start(n), lines.start(n) + len(lines.text(n))) for n in range(1, len(lines) + 1))
    return [(start, end, False) for start, end in every if text[start:end].strip()]
