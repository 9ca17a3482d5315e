"""``starlight model``: which chat models there are, fetching and adding them, choosing, trying and removing them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from starlight.errors import InvalidRequest
from starlight.models.tasks import TASKS

if TYPE_CHECKING:
    from pathlib import Path

    from starlight.config import Settings
    from starlight.models.chosen import ModelEntry
    from starlight.models.consent import Consent
    from starlight.models.fetchable import Entry
    from starlight.models.generator import Generator, Usage

_TRIED = "Say in one sentence what a lighthouse is for."
_TRIED_TOKENS = 48
_SHOWN_EVERY = 0.2
"""Seconds between two looks at how far a download is."""


def add_commands(commands: Any) -> None:  # noqa: ANN401 -- argparse keeps the type to itself
    """Add the parsers of ``starlight model``."""
    model = commands.add_parser("model", help="list, fetch, choose and try chat models")
    actions = model.add_subparsers(metavar="ACTION", required=True)
    _list_command(actions)
    _add_command(actions)
    _get_command(actions)
    _use_command(actions)
    _remove_command(actions)
    _test_command(actions)
    _forget_command(actions)


def run(options: argparse.Namespace, settings: Settings, root: Path) -> int:
    """Run the action that ``options`` ask for, in the folder of notes ``root``; returns the exit code."""
    return int(options.action(options, settings, root))


def _list_command(actions: Any) -> None:  # noqa: ANN401
    command = actions.add_parser("list", help="say which models there are: installed, on servers here, to be fetched")
    _root(command)
    _json(command)
    command.set_defaults(action=_list)


def _add_command(actions: Any) -> None:  # noqa: ANN401
    command = actions.add_parser("add", help="add a GGUF file that is already here")
    command.add_argument("file", metavar="FILE", help="the GGUF file of a chat model")
    command.add_argument("--name", metavar="NAME", default="", help="what to call it (default: as the file)")
    how = command.add_mutually_exclusive_group()
    how.add_argument("--copy", action="store_true", help="copy the file (default: a hard link, where that can be)")
    how.add_argument("--in-place", action="store_true", help="leave the file where it is, and use it there")
    command.set_defaults(action=_add)


def _get_command(actions: Any) -> None:  # noqa: ANN401
    command = actions.add_parser("get", help="fetch a model from a hub; goes on where it stopped")
    command.add_argument("wanted", metavar="NAME", help="a name from the list, or OWNER/REPOSITORY/FILE.gguf")
    command.add_argument("--name", metavar="NAME", default="", help="what to call it here")
    command.set_defaults(action=_get)


def _use_command(actions: Any) -> None:  # noqa: ANN401
    command = actions.add_parser("use", help="choose the model that answers")
    command.add_argument("name", metavar="NAME", nargs="?", help="an installed model, or NAME@HOST:PORT")
    command.add_argument("--task", choices=TASKS, default="", help="for this alone (default: for all)")
    command.add_argument("--clear", action="store_true", help="forget the choice")
    command.set_defaults(action=_use)


def _remove_command(actions: Any) -> None:  # noqa: ANN401
    command = actions.add_parser("remove", help="remove an installed model; a file added in place stays")
    command.add_argument("name", metavar="NAME", help="the model")
    command.set_defaults(action=_remove)


def _test_command(actions: Any) -> None:  # noqa: ANN401
    command = actions.add_parser("test", help="let a model say a sentence, and say how fast it is")
    command.add_argument("name", metavar="NAME", nargs="?", help="the model (default: the one that answers)")
    _root(command)
    _json(command)
    command.set_defaults(action=_test)


def _forget_command(actions: Any) -> None:  # noqa: ANN401
    command = actions.add_parser("forget", help="take back that text may be sent to another machine")
    command.add_argument("host", metavar="HOST", help="the machine, with or without its port")
    command.add_argument("--root", metavar="ROOT", help="for this folder of notes alone (default: for all)")
    command.set_defaults(action=_forget)


def _root(command: argparse.ArgumentParser) -> None:
    command.add_argument("--root", metavar="ROOT", help="the folder that holds the notes (default: the one you are in)")


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON, for programs")


def _list(options: argparse.Namespace, settings: Settings, root: Path) -> int:
    from dataclasses import asdict

    from starlight.models import consent, library
    from starlight.models.chosen import available
    from starlight.models.fetchable import ENTRIES

    models, choices, given = available(settings, root), library.choices(), consent.given()
    names = {model.name for model in models if model.place == "process"}
    fetchable = [entry for entry in ENTRIES if entry.name not in names]
    if options.json:
        _print_json({
            "models": [asdict(model) for model in models],
            "choices": {task or "all": name for task, name in choices.items()},
            "catalogue": [{**asdict(entry), "memory_bytes": entry.memory_bytes} for entry in fetchable],
            "consents": [asdict(found) for found in given],
        })  # fmt: skip
        return 0
    _print_lines(_models_shown(models))
    _print_lines(_catalogue_shown(fetchable))
    _print_lines(_consents_shown(given))
    return 0


def _add(options: argparse.Namespace, _settings: Settings, _root: Path) -> int:
    from pathlib import Path

    from starlight.models import library

    how: library.How = "copy" if options.copy else "in-place" if options.in_place else "link"
    model = library.add(Path(options.file), options.name, how)
    _print_lines([f"{model.name}: added ({_bytes(model.size_bytes)}); `starlight model test {model.name}` tries it"])
    return 0


def _get(options: argparse.Namespace, _settings: Settings, _root: Path) -> int:
    from starlight.models import hub
    from starlight.models.fetchable import entry

    listed = entry(options.wanted)
    if listed:
        _say(f"{listed.source}: {_bytes(listed.size_bytes)}, {listed.licence}")
    progress = _Progress()
    try:
        model = hub.fetch(options.wanted, options.name, progress.show)
    except KeyboardInterrupt:
        progress.end()
        _say("what came is kept: run the same command again to go on")
        raise
    finally:
        progress.end()
    _print_lines([f"{model.name}: fetched and checked; `starlight model test {model.name}` tries it"])
    return 0


def _use(options: argparse.Namespace, settings: Settings, _root: Path) -> int:
    from starlight.models import library
    from starlight.models.chosen import named

    if bool(options.name) == options.clear:
        raise InvalidRequest("say which model to use: NAME, NAME@HOST:PORT, or --clear for none")
    if options.name:
        named(options.name, settings)  # see that there is one
    library.choose(options.name or "", options.task)
    what = options.task or "everything that has no choice of its own"
    _print_lines([f"{options.name} is used for {what}" if options.name else f"no model is chosen for {what}"])
    return 0


def _remove(options: argparse.Namespace, _settings: Settings, _root: Path) -> int:
    from starlight.models import library

    model = library.remove(options.name)
    _print_lines([f"{model.name}: removed" if model.is_ours else f"{model.name}: forgotten; {model.path} stays"])
    return 0


def _test(options: argparse.Namespace, settings: Settings, root: Path) -> int:
    from dataclasses import asdict

    from starlight.models.chosen import chosen, close_all, named

    model = named(options.name, settings, root) if options.name else chosen("answer", settings, root)
    if model is None:
        raise InvalidRequest("there is no model yet; `starlight model list` says which can be had")
    try:
        text, usage = _tried(model, quiet=options.json)
    finally:
        close_all()
    rate = _rate(usage)
    if options.json:
        _print_json({
            "model": model.name, "place": model.place, "host": model.host, "text": text, "tokens_per_second": rate,
            **asdict(usage),
        })  # fmt: skip
    else:
        at = f" at {model.host}" if model.host else ""
        first = f"the first after {usage.first_token_seconds:.1f} s"
        _print_lines(["", f"{model.name}{at}: {usage.completion_tokens} tokens, {first}, then {rate:.1f} a second"])
    return 0


def _tried(model: Generator, *, quiet: bool) -> tuple[str, Usage]:
    """Let ``model`` say something; it is shown as it comes, unless ``quiet``."""
    from starlight.models.generator import Message, Sampling
    from starlight.terminal import printable

    generation = model.generate([Message("user", _TRIED)], Sampling(max_tokens=_TRIED_TOKENS, temperature=0.0))
    pieces = []
    for piece in generation:
        pieces.append(piece)
        if not quiet:
            sys.stdout.write(printable(piece))
            sys.stdout.flush()
    return "".join(pieces), generation.usage


def _rate(usage: Usage) -> float:
    seconds = usage.seconds - usage.first_token_seconds
    return round((usage.completion_tokens - 1) / seconds, 1) if seconds > 0 and usage.completion_tokens > 1 else 0.0


def _forget(options: argparse.Namespace, _settings: Settings, _root: Path) -> int:
    from pathlib import Path

    from starlight.models import consent

    gone = consent.forget(options.host, Path(options.root) if options.root else None)
    if not gone:
        raise InvalidRequest(f"{options.host}: no folder may send text there anyway")
    _print_lines(f"{found.root} no longer sends text to {found.host}" for found in gone)
    return 0


class _Progress:
    """How far a download is, on standard error; on a terminal only, besides its beginning."""

    def __init__(self) -> None:
        self._shown = 0.0
        self._what = ""
        self._is_drawn = False

    def show(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` bytes are done."""
        now = time.monotonic()
        is_new, self._what = what != self._what, what
        if not is_new and now - self._shown < _SHOWN_EVERY and done < total:
            return
        self._shown = now
        percent = 100 * done // total if total else 100
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{what} {_bytes(done)} of {_bytes(total)} ({percent} %)")
            sys.stderr.flush()
            self._is_drawn = True
        elif is_new:
            sys.stderr.write(f"{what}: {_bytes(done)} of {_bytes(total)} are there\n")

    def end(self) -> None:
        """Leave the line."""
        if self._is_drawn:
            sys.stderr.write("\n")
            self._is_drawn = False


