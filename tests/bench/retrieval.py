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
FIRST = "--no-refine"
SCRIPT = DATA.parent / "eval" / "retrieval.py"


def run(extent: Extent) -> Iterator[Figure]:
    what, goal = "nDCG@10, mean of seven English sets", "at least .620"
    if not SCRIPT.is_file():
        yield missing(what, goal)
        return
    both = _measure(SETS, FIRST)
    lexical = _measure(SETS, "--only lexical") if extent.legs else {}
    yield from _figures(both, lexical)
    ours = _mean(both)
    note = f"lexical {_mean(lexical):.4f}: {ours - _mean(lexical):+.4f}" if lexical else ""
    yield Figure(what, ours, goal=goal, note=note)
    if extent.legs:
        yield from _refined(both)
    yield from _figures(_measure(OTHERS, FIRST), _measure(OTHERS, "--only lexical") if extent.legs else {})


def _refined(first: dict[str, float]) -> Iterator[Figure]:
    """After the second look, with how much that is better; other languages must be left as they are."""
    for sets in (SETS, OTHERS):
        refined = _measure(sets)
        first = first if sets is SETS else _measure(sets, FIRST)
        for name, value in refined.items():
            yield Figure(f"nDCG@10 refined, {name}", value, note=f"first results {first[name]:.3f}")
        if sets is SETS:
            what, gain = "nDCG@10 refined, mean of seven English sets", _mean(refined) - _mean(first)
            yield Figure(what, _mean(refined), goal="at least .670", note=f"first results {gain:+.4f}")


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
