"""What a search gives: hits, each with its place and why it is there, and what is said of them all."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlight.engine.ranking import Verdict
from starlight.engine.reasons import Explanation
from starlight.index.records import StoredPassage
from starlight.notes.query import Problem
from starlight.readers.document import Locator

if TYPE_CHECKING:
    from starlight.engine.refining import Refinement

Leg = Literal["lexical", "semantic"]


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a search is made."""

    only: Leg | None = None
    """The one leg that it uses; None for both."""
    below: str = ""
    """The folder that the notes must lie in, relative to the root; empty for all."""
    lenient: bool = False
    """Whether what makes no sense as a filter, and a quote that nothing holds, is words; else it is told."""
    explain: bool = False
    """Whether hits carry the numbers behind their place."""
    refinement: Refinement | None = None
    """The second look at them, as far as it has come: nothing is waited for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers a query.  ``path`` is relative to the root, lines count from 1."""

    path: str
    start_line: int
    end_line: int
    line: int
    """Where the snippet begins: the line to go to."""
    title: str
    heading: str
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    score: float
    reasons: tuple[str, ...]
    sentence: str = ""
    """The sentence that the snippet begins with, whole."""
    explanation: Explanation | None = None
    """The numbers behind its place, where they were asked for."""
    locator: Locator | None = None
    """The page or cell that the snippet is on, where the file has such; lines are those of its text then."""


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found.  ``complete`` is false while the index is still being made."""

    query: str
    verdict: Verdict
    complete: bool
    hits: tuple[Hit, ...]
    refined: bool = False
    """Whether the best of them were looked at again; see ``engine.refining``."""
    problems: tuple[Problem, ...] = ()
    """What of the query makes no sense as a filter, or is for nothing in these notes."""
    confidence: float = 0.0
    """How likely the notes are about the query, 0 to 1: what the verdict goes by."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search found, before it is shown."""

    passage: StoredPassage
    score: float
    cosine: float
    """To the query, less where the model does not know the query's words."""
    is_worded: bool
    """Whether it holds a word of the query."""
    explanation: Explanation
    day: datetime.date | None = None
    """When its note is from, where that counted."""
    nearness: float = 0.0
    """The refiner's cosine to the query, less where it does not know the language; 0 where it did not look."""
