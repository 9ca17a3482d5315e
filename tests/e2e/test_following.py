"""The subscription of ``starlight/related``, and ``starlight.link``, under the capabilities of both editors."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import converters
from pytest_lsp import client_capabilities

from tests import vaults
from tests.e2e.client import Refused
from tests.e2e.vaults import make_big

NOTES = """
== tea.md ==
# Tea
Boil the water.
== kettle.md ==
# Kettle
A kettle furs up where the water is hard: vinegar takes the white crust off.
== garden/tomato.md ==
# Tomatoes
Brown spots on the lower leaves mean blight.
== garden/notes.md ==
# Garden notes
== kitchen/notes.md ==
# Kitchen notes
"""
TEXT = "# Tea\n\n😀 White crust in the kettle.\n\nBrown spots of blight.\n"
CRUST, SPOTS = {"line": 2, "character": 8}, {"line": 4, "character": 6}


@pytest.fixture(params=["visual_studio_code", "neovim"])
def editor(request) -> dict[str, Any]:
    found: dict[str, Any] = converters.get_converter().unstructure(client_capabilities(request.param))
    return found


@pytest.fixture
def root(tmp_path):
    return vaults.write(tmp_path / "notes", NOTES)


@pytest.fixture
def server(ready, root, editor):
    server = ready(root, capabilities=editor)
    server.open(root / "tea.md", TEXT)
    return server


def follow(server, path, **place):
    assert server.execute("starlight.follow", {"uri": path.as_uri(), "limit": 1, **place}) == {"following": True}


def change(server, path, text, version=2):
    document = {"uri": path.as_uri(), "version": version}
    server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})


def told(server):
    return server.of("starlight/related")


def wait_for(server, count, *paths, complete=True):
    """Wait until the client was told ``count`` times; the last time of these notes."""
    found = server.wait(f"it is told {count} times", lambda: len(told(server)) >= count and told(server))[count - 1]
    assert [hit["path"] for hit in found["hits"]] == list(paths)
    assert found["complete"] is complete
    return found


def settle(server, path, position):
    """Ask for what the subscription was asked for last: the answer comes after what that finds."""
    server.execute("starlight.related", {"uri": path.as_uri(), "position": position})


def test_follows_the_cursor(server, root):
    tea = root / "tea.md"
    follow(server, tea, position=CRUST)
    found = wait_for(server, 1, "kettle.md")
    assert found["uri"] == tea.as_uri()
    assert found["hits"][0]["uri"] == (root / "kettle.md").as_uri()
    assert found["hits"][0]["reasons"]
    follow(server, tea, position=SPOTS)
    wait_for(server, 2, "garden/tomato.md")


def test_says_nothing_while_it_is_the_same(server, root):
    tea = root / "tea.md"
    follow(server, tea, position=CRUST)
    wait_for(server, 1, "kettle.md")
    for character in (9, 10, 11):
        follow(server, tea, position={"line": 2, "character": character})
        settle(server, tea, CRUST)
    assert len(told(server)) == 1
    follow(server, tea, position=SPOTS)
    wait_for(server, 2, "garden/tomato.md")


def test_follows_unsaved_text(server, root):
    tea = root / "tea.md"
    follow(server, tea, position=CRUST)
    wait_for(server, 1, "kettle.md")
    change(server, tea, TEXT.replace("White crust in the kettle", "Brown spots, blight of tomatoes"))
    wait_for(server, 2, "garden/tomato.md")


def test_leaves_out_what_is_linked_by_now(server, root):
    tea = root / "tea.md"
    follow(server, tea, position=CRUST)
    wait_for(server, 1, "kettle.md")
    change(server, tea, TEXT.replace("kettle.", "[[kettle]]."))
    second = server.wait("it is told again", lambda: told(server)[1:])[0]
    assert "kettle.md" not in [hit["path"] for hit in second["hits"]]


def test_a_selection_and_other_folders(server, root):
    spots = {"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 22}}
    follow(server, root / "tea.md", range=spots, position=CRUST)
    wait_for(server, 1, "garden/tomato.md")
    server.open(root / "garden" / "new.md", "Brown spots of blight.\n")
    follow(server, root / "garden" / "new.md", position={"line": 0, "character": 3}, other_folders=True)
    other = server.wait("it is told of the other document", lambda: told(server)[1:])[0]
    assert other["uri"] == (root / "garden" / "new.md").as_uri()
    assert all(not hit["path"].startswith("garden/") for hit in other["hits"])


def test_what_ended_is_told_anew(server, root):
    tea = root / "tea.md"
    follow(server, tea, position=CRUST)
    wait_for(server, 1, "kettle.md")
    assert server.execute("starlight.unfollow") == {"following": False}
    settle(server, tea, CRUST)
    assert len(told(server)) == 1
    follow(server, tea, position=CRUST)
    wait_for(server, 2, "kettle.md")
    server.notify("textDocument/didClose", {"textDocument": {"uri": tea.as_uri()}})
    server.open(tea, TEXT, version=9)
    follow(server, tea, position=CRUST)
    wait_for(server, 3, "kettle.md")


def test_begins_before_there_is_an_index(serve, tmp_path, editor):
    root = make_big(tmp_path / "big")
    server = serve(root, capabilities=editor)
    note = root / "new.md"
    server.open(note, "The kettle of day 7 stood beside the harbour.\n")
    follow(server, note, position={"line": 0, "character": 5})
    last = server.wait(
        "the complete answer is told", lambda: [found for found in told(server) if found["complete"] and found["hits"]]
    )
    assert last[0]["hits"][0]["path"].startswith("note-")
    assert told(server)[0]["uri"] == note.as_uri()


def test_another_note_comes(server, root):
    """It is told of what others save, without a word from this client."""
    follow(server, root / "tea.md", position=CRUST)
    wait_for(server, 1, "kettle.md")
    vaults.write(root, "== crust.md ==\n# White crust\nWhite crust in the kettle: boil vinegar in the kettle.\n")
    server.notify("workspace/didCreateFiles", {"files": [{"uri": (root / "crust.md").as_uri()}]})
    wait_for(server, 2, "crust.md")


def test_the_folder_goes(server, root):
    follow(server, root / "tea.md", position=CRUST)
    wait_for(server, 1, "kettle.md")
    gone = {"added": [], "removed": [{"uri": root.as_uri(), "name": "notes"}]}
    server.notify("workspace/didChangeWorkspaceFolders", {"event": gone})
    wait_for(server, 2)


@pytest.mark.parametrize(
    "asked", [{}, {"uri": 3}, {"position": {"line": -1}}, {"range": 3}, {"limit": 0}, {"limit": "x"}]
)
def test_what_makes_no_sense_changes_nothing(ready, root, asked):
    server, tea = ready(root), root / "tea.md"
    server.open(tea, TEXT)
    follow(server, tea, position=CRUST)
    wait_for(server, 1, "kettle.md")
    with pytest.raises(Refused) as refused:
        server.execute("starlight.follow", {"uri": tea.as_uri(), **asked} if asked else {})
    assert refused.value.code == -32602
    change(server, tea, TEXT.replace("White crust in the kettle", "Brown spots, blight of tomatoes"))
    wait_for(server, 2, "garden/tomato.md")


def link(server, source, target):
    return server.execute("starlight.link", {"uri": source.as_uri(), "target": target.as_uri()})["text"]


def test_a_link_is_as_completed(server, root):
    """Its target is as short as it can be, and leads there from any note."""
    tea = root / "tea.md"
    assert link(server, tea, root / "kettle.md") == "[[kettle]]"
    assert link(server, tea, root / "garden" / "notes.md") == "[[garden/notes]]"
    assert link(server, root / "new.md", tea) == "[[tea]]"


def test_a_markdown_link(ready, root):
    server = ready(root, settings={"links": {"style": "markdown"}})
    made = link(server, root / "kitchen" / "notes.md", root / "garden" / "tomato.md")
    assert made == "[Tomatoes](../garden/tomato.md)"


def test_no_link_leads_there(server, root, tmp_path):
    tea = root / "tea.md"
    for target in (root / "nowhere.md", tmp_path / "elsewhere.md"):
        with pytest.raises(Refused) as refused:
            link(server, tea, target)
        assert refused.value.code == -32602
    with pytest.raises(Refused, match="another folder"):
        link(server, tmp_path / "elsewhere.md", tea)
