"""The answer of a server as it comes: its text, its end, what it took, and every way in which it can go wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from starlight.errors import GenerationFailed, GeneratorUnavailable
from starlight.models.connection import Cut, Exchange, Reply
from starlight.models.dialects import Dialect, Event, whole
from starlight.models.generator import Cancellation, Ending, Usage

Said = TypeVar("Said")
Found = TypeVar("Found")

_STREAMS = ("text/event-stream", "application/x-ndjson", "application/jsonl")
_SLACK = 64
_CHARS_A_TOKEN = 64
_LINGER = 2.0
"""Seconds to wait, after the end of the text, for what it took."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is asked: over which connection, in which dialect."""

    exchange: Exchange
    dialect: Dialect
    max_tokens: int
    least: int
    """Fewer tokens than the prompt has: a server that read less has cut it."""


class RemoteAnswer:
    """A ``Generation`` (``generator.py``).  Iterated over once."""

    def __init__(self, asked: Answered, cancellation: Cancellation, listener: Callable[[str], None]) -> None:
        self._asked = asked
        self._cancellation = cancellation
        self._listener = listener
        self._reply: Reply | None = None
        self._started = time.perf_counter()
        self._first: float | None = None
        self._ended: float | None = None
        self._ending: Ending | None = None
        self._tokens = 0
        self._chars = 0
        self._said = Event()

    def begin(self, reply: Reply) -> None:
        """Take the head of the answer.

        Raises:
            GeneratorUnavailable: it is none.
        """
        if reply.content_type not in (*_STREAMS, "application/json"):
            self._asked.exchange.close()
            raise GeneratorUnavailable(
                f"{self._asked.exchange.host} answers with {reply.content_type}, not as an OpenAI-compatible server "
                "does; check the address"
            )
        self._reply = reply

    def __iter__(self) -> Iterator[str]:
        """Yield the text as it comes.

        Raises:
            GenerationFailed: it broke off, or makes no sense.
        """
        try:
            if self._reply and not self._cancellation.is_cancelled:
                yield from self._pieces(self._reply)
                self._expect_read()
        except Cut:
            self._ending = "cancelled"
        finally:
            self._ended = time.perf_counter()
            self._reply = None
            self._asked.exchange.cut()  # where nobody iterates on, the server stops too
            self._asked.exchange.close()

    @property
    def usage(self) -> Usage:
        """What it took: as the server says, else as was counted here."""
        said, now = self._said, self._ended or time.perf_counter()
        return Usage(
            prompt_tokens=said.prompt_tokens or 0,
            cached_tokens=said.cached_tokens or 0,
            completion_tokens=self._tokens if said.completion_tokens is None else said.completion_tokens,
            first_token_seconds=(self._first or now) - self._started,
            seconds=now - self._started,
            ending=self._ending or "cancelled",
        )

    def _pieces(self, reply: Reply) -> Iterator[str]:
        for event in self._events(reply):
            if event.error:
                raise GenerationFailed(f"{self._host} failed: {event.error}; what came until then stands")
            self._count(event)
            if event.text:
                if self._first is None:
                    self._first = time.perf_counter()
                    self._listener("writing")
                yield event.text
            if self._cancellation.is_cancelled:
                raise Cut
            if self._ending is None and self._is_endless():
                self._ending = "length"
                return
        if self._ending is None:
            raise GenerationFailed(f"{self._host} hung up in the middle of its answer; what came until then stands")

    def _events(self, reply: Reply) -> Iterator[Event]:
        if reply.content_type == "application/json":  # all of it at once: not every server streams
            yield self._read(reply.json(), lambda said: replace(whole(said), is_last=True))
            return
        waits_until = self._started + self._asked.exchange.patience.first
        try:
            for line in reply.lines():
                event = self._read(line, self._asked.dialect.event)
                if event:
                    yield event
                    if event.is_last:
                        return
                    if event.is_token:
                        waits_until = time.perf_counter() + self._asked.exchange.patience.between
                if self._ending:
                    reply.hurry(_LINGER)
                elif time.perf_counter() > waits_until:
                    raise GenerationFailed(f"{self._host} keeps the connection open and writes nothing")
        except GenerationFailed:
            if self._ending is None:  # else all of the text has come
                raise

    def _read(self, said: Said, read: Callable[[Said], Found]) -> Found:
        try:
            return read(said)
        except (ValueError, RecursionError) as error:
            raise GenerationFailed(
                f"{self._host} sent something that is no part of an answer ({str(said)[:60]!r}); "
                "what came before it stands"
            ) from error

    def _count(self, event: Event) -> None:
        self._tokens += event.is_token
        self._chars += len(event.text)
        if event.ending or event.is_last:
            self._ending = self._ending or ("length" if event.ending == "length" else "stop")
        counted = {
            name: value
            for name in ("prompt_tokens", "cached_tokens", "completion_tokens")
            if (value := getattr(event, name)) is not None
        }
        if counted:
            self._said = Event(**counted)

    def _is_endless(self) -> bool:
        """Whether there is far more than was asked for: not every server heeds the limit."""
        limit = self._asked.max_tokens
        return self._tokens > 2 * limit + _SLACK or self._chars > _CHARS_A_TOKEN * (limit + _SLACK)

    def _expect_read(self) -> None:
        """See that the server has read all of the prompt."""
        read = self._said.prompt_tokens
        if read and read < self._asked.least:
            raise GenerationFailed(
                f"{self._host} read {read:,} tokens of a prompt of more than {self._asked.least:,}: it cut the rest "
                "away, so this answer does not rest on all of it; give the model a larger window there"
            )

    @property
    def _host(self) -> str:
        return self._asked.exchange.host
