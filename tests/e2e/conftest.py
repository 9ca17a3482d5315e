"""Real servers for the tests, over standard input and output, and what they leave behind cleared away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import conftest, vaults
from tests.e2e import processes
from tests.e2e.client import SERVE, Server


@pytest.fixture(scope="session")
def caches() -> Iterator[list[Path]]:
    """The cache folders of all tests.  When all have run, no process works in one of them any more."""
    found: list[Path] = []
    yield found
    for cache in found:
        processes.see_ended(cache)


@pytest.fixture
def cache(xdg_home: Path, caches: list[Path]) -> Iterator[Path]:
    """The cache folder of this test."""
    folder = xdg_home / "cache"
    caches.append(folder)
    yield folder
    processes.ask_to_end(folder)


@pytest.fixture
def start(cache: Path) -> Iterator[Callable[..., Server]]:
    """Start a server process, not yet initialized.  In the end it is killed: its end has tests of its own."""
    servers: list[Server] = []

    def make(command: Iterable[str] = SERVE, environment: dict[str, str] | None = None) -> Server:
        servers.append(Server(command, environment))
        return servers[-1]

    yield make
    for server in servers:
        server.kill()
    strays = [server.stray for server in servers if server.stray]
    assert not strays, f"on the server's output, between messages: {strays}"


@pytest.fixture
def serve(start: Callable[..., Server]) -> Callable[..., Server]:
    """Start a server with the given folders open and initialize it."""

    def make(*folders: Path, environment: dict[str, str] | None = None, **how: Any) -> Server:
        server = start(environment=environment)
        server.initialize(*folders, **how)
        return server

    return make


@pytest.fixture
def ready(serve: Callable[..., Server]) -> Callable[..., Server]:
    """The same, with everything indexed."""

    def make(*folders: Path, **how: Any) -> Server:
        server = serve(*folders, **how)
        server.wait_state("ready")
        return server

    return make


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory, caches: list[Path]) -> Iterator[Path]:
    """A home that the tests of one module share, for a server that they share."""
    home = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        for variable, name in conftest.XDG.items():
            patch.setenv(variable, str(home / name))
        conftest.without_refiner(home / conftest.XDG["XDG_CONFIG_HOME"])
        caches.append(home / "cache")
        yield home
    processes.ask_to_end(home / "cache")


@pytest.fixture(scope="module")
def share(module_home: Path) -> Iterator[Callable[..., Server]]:
    """Start a server for all tests of the module, with a folder of notes, and wait until that is indexed."""
    servers: list[Server] = []

    def make(text: str, **how: Any) -> Server:
        server = Server()
        servers.append(server)
        server.initialize(vaults.write(module_home / "notes", text), **how)
        server.wait_state("ready")
        return server

    yield make
    for server in servers:
        assert server.close() == 0
        assert server.stray == b""
