"""An answer without a model: the sentences of the evidence that answer best, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from starlight.engine.answer import Evidence, Source
from starlight.engine.quoting import quoted, says_something
from starlight.notes.text import words

NOTHING = "Your notes do not say."

_MOST = 5
"""Sentences of an answer."""
_LEAST_RELEVANCE = 0.15
_SHARE_OF_BEST = 0.55
"""A sentence is left out that answers less than this much of the best one."""
_RANK = 0.92
"""What each further source is worth: that it was found first says something too."""
_POSITION = 0.03
"""What the first sentence of a passage gains, which tends to say what it is about."""
_ALIKE = 0.6
"""Share of words in common from which two sentences say the same."""


class _Choice(NamedTuple):
    """A sentence that may be quoted."""

    source: Source
    start: int
    text: str
    value: float


def extract(evidence: Evidence, question: str = "") -> str:
    """Return the best sentences of ``evidence`` as Markdown, by source and place, each ending with its ``[n]``.

    They are whole, as a reader sees them, no two say the same, and none only repeats ``question``, the one that the
    evidence was gathered for.  Where the evidence does not answer, or no sentence of it does, that is said.
    """
    if evidence.verdict == "nothing":
        return NOTHING
    asked = set(words(question or evidence.question))
    chosen = _chosen([each for each in _choices(evidence.sources) if not asked.issuperset(words(each.text))])
    if not chosen:
        return NOTHING
    lines = [f"{choice.text} [{choice.source.number}]" for choice in sorted(chosen, key=_place)]
    return lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)


def _place(choice: _Choice) -> tuple[int, int]:
    return choice.source.number, choice.start


def _choices(sources: Sequence[Source]) -> list[_Choice]:
    found = []
    for rank, source in enumerate(sources):
        for number, (start, end, relevance) in enumerate(source.sentences):
            text = quoted(source.text[start:end])
            if says_something(text, len(words(text))):
                value = _RANK**rank * relevance + (_POSITION if number == 0 else 0.0)
                found.append(_Choice(source, start, text, value))
    return sorted(found, key=lambda choice: (-choice.value, *_place(choice)))


def _chosen(choices: Sequence[_Choice]) -> list[_Choice]:
    chosen: list[_Choice] = []
    said: list[set[str]] = []
    for choice in choices:
        least = max(_LEAST_RELEVANCE, _SHARE_OF_BEST * choices[0].value)
        if len(chosen) == _MOST or choice.value < least:
            break
        held = set(words(choice.text))
        if not any(len(held & other) > _ALIKE * min(len(held), len(other)) for other in said):
            chosen.append(choice)
            said.append(held)
    return chosen
