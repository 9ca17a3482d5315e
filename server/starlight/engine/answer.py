"""What a question becomes: evidence, events while the answer is made, and the answer with its checked statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from starlight.models.generator import Usage
from starlight.readers.document import Locator

Kind = Literal["extractive", "generated"]
Verdict = Literal["found", "weak", "nothing"]
Support = Literal["supported", "weak", "unsupported", "uncited"]
Phase = Literal["searching", "queued", "loading", "reading", "writing", "checking"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the workspace may be used.  Empty: all of it.  Paths are relative to the root, with ``/``."""

    folder: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Only these notes: this note, or those named with ``@note``."""
    selection: tuple[str, int, int] | None = None
    """(path, first line, last line): only these lines of a note."""


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation, and its answer."""

    question: str
    answer: str


class Rated(NamedTuple):
    """A sentence of a source, ``start`` to ``end`` of its text in code points, and how well it answers, 0 to 1."""

    start: int
    end: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that an answer may rest on, as the note has it now.  Lines count from 1, both ends included."""

    number: int
    path: str
    start_line: int
    end_line: int
    title: str
    heading: str
    text: str
    tokens: int
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    root: str = ""
    """The folder that ``path`` is relative to; empty where there is one only."""
    sentences: tuple[Rated, ...] = ()
    """Those of its text, without headings, rated against the question: what an answer without a model is made of."""
    locator: Locator | None = None
    """The page or cell that it begins on, where the file has such; lines are those of its text then."""

    @property
    def place(self) -> str:
        """Where in the file it stands, in words: its page, else its lines."""
        first, last = self.start_line, self.end_line
        if self.locator:
            return self.locator.label
        return f"line {first}" if first == last else f"lines {first}-{last}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A passage that was found and not used, and why: ``no room``, ``changed``, ``much the same as 2``."""

    path: str
    start_line: int
    end_line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was gathered for a question, within a budget of tokens."""

    question: str
    queries: tuple[str, ...]
    """What was searched for: the question, as it stands in the conversation, and its parts."""
    sources: tuple[Source, ...]
    left_out: tuple[LeftOut, ...] = ()
    budget: int = 0
    verdict: Verdict = "found"
    complete: bool = True

    @property
    def tokens(self) -> int:
        """How many tokens the sources take together."""
        return sum(source.tokens for source in self.sources)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, the sources that it cites, and whether they say so."""

    text: str
    start: int
    """Where it begins in the answer, in code points; it ends before ``end``."""
    end: int
    sources: tuple[int, ...]
    support: Support
    reason: str = ""
    """In words, what is missing: ``12 km is not in source 2``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with all that is needed to check it."""

    question: str
    text: str
    kind: Kind
    verdict: Verdict
    sources: tuple[Source, ...]
    statements: tuple[Statement, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    complete: bool = True
    model: str = ""
    host: str = ""
    """Where the text went; empty in a process of ours or without a model."""
    left_machine: bool = False
    stopped: bool = False
    hint: str = ""
    """One sentence for the user: how to get a model, or why this one did not answer."""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Working:
    """An event: what is done now, in words for the user."""

    phase: Phase
    message: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """An event: the evidence is there."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Written:
    """An event: more text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """An event: what there is before the text itself is written; it takes the place of one told before."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event."""

    answer: Answer


Event = Working | Gathered | Drafted | Written | Finished
