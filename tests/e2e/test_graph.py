"""``starlight.graph`` as editors ask for it."""

from __future__ import annotations

import pytest

from tests import vaults
from tests.e2e.client import Refused

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
def server(ready, tmp_path):
    return ready(vaults.write(tmp_path / "notes", NOTES))


@pytest.fixture
def tea(tmp_path):
    return tmp_path / "notes" / "tea.md"


def graph(server, **asked):
    return server.execute("starlight.graph", asked)


def test_how_two_notes_are_connected(server, tea):
    kettle = tea.with_name("kettle.md").as_uri()
    for to in (kettle, "kettle.md", "Kettle"):
        found = graph(server, what="path", uri=tea.as_uri(), to=to)
        assert (found["connected"], found["meaning"], found["to"]["uri"]) == (True, True, kettle)
        [step] = found["steps"]
        assert (step["to"], step["uri"], step["kind"]) == ("kettle.md", kettle, "link")
        [ground] = step["evidence"]
        assert (ground["first"], ground["uri"]) == (2, tea.as_uri())


def test_unsaved_links_count(server, tea):
    lonely = tea.with_name("lonely.md")
    server.open(lonely, "# Lonely\n[[tea]]\n")
    found = graph(server, what="path", uri=lonely.as_uri(), to="kettle")
    assert [step["to"] for step in found["steps"]] == ["tea.md", "kettle.md"]


def test_lists_need_no_note(server):
    assert [each["path"] for each in graph(server, what="orphans")["orphans"]] == ["lonely.md"]
    assert graph(server, what="clusters")["clusters"][0]["size"] == 2


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"what": "friends"}, "`what` must be one of"),
        ({"what": "neighbours"}, "say which note"),
        ({"what": "path", "uri": "file:///elsewhere/a.md", "to": "b"}, "`uri` must be the URI of a note"),
        ({"what": "hubs", "depth": "deep"}, "`depth` must be a whole number"),
    ],
)
def test_what_makes_no_sense_is_refused(server, asked, message):
    with pytest.raises(Refused, match=message):
        graph(server, **asked)
