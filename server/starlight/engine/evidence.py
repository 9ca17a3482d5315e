"""A question into evidence: the passages of notes that an answer may rest on, within a budget of tokens.

Found by one search or several, with the sections beside them and the notes that they link to; read as the notes are
now; no two much the same; cut to their best sentences where the budget is small.  What has no place is said.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from starlight.engine import conversations, ranking
from starlight.engine.answer import EVERYTHING, Evidence, LeftOut, Scope, Turn
from starlight.engine.finding import Finder, Where, where
from starlight.engine.hits import Found
from starlight.engine.packing import Count, estimate
from starlight.engine.questions import named
from starlight.engine.questions import queries as searched_for
from starlight.engine.ranking import Verdict
from starlight.engine.refining import Refinement, settled
from starlight.engine.relevance import Rating, Relevance
from starlight.engine.search import Searcher
from starlight.engine.sections import Section, Sections
from starlight.engine.shortlist import Passage, Shortlist
from starlight.errors import InvalidRequest
from starlight.index.reader import Reader
from starlight.models.embedder import Embedder

__all__ = ["Asked", "Count", "Gatherer", "estimate", "gather"]

SECONDS = 2.0
"""How long an answer waits for a second look at what it will rest on."""
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
_MOST_SECTIONS = 60
_REST = 0.01
"""What the rest of a note is worth that the question is about by name."""
_ANSWERS, _TOUCHES = 0.42, 0.3
"""Ratings from which a passage answers, and has something to do with the question.  Asked each
other's questions, collections seldom reach the second; asked their own, mostly the first (``docs/benchmarks.md``)."""
_COVERED, _CLOSE = 0.75, 0.5
"""The same for the words alone, where the model does not know their language, and for the meaning alone."""
_NEAR = 0.5, 0.4
"""The same for the refiner's cosine."""
_JUDGED = 3


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
    per_source: int = 0
    today: datetime.date | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            InvalidRequest: the question is empty, or the budget is below 1.
        """
        if not self.question.strip():
            raise InvalidRequest("the question is empty; say what you want to know")
        if self.budget < 1:
            raise InvalidRequest(f"the budget must be at least 1 token, not {self.budget}")


def gather(
    asked: Asked,
    opened: Callable[[], AbstractContextManager[Gatherer]],
    begin: Callable[[str], Refinement | None] = lambda _query: None,
    seconds: float | None = None,
) -> Evidence:
    """Return the evidence for a question.

    ``opened`` gives a gatherer to one thread at a time: it is let go of while a model counts tokens.  ``begin`` begins
    a second look at what is found for a query, which may take so many ``seconds``; None: any number.
    """
    asked = replace(asked, question=asked.question.encode("utf-8", "replace").decode())  # no half characters
    with opened() as gatherer:
        text, scope = gatherer.placed(asked)
    queries = searched_for(text, asked.conversation)
    refinement = begin(queries[0])

    def shortlist() -> Shortlist:
        with opened() as gatherer:
            return gatherer.shortlist(asked, queries, scope, refinement)

    found = settled(shortlist, refinement, seconds).packed(asked.budget, asked.count, asked.per_source)
    return replace(found, question=asked.question, queries=queries)


class Gatherer:
    """Gathers evidence from one index and the open notes.  Use it on one thread, as its reader."""

    def __init__(self, searcher: Searcher, reader: Reader, embedder: Embedder) -> None:
        self._searcher = searcher
        self._reader = reader
        self._embedder = embedder
        self._finder = Finder(searcher, reader)

    def placed(self, asked: Asked) -> tuple[str, Where]:
        """Return the question without the notes and tags that it names, and the scope that they make.

        Saved conversations and summaries are in a scope only where their folder or they themselves are named.
        """
        scope = where(asked.scope, asked.below)
        found = named(asked.question, lambda name: self._finder.called(name, scope), self._reader.is_tag)
        scope = scope.narrowed(found.notes, found.tags)
        if scope.index.notes is None and not asked.scope.folder:
            for kind in conversations.KINDS:
                scope = scope.without(self._reader.of_kind(kind))
        return found.text or asked.question, scope

    def shortlist(
        self, asked: Asked, queries: tuple[str, ...], scope: Where, refinement: Refinement | None = None
    ) -> Shortlist:
        """Return what was found for ``queries`` in ``scope`` that may have a place in the budget."""
        limit = min(max(asked.budget // _TOKENS_OF_ONE, _FEWEST_PASSAGES), _MOST_PASSAGES)
        found = self._finder.find(queries, limit, scope, asked.today or datetime.date.today(), refinement)
        relevance = Relevance(queries[0], self._reader, self._embedder)
        sections = Sections(self._searcher.content, self._reader.exists, self._reader.named)
        gathering = _Gathering(sections, relevance, scope)
        passages, verdict = gathering.passages(found, limit)
        return Shortlist.of(passages, relevance, verdict, gathering.left_out, is_complete=self._searcher.is_complete)


class _Gathering:
    """One question's evidence while it is made."""

    def __init__(self, sections: Sections, relevance: Relevance, scope: Where) -> None:
        self._sections = sections
        self._relevance = relevance
        self._scope = scope
        self.left_out: list[LeftOut] = []

    def passages(self, found: Sequence[Found], limit: int) -> tuple[list[Passage], Verdict]:
        """Return what of ``found``, and of what stands beside it, is worth a place, and how well it answers."""
        passages = self._selected() if self._scope.lines else self._with_beside(self._read(found, limit))
        verdict = self._verdict(passages)
        best = max((passage.score for passage in passages), default=0.0)
        least = 0.0 if self._scope.notes else _SHARE_OF_BEST * best
        passages = [passage for passage in passages if passage.score >= least]
        return passages[: limit if verdict != "nothing" else _NEAREST], verdict

    def _read(self, found: Sequence[Found], limit: int) -> list[Passage]:
        """Return what was found as it stands in the notes now, best first; what is gone is left out."""
        read: list[tuple[Section, float, float]] = []
        for each in found:
            passage = each.passage
            section = self._sections.stored(passage) or self._again(passage.path)
            if section is None:
                reason = "gone" if self._sections.is_gone(passage.path) else "changed"
                self.left_out.append(
                    LeftOut(passage.path, passage.first, passage.last, f"{reason} since it was indexed")
                )
            elif passage.start < passage.end and not section.text:  # a summary that was put there, and no more
                continue
            elif not any(section.overlaps(other) for other, *_ in read):
                read.append((section, each.score, each.nearness))
        if self._scope.notes:  # the question is about these: what else they say counts as well
            every = (section for path in self._scope.notes for section in self._sections.of(path) if self._covers(path))
            rest = (each for each in every if not any(each.overlaps(other) for other, *_ in read))
            read += [(each, _REST, 0.0) for each in list(itertools.islice(rest, limit))]
        return self._rated(read)

    def _again(self, path: str) -> Section | None:
        """Return what of a note that has changed answers best, where it still does; it need not be in the scope."""
        if not self._covers(path):
            return None
        rated = self._unscored(self._sections.of(path))
        best = max(rated, key=lambda passage: passage.rating.value, default=None)
        return best.section if best and _judged(best) != "nothing" else None

    def _covers(self, path: str) -> bool:
        return self._scope.index.covers(path, self._sections.tags(path) if self._scope.index.tags else ())

    def _selected(self) -> list[Passage]:
        """Return the lines that were selected, by how well they answer."""
        first, last = self._scope.lines or (1, 1)
        for path in self._scope.notes:
            if self._sections.is_gone(path):
                self.left_out.append(LeftOut(path, first, last, "gone"))
        chosen = [
            each for path in self._scope.notes if self._covers(path) for each in self._sections.of(path, first, last)
        ]
        rated = self._unscored(chosen)
        valued = [replace(passage, score=passage.rating.value) for passage in rated]
        return sorted(valued, key=lambda passage: -passage.score)

    def _unscored(self, found: Sequence[Section]) -> list[Passage]:
        return self._rated([(section, 0.0, 0.0) for section in found])

    def _rated(self, read: Sequence[tuple[Section, float, float]]) -> list[Passage]:
        ratings = self._relevance.rate([section.named_text for section, *_ in read])
        return [
            Passage(section, score, rating, _reasons(rating), nearness)
            for (section, score, nearness), rating in zip(read, ratings, strict=True)
        ]

    def _with_beside(self, passages: list[Passage]) -> list[Passage]:
        """Add the sections beside the best passages, and the best one of each note that they link to."""
        added: list[Passage] = []
        for number, parent in enumerate(passages[:_PARENTS], 1):
            beside = self._unscored(self._sections.beside(parent.section))
            added += [_brought(each, parent, _BESIDE, f"beside {number}") for each in beside]
            linked = [path for path in self._sections.linked(parent.section) if self._covers(path)][:_MOST_LINKED]
            for path in linked:
                every = self._unscored(self._sections.of(path)[:_MOST_SECTIONS])
                if every:
                    best = max(every, key=lambda each: each.rating.value)
                    added.append(_brought(best, parent, _LINKED, f"linked from {parent.section.title}"))
        for each in sorted(added, key=lambda passage: -passage.score):
            if not any(each.section.overlaps(other.section) for other in passages):
                passages = [*passages, each]
        return sorted(passages, key=lambda passage: -passage.score)

    def _verdict(self, passages: Sequence[Passage]) -> Verdict:
        """Return how well the best passages answer; what was asked about by name does in any case, a little."""
        verdicts = [_judged(passage) for passage in passages[:_JUDGED]]
        if self._scope.notes and passages:
            verdicts.append("weak")
        return ranking.best_verdict(verdicts)


def _brought(passage: Passage, parent: Passage, share: float, reason: str) -> Passage:
    """Return ``passage`` with the score that the one which brought it gives it."""
    best = parent.rating.value or 1.0
    score = share * parent.score * min(passage.rating.value / best, 1.0)
    return replace(passage, score=score, reasons=(reason, *passage.reasons))


def _judged(passage: Passage) -> Verdict:
    """Say whether one passage answers, by the share of the question's words that it holds and by its meaning."""
    rating = passage.rating
    if rating.value >= _ANSWERS or rating.coverage >= _COVERED or rating.cosine >= _CLOSE:
        return "found"
    if passage.nearness >= _NEAR[0]:
        return "found"
    is_touched = rating.value >= _TOUCHES or rating.cosine >= ranking.NEAR or passage.nearness >= _NEAR[1]
    return "weak" if is_touched else "nothing"


def _reasons(rating: Rating) -> tuple[str, ...]:
    found = [f"words: {', '.join(rating.held)}"] if rating.held else []
    if rating.cosine >= ranking.LOOSE:
        found.append("close in meaning" if rating.cosine >= ranking.NEAR else "related in meaning")
    return tuple(found)
