"""Following links, finding what speaks of a note, renaming and mending, as an editor asks for it.

Under the capabilities that VS Code and Neovim were recorded with, in every unit that positions can have.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import converters
from pytest_lsp import client_capabilities

from tests import vaults
from tests.e2e.client import CAPABILITIES, Refused, Server
from tests.waiting import wait_until

NOTES = """
== tea.md ==
---
aliases: [chai]
tags: [drink]
---
# Tea

Boil the water.

## Green tea

Cooler, 😀.
== day.md ==
# Day

😀\t[[tea]] and [[chai#Green tea|x]]\r
see [x](tea.md#green-tea) #drink `[[tea]]` 茶 [[nope]]
== sub/tea pot.md ==
[up](../day.md) [[tee]] tea is hot
== sub/a/same.md ==
# Same
== sub/b/same.md ==
# Same
"""


def recorded(client: str) -> dict[str, Any]:
    return converters.get_converter().unstructure(client_capabilities(client))


@pytest.fixture(params=["visual_studio_code", "neovim"], scope="module")
def server(request, module_home: Path):
    root = vaults.write(module_home / "notes", NOTES)
    server = Server()
    server.units = server.initialize(root, capabilities=recorded(request.param))["positionEncoding"]
    server.wait_state("ready")
    yield server
    assert server.close() == 0
    assert server.stray == b""


@pytest.fixture
def root(module_home: Path) -> Path:
    return module_home / "notes"


def at(text: str, marked: str, units: str = "utf-16", inside: int = 2) -> dict[str, int]:
    """The position ``inside`` characters into the first ``marked``."""
    before = text[: text.index(marked) + inside]
    line = before.rpartition("\n")[2]
    width = {"utf-8": len(line.encode()), "utf-16": len(line.encode("utf-16-le")) // 2, "utf-32": len(line)}[units]
    return {"line": before.count("\n"), "character": width}


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


def ask(server: Server, method: str, path: Path, marked: str, text: str = "", **more: object) -> Any:
    position = at(text or text_of(path), marked, server.units)
    return server.request(
        f"textDocument/{method}", {"textDocument": {"uri": path.as_uri()}, "position": position, **more}
    )


def covered(server: Server, location: dict[str, Any]) -> str:
    """What a location covers."""
    from urllib.parse import unquote, urlparse

    path = Path(unquote(urlparse(location.get("uri") or location["targetUri"]).path))
    span = location.get("range") or location["targetRange"]
    lines = text_of(path).split("\n")
    start, end = span["start"], span["end"]
    name, width = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[server.units]
    line = lines[start["line"]].encode(name)
    return f"{path.name}: {line[width * start['character'] : width * end['character']].decode(name)}"


def test_definition(server, root):
    def lead(marked: str) -> Any:
        found = ask(server, "definition", root / "day.md", marked)
        return covered(server, found[0] if isinstance(found, list) else found) if found else None

    assert lead("[[tea]]") == "tea.md: "
    assert lead("[[chai") == "tea.md: ## Green tea"
    assert lead("[x](") == "tea.md: ## Green tea"
    assert lead("`[[tea") is None
    assert lead("[[nope") is None


def test_references(server, root):
    def found(path: Path, marked: str) -> list[str]:
        places = ask(server, "references", path, marked, context={"includeDeclaration": False})
        return [covered(server, place) for place in places]

    to_green = ["day.md: [[chai#Green tea|x]]", "day.md: [x](tea.md#green-tea)"]
    assert found(root / "tea.md", "Boil") == ["day.md: [[tea]]", *to_green]
    assert found(root / "tea.md", "Green") == to_green
    assert found(root / "day.md", "#drink") == ["day.md: drink", "tea.md: drink"]


def test_backlinks_and_mentions(server, root):
    found = server.execute("starlight.backlinks", {"uri": (root / "tea.md").as_uri()})
    assert (found["title"], found["total"]) == ("Tea", 3)
    assert [(each["path"], each["line"]) for each in found["backlinks"]] == [
        ("day.md", 3),
        ("day.md", 3),
        ("day.md", 4),
    ]
    assert [(each["path"], each["context"]) for each in found["mentions"]] == [
        ("sub/tea pot.md", "[up](../day.md) [[tee]] tea is hot")
    ]
    for argument in ({}, {"uri": "untitled:x"}, {"uri": 3}):
        with pytest.raises(Refused):
            server.execute("starlight.backlinks", argument)


def test_hover(server, root):
    assert "linked from 1 note" in ask(server, "hover", root / "day.md", "[[tea]]")["contents"]["value"]
    assert "Cooler" in ask(server, "hover", root / "day.md", "[[chai")["contents"]["value"]
    assert "**#drink** · 2 notes" in ask(server, "hover", root / "day.md", "#drink")["contents"]["value"]
    assert "linked from 1 note" in ask(server, "hover", root / "tea.md", "Green tea")["contents"]["value"]
    assert ask(server, "hover", root / "day.md", "see") is None


def test_document_links(server, root):
    found = server.request("textDocument/documentLink", {"textDocument": {"uri": (root / "day.md").as_uri()}})
    tea = (root / "tea.md").as_uri()
    assert [link["target"] for link in found] == [tea, f"{tea}#L9", f"{tea}#L9"]


def test_a_note_with_50_000_links(server, root):
    path, text = root / "many.md", "[[tea]] 😀 [[nope]]\n\n" * 25_000
    server.open(path, text)
    links = server.request("textDocument/documentLink", {"textDocument": {"uri": path.as_uri()}}, limit=60)
    assert len(links) == 50_000
    assert server.request("documentLink/resolve", links[-2])["target"] == (root / "tea.md").as_uri()
    assert server.request("documentLink/resolve", links[-1]).get("target") is None
    close(server, path)


def close(server, path: Path) -> None:
    server.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "file:///nowhere/else.md"])
def test_the_shape_of_a_document_wherever_it_lies(server, uri):
    text = "---\na: b\n---\n# One 😀\r\n\r\ntext\r\n\r\n## Two\r\n- a\r\n  - b\r\n\r\n# Three\r\n"
    document = {"textDocument": {"uri": uri, "languageId": "markdown", "version": 1, "text": text}}
    server.notify("textDocument/didOpen", document)
    asked = {"textDocument": {"uri": uri}}
    one, three = server.request("textDocument/documentSymbol", asked)
    assert (one["name"], three["name"]) == ("One 😀", "Three")
    assert [inner["name"] for inner in one["children"]] == ["Two"]
    assert one["range"]["start"] == {"line": 3, "character": 0}
    assert one["selectionRange"]["end"] == at(text, "\r\n\r\ntext", server.units, 0)
    folds = server.request("textDocument/foldingRange", asked)
    assert [(fold["startLine"], fold["endLine"]) for fold in folds] == [(0, 2), (3, 9), (7, 9), (8, 9)]
    (grown,) = server.request("textDocument/selectionRange", {**asked, "positions": [{"line": 5, "character": 1}]})
    assert grown["range"] == {"start": {"line": 5, "character": 1}, "end": {"line": 5, "character": 1}}
    assert grown["parent"]["range"]["end"] == {"line": 5, "character": 4}
    (beyond,) = server.request("textDocument/selectionRange", {**asked, "positions": [{"line": 99, "character": 99}]})
    assert beyond["range"]["start"] == {"line": 12, "character": 0}
    server.notify("textDocument/didClose", asked)
    assert server.request("textDocument/hover", {**asked, "position": {"line": 0, "character": 0}}) is None


def test_positions_outside_of_the_document(server, root):
    asked = {"textDocument": {"uri": (root / "day.md").as_uri()}, "position": {"line": 9_999, "character": 9_999}}
    assert server.request("textDocument/hover", asked) is None
    assert server.request("textDocument/definition", asked) is None
    assert server.request("textDocument/prepareRename", asked) is None
    with pytest.raises(Refused, match="put the cursor"):
        server.request("textDocument/rename", {**asked, "newName": "x"})
    note = {**asked, "context": {"includeDeclaration": False}}
    assert [place["uri"] for place in server.request("textDocument/references", note)] == [
        (root / "sub/tea pot.md").as_uri()
    ]
    span = {"start": {"line": 9_000, "character": 0}, "end": asked["position"]}
    around = {"textDocument": asked["textDocument"], "range": span}
    server.open(root / "day.md", text_of(root / "day.md"))
    actions = server.request("textDocument/codeAction", {**around, "context": {"diagnostics": []}})
    assert not any("Link “" in action["title"] for action in actions or [])
    assert server.request("textDocument/inlayHint", around) in ([], None)
    close(server, root / "day.md")


@pytest.mark.parametrize("uri", ["untitled:Untitled-2", "file:///nowhere/links.md"])
def test_what_a_document_in_no_folder_links_to_is_not_known(server, uri):
    text = "# One\n\n[[tea]] and [x](tea.md) #drink\n"
    asked: dict[str, Any] = {"textDocument": {"uri": uri}, "position": {"line": 2, "character": 3}}
    document = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
    server.notify("textDocument/didOpen", {"textDocument": document})
    for method in ("hover", "definition", "prepareRename", "documentLink", "codeLens"):
        assert not server.request(f"textDocument/{method}", asked), method
    assert not server.request("textDocument/references", {**asked, "context": {"includeDeclaration": True}})
    assert not server.request("textDocument/rename", {**asked, "newName": "x"})
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}}
    assert not server.request("textDocument/inlayHint", {**asked, "range": span})
    actions = server.request("textDocument/codeAction", {**asked, "range": span, "context": {"diagnostics": []}})
    assert not any("Link" in action["title"] or "Make a note" in action["title"] for action in actions or [])
    server.notify("textDocument/didClose", asked)


def edited(server, edit: dict[str, Any]) -> list[str]:
    """What an edit puts where, and which files it makes and moves."""
    said = []
    for change in edit["documentChanges"]:
        if change.get("kind"):
            said.append(f"{change['kind']} {change.get('uri') or change['newUri']}".rpartition("/")[2])
        else:
            said += [
                f"{change['textDocument']['uri'].rpartition('/')[2]}: {each['newText']}" for each in change["edits"]
            ]
    return said


def test_rename(server, root):
    prepared = ask(server, "prepareRename", root / "day.md", "[[tea]]")
    assert prepared["placeholder"] == "tea"
    text = text_of(root / "day.md")
    start, end = at(text, "[[tea]]", server.units), at(text, "]] and", server.units, 0)
    assert prepared["range"] == {"start": start, "end": end}
    edit = ask(server, "rename", root / "day.md", "[[tea]]", newName="Green 茶")
    assert edited(server, edit) == [
        "day.md: Green 茶",
        "day.md: Green%20茶.md".replace("%20", "%20"),
        "Green%20%E8%8C%B6.md",
    ]
    assert edited(server, ask(server, "rename", root / "tea.md", "Green", newName="Black")) == [
        "day.md: Black", "day.md: black", "tea.md: Black",
    ]  # fmt: skip
    with pytest.raises(Refused, match="put the cursor"):
        ask(server, "rename", root / "day.md", "see", newName="x")


def test_files_that_are_renamed_by_the_client(server, root):
    files = [{"oldUri": (root / "sub").as_uri(), "newUri": (root / "deep/er").as_uri()}]
    edit = server.request("workspace/willRenameFiles", {"files": files})
    assert edited(server, edit) == ["tea%20pot.md: ../../day.md"]
    files = [{"oldUri": "file:///nowhere/a.md", "newUri": "file:///nowhere/b.md"}]
    assert server.request("workspace/willRenameFiles", {"files": files}) is None


def problems(server, path: Path) -> list[dict[str, Any]]:
    """The diagnostics that came last for a note."""
    told = [each for each in server.of("textDocument/publishDiagnostics") if each["uri"] == path.as_uri()]
    return told[-1]["diagnostics"] if told else []


TEXT = """---
aliases: [x y, chai]
bad: a: b
---
[[tee]] [[same]] [[tea#Gren tea]] 😀 [[new one]] [x](gone/a.md) ![[p.png]] `[[no]]`
"""
GOOD = TEXT.replace("bad: a: b\n", "")


def wait_for(server, path: Path, codes: list[str]) -> list[dict[str, Any]]:
    def there() -> Any:
        found = problems(server, path)
        return [found] if [each["code"] for each in found] == codes else None

    return server.wait(f"the problems are {codes}", there)[0]


def fixes(server, path: Path, problem: dict[str, Any]) -> list[dict[str, Any]]:
    return server.request("textDocument/codeAction", {
        "textDocument": {"uri": path.as_uri()}, "range": problem["range"],
        "context": {"diagnostics": [problem], "only": ["quickfix"]},
    })  # fmt: skip


def test_diagnostics_and_what_mends_them(server, root):
    path = root / "wrong.md"
    server.open(path, TEXT)
    (front, *_) = wait_for(
        server, path, ["front-matter", *["broken-link", "ambiguous-link", "missing-heading"], *["broken-link"] * 2]
    )
    assert front["range"]["start"]["line"] == 2
    (fix,) = fixes(server, path, front)
    assert edited(server, fix["edit"]) == ['wrong.md: "a: b"']
    change = {"textDocument": {"uri": path.as_uri(), "version": 2}, "contentChanges": [{"text": GOOD}]}
    server.notify("textDocument/didChange", change)
    alias, tee, same, heading, new, gone = wait_for(
        server, path,
        ["duplicate-alias", "broken-link", "ambiguous-link", "missing-heading", "broken-link", "broken-link"],
    )  # fmt: skip
    assert "tea.md" in alias["message"]
    assert edited(server, fixes(server, path, alias)[0]["edit"]) == ["wrong.md: "]
    titles = [each["title"] for each in fixes(server, path, tee)]
    assert titles[0] == "Link to “Tea” (tea.md)"
    assert titles[-1] == "Create the note tee.md"
    assert edited(server, fixes(server, path, tee)[0]["edit"]) == ["wrong.md: tea"]
    assert [edited(server, each["edit"]) for each in fixes(server, path, same)] == [
        ["wrong.md: a/same"], ["wrong.md: b/same"],
    ]  # fmt: skip
    assert edited(server, fixes(server, path, heading)[0]["edit"]) == ["wrong.md: Green tea"]
    create = fixes(server, path, new)[-1]
    assert edited(server, create["edit"]) == ["new%20one.md", "new%20one.md: # new one\n"]
    assert new["range"]["start"] == at(GOOD, "[[new one", server.units, 0)
    assert fixes(server, path, gone)[-1]["title"] == "Create the note gone/a.md"
    close(server, path)
    wait_for(server, path, [])


def test_a_section_becomes_a_note(server, root):
    path = root / "tea.md"
    server.open(path, text_of(path))
    position = at(text_of(path), "Cooler", server.units)
    (action,) = server.request("textDocument/codeAction", {
        "textDocument": {"uri": path.as_uri()}, "range": {"start": position, "end": position},
        "context": {"diagnostics": [], "only": ["refactor.extract"]},
    })  # fmt: skip
    action = action if action.get("edit") else server.request("codeAction/resolve", action)
    assert edited(server, action["edit"]) == [
        "Green%20tea.md", "Green%20tea.md: # Green tea\n\nCooler, 😀.\n", "day.md: Green tea", "day.md: Green%20tea.md",
        "tea.md: [[Green tea]]\n",
    ]  # fmt: skip
    close(server, path)


def test_workspace_symbols_by_name_and_by_alias(server):
    first = server.request("workspace/symbol", {"query": "chai"})[0]
    assert (first["name"], first["containerName"]) == ("Tea", "tea.md")
    named = server.request("workspace/symbol", {"query": "tea po"})
    assert "sub/tea pot.md" in [each["containerName"] for each in named]


@pytest.mark.parametrize("units", ["utf-8", "utf-16", "utf-32"])
def test_positions_in_every_unit(ready, vault, units):
    root = vault("== a.md ==\n😀茶\té [[tëa]] x\n== tëa.md ==\n# Tea\n")
    capabilities = {**CAPABILITIES, "general": {"positionEncodings": [units]}}
    server = ready(root, capabilities=capabilities)
    text = text_of(root / "a.md")
    asked = {"textDocument": {"uri": (root / "a.md").as_uri()}, "position": at(text, "[[tëa", units)}
    found = server.request("textDocument/hover", asked)
    assert found["range"]["start"] == at(text, "[[tëa", units, 0)
    assert found["range"]["end"] == at(text, " x", units, 0)
    edit = server.request("textDocument/rename", {**asked, "newName": "x"})
    assert edit["documentChanges"][0]["edits"][0]["range"]["end"] == at(text, "]] x", units, 0)


def test_an_editor_that_cannot_rename_files_is_told_so(ready, vault):
    root = vault("== a.md ==\n[[tea]]\n== tea.md ==\n# Tea\n\n## Part\n== b.md ==\n[[tea#Part]]\n")
    server = ready(root, capabilities={})
    asked = {"textDocument": {"uri": (root / "a.md").as_uri()}, "position": {"line": 0, "character": 3}}
    with pytest.raises(Refused, match="rename the file itself"):
        server.request("textDocument/rename", {**asked, "newName": "x"})
    asked = {"textDocument": {"uri": (root / "tea.md").as_uri()}, "position": {"line": 2, "character": 4}}
    edit = server.request("textDocument/rename", {**asked, "newName": "Piece"})
    assert {uri.rpartition("/")[2] for uri in edit["changes"]} == {"tea.md", "b.md"}


def test_an_answer_for_a_document_that_moved_on_is_not_given(server, root):
    path = root / "moving.md"
    server.open(path, "[[tea]]\n\n" * 60_000)
    asked = {"textDocument": {"uri": path.as_uri()}}
    slow = server.begin("textDocument/documentLink", asked)
    change = {"textDocument": {"uri": path.as_uri(), "version": 2}, "contentChanges": [{"text": "# New\n"}]}
    server.notify("textDocument/didChange", change)
    with pytest.raises(Refused) as refused:
        server.answer(slow, 60)
    assert refused.value.code == -32801
    cancelled = server.begin("textDocument/documentLink", asked)
    server.notify("$/cancelRequest", {"id": cancelled})
    wait_until("the server still answers", lambda: server.request("textDocument/documentSymbol", asked))
    close(server, path)
