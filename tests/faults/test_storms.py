"""Thousands of changes at once while a server follows: in the end the index is that of a clean build.

What was only moved keeps its rows: nothing of it is embedded again, and what readers hold of it stays right.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.models.embedder import Embedder
from tests.faults.folders import text, write_notes
from tests.faults.scale import scaled
from tests.faults.state import check_same, clean_build, counts
from tests.faults.test_kills import database_of
from tests.index.filling import rows
from tests.parts import need
from tests.waiting import wait_until

MANY = scaled(600, 5_000)
"""More than are looked at one by one (``index/watcher.py``)."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Notes, some of which say the same, or nothing."""
    root = tmp_path / "notes"
    rng = random.Random("storms")
    write_notes(root / "many", rng, count=MANY, size=300)
    for number in range(40):
        (root / "many" / "0" / f"empty {number}.md").write_text("")
        (root / "many" / "1" / f"same {number}.md").write_text("The same kettle in every note.\n")
    write_notes(root / "still", rng, count=20, size=300)
    return root


@pytest.fixture
def settle(cache: Path, root: Path, tmp_path: Path, embedder: Embedder) -> Callable[[], Path]:
    """Wait until the index says what a clean build says; returns its database."""

    def wait() -> Path:
        database = database_of(cache)
        clean = tmp_path / "clean.db"
        expected = clean_build(root, clean, embedder)
        contents = rows(clean, "SELECT path, hash FROM notes ORDER BY path")
        stored = "SELECT path, hash FROM notes ORDER BY path"

        def is_there() -> bool:
            told, there = counts(database)
            return (told.state, told) == ("ready", there) and rows(database, stored) == contents

        wait_until("all changes have arrived", is_there, limit=scaled(30, 120))
        check_same(database, expected)
        clean.unlink()
        return database

    return wait


def chunks(database: Path) -> dict[str, list[int]]:
    """The row ids of the passages of each note."""
    found: dict[str, list[int]] = {}
    for path, id_ in rows(database, "SELECT path, c.id FROM chunks c JOIN notes n ON n.id = note ORDER BY ordinal"):
        found.setdefault(str(path), []).append(int(str(id_)))
    return found


def check_kept(before: dict[str, list[int]], after: dict[str, list[int]], moved: Callable[[str], str]) -> None:
    """Every note of ``before`` has its rows, under the path that it was moved to; no heading, no rows: its name is."""
    kept = [path for path, ids in before.items() if after.get(moved(path)) == ids]
    assert len(kept) == len(before), sorted(set(before) - set(kept))[:10]


def test_a_folder_moved(ready, root: Path, settle: Callable[[], Path]) -> None:
    server = ready(root)
    before = chunks(settle())
    (root / "many").rename(root / "moved v2.0")
    after = chunks(settle())
    check_kept(before, after, lambda path: path.replace("many/", "moved v2.0/"))
    assert server.search("kettle")["hits"]


def test_many_renames_in_a_second(ready, root: Path, settle: Callable[[], Path]) -> None:
    ready(root)
    before = chunks(settle())
    places = sorted((root / "many").rglob("note *.md"))[: scaled(600, 1_000)]
    for place in places:
        place.rename(place.with_name(f"renamed {place.name}"))
    after = chunks(settle())
    renamed = {place.relative_to(root).as_posix() for place in places}
    check_kept(before, after, lambda path: path.replace("/note ", "/renamed note ") if path in renamed else path)


def test_renames_to_and_fro(ready, root: Path, settle: Callable[[], Path], rng: random.Random) -> None:
    """Over and over, swaps among them: the index is right whatever it saw in between."""
    ready(root)
    settle()
    places = sorted((root / "many").rglob("*.md"))
    for _ in range(scaled(300, 5_000)):
        one, other = rng.sample(places, 2)
        aside = root / "aside.md"
        one.rename(aside)
        other.rename(one)
        aside.rename(other)
    settle()


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def test_another_branch(ready, root: Path, settle: Callable[[], Path], rng: random.Random) -> None:
    need("git", shutil.which("git") is not None, "this test switches branches with git")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    git(root, "switch", "-q", "-c", "other")
    for number, place in enumerate(sorted((root / "many").rglob("*.md"))):
        if number % 3 == 0:
            place.unlink()
        elif number % 3 == 1:
            place.write_text(text(rng, 300), encoding="utf-8")
        else:
            place.rename(place.with_name(f"on the branch {number}.md"))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "two")
    server = ready(root)
    settle()
    for branch in ("main", "other", "main"):
        git(root, "switch", "-q", branch)
    settle()
    assert server.search("kettle")["hits"]
