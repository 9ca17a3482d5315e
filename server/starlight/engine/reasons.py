"""Why a passage was found: in words for whoever reads the list, in numbers for whoever asks to have it explained."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from starlight.engine import ranking


@dataclass(frozen=True, slots=True)
class Matched:
    """The query's words that a passage holds, each once: where it stands first of title, heading and text."""

    title: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    is_elsewhere: bool = False
    """Whether it holds a word in none of these: in an alias, the file's name, a tag."""

    @property
    def words(self) -> set[str]:
        """All of them, but for those elsewhere."""
        return {*self.title, *self.heading, *self.body}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The numbers behind the place of one hit: ``fused = (1 - weight) * trust * lexical / best + weight * cosine``.

    The score is ``smoothed`` and what names and dates add, times what repeats and copies leave of it.
    """

    lexical: float = 0.0
    """BM25."""
    best_lexical: float = 0.0
    """The highest of this query."""
    trust: float = 0.0
    """How far the leg by words is trusted, 0 to 1."""
    cosine: float = 0.0
    """To what the query means, less what all passages have in common."""
    weight: float = 0.0
    """The share of the leg by meaning."""
    fused: float = 0.0
    refined: float = 0.0
    """The score after the second look at it; ``fused`` where there was none."""
    smoothed: float = 0.0
    """``refined`` moved to that of the passages nearest in meaning."""
    named: float = 0.0
    """Added where the query is the note's name."""
    timely: float = 0.0
    """Added where the query speaks of a time, and the note is of it."""
    repeats: int = 0
    """Better passages of the same note."""
    copies: int = 0
    """Better passages that say the same."""
    score: float = 0.0

    def to_json(self) -> dict[str, float]:
        """Return all of it by name."""
        return {name: round(value, 4) for name, value in asdict(self).items()}

    def in_numbers(self) -> str:
        """Return all of it on one line."""
        by_words = f"{1 - self.weight:.2f} × {self.trust:.2f} × {self.lexical:.2f} / {self.best_lexical:.2f} by words"
        by_meaning = f"{self.weight:.2f} × {self.cosine:.2f} by meaning"
        steps = [f"score {self.score:.4f}: {by_words} + {by_meaning} = {self.fused:.4f}"]
        if self.refined != self.fused:
            steps.append(f"after a second look {self.refined:.4f}")
        if self.smoothed != self.refined:
            steps.append(f"with its neighbours {self.smoothed:.4f}")
        if self.named:
            steps.append(f"its name +{self.named:.2f}")
        if self.timely:
            steps.append(f"its time +{self.timely:.2f}")
        if self.repeats:
            steps.append(f"{self.repeats} better of this note")
        if self.copies:
            steps.append(f"{self.copies} better that say the same")
        return "; ".join(steps)


def words_for(
    matched: Matched, meaning: float, *, is_named: bool = False, linked: str = "", day: datetime.date | None = None
) -> tuple[str, ...]:
    """Return in short words why a passage was found; there is always something to say.

    ``meaning`` is its cosine to the query.  ``linked`` is the title of the note, called as the query is, that it
    links to; ``day`` is when its note is from, where that counted.
    """
    return tuple(_words_for(matched, meaning, is_named, linked, day)) or ("the nearest in meaning that there is",)


def _words_for(
    matched: Matched,
    meaning: float,
    is_named: bool,  # noqa: FBT001 -- by the name of the function above
    linked: str,
    day: datetime.date | None,
) -> Iterator[str]:
    if is_named:
        yield "is called that"
    if matched.title:
        yield f"in the title: {', '.join(matched.title)}"
    if matched.heading:
        yield f"in the heading: {', '.join(matched.heading)}"
    if matched.body:
        yield f"words: {', '.join(matched.body)}"
    if matched.is_elsewhere and not is_named:
        yield "by another name or a tag"
    if linked:
        yield f"links to {linked}"
    if day:
        yield f"from {day.isoformat()}"
    if near := nearness(meaning):
        yield near


def nearness(cosine: float) -> str:
    """Return in words how near in meaning a passage with that cosine to the query is; empty where it is far."""
    if cosine >= ranking.NEAR:
        return "close in meaning"
    if cosine >= ranking.LOOSE:
        return "related in meaning"
    return "loosely related in meaning" if cosine >= ranking.FAINT else ""
