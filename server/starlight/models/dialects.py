"""What is said to a server and what it says: the OpenAI-compatible interface, and Ollama's own.

Ollama serves both, but only its own (https://github.com/ollama/ollama/blob/main/docs/api.md) can be told how large a
window is needed: through the other it cuts what does not fit from the prompt, and says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from starlight.models.endpoint import Endpoint
from starlight.models.generator import Message, Sampling

_DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class Event:
    """One part of an answer: more text, its end, or what it took; counts are None where it does not say."""

    text: str = ""
    is_token: bool = False
    """Whether the model wrote something, be it a thought that is not shown."""
    ending: str = ""
    """Why it ended (``stop``, ``length``), with its last token."""
    is_last: bool = False
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    error: str = ""


class Dialect(Protocol):
    """How a kind of server is asked to chat, and how its lines are read."""

    def path(self, endpoint: Endpoint) -> str:
        """Return where it is asked."""
        ...

    def body(self, model: str, messages: Sequence[Message], sampling: Sampling, context: int) -> dict[str, Any]:
        """Return what it is asked."""
        ...

    def event(self, line: str) -> Event | None:
        """Return what a line of its answer says; None where it says nothing.

        Raises:
            ValueError: it makes no sense.
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenAI:
    """Chat completions as server-sent events (https://platform.openai.com/docs/api-reference/chat)."""

    extra: Mapping[str, Any] | None = None
    """What else a kind of server understands."""

    def path(self, endpoint: Endpoint) -> str:
        """Return where it is asked."""
        return f"{endpoint.path}/chat/completions"

    def body(self, model: str, messages: Sequence[Message], sampling: Sampling, context: int) -> dict[str, Any]:
        """Return what it is asked; it knows its window itself."""
        del context
        body: dict[str, Any] = {
            "model": model,
            "messages": [asdict(message) for message in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
        }
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        return {**body, **(self.extra or {})}

    def event(self, line: str) -> Event | None:
        """Return what a line of its answer says; None where it says nothing."""
        name, colon, value = line.partition(":")
        if not line or (colon and not name):  # between two events, or a comment that keeps the connection alive
            return None
        if name in ("event", "id", "retry"):
            return None
        if name != "data":
            raise ValueError(line)
        value = value.strip()
        return Event(is_last=True) if value == _DONE else whole(json.loads(value))


@dataclass(frozen=True, slots=True)
class Ollama:
    """Ollama's own chat: lines of JSON."""

    def path(self, endpoint: Endpoint) -> str:
        """Return where it is asked."""
        return f"{endpoint.root}/api/chat"

    def body(self, model: str, messages: Sequence[Message], sampling: Sampling, context: int) -> dict[str, Any]:
        """Return what it is asked: with a window of ``context`` tokens, an error where the prompt does not fit it."""
        options: dict[str, Any] = {
            "num_ctx": context,
            "num_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
        }
        if sampling.seed is not None:
            options["seed"] = sampling.seed
        if sampling.stop:
            options["stop"] = list(sampling.stop)
        return {
            "model": model,
            "messages": [asdict(message) for message in messages],
            "stream": True,
            "think": False,
            "truncate": False,
            "shift": False,
            "options": options,
        }

    def event(self, line: str) -> Event | None:
        """Return what a line of its answer says; None where it says nothing."""
        if not line:
            return None
        said = _object(json.loads(line))
        message = _object(said.get("message") or {})
        is_done = said.get("done") is True
        return Event(
            text=_text(message.get("content")),
            is_token=bool(message.get("content") or message.get("thinking")),
            ending=_text(said.get("done_reason")) or "stop" if is_done else "",
            is_last=is_done,
            prompt_tokens=_count(said.get("prompt_eval_count")),
            completion_tokens=_count(said.get("eval_count")),
            error=error_of(said),
        )


def whole(said: object) -> Event:
    """Return what an object of chat completions says, be it one of many or the whole answer at once.

    Raises:
        ValueError: it makes no sense.
    """
    said = _object(said)
    choices = said.get("choices") or []
    choice = _object(choices[0]) if isinstance(choices, list) and choices else {}
    delta = _object(choice.get("delta") or choice.get("message") or {})
    usage, timings = _object(said.get("usage") or {}), _object(said.get("timings") or {})
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else timings.get("cache_n")
    if not (choices or usage or timings or "error" in said or said.get("object")):
        raise ValueError(str(said)[:80])
    return Event(
        text=_text(delta.get("content")),
        is_token=bool(delta.get("content") or delta.get("reasoning_content") or delta.get("reasoning")),
        ending=_text(choice.get("finish_reason")),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        cached_tokens=_count(cached),
        completion_tokens=_count(usage.get("completion_tokens")),
        error=error_of(said),
    )


def error_of(said: object) -> str:
    """Return the message of an error in one of the shapes that servers give it; empty where there is none."""
    if not isinstance(said, dict) or not said.get("error", said.get("detail")):
        message = said.get("message") if isinstance(said, dict) and said.get("object") == "error" else ""
        return _text(message)
    error = said.get("error", said.get("detail"))
    if isinstance(error, dict):
        error = error.get("message") or error.get("type") or "an error without words"
    text = "".join(char if char.isprintable() else " " for char in str(error))
    return text if len(text) <= 300 else f"{text[:300]}…"


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(str(value)[:80])  # noqa: TRY004 -- of what was sent, not of a caller
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
