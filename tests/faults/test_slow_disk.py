"""A disk that does not answer: the indexer waits for it, and nobody for the indexer.

A lease on a file (``fcntl(2)``, F_SETLEASE) makes the system hold up everyone who opens it, as a disk would that is
on the other side of a network.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from starlight.models.embedder import Embedder
from tests.faults.folders import write_notes
from tests.faults.state import check_same, clean_build
from tests.faults.test_kills import database_of
from tests.parts import need
from tests.waiting import wait_until

AT_ONCE = 2.0
"""Seconds that an answer takes at most, on a machine that is busy with these tests; else some milliseconds."""
HELD_UP_FOR = Path("/proc/sys/fs/lease-break-time")
"""Seconds after which the system lets them go on."""


@contextlib.contextmanager
def held_up(file: Path) -> Iterator[threading.Event]:
    """Nobody can open ``file`` until the block ends; the event says that somebody tries."""
    tried = threading.Event()
    before = signal.signal(signal.SIGIO, lambda _number, _frame: tried.set())
    descriptor = os.open(file, os.O_RDONLY)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        yield tried
    finally:
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        os.close(descriptor)
        signal.signal(signal.SIGIO, before)


def test_server_answers_meanwhile(serve, cache: Path, tmp_path: Path, embedder: Embedder, rng: random.Random) -> None:
    need("leases", HELD_UP_FOR.exists() and int(HELD_UP_FOR.read_text()) >= 20, "Linux can hold up who opens a file")
    root = tmp_path / "notes"
    write_notes(root, rng, count=200, size=2_000)
    (root / "0" / "a.md").write_text("# Animals\n\nA walrus, see [[tea]].\n")
    (root / "0" / "tea.md").write_text("# Tea\n\nBoil the water.\n")
    slow = root / "last" / "slow.md"
    slow.parent.mkdir()
    slow.write_text("# Slow\n\nA narwhal.\n")
    with held_up(slow) as tried:
        server = serve(root)
        wait_until("the indexer hangs on the file", tried.is_set, limit=20)
        server.open(root / "0" / "a.md", "A walrus, see [[tea]].\n")
        uri = (root / "0" / "a.md").as_uri()
        began = time.monotonic()
        hover = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 17}}
        assert "Boil the water" in str(server.request("textDocument/hover", hover, limit=AT_ONCE))
        found = server.execute("starlight.search", {"query": "walrus"}, limit=AT_ONCE)
        assert found["hits"][0]["path"] == "0/a.md"
        assert not found["complete"]
        assert server.status()["state"] == "indexing"
        print(f"three answers after {1000 * (time.monotonic() - began):.0f} ms")
    server.wait_state("ready")
    assert server.search("narwhal")["hits"][0]["path"] == "last/slow.md"
    check_same(database_of(cache), clean_build(root, tmp_path / "clean.db", embedder))


def test_a_hit_that_cannot_be_read(ready, tmp_path: Path) -> None:
    """It is shown by its headings, as one that is gone."""
    need("leases", HELD_UP_FOR.exists() and int(HELD_UP_FOR.read_text()) >= 20, "Linux can hold up who opens a file")
    (root := tmp_path / "notes").mkdir()
    (root / "note.md").write_text("# Whales\n\nA narwhal.\n")
    (root / "other.md").write_text("A narwhal.\n")
    server = ready(root)
    with held_up(root / "note.md") as tried:
        hits = server.search("narwhal")["hits"]
        wait_until("the search was held up", tried.is_set, limit=20)
        assert {hit["path"]: (hit["title"], hit["snippet"]) for hit in hits} == {
            "note.md": ("Whales", ""),
            "other.md": ("other", "A narwhal."),
        }
    assert server.execute("starlight.status", {}, limit=AT_ONCE)["files"] == 2
    found = {hit["path"]: hit["snippet"] for hit in server.search("narwhal")["hits"]}
    assert found == {"note.md": "A narwhal.", "other.md": "A narwhal."}
