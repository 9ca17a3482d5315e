"""What was learnt from the notes of a folder: where it is kept, whether it is used, and what is said about it.

It lies beside the index, and every index is made with it (``models/adapted.py``).
How it comes about: ``engine/adapting.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlight.config import Settings
from starlight.errors import ModelUnavailable
from starlight.index.location import Location
from starlight.models import adapted as tables
from starlight.models import embedder as models
from starlight.models.adapted import Table
from starlight.models.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Measured:
    """How held-out questions of one kind were answered: the mean of 1 / the place of the answer (MRR@10)."""

    questions: int = 0
    before: float = 0.0
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What was learnt from the notes of a folder, and whether it is used."""

    applied: bool = False
    message: str = "not tried"
    """What came of it, in words."""
    words: int = 0
    """That were learnt."""
    links: Measured = field(default_factory=Measured)
    headings: Measured = field(default_factory=Measured)
    notes: int = 0
    """That were looked at."""
    seconds: float = 0.0
    at: str = ""
    """When (ISO 8601, UTC); empty where nobody has tried."""
    problem: str = ""
    """Why what was learnt is not used, and what to do; empty where nothing is wrong."""


def place_of(location: Location) -> Path:
    """Return where what was learnt from the notes of a folder is kept."""
    return location.folder / "adapted.npz"


def embedder_for(location: Location, settings: Settings) -> Embedder:
    """Return the embedder of the model that ``settings`` name, with what it learnt from the notes at ``location``.

    What was learnt and cannot be used costs itself only (``adaptation_of`` says why).

    Raises:
        ModelUnavailable: the settings name a model that is none.
    """
    base = models.load(settings.model_path)
    try:
        return tables.adapted(base, _kept(location)[0])
    except ModelUnavailable:
        return base


def adaptation_of(location: Location, identity: str) -> Adaptation:
    """Return what is to be said about what was learnt from the notes at ``location``; a model ``identity`` is used."""
    again = f"the model is used without it; `starlight adapt {location.root}` learns it again"
    try:
        table, adaptation = _kept(location)
    except ModelUnavailable as error:
        return Adaptation(message="it cannot be used", problem=f"{error}; {again}")
    if table and not identity.startswith(table.model):
        return replace(adaptation, problem=f"it was learnt for another model, {table.model}; {again}")
    if table and identity == table.model:
        return replace(adaptation, problem="it was learnt since this was opened, and is used from the next start on")
    return adaptation


def remove(location: Location) -> bool:
    """Forget what was learnt; returns whether there was anything.  The index of the plain model is used again."""
    path = place_of(location)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def _kept(location: Location) -> tuple[Table | None, Adaptation]:
    """Return what was learnt, and how that went.

    Raises:
        ModelUnavailable: it cannot be read.
    """
    path = place_of(location)
    try:
        facts = path.stat()
        return _read(path, facts.st_mtime_ns, facts.st_size, facts.st_ino)
    except FileNotFoundError:
        return None, Adaptation()
    except OSError as error:
        raise ModelUnavailable(f"{path}: cannot be read ({error.strerror})") from error


@functools.lru_cache(maxsize=8)
def _read(path: Path, *_version: int) -> tuple[Table | None, Adaptation]:
    table, about = tables.load(path)
    return table, _told(path, about)


def _told(path: Path, about: Mapping[str, Any]) -> Adaptation:
    try:
        measured = {kind: Measured(**about[kind]) for kind in ("links", "headings")}
        return Adaptation(**{**about, **measured})
    except (KeyError, TypeError) as error:
        raise ModelUnavailable(f"{path}: what was learnt from these notes is damaged ({error})") from error
