"""How everything stands, as plain text: what a person reads to see, and pastes to report."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

from starlight import __version__
from starlight.engine.adaptation import Adaptation, adaptation_of
from starlight.engine.progress import duration, in_words, rate_in_words
from starlight.engine.summary import Counts
from starlight.engine.workspace import Workspace
from starlight.index.records import Status
from starlight.index.sizes import Sizes

PARTS = ("apsw", "sqlite-vec", "model2vec", "onnxruntime", "pygls", "watchfiles", "numpy")
"""The packages that matter most, by name."""
OPTIONAL = {"onnxruntime"}
"""Those of them that there are not for every machine, and that can be done without."""
_SHOWN = 50
_WATCHING = {"native": "the system tells of changes", "polling": "changes are looked for now and then"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one folder stands."""

    folder: Path
    status: Status
    failures: dict[str, str]
    workspace: Workspace | None
    """None where the folder could not be opened."""
    sizes: Sizes | None = None
    problems: dict[str, list[str]] | None = None
    """What is odd in files that are indexed all the same; None where nobody looked for that."""
    lines: Counts | None = None
    """How many notes have a summary line by a model; None where nobody counts them."""


def report(standings: Iterable[Standing]) -> str:
    """Return the report of some folders."""
    lines = [
        f"Starlight {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"Running: {sys.executable}",
        "Parts: " + ", ".join(f"{name} {_version(name)}" for name in PARTS),
    ]
    for standing in standings:
        lines += ["", f"Folder: {standing.folder}", *_state(standing.status)]
        if standing.workspace:
            lines += _index(standing.workspace, standing.status)
        if standing.lines and standing.lines.total:
            lines.append(f"Summary lines by a model: {standing.lines} notes")
        if standing.sizes:
            lines += _sizes(standing.sizes)
        lines += _listed("Not indexed", standing.failures)
        odd = {path: "; ".join(found) for path, found in (standing.problems or {}).items()}
        lines += _listed("Indexed with a problem", odd)
    return "\n".join(lines) + "\n"


def _state(status: Status) -> Iterable[str]:
    yield f"State: {', '.join(filter(None, (_doing(status), status.message)))}"
    yield f"Indexed: {status.files:,} notes, {status.chunks:,} passages; waiting: {status.queue:,}"
    if status.changed:
        yield f"Changed: {status.changed} ({_ago(status.changed)})"
    if status.rate and not status.total:
        yield f"Rate: {rate_in_words(status.rate)} in the last run"
    if status.scans:
        yield f"Text recognition: {recognition(status)}"
    yield f"Watching: {_WATCHING.get(status.watching, 'no; changes are noticed when an editor has the folder open')}"


def recognition(status: Status) -> str:
    """How far the recognition of the text of scans is; there are some."""
    done = f"{status.recognised:,} of {status.scans:,} scans done"
    return f"{done}; {status.recognising}" if status.recognising else done


def _doing(status: Status) -> str:
    """The state, with how far it is."""
    state = "rebuilding" if status.rebuilding and status.state == "indexing" else status.state
    if words := in_words(status):
        return f"{state}, {status.percent} % · {words}"
    return f"{state}, paused" if status.paused and state == "ready" else state


def _ago(moment: str) -> str:
    seconds = (datetime.now(timezone.utc) - datetime.fromisoformat(moment)).total_seconds()
    return f"{duration(seconds)} ago" if seconds >= 0 else "by a clock that was ahead"


def _index(workspace: Workspace, status: Status) -> Iterable[str]:
    yield f"Model: {workspace.model}"
    yield f"Adaptation: {learnt(adaptation_of(workspace.location, workspace.model))}"
    yield f"Index: {workspace.location.database(workspace.fingerprint)}, revision {status.revision}"
    yield f"Fingerprint: {workspace.fingerprint}"
    yield f"Log: {workspace.location.log}"
    if workspace.refining is None:
        yield "Second look at results: off"
    elif workspace.refining.problem:
        yield f"Second look at results: no; {workspace.refining.problem}"
    else:
        yield f"Second look at results: {workspace.refining.refiner.identity}{_prepared(status)}"


def learnt(found: Adaptation) -> str:
    """Return what is to be said about an adaptation, with what was measured, on one line."""
    measured = [
        f"{name} {each.before:.3f} without, {each.after:.3f} with"
        for name, each in (("links", found.links), ("headings", found.headings))
        if each.questions
    ]
    words = f"{found.words:,} words learnt" if found.applied else ""
    return "; ".join(filter(None, (found.message, words, ", ".join(measured), found.problem)))


def _prepared(status: Status) -> str:
    """How many passages need not be computed when they are searched for."""
    state = f" ({status.refining})" if status.refining else ""
    return f", prepared for {status.refined:,} of {status.chunks:,} passages{state}"


def _sizes(sizes: Sizes) -> Iterable[str]:
    share = f", {100 * sizes.database / sizes.text:.0f} % of the notes' {megabytes(sizes.text)}" if sizes.text else ""
    yield f"Size: {megabytes(sizes.database)}{share}; log: {megabytes(sizes.log)}"
    by_size = sorted(sizes.tables.items(), key=lambda item: -item[1])
    yield "  " + ", ".join(f"{name} {megabytes(size)}" for name, size in by_size)


def _listed(what: str, reasons: dict[str, str]) -> Iterable[str]:
    if reasons:
        yield f"{what}: {len(reasons):,}"
        yield from (f"  {path}: {reason}" for path, reason in list(reasons.items())[:_SHOWN])
    if len(reasons) > _SHOWN:
        yield f"  and {len(reasons) - _SHOWN:,} more"


def megabytes(size: int) -> str:
    """Return ``size``, in bytes, in words."""
    return f"{size / 1e6:,.1f} MB"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
