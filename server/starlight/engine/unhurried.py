"""A chat model that is asked while nobody waits for it: it rests between two answers, loads nothing, and gives way."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from starlight.engine.idle import rest_after
from starlight.errors import GenerationFailed, GeneratorUnavailable
from starlight.models.generator import Cancellation, Generation, Generator, Message, Place, Sampling, Usage
from starlight.models.slot import Slot, state_folder

_LOOK = 0.5
"""Seconds between two looks at whether it has to give way."""
_NOT_NOW = ("queued", "loading")
"""What a model says that would have to be loaded, or that others are before."""


class Unhurried:
    """A ``Generator``, asked for one thing that may be stopped by ``stop``, and that stops by itself.

    ``is_over`` says, on any thread, that it is no longer the time for this.
    """

    def __init__(self, generator: Generator, stop: Cancellation, is_over: Callable[[], bool]) -> None:
        self._generator = generator
        self.stop = stop
        self._is_over = is_over
        self.rest = 0.0
        """Seconds before the next answer."""
        self.gave_way = False
        """Whether it stopped by itself."""
        self.problem = ""
        """What the model could not be asked for, or where it ended; empty where it did what it should."""

    @property
    def name(self) -> str:
        """That of the model."""
        return self._generator.name

    @property
    def place(self) -> Place:
        """That of the model."""
        return self._generator.place

    @property
    def host(self) -> str:
        """That of the model."""
        return self._generator.host

    def is_at_hand(self) -> bool:
        """Return whether it could answer now."""
        return self._generator.is_at_hand()

    def context_size(self) -> int:
        """Return its window."""
        with self.noting():
            return self._generator.context_size()

    def count(self, text: str) -> int:
        """Return how many tokens ``text`` has."""
        with self.noting():
            return self._generator.count(text)

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Take note of what goes wrong with the model."""
        try:
            yield
        except (GenerationFailed, GeneratorUnavailable) as error:
            self.problem = self.problem or str(error)
            raise

    def generate(
        self,
        messages: Sequence[Message],
        sampling: Sampling | None = None,
        cancellation: Cancellation | None = None,
        listener: Callable[[str], None] = lambda _phase: None,
    ) -> Generation:
        """Start an answer after a rest; see ``Generator.generate``."""
        woken = threading.Event()
        self.stop.when_cancelled(woken.set)
        woken.wait(self.rest)

        def listen(phase: str) -> None:
            if phase in _NOT_NOW:
                self._give_way()
            listener(phase)

        began = time.monotonic()
        with self.noting(), self.watched():
            generation = self._generator.generate(messages, sampling, cancellation, listen)
        return _Answer(generation, self, began)

    def _give_way(self) -> None:
        self.gave_way = not self.stop.is_cancelled
        self.stop.cancel()

    def close(self) -> None:
        """Do nothing: the model is not only ours."""

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Stop when it is no longer the time, or when another window waits for the one place for a loaded model."""
        ended = threading.Event()

        def watch() -> None:
            slot = Slot(state_folder()) if self.place == "process" else None
            while not ended.wait(_LOOK):
                if self._is_over() or (slot and slot.is_wanted()):
                    self._give_way()
                    return

        threading.Thread(target=watch, name="giving way", daemon=True).start()
        try:
            yield
        finally:
            ended.set()


class _Answer:
    """A ``Generation``, and the rest that follows it."""

    def __init__(self, generation: Generation, of: Unhurried, began: float) -> None:
        self._generation = generation
        self._of = of
        self._began = began

    @property
    def usage(self) -> Usage:
        """What it took."""
        return self._generation.usage

    def __iter__(self) -> Iterator[str]:
        try:
            with self._of.noting(), self._of.watched():
                yield from self._generation
        finally:
            self._of.rest = rest_after(self._began)
