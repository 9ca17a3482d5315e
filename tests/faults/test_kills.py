"""Killed at random moments: what was committed stays, nothing is left behind, and the end is as if nothing had been."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.config import Settings
from starlight.engine.indexing import _ALONE, Indexing
from starlight.errors import IndexMissing
from starlight.index.disk import Selection
from starlight.index.writer import _MOST_BLOCKS, Writer
from starlight.models.embedder import Embedder
from tests.e2e import processes
from tests.faults.folders import write_notes
from tests.faults.indexing import IndexerProcess, saving
from tests.faults.scale import scaled
from tests.faults.state import State, check_same, check_sound, clean_build
from tests.index.filling import rows
from tests.waiting import wait_until

KILLS = scaled(2, 3)
"""In one life of an index, one after the other."""

Start = Callable[[Path], IndexerProcess]


@pytest.fixture(autouse=True)
def _proc() -> None:
    processes.need_proc()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> tuple[Path, State]:
    """A folder that is read by several processes, after every kill anew, and its clean build."""
    root = tmp_path_factory.mktemp("large")
    write_notes(root, random.Random("large"), count=scaled(25, 120), size=50_000)
    # No text, which is soon said: it makes the folder large, and is looked at last, at every beginning.
    (root / "0" / "zzz.md").write_bytes(bytes(_ALONE + 1))
    return root, clean_build(root, tmp_path_factory.mktemp("clean") / "index.db", embedder)


def committed(database: Path) -> set[object]:
    try:
        return set(rows(database, "SELECT path, hash FROM notes"))
    except IndexMissing:  # it has no tables yet
        return set()


@pytest.mark.parametrize("life", range(scaled(1, 14)))
def test_while_indexing_in_bulk(large: tuple[Path, State], indexer: Start, rng: random.Random, life: int) -> None:
    root, expected = large
    stored: set[object] = set()
    for _ in range(KILLS):
        process = indexer(root)
        process.wait_for_writes(rng.randrange(2, 14), unless=process.is_tidy)
        seen = committed(process.database)
        process.kill()
        check_sound(process.database)
        assert stored <= seen <= (stored := committed(process.database))
    process = indexer(root)
    process.finish()
    check_same(process.database, expected)


@pytest.mark.parametrize("life", range(scaled(1, 10)))
def test_while_taking_saves(tmp_path: Path, embedder: Embedder, indexer: Start, rng: random.Random, life: int) -> None:
    root = tmp_path / "notes"
    write_notes(root, rng, count=150, size=1_500)
    process = indexer(root)
    process.finish()
    for _ in range(KILLS):
        with saving(root, process, rng):
            process.wait_for_writes(rng.randrange(1, 20))
            process.kill()
        check_sound(process.database)
        process = indexer(root)
    process.finish()
    check_same(process.database, clean_build(root, tmp_path / "clean.db", embedder))


@pytest.mark.parametrize("kill", range(scaled(1, 20)))
def test_while_tidying(tmp_path: Path, embedder: Embedder, indexer: Start, rng: random.Random, kill: int) -> None:
    root = tmp_path / "notes"
    places = write_notes(root, rng, count=_MOST_BLOCKS + 20, size=2_000)
    process = indexer(root)
    process.end()
    with Writer(process.database) as writer:  # so many single saves that the codes are to be joined
        indexing = Indexing(Selection(root), writer, embedder, Settings())
        for place in places:
            place.write_text(f"{place.read_text(encoding='utf-8')}\n\n# Another\n", encoding="utf-8")
            indexing.update([place.relative_to(root).as_posix()])
    places[0].write_text("# The last one\n")
    process = indexer(root)
    process.finish()
    process.wait_for_writes(rng.randrange(1, 12), unless=process.is_tidy)
    process.kill()
    check_sound(process.database)
    process = indexer(root)
    process.finish()
    wait_until("it is tidy", lambda: len(rows(process.database, "SELECT block FROM codes")) == 1, limit=30)
    check_same(process.database, clean_build(root, tmp_path / "clean.db", embedder))


@pytest.mark.parametrize("kill", range(scaled(1, 10)))
def test_of_the_server(serve, cache: Path, large: tuple[Path, State], rng: random.Random, kill: int) -> None:
    root, expected = large
    server = serve(root)
    part = rng.random() * len(expected.notes)
    server.wait("a part is indexed", lambda: any(s["files"] >= part for s in server.of("starlight/status")), limit=60)
    server.kill()
    other = serve(root)
    assert other.wait_state("ready", limit=60)["files"] == len(expected.notes)
    other.kill()
    processes.ask_to_end(cache)
    wait_until("the indexer has ended", lambda: not processes.of(cache), limit=20)
    assert not processes.of(cache, "starlight.engine.worker")
    check_same(database_of(cache), expected)


def database_of(cache: Path) -> Path:
    (database,) = cache.glob("starlight/indexes/*/index-*.db")
    return database
