"""The beginning of a session: what the server can do, and how soon it says so."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from starlight import __version__
from starlight.lsp import protocol
from tests.e2e import processes
from tests.e2e.client import CAPABILITIES, LIMIT
from tests.e2e.vaults import BIG, make_big

COMMANDS = list(protocol.COMMANDS)


def test_capabilities(start, vault):
    server = start()
    capabilities = server.initialize(vault("== tea.md ==\n# Tea\n"))
    assert capabilities["executeCommandProvider"] == {"commands": COMMANDS}
    assert capabilities["hoverProvider"]
    assert capabilities["codeActionProvider"] == {
        "codeActionKinds": ["quickfix", "refactor.extract", "refactor.rewrite"],
        "resolveProvider": True,
    }
    assert capabilities["workspaceSymbolProvider"]
    assert capabilities["positionEncoding"] == "utf-16"
    assert capabilities["textDocumentSync"]["openClose"] is True
    assert capabilities["textDocumentSync"]["save"]
    assert capabilities["workspace"]["workspaceFolders"] == {"supported": True, "changeNotifications": True}
    assert set(capabilities["workspace"]["fileOperations"]) == {"didCreate", "didRename", "didDelete"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-32"])
def test_client_chooses_the_position_encoding(start, encoding):
    capabilities = {"general": {"positionEncodings": [encoding]}}
    answer = start().request("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
    assert answer["capabilities"]["positionEncoding"] == encoding
    assert answer["serverInfo"] == {"name": "starlight", "version": __version__}


def test_initialize_is_answered_before_there_is_an_index(start, vault, cache):
    server = start()
    server.initialize(vault("== tea.md ==\n# Tea\n"))
    assert not list(cache.rglob("index-*.db"))
    answer = server.search("tea")
    assert answer["complete"] == bool(answer["hits"])  # the index may be there by now, and then it is whole
    server.wait_state("ready")


def test_initialize_is_answered_while_a_large_folder_is_indexed(serve, start, tmp_path, cache):
    processes.need_proc()
    root = make_big(tmp_path / "big")
    second = start()
    first = serve(root)
    first.wait("indexing has begun", lambda: any(status["queue"] for status in first.of("starlight/status")))
    (indexer,) = processes.of(cache)
    os.kill(indexer, signal.SIGSTOP)  # as if the folder were endless
    try:
        second.initialize(root)
        assert first.status()["state"] == "indexing"
        assert second.search("note")["complete"] is False
    finally:
        os.kill(indexer, signal.SIGCONT)
    for server in (first, second):
        assert server.wait_state("ready", limit=60)["files"] == BIG


def test_no_folder_is_open(serve):
    server = serve()
    status = server.wait_state("ready")
    assert status["roots"] == []
    assert "No folder is open" in status["message"]
    found = server.search("tea")
    assert (found["verdict"], found["complete"], found["hits"]) == ("nothing", True, [])


def test_client_that_can_do_nothing_is_served(start, vault):
    """It has one folder, named by ``rootUri``, no settings and no progress bar."""
    root = vault("== tea.md ==\n# Tea\n")
    server = start()
    server.request("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
    server.notify("initialized", {})
    assert server.wait_state("ready")["roots"][0]["root"] == str(root)
    assert server.search("tea")["hits"]
    assert {message["method"] for message in server.received if "method" in message} == {"starlight/status"}


def test_asked_before_the_folders_are_known_it_waits_for_them(ready, start, vault):
    root = vault("== tea.md ==\n# Tea\n\nGreen tea wants water of 70 degrees.\n")
    ready(root)
    server, told = start(), threading.Event()
    server.answers["workspace/configuration"] = lambda _params: [{} if told.wait(LIMIT) else None]
    folders = [{"uri": root.as_uri(), "name": "notes"}]
    server.request(
        "initialize", {"processId": None, "rootUri": None, "workspaceFolders": folders, "capabilities": CAPABILITIES}
    )
    server.notify("initialized", {})
    asked = server.begin("workspace/executeCommand", {"command": "starlight.search", "arguments": [{"query": "tea"}]})
    question = {"command": "starlight.ask", "arguments": [{"question": "How hot is water for green tea?"}]}
    answered = server.begin("workspace/executeCommand", question)
    told.set()
    assert server.answer(asked)["hits"][0]["path"] == "tea.md"
    assert "70 degrees" in server.answer(answered)["answer"]


def test_folder_that_is_missing_costs_only_itself_and_is_said(serve, vault, tmp_path):
    missing = tmp_path / "nowhere"
    server = serve(vault("== tea.md ==\n# Tea\n"), missing)
    server.wait("both are known", lambda: _states(server) == {"notes": "ready", "nowhere": "failed"})
    status = server.wait_state("failed")
    assert f"{missing}: there is no such folder" in status["message"]
    assert [warning["message"] for warning in server.of("window/showMessage")] == [f"Starlight: {status['message']}"]
    assert server.search("tea")["hits"][0]["path"] == "tea.md"


def test_folder_without_notes(serve, vault):
    status = serve(vault()).wait_state("ready")
    assert status["files"] == 0
    assert "no notes here" in status["message"]


def _states(server) -> dict[str, str]:
    last = server.of("starlight/status")[-1:]
    return {Path(root["root"]).name: root["state"] for status in last for root in status["roots"]}
