"""What a chat model is to the rest of Starlight: messages in, a stream of text out, whoever makes it.

``models/llama.py`` (a process of ours) and ``models/remote.py`` (an OpenAI-compatible server) stand behind it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]
Place = Literal["process", "loopback", "remote"]
"""Where a model answers: in a process of ours, on a server of this machine, or on another machine."""
Ending = Literal["stop", "length", "cancelled"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what the model reads."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen.  A temperature of 0 always takes the likeliest."""

    max_tokens: int = 512
    temperature: float = 0.2
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one generation took.  Times are seconds; a server that does not count leaves zeros."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of the prompt, those that the model still knew from the last one and did not read again."""
    completion_tokens: int = 0
    first_token_seconds: float = 0.0
    seconds: float = 0.0
    ending: Ending = "stop"


class Cancellation:
    """Asked for once, from any thread; heard at once by whoever waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._heard: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked for."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask for it."""
        with self._lock:
            self._cancelled = True
            heard, self._heard = self._heard, []
        for tell in heard:
            tell()

    def when_cancelled(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` when it is asked for; at once where it already was."""
        with self._lock:
            if not self._cancelled:
                self._heard.append(tell)
                return
        tell()


class Generation(Protocol):
    """The text of one answer as it comes.  Iterating ends with the answer, or soon after it is cancelled."""

    def __iter__(self) -> Iterator[str]:
        """Yield pieces of text, none of them empty.

        Raises:
            GenerationFailed: the model ended in the middle; what came until then stands.
        """
        ...

    @property
    def usage(self) -> Usage:
        """What it took; complete once the iteration has ended."""
        ...


class Generator(Protocol):
    """One chat model that can be asked.  Safe to use from several threads; requests take turns."""

    @property
    def name(self) -> str:
        """What people call the model, such as ``qwen2.5-1.5b-instruct-q4_k_m``."""
        ...

    @property
    def place(self) -> Place:
        """Where it answers."""
        ...

    @property
    def host(self) -> str:
        """The host and port that the text goes to; empty in a process of ours."""
        ...

    def is_at_hand(self) -> bool:
        """Return whether it could answer now, on this machine, with nothing being loaded for it.

        A server is asked that; one that does not tell counts as what it was started with.
        """
        ...

    def context_size(self) -> int:
        """Return the tokens that prompt and answer may have together.  May load the model.

        Raises:
            GeneratorUnavailable: there is no such model, or it cannot be loaded.
        """
        ...

    def count(self, text: str) -> int:
        """Return how many of the model's own tokens ``text`` has; an upper estimate where it cannot tell."""
        ...

    def generate(
        self,
        messages: Sequence[Message],
        sampling: Sampling | None = None,
        cancellation: Cancellation | None = None,
        listener: Callable[[str], None] = lambda _phase: None,
    ) -> Generation:
        """Start an answer; ``listener`` is told what is waited for: ``queued``, ``loading``, ``reading``, ``writing``.

        Raises:
            GeneratorUnavailable: there is no such model, or it cannot be loaded.
            PromptTooLong: the messages do not fit its window.
            ConsentNeeded: the text would leave the machine, and nobody has agreed to that.
        """
        ...

    def close(self) -> None:
        """Let go of the model and what it takes."""
        ...
