"""The second look at results, through a real server and its indexer: asked for, told, and done without."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from tests.conftest import without_refiner
from tests.e2e.client import Refused
from tests.parts import need

INVALID_PARAMS = -32602
KITCHEN = """
== tap.md ==
# Fixing a dripping tap
Close the stopcock, then replace the rubber washer.
== roof.md ==
# The roof
It wants paint before the winter comes.
== tea.md ==
# Tea
The kettle boils at a hundred degrees.
"""
BLOCKED = "import sys\nsys.modules['onnxruntime'] = None\n"
WITHOUT = {"search": {"refine": False}}
PATIENT = {"search": {"refine": True, "refineMilliseconds": 60_000}}


def _need_it() -> None:
    need("onnxruntime", importlib.util.find_spec("onnxruntime") is not None, "pip install onnxruntime")


@pytest.fixture(scope="module")
def kitchen(share):
    _need_it()
    return share(KITCHEN, settings=PATIENT)


def test_it_is_done_when_it_is_asked_for(kitchen):
    first = kitchen.search("how do I stop the faucet from leaking")
    second = kitchen.search("how do I stop the faucet from leaking", refine=True)
    assert (first["refined"], second["refined"]) == (False, True)
    assert second["hits"][0]["path"] == "tap.md"
    assert set(first["hits"][0]) == set(second["hits"][0])


def test_what_is_typed_is_looked_at_as_it_is_there(kitchen, module_home):
    path = module_home / "notes" / "tea.md"
    kitchen.open(path, "# Tea\nThe faucet leaks again, and the plumber knows how to stop it.\n")
    found = kitchen.search("how do I stop the faucet from leaking", refine=True)
    assert found["refined"]
    assert found["hits"][0]["path"] == "tea.md"
    kitchen.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})


def test_the_report_names_the_model(kitchen):
    assert "Second look at results: refiner-" in kitchen.execute("starlight.status")["report"]


def test_nonsense_is_refused(kitchen):
    with pytest.raises(Refused, match="`refine` must be true or false") as refused:
        kitchen.search("tea", refine="yes")
    assert refused.value.code == INVALID_PARAMS


def test_the_settings_can_do_without(ready, vault):
    server = ready(vault(KITCHEN), settings=WITHOUT)
    assert not server.search("tea", refine=True)["refined"]
    assert "Second look at results: off" in server.execute("starlight.status")["report"]


def test_without_onnx_runtime_everything_else_works(ready, vault, tmp_path: Path):
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(BLOCKED)
    paths = os.pathsep.join(filter(None, (str(tmp_path / "hook"), os.environ.get("PYTHONPATH"))))
    server = ready(vault(KITCHEN), settings=PATIENT, environment={"PYTHONPATH": paths})
    found = server.search("how do I stop the faucet from leaking", refine=True)
    assert not found["refined"]
    assert found["hits"][0]["path"] == "tap.md"
    assert "ONNX Runtime is not installed" in server.execute("starlight.status")["report"]


def test_the_tests_do_without_it_unless_they_say_so(xdg_home):
    """The control: else each of them would start its process."""
    assert "refine = false" in (xdg_home / "config" / "starlight" / "config.toml").read_text()
    assert without_refiner(xdg_home / "other").exists()
