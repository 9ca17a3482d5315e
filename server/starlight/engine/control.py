"""How readers talk to the indexer of a root: a local socket, one JSON object a message.

The indexer listens (AF_UNIX, a named pipe on Windows) and writes the address and a random key into a file that
only the user can read.  An open connection is also how the indexer knows that somebody still needs it: the
operating system closes it when its reader ends, however that ends.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from starlight.private import write_private

Message = dict[str, Any]

_FAMILY = "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"


class ControlServer:
    """The indexer's end.  ``received`` is called with each message, on a thread of its own."""

    def __init__(self, path: Path, hello: Message, received: Callable[[Message], None]) -> None:
        self._path = path
        self._hello = hello
        self._received = received
        key = secrets.token_bytes(32)
        self._readers: set[_Reader] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._listener = Listener(None, _FAMILY, authkey=key)
        self._entry = json.dumps({"address": self._listener.address, "key": key.hex()})
        try:
            write_private(path, self._entry)
        except OSError:
            self._listener.close()
            raise
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    @property
    def n_readers(self) -> int:
        """How many readers are connected."""
        with self._lock:
            return len(self._readers)

    def broadcast(self, message: Message) -> None:
        """Let every reader have ``message``, and later ones begin with it.

        Never waits: a reader that is slow to take messages gets the last one only.
        """
        with self._lock:
            self._hello = {**self._hello, **message}
            for reader in self._readers:
                reader.offer(message)

    def close(self) -> None:
        """Stop listening and let the readers go."""
        self._closed = True
        with contextlib.suppress(OSError):
            if self._path.read_text(encoding="utf-8") == self._entry:  # else the next indexer has put its own there
                self._path.unlink()
        with contextlib.suppress(OSError):  # closing does not wake a thread that waits to accept; a visitor does
            Client(self._listener.address, _FAMILY).close()
        self._listener.close()
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()

    def _accept(self) -> None:
        from multiprocessing import AuthenticationError

        while not self._closed:
            try:
                connection = self._listener.accept()
            except (AuthenticationError, EOFError, ConnectionError):
                continue  # somebody without the key, or somebody who left at the door
            except OSError:
                return
            reader = _Reader(connection)
            with self._lock:
                self._readers.add(reader)
                reader.offer(self._hello)
            threading.Thread(target=self._serve, args=(reader,), name="reader", daemon=True).start()

    def _serve(self, reader: _Reader) -> None:
        for message in reader.messages():
            self._received(message)
        with self._lock:
            self._readers.discard(reader)
        reader.close()


class _Reader:
    """One connected reader: a thread that sends it the latest message, and the messages it sends."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._latest: Message = {}
        self._changed = threading.Condition()
        self._closed = False
        threading.Thread(target=self._send, name="reader-send", daemon=True).start()

    def offer(self, message: Message) -> None:
        with self._changed:
            self._latest = {**self._latest, **message}
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def messages(self) -> Iterator[Message]:
        with contextlib.suppress(EOFError, OSError, ValueError):
            while not self._closed:
                # A blocked read would keep the connection open for its other end, even when it is closed here.
                if not self._connection.poll(0.5):
                    continue
                message = json.loads(self._connection.recv_bytes())
                if isinstance(message, dict):
                    yield message

    def _send(self) -> None:
        with contextlib.closing(self._connection):
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._latest or self._closed)
                    message, self._latest = self._latest, {}
                if not message:
                    return
                try:
                    self._connection.send_bytes(json.dumps(message).encode())
                except (OSError, ValueError):  # it has left; what it asked for before may still wait to be read
                    with self._changed:
                        self._changed.wait_for(lambda: self._closed)
                    return


class ControlClient:
    """A reader's end."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._closing = threading.Lock()

    def receive(self, keep_going: Callable[[], bool] = lambda: True) -> Message | None:
        """Wait for the next message; None when the indexer has ended, after ``close``, or not to go on."""
        try:
            # A blocked read does not notice that another thread closed the connection; a poll does.
            while not self._connection.poll(0.5):
                if not keep_going():
                    return None
            message = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError, ValueError, TypeError):
            return None
        return message if isinstance(message, dict) else None

    def send(self, message: Message) -> bool:
        """Send ``message``; false when the indexer has ended."""
        with self._sending:
            try:
                self._connection.send_bytes(json.dumps(message).encode())
            except (OSError, ValueError):
                return False
            return True

    def close(self) -> None:
        """Let the indexer go.  A ``receive`` on another thread ends."""
        with self._closing:  # two threads at once would close one file twice, and by then it may be another's
            self._connection.close()


def connect(path: Path) -> ControlClient | None:
    """Return a connection to the indexer whose address is in the file at ``path``; None where there is none."""
    from multiprocessing import AuthenticationError

    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        address, key = known["address"], bytes.fromhex(known["key"])
        return ControlClient(Client(address, _FAMILY, authkey=key))
    except (OSError, ValueError, KeyError, TypeError, EOFError, AuthenticationError):
        return None
