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
class Order:
    """What a model is to write, for whom, and who hears of it."""

    messages: Sequence[Message]
    sampling: Sampling
    reading: str
    """What it reads, in words: ``reading 7 notes``."""
    client: str = "ask"
    tell: Callable[[Event], None] = lambda _event: None
    cancellation: Cancellation = field(default_factory=Cancellation)


def draft(generator: Generator, order: Order, desk: Desk) -> Draft:
    """Have ``generator`` write, and return what came; a failure costs what had not come yet.

    Raises:
        ConsentNeeded: the text would leave the machine, and nobody has agreed to that.
    """
    if order.cancellation.is_cancelled:
        return Draft()
    if generator.place == "remote":  # another machine's cores: nobody waits for anybody here
        return _written(generator, order, desk)

    def queued(ahead: int) -> None:
        order.tell(Working("queued", f"waiting for {ahead} other request{'s' if ahead > 1 else ''}"))

    with desk.turns.take(order.client, order.cancellation, queued) as has_turn:
        return _written(generator, order, desk) if has_turn else Draft()


def _written(generator: Generator, order: Order, desk: Desk) -> Draft:
    began = time.monotonic()
    made = Draft()
    first = 0.0
    n_pieces = 0
    generation: Generation | None = None
    order.tell(Working("reading", order.reading))
    try:
        generation = generator.generate(order.messages, order.sampling, order.cancellation, _listener(generator, order))
        for piece in bounded(spoken(map(clean, generation)), order.sampling.max_tokens):
            if not n_pieces:
                first = time.monotonic() - began
                order.tell(Working("writing", "writing"))
            n_pieces += 1
            made.text += piece
            order.tell(Written(piece))
    except ConsentNeeded:
        raise
    except (GeneratorUnavailable, PromptTooLong) as error:
        made.problem = f"{generator.name} was not asked: {error}"
    except GenerationFailed as error:
        made.problem = f"{generator.name} ended in the middle of its answer: {error}"
    if generation is not None:
        made.usage = _completed(generation.usage, n_pieces, first, time.monotonic() - began)
        desk.calls.add(generator.place, made.usage)
        made.problem = made.problem or _unfinished(made, order)
    return made


def _listener(generator: Generator, order: Order) -> Callable[[str], None]:
    words = {"queued": "waiting for the model", "loading": f"loading {generator.name}", "reading": order.reading}

    def listen(phase: str) -> None:
        if phase in words:
            order.tell(Working(_PHASES[phase], words[phase]))

    return listen


def _completed(usage: Usage, n_pieces: int, first: float, seconds: float) -> Usage:
    """Return ``usage`` with what the model's server did not count, counted here: a piece is a token, nearly."""
    return replace(
        usage,
        completion_tokens=usage.completion_tokens or n_pieces,
        first_token_seconds=usage.first_token_seconds or first,
        seconds=usage.seconds or seconds,
    )


def _unfinished(made: Draft, order: Order) -> str:
    if order.cancellation.is_cancelled:
        return ""
    if not made.text:
        return "The model wrote nothing."
    if made.usage.ending == "length" or made.usage.completion_tokens >= order.sampling.max_tokens:
        return f"The answer was cut off: it may have {order.sampling.max_tokens} tokens at most."
    return ""
