"""No room on the disk, under a running server: it is said, nothing is lost, and it goes on when there is room."""

from __future__ import annotations

import contextlib
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from starlight.models.embedder import Embedder
from tests.cli.command import starlight
from tests.cli.test_bad_index import mounted
from tests.e2e import processes
from tests.faults.folders import text, write_notes
from tests.faults.scale import scaled
from tests.faults.state import check_same, clean_build
from tests.faults.test_kills import database_of
from tests.parts import need
from tests.waiting import wait_until


@pytest.fixture
def disk(cache: Path) -> Iterator[Path]:
    """A disk of 1.5 MB that holds the indexes."""
    folder = cache / "starlight"
    need("mount", mounted(folder, "1500k"), "only root can mount a small disk to fill")
    yield folder
    processes.ask_to_end(cache)
    wait_until("the indexer has ended", lambda: not processes.of(cache), limit=20)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # a server may have its index open


def fill(disk: Path) -> Path:
    """Take all room that is left; returns the file that has it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def wait_found(server, word: str) -> None:
    wait_until(f"{word} is found", lambda: word in str(server.search(word)["hits"]).lower())


def test_while_indexing_in_bulk(serve, disk: Path, tmp_path: Path, embedder: Embedder, rng: random.Random) -> None:
    root = tmp_path / "notes"
    write_notes(root, rng, count=150, size=8_000)
    (root / "0" / "a.md").write_text("A walrus.\n")
    server = serve(root)
    message = server.wait_state("failed", limit=60)["message"]
    assert "no space is left for the index; free some" in message
    found = server.search("walrus kettle harbour")
    assert not found["complete"]
    assert found["hits"], "what was indexed can be searched"
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    if scaled(True, False):  # else it goes on by itself, half a minute later
        assert starlight("index", root, "--json").json()["files"] == 151
    server.wait_state("ready", limit=90)
    wait_found(server, "walrus")
    check_same(database_of(disk.parent), clean_build(root, tmp_path / "clean.db", embedder))


def test_while_saving(ready, disk: Path, tmp_path: Path, embedder: Embedder, rng: random.Random) -> None:
    root = tmp_path / "notes"
    places = write_notes(root, rng, count=20, size=3_000)
    places[0].write_text("A walrus.\n")
    server = ready(root)
    ballast = fill(disk)
    for place in places[1:]:
        place.write_text(f"# Narwhal\n\nA narwhal.\n\n{text(rng, 15_000)}", encoding="utf-8")
        server.notify("textDocument/didSave", {"textDocument": {"uri": place.as_uri()}})
    assert "no space is left" in server.wait_state("failed")["message"]
    wait_found(server, "walrus")
    ballast.unlink()
    if scaled(True, False):
        assert starlight("index", root, "--json").json()["files"] == 20
    server.wait_state("ready", limit=90)
    wait_found(server, "narwhal")
    check_same(database_of(disk.parent), clean_build(root, tmp_path / "clean.db", embedder))
