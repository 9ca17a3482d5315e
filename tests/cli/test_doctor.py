"""``starlight doctor``: what it says of a healthy folder, and of each thing that is wrong."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.models.refiner import DEFAULT_REFINER, FILES
from tests.cli.command import Done, starlight
from tests.parts import need

NOTES = """== tea.md ==
# Tea

Boil the water and let the leaves stand for three minutes, not longer, or the tea turns bitter.
"""


def _found(done: Done, subject: str) -> dict[str, str]:
    findings: list[dict[str, str]] = done.json()["findings"]
    return next(finding for finding in findings if finding["subject"] == subject)


def test_a_healthy_folder(vault: Callable[..., Path]) -> None:
    root = vault(NOTES)
    starlight("index", root)
    done = starlight("doctor", root, "--json")
    assert done.code == 0
    assert done.json()["root"] == str(root.resolve())
    levels = {finding["subject"]: finding["level"] for finding in done.json()["findings"]}
    assert set(levels.values()) <= {"ok", "note"}, levels
    assert {
        "settings",
        "starlight",
        "apsw",
        "sqlite-vec",
        "model",
        "folder",
        "index",
        "languages",
        "refiner",
    } <= levels.keys()
    assert _found(done, "index")["message"].startswith("1 notes, 1 passages")
    assert _found(done, "chat model")["level"] == "note"
    out = starlight("doctor", root).out
    assert "ok       languages: the model knows the words of 100% of a sample of the text\n" in out


def test_nothing_indexed_yet(vault: Callable[..., Path]) -> None:
    done = starlight("doctor", vault(NOTES), "--json")
    index = _found(done, "index")
    assert (done.code, index["level"], index["message"]) == (0, "warning", "not made yet")
    assert "starlight index" in index["advice"]


def test_files_that_cannot_be_indexed(vault: Callable[..., Path]) -> None:
    root = vault(NOTES)
    (root / "binary.md").write_bytes(b"\0\1")
    starlight("index", root)
    found = _found(starlight("doctor", root, "--json"), "not indexed")
    assert found["message"].startswith("binary.md: ")
    assert "index.exclude" in found["advice"]


def test_a_language_that_the_model_does_not_know(vault: Callable[..., Path]) -> None:
    root = vault(
        "== چای.md ==\n# چای\n\nآب را بجوشانید و برگ‌ها را سه دقیقه در آن بگذارید، نه بیشتر، وگرنه چای تلخ می‌شود.\n"
    )
    starlight("index", root)
    found = _found(starlight("doctor", root, "--json"), "languages")
    assert found["level"] == "note"
    assert "100% of a sample of the text (Arabic letters 100%)" in found["message"]
    assert "hf download minishlab/potion-multilingual-128M" in found["advice"]
    assert "model.path" in found["advice"]


def test_settings_with_faults(vault: Callable[..., Path], xdg_home: Path) -> None:
    file = xdg_home / "config" / "starlight" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('[model]\npath = "/nowhere"\n[search]\nlimit = 0\n')
    done = starlight("doctor", vault(NOTES), "--json")
    messages = [finding["message"] for finding in done.json()["findings"] if finding["subject"] == "settings"]
    assert any("search.limit" in message and "at least 1" in message for message in messages)
    assert any("/nowhere" in message and "the model that ships is used" in message for message in messages)


@pytest.fixture
def without_onnxruntime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation for a machine that ONNX Runtime has no wheel for."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "from importlib import metadata\n"
        "sys.modules['onnxruntime'] = None\n"
        "found = metadata.version\n"
        "def version(name):\n"
        "    if name == 'onnxruntime':\n"
        "        raise metadata.PackageNotFoundError(name)\n"
        "    return found(name)\n"
        "metadata.version = version\n"
    )
    paths = filter(None, (str(tmp_path), os.environ.get("PYTHONPATH")))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


@pytest.mark.usefixtures("without_onnxruntime")
def test_a_machine_without_onnx_runtime_is_healthy(vault: Callable[..., Path], xdg_home: Path) -> None:
    (xdg_home / "config" / "starlight" / "config.toml").write_text("")
    root = vault(NOTES)
    starlight("index", root)
    done = starlight("doctor", root, "--json")
    assert done.code == 0
    assert _found(done, "onnxruntime")["level"] == "note"
    assert _found(done, "refiner")["level"] == "note"
    assert "pip install onnxruntime" in _found(done, "refiner")["message"]


def test_a_refiner_that_cannot_be_used(vault: Callable[..., Path], tmp_path: Path, xdg_home: Path) -> None:
    need("onnxruntime", importlib.util.find_spec("onnxruntime") is not None, "pip install onnxruntime")
    for name in FILES:
        (tmp_path / name).write_bytes((DEFAULT_REFINER / name).read_bytes()[:1_000])
    file = xdg_home / "config" / "starlight" / "config.toml"
    file.write_text(f"[search]\nrefiner = '{tmp_path}'\n")
    found = _found(starlight("doctor", vault(NOTES), "--json"), "refiner")
    assert found["level"] == "warning"
    assert "the refiner cannot be loaded" in found["message"]
    assert "search.refiner" in found["advice"]
    file.write_text("[search]\nrefine = false\n")
    assert _found(starlight("doctor", vault(NOTES), "--json"), "refiner")["level"] == "ok"
