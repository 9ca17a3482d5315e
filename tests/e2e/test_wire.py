"""The wire: bytes that are no message, clients that leave or cancel, and a port in place of the pipes."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.e2e.client import SERVE, Client, Refused, Server
from tests.waiting import wait_until

TEA = "== tea.md ==\n# Tea\nBoil the water.\n"
REQUEST_CANCELLED = -32800
METHOD_NOT_FOUND = -32601


def _framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


@pytest.mark.parametrize(
    "data",
    [
        _framed(b"{"),
        _framed(b"\xff\xfe\x00"),
        _framed(b"[]"),
        _framed(b"null"),
        _framed(b'{"jsonrpc": "1.0", "id": 1, "method": "initialize"}'),
        _framed(b'{"method": "initialized"}'),
        _framed(b'{"jsonrpc": "2.0", "id": 7, "result": {}}'),
        _framed(b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}}'),
        _framed(b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": 5}'),
        _framed(b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 123456}}'),
        _framed(b'{"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel", "params": {"token": "none"}}'),
        _framed(b'{"jsonrpc": "2.0", "method": "nobody/knows", "params": {}}'),
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: 0\r\n\r\n",
        b"X-Header: 1\r\n\r\n",
        b"\r\n\r\n",
        b"hello\r\n",
        b"\x00\xff\r\n",
    ],
)
def test_server_goes_on_after(shared, data):
    shared.send_bytes(data)
    assert shared.status()["state"] == "ready"


def test_headers_in_any_order_are_read(shared):
    body = json.dumps({"jsonrpc": "2.0", "id": "x", "method": "workspace/symbol", "params": {"query": "a"}}).encode()
    kind = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n"
    shared.send_bytes(kind + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert shared.answer("x") == []


def test_unknown_request_is_refused(shared):
    with pytest.raises(Refused) as refused:
        shared.request("starlight/fly", {})
    assert refused.value.code == METHOD_NOT_FOUND


@pytest.fixture(scope="module")
def shared():
    server = Server()
    server.initialize()
    server.wait_state("ready")
    yield server
    assert server.close() == 0
    assert server.stray == b""


GATED = """
import os, sys, threading
from starlight.engine.workspace import Workspace
search = Workspace.search
def wait_at_the_gate(*arguments, **options):
    while not os.path.exists(sys.argv[1]):
        threading.Event().wait(0.01)
    return search(*arguments, **options)
Workspace.search = wait_at_the_gate
from starlight.cli import main
raise SystemExit(main(["serve"]))
"""
"""A server whose searches take until the file that its argument names is there."""


def test_cancelled_requests_are_answered_at_once_and_others_go_on(start, vault, tmp_path):
    gate = tmp_path / "gate"
    server = start([sys.executable, "-c", GATED, str(gate)])
    server.initialize(vault(TEA))
    server.wait_state("ready")
    running, waiting, kept = [server.begin("workspace/executeCommand", _search("water")) for _ in range(3)]
    for id_ in (waiting, running):
        server.notify("$/cancelRequest", {"id": id_})
        with pytest.raises(Refused) as refused:
            server.answer(id_)
        assert refused.value.code == REQUEST_CANCELLED
    assert server.status()["state"] == "ready"  # a long search holds nothing else up
    gate.touch()
    assert server.answer(kept)["hits"]


def test_client_leaves_in_the_middle_of_a_message(serve):
    server = serve()
    server.send_bytes(b"Content-Length: 500\r\n\r\n{")
    server.hang_up()
    server.wait_ended()


def test_client_leaves_before_it_said_anything(start):
    server = start()
    server.hang_up()
    assert server.wait_ended() == 0


def test_client_leaves_while_its_folder_is_being_opened(serve, vault):
    server = serve(vault(TEA))
    server.hang_up()
    server.wait_ended()


def test_client_says_goodbye(serve):
    server = serve()
    assert server.close() == 0
    assert "Traceback" not in server.log


@contextlib.contextmanager
def connected() -> Iterator[Client]:
    """A client of a server that listens on a port of this machine; in the end the server has ended cleanly."""
    port = _free_port()
    with subprocess.Popen([*SERVE, "--tcp", f"127.0.0.1:{port}"], stdout=subprocess.PIPE) as process:
        connection = wait_until("the port is open", lambda: _connect(port))
        with connection, connection.makefile("rb") as output, connection.makefile("wb") as into:
            client = Client(output, into)
            yield client
            client.request("shutdown", None)
            client.notify("exit", None)
            client.wait("the server has left", lambda: client.ended)
        assert process.communicate(timeout=10)[0] == b""
    assert process.returncode == 0
    assert client.stray == b""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _connect(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port))
    except ConnectionRefusedError:
        return None


def test_tcp_client_leaves_without_a_word(cache):
    port = _free_port()
    with subprocess.Popen([*SERVE, "--tcp", f"127.0.0.1:{port}"], stderr=subprocess.PIPE) as process:
        wait_until("the port is open", lambda: _connect(port)).close()
        assert b"Traceback" not in process.communicate(timeout=10)[1]
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("0.0.0.0:2087", "other machines could reach this address"),
        ("192.168.0.5:2087", "other machines could reach this address"),
        ("[::]:2087", "other machines could reach this address"),
        ("notes.example.org:2087", "other machines could reach this address"),
        ("127.0.0.1", "give an address as HOST:PORT"),
        ("127.0.0.1:", "give an address as HOST:PORT"),
        ("127.0.0.1:http", "give an address as HOST:PORT"),
        ("127.0.0.1:70000", "give an address as HOST:PORT"),
    ],
)
def test_tcp_address_is_refused(address, message, capsys):
    from starlight.cli import main

    assert main(["serve", "--tcp", address]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert address in said.err


def test_tcp_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        ended = subprocess.run([*SERVE, "--tcp", address], capture_output=True, timeout=30, check=False)
    assert ended.returncode == 1
    said = ended.stderr.decode()
    assert f"--tcp {address}" in said
    assert "Traceback" not in said


def _search(query: str) -> dict:
    return {"command": "starlight.search", "arguments": [{"query": query}]}
