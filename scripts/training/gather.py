"""Definitions into longer passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .passages import Passage

if TYPE_CHECKING:
    from collections.abc import Sequence


def gathered(passages: Sequence[Passage], width: int = 5, step: int = 2) -> list[Passage]:
    """Return runs of definitions as longer passages: WordNet has related meanings next to each other."""
    defined = [passage for passage in passages if passage.group == "wordnet"]
    starts = range(0, len(defined) - width, step)
    return [_run(defined[start : start + width]) for start in starts]


def _run(defined: Sequence[Passage]) -> Passage:
    text = ". ".join(f"{passage.title}: {passage.text}" for passage in defined)
    return Passage("wordnet-run", f"run of {defined[0].note}", defined[0].title, "", text)
