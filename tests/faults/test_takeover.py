"""Two servers and the command line on one folder: when the writer dies, another takes over."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from starlight.models.embedder import Embedder
from tests.cli.command import started
from tests.e2e import processes
from tests.faults.folders import disturb, write_notes
from tests.faults.scale import scaled
from tests.faults.state import check_same, clean_build
from tests.faults.test_kills import database_of
from tests.waiting import wait_until

TAKEOVER = 10.0
"""Seconds within which another writer is at work, on a machine that is busy with these tests; else it is one or two."""


@pytest.mark.parametrize("round_", range(scaled(1, 10)))
def test_the_writer_dies(
    serve, cache: Path, tmp_path: Path, embedder: Embedder, rng: random.Random, round_: int
) -> None:
    processes.need_proc()
    root = tmp_path / "notes"
    write_notes(root, rng, count=300, size=4_000)
    servers = [serve(root) for _ in range(2)]
    wait_until("an indexer works", lambda: any(s["files"] for s in servers[0].of("starlight/status")))
    with started("index", root, "--json") as command:
        for _ in range(2):
            disturb(root, rng, changes=10)
            old = wait_until("one indexer is elected", lambda: only(processes.of(cache)))
            processes.kill(old)
            died = time.monotonic()
            wait_until("another takes over", lambda old=old: new(cache, old) or command.poll() is not None, TAKEOVER)
            print(f"taken over after {time.monotonic() - died:.1f} s")
            assert servers[rng.randrange(2)].search("kettle")["hits"]
        out, err = command.communicate(timeout=60)
    assert command.returncode == 0, err.decode()
    assert b'"files": ' in out
    (root / "new.md").write_text("A narwhal.\n")
    for server in servers:
        wait_until("what is new is found", lambda s=server: "narwhal" in str(s.search("narwhal")["hits"]), TAKEOVER)
        server.wait_state("ready", limit=60)
    wait_until("one writer is left", lambda: only(processes.of(cache)))
    check_same(database_of(cache), clean_build(root, tmp_path / "clean.db", embedder))


def new(cache: Path, old: int) -> set[int]:
    return set(processes.of(cache)) - {old}


def only(found: list[int]) -> int | None:
    return found[0] if len(found) == 1 else None
