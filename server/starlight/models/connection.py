"""One request over HTTP, and its answer as it comes: to the address that was looked at, and to no other.

``http.client`` is enough: a request is one POST, an answer a stream of lines, and each has a connection of its own,
which is what makes it stop at once (docs/decisions/0015).  No proxy is used, whatever the environment says, and no
redirect is followed: both would take text where nobody agreed to.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlight.errors import GenerationFailed, GeneratorUnavailable
from starlight.models.endpoint import Address, Endpoint

_LINE_BYTES = 1_000_000
_BODY_BYTES = 20_000_000
_POLL = 0.05
"""Seconds after which a connection that is being made looks whether it still should."""
_IN_PROGRESS = {errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds."""

    connect: float = 5.0
    first: float = 300.0
    """Until its answer begins: it may load the model and read a long prompt first."""
    between: float = 60.0
    """Between two parts of it."""


class Cut(Exception):
    """The connection was cut from this side."""


class Exchange:
    """A request and its answer; ``cut`` ends it from another thread, whatever it waits for."""

    def __init__(self, endpoint: Endpoint, patience: Patience | None = None, key: str = "") -> None:
        self.endpoint = endpoint
        self._patience = patience or Patience()
        self._key = key
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._is_cut = False
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        """Send the request and return the answer as soon as its head has come.

        Raises:
            Cut: it was cut.
            GeneratorUnavailable: the server cannot be reached, or says nothing.
        """
        payload = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json, text/event-stream", "Connection": "close"}
        if payload is not None:
            headers["Content-Type"] = "application/json"
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            sock = self._connect()
            connection = self._connection = _Over(self.endpoint, sock)
            sock.settimeout(self._patience.first)
            connection.request(method, path, payload, headers)
            return Reply(self, connection.getresponse(), sock)
        except (OSError, http.client.HTTPException, ValueError) as error:
            fault = self.fault(error, self._patience.first)
            self.close()
            raise fault from error

    def cut(self) -> None:
        """End it, now."""
        with self._lock:
            self._is_cut = True
            if self._handle:
                with contextlib.suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._handle:
                self._handle.close()
                self._handle = None
        if self._connection:
            self._connection.close()

    @property
    def patience(self) -> Patience:
        """How long it waits."""
        return self._patience

    @property
    def host(self) -> str:
        """Whom it asks."""
        return self.endpoint.host

    def expect_whole(self) -> None:
        """See that an end is the server's.

        Raises:
            Cut: it is ours.
        """
        if self._is_cut:
            raise Cut

    def fault(self, error: Exception, waited: float) -> Exception:
        """Return what ``error`` means to a person; ``Cut`` where we did that ourselves."""
        if self._is_cut:
            return Cut()
        if isinstance(error, TimeoutError):
            return GeneratorUnavailable(f"{self.host} has said nothing for {waited:g} s; it may be busy or hang")
        if isinstance(error, ssl.SSLCertVerificationError):
            return GeneratorUnavailable(
                f"{self.host}: its certificate is not trusted ({error.verify_message}); add its issuer to this system"
            )
        if isinstance(error, ssl.SSLError):
            return GeneratorUnavailable(f"{self.host}: does not speak TLS ({error.reason}); is it http:// instead?")
        if isinstance(error, ConnectionRefusedError):
            return GeneratorUnavailable(f"{self.host}: nobody answers there; start the server, or check the address")
        if isinstance(error, http.client.IncompleteRead):
            return GeneratorUnavailable(f"{self.host} hung up in the middle")
        if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
            return GeneratorUnavailable(f"{self.host} hung up without an answer; look at what it logged")
        if isinstance(error, http.client.HTTPException | ValueError):
            return GeneratorUnavailable(f"{self.host} does not speak HTTP ({str(error)[:80] or type(error).__name__})")
        return GeneratorUnavailable(f"{self.host}: cannot be reached ({getattr(error, 'strerror', '') or error})")

    def _connect(self) -> socket.socket:
        last: OSError | None = None
        for address in self.endpoint.addresses():
            try:
                sock = self._connected(address)
            except OSError as error:
                last = error
                continue
            return self._secured(sock) if self.endpoint.scheme == "https" else sock
        raise last or OSError("it has no address")

    def _secured(self, sock: socket.socket) -> socket.socket:
        try:
            return ssl.create_default_context().wrap_socket(sock, server_hostname=self.endpoint.name)
        except BaseException:
            sock.close()
            raise

    def _connected(self, address: Address) -> socket.socket:
        """Return a socket that is connected to ``address``; its double is kept, to be shut from another thread."""
        sock = socket.socket(address[0], socket.SOCK_STREAM)
        try:
            sock.settimeout(0)
            code = sock.connect_ex(address[1])
            if code in _IN_PROGRESS:
                code = self._await(sock)
            if code:
                raise OSError(code, os.strerror(code))
            sock.settimeout(self._patience.connect)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                if self._is_cut:
                    raise Cut
                self._handle = sock.dup()
        except BaseException:
            sock.close()
            raise
        return sock

    def _await(self, sock: socket.socket) -> int:
        end = time.monotonic() + self._patience.connect
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_WRITE)
            while not selector.select(_POLL):
                if self._is_cut:
                    raise Cut
                if time.monotonic() > end:
                    raise OSError(errno.ETIMEDOUT, f"no answer within {self._patience.connect:g} s")
        return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


class Reply:
    """What the server answers."""

    def __init__(self, exchange: Exchange, response: http.client.HTTPResponse, sock: socket.socket) -> None:
        self._exchange = exchange
        self._response = response
        self._socket = sock
        self._waits = 0.0
        self.status = response.status
        self.content_type = response.headers.get_content_type()
        self.headers = response.headers

    def json(self) -> Any:  # noqa: ANN401 -- any JSON
        """Return the body as JSON; None where it is none.

        Raises:
            Cut: it was cut.
            GeneratorUnavailable: it does not come.
        """
        try:
            self._socket.settimeout(self._exchange.patience.between)
            return json.loads(self._response.read(_BODY_BYTES))
        except (OSError, http.client.HTTPException) as error:
            raise self._exchange.fault(error, self._exchange.patience.between) from error
        except (ValueError, RecursionError):
            return None
        finally:
            self._exchange.close()

    def hurry(self, seconds: float) -> None:
        """Wait no longer than that for the next line."""
        self._waits = seconds

    def lines(self) -> Iterator[str]:
        """Yield the lines of the body, without their ends, as they come.

        Raises:
            Cut: it was cut.
            GenerationFailed: it broke off.
        """
        self._waits = self._exchange.patience.first  # the head may come long before the first word
        try:
            while True:
                self._socket.settimeout(self._waits)
                line = self._response.readline(_LINE_BYTES)
                if not line:
                    self._exchange.expect_whole()
                    return
                if len(line) >= _LINE_BYTES:
                    raise GenerationFailed(f"{self._exchange.host} sent a line without end; what came before it stands")
                self.hurry(self._exchange.patience.between)
                yield line.decode("utf-8", "replace").rstrip("\r\n")
        except (OSError, http.client.HTTPException, ValueError) as error:
            fault = self._exchange.fault(error, self._waits)
            if isinstance(fault, Cut):
                raise fault from error
            raise GenerationFailed(f"{fault}; what came until then stands") from error


class _Over(http.client.HTTPConnection):
    """HTTP over a connection that there already is."""

    def __init__(self, endpoint: Endpoint, sock: socket.socket) -> None:
        self.default_port = 443 if endpoint.scheme == "https" else 80
        super().__init__(endpoint.name, endpoint.port)
        self.sock = sock