def _models_shown(models: list[ModelEntry]) -> Iterable[str]:
    if not models:
        yield "No chat model is installed, and no server of this machine has one."
    for model in models:
        name = f"{model.name or '(no model)'}@{model.host}" if model.host else model.name
        sizes = [_bytes(model.size_bytes)] if model.size_bytes else []
        sizes += [f"memory {_bytes(model.memory_bytes)}"] if model.memory_bytes else []
        marks = ["loaded"] if model.loaded else []
        marks += [f"does {', '.join(model.chosen)}"] if model.chosen else []
        yield "  ".join([name, *filter(None, [", ".join(sizes), "; ".join(marks), model.note])])


def _catalogue_shown(entries: list[Entry]) -> Iterable[str]:
    if entries:
        yield "\nTo be fetched with `starlight model get NAME` (nothing is, unless you ask):"
    for entry in entries:
        sizes = f"{_bytes(entry.size_bytes)}, memory {_bytes(entry.memory_bytes)}"
        yield f"  {entry.name}  {sizes}; {entry.parameters} parameters; {entry.licence}; languages: {entry.languages}"
        yield f"    from {entry.repository}"


def _consents_shown(given: list[Consent]) -> Iterable[str]:
    if given:
        yield "\nOther machines that folders may send text to (`starlight model forget HOST` takes it back):"
    for consent in given:
        yield f"  {consent.host}  from {consent.root}, since {consent.since}"


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"


def _print_lines(lines: Iterable[str]) -> None:
    from starlight.terminal import printable

    for line in lines:
        sys.stdout.write("\n".join(map(printable, line.split("\n"))) + "\n")


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _say(message: str) -> None:
    sys.stderr.write(f"starlight: {message}\n")
