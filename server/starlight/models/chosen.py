"""Which model does what: the settings first, then what the user chose, then what there is.

In this order: the task's own setting, ``chat.model``, the choice by ``starlight model use``, ``chat.endpoint``, the
smallest installed model, a server that is found on this machine.  Servers are looked for only when all else is empty.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from starlight.config import Settings
from starlight.errors import GeneratorUnavailable, InvalidRequest
from starlight.models import consent, library
from starlight.models.discovery import discover
from starlight.models.endpoint import Endpoint
from starlight.models.generator import Generator, Place
from starlight.models.remote import Remote, RemoteOptions
from starlight.models.servers import OWN_WINDOW, TITLES, Served, Server, best, recognise
from starlight.models.tasks import TASKS, Task

_SETTINGS: dict[Task, str] = {
    "answer": "chat_answer_model",
    "summary": "chat_summary_model",
    "summary-line": "chat_summary_line_model",
    "title": "chat_title_model",
    "rewrite": "chat_rewrite_model",
}
_KEY_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model that can be used, as people see it in a list."""

    name: str
    place: Place
    host: str = ""
    size_bytes: int = 0
    """0: not known."""
    memory_bytes: int = 0
    """What it takes, or would take, in memory; 0: not known."""
    loaded: bool = False
    chosen: tuple[str, ...] = ()
    """The tasks that it does."""
    note: str = ""
    """Which kind of server it is on, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class _Target:
    """A model, not made yet: a file here, or a name on a server."""

    name: str
    path: Path | None = None
    endpoint: Endpoint | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.endpoint.host if self.endpoint else ""


_shared: dict[object, Generator] = {}
_lock = threading.Lock()


def chosen(task: Task, settings: Settings, root: Path | None = None) -> Generator | None:
    """Return the model for ``task`` on behalf of the workspace at ``root``; None where there is none at all.

    One instance of a model is shared within the process.

    Raises:
        GeneratorUnavailable: a model is named that there is not.
    """
    target = _target(task, settings, partial(discover, settings.chat_local_ports))
    return _generator(target, settings, root) if target else None


def named(name: str, settings: Settings, root: Path | None = None) -> Generator:
    """Return the model that a person calls ``name``, as in the setting ``chat.model``.

    Raises:
        GeneratorUnavailable: there is no such model.
    """
    return _generator(_named(name, settings), settings, root)


def available(settings: Settings, root: Path | None = None) -> list[ModelEntry]:
    """Return the models that there are: installed, on servers of this machine, on ``chat.endpoint``.

    Another machine is asked only where the workspace at ``root`` may send text there.
    """
    servers = discover(settings.chat_local_ports)
    tasks: dict[tuple[str, str], list[str]] = {}
    for task in TASKS:
        try:
            target = _target(task, settings, lambda: servers)
        except GeneratorUnavailable:
            continue
        if target:
            tasks.setdefault(target.key, []).append(task)
    entries = [*_installed(settings), *(entry for server in servers for entry in _served(server))]
    known = {server.endpoint.host for server in servers}
    entries += [entry for entry in _of_endpoint(settings, root) if entry.host not in known]
    return [replace(entry, chosen=_does(entry, entries, tasks)) for entry in entries]


def close_all() -> None:
    """Let go of every model of this process."""
    with _lock:
        models = list(_shared.values())
        _shared.clear()
    for model in models:
        model.close()


def _target(task: Task, settings: Settings, servers: Callable[[], list[Server]]) -> _Target | None:
    choices = library.choices()
    name = getattr(settings, _SETTINGS[task]) or settings.chat_model or choices.get(task) or choices.get("")
    if name:
        return _named(name, settings)
    if settings.chat_endpoint:
        return _Target("", endpoint=_endpoint(settings))
    if _can_load():
        for model in library.installed():
            if model.size_bytes and not library.problem(model):
                return _Target(model.name, model.path)
    for server in servers():
        found = best(server.models)
        if found:
            return _Target(found.name, endpoint=server.endpoint)
    return None


def _named(name: str, settings: Settings) -> _Target:
    model, at, host = name.rpartition("@")
    if at:
        return _Target(model, endpoint=_endpoint_at(name, host, settings))
    installed = library.find(name)
    if installed:
        return _Target(installed.name, installed.path)
    if settings.chat_endpoint:
        return _Target(name, endpoint=_endpoint(settings))
    raise GeneratorUnavailable(f"{name}: there is no such model; `starlight model list` says which there are")


def _endpoint(settings: Settings) -> Endpoint:
    try:
        return Endpoint.parse(settings.chat_endpoint)
    except InvalidRequest as error:
        raise GeneratorUnavailable(f"chat.endpoint: {error}") from error


def _endpoint_at(name: str, host: str, settings: Settings) -> Endpoint:
    try:
        endpoint = Endpoint.parse(host)
    except InvalidRequest as error:
        raise GeneratorUnavailable(str(error)) from error
    if settings.chat_endpoint:
        configured = _endpoint(settings)
        if host in (configured.host, configured.name):
            return configured
    if endpoint.place != "loopback":
        raise GeneratorUnavailable(
            f"{name}: {endpoint.host} is another machine; set `chat.endpoint` to its address in your own settings"
        )
    return endpoint


def _generator(target: _Target, settings: Settings, root: Path | None) -> Generator:
    if target.path:
        return _llama(target.name, target.path, settings)
    assert target.endpoint
    return _remote(target.name, target.endpoint, settings, root)


def _llama(name: str, path: Path, settings: Settings) -> Generator:
    from starlight.models.llama import Llama
    from starlight.models.llama_options import LlamaOptions

    options = LlamaOptions(
        context_size=settings.chat_context_size or OWN_WINDOW,
        threads=settings.chat_threads,
        gpu_layers=settings.chat_gpu_layers,
        idle_seconds=settings.chat_idle_seconds,
    )
    return _share((path, options), lambda: Llama(path, options, name))


def _remote(name: str, endpoint: Endpoint, settings: Settings, root: Path | None) -> Generator:
    is_configured = bool(settings.chat_endpoint) and endpoint == _endpoint(settings)
    options = RemoteOptions(trusted=is_configured, context_size=settings.chat_context_size)
    key_from = (settings.chat_api_key_file, settings.chat_api_key_variable) if is_configured else ("", "")
    return _share(
        (endpoint, name, options, root, key_from),
        lambda: Remote(
            endpoint,
            name,
            options,
            allowed=lambda: consent.allowed(root, endpoint.host),
            key=lambda: read_key(*key_from),
        ),
    )


def _share(key: object, make: Callable[[], Generator]) -> Generator:
    with _lock:
        if key not in _shared:
            _shared[key] = make()
        return _shared[key]


def read_key(file: str, variable: str) -> str:
    """Return the key in ``file``, else in the environment variable; empty where neither is named.

    Raises:
        GeneratorUnavailable: it cannot be read, or is none.
    """
    if file:
        try:
            with Path(file).expanduser().open("rb") as opened:
                key = opened.read(_KEY_BYTES).decode("utf-8-sig").strip()
        except (OSError, RuntimeError, UnicodeDecodeError) as error:
            raise GeneratorUnavailable(f"chat.apiKeyFile: {file} cannot be read ({error})") from error
        where = f"chat.apiKeyFile: {file}"
    elif variable:
        key = os.environ.get(variable, "").strip()
        where = f"chat.apiKeyVariable: {variable}"
    else:
        return ""
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise GeneratorUnavailable(f"{where} must hold the key, in one line, and nothing else")
    return key


def _can_load() -> bool:
    return importlib.util.find_spec("llama_cpp") is not None


def _installed(settings: Settings) -> list[ModelEntry]:
    window = settings.chat_context_size or OWN_WINDOW
    missing = "" if _can_load() else "llama-cpp-python is not installed: pip install 'starlight-notes[chat]'"
    return [
        ModelEntry(
            model.name,
            "process",
            size_bytes=model.size_bytes,
            memory_bytes=library.memory(model, window),
            loaded=_is_loaded(model.path),
            note=library.problem(model) or missing,
        )
        for model in library.installed()
    ]


def _is_loaded(path: Path) -> bool:
    with _lock:
        return any(
            getattr(model, "is_loaded", False) for model in _shared.values() if getattr(model, "path", 0) == path
        )


def _does(entry: ModelEntry, entries: list[ModelEntry], tasks: dict[tuple[str, str], list[str]]) -> tuple[str, ...]:
    """The tasks of the model of ``entry``: by its name, or as the one that a server offers where none is named."""
    offered = min(
        (other for other in entries if other.host == entry.host), key=lambda other: (not other.loaded, other.size_bytes)
    )
    names = {entry.name, ""} if entry is offered and entry.host else {entry.name}
    return tuple(task for name in names for task in tasks.get((name, entry.host), ()))


def _served(server: Server) -> list[ModelEntry]:
    return [_entry(server, model) for model in server.models if model.can_chat]


def _entry(server: Server, model: Served) -> ModelEntry:
    return ModelEntry(
        model.name,
        server.endpoint.place,
        server.endpoint.host,
        model.size_bytes,
        model.memory_bytes,
        model.loaded,
        note=TITLES[server.kind],
    )


def _of_endpoint(settings: Settings, root: Path | None) -> list[ModelEntry]:
    """The models of ``chat.endpoint``; one line that says why there are none, where there are none."""
    if not settings.chat_endpoint:
        return []
    try:
        endpoint = _endpoint(settings)
    except GeneratorUnavailable as error:
        return [ModelEntry("", "remote", settings.chat_endpoint, note=str(error))]
    if endpoint.place == "remote" and not consent.allowed(root, endpoint.host):
        note = "another machine; it is asked only once you have agreed to it for this folder"
        return [ModelEntry("", endpoint.place, endpoint.host, note=note)]
    try:
        key = read_key(settings.chat_api_key_file, settings.chat_api_key_variable)
        return _served(recognise(endpoint, key))
    except GeneratorUnavailable as error:
        return [ModelEntry("", endpoint.place, endpoint.host, note=str(error))]
