"""A chat model that is an honest function of its prompt, and what real ones do wrong.

It reads the sources in the system message, and answers with the sentence that shares most words with the last
question, cited.  Whoever breaks the prompt breaks its answer.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from starlight.errors import GenerationFailed
from starlight.models.generator import Cancellation, Message, Place, Sampling, Usage

_SOURCE = re.compile(r"^<source (\d+): [^>\n]*>\n(.*?)\n</source \1>$", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"\w+")


def read(messages: Sequence[Message]) -> dict[int, str]:
    """Return the sources of a prompt, by number, as a reader of its fences sees them."""
    return {int(number): text for number, text in _SOURCE.findall(messages[0].content)}


def best_sentence(messages: Sequence[Message]) -> str:
    """Return the sentence of the sources that answers the last question, cited; the agreed words where none does."""
    question = set(_WORD.findall(messages[-1].content.split("\n\n")[0].lower()))
    sentences = [
        (len(question & set(_WORD.findall(sentence.lower()))), -number, sentence)
        for number, text in read(messages).items()
        for sentence in re.split(r"(?<=[.!?])\s+|\n", text)
        if sentence.strip() and not sentence.startswith("#")
    ]
    shared, number, sentence = max(sentences, default=(0, 0, ""))
    return f"{sentence} [{-number}]" if shared else "Your notes do not say."


class FakeGeneration:
    """Words of an answer, one at a time."""

    def __init__(self, pieces: Iterator[str], prompt_tokens: int, cancellation: Cancellation | None) -> None:
        self._pieces = pieces
        self._cancellation = cancellation or Cancellation()
        self.usage = Usage(prompt_tokens=prompt_tokens)

    def __iter__(self) -> Iterator[str]:
        for piece in self._pieces:
            if self._cancellation.is_cancelled:
                self.usage = replace(self.usage, ending="cancelled")
                return
            self.usage = replace(self.usage, completion_tokens=self.usage.completion_tokens + 1)
            yield piece


class FakeGenerator:
    """A model with a window of ``window`` words, whose answer is ``say`` of its prompt."""

    def __init__(
        self,
        say: Callable[[Sequence[Message]], str] = best_sentence,
        *,
        window: int = 4_000,
        place: Place = "process",
        error: Exception | None = None,
        fails_after: int | None = None,
        loaded: bool = False,
    ) -> None:
        self.name = "fake-1b"
        self.place: Place = place
        self.host = "" if place == "process" else "models.example.org:443"
        self.prompts: list[Sequence[Message]] = []
        self.samplings: list[Sampling] = []
        self.closed = False
        self.started = threading.Event()
        self.loaded = loaded
        self._say = say
        self._window = window
        self._error = error
        self._fails_after = fails_after

    def is_at_hand(self) -> bool:
        return self.loaded

    def context_size(self) -> int:
        return self._window

    def count(self, text: str) -> int:
        return len(_WORD.findall(text))

    def generate(
        self,
        messages: Sequence[Message],
        sampling: Sampling | None = None,
        cancellation: Cancellation | None = None,
        listener: Callable[[str], None] = lambda _phase: None,
    ) -> FakeGeneration:
        if not self.loaded:
            listener("loading")
        listener("reading")
        if self._error:
            raise self._error
        self.prompts.append(messages)
        self.samplings.append(sampling or Sampling())
        self.started.set()
        size = sum(self.count(message.content) for message in messages)
        return FakeGeneration(self._words(messages), size, cancellation)

    def close(self) -> None:
        self.closed = True

    def _words(self, messages: Sequence[Message]) -> Iterator[str]:
        for number, word in enumerate(re.findall(r"\s*\S+|\s+", self._say(messages))):
            if number == self._fails_after:
                raise GenerationFailed("the model process ended")
            yield word
