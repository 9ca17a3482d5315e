"""A small editor: a client of the Language Server Protocol that sees every byte the server sends.

Reads strictly: whatever is no message on the server's output is kept in ``stray``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

SERVE = [sys.executable, "-m", "starlight", "serve"]
LIMIT = 40.0
"""Seconds after which an answer or a message that did not come is a failure."""

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True, "showMessage": {}},
    "workspace": {
        "workspaceFolders": True,
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "configuration": True,
        "fileOperations": {"didCreate": True, "didRename": True, "didDelete": True},
    },
    "textDocument": {"hover": {"contentFormat": ["markdown"]}},
}
_LENGTH = re.compile(rb"Content-Length: (\d+)\r\n")


class Refused(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.message: str = error["message"]


class Client:
    """One connection.  ``answers`` says what the server's own requests are answered with, by method."""

    def __init__(self, output: BinaryIO, into: BinaryIO) -> None:
        self._output = output
        self._into = into
        self._arrived = threading.Condition()
        self._last_id = 0
        self.received: list[dict[str, Any]] = []
        self.stray = b""
        self.ended = False
        self.answers: dict[str, Callable[[Any], Any]] = {"workspace/configuration": lambda params: [None]}
        threading.Thread(target=self._read, name="client", daemon=True).start()

    def initialize(
        self,
        *folders: Path,
        options: object = None,
        capabilities: dict[str, Any] | None = None,
        settings: object = None,
    ) -> dict[str, Any]:
        """Begin the session with those folders open; returns the server's capabilities."""
        self.answers["workspace/configuration"] = lambda _params: [settings]
        result = self.request("initialize", {
            "processId": os.getpid(),
            "rootUri": folders[0].as_uri() if folders else None,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
            "capabilities": CAPABILITIES if capabilities is None else capabilities,
            "initializationOptions": options,
        })  # fmt: skip
        self.notify("initialized", {})
        return result["capabilities"]

    def request(self, method: str, params: object, limit: float = LIMIT) -> Any:
        """Send a request and return its result; ``Refused`` for an error."""
        return self.answer(self.begin(method, params), limit)

    def begin(self, method: str, params: object) -> int:
        """Send a request; returns its id."""
        self._last_id += 1
        self.send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        return self._last_id

    def answer(self, id_: int, limit: float = LIMIT) -> Any:
        """Return the result of the request with that id."""
        found = self.wait(
            f"request {id_} is answered",
            lambda: [message for message in self.received if message.get("id") == id_ and "method" not in message],
            limit,
        )[0]
        if "error" in found:
            raise Refused(found["error"])
        return found["result"]

    def execute(self, command: str, *arguments: object, limit: float = LIMIT) -> Any:
        """Run one of the server's commands."""
        return self.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)}, limit)

    def search(self, query: str, **more: object) -> dict[str, Any]:
        """Return the answer of ``starlight.search``."""
        return self.execute("starlight.search", {"query": query, **more})

    def status(self) -> dict[str, Any]:
        """Return the answer of ``starlight.status``."""
        return self.execute("starlight.status", {})

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: object) -> None:
        """Send a message."""
        body = json.dumps(message).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are; a server that has ended is not told."""
        with contextlib.suppress(BrokenPipeError):
            self._into.write(data)
            self._into.flush()

    def of(self, method: str) -> list[Any]:
        """The parameters of every message of that method so far, oldest first."""
        with self._arrived:
            return [message.get("params") for message in self.received if message.get("method") == method]

    def wait(self, what: str, condition: Callable[[], Any], limit: float = LIMIT) -> Any:
        """Return the first true value of ``condition``, asked again after every message."""
        with self._arrived:
            value = self._arrived.wait_for(lambda: condition() or self.ended, limit) and condition()
            if not value:
                end = "the server ended first" if self.ended else f"{limit:g} s passed"
                last = [message.get("method", "answer") for message in self.received[-8:]]
                raise AssertionError(f"waited in vain until {what}: {end}; last messages: {last}")
            return value

    def wait_state(self, state: str, limit: float = LIMIT) -> dict[str, Any]:
        """Wait until the last status notification says ``state``; returns it."""

        def there() -> Any:
            last = next(iter(self.of("starlight/status")[-1:]), None)
            return last if last and last["state"] == state else None

        return self.wait(f"the state is {state}", there, limit)

    def open(self, path: Path, text: str, version: int = 1) -> None:
        """Open a document with that text, which need not be the file's."""
        document = {"uri": path.as_uri(), "languageId": "markdown", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def hang_up(self) -> None:
        """Close the connection without a word."""
        with contextlib.suppress(BrokenPipeError):
            self._into.close()

    def _read(self) -> None:
        try:
            while header := self._output.readline():
                found = _LENGTH.fullmatch(header)
                rest = self._rest_of_header() if found else None
                if not found or rest is None:
                    self.stray += header
                    continue
                self._take(json.loads(self._output.read(int(found.group(1)))))
        except (OSError, ValueError):
            pass  # the connection was closed under our hands
        finally:
            with self._arrived:
                self.ended = True
                self._arrived.notify_all()

    def _rest_of_header(self) -> bytes | None:
        """Read up to the empty line; None, and stray, where something else stands there."""
        while (line := self._output.readline()) != b"\r\n":
            if not line.startswith(b"Content-Type: "):
                self.stray += line
                return None
        return b""

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:
            make = self.answers.get(message["method"], lambda _params: None)
            answer = make(message.get("params"))
            if answer is not NO_ANSWER:
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": answer})
        with self._arrived:
            self.received.append(message)
            self._arrived.notify_all()


NO_ANSWER = object()
"""Returned by one of ``answers``: the client does not answer this request."""


class Server(Client):
    """A server process with the client that it serves over standard input and output."""

    def __init__(self, command: Iterable[str] = SERVE, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
        )
        assert self.process.stdin
        assert self.process.stdout
        self._errors: list[bytes] = []
        self._draining = threading.Thread(target=self._drain, name="drain", daemon=True)
        self._draining.start()
        super().__init__(self.process.stdout, self.process.stdin)  # type: ignore[arg-type]

    @property
    def log(self) -> str:
        """What it wrote to standard error so far."""
        return b"".join(self._errors).decode(errors="replace")

    def close(self) -> int:
        """End the session as an editor does; returns the exit code.  A server that ended already is no fault."""
        if self.process.poll() is None and not self.ended:
            with contextlib.suppress(AssertionError):
                self.request("shutdown", None, limit=5)
            self.notify("exit", None)
        return self.wait_ended()

    def kill(self) -> None:
        """End the process as hard as the system can; one that ended already is no fault."""
        self.process.kill()
        self.wait_ended()

    def wait_ended(self, limit: float = LIMIT) -> int:
        """Wait until the process has ended; returns its exit code."""
        try:
            return self.process.wait(limit)
        finally:
            self.process.kill()
            self.process.wait()
            self.hang_up()
            self._draining.join()
            self.wait_for_end_of_output()
            for stream in (self.process.stdout, self.process.stderr):
                if stream:
                    stream.close()

    def wait_for_end_of_output(self) -> None:
        """Wait until everything that was sent is read."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: self.ended, LIMIT), "the server's output stays open"

    def _drain(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self._errors.append(line)
