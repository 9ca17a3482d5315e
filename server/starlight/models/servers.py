"""Servers of models: which kind one is, by its answers; which models it has; how large its window is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlight.errors import GenerationFailed, GeneratorUnavailable, PromptTooLong, StarlightError
from starlight.models.connection import Exchange, Patience
from starlight.models.dialects import Dialect, Ollama, OpenAI, error_of
from starlight.models.endpoint import Endpoint

Kind = Literal["ollama", "lm-studio", "llama-server", "vllm", "openai"]
TITLES: dict[Kind, str] = {
    "ollama": "Ollama",
    "lm-studio": "LM Studio",
    "llama-server": "llama-server",
    "vllm": "vLLM",
    "openai": "an OpenAI-compatible server",
}
OWN_WINDOW = 8_192
"""The window that a model is loaded with, where a server leaves that to us and the settings say nothing."""
LEAST_WINDOW = 4_096
"""The window that every model of today has, for those of which nothing is known."""
_QUICK = Patience(connect=2.0, first=10.0, between=10.0)
_NOT_FOR_CHAT = re.compile(r"embed|rerank|whisper|bge-|minilm|(^|[-_/])e5-", re.IGNORECASE)
_TOO_LONG = re.compile(r"context (size|length|window)|exceed\w* .*context|too long|too many tokens", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Served:
    """A model on a server; what it does not say is 0."""

    name: str
    size_bytes: int = 0
    memory_bytes: int = 0
    """What it takes in memory now."""
    context: int = 0
    loaded: bool = False

    @property
    def can_chat(self) -> bool:
        """Whether its name speaks of nothing else."""
        return not _NOT_FOR_CHAT.search(self.name)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was recognised."""

    endpoint: Endpoint
    kind: Kind
    models: tuple[Served, ...] = ()

    @property
    def dialect(self) -> Dialect:
        """How it is spoken to.  Models that think aloud are asked not to: a short answer is what we need."""
        if self.kind == "ollama":
            return Ollama()
        thinking = {"chat_template_kwargs": {"enable_thinking": False}}
        return OpenAI(thinking if self.kind in ("llama-server", "vllm") else None)


def recognise(endpoint: Endpoint, key: str = "", patience: Patience = _QUICK) -> Server:
    """Ask who answers at ``endpoint``, and which models there are.

    Raises:
        GeneratorUnavailable: nobody, or no server of models; the key is wrong.
    """
    asked = _Asked(endpoint, key, patience)
    listed = asked.needed(f"{endpoint.path}/models")
    entries = [entry for entry in _list(listed.get("data")) if isinstance(entry.get("id"), str)]
    owners = {entry.get("owned_by") for entry in entries}
    if "llamacpp" in owners:
        return _llama_server(asked, entries)
    if "vllm" in owners:
        models = (Served(entry["id"], context=_int(entry.get("max_model_len")), loaded=True) for entry in entries)
        return Server(endpoint, "vllm", tuple(models))
    return _ollama(asked) or _lm_studio(asked) or Server(endpoint, "openai", _plain(entries))


def best(models: Sequence[Served]) -> Served | None:
    """Return the model to use where nobody named one: a loaded one, else the smallest, among those that can chat."""
    able = [model for model in models if model.can_chat]
    return min(able, key=lambda model: (not model.loaded, model.size_bytes), default=None)


def window(server: Server, model: str, wanted: int, key: str = "") -> int:
    """Return the tokens that prompt and answer may have together; 0 where the server does not tell.

    ``wanted`` is what the settings say, 0 for nothing.
    """
    known = next((served.context for served in server.models if served.name == model), 0)
    if server.kind == "ollama":
        return _ollama_window(_Asked(server.endpoint, key), model, wanted)
    return min(known, wanted) if known and wanted else known or wanted


def count(server: Server, model: str, text: str, key: str = "") -> int | None:
    """Return how many tokens ``text`` has, as the server says; None where it cannot tell."""
    asked = _Asked(server.endpoint, key)
    if server.kind == "llama-server":
        said = asked.optional(f"{server.endpoint.root}/tokenize", {"content": text})
        return len(said["tokens"]) if isinstance(said.get("tokens"), list) else None
    if server.kind == "vllm":
        body = {"model": model, "prompt": text, "add_special_tokens": False}
        return _int(asked.optional(f"{server.endpoint.root}/tokenize", body).get("count")) or None
    return None


