"""The names of our messages: equal in the server and in both editors, and described in docs/protocol.md."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from starlight.engine.answer import Answer, LeftOut, Source, Statement
from starlight.engine.connecting import Ground
from starlight.engine.graph import Graph
from starlight.engine.graph_answers import GraphQuestion, Prepared
from starlight.engine.graph_answers import answer as graph_answer
from starlight.engine.graphing import Known
from starlight.engine.summary import Coverage, Subject, Summary
from starlight.engine.wire import hit_json, lines_json, status_json
from starlight.engine.wire_answers import answer_json, suggestion_json, summary_json
from starlight.engine.writing import Suggestion
from starlight.index.records import Status
from starlight.lsp import protocol
from starlight.lsp.server import create_server
from tests.rules.repository import ROOT, files

TYPESCRIPT = ROOT / "editors" / "vscode" / "src" / "protocol.ts"
GRAPH_TYPESCRIPT = TYPESCRIPT.parent / "graph" / "answers.ts"
LUA = ROOT / "editors" / "neovim" / "lua" / "starlight" / "protocol.lua"
DOCUMENT = ROOT / "docs" / "protocol.md"

_ENTRY = re.compile(r"""^\s*(\w+)\s*[:=]\s*["']([^"']+)["'],?\s*$""", re.MULTILINE)


def _table(path: Path, head: str) -> dict[str, str]:
    """The names and values of the table that begins with ``head``."""
    text = path.read_text(encoding="utf-8")
    assert text.count(head) == 1, f"{path}: {head!r}"
    return dict(_ENTRY.findall(text.split(head)[1].split("}")[0]))


def _named(messages: tuple[str, ...]) -> dict[str, str]:
    return {re.split(r"[./]", message)[1]: message for message in messages}


@pytest.mark.parametrize(
    ("path", "head", "messages"),
    [
        (TYPESCRIPT, "const COMMANDS = {", protocol.COMMANDS),
        (TYPESCRIPT, "NOTIFICATIONS = {", protocol.NOTIFICATIONS),
        (TYPESCRIPT, "const CLIENT_COMMANDS = {", protocol.CLIENT_COMMANDS),
        (LUA, "M.command = {", protocol.COMMANDS),
        (LUA, "M.client_command = {", protocol.CLIENT_COMMANDS),
        (LUA, "M.notification = {", protocol.NOTIFICATIONS),
    ],
)
def test_names_are_equal(path, head, messages):
    assert _table(path, head) == _named(messages)


def test_the_scheme_of_text_views_and_their_capability_are_equal():
    script, lua, text = (path.read_text(encoding="utf-8") for path in (TYPESCRIPT, LUA, DOCUMENT))
    assert f'TEXT_SCHEME = "{protocol.TEXT_SCHEME}"' in script
    assert f'text_scheme = "{protocol.TEXT_SCHEME}"' in lua
    assert f"`{protocol.TEXT_SCHEME}`" in text
    for folder in ("vscode/src", "neovim"):
        sources = [path.read_text(encoding="utf-8") for path in files(".ts", ".lua", below=ROOT / "editors" / folder)]
        assert any(f"{protocol.TEXT_VIEWS}" in source for source in sources), folder


def test_server_serves_what_it_names():
    assert tuple(create_server().protocol.fm.commands) == protocol.COMMANDS


@pytest.mark.parametrize("folder", ["vscode/src", "neovim"])
def test_editors_use_no_message_that_does_not_exist(folder):
    used = {
        name
        for path in files(".ts", ".lua", below=ROOT / "editors" / folder)
        for name in re.findall(r"""["'](starlight/\w+)["']""", path.read_text(encoding="utf-8"))
    }
    assert used <= set(protocol.NOTIFICATIONS)


SOURCE = Source(1, "a.md", 1, 2, "A", "", "Text.", 2)
STATEMENT = Statement("Text.", 0, 5, (1,), "supported")
ANSWER = Answer("What?", "Text.", "generated", "found", (SOURCE,), (STATEMENT,), (LeftOut("b.md", 1, 2, "no room"),))

