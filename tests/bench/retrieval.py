"""Search quality on judged collections, by the measuring script that lies beside the data."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

from tests.bench.measure import DATA, STARLIGHT, Extent, Figure, missing

SETS = ("cranfield", "cisi", "medline", "lisa", "stackfaq", "stackfaq_answers", "xquad_en")
OTHERS = ("xquad_de", "xquad_hi", "xquad_th", "xquad_zh", "parsinlu_fa", "jsquad_ja")
SCRIPT = DATA.parent / "eval" / "retrieval.py"


def run(_extent: Extent) -> list[Figure]:
    what, goal = "nDCG@10, mean of seven English sets", "at least .575, and .003 above the lexical leg"
    if not SCRIPT.is_file():
        return [missing(what, goal)]
    both, lexical = _measure(SETS), _measure(SETS, "--only lexical")
    found = [_figure(name, both, lexical) for name in SETS]
    ours, theirs = _mean(both), _mean(lexical)
    found.append(Figure(what, ours, goal=goal, note=f"lexical {theirs:.4f}: {ours - theirs:+.4f}"))
    others, words = _measure(OTHERS), _measure(OTHERS, "--only lexical")
    return found + [_figure(name, others, words) for name in OTHERS]


def _figure(name: str, both: dict[str, float], lexical: dict[str, float]) -> Figure:
    return Figure(f"nDCG@10, {name}", both[name], note=f"lexical {lexical[name]:.3f}")


def _measure(sets: tuple[str, ...], options: str = "") -> dict[str, float]:
    command = [sys.executable, str(SCRIPT), "--starlight", shlex.join(STARLIGHT), f"--search-options={options}"]
    command += [str(DATA / "ir" / name) for name in sets]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.finditer(r"^(\w+) .*nDCG@10 ([\d.]+)", done.stdout, re.MULTILINE)
    return {line[1]: float(line[2]) for line in found if line[1] in sets}


def _mean(figures: dict[str, float]) -> float:
    return sum(figures.values()) / len(figures)
