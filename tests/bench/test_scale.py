"""The benchmarks at scale run from end to end on a small folder; what they measure is nobody's promise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.bench.footprint import PROC
from tests.bench.measure import REPOSITORY
from tests.parts import need

MEASURED = (
    "chunks", "index rate, cold process", "CPU time of all processes while indexing", "index size / text",
    "search in process, p50", "search through LSP, p95", "server memory after 100 searches",
    "plain pipeline: index rate", "index rate / plain pipeline's in the same run", "FTS5 alone: any of the words, p50",
    "saved until found by a second process, idle, p95", "server started, until a note written before is found",
)  # fmt: skip


@pytest.mark.timeout(400)  # some twenty processes, one after the other
def test_small_folder_is_measured_from_end_to_end(tmp_path):
    need("proc", (PROC / "self" / "smaps_rollup").exists(), "memory is read from /proc, which Linux has")
    (tmp_path / "corpus").symlink_to(REPOSITORY / "examples" / "notes")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "scale", "--sizes", "50KB", "--queries", "30"],
        cwd=REPOSITORY,
        env={**os.environ, "STARLIGHT_BENCH_DATA": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()[2:]]
    figures = {what.removesuffix(" (50 KB)"): _number(now) for what, _, now, _ in rows}
    assert [what for what in MEASURED if not figures[what]] == []
    assert 30 < figures["peak memory of all processes while indexing"] < 1_000, "a process with a model, in MB"
    assert 0.5 < figures["recall@10 of the vector leg"] <= 1


def _number(now: str) -> float | None:
    return None if now.startswith("not measured") else float(now.split()[0].replace(",", ""))
