"""A stand-in for a hub of models: real sockets on loopback, files that can break off, wait, or be other ones."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tests.models.loopback import Loopback, Quiet

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class StandInHub:
    """The hub; ``files`` by their place, ``OWNER/REPOSITORY/FILE``."""

    files: dict[str, bytes]
    stop_at: int = 0
    """After so many bytes of a file it waits for ``release``."""
    break_at: int = 0
    """After so many bytes of a file it hangs up, once."""
    lie: bool = False
    """Whether it sends other bytes than it promised."""
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and range of each."""
    agents: set[str] = field(default_factory=set)
    """What clients said of themselves."""
    release: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> StandInHub:
        self._server = Loopback(_Handler, self)
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def ranges(self) -> list[str]:
        """The ranges that were asked for, empty for a whole file."""
        return [asked for method, path, asked in self.requests if method == "GET" and "/resolve/" in path]


class _Handler(Quiet):
    def do_HEAD(self) -> None:
        found = self._begin()
        if found is not None:
            self._head(200, found, len(found))

    def do_GET(self) -> None:
        found = self._begin()
        if found is None:
            return
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])
        more = {"Content-Range": f"bytes {start}-{len(found) - 1}/{len(found)}"} if start else {}
        self._head(206 if start else 200, found, len(found) - start, more)
        self._send(found, start)

    def _begin(self) -> bytes | None:
        script = self.server.script
        script.requests.append((self.command, self.path, self.headers.get("Range") or ""))
        script.agents.add(self.headers.get("User-Agent", ""))
        parts = PurePosixPath(self.path).parts[1:]
        place = "/".join((*parts[:2], *parts[4:]))
        if place in script.files:
            return script.files[place]
        repositories = {"/".join(known.split("/")[:2]) for known in script.files}
        self.send_response(404)
        self.send_header("X-Error-Code", "EntryNotFound" if "/".join(parts[:2]) in repositories else "RepoNotFound")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def _head(self, status: int, found: bytes, length: int, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        facts = {
            "Content-Length": str(length),
            "Accept-Ranges": "bytes",
            "X-Repo-Commit": COMMIT,
            "X-Linked-Size": str(len(found)),
            "X-Linked-Etag": f'"{hashlib.sha256(found).hexdigest()}"',
            "ETag": '"of the pointer"',
        }
        for name, value in {**facts, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, found: bytes, start: int) -> None:
        script = self.server.script
        data = bytes(byte ^ 1 for byte in found) if script.lie else found
        for end in (script.stop_at, script.break_at):
            if start < end:
                self.wfile.write(data[start:end])
                self.wfile.flush()
                start = end
                if end == script.stop_at:
                    script.waiting.set()
                    script.release.wait(30)
                else:
                    script.break_at = 0
                    self.connection.close()
                    return
        self.wfile.write(data[start:])
