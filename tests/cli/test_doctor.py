"""``starlight doctor``: what it says of a healthy folder, and of each thing that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.command import Done, starlight

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
    assert {"settings", "starlight", "apsw", "sqlite-vec", "model", "folder", "index", "languages"} <= levels.keys()
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
