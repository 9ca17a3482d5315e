"""Running the server: over standard input and output, or on a loopback port."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import platform
import sys
from typing import TYPE_CHECKING, BinaryIO

from starlight import __version__
from starlight.config import Settings
from starlight.errors import InvalidRequest

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

log = logging.getLogger(__name__)

_SWITCH = 0.000_2
"""Seconds that a thread waits for another one that computes.  A search lets go of the interpreter some hundred times,
and by Python's 5 ms would wait for half a second while links are read behind it."""


def serve(settings: Settings, *, tcp: str | None, allow_remote: bool, debug: bool) -> int:
    """Serve one client until it leaves; returns the exit code.

    Questions and answers are logged only where ``debug`` says so.

    Raises:
        InvalidRequest: ``tcp`` is no address, or one that other machines reach and ``allow_remote`` is false.
    """
    sys.setswitchinterval(_SWITCH)
    address = _address(tcp, allow_remote=allow_remote) if tcp else None
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.WARNING)
    logging.getLogger("starlight").setLevel(logging.DEBUG if debug else logging.INFO)
    log.info("Starlight %s, Python %s, %s", __version__, platform.python_version(), sys.executable)
    output = None if address else _take_stdout()

    server = _server(settings)
    if address:
        try:
            server.start_tcp(*address)
        except OSError as error:
            raise InvalidRequest(f"--tcp {tcp}: this address cannot be listened on ({error.strerror})") from error
    else:
        server.start_io(None, output)
    return 0


def _server(settings: Settings) -> StarlightServer:
    """Return the server; nothing that is loaded with it is garbage, nor looked for among garbage later.

    Each such look would hold up an answer by tens of milliseconds: the protocol alone is a hundred thousand objects.
    """
    gc.disable()
    from starlight.lsp.server import create_server

    server = create_server(settings)
    gc.freeze()
    gc.enable()
    return server


def _take_stdout() -> BinaryIO:
    """Return standard output for the protocol alone; whoever else prints to it prints to standard error.

    Native libraries write to file descriptor 1 without asking Python.
    """
    sys.stdout.flush()
    protocol = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return protocol


def _address(text: str, *, allow_remote: bool) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdecimal() or int(port) > 65_535:
        raise InvalidRequest(f"--tcp {text}: give an address as HOST:PORT, such as 127.0.0.1:2087")
    if not allow_remote and not _is_loopback(host):
        raise InvalidRequest(
            f"--tcp {text}: other machines could reach this address and read your notes; "
            "use 127.0.0.1, or add --allow-remote if you mean it"
        )
    return host, int(port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
