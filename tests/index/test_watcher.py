"""Changes of a folder are told as they happen."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from starlight.config import Settings
from starlight.index import notifying
from starlight.index.disk import Selection
from starlight.index.watcher import Watcher
from tests.waiting import wait_until


class Told:
    """What a watcher told, until now."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.said: list[str] = []
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


@contextlib.contextmanager
def watching(selection: Selection, *, polling: bool = False) -> Iterator[Told]:
    told = Told()
    with Watcher(selection, told, told.said.append, polling=polling):
        wait_until("watching has begun", lambda: told.n_everything)
        yield told


@pytest.fixture
def told(root: Path) -> Iterator[Told]:
    with watching(Selection(root, ("node_modules",))) as told:
        yield told


def n_watches() -> int:
    """How many files and folders this process has the system watch (inotify(7), proc(5))."""
    count = 0
    for path in Path("/proc/self/fdinfo").iterdir():
        with contextlib.suppress(OSError):
            count += path.read_text().count("inotify wd:")
    return count


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception, polling: tuple[bool, ...]) -> None:
    """Let watching fail with ``error``."""
    real = notifying.notifications

    def notifications(*arguments: Any, **options: Any) -> Any:
        if options["polling"] in polling:
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(notifying, "notifications", notifications)


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


def test_a_storm_is_one_look_at_everything(root: Path, told: Told) -> None:
    before = told.n_everything
    for number in range(5_000):
        (root / f"{number}.md").write_text("x")
    (root / "last.md").write_text("x")
    wait_until("everything is to be looked at", lambda: told.n_everything > before)
    assert len(told.paths) <= 1_000, "all but the ends of the storm"
    before = told.n_everything
    (root / "after.md").write_text("x")
    wait_until("it is told", lambda: told.n_everything > before or "after.md" in told.paths)


def test_after_a_storm_of_other_files_everything_is_looked_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's queue may have been full meanwhile, and a note among what was lost."""
    monkeypatch.setattr(notifying, "queue_length", lambda: 400)
    with watching(Selection(root)) as told:
        before = told.n_everything
        for number in range(1_000):
            (root / f"{number}.o").write_text("x")
        wait_until("everything is to be looked at", lambda: told.n_everything > before)
        assert not told.paths


def test_the_length_of_the_queue(tmp_path: Path) -> None:
    (limit := tmp_path / "max_queued_events").write_text("123\n")
    assert notifying.queue_length(limit) == 123
    assert notifying.queue_length(tmp_path / "none") == 16_384


def test_ignore_files_above_the_root(vault: Callable[..., Path]) -> None:
    outer = vault("== .git/info/exclude ==\n== docs/notes/tea.md ==\n== docs/notes/secret/a.md ==\n").resolve()
    root = outer / "docs" / "notes"
    with watching(Selection(root)) as told:
        for file, pattern in ((".gitignore", "secret/\n"), ("docs/.ignore", "!secret/\n"), (".git/info/exclude", "x")):
            before = told.n_everything
            (outer / file).write_text(pattern)
            wait_until(f"{file} leads to a look at everything", lambda: told.n_everything > before)  # noqa: B023


def test_a_folder_that_is_made_again_is_watched_again(root: Path, told: Told) -> None:
    for number in range(3):
        folder = root / "drinks v1.2"
        shutil.rmtree(folder)
        told.wait_for("drinks v1.2")
        told.paths.clear()
        folder.mkdir()
        told.wait_for("drinks v1.2")
        (folder / f"{number}.md").write_text("x")
        told.wait_for(f"drinks v1.2/{number}.md")
        told.paths.clear()


def test_many_new_folders_at_once(root: Path, told: Told) -> None:
    """As when another branch is checked out: each is watched afterwards, however deep."""
    folders = [root / f"{number % 7}" / f"{number % 13}" / f"{number}" for number in range(300)]
    for folder in folders:
        folder.mkdir(parents=True)
    (root / "last.md").write_text("x")
    told.wait_for("last.md")
    for folder in folders:
        (folder / "note.md").write_text("x")
    names = {f"{folder.relative_to(root)}/note.md" for folder in folders}
    before = told.n_everything
    wait_until("all are told", lambda: told.n_everything > before or told.paths >= names)


def test_what_is_left_out_is_not_watched(vault: Callable[..., Path]) -> None:
    root = vault("== .gitignore ==\n/out/\n== tea.md ==\n== drinks/milk.md ==\n").resolve()
    for folder in (".git/objects", "node_modules/a/b", "out/a", "archive/a"):
        (root / folder).mkdir(parents=True)
    settings = Settings(watcher_exclude=("**/archive/**",))
    with watching(Selection.watched(root, settings)) as told:
        if notifying.BY_FOLDER:
            assert n_watches() == len(["", "archive", "drinks"])
        (root / "archive" / "a" / "old.md").write_text("x")
        (root / "archive" / "old.md").write_text("x")
        (root / "last.md").write_text("x")
        told.wait_for("last.md")
        assert told.paths == {"last.md"}
    assert Selection.of(root, settings).covers("archive/a/old.md"), "it is indexed all the same"


