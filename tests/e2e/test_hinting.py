"""Hints, and what makes links of them, as an editor has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import converters
from pytest_lsp import client_capabilities

from tests import vaults
from tests.e2e.client import Refused, Server
from tests.e2e.test_navigation import at, close, edited, fixes, problems, wait_for

WORDS = (
    "Limescale builds up wherever hard water is boiled again and again. Fill the kettle halfway with white vinegar "
    "and plain water, bring it slowly to the boil, leave it for one hour, pour everything away, then rinse three "
    "times until nothing smells of vinegar any more, and dry the lid with a cotton cloth."
)
NOTES = f"""
== green tea.md ==
# Green tea

Eighty degrees.
== kitchen/descaling.md ==
# Descaling

{WORDS}
"""
TEXT = f"# Day\r\n\r\n😀 I had green tea.\r\n\r\n{WORDS} Done.\r\n"


@pytest.fixture(params=["visual_studio_code", "neovim"], scope="module")
def server(request, module_home: Path):
    root = vaults.write(module_home / "notes", NOTES)
    server = Server()
    capabilities = converters.get_converter().unstructure(client_capabilities(request.param))
    server.units = server.initialize(root, capabilities=capabilities)["positionEncoding"]
    server.wait_state("ready")
    yield server
    assert server.close() == 0
    assert server.stray == b""


@pytest.fixture
def path(module_home: Path, request) -> Path:
    return module_home / "notes" / f"{request.node.originalname}.md"


def change(server: Server, path: Path, text: str, version: int) -> None:
    document = {"uri": path.as_uri(), "version": version}
    server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})


def test_hints_and_what_makes_links_of_them(server, path):
    server.open(path, TEXT)
    mention, repeat = wait_for(server, path, ["unlinked-mention", "already-written"])
    assert (mention["severity"], repeat["severity"]) == (4, 4)
    assert mention["range"]["start"] == at(TEXT, "green", server.units, 0)
    assert mention["range"]["end"] == at(TEXT, "green tea", server.units, 9)
    assert "kitchen/descaling.md, line 3" in repeat["message"]
    (link,) = fixes(server, path, mention)
    assert (link["title"], link["isPreferred"]) == ("Link to “Green tea”", True)
    assert edited(server, link["edit"]) == [f"{path.name}: [[green tea]]"]
    link, *opening = fixes(server, path, repeat)
    assert edited(server, link["edit"]) == [f"{path.name}:  [[descaling]]"]
    assert [each["title"] for each in opening] == ["Open “Descaling”"]
    change(server, path, TEXT.replace("green tea", "[[green tea]]").replace("Done.", "Done. [[descaling]]"), 2)
    wait_for(server, path, [])
    close(server, path)


def test_hints_move_with_what_is_typed(server, path):
    server.open(path, TEXT)
    wait_for(server, path, ["unlinked-mention", "already-written"])
    text = TEXT.replace("# Day", "# Day [[nope]]\r\n\r\nmore")
    change(server, path, text, 2)
    broken, mention, _ = wait_for(server, path, ["broken-link", "unlinked-mention", "already-written"])
    assert broken["range"]["start"]["line"] == 0
    assert mention["range"]["start"] == at(text, "green", server.units, 0)
    close(server, path)
    wait_for(server, path, [])


def test_a_note_is_opened_at_its_line(server, path):
    server.open(path, TEXT)
    repeat = wait_for(server, path, ["unlinked-mention", "already-written"])[1]
    command = fixes(server, path, repeat)[1]["command"]
    server.answers["window/showDocument"] = lambda params: {"success": True}
    assert server.execute(command["command"], *command["arguments"]) == {"shown": True}
    (asked,) = server.of("window/showDocument")
    assert asked["uri"].endswith("/kitchen/descaling.md")
    assert asked["selection"]["start"] == {"line": 2, "character": 0}
    for wrong in ({}, {"uri": "file:///nowhere.md"}, {"uri": asked["uri"], "line": 0}):
        with pytest.raises(Refused):
            server.execute(command["command"], wrong)
    close(server, path)


@pytest.mark.parametrize("off", ["unlinkedMention", "alreadyWritten"])
def test_each_can_be_turned_off(ready, vault, off):
    root = vault(NOTES)
    settings: dict[str, Any] = {"diagnostics": {off: False}}
    server = ready(root, settings=settings)
    server.open(root / "day.md", TEXT)
    (left,) = {"unlinked-mention", "already-written"} - {
        {"unlinkedMention": "unlinked-mention", "alreadyWritten": "already-written"}[off]
    }
    wait_for(server, root / "day.md", [left])
    assert {each["code"] for each in problems(server, root / "day.md")} == {left}


def offered(server: Server, path: Path, span: dict[str, Any], **context: object) -> list[dict[str, Any]]:
    """The code actions that need no model."""
    found = server.request("textDocument/codeAction", {
        "textDocument": {"uri": path.as_uri()}, "range": span,
        "context": {"diagnostics": [], "only": ["refactor.rewrite"], **context},
    })  # fmt: skip
    return [each for each in found if not each["title"].startswith("Starlight: ")]


def test_a_phrase_is_linked_and_related_notes_are_listed(server, path):
    text = "😀 Vinegar against limescale in the descaling kettle.\r\n"
    server.open(path, text)
    word = at(text, "descaling", server.units)
    link, related, summary = offered(server, path, {"start": word, "end": word}, triggerKind=1)
    assert link["title"] == "Link “descaling” to “Descaling” (kitchen/descaling.md)"
    assert edited(server, link["edit"]) == [f"{path.name}: [[descaling]]"]
    assert "edit" not in related
    assert summary["title"].startswith("Summarize")
    edit = server.request("codeAction/resolve", related)["edit"]
    assert edited(server, edit)[0].startswith(f"{path.name}: \r\n\r\n- [[descaling]]")
    assert offered(server, path, {"start": word, "end": word}, triggerKind=2) == []
    chosen = {"start": at(text, "desc", server.units, 0), "end": at(text, "descaling", server.units, 9)}
    assert [each["title"] for each in offered(server, path, chosen, triggerKind=2)] == [link["title"]]
    change(server, path, f"New. {text}", 2)
    with pytest.raises(Refused, match="changed meanwhile"):
        server.request("codeAction/resolve", related)
    close(server, path)
