"""A chat model on a server: this machine's own (Ollama, llama-server, LM Studio, vLLM …), or another machine's.

Another machine is asked for nothing, not even for its models, before the user has named it in a setting that a
workspace cannot set and has agreed to it for this workspace.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlight.errors import ConsentNeeded, GeneratorUnavailable, PromptTooLong
from starlight.models import consent, counting, servers
from starlight.models.connection import Cut, Exchange, Patience, Reply
from starlight.models.endpoint import Endpoint
from starlight.models.generator import Cancellation, Generation, Message, Place, Sampling
from starlight.models.remote_answer import Answered, RemoteAnswer

_REMEMBERED = 2_000
"""Texts whose count is kept: the passages of some answers."""
_ITSELF = ("llama-server", "vllm")
"""Kinds of servers that count the prompt themselves, and refuse one that does not fit."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """What can be chosen."""

    trusted: bool = False
    """Whether the user named the server, in a setting that a workspace cannot set.  Of no matter on this machine."""
    context_size: int = 0
    """Tokens that prompt and answer may have together; 0 for what the server allows."""
    patience: Patience = field(default_factory=Patience)


class Remote:
    """A ``Generator`` (``generator.py``) for the model ``model`` of the server at ``endpoint``.

    ``allowed`` says whether text may go to another machine, ``key`` gives the key that it wants; both are asked
    every time.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        options: RemoteOptions | None = None,
        *,
        allowed: Callable[[], bool] = lambda: False,
        key: Callable[[], str] = lambda: "",
    ) -> None:
        self.endpoint = endpoint
        self._model = model
        self._options = options or RemoteOptions()
        self._allowed = allowed
        self._key = key
        self._lock = threading.Lock()
        self._known: tuple[servers.Server, str, int] | None = None
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._asks_counts = True
        """Whether the server is asked to count: not again once it could not, until somebody asks for its window."""

    @property
    def name(self) -> str:
        """What the server calls the model; where none is named, the one that it has loaded, once that is known."""
        return self._model or (self._known[1] if self._known else "")

    @property
    def place(self) -> Place:
        """``loopback`` or ``remote``."""
        return self.endpoint.place

    @property
    def host(self) -> str:
        """Where text goes."""
        return self.endpoint.host

    def is_at_hand(self) -> bool:
        """Return whether a server on this machine has the model in memory now, as far as it tells; asks it each time.

        Another machine is not asked: what is there is not at hand.
        """
        if self.place == "remote":
            return False
        try:
            server = servers.recognise(self.endpoint, self._key())
            model = self._found(server)
            self._is_now(model)
        except GeneratorUnavailable:
            return False
        tells = server.kind != "openai"
        return not tells or any(served.loaded for served in server.models if served.name == model)

    def context_size(self) -> int:
        """Return the tokens that prompt and answer may have together, as far as the server tells.

        Raises:
            GeneratorUnavailable: the server does not answer, or has no such model.
            ConsentNeeded: it is another machine, and nobody has agreed to that.
        """
        window = self._ask_about()[2] or servers.LEAST_WINDOW
        self._asks_counts = True
        return window

    def count(self, text: str) -> int:
        """Return how many tokens ``text`` has: as a server on this machine counts, else an estimate from above.

        Another machine is not asked: it shall see what is sent to it in the end, and nothing that is only weighed.
        """
        if self.place == "remote" or not text:
            return counting.at_most(text)
        with self._lock:
            found = self._counts.get(text)
            if found is not None:
                self._counts.move_to_end(text)
                return found
        found = self._counted(text)
        with self._lock:
            self._counts[text] = found
            if len(self._counts) > _REMEMBERED:
                self._counts.popitem(last=False)
        return found

    def generate(
        self,
        messages: Sequence[Message],
        sampling: Sampling | None = None,
        cancellation: Cancellation | None = None,
        listener: Callable[[str], None] = lambda _phase: None,
    ) -> Generation:
        """Send the messages and return the answer, which comes as it is iterated over.

        Raises:
            GeneratorUnavailable: the server cannot be reached, or refuses.
            PromptTooLong: the messages do not fit its window.
            ConsentNeeded: it is another machine, and nobody has agreed to that.
        """
        sampling, cancellation = sampling or Sampling(), cancellation or Cancellation()
        server, model, window = self._ask_about()
        self._expect_room(server, messages, window)
        exchange = Exchange(self.endpoint, self._options.patience, self._key())
        answer = RemoteAnswer(self._answered(server, exchange, sampling, messages), cancellation, listener)
        cancellation.when_cancelled(exchange.cut)
        listener("reading")
        body = server.dialect.body(model, messages, sampling, window or servers.LEAST_WINDOW)
        try:
            reply = exchange.ask("POST", server.dialect.path(self.endpoint), body)
            self._expect_answer(reply, model)
        except Cut:
            exchange.close()
            return answer
        except BaseException:
            exchange.close()
            with self._lock:
                self._known = None  # it may be another server by now
            raise
        answer.begin(reply)
        return answer

    def close(self) -> None:
        """Do nothing: a connection lasts no longer than an answer."""

    def _permit(self) -> None:
        if self.place == "loopback" or (self._options.trusted and self._allowed()):
            return
        if not self._options.trusted:
            raise ConsentNeeded(
                f"{self.host} is another machine, and nobody has named it: set `chat.endpoint` in your own settings"
            )
        raise ConsentNeeded(
            f"{self.host} is another machine: {consent.SENT} would leave this one, "
            "and you have not agreed to that for this folder"
        )

    def _ask_about(self) -> tuple[servers.Server, str, int]:
        """Return the server, what it calls the model, and its window (0 where it does not tell)."""
        self._permit()
        with self._lock:
            if self._known:
                return self._known
        key = self._key()
        server = servers.recognise(self.endpoint, key)
        model = self._found(server)
        window = servers.window(server, model, self._options.context_size, key)
        with self._lock:
            self._known = server, model, window
        return server, model, window

    def _is_now(self, model: str) -> None:
        """See that what is known of the server is of ``model``, which it has now."""
        with self._lock:
            if self._known and self._known[1] != model:
                self._known = None
        self._ask_about()

    def _found(self, server: servers.Server) -> str:
        names = [served.name for served in server.models]
        if not self._model:
            found = servers.best(server.models)
            if found is None:
                raise GeneratorUnavailable(f"{self.host} has no chat model; load one there first")
            return found.name
        for name in (self._model, f"{self._model}:latest"):
            if name in names:
                return name
        if not names:  # it does not list them
            return self._model
        shown = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
        raise GeneratorUnavailable(f"{self.host} has no model {self._model}; it has {shown}")

    def _counted(self, text: str) -> int:
        counted = None
        if self._asks_counts:
            try:
                server, model, _ = self._ask_about()
                counted = servers.count(server, model, text, self._key())
            except GeneratorUnavailable:
                pass
            self._asks_counts = counted is not None
        return counting.at_most(text) if counted is None else counted

    def _expect_room(self, server: servers.Server, messages: Sequence[Message], window: int) -> None:
        """See that the prompt fits where the server would cut it and say nothing."""
        if server.kind in _ITSELF or not window:
            return
        needed = counting.of_turns([counting.at_most(message.content) for message in messages])
        if needed >= window:
            raise PromptTooLong(
                f"{self.host}: the text has up to {needed:,} tokens, and {self._model or 'the model'} sees {window:,}; "
                "raise `chat.contextSize`, or ask about less"
            )

    def _answered(
        self, server: servers.Server, exchange: Exchange, sampling: Sampling, messages: Sequence[Message]
    ) -> Answered:
        least = sum(counting.at_least(message.content) for message in messages)
        return Answered(exchange, server.dialect, sampling.max_tokens, least)

    def _expect_answer(self, reply: Reply, model: str) -> None:
        if reply.status != 200:
            raise servers.refusal(self.host, reply.status, reply.json(), model, reply.headers.get("Retry-After", ""))
