"""``make run`` on a fresh clone: how long a new user waits for the first answer."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.measure import REPOSITORY, Extent, Figure, isolated


def run(_extent: Extent) -> list[Figure]:
    with isolated() as environment, tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "starlight"
        subprocess.run(["git", "clone", "-q", str(REPOSITORY), str(clone)], check=True, capture_output=True)
        # The packages are cached: pip's own cache stays the user's.
        environment["PIP_CACHE_DIR"] = os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
        started = time.perf_counter()
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        with process:
            first = next((time.perf_counter() - started for line in process.stdout if ".md:" in line), None)
    return [Figure("`make run` on a fresh clone, packages cached, to the first answer", first, "s", "under 30 s")]
