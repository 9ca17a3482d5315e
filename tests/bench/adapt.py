"""``starlight adapt``: held-out links and headings found without and with what it learns, and how long it takes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import DATA, STARLIGHT, Extent, Figure, isolated, missing

VAULTS = ("fardm-fa", "oldwinter-garden-zh", "dendron-site", "logseq-docs", "foam-docs")
"""Two of languages that the model does not know, and three of jargon in one that it does."""
_GOAL = "above the figure without, or not used"


def run(_extent: Extent) -> Iterator[Figure]:
    """Adapt to each vault, with an index of its own."""
    for name in VAULTS:
        root = DATA / "vaults" / name
        if not root.is_dir():
            yield missing(f"MRR@10 of held-out links, {name}", _GOAL)
            continue
        yield from _figures(name, _adapted(root))


def _adapted(root: Path) -> dict[str, object]:
    with isolated() as environment:
        command = [*STARLIGHT, "adapt", str(root), "--json"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _figures(name: str, found: dict[str, object]) -> Iterator[Figure]:
    used = "used" if found["applied"] else "not used"
    for kind in ("links", "headings"):
        measured = found[kind]
        assert isinstance(measured, dict)
        note = f"without {measured['before']:.3f}; {measured['questions']} {kind}, {used}"
        yield Figure(f"MRR@10 of held-out {kind}, adapted, {name}", measured["after"], goal=_GOAL, note=note)
    seconds = found["seconds"]
    assert isinstance(seconds, float)
    yield Figure(f"adapting, {name}", seconds, "s", "under 5 min")
