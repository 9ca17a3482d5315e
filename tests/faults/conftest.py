"""What the tests of faults share: real servers, seeded folders, and how much of everything is done."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from starlight.engine.describe import fingerprint_of
from starlight.models.embedder import Embedder
from tests.e2e.conftest import cache, caches, ready, serve, start
from tests.engine.conftest import counting, open_workspace
from tests.faults.indexing import IndexerProcess

__all__ = ["cache", "caches", "counting", "open_workspace", "ready", "serve", "start"]


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Chance of the test's own, the same at every run."""
    return random.Random(request.node.name)


@pytest.fixture
def indexer(cache: Path, embedder: Embedder) -> Iterator[Callable[[Path], IndexerProcess]]:
    """Start an indexer process of a folder; in the end it is killed."""
    started: list[IndexerProcess] = []

    def make(root: Path) -> IndexerProcess:
        started.append(IndexerProcess(root, fingerprint_of(embedder)))
        return started[-1]

    yield make
    for process in started:
        process.kill()
