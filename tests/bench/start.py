"""How soon the command line answers, and how soon the model is there."""

from __future__ import annotations

import sys

from tests.bench.measure import STARLIGHT, Row, median, seconds


def run() -> list[Row]:
    bare = median(lambda: seconds([sys.executable, "-c", "pass"]))
    imported = median(lambda: seconds([sys.executable, "-c", "import starlight.cli"]))
    helped = median(lambda: seconds([*STARLIGHT, "--help"]))
    return [
        Row("`import starlight.cli`, whole process", "under 0.15 s", f"{imported:.3f} s (bare Python: {bare:.3f} s)"),
        Row("`starlight --help`", "under 0.15 s", f"{helped:.3f} s"),
    ]


def model() -> list[Row]:
    program = (
        "import time, model2vec; from starlight.models import embedder; e = embedder.load(); t = time.perf_counter();"
        "e.embed(['ready']); print(time.perf_counter() - t)"
    )
    loaded = median(lambda: _printed(program))
    return [Row("the default model: load and embed a first text, library imported", "under 0.3 s", f"{loaded:.3f} s")]


def _printed(program: str) -> float:
    import subprocess

    return float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)
