"""``starlight graph``: what it prints, for people and for programs."""

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
== lonely.md ==
# Lonely
"""


@pytest.fixture
def root(vault: Callable[..., Path]) -> Path:
    root = vault(NOTES)
    assert starlight("index", root).code == 0
    return root


def test_a_way_with_the_lines_that_it_rests_on(root: Path) -> None:
    assert starlight("graph", "kettle.md", "--to", "Tea", cwd=root).out == (
        "Kettle  kettle.md\n  linked\n    tea.md:2  Boil it as the [[kettle]] says.\nTea  tea.md\n"
    )
    assert starlight("graph", "tea", "--to", "lonely", cwd=root).out == "Nothing connects Tea and Lonely\n"
    found = starlight("graph", "tea", "--to", "kettle", "--json", cwd=root).json()
    assert [step["kind"] for step in found["steps"]] == ["link"]


def test_lists(root: Path) -> None:
    assert starlight("graph", "tea.md", cwd=root).out == "Tea  tea.md\n  Kettle  kettle.md  (linked)\n"
    assert starlight("graph", "--orphans", cwd=root).out == "Lonely  lonely.md\n1 notes without a link\n"
    assert starlight("graph", "--clusters", cwd=root).out.endswith("\n1 notes belong to none\n")
    assert "linked from 1 notes, links to 0" in starlight("graph", "--hubs", cwd=root).out
    assert starlight("graph", "--bridges", cwd=root).out == ""


def test_bad_input(root: Path) -> None:
    starlight("graph", cwd=root).failed_with("say which NOTE")
    starlight("graph", "tea", "--hubs", cwd=root).failed_with("leave NOTE and --to out")
    starlight("graph", "nosuch", cwd=root).failed_with("nosuch: no such note is indexed")
    starlight("graph", "tea", "--depth", "99", cwd=root).failed_with("from 1 to 6")
