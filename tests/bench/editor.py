"""An editor on a corpus, for measuring: the client of the end-to-end tests, and what is timed through it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.client import Refused, Server

HOURS = 2 * 3_600.0
"""A limit for what may take as long as indexing does."""
_PROBE = [sys.executable, "-m", "starlight", "serve"]


@contextlib.contextmanager
def editor(folder: Path, environment: dict[str, str], state: str = "ready") -> Iterator[Server]:
    """A server with ``folder`` open whose state is ``state``."""
    server = Server(_PROBE, environment)
    try:
        server.initialize(folder)
        server.wait_state(state, limit=HOURS)
        yield server
    finally:
        server.close()


def search_time(server: Server, query: str) -> float:
    """Return how long a search takes, there and back."""
    del server.received[:]
    started = time.perf_counter()
    server.search(query)
    return time.perf_counter() - started


def initialize_time(folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Return how long a server that has started takes to answer ``initialize``, and how long from its start on."""
    started = time.perf_counter()
    server = Server(_PROBE, environment)
    try:
        with contextlib.suppress(Refused):  # before `initialize` it refuses everything, and so says that it listens
            server.request("starlight/none", None)
        asked = time.perf_counter()
        server.initialize(folder)
        answered = time.perf_counter()
        return answered - asked, answered - started
    finally:
        server.close()


def hover_time(server: Server, path: Path, line: int, character: int) -> float:
    """Return how long a hover takes, there and back."""
    del server.received[:]
    position = {"line": line, "character": character}
    started = time.perf_counter()
    server.request("textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": position})
    return time.perf_counter() - started


def find_time(server: Server, word: str, limit: float) -> float | None:
    """Return the moment at which a search has found ``word``; None where ``limit`` seconds were not enough."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        del server.received[:]
        with contextlib.suppress(Refused):  # the index is not open yet
            if any(word in hit["snippet"] for hit in server.search(word, limit=1)["hits"]):
                return time.perf_counter()
    return None
