"""The page of the map in a real browser, and its scripts by the rules of TypeScript."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.editors.vscode.code_server import CHROMIUM, NODE, PLAYWRIGHT, present
from tests.parts import need

from starlight.engine.map import MapNote, NoteMap
from starlight.engine.map_html import Found, page

pytestmark = [pytest.mark.editors, pytest.mark.timeout(300)]

HERE = Path(__file__).parent / "map"
EXTENSION = Path(__file__).parents[2] / "editors" / "vscode"

NOTES = (
    MapNote("cafe.md", "Café", ("drinks",), "", 0.8, 0.2, -1),
    MapNote("kettle.md", "Kettle", (), "Scale and vinegar", 0.2, 0.3, 0),
    MapNote("odd/<b>.md", "<img src=x onerror=alert(1)></script><b>", (), "", 0.5, 0.6, 0),
    MapNote("tea.md", "Tea", ("drinks", "it's & <so>"), "", 0.4, 0.1, 0),
)


def test_page(tmp_path: Path) -> None:
    need("editors", present(), "run scripts/install_vscode.sh")
    note_map = NoteMap(tmp_path, NOTES, ("kettle, tea",), ((1, 3),), ((0, 3),))
    pages = {
        "page": page(note_map),
        "found": page(note_map, "vscode", Found("hot drink", ("tea.md", "cafe.md", "gone.md"))),
        "empty": page(NoteMap(tmp_path, (), (), (), ())),
    }
    for name, content in pages.items():
        (tmp_path / f"{name}.html").write_text(content, encoding="utf-8")
    environment = {**os.environ, "PLAYWRIGHT": str(PLAYWRIGHT), "CHROMIUM": str(CHROMIUM)}
    command = [str(NODE), str(HERE / "page.mjs"), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_scripts_have_the_types_that_they_say() -> None:
    compiler = EXTENSION / "node_modules" / "typescript" / "lib" / "tsc.js"
    need("editors", NODE.exists() and compiler.exists(), "run scripts/build_vscode.sh")
    command = [str(NODE), str(compiler), "--noEmit", "-p", str(HERE / "tsconfig.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
