"""Code lenses and inlay hints, as an editor asks for them."""

from __future__ import annotations

import pytest

from tests.e2e.client import CAPABILITIES, Refused
from tests.e2e.test_navigation import at

NOTES = """
== 202401.md ==
# Green tea

Pour water of eighty degrees on the leaves.

## Second brew

A minute less.
== day.md ==
Pour water of eighty degrees on the leaves. [[202401]] 😀 [[202401#Second brew]]
"""
CAN_REFRESH = {**CAPABILITIES, "workspace": {"configuration": True, "codeLens": {"refreshSupport": True}}}


@pytest.fixture
def root(vault):
    return vault(NOTES)


def document(path) -> dict:
    return {"textDocument": {"uri": path.as_uri()}}


def test_off_by_default(ready, root):
    server = ready(root)
    server.open(root / "day.md", (root / "day.md").read_text())
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    assert server.request("textDocument/codeLens", document(root / "day.md")) == []
    assert server.request("textDocument/inlayHint", {**document(root / "day.md"), "range": whole}) == []


def test_code_lenses(ready, root):
    path = root / "202401.md"
    server = ready(root, settings={"codeLens": {"counts": True}}, capabilities=CAN_REFRESH)
    server.open(path, path.read_text())
    lenses = server.request("textDocument/codeLens", document(path))
    assert [each["range"]["start"]["line"] for each in lenses] == [0, 0, 4, 4]
    assert not any("command" in each for each in lenses)
    commands = [server.request("codeLens/resolve", each)["command"] for each in lenses]
    titles = ["2 backlinks", "1 related note", "1 backlink", "1 related note"]
    assert [each["title"] for each in commands] == titles
    assert [each["command"] for each in commands] == ["starlight.showReferences", "starlight.showRelated"] * 2
    uri, position, locations = commands[0]["arguments"]
    assert (uri, position) == (path.as_uri(), {"line": 0, "character": 0})
    assert [each["uri"] for each in locations] == [(root / "day.md").as_uri()] * 2
    server.wait("the client is asked to ask again", lambda: server.of("workspace/codeLens/refresh") or None)
    text = path.read_text() + "more"
    moved = {"textDocument": {"uri": path.as_uri(), "version": 2}, "contentChanges": [{"text": text}]}
    server.notify("textDocument/didChange", moved)
    with pytest.raises(Refused, match="changed meanwhile"):
        server.request("codeLens/resolve", lenses[0])
    odd = {"range": lenses[0]["range"], "data": {"uri": 3}}
    assert server.request("codeLens/resolve", odd)["data"] == odd["data"]


def test_related_notes_are_counted_of_what_is_written(ready, root):
    server = ready(root, settings={"codeLens": {"counts": True}})
    path, text = root / "new.md", "# New\n\nPour water of eighty degrees on the leaves.\n"
    server.open(path, text)
    backlinks, lens = server.request("textDocument/codeLens", document(path))
    assert server.request("codeLens/resolve", backlinks)["command"] == {"title": "0 backlinks", "command": ""}
    command = server.request("codeLens/resolve", lens)["command"]
    assert command == {
        "title": "2 related notes", "command": "starlight.showRelated",
        "arguments": [path.as_uri(), {"line": 0, "character": 0}],
    }  # fmt: skip


def test_titles_behind_links(ready, root):
    server = ready(root, settings={"inlayHints": {"titles": True}})
    text = (root / "day.md").read_text()
    server.open(root / "day.md", text)
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    hints = server.request("textDocument/inlayHint", {**document(root / "day.md"), "range": whole})
    assert [each["label"] for each in hints] == ["Green tea", "Green tea"]
    assert hints[0]["position"] == at(text, "[[202401]]", inside=10)
