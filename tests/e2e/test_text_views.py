"""Documents that no editor shows: results lead to a view of their text, in which questions are answered as in a note.

Under the capabilities that VS Code and Neovim were recorded with, and without the one for such views.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import converters
from pytest_lsp import client_capabilities

from tests import vaults
from tests.e2e.client import Refused, Server

FORMATS = Path(__file__).parent / "formats"
INVALID_PARAMS, REQUEST_FAILED = -32602, -32803
CRUST = "Vinegar dissolves the white crust that hard water leaves behind."
NOTES = f"""
== tea.md ==
# Tea

Boil the water, says [[hard water.paged]] on [page two](papers/hard%20water.paged#page=2).
== kettle.md ==
# Kettle

A kettle furs up where water is hard.
== papers/hard water.paged ==
# On hard water

😀 See [the tea](../tea.md) and [[tea]] and [above](#results) #chalk.

## Results

Calcium.
\f
## Vinegar

{CRUST}
== pages/whales.html ==
<html><head><title>Whales</title></head><body><nav><a href="/">Home</a></nav><main><h1>Whales</h1>
<p>They sing.</p><h2>Sleep</h2><p>Half of the brain of a whale sleeps while the other half stays awake.</p>
</main></body></html>
== papers/locked.paged ==
locked"""
LINE = NOTES.split("== papers/hard water.paged ==\n")[1].replace("\f", "").split("\n").index(CRUST) + 1


def recorded(client: str, **experimental: object) -> dict[str, Any]:
    found: dict[str, Any] = converters.get_converter().unstructure(client_capabilities(client))
    return {**found, "experimental": experimental}


def start(root: Path, capabilities: dict[str, Any]) -> Server:
    path = os.pathsep.join(filter(None, [str(FORMATS), os.environ.get("PYTHONPATH", "")]))
    server = Server(environment={"PYTHONPATH": path})
    server.units = server.initialize(root, capabilities=capabilities)["positionEncoding"]
    server.wait_state("ready")
    return server


@pytest.fixture(scope="module")
def root(module_home: Path) -> Path:
    root = vaults.write(module_home / "notes", NOTES)
    (root / "papers" / "locked.paged").write_bytes(b"locked")
    return root


@pytest.fixture(params=["visual_studio_code", "neovim"], scope="module")
def server(request, root: Path):
    server = start(root, recorded(request.param, starlightTextViews=True))
    yield server
    assert server.close() == 0
    assert server.stray == b""


@pytest.fixture(scope="module")
def plain(root: Path):
    server = start(root, recorded("neovim"))
    yield server
    assert server.close() == 0


@pytest.fixture
def paper(root: Path) -> Path:
    return root / "papers" / "hard water.paged"


def view_of(path: Path) -> str:
    return f"starlight-text{path.as_uri().removeprefix('file')}.md"


@pytest.fixture
def view(server, paper):
    """The view of the paper, open; as VS Code writes its URI, which leaves an empty host out."""
    uri = view_of(paper).replace("starlight-text://", "starlight-text:")
    text = server.execute("starlight.text", {"uri": uri})["text"]
    document = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
    server.notify("textDocument/didOpen", {"textDocument": document})
    yield uri
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def at(server: Server, marked: str, inside: int = 2) -> dict[str, int]:
    text = NOTES.split("== papers/hard water.paged ==\n")[1].replace("\f", "")
    before = text[: text.index(marked) + inside]
    line = before.rpartition("\n")[2]
    widths = {"utf-8": len(line.encode()), "utf-16": len(line.encode("utf-16-le")) // 2, "utf-32": len(line)}
    return {"line": before.count("\n"), "character": widths[server.units]}


def ask(server: Server, method: str, uri: str, **more: object) -> Any:
    return server.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, **more})


def test_a_hit_leads_to_the_line_of_a_view_that_holds_its_snippet(server, paper):
    hit = server.search("white crust vinegar")["hits"][0]
    assert (hit["uri"], hit["file"]) == (view_of(paper), paper.as_uri())
    assert hit["locator"] == {"unit": "page", "number": 2, "label": "p. 2"}
    shown = server.execute("starlight.text", {"uri": hit["uri"]})
    assert (shown["uri"], shown["file"]) == (hit["uri"], hit["file"])
    assert (shown["title"], shown["unit"]) == ("On hard water", "page")
    assert shown["text"].split("\n")[hit["line"] - 1] == hit["snippet"] == CRUST
    first, second = shown["marks"]
    assert first == {"line": 1, "number": 1, "label": "p. 1"}
    assert second["number"] == 2
    assert second["line"] < hit["line"] == LINE


def test_a_hit_in_a_note_has_no_other_file(server, root):
    hit = next(hit for hit in server.search("kettle furs up")["hits"] if hit["path"] == "kettle.md")
    assert hit["uri"] == (root / "kettle.md").as_uri()
    assert "file" not in hit


def test_the_text_is_asked_for_by_the_file_too(server, paper):
    by_file, by_view = (server.execute("starlight.text", {"uri": uri}) for uri in (paper.as_uri(), view_of(paper)))
    assert by_file == by_view


def test_a_web_page_is_shown_as_what_it_says(server, root):
    """A format of every day, which an editor shows otherwise."""
    hit = server.search("asleep brain of whales")["hits"][0]
    assert hit["uri"] == view_of(root / "pages" / "whales.html")
    shown = server.execute("starlight.text", {"uri": hit["file"]})
    assert (shown["title"], shown["unit"], shown["marks"]) == ("Whales", "", [])
    assert shown["text"].split("\n")[hit["line"] - 1] == hit["snippet"]
    assert "<" not in shown["text"]


def test_symbols_lead_to_views(server, paper):
    found = server.request("workspace/symbol", {"query": "white crust vinegar"})
    place = next(each for each in found if each["containerName"] == "papers/hard water.paged")["location"]
    assert place["uri"] == view_of(paper)
    assert place["range"]["start"]["line"] < LINE <= place["range"]["end"]["line"] + 1


def test_sources_of_an_answer_are_views(server, paper):
    answer = server.execute("starlight.ask", {"question": "What dissolves the white crust of hard water?"})
    source = next(each for each in answer["sources"] if each["path"] == "papers/hard water.paged")
    assert (source["uri"], source["file"]) == (view_of(paper), paper.as_uri())
    assert f"({view_of(paper)}#L{source['start_line']})" in answer["linked"]


def test_links_in_a_view_lead_from_the_place_of_the_document(server, root, view):
    found = ask(server, "hover", view, position=at(server, "the tea"))
    assert found["contents"]["value"].startswith("**Tea**")
    places = ask(server, "definition", view, position=at(server, "the tea"))
    target = places[0]["targetUri"] if isinstance(places, list) else places["uri"]
    assert target == (root / "tea.md").as_uri()


def test_links_within_a_view_stay_in_it(server, paper, view):
    links = ask(server, "documentLink", view)
    assert [link["target"] for link in links] == [(paper.parents[1] / "tea.md").as_uri(), f"{view_of(paper)}#L5"]


def test_brackets_and_tags_of_a_document_are_its_own(server, view):
    """They are not Markdown's: nobody wrote them for these notes."""
    assert ask(server, "hover", view, position=at(server, "[[tea]]", 3)) is None
    assert ask(server, "hover", view, position=at(server, "#chalk")) is None


def test_its_headings(server, view):
    title = ask(server, "documentSymbol", view)[0]
    assert [title["name"], *(each["name"] for each in title["children"])] == ["On hard water", "Results", "Vinegar"]
    assert ask(server, "foldingRange", view)
    hover = ask(server, "hover", view, position=at(server, "Vinegar"))
    assert hover["contents"]["value"].startswith("**Vinegar**")


def test_who_speaks_of_it(server, root, view):
    places = ask(server, "references", view, position=at(server, "Calcium"), context={"includeDeclaration": False})
    assert [place["uri"] for place in places] == [(root / "tea.md").as_uri()] * 2
    assert server.execute("starlight.backlinks", {"uri": view})["total"] == 2


def test_what_is_related_to_a_place_in_it(server, paper, view):
    found = server.execute("starlight.related", {"uri": view, "position": at(server, "Vinegar dissolves"), "limit": 1})
    assert [hit["path"] for hit in found["hits"]] == ["kettle.md"]


def test_what_is_related_to_it_while_it_is_not_open(server, paper):
    found = server.execute("starlight.related", {"uri": paper.as_uri(), "limit": 1})
    assert [hit["path"] for hit in found["hits"]] == ["kettle.md"]


def test_related_passages_lead_to_views(server, root, paper):
    found = server.execute("starlight.related", {"uri": (root / "kettle.md").as_uri()})
    hit = next(hit for hit in found["hits"] if hit["path"] == "papers/hard water.paged")
    assert (hit["uri"], hit["file"]) == (view_of(paper), paper.as_uri())


def test_a_question_about_a_selection_in_it(server, view):
    line = {"line": LINE - 1, "character": 0}
    scope = {"selection": {"uri": view, "range": {"start": line, "end": {**line, "character": 9}}}}
    answer = server.execute("starlight.ask", {"question": "What dissolves it?", "scope": scope})
    assert [source["path"] for source in answer["sources"]] == ["papers/hard water.paged"]
    assert "Vinegar" in answer["answer"]


def test_links_to_a_document_lead_to_the_file(server, root, paper):
    tea = root / "tea.md"
    server.open(tea, tea.read_text())
    links = ask(server, "documentLink", tea.as_uri())
    server.notify("textDocument/didClose", {"textDocument": {"uri": tea.as_uri()}})
    assert [link["target"] for link in links] == [paper.as_uri(), paper.as_uri()]


def test_nothing_would_change_a_view(server, view):
    span = {"start": at(server, "the tea"), "end": at(server, "the tea", 5)}
    assert ask(server, "codeAction", view, range=span, context={"diagnostics": []}) == []
    assert ask(server, "prepareRename", view, position=span["start"]) is None
    for method, asked in (
        ("textDocument/rename", {"textDocument": {"uri": view}, "position": span["start"], "newName": "x"}),
        ("workspace/executeCommand", {"command": "starlight.write", "arguments": [{"action": "fix", "uri": view}]}),
    ):
        with pytest.raises(Refused, match="cannot be changed here"):
            server.request(method, asked)
    assert ask(server, "completion", view, position=at(server, "[[tea]]"))["items"] == []


def test_a_view_is_told_nothing_and_changes_no_search(server, root, paper, view):
    """The note that is opened after it has its diagnostics: those of the view would have come by then."""
    other = root / "other.md"
    server.open(other, "# Other\n\n[[nowhere]]\n")
    told = "textDocument/publishDiagnostics"
    server.wait("the note is looked at", lambda: [each for each in server.of(told) if each["uri"] == other.as_uri()])
    server.notify("textDocument/didClose", {"textDocument": {"uri": other.as_uri()}})
    assert not [each for each in server.of(told) if each["uri"].startswith("starlight-text")]
    assert [hit["file"] for hit in server.search("white crust vinegar", limit=1)["hits"]] == [paper.as_uri()]


def test_moving_a_note_leaves_documents_alone(server, root, view):
    """There is nothing that could write the links in them."""
    moved = {"oldUri": (root / "tea.md").as_uri(), "newUri": (root / "drinks" / "tea.md").as_uri()}
    edit = server.request("workspace/willRenameFiles", {"files": [moved]})
    assert [each["textDocument"]["uri"] for each in edit["documentChanges"]] == [moved["oldUri"]]


def test_a_client_that_shows_no_views_gets_the_file(root, paper, plain):
    hit = plain.search("white crust vinegar")["hits"][0]
    assert hit["uri"] == paper.as_uri()
    assert "file" not in hit
    found = plain.execute("starlight.related", {"uri": (root / "kettle.md").as_uri()})
    assert paper.as_uri() in [hit["uri"] for hit in found["hits"]]
    assert not any("file" in hit for hit in found["hits"])


@pytest.mark.parametrize("uri", ["", "starlight-text:", "starlight-text:///x.paged", "untitled:1", "file:///x.paged"])
def test_what_is_no_document_of_an_open_folder(server, uri):
    refuse(server, uri, "is no document in a folder that is open", INVALID_PARAMS)


def test_a_note_has_no_view(server, root):
    refuse(server, (root / "tea.md").as_uri(), "is no document", INVALID_PARAMS)
    refuse(server, view_of(root / "tea.md"), "is no document", INVALID_PARAMS)


def test_documents_that_cannot_be_read_say_why(server, root):
    refuse(server, view_of(root / "papers" / "locked.paged"), r"papers/locked\.paged: is encrypted", REQUEST_FAILED)
    refuse(server, view_of(root / "gone.paged"), r"gone\.paged: is not there any more", REQUEST_FAILED)


def refuse(server: Server, uri: str, reason: str, code: int) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        server.execute("starlight.text", {"uri": uri})
    assert refused.value.code == code