def refusal(host: str, status: int, said: object, model: str, retry_after: str = "") -> StarlightError:
    """Return what it means to a person that the server at ``host`` answers with ``status``."""
    words = error_of(said)
    because = f" ({words})" if words else ""
    if 300 <= status < 400:
        return GeneratorUnavailable(
            f"{host} sends its callers elsewhere, and text goes only where you said; name the right address yourself"
        )
    if status in (401, 403):
        return GeneratorUnavailable(
            f"{host} wants a key, or another one{because}; name its file in `chat.apiKeyFile`, "
            "or its variable in `chat.apiKeyVariable`"
        )
    if status == 404:
        return GeneratorUnavailable(
            f"{host} has no model {model}{because}; `starlight model list` says which there are"
        )
    if status == 429:
        wait = f" in {retry_after} s" if retry_after.isdigit() else " a little later"
        return GeneratorUnavailable(f"{host} has too much to do{because}; ask again{wait}")
    if status in (400, 413, 422) and (status == 413 or _TOO_LONG.search(words)):
        return PromptTooLong(f"{host}: what {model} shall read does not fit its window{because}")
    if status >= 500:
        return GeneratorUnavailable(f"{host} failed with status {status}{because}; look at what it logged")
    return GeneratorUnavailable(f"{host} refused with status {status}{because}")


class _Asked:
    """A server that is asked about itself."""

    def __init__(self, endpoint: Endpoint, key: str, patience: Patience = _QUICK) -> None:
        self.endpoint = endpoint
        self._key = key
        self._patience = patience

    def needed(self, path: str) -> dict[str, Any]:
        """Return the object that it answers with.

        Raises:
            GeneratorUnavailable: it does not answer, or with something else.
        """
        reply = Exchange(self.endpoint, self._patience, self._key).ask("GET", path)
        said = reply.json()
        host = self.endpoint.host
        if reply.status == 404 or (reply.status == 200 and not isinstance(said, dict)):
            raise GeneratorUnavailable(f"{host}: is no OpenAI-compatible server (there is no list of models at {path})")
        if reply.status != 200:
            raise refusal(host, reply.status, said, "", reply.headers.get("Retry-After", ""))
        found: dict[str, Any] = said
        return found

    def optional(self, path: str, body: object = None) -> dict[str, Any]:
        """Return the object that it answers with; an empty one where it does not."""
        try:
            exchange = Exchange(self.endpoint, self._patience, self._key)
            reply = exchange.ask("GET" if body is None else "POST", path, body)
            said = reply.json()
        except (GeneratorUnavailable, GenerationFailed):
            return {}
        return said if reply.status == 200 and isinstance(said, dict) else {}


def _llama_server(asked: _Asked, entries: list[dict[str, Any]]) -> Server:
    props = asked.optional(f"{asked.endpoint.root}/props")
    context = _int(_dict(props.get("default_generation_settings")).get("n_ctx"))
    models = []
    for entry in entries:
        meta = _dict(entry.get("meta"))
        models.append(Served(entry["id"], _int(meta.get("size")), 0, context or _int(meta.get("n_ctx")), loaded=True))
    return Server(asked.endpoint, "llama-server", tuple(models))


def _ollama(asked: _Asked) -> Server | None:
    root = asked.endpoint.root
    if "version" not in asked.optional(f"{root}/api/version"):
        return None
    running = {entry.get("name"): entry for entry in _list(asked.optional(f"{root}/api/ps").get("models"))}
    models = [
        Served(
            entry["name"],
            _int(entry.get("size")),
            _int(_dict(running.get(entry["name"])).get("size")),
            loaded=entry["name"] in running,
        )
        for entry in _list(asked.optional(f"{root}/api/tags").get("models"))
        if isinstance(entry.get("name"), str)
    ]
    return Server(asked.endpoint, "ollama", tuple(models))


def _ollama_window(asked: _Asked, model: str, wanted: int) -> int:
    """The window to ask for: what the settings say, else what its author chose, else ours; never more than it has."""
    said = asked.optional(f"{asked.endpoint.root}/api/show", {"model": model})
    facts = _dict(said.get("model_info"))
    trained = max((_int(value) for key, value in facts.items() if key.endswith(".context_length")), default=0)
    chosen = re.search(r"^num_ctx\s+(\d+)", str(said.get("parameters", "")), re.MULTILINE)
    size = wanted or (int(chosen[1]) if chosen else OWN_WINDOW)
    return min(size, trained) if trained else size


def _lm_studio(asked: _Asked) -> Server | None:
    entries = _list(asked.optional(f"{asked.endpoint.root}/api/v0/models").get("data"))
    models = [
        Served(
            entry["id"],
            context=_lm_studio_window(entry),
            loaded=entry.get("state") == "loaded",
        )
        for entry in entries
        if isinstance(entry.get("id"), str) and entry.get("type") != "embeddings"
    ]
    return Server(asked.endpoint, "lm-studio", tuple(models)) if models else None


def _lm_studio_window(entry: dict[str, Any]) -> int:
    """What the model was loaded with; where that is not known, no more than what LM Studio loads one with."""
    return _int(entry.get("loaded_context_length")) or min(_int(entry.get("max_context_length")), LEAST_WINDOW)


def _plain(entries: list[dict[str, Any]]) -> tuple[Served, ...]:
    contexts = [_int(entry.get("max_model_len") or entry.get("context_length")) for entry in entries]
    return tuple(Served(entry["id"], context=context) for entry, context in zip(entries, contexts, strict=True))


def _list(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
