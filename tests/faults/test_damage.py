"""The index deleted, cut off or scribbled over under a running server: it is made again, and no answer is wrong."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.models.embedder import Embedder
from tests.e2e.client import Refused
from tests.faults.folders import write_notes
from tests.faults.scale import scaled
from tests.faults.state import check_same, clean_build, is_same
from tests.faults.test_kills import database_of
from tests.waiting import wait_until


def delete(database: Path, rng: random.Random) -> None:
    for end in ("", "-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)


def empty(database: Path, rng: random.Random) -> None:
    os.truncate(database, 0)


def halve(database: Path, rng: random.Random) -> None:
    os.truncate(database, database.stat().st_size // 2)


def scribble(database: Path, rng: random.Random) -> None:
    with database.open("r+b") as file:
        file.write(rng.randbytes(database.stat().st_size))


def scribble_pages(database: Path, rng: random.Random) -> None:
    with database.open("r+b") as file:
        for _ in range(database.stat().st_size // 4096 // 4):
            file.seek(4096 * rng.randrange(1, database.stat().st_size // 4096))
            file.write(rng.randbytes(4096))


def empty_the_log(database: Path, rng: random.Random) -> None:
    os.truncate(f"{database}-wal", 0)


def scribble_log(database: Path, rng: random.Random) -> None:
    log = Path(f"{database}-wal")
    log.write_bytes(rng.randbytes(max(log.stat().st_size, 50_000)))


DAMAGES = (delete, empty, halve, scribble, scribble_pages, empty_the_log, scribble_log)


@pytest.mark.parametrize("round_", range(scaled(1, 5)))
@pytest.mark.parametrize("damage", DAMAGES)
def test_under_a_running_server(
    ready,
    serve,
    cache: Path,
    tmp_path: Path,
    embedder: Embedder,
    rng: random.Random,
    damage: Callable[[Path, random.Random], None],
    round_: int,
) -> None:
    root = tmp_path / "notes"
    write_notes(root, rng, count=40, size=2_000)
    (root / "tea.md").write_text("# Tea\n\nA walrus boiled the water.\n")
    server = ready(root)
    assert places(server, "walrus") == {"tea.md"}
    database = database_of(cache)
    log = Path(f"{database}-wal")
    wait_until("the log is written back", lambda: log.exists() and not log.stat().st_size)  # else it would mend much
    damage(database, rng)
    assert places(server, "walrus") <= {"tea.md"}
    (root / "new.md").write_text("# New\n\nA narwhal.\n")
    server.notify("textDocument/didSave", {"textDocument": {"uri": (root / "new.md").as_uri()}})
    wait_until("the saved note is found", lambda: places(server, "narwhal") == {"new.md"}, limit=20)
    wait_until("the other is found", lambda: places(server, "walrus") == {"tea.md"}, limit=20)
    other = serve(root)  # has not one page of the index in its memory
    expected = clean_build(root, tmp_path / "clean.db", embedder)
    wait_until(
        "the index is made again",
        lambda: places(other, "walrus") == {"tea.md"} and is_same(database_of(cache), expected),
        limit=20,
    )
    check_same(database_of(cache), expected)


def places(server, word: str) -> set[str]:
    """Where a search finds the word; nowhere if it fails with a message for people."""
    try:
        hits = server.search(word)["hits"]
    except Refused as refused:
        refusal = refused.message
    else:
        return {hit["path"] for hit in hits if word in hit["snippet"]}
    assert "index" in refusal
    assert "Traceback" not in refusal
    return set()


def test_it_is_said(ready, serve, cache: Path, tmp_path: Path, rng: random.Random) -> None:
    root = tmp_path / "notes"
    write_notes(root, rng, count=40, size=2_000)
    server = ready(root)
    wait_until("the log is written back", lambda: not Path(f"{database_of(cache)}-wal").stat().st_size)
    scribble(database_of(cache), rng)
    other = serve(root)
    other.wait("the folder is opened", lambda: other.of("starlight/status"))
    with pytest.raises(Refused, match=r"the index is damaged .* your notes are not"):
        other.search("kettle")
    for told in (server, other):
        told.wait("it is said", lambda told=told: "was damaged and was made again" in str(told.of("starlight/status")))
    wait_until("it is found again", lambda: other.search("kettle")["hits"])
