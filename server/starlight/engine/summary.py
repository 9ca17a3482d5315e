"""What a summary is: of which sections, in whose words, with the places that it comes from, and how much was read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from starlight.engine.answer import Kind, LeftOut, Source, Statement
from starlight.engine.sections import Section
from starlight.models.generator import Usage
from starlight.notes.text import may_be_unspaced

SubjectKind = Literal[
    "selection", "section", "note", "document", "folder", "tag", "search", "changes", "conversation"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """What is summarized: ``sections`` in the order in which they are read, all of one root."""

    kind: SubjectKind
    name: str
    """What people call it: a note's title, a folder's path, ``#garden``, ``changed since last week``."""
    sections: tuple[Section, ...]
    root: str = ""
    left_out: tuple[LeftOut, ...] = ()
    """What belongs to it and is not read, and why."""


MOST_SENTENCES = 40
"""Of any summary: a model writes no more at once, and more of the notes' own sentences are no summary."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a summary shall be: so many sentences, or a share of those that there are (0 to 1)."""

    sentences: int = 5
    share: float = 0.0

    def of(self, there: int) -> int:
        """Return how many sentences that are, where a text has so many as are ``there``."""
        wanted = round(there * self.share) if self.share else self.sentences
        return min(max(wanted, 1), MOST_SENTENCES)

    @property
    def is_line(self) -> bool:
        """Whether it is the one line that stands for a text."""
        return not self.share and self.sentences == 1


LINE = Length(1)


class SummaryLine(NamedTuple):
    """The one line that stands for a note: a model's words as plain text, or a sentence of the note itself."""

    text: str
    by: str = ""
    """The model's name; empty for a sentence of the note."""


NO_LINE = SummaryLine("")
FIVE_SENTENCES = Length()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many notes have a line by a model, of those that can have one."""

    made: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.made:,} of {self.total:,}"


NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a subject was read, and by what."""

    read: int
    """Sections."""
    sections: int
    words: int
    steps: int = 1
    """How often a text was made shorter on the way: 1 where everything was read at once."""
    calls: int = 0
    """What a model was asked for."""
    reused: int = 0
    """What it had been asked for before, and had not to be again."""
    by: str = ""
    """The model's name; empty for sentences of the notes themselves."""
    failed: int = 0
    """Parts that are not in the model's words: it had nothing for them."""

    def __str__(self) -> str:
        """``12 of 12 sections, 38,400 words, qwen2.5-1.5b, 2 steps``."""
        parts = [
            f"{self.read:,} of {self.sections:,} section{'s' if self.sections != 1 else ''}",
            f"{self.words:,} word{'s' if self.words != 1 else ''}",
            self.by or "without a model",
        ]
        if self.by:
            parts.append(f"{self.steps} step{'s' if self.steps != 1 else ''}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary with all that is needed to check it."""

    subject: Subject
    text: str
    """Markdown; each statement ends with the marks ``[n]`` of its sources."""
    kind: Kind
    sources: tuple[Source, ...]
    coverage: Coverage
    statements: tuple[Statement, ...] = ()
    host: str = ""
    """Where the text went; empty in a process of ours or without a model."""
    left_machine: bool = False
    stopped: bool = False
    hint: str = ""
    """One sentence for the user: how to get a model, or why this one did not answer."""
    usage: Usage = field(default_factory=Usage)


_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def n_words(text: str) -> int:
    """Return how many words ``text`` has; of a script without spaces between words, each character counts as one."""
    if not may_be_unspaced(text):
        return len(text.split())
    return len(_UNSPACED.findall(text)) + len(_UNSPACED.sub(" ", text).split())
