"""The socket between readers and the indexer: whom it lets in, and that nobody can hold it up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import pytest

from starlight.engine.control import ControlClient, ControlServer, Message, connect
from tests.waiting import wait_until


class Server:
    """A control server, and what it received."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.received: list[Message] = []
        self.control = ControlServer(path, {"fingerprint": "f", "runs": 0}, self.received.append)

    def connect(self) -> ControlClient:
        client = connect(self.path)
        assert client is not None
        return client

    def raw(self, key: bytes | None = None) -> Any:
        known = json.loads(self.path.read_text())
        return Client(known["address"], "AF_UNIX", authkey=key or bytes.fromhex(known["key"]))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "indexer.json")
    yield server
    server.control.close()


def test_a_reader_begins_with_how_things_stand(server: Server) -> None:
    server.control.broadcast({"runs": 3})
    client = server.connect()
    assert client.receive() == {"fingerprint": "f", "runs": 3}
    server.control.broadcast({"runs": 4})
    assert client.receive() == {"runs": 4}
    client.close()


def test_messages_reach_the_indexer(server: Server) -> None:
    client = server.connect()
    for number in range(100):
        assert client.send({"command": "changed", "paths": [f"{number}.md", "茶"]})
    wait_until("all are received", lambda: len(server.received) == 100)
    assert server.received[7] == {"command": "changed", "paths": ["7.md", "茶"]}
    client.close()


def test_readers_are_counted(server: Server) -> None:
    assert server.control.n_readers == 0
    clients = [server.connect() for _ in range(3)]
    wait_until("three are counted", lambda: server.control.n_readers == 3)
    clients[0].close()
    wait_until("two are counted", lambda: server.control.n_readers == 2)
    for client in clients[1:]:
        client.close()
    wait_until("none is counted", lambda: server.control.n_readers == 0)


def test_the_key_is_for_the_user_only(server: Server) -> None:
    assert server.path.stat().st_mode & 0o777 == 0o600
    socket = Path(json.loads(server.path.read_text())["address"])
    assert socket.parent.stat().st_mode & 0o077 == 0


def test_without_the_key_nobody_gets_in(server: Server) -> None:
    with pytest.raises(Exception, match=r"digest|closed|reset|pipe"):
        server.raw(b"not the key").recv_bytes()
    assert server.control.n_readers == 0
    assert server.received == []
    server.connect().close()


def test_what_is_no_message_ends_that_reader_only(server: Server) -> None:
    other = server.connect()
    other.receive()
    for data in (b"not json", b"\xff\xfe", b"[1, 2]", b'"text"', b"{", b""):
        connection = server.raw()
        connection.send_bytes(data)
        connection.close()
    wait_until("only the other is left", lambda: server.control.n_readers == 1)
    assert other.send({"command": "sync"})
    wait_until("it is heard", lambda: server.received == [{"command": "sync"}])
    other.close()


def test_a_reader_that_does_not_read_holds_nobody_up(server: Server) -> None:
    slow = server.raw()
    quick = server.connect()
    quick.receive()
    wait_until("both are there", lambda: server.control.n_readers == 2)
    done = threading.Event()

    def broadcast() -> None:
        for number in range(2_000):
            server.control.broadcast({"number": number, "text": "x" * 10_000})
        done.set()

    threading.Thread(target=broadcast, daemon=True).start()
    wait_until("everything was told", done.is_set)
    message: Message = {}
    while message.get("number") != 1_999:
        message = quick.receive() or pytest.fail("the quick reader was let go")
    slow.close()
    quick.close()


def test_closing_lets_everybody_go(tmp_path: Path) -> None:
    server = Server(tmp_path / "indexer.json")
    client = server.connect()
    client.receive()
    server.control.close()
    assert client.receive() is None
    wait_until("sending fails", lambda: not client.send({"command": "sync"}))
    assert not server.path.exists()
    assert connect(server.path) is None
    client.close()


def test_closing_leaves_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    for _ in range(5):
        Server(tmp_path / "indexer.json").control.close()
    wait_until("the threads have ended", lambda: threading.active_count() <= before)


def test_closing_a_client_ends_its_waiting(server: Server) -> None:
    client = server.connect()
    client.receive()
    got: list[object] = []
    thread = threading.Thread(target=lambda: got.append(client.receive()), daemon=True)
    thread.start()
    client.close()
    thread.join(timeout=5)
    assert got == [None]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"not json",
        b"\xff",
        b"[]",
        b'{"address": "/nowhere/at/all", "key": "00"}',
        b'{"address": 7, "key": "zz"}',
    ],
)
def test_a_stale_or_broken_address_is_nobody(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "indexer.json"
    assert connect(path) is None
    path.write_bytes(content)
    assert connect(path) is None


def test_the_address_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "indexer.json"
    path.write_text("stale")
    path.chmod(0o644)
    server = Server(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {found.name for found in tmp_path.iterdir()} == {"indexer.json", "xdg"}, "and nothing is left beside it"
    server.control.close()


def test_a_client_is_closed_by_one_thread_at_a_time() -> None:
    """``Connection.close`` closes its file twice where two threads are within it."""
    is_within, another_came = threading.Event(), threading.Event()

    class Connection:
        def close(self) -> None:
            if is_within.is_set():
                another_came.set()
            is_within.set()
            another_came.wait(0.3)
            is_within.clear()

    connection: Any = Connection()
    client = ControlClient(connection)
    closing = threading.Thread(target=client.close)
    closing.start()
    assert is_within.wait(10)
    client.close()
    closing.join()
    assert not another_came.is_set()
