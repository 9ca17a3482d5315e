"""How soon the command line answers, and how soon the model is there."""

from __future__ import annotations

import sys

from tests.bench.measure import STARLIGHT, Extent, Figure, median, seconds


def run(_extent: Extent) -> list[Figure]:
    bare = median(lambda: seconds([sys.executable, "-c", "pass"]))
    imported = median(lambda: seconds([sys.executable, "-c", "import starlight.cli"]))
    helped = median(lambda: seconds([*STARLIGHT, "--help"]))
    return [
        Figure("`import starlight.cli`, whole process", imported, "s", "under 0.15 s", f"bare Python: {bare:.3f} s"),
        Figure("`starlight --help`", helped, "s", "under 0.15 s"),
    ]


def model(_extent: Extent) -> list[Figure]:
    program = (
        "import time, model2vec; from starlight.models import embedder; e = embedder.load(); t = time.perf_counter();"
        "e.embed(['ready']); print(time.perf_counter() - t)"
    )
    loaded = median(lambda: _printed(program))
    return [Figure("the default model: load and embed a first text, library imported", loaded, "s", "under 0.3 s")]


def _printed(program: str) -> float:
    import subprocess

    return float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)