HIT_FIELDS = {*hit_json(MagicMock(reasons=())), "uri", "file"}
LINES_FIELDS = {*lines_json()}
STATUS_FIELDS = {*status_json(Status()), "summary_lines", "version", "roots", "report"}
ROOT_FIELDS = {*status_json(Status()), "root", "failures", "problems"}
ANSWER_JSON = answer_json(ANSWER, lambda _source: {"uri": "starlight-text:///a.pdf.md", "file": "file:///a.pdf"})
PROGRESS_FIELDS = {
    "id", "phase", "message", "sources", "text", "draft", "tokens_per_second", "first_token_seconds",
}  # fmt: skip
SUMMARY = Summary(Subject("note", "A", ()), "Text [1].", "generated", (SOURCE,), Coverage(1, 1, 2))
SUMMARY_JSON = summary_json(SUMMARY, lambda _source: {"uri": "file:///a.md"})
SUMMARY_FIELDS = {*SUMMARY_JSON, "line", "line_text", "applied"}
RELATED_FIELDS = {"uri", "complete", "hits"}
KNOWN = Known(Graph({"a.md": {"b.md": 1}, "b.md": {}}), {}, has_meaning=True)
WAY = graph_answer(GraphQuestion("path", "a.md", "b.md"), Prepared(KNOWN, (), ""), MagicMock(), MagicMock())
PLACE_FIELDS = {"uri", "file"}
SUGGESTION_FIELDS = {
    *suggestion_json(Suggestion("shorten", "Text.", 0, 5, is_whole=True), dict),
    "original",
    "version",
    "edit",
    "applied",
}


@pytest.mark.parametrize(
    ("script_name", "lua_name", "fields"),
    [
        ("Hit", "Hit", HIT_FIELDS),
        ("RootStatus", "Root", ROOT_FIELDS),
        ("Status", "Status", STATUS_FIELDS),
        ("Answer", "AskAnswer", {*ANSWER_JSON}),
        ("AnswerSource", "Source", {*ANSWER_JSON["sources"][0]}),
        ("AnswerStatement", "Statement", {*ANSWER_JSON["statements"][0]}),
        ("AnswerProgress", "AnswerProgress", PROGRESS_FIELDS),
        ("Summary", "Summary", SUMMARY_FIELDS),
        ("Suggestion", "Suggestion", SUGGESTION_FIELDS),
        ("Related", "Related", RELATED_FIELDS),
        ("GraphNote", "GraphNote", {*WAY["from"]} | PLACE_FIELDS),
        ("GraphStep", "GraphStep", {*WAY["steps"][0], "depth"} | PLACE_FIELDS),
        ("GraphGround", "GraphGround", {each.name for each in dataclasses.fields(Ground)} | PLACE_FIELDS),
        ("Connection", "GraphPath", {*WAY}),
    ],
)
def test_editors_read_no_field_that_is_not_sent(script_name, lua_name, fields):
    lua = LUA.read_text(encoding="utf-8")
    declared = re.search(rf"^---@class starlight\.{lua_name}\b.*\n((?:---@field .*\n)+)", lua, re.MULTILINE)
    assert declared
    assert set(re.findall(r"^---@field (\w+)", declared[1], re.MULTILINE)) <= fields
    script = "".join(path.read_text(encoding="utf-8") for path in (TYPESCRIPT, GRAPH_TYPESCRIPT))
    block = re.search(rf"interface {script_name}(?: extends \w+)? \{{(.*?)^\}}", script, re.MULTILINE | re.DOTALL)
    assert block
    assert set(re.findall(r"^  (\w+)\??:", block[1], re.MULTILINE)) <= fields


@pytest.mark.parametrize("message", [*protocol.COMMANDS, *protocol.CLIENT_COMMANDS, *protocol.NOTIFICATIONS])
def test_every_message_is_described(message):
    assert re.search(rf"^## `{re.escape(message)}`", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


EVERY_FIELD = LINES_FIELDS | HIT_FIELDS | STATUS_FIELDS | ROOT_FIELDS | PROGRESS_FIELDS | SUGGESTION_FIELDS
EVERY_FIELD |= {*ANSWER_JSON, *ANSWER_JSON["sources"][0], *ANSWER_JSON["statements"][0], *ANSWER_JSON["usage"]}
EVERY_FIELD |= SUMMARY_FIELDS | {*SUMMARY_JSON["subject"], *SUMMARY_JSON["coverage"]}


def test_every_field_is_described():
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [field for field in sorted(EVERY_FIELD) if f"`{field}`" not in text]
    assert missing == []


def test_every_method_that_is_served_is_described():
    text = DOCUMENT.read_text(encoding="utf-8")
    server = create_server().protocol.fm
    # Opening, changing and closing documents is pygls's own work.
    served = {*server.features, "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose"}
    assert [method for method in sorted(served) if f"`{method}`" not in text] == []