@pytest.mark.parametrize("name", [".gitignore", ".ignore", ".starlightignore", "drinks v1.2/.gitignore"])
def test_another_ignore_file_leads_to_a_look_at_everything(root: Path, told: Told, name: str) -> None:
    before = told.n_everything
    (root / name).write_text("secret/\n")
    wait_until("everything is to be looked at", lambda: told.n_everything > before)
    folder = (root / name).parent
    (folder / "secret").mkdir()
    (folder / "secret" / "a.md").write_text("x")
    (folder / "last.md").write_text("x")
    told.wait_for((folder / "last.md").relative_to(root).as_posix())
    assert not any("secret" in path for path in told.paths)
    before = told.n_everything
    (root / name).unlink()
    wait_until("everything is to be looked at again", lambda: told.n_everything > before)
    (folder / "secret" / "b.md").write_text("x")
    told.wait_for((folder / "secret" / "b.md").relative_to(root).as_posix())


def test_an_ignore_file_in_what_is_left_out_does_not_matter(root: Path, told: Told) -> None:
    before = told.n_everything
    (root / ".git").mkdir()
    (root / ".git" / ".gitignore").write_text("*")
    (root / "last.md").write_text("x")
    told.wait_for("last.md")
    assert told.n_everything == before


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"d\xe9p\xf4t/"])
def test_a_name_in_no_encoding_does_not_end_the_watching(root: Path, told: Told, name: bytes) -> None:
    path = Path(os.fsdecode(bytes(root) + b"/" + name))
    path.mkdir() if name.endswith(b"/") else path.write_text("x")
    before = told.n_everything
    wait_until("watching has begun again", lambda: told.n_everything > before)
    (root / "after.md").write_text("x")
    told.wait_for("after.md")


def test_polling(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "POLL", 0.1)
    with watching(Selection(root), polling=True) as told:
        assert n_watches() == 0
        (root / "new.md").write_text("new")
        (root / "made").mkdir()
        told.wait_for("new.md", "made")
        (root / "made" / "deep.md").write_text("deep")
        (root / "gone.md").unlink()
        told.wait_for("made/deep.md", "gone.md")
    assert told.said == [], "it was asked for"


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (OSError("OS file watch limit reached. about [] (Error { kind: MaxFilesWatch })"), "max_user_watches"),
        (RuntimeError("Error creating recommended watcher: Too many open files (os error 24)"), "max_user_instances"),
        (OSError("it is broken (Error {})"), "it is broken"),
    ],
)
def test_where_the_system_refuses_it_polls_and_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, part: str
) -> None:
    monkeypatch.setattr(notifying, "POLL", 0.1)
    refuse(monkeypatch, error, polling=(False,))
    with watching(Selection(root)) as told:
        (root / "made").mkdir()
        told.wait_for("made")
        (root / "made" / "new.md").write_text("new")
        told.wait_for("made/new.md")
    (said,) = told.said
    assert "not at once" in said
    assert part in said


def test_where_nothing_works_it_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, OSError("it is broken"), polling=(False, True))
    told = Told()
    with Watcher(Selection(root), told, told.said.append):
        wait_until("it is said", lambda: told.said)
    assert told.said == ["Only notes that you save in an editor are noticed: it is broken"]


def test_a_folder_of_another_machine_is_polled(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "POLL", 0.1)
    monkeypatch.setattr(notifying, "remote_file_system", lambda _root: "nfs4")
    with watching(Selection(root)) as told:
        assert n_watches() == 0
        (root / "new.md").write_text("new")
        told.wait_for("new.md")
    assert ["(nfs4)" in said for said in told.said] == [True]


def test_which_folders_lie_on_another_machine(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    places = ("/dev/sda1 / ext4", r"server:/notes /mnt/my\040notes nfs4", r"/dev/sdb /mnt/my\040notes/usb ext4")
    mounts.write_text("".join(f"{place} rw 0 0\n" for place in places))

    def remote(path: str) -> str:
        return notifying.remote_file_system(Path(path), mounts)

    assert remote("/mnt/my notes") == remote("/mnt/my notes/tea") == "nfs4"
    assert remote("/mnt/my notes/usb/tea") == remote("/mnt/my notes2") == remote("/home") == ""
    assert notifying.remote_file_system(Path("/home"), tmp_path / "nowhere") == ""


def test_a_folder_that_vanishes_ends_quietly(root: Path, told: Told) -> None:
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    root.rmdir()
    told.wait_for("tea.md", "gone.md")
