"""Everything that can be wrong with an installation and a folder of notes, looked at, each with what to do about it.

Nothing is changed, fetched or sent; servers of models on this machine are asked which models they have.
"""

from __future__ import annotations

import concurrent.futures
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from starlight import __version__
from starlight.engine.adaptation import adaptation_of
from starlight.engine.report import OPTIONAL, PARTS, learnt, megabytes
from starlight.engine.tesseract import RecognitionUnavailable, Tesseract
from starlight.engine.vocabulary import Knowledge, known_of
from starlight.engine.workspace import Workspace
from starlight.errors import StarlightError
from starlight.index.records import Status
from starlight.models.refiner import MISSING

Level = Literal["ok", "note", "warning", "fault"]

MULTILINGUAL = "minishlab/potion-multilingual-128M"
_ADVISED = 0.1
"""Share of the notes' letters in passages that the model does not know, from which another model is advised."""
_LEAST_FREE = 200_000_000
"""Bytes on the disk of the index below which a person should know."""
_SHOWN = 5
_QUERY = "what was said of the roof"
_PATIENCE = 60.0
"""Seconds that the refiner has to start and to answer."""
_OTHER_REFINER = (
    "empty the setting `search.refiner` for the one that ships, or turn `search.refine` off; if it is the one that "
    "ships, install Starlight again"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    subject: str
    level: Level
    message: str
    advice: str = ""
    """What to do about it; empty where nothing is to be done."""


def examine(workspace: Workspace, faults: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield what is found of the installation and of the folder of ``workspace``, whatever else fails.

    ``faults`` are those of the settings, which whoever read them knows.
    """
    looks: tuple[Callable[[Workspace], Iterator[Finding]], ...] = (
        _installation, _model, _refiner, _recognition, _folder, _index, _failures, _languages, _chat,
    )  # fmt: skip
    for fault in faults:
        yield Finding("settings", "warning", fault, "correct it in the settings file or in your editor")
    if not faults:
        yield Finding("settings", "ok", "valid")
    for look in looks:
        yield from _guarded(look, workspace)


def _guarded(look: Callable[[Workspace], Iterator[Finding]], workspace: Workspace) -> Iterator[Finding]:
    """Yield what ``look`` finds; that it fails is something found."""
    subject = look.__name__.strip("_")
    try:
        yield from look(workspace)
    except StarlightError as error:
        yield Finding(subject, "fault", str(error))
    except Exception as error:  # noqa: BLE001 -- whatever it is, the other looks go on
        yield Finding(subject, "fault", f"{type(error).__name__}: {error}", "report this, with what is above")


def _installation(_workspace: Workspace) -> Iterator[Finding]:
    yield Finding("starlight", "ok", f"Starlight {__version__}, Python {platform.python_version()}, {sys.executable}")
    yield from map(_part, PARTS)


def _part(name: str) -> Finding:
    try:
        return Finding(name, "ok", metadata.version(name))
    except metadata.PackageNotFoundError:
        if name in OPTIONAL:
            return Finding(name, "note", "is not installed")
        return Finding(name, "fault", "is not installed", f"run `pip install {name}` where Starlight is installed")


def _model(workspace: Workspace) -> Iterator[Finding]:
    started = time.perf_counter()
    workspace.warm()
    took = time.perf_counter() - started
    where = workspace.settings.model_path or "the model that ships"
    yield Finding("model", "ok", f"{workspace.model} ({where}), ready in {took:.1f} s")
    found = adaptation_of(workspace.location, workspace.model)
    if found.problem:
        yield Finding("adaptation", "warning", found.problem, f"run `starlight adapt {workspace.root}`")
    elif found.at:
        yield Finding("adaptation", "ok", learnt(found))


def _refiner(workspace: Workspace) -> Iterator[Finding]:
    refining = workspace.refining
    if refining is None:
        yield Finding("refiner", "ok", "off: results are the first ones")
        return
    refiner, started = refining.refiner, time.perf_counter()
    try:
        # Asked again where it crashes: the second time it says of what.
        works = any(refiner.query(_QUERY, refiner.turn()).result(_PATIENCE) for _ in range(2))
    except concurrent.futures.TimeoutError:
        yield Finding("refiner", "warning", f"{refiner.folder}: no answer in {_PATIENCE:.0f} s", _OTHER_REFINER)
        return
    if works:
        took = time.perf_counter() - started
        yield Finding("refiner", "ok", f"{refiner.identity}, ready in {took:.1f} s")
    elif refiner.problem == MISSING:
        yield Finding("refiner", "note", MISSING)
    else:
        problem = refiner.problem or f"{refiner.folder}: it does not answer"
        yield Finding("refiner", "warning", problem, _OTHER_REFINER)


def _recognition(workspace: Workspace) -> Iterator[Finding]:
    settings = workspace.settings
    if not settings.ocr:
        yield Finding("text recognition", "ok", "off: scanned PDF files have no text (`index.ocr`)")
        return
    program = Tesseract(settings.ocr_program, settings.ocr_languages)
    try:
        program.look()
    except RecognitionUnavailable as error:
        yield Finding("text recognition", "warning", f"{error}", "or turn `index.ocr` off")
        return
    yield Finding("text recognition", "ok", f"{program.path}, for {', '.join(program.languages)}")


def _folder(workspace: Workspace) -> Iterator[Finding]:
    folder = workspace.location.folder
    yield Finding("folder", "ok", str(workspace.root))
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(there, os.W_OK):
        yield Finding("index folder", "fault", f"{there} may not be written", "change its permissions")
    free = shutil.disk_usage(there).free
    if free < _LEAST_FREE:
        yield Finding("disk", "warning", f"{megabytes(free)} are free at {there}", "free some: indexing needs room")


def _index(workspace: Workspace) -> Iterator[Finding]:
    status = workspace.current_status()
    others = [path for path in workspace.location.databases() if workspace.fingerprint not in path.name]
    if not workspace.is_indexed:
        message = "not made yet" if not others else "not made yet for this model and version; the old one is searched"
        yield Finding("index", "warning", message, f"run `starlight index {workspace.root}`, or open it in an editor")
        return
    sizes = workspace.sizes()
    counts = f"{status.files:,} notes, {status.chunks:,} passages"
    size = f", {megabytes(sizes.database)} for {megabytes(sizes.text)} of notes" if sizes else ""
    yield Finding("index", *_state(status, f"{counts}{size}"))
    yield Finding("watching", *_watching(status))


def _state(status: Status, counts: str) -> tuple[Level, str, str]:
    if status.state == "failed":
        return "fault", status.message, "mend the cause; it goes on by itself"
    if status.state == "paused":
        return "warning", f"{counts}; indexing was stopped with {status.queue:,} left", "run `starlight index`"
    if status.state == "ready" and not status.files:
        return "warning", "there are no notes in it", "name a folder with .md files; `starlight why PATH` says more"
    return "ok", f"{counts}, {status.state}", ""


def _watching(status: Status) -> tuple[Level, str, str]:
    if status.watching == "native":
        return "ok", "the system tells of changes", ""
    if status.watching == "polling":
        return "note", "changes are looked for every few seconds", "a network drive or a system's limit is the reason"
    return "note", "nobody watches now; changes are noticed when an editor has the folder open", ""


def _failures(workspace: Workspace) -> Iterator[Finding]:
    failures = workspace.failures()
    for path, reason in list(failures.items())[:_SHOWN]:
        advice = "mend it and save it, or exclude it with the setting `index.exclude`"
        yield Finding("not indexed", "warning", f"{path}: {reason}", advice)
    if len(failures) > _SHOWN:
        more = f"and {len(failures) - _SHOWN:,} more"
        yield Finding("not indexed", "warning", more, "`starlight status` lists them")


def _languages(workspace: Workspace) -> Iterator[Finding]:
    if not workspace.is_indexed:
        return
    known = known_of(workspace)
    if not known.letters:
        return
    share = known.unknown / known.letters
    told = _told(known, share)
    if share < _ADVISED:
        yield Finding("languages", "ok", told)
    else:
        yield Finding("languages", "note", told, _advice(workspace))


def _told(known: Knowledge, share: float) -> str:
    if share < _ADVISED:
        return f"the model knows the words of {1 - share:.0%} of a sample of the text"
    scripts = ", ".join(f"{name} {n / known.letters:.0%}" for name, n in known.scripts.most_common(3))
    return (
        f"the model does not know the words of {share:.0%} of a sample of the text ({scripts}): "
        "there, notes are found by their words and not by meaning"
    )


def _advice(workspace: Workspace) -> str:
    if workspace.settings.model_path:
        return "another model2vec model may know them; name its folder in the setting `model.path`"
    return (
        f"a multilingual model such as {MULTILINGUAL} knows many languages, and takes about half a gigabyte: "
        f"`hf download {MULTILINGUAL} --local-dir FOLDER`, then set `model.path` to FOLDER; the index of now is "
        "searched, by words, until the new one is made"
    )


def _chat(workspace: Workspace) -> Iterator[Finding]:
    from starlight.models.chosen import available

    models = [model for model in available(workspace.settings, workspace.root) if model.name]
    answering = [model for model in models if "answer" in model.chosen]
    if answering:
        at = f" on {answering[0].host}" if answering[0].host else ""
        yield Finding("chat model", "ok", f"{answering[0].name}{at} answers; {len(models)} in all")
    elif models:
        names = ", ".join(model.name for model in models[:_SHOWN])
        yield Finding(
            "chat model", "note", f"none is chosen; there are {names}", "choose one: `starlight model use NAME`"
        )
    else:
        message = "there is none: answers are made of your notes' own sentences"
        yield Finding("chat model", "note", message, "`starlight model list` says which can be fetched")
