"""Indexing a real vault with a cold process."""

from __future__ import annotations

from tests.bench.measure import DATA, STARLIGHT, Extent, Figure, isolated, median, missing, seconds

VAULT = DATA / "vaults" / "obsidian-help-en"


def run(_extent: Extent) -> list[Figure]:
    what, goal = "`starlight index` on obsidian-help-en (173 notes, 0.7 MB), cold process, no index", "under 2 s"
    if not VAULT.is_dir():
        return [missing(what, goal)]
    fresh = median(lambda: _index(), times=5)
    with isolated() as environment:
        command = [*STARLIGHT, "index", str(VAULT)]
        seconds(command, environment)
        again = median(lambda: seconds(command, environment), times=5)
    return [Figure(what, fresh, "s", goal), Figure("the same again, nothing changed", again, "s")]


def _index() -> float:
    with isolated() as environment:
        return seconds([*STARLIGHT, "index", str(VAULT)], environment)
