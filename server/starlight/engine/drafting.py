"""A model writes: when its turn comes, as events, stopped when asked, and never longer than it may."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from starlight.engine.answer import Event, Phase, Working, Written
from starlight.engine.calls import Calls
from starlight.engine.stream import bounded, clean, spoken
from starlight.engine.turns import Turns
from starlight.errors import ConsentNeeded, GenerationFailed, GeneratorUnavailable, PromptTooLong
from starlight.models.generator import Cancellation, Generation, Generator, Message, Sampling, Usage

_PHASES: dict[str, Phase] = {"queued": "queued", "loading": "loading", "reading": "reading"}


@dataclass(slots=True)
class Desk:
    """What everything that a process asks of models goes over."""

    turns: Turns = field(default_factory=Turns)
    calls: Calls = field(default_factory=Calls)


@dataclass(slots=True)
class Draft:
    """What a model has written, and how that went."""

    text: str = ""
    usage: Usage = field(default_factory=Usage)
    problem: str = ""
    """A sentence for the user: why there is nothing, or not all."""


@dataclass(slots=True)
class Task:
    """What a model is to write, for whom, and who hears of it."""

    messages: Sequence[Message]
    sampling: Sampling
    reading: str
    """What it reads, in words: ``reading 7 notes``."""
    client: str = "ask"
    tell: Callable[[Event], None] = lambda _event: None
    cancellation: Cancellation = field(default_factory=Cancellation)


def draft(generator: Generator, task: Task, desk: Desk) -> Draft:
    """Have ``generator`` write, and return what came; a failure costs what had not come yet.

    Raises:
        ConsentNeeded: the text would leave the machine, and nobody has agreed to that.
    """
    if task.cancellation.is_cancelled:
        return Draft()
    if generator.place == "remote":  # another machine's cores: nobody waits for anybody here
        return _written(generator, task, desk)

    def queued(ahead: int) -> None:
        task.tell(Working("queued", f"waiting for {ahead} other request{'s' if ahead > 1 else ''}"))

    with desk.turns.take(task.client, task.cancellation, queued) as has_turn:
        return _written(generator, task, desk) if has_turn else Draft()


def _written(generator: Generator, task: Task, desk: Desk) -> Draft:
    began = time.monotonic()
    made = Draft()
    first = 0.0
    n_pieces = 0
    generation: Generation | None = None
    task.tell(Working("reading", task.reading))
    try:
        generation = generator.generate(task.messages, task.sampling, task.cancellation, _listener(generator, task))
        for piece in bounded(spoken(map(clean, generation)), task.sampling.max_tokens):
            if not n_pieces:
                first = time.monotonic() - began
                task.tell(Working("writing", "writing"))
            n_pieces += 1
            made.text += piece
            task.tell(Written(piece))
    except ConsentNeeded:
        raise
    except (GeneratorUnavailable, PromptTooLong) as error:
        made.problem = f"{generator.name} was not asked: {error}"
    except GenerationFailed as error:
        made.problem = f"{generator.name} ended in the middle of its answer: {error}"
    if generation is not None:
        made.usage = _completed(generation.usage, n_pieces, first, time.monotonic() - began)
        desk.calls.add(generator.place, made.usage)
        made.problem = made.problem or _unfinished(made, task)
    return made


def _listener(generator: Generator, task: Task) -> Callable[[str], None]:
    words = {"queued": "waiting for the model", "loading": f"loading {generator.name}", "reading": task.reading}

    def listen(phase: str) -> None:
        if phase in words:
            task.tell(Working(_PHASES[phase], words[phase]))

    return listen


def _completed(usage: Usage, n_pieces: int, first: float, seconds: float) -> Usage:
    """Return ``usage`` with what the model's server did not count, counted here: a piece is a token, nearly."""
    return replace(
        usage,
        completion_tokens=usage.completion_tokens or n_pieces,
        first_token_seconds=usage.first_token_seconds or first,
        seconds=usage.seconds or seconds,
    )


def _unfinished(made: Draft, task: Task) -> str:
    if task.cancellation.is_cancelled:
        return ""
    if not made.text:
        return "The model wrote nothing."
    if made.usage.ending == "length" or made.usage.completion_tokens >= task.sampling.max_tokens:
        return f"The answer was cut off: it may have {task.sampling.max_tokens} tokens at most."
    return ""
