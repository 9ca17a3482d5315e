"""The benchmarks at scale run from end to end on a small folder; what they measure is nobody's promise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.bench.footprint import PROC
from tests.bench.measure import REPOSITORY
from tests.parts import need


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    need("proc", (PROC / "self" / "smaps_rollup").exists(), "memory is read from /proc, which Linux has")
    data = tmp_path_factory.mktemp("data")
    (data / "corpus").symlink_to(REPOSITORY / "examples" / "notes")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "scale", "--sizes", "50KB", "--queries", "30"],
        cwd=REPOSITORY,
        env={**os.environ, "STARLIGHT_BENCH_DATA": str(data), "XDG_CACHE_HOME": str(data / "cache")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()[2:]]
    return {what: now for what, _, now, _ in rows}


@pytest.mark.parametrize(
    "what",
    [
        "chunks", "index rate, cold process", "CPU time of all processes while indexing", "index size / text",
        "peak memory of all processes while indexing", "search in process, p50", "search through LSP, p95",
        "server memory after 100 searches", "plain pipeline: index rate", "FTS5 alone: any of the words, p50",
        "recall@10 of the vector leg", "saved until found by a second process, idle, p95",
        "server started, until a note written before is found",
    ],
)  # fmt: skip
def test_figure_is_measured(printed, what):
    assert float(printed[f"{what} (50 KB)"].split()[0].replace(",", "")) > 0


def test_memory_is_that_of_a_process_with_a_model(printed):
    megabytes = float(printed["peak memory of all processes while indexing (50 KB)"].split()[0])
    assert 30 < megabytes < 1_000


def test_recall_is_a_share(printed):
    assert 0.5 < float(printed["recall@10 of the vector leg (50 KB)"].split()[0]) <= 1
