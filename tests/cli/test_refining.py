"""The second look at results on the command line: the default, the way to do without, and batches."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import starlight
from tests.parts import need

NOTES = """
== tap.md ==
# Fixing a dripping tap
Close the stopcock, then replace the rubber washer.
== roof.md ==
# The roof
It wants paint before the winter comes.
"""


@pytest.fixture
def root(vault: Callable[..., Path], xdg_home: Path) -> Path:
    need("onnxruntime", importlib.util.find_spec("onnxruntime") is not None, "pip install onnxruntime")
    settings = xdg_home / "config" / "starlight" / "config.toml"
    settings.write_text("[search]\nrefineMilliseconds = 60000\n")
    return vault(NOTES)


def test_a_search_is_refined_unless_it_shall_not_be(root):
    assert starlight("search", "--root", root, "leaking faucet", "--json").json()["refined"] is True
    assert starlight("search", "--root", root, "leaking faucet", "--json", "--no-refine").json()["refined"] is False
    assert starlight("search", "--root", root, "tap", "--json", "--only", "lexical").json()["refined"] is False


def test_a_batch_waits_for_all_of_it(root, xdg_home):
    settings = xdg_home / "config" / "starlight" / "config.toml"
    settings.write_text("[search]\nrefineMilliseconds = 1\n")
    done = starlight("search", "--root", root, "--queries", "-", "--json", stdin=b"leaking faucet\npaint\n")
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [(answer["hits"][0]["path"], answer["refined"]) for answer in answers] == [
        ("tap.md", True),
        ("roof.md", True),
    ]


def test_what_was_made_is_kept_beside_the_index(root, xdg_home):
    starlight("search", "--root", root, "leaking faucet")
    (kept,) = (xdg_home / "cache").rglob("cache-*.db")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "Second look at results: refiner-" in starlight("status", root).out


def test_without_onnx_runtime_the_first_results_are_the_results(root, tmp_path, monkeypatch):
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text("import sys\nsys.modules['onnxruntime'] = None\n")
    paths = filter(None, (str(tmp_path / "hook"), os.environ.get("PYTHONPATH")))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    found = starlight("search", "--root", root, "leaking faucet", "--json")
    assert found.json()["hits"][0]["path"] == "tap.md"
    assert found.json()["refined"] is False
    assert "onnxruntime" not in found.err.lower()
    assert "ONNX Runtime is not installed" in starlight("status", root).out
