"""The corpora of the benchmarks: the same ones every time, of the size asked for, and still Markdown."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.measure import REPOSITORY

EXAMPLES = REPOSITORY / "examples" / "notes"
SCRIPT = REPOSITORY / "scripts" / "make_corpus.py"


def made(cache: Path, size: str, *options: str) -> tuple[dict, dict[str, bytes]]:
    """What the script says, and the files that it made."""
    done = subprocess.run(
        [sys.executable, SCRIPT, size, "--source", EXAMPLES, *options],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    said = json.loads(done.stdout)
    folder = Path(said["folder"])
    assert folder.is_relative_to(cache)
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return said, {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def source() -> dict[str, bytes]:
    return {path.relative_to(EXAMPLES).as_posix(): path.read_bytes() for path in EXAMPLES.rglob("*") if path.is_file()}


@pytest.mark.parametrize("size", ["20KB", "all", "400KB"])
def test_corpus_is_the_same_every_time(tmp_path, size):
    said, files = made(tmp_path / "one", size)
    assert made(tmp_path / "two", size)[1] == files
    notes = [data for path, data in files.items() if path.endswith(".md")]
    assert said["files"] == len(notes)
    assert said["bytes"] == sum(map(len, notes))
    assert said["characters"] == sum(len(data.decode()) for data in notes)


def test_smaller_corpus_is_a_sample_of_whole_files(tmp_path):
    said, files = made(tmp_path, "20KB")
    assert 15_000 < said["bytes"] <= 20_000
    assert files.items() < source().items()


def test_another_seed_is_another_sample(tmp_path):
    assert made(tmp_path, "20KB")[1].keys() != made(tmp_path, "20KB", "--seed", "2")[1].keys()


def test_larger_corpus_is_the_source_and_varied_copies(tmp_path):
    said, files = made(tmp_path, "400KB")
    assert 360_000 < said["bytes"] < 460_000
    assert source().items() < files.items()
    copies = {path: data for path, data in files.items() if path.startswith("copy")}
    known = {line for data in source().values() for line in data.splitlines() if len(line) > 60}
    lines = [line for data in copies.values() for line in data.splitlines() if len(line) > 60]
    assert sum(line in known for line in lines) < 0.02 * len(lines)


def test_copy_keeps_headings_fences_and_front_matter(tmp_path):
    _, files = made(tmp_path, "400KB")
    originals = source()
    for path, data in files.items():
        folder, _, rest = path.partition("/")
        if folder.startswith("copy"):
            assert _shape(data) == _shape(originals[rest]), path


def _shape(data: bytes) -> tuple[list[bytes], list[bytes], int]:
    front = re.findall(rb"\A---\n.*?\n---\n", data, re.DOTALL)
    return front, re.findall(rb"^(?:#{1,6} |[`~]{3,}.*$)", data, re.MULTILINE), len(data.split(b"\n\n"))


def test_corpus_without_a_source_says_what_to_do(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "STARLIGHT_BENCH_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, SCRIPT, "1MB"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "--source" in done.stderr
