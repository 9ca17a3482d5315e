"""``starlight map``: the page that it writes, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import starlight

NOTES = """
== tea.md ==
# Tea
Boil it as the [[kettle]] says.
== kettle.md ==
# Kettle
A kettle furs up where the water is hard.
"""


@pytest.fixture
def root(vault: Callable[..., Path]) -> Path:
    root = vault(NOTES)
    assert starlight("index", root).code == 0
    return root


def test_a_page_is_written_and_named(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "map.html"
    found = starlight("map", "--output", target, "--search", "kettle", "--json", cwd=root).json()
    assert found == {"root": str(root), "path": str(target), "notes": 2, "clusters": 0, "links": 1}
    assert '"query":"kettle"' in target.read_text(encoding="utf-8")


def test_without_a_place_it_lies_beside_the_index(root: Path) -> None:
    done = starlight("map", root)
    assert done.code == 0
    path = Path(done.out.strip())
    assert path.name == "map.html"
    assert not path.is_relative_to(root)
    assert path.is_file()


def test_among_the_notes_it_is_told(root: Path) -> None:
    done = starlight("map", "--output", root / "map.html", cwd=root)
    assert done.code == 0
    assert "lies among your notes" in done.err


def test_nothing_else_is_written_over(root: Path) -> None:
    starlight("map", "--output", root / "tea.md", cwd=root).failed_with("name a file that ends in .html")
