"""``textDocument/completion`` as editors ask for it: after ``[[``, in every unit of positions, on unsaved text."""

from __future__ import annotations

from typing import Any

import pytest

from tests import vaults
from tests.e2e.client import CAPABILITIES

NOTES = """
== index.md ==
# Index
== tea.md ==
---
aliases: [Brewed leaves]
tags: [drinks]
---
# Tea

Boil the water first.
== kitchen/limescale.md ==
# Limescale
White crust from hard water.
"""
UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
SIZES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


def of(units: str) -> dict[str, Any]:
    return {**CAPABILITIES, "general": {"positionEncodings": [units]}}


def complete(server, uri: str, text: str, units: str = "utf-16", version: int = 1) -> dict[str, Any]:
    """Open a document with ``text``, in which ``¦`` is the cursor, and complete there."""
    at = text.index("¦")
    text = text.replace("¦", "")
    line = text.count("\n", 0, at)
    before = text[text.rfind("\n", 0, at) + 1 : at]
    character = len(before.encode(UNITS[units])) // SIZES[units]
    document = {"uri": uri, "languageId": "markdown", "version": version, "text": text}
    server.notify("textDocument/didOpen", {"textDocument": document})
    found = ask(server, uri, line, character)
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return found


def ask(server, uri: str, line: int, character: int) -> dict[str, Any]:
    return server.request("textDocument/completion", {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
        "context": {"triggerKind": 2, "triggerCharacter": "["},
    })  # fmt: skip


def applied(text: str, item: dict[str, Any], units: str) -> str:
    """Return the line ``text`` as the item's edit leaves it."""
    data = text.encode(UNITS[units])
    span = item["textEdit"]["range"]
    start, end = (SIZES[units] * span[side]["character"] for side in ("start", "end"))
    return (data[:start] + item["textEdit"]["newText"].encode(UNITS[units]) + data[end:]).decode(UNITS[units])


@pytest.fixture(params=UNITS)
def units(request):
    return request.param


@pytest.fixture
def notes(tmp_path):
    return vaults.write(tmp_path / "notes", NOTES)


@pytest.mark.parametrize("closing", ["", "]]", "]"])
def test_after_two_brackets(ready, notes, units, closing):
    server = ready(notes, capabilities=of(units))
    line = f"😀é White crust in hard water [[¦{closing}"
    found = complete(server, (notes / "index.md").as_uri(), f"# Unsaved\r\n\r\n{line}", units)
    assert found["isIncomplete"] is True
    first = found["items"][0]
    assert first["data"]["path"] == "kitchen/limescale.md"
    assert applied(line.replace("¦", ""), first, units) == "😀é White crust in hard water [[limescale]]"
    orders = [item["sortText"] for item in found["items"]]
    assert orders == sorted(orders)
    assert len({len(order) for order in orders}) == 1
    assert first["detail"]


def test_typed_text_is_covered(ready, notes):
    server = ready(notes)
    found = complete(server, (notes / "index.md").as_uri(), "see [[brew¦]]")["items"][0]
    assert found["filterText"].startswith("brew")
    assert applied("see [[brew]]", found, "utf-16") == "see [[tea|Brewed leaves]]"


def test_what_it_leads_to_is_told_later(ready, notes):
    server = ready(notes)
    item = complete(server, (notes / "index.md").as_uri(), "see [[tea¦")["items"][0]
    assert "documentation" not in item
    told = server.request("completionItem/resolve", item)
    assert told["documentation"]["value"].startswith("**Tea**\n\n`tea.md` · `#drinks`")
    assert "Boil the water first." in told["documentation"]["value"]


def test_untitled_documents(ready, notes):
    server = ready(notes)
    found = complete(server, "untitled:Untitled-1", "White crust in hard water [[¦")
    assert found["items"][0]["data"]["path"] == "kitchen/limescale.md"


def test_documents_outside(ready, notes, tmp_path):
    server = ready(notes)
    assert complete(server, (tmp_path / "other.md").as_uri(), "[[¦")["items"] == []


def test_positions_outside(ready, notes):
    server = ready(notes)
    uri = (notes / "index.md").as_uri()
    server.open(notes / "index.md", "[[te")
    assert ask(server, uri, 0, 4_000)["items"][0]["data"]["path"] == "tea.md"
    assert ask(server, uri, 900, 3)["items"][0]["data"]["path"] == "tea.md"  # the end of the text
    assert ask(server, (notes / "tea.md").as_uri(), 0, 0)["items"] == []  # it is not open


def test_each_folder_has_its_notes(ready, notes, tmp_path):
    other = vaults.write(tmp_path / "other", "== juniper.md ==\n# Juniper\n")
    server = ready(notes, other)
    assert [item["data"]["path"] for item in complete(server, (other / "x.md").as_uri(), "[[jun¦")["items"]] == [
        "juniper.md"
    ]
    assert complete(server, (notes / "x.md").as_uri(), "[[jun¦")["items"] == []


def test_markdown_style(ready, notes):
    server = ready(notes, settings={"links": {"style": "markdown"}})
    item = complete(server, (notes / "index.md").as_uri(), "see [[lime¦]]")["items"][0]
    assert applied("see [[lime]]", item, "utf-16") == "see [[[Limescale](kitchen/limescale.md)"
    (more,) = item["additionalTextEdits"]
    assert more["newText"] == ""
    assert (more["range"]["start"]["character"], more["range"]["end"]["character"]) == (4, 6)


def test_a_style_that_is_none(ready, notes):
    server = ready(notes, settings={"links": {"style": "html"}})
    warned = server.wait("a warning", lambda: server.of("window/showMessage"))
    assert "must be one of auto, wiki, markdown" in warned[0]["message"]


def test_an_item_that_is_not_ours(ready, notes, tmp_path):
    (tmp_path / "outside.md").write_text("# Outside\n")
    server = ready(notes)
    for data in (None, "x", {"root": "/nowhere", "path": "a.md"}, {"root": str(notes), "path": "../outside.md"}):
        told = server.request("completionItem/resolve", {"label": "x", **({"data": data} if data else {})})
        assert "documentation" not in told
