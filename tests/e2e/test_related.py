"""``starlight.related`` as editors ask for it."""

from __future__ import annotations

import pytest

from tests import vaults
from tests.e2e.client import Refused

NOTES = """
== tea.md ==
# Tea
Boil the water.
== kettle.md ==
# Kettle
A kettle furs up where the water is hard: vinegar takes the white crust off.
== tomato.md ==
# Tomatoes
Brown spots on the lower leaves mean blight.
"""


@pytest.fixture
def server(ready, tmp_path):
    return ready(vaults.write(tmp_path / "notes", NOTES))


@pytest.fixture
def tea(tmp_path):
    return tmp_path / "notes" / "tea.md"


def related(server, **asked):
    return server.execute("starlight.related", asked)


def test_unsaved_paragraph(server, tea):
    server.open(tea, "# Tea\n\nWhite crust in the kettle.\n\nBrown spots of blight.\n")
    first, second = (
        related(server, uri=tea.as_uri(), position={"line": line, "character": 3}, limit=1) for line in (2, 4)
    )
    assert first["complete"] is True
    assert [hit["path"] for hit in first["hits"]] == ["kettle.md"]
    assert first["hits"][0]["uri"] == (tea.parent / "kettle.md").as_uri()
    assert first["hits"][0]["reasons"]
    assert [hit["path"] for hit in second["hits"]] == ["tomato.md"]


def test_a_note_that_is_not_open(server, tea):
    """It is read from the disk."""
    found = related(server, uri=(tea.parent / "kettle.md").as_uri(), position={"line": 1, "character": 0})
    assert found["hits"]
    assert "kettle.md" not in [hit["path"] for hit in found["hits"]]


def test_untitled_and_text(server):
    found = related(server, uri="untitled:1", text="white crust and vinegar", limit=1)
    assert [hit["path"] for hit in found["hits"]] == ["kettle.md"]


def test_outside_of_every_folder(server, tmp_path):
    assert related(server, uri=(tmp_path / "x.md").as_uri(), text="water")["hits"] == []


def test_a_position_outside_of_the_text(server, tea):
    assert related(server, uri=tea.as_uri(), position={"line": 900, "character": 900})["hits"]


@pytest.mark.parametrize(
    "asked",
    [{}, {"uri": 3}, {"uri": "tea", "limit": "x", "text": "a"}, {"position": {"line": -1}}, {"range": 3}, {"limit": 0}],
)
def test_what_makes_no_sense(server, tea, asked):
    if asked and "uri" not in asked:
        asked = {"uri": tea.as_uri(), **asked}
    if asked.get("uri") == "tea":
        asked = {**asked, "uri": tea.as_uri()}
    with pytest.raises(Refused) as refused:
        related(server, **asked)
    assert refused.value.code == -32602
