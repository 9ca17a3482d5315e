"""A text too long for a model, summarized in steps: its leaves, then parts of those, then the whole.

Each step fits the window of the model.  What is made is kept by the hash of what was asked (what is read, the task,
the model, the version of the prompts), so that nothing is asked twice: after an edit, after a stop, or of a note that
stands in a folder, too.  How a text is divided depends on the text alone, never on what a model said of its parts or
on what was made before.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Protocol

from starlight.engine import summary_prompts as prompts
from starlight.engine import summary_text as text_of
from starlight.engine.answer import Drafted, Event, Source, Working, Written
from starlight.engine.drafting import Desk, Draft, Order, draft
from starlight.engine.sections import Section
from starlight.engine.summary import Length
from starlight.engine.summary_leaves import Leaf, border, leaves, runs
from starlight.engine.summary_prompts import Part, Task
from starlight.errors import PromptTooLong, StarlightError
from starlight.models.generator import Cancellation, Generator, Message, Sampling, Usage
from starlight.notes import marks

log = logging.getLogger(__name__)

_SLACK = 32
"""Tokens of the window that nothing is planned for: those of texts side by side are not quite their sum."""
_PER_PART = 40
"""Tokens that fence, name and more marks add to the summary of a part, at most."""
_FAN = 5
"""So many parts can be put together at once, at least: with fewer, putting together would be most of the work."""
_USUAL = 8
"""Sentences of a summary up to which all lengths leave the same room for reading, and so share what is made."""
_LEAST_PART = 48
_WAITING = ("queued", "loading")
_GIVEN_UP = 2
"""So many answers in a row that do not come, and the model is not asked again."""


class Kept(Protocol):
    """Where summaries are kept; see ``index.cache.Cache``."""

    def summary(self, key: bytes) -> str | None:
        """Return what is kept by that key."""
        ...

    def keep_summary(self, key: bytes, content: str) -> None:
        """Keep it."""
        ...


@dataclass(frozen=True, slots=True)
class Rooms:
    """How the window of a model is divided, in tokens."""

    reading: int
    """What there is for sections or parts."""
    part: int
    """What the summary of a part may have."""
    last: int
    """What the summary itself may have."""

    @property
    def fan(self) -> int:
        """How many parts are put together at once."""
        return self.reading // (self.part + _PER_PART)

    @property
    def length_of_part(self) -> Length:
        """How long the summary of a part is."""
        return Length(min(max(self.part // prompts.PER_SENTENCE, 1), prompts.PART.sentences))


def rooms(generator: Generator, task: Task) -> Rooms:
    """Divide the window of ``generator``.

    Raises:
        PromptTooLong: it is too small.
        GeneratorUnavailable: there is no such model.
    """
    window = generator.context_size()
    last = min(task.tokens, window // 4)
    answer = max(last, min(Task(Length(_USUAL)).tokens, window // 4))
    reading = window - prompts.frame(generator.count) - answer - _SLACK
    part = min(Task(prompts.PART).tokens, reading // _FAN - _PER_PART)
    if part < _LEAST_PART:
        raise PromptTooLong(f"its window of {window:,} tokens is too small for summaries")
    return Rooms(reading, part, last)


@dataclass(frozen=True, slots=True)
class Tree:
    """How a text is divided: runs of pieces, runs of these, and so on up to the whole."""

    leaves: tuple[Leaf, ...]
    levels: tuple[tuple[tuple[int, int], ...], ...]
    """Of each, the runs of what is below it; the last has one."""

    @property
    def pieces(self) -> tuple[Section, ...]:
        """Everything that is read, in order."""
        return tuple(piece for leaf in self.leaves for piece in leaf)

    @property
    def steps(self) -> int:
        """How often a text is made shorter on the way."""
        return 1 + len(self.levels)

    @property
    def parts(self) -> int:
        """How many summaries are made, the last one among them; a run of one part needs none."""
        return len(self.leaves) + sum(last - first > 1 for level in self.levels for first, last in level)


def tree(sections: Sequence[Section], room: Rooms, weigh: Callable[[Section], int]) -> Tree:
    """Return how ``sections`` are divided; one at least has text."""
    found = leaves(sections, room.reading, weigh)
    borders = [border(leaf[0]) for leaf in found]
    levels: list[tuple[tuple[int, int], ...]] = []
    while len(borders) > 1:
        level = runs([1] * len(borders), borders, room.fan)
        borders = [borders[first] for first, _ in level]
        levels.append(tuple(level))
    return Tree(tuple(found), tuple(levels))


@dataclass(frozen=True, slots=True)
class Made:
    """The summary of a part: the mark ``[k]`` in it names ``numbers[k - 1]`` of the pieces that are read."""

    text: str
    numbers: tuple[int, ...]
    name: str
    by_model: bool = True


@dataclass(slots=True)
class Tally:
    """What was done on the way."""

    calls: int = 0
    reused: int = 0
    failed: int = 0
    """Parts for which the model had nothing."""
    in_a_row: int = 0
    problem: str = ""
    """A sentence for the user: what went wrong first."""
    usage: Usage = field(default_factory=Usage)


SourcesOf = Callable[[Sequence[int]], Sequence[Source]]
"""Gives pieces by their numbers as sources that count from 1, in that order."""
Fallback = Callable[[Sequence[Section], int], str]
"""Gives what stands in for the summary of sections, in so many sentences, with marks that count them from 1."""


class Growing:
    """One summary while it grows, on one thread.  ``tell`` hears how far it is."""

    def __init__(
        self,
        generator: Generator,
        desk: Desk,
        kept: Kept,
        fallback: Fallback,
        *,
        temperature: float = 0.2,
        tell: Callable[[Event], None] = lambda _event: None,
        cancellation: Cancellation | None = None,
    ) -> None:
        self._generator = generator
        self._desk = desk
        self._kept = kept
        self._fallback = fallback
        self._temperature = temperature
        self._tell = tell
        self._cancellation = cancellation or Cancellation()
        self._n_parts = self._n_begun = 0
        self._room = Rooms(0, 0, 0)
        self._sources: SourcesOf = lambda _numbers: ()
        self.tally = Tally()
        self.n_read = 0
        """Leaves of which something was made."""
        self.unfinished: Made | None = None
        """What there is of the summary itself, where it was stopped while that was written, and its ``numbers``."""

    def grow(self, plan: Tree, room: Rooms, task: Task, sources: SourcesOf) -> list[Made]:
        """Return the summary of ``plan`` as one part, or, where it was stopped, those of the parts that there are.

        Raises:
            ConsentNeeded: the text would leave the machine, and nobody has agreed to that.
        """
        self._n_parts, self._n_begun, self._room, self._sources = plan.parts, 0, room, sources
        made: list[Made] = []
        at = 0
        for leaf in plan.leaves:
            numbers = tuple(range(at, at + len(leaf)))
            one = self._of_leaf(leaf, numbers, self._task(task, is_last=not plan.levels))
            if one is None:
                return made
            made.append(one)
            self.n_read += 1
            at += len(leaf)
            self._outline(made)
        for number, level in enumerate(plan.levels, 1):
            higher: list[Made] = []
            for first, last in level:
                put = self._of_parts(made[first:last], self._task(task, is_last=number == len(plan.levels)))
                if put is None:
                    return [*higher, *made[first:]]
                higher.append(put)
            made = higher
        return made

    def _task(self, task: Task, *, is_last: bool) -> Task:
        return task if is_last else replace(task, length=self._room.length_of_part, is_last=False)

    def _of_leaf(self, leaf: Leaf, numbers: tuple[int, ...], task: Task) -> Made | None:
        messages = prompts.of_sections(leaf, task)
        made = self._asked(messages, task, numbers, [section.text for section in leaf])
        if made is None and not self._stopped():
            said = self._fallback(leaf, task.length.sentences)
            return Made(said, numbers, prompts.name_of(leaf), by_model=False)
        return made and replace(made, name=prompts.name_of(leaf))

    def _of_parts(self, parts: Sequence[Made], task: Task) -> Made | None:
        if len(parts) == 1:
            return parts[0]
        numbers, texts = together(parts)
        read = self._fitted([Part(part.name, text) for part, text in zip(parts, texts, strict=True)])
        if any(part.by_model for part in parts):
            made = self._asked(prompts.of_parts(read, task), task, numbers, [part.text for part in read])
            if made or self._stopped():
                return made and replace(made, name=parts[0].name)
        by_model = any(part.by_model for part in parts)
        return Made(text_of.gathered(texts, task.length.sentences), numbers, parts[0].name, by_model)

    def _fitted(self, parts: Sequence[Part]) -> list[Part]:
        """Return ``parts`` so that they fit: a model may say a thing in more tokens than it was allowed."""
        share, count = self._room.reading // len(parts), self._generator.count
        return [
            Part(part.name, text_of.shortened(part.text, lambda text: count(text) + _PER_PART <= share))
            for part in parts
        ]

    def _asked(
        self, messages: Sequence[Message], task: Task, numbers: tuple[int, ...], read: Sequence[str]
    ) -> Made | None:
        """Return what the model makes of ``messages``, now or before; None where it is stopped or has nothing.

        ``read`` are the texts in them.
        """
        self._n_begun += 1
        if self._stopped():
            return None
        key = self._key(messages)
        if (kept := self._kept.summary(key)) is not None:
            text, problem = json.loads(kept)
            self.tally.reused += 1
            self.tally.problem = self.tally.problem or problem
            if task.is_last:
                self._tell(Written(text))
            return Made(text, numbers, "")
        if self.tally.in_a_row >= _GIVEN_UP:
            self.tally.failed += 1
            return None
        said = self._written(messages, task)
        is_whole = not said.problem and not self._stopped()
        text = self._finished(said.text, read, numbers, is_whole=is_whole)
        if self._stopped():
            self.unfinished = Made(text, numbers, "") if text and task.is_last else None
            self.n_read = self.n_read or int(bool(self.unfinished))
            return None
        self._take_note(said, is_made=bool(text))
        if not text:
            return None
        if is_whole or self._is_cut_off(said, task):  # else it can be had whole another time
            self._keep(key, text, said.problem)
        return Made(text, numbers, "")

    def _written(self, messages: Sequence[Message], task: Task) -> Draft:
        most = self._most(task)
        order = Order(
            messages, Sampling(max_tokens=most, temperature=self._temperature), self._where(), "summarize",
            self._tell if task.is_last else self._tell_phase, self._cancellation,
        )  # fmt: skip
        said = draft(self._generator, order, self._desk)
        if said.text or said.problem:
            self.tally.calls += 1
            self.tally.usage = _added(self.tally.usage, said.usage)
        return said

    def _most(self, task: Task) -> int:
        return self._room.last if task.is_last else self._room.part

    def _is_cut_off(self, said: Draft, task: Task) -> bool:
        return said.usage.ending == "length" or said.usage.completion_tokens >= self._most(task)

    def _tell_phase(self, event: Event) -> None:
        """Tell what is done for a part; its words are for the model alone until they are all there."""
        if isinstance(event, Working):
            where = self._where()
            self._tell(Working(event.phase, f"{where}: {event.message}" if event.phase in _WAITING else where))

    def _where(self) -> str:
        return f"part {self._n_begun:,} of {self._n_parts:,}" if self._n_parts > 1 else "reading"

    def _finished(self, text: str, read: Sequence[str], numbers: tuple[int, ...], *, is_whole: bool) -> str:
        """Return what is left of a model's words; empty where they are no summary of what it read."""
        text = text_of.tidied(text, is_whole=is_whole)
        if not text_of.is_of(text, read):
            return ""
        text = text_of.renumbered(text, {number: number for number in range(1, len(numbers) + 1)})
        return text_of.attributed(text, self._sources(numbers))

    def _take_note(self, said: Draft, *, is_made: bool) -> None:
        problem = said.problem if is_made else said.problem or f"{self._generator.name} wrote no summary of it."
        self.tally.problem = self.tally.problem or problem
        self.tally.in_a_row = 0 if is_made else self.tally.in_a_row + 1
        self.tally.failed += not is_made

    def _stopped(self) -> bool:
        return self._cancellation.is_cancelled

    def _keep(self, key: bytes, text: str, problem: str) -> None:
        try:
            self._kept.keep_summary(key, json.dumps([text, problem]))
        except StarlightError as error:  # then it is asked for again another time
            log.info("%s", error)

    def _key(self, messages: Sequence[Message]) -> bytes:
        asked = [prompts.VERSION, self._generator.name, *((message.role, message.content) for message in messages)]
        return blake2b(json.dumps(asked).encode(), digest_size=20).digest()

    def _outline(self, made: Sequence[Made]) -> None:
        """Tell what there is before the summary itself is written."""
        if self._n_parts > 1 and not self._stopped():
            self._tell(Drafted("\n\n".join(marks.without(each.text) for each in made)))


def together(parts: Sequence[Made]) -> tuple[tuple[int, ...], list[str]]:
    """Return the pieces that ``parts`` cite, in order, and their texts with marks that count these from 1."""
    named = [part.numbers[number - 1] for part in parts for number in text_of.cited(part.text)]
    numbers = {piece: number for number, piece in enumerate(dict.fromkeys(named), 1)}
    texts = [
        text_of.renumbered(
            part.text, {at: numbers[piece] for at, piece in enumerate(part.numbers, 1) if piece in numbers}
        )
        for part in parts
    ]
    return tuple(numbers), texts


def _added(one: Usage, other: Usage) -> Usage:
    return Usage(
        one.prompt_tokens + other.prompt_tokens,
        one.cached_tokens + other.cached_tokens,
        one.completion_tokens + other.completion_tokens,
        one.first_token_seconds or other.first_token_seconds,
        one.seconds + other.seconds,
        other.ending,
    )
