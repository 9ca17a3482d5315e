"""How everything stands, as plain text: what a person reads to see, and pastes to report."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from starlight import __version__
from starlight.engine.workspace import Workspace
from starlight.index.records import Status

_PARTS = ("apsw", "sqlite-vec", "model2vec", "pygls", "watchfiles", "numpy")
_SHOWN = 50


def report(roots: Iterable[tuple[Path, Workspace | None, Status, dict[str, str]]]) -> str:
    """Return the report of ``roots``: folder, workspace where it could be opened, status, and what failed."""
    lines = [
        f"Starlight {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"Running: {sys.executable}",
        "Parts: " + ", ".join(f"{name} {_version(name)}" for name in _PARTS),
    ]
    for folder, workspace, status, failures in roots:
        lines += ["", f"Folder: {folder}", *_state(status)]
        if workspace:
            lines += _index(workspace, status)
        lines += _failures(failures)
    return "\n".join(lines) + "\n"


def _state(status: Status) -> Iterable[str]:
    yield f"State: {status.state}{', ' + status.message if status.message else ''}"
    yield f"Indexed: {status.files:,} notes, {status.chunks:,} passages; waiting: {status.queue:,}"


def _index(workspace: Workspace, status: Status) -> Iterable[str]:
    database = workspace.location.database(workspace.fingerprint)
    yield f"Model: {workspace.model}"
    yield f"Index: {database} ({_size(database)}), revision {status.revision}"
    yield f"Log: {workspace.location.log}"


def _failures(failures: dict[str, str]) -> Iterable[str]:
    if failures:
        yield f"Not indexed: {len(failures):,}"
        yield from (f"  {path}: {reason}" for path, reason in list(failures.items())[:_SHOWN])
    if len(failures) > _SHOWN:
        yield f"  and {len(failures) - _SHOWN:,} more"


def _size(path: Path) -> str:
    try:
        return f"{path.stat().st_size / 1e6:.1f} MB"
    except OSError:
        return "not there"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
