"""Search quality on judged collections, by the measuring script that lies beside the data."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.measure import DATA, STARLIGHT, Extent, Figure, missing

SETS = ("cranfield", "cisi", "medline", "lisa", "stackfaq", "stackfaq_answers", "xquad_en")
OTHERS = ("xquad_de", "xquad_hi", "xquad_th", "xquad_zh", "parsinlu_fa", "jsquad_ja")
SCRIPT = DATA.parent / "eval" / "retrieval.py"


def run(extent: Extent) -> Iterator[Figure]:
    what, goal = "nDCG@10, mean of seven English sets", "at least .575, and .003 above the lexical leg"
    if not SCRIPT.is_file():
        yield missing(what, goal)
        return
    both = _measure(SETS)
    lexical = _measure(SETS, "--only lexical") if extent.legs else {}
    yield from _figures(both, lexical)
    ours = _mean(both)
    note = f"lexical {_mean(lexical):.4f}: {ours - _mean(lexical):+.4f}" if lexical else ""
    yield Figure(what, ours, goal=goal, note=note)
    yield from _figures(_measure(OTHERS), _measure(OTHERS, "--only lexical") if extent.legs else {})


def _figures(both: dict[str, float], lexical: dict[str, float]) -> Iterator[Figure]:
    for name, value in both.items():
        yield Figure(f"nDCG@10, {name}", value, note=f"lexical {lexical[name]:.3f}" if lexical else "")


def _measure(sets: tuple[str, ...], options: str = "") -> dict[str, float]:
    command = [sys.executable, str(SCRIPT), "--starlight", shlex.join(STARLIGHT), f"--search-options={options}"]
    command += [str(DATA / "ir" / name) for name in sets]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.finditer(r"^(\w+) .*nDCG@10 ([\d.]+)", done.stdout, re.MULTILINE)
    return {line[1]: float(line[2]) for line in found if line[1] in sets}


def _mean(figures: dict[str, float]) -> float:
    return sum(figures.values()) / len(figures)
