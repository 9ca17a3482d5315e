"""Link suggestions: whether the note that an author linked is suggested, by the script that lies beside the data."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import DATA, STARLIGHT, Extent, Figure, missing

FIRST_MIX = {
    "obsidian-help-en": 0.55,
    "jackyzha0-garden": 0.25,
    "foam-docs": 0.68,
    "dendron-site": 0.52,
    "logseq-docs": 0.45,
    "oldwinter-garden-zh": 0.04,
}
"""hit@5 of a first mix of words, vectors and popularity, by vault."""
SCRIPT = DATA.parent / "eval" / "links.py"
_LINE = re.compile(
    r"^(?P<vault>\S+) +\d+ cases .*hit@5 (?P<hit>[\d.]+) .*median (?P<median>\d+) ms  p95 (?P<p95>\d+) ms", re.MULTILINE
)


def run(_extent: Extent) -> Iterator[Figure]:
    """Measure every vault by itself, and the time of a completion with all of them below one root."""
    what, goal = "hit@5 of link suggestions, mean of six vaults", "at least .53"
    if not SCRIPT.is_file():
        yield missing(what, goal)
        return
    found = {each["vault"]: each for each in _measure(*(DATA / "vaults" / name for name in FIRST_MIX))}
    hits = {name: float(found[name]["hit"]) for name in FIRST_MIX}
    yield Figure(what, sum(hits.values()) / len(hits), goal=goal, note="first mix .415")
    for name, value in hits.items():
        yield Figure(f"hit@5 of link suggestions, {name}", value, note=f"first mix {FIRST_MIX[name]:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "all"
        shutil.copytree(DATA / "vaults", root)
        time = "completion after `[[`, all vaults below one root"
        for each in _measure(root):
            yield Figure(f"{time}, p50", float(each["median"]), "ms")
            yield Figure(f"{time}, p95", float(each["p95"]), "ms", "under 40 ms")


def _measure(*vaults: Path) -> Iterator[re.Match[str]]:
    command = [sys.executable, str(SCRIPT), "--starlight", shlex.join(STARLIGHT), *map(str, vaults)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return _LINE.finditer(done.stdout)
