"""The map of notes: how well places keep what is near, how long it takes, and how soon its page can be used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.corpora import corpus
from tests.bench.footprint import watched
from tests.bench.measure import CACHE, DATA, STARLIGHT, Extent, Figure, isolated, missing
from tests.parts import EDITORS

_NODE = EDITORS / "node24" / "bin" / "node"
_PLAYWRIGHT = EDITORS / "pw" / "node_modules" / "playwright-core"
_OPENED = Path(__file__).parents[1] / "editors" / "map" / "opened.mjs"
_MANY = 20_000
_TRUST = "trustworthiness of the map (10 nearest)"


def run(extent: Extent) -> Iterator[Figure]:
    """Measure all vaults below one root, then 20,000 notes of the large corpus where the extent has it."""
    if not (DATA / "vaults").is_dir():
        yield missing(_TRUST)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = shutil.copytree(DATA / "vaults", Path(folder) / "vaults")
        yield from _measured(root, "all vaults")
        many = corpus("all") if "all" in extent.sizes else None
        if many:
            root = Path(folder) / "many"
            for place in list(many.notes())[:_MANY]:
                to = root / place.relative_to(many.folder)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place, to)
            yield from _measured(root, "20,000 notes")


def _measured(root: Path, name: str) -> Iterator[Figure]:
    with isolated(CACHE) as environment:
        watched([*STARLIGHT, "index", str(root), "--json"], environment)
        done = watched([sys.executable, "-m", "tests.bench.inside", "map", str(root)], environment)
        found = json.loads(done.output.splitlines()[-1])
        yield Figure(_TRUST, found["trust"], note=f"the two principal components {found['trust_pca']:.3f}", corpus=name)
        yield Figure(
            "placing notes on the map, processor time", found["placing"], "s", "well under a minute", corpus=name
        )
        yield Figure("placing 10 new notes among them, processor time", found["again"], "s", corpus=name)
        page = root.with_suffix(".html")
        subprocess.run(
            [*STARLIGHT, "map", str(root), "--output", str(page)], env=environment, check=True, capture_output=True
        )
        yield Figure("page of the map", page.stat().st_size / 1e6, "MB", "under 3 MB (7,000 notes)", corpus=name)
        yield _opened(page, name)


def _opened(page: Path, name: str) -> Figure:
    what, goal = "page of the map opened and drawn in Chromium", "under 2 s (7,000 notes)"
    chromium = shutil.which("chromium")
    if not (_NODE.exists() and _PLAYWRIGHT.exists() and chromium):
        return missing(what, goal, "no Chromium that is driven: scripts/install_vscode.sh")
    command = [str(_NODE), str(_OPENED), str(_PLAYWRIGHT), chromium, str(page)]
    times = [float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(5)]
    return Figure(what, sorted(times)[2], "ms", goal, "median of 5, no graphics card", name)
