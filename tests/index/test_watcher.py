"""Changes of a folder are told as they happen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from starlight.index.disk import Selection
from starlight.index.watcher import Watcher
from tests.waiting import wait_until


class Told:
    """What a watcher told, until now."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.n_everything = 0
        self._lock = threading.Lock()

    def __call__(self, paths: set[str] | None) -> None:
        with self._lock:
            self.n_everything += paths is None
            self.paths |= paths or set()

    def wait_for(self, *paths: str) -> None:
        wait_until(f"{paths} are told", lambda: self.paths >= set(paths))


@pytest.fixture
def root(vault: Callable[..., Path]) -> Path:
    return vault("== tea.md ==\nold\n== drinks v1.2/milk.md ==\nold\n== gone.md ==\nold\n").resolve()


@pytest.fixture
def told(root: Path) -> Iterator[Told]:
    told = Told()
    with Watcher(Selection(root, ("node_modules",)), told):
        wait_until("watching has begun", lambda: told.n_everything)
        yield told


def test_every_kind_of_change_is_told_and_nothing_of_what_is_hidden(root: Path, told: Told) -> None:
    (root / "new.md").write_text("new")
    told.wait_for("new.md")
    (root / "tea.md").write_text("edited")
    (root / "gone.md").unlink()
    told.wait_for("tea.md", "gone.md")
    (root / "new.md").rename(root / "renamed.md")
    told.wait_for("renamed.md")
    (root / "drinks v1.2").rename(root / "drinks v2.0")
    told.wait_for("drinks v1.2", "drinks v2.0")
    (root / "made" / "deep").mkdir(parents=True)
    told.wait_for("made")
    (root / "made" / "deep" / "note.md").write_text("deep")
    wait_until("the new folder is told", lambda: told.paths & {"made/deep", "made/deep/note.md"})
    before = set(told.paths)
    for path in (".git", "node_modules"):
        (root / path).mkdir()
        (root / path / "a.md").write_text("x")
    (root / ".hidden.md").write_text("x")
    (root / "last.md").write_text("x")
    told.wait_for("last.md")
    hidden = {path for path in told.paths - before if path.startswith((".", "node_modules"))}
    assert hidden <= {"node_modules"}, "at most the folder itself"


def test_many_changes_at_once(root: Path, told: Told) -> None:
    before = told.n_everything
    for number in range(1_500):
        (root / f"{number}.md").write_text("x")
    names = {f"{number}.md" for number in range(1_500)}
    wait_until("all are told, or to look at everything", lambda: told.n_everything > before or told.paths >= names)


def test_a_folder_that_vanishes_ends_quietly(root: Path, told: Told) -> None:
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    root.rmdir()
    told.wait_for("tea.md", "gone.md")
