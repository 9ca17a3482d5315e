"""Ignore files mean what git says that they mean, and git itself is asked."""

from __future__ import annotations

import logging
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.index.disk import Selection
from starlight.index.ignoring import Patterns
from tests.parts import need

NOTES = ["a.md", "b.md", "foo.md", "build.md"]
FOLDERS = ["a", "b", "foo", "build", "x y"]
SEGMENTS = [*FOLDERS, *NOTES, "*", "**", "f*", "?", "[ab]", "fo?", "*.md", "[!a]*"]


def selected(root: Path, **options: bool) -> set[str]:
    """The paths of the notes, the same whether the folder is walked or each is asked for."""

    def unexpected(path: str, reason: str) -> None:
        pytest.fail(f"{path}: {reason}")

    selection = Selection(root, **options)
    walked = {fact.path for fact in selection.walk(unexpected)}
    there = [(Path(folder) / name).relative_to(root).as_posix() for folder, _, names in os.walk(root) for name in names]
    assert {path for path in there if selection.below(path, unexpected)} == walked
    return walked


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "core.excludesFile=/dev/null", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def any_pattern(chance: random.Random) -> str:
    pattern = "/".join(chance.choice(SEGMENTS) for _ in range(chance.choice([1, 1, 1, 2, 2, 3])))
    pattern = "/" * (chance.random() < 0.3) + pattern + "/" * (chance.random() < 0.3)
    return "!" * (chance.random() < 0.3) + pattern + "/**" * (chance.random() < 0.15)


def any_tree(root: Path, chance: random.Random) -> str:
    """Make folders, notes and ``.gitignore`` files; returns what is in the latter."""
    for _ in range(25):
        folder = root.joinpath(*(chance.choice(FOLDERS) for _ in range(chance.randint(0, 3))))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / chance.choice(NOTES)).touch()
    written = ""
    for folder in [root, *sorted(path for path in root.rglob("*") if path.is_dir() and ".git" not in path.parts)]:
        if folder == root or chance.random() < 0.25:
            text = "".join(f"{any_pattern(chance)}\n" for _ in range(chance.randint(1, 4)))
            (folder / ".gitignore").write_text(text)
            written += f"{folder.relative_to(root)}:\n{text}"
    return written


@pytest.mark.parametrize("seed", range(60))
def test_as_git_has_it(seed: int, tmp_path: Path) -> None:
    need("git", shutil.which("git") is not None, "install git")
    git(tmp_path, "init", "--quiet", "notes")
    root = tmp_path / "notes"
    written = any_tree(root, random.Random(seed))
    others = git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    assert selected(root) == {path for path in others if path.endswith(".md")}, written


def test_a_nearer_file_wins_and_one_name_over_another(vault: Callable[..., Path]) -> None:
    root = vault("""== .gitignore ==
*.draft.md
/one.md
two.md
== .ignore ==
!/one.md
three.md
== .starlightignore ==
!three.md
four.md
== sub/.gitignore ==
!four.md
/only.md
== one.md ==
== two.md ==
== three.md ==
== four.md ==
== only.md ==
== sub/two.md ==
== sub/four.md ==
== sub/only.md ==
== sub/deep/only.md ==
== sub/x.draft.md ==
""")
    assert selected(root) == {"one.md", "three.md", "only.md", "sub/four.md", "sub/deep/only.md"}
    everything = {path.relative_to(root).as_posix() for path in root.rglob("*.md")}
    assert selected(root, use_ignore_files=False) == everything


def test_below_a_folder_that_is_left_out_nothing_comes_back(vault: Callable[..., Path]) -> None:
    root = vault("""== .gitignore ==
/out/
!/out/kept.md
/inside/**
!/inside/kept.md
== out/kept.md ==
== out/.gitignore ==
!kept.md
== inside/kept.md ==
== inside/gone.md ==
""")
    assert selected(root) == {"inside/kept.md"}


def test_what_lies_between_the_root_and_its_repository_counts(vault: Callable[..., Path]) -> None:
    outer = vault("""== .gitignore ==
*.old.md
/docs/notes/secret.md
/notes/tea.md
docs/
== docs/.ignore ==
milk.md
== docs/notes/tea.md ==
== docs/notes/milk.md ==
== docs/notes/tea.old.md ==
== docs/notes/secret.md ==
== docs/notes/mine.md ==
== .git/info/exclude ==
mine.md
""")
    root = outer / "docs" / "notes"
    assert selected(root) == {"tea.md"}, "the root itself was asked for, whatever is said of it"
    shutil.rmtree(outer / ".git")
    assert selected(root) == {"tea.md", "milk.md", "tea.old.md", "secret.md", "mine.md"}, "no repository, nothing above"


def test_files_that_are_no_ignore_files(vault: Callable[..., Path]) -> None:
    root = vault("== a/tea.md ==\n== b/tea.md ==\n== c/tea.md ==\n== elsewhere ==\ntea.md\n")
    os.mkfifo(root / "a" / ".gitignore")
    (root / "b" / ".gitignore").symlink_to("../elsewhere")
    (root / "c" / ".gitignore").mkdir()
    assert selected(root) == {"a/tea.md", "b/tea.md", "c/tea.md"}


def test_lines_of_every_kind(vault: Callable[..., Path], caplog: pytest.LogCaptureFixture) -> None:
    root = vault("== a.md ==\n== #b.md ==\n== c.md ==\n== é.md ==\n== d .md ==\n== f.md ==\n")
    (root / os.fsdecode(b"caf\xe9")).mkdir()
    (root / os.fsdecode(b"caf\xe9") / "x.md").touch()
    lines = [
        b"\xef\xbb\xbfa.md\r",
        b"# c.md",
        rb"\#b.md",
        b"",
        b"!",
        "é.md".encode(),
        rb"d\ .md  ",
        b"caf\xe9/",
        b"[z-",
    ]
    (root / ".gitignore").write_bytes(b"\n".join(lines))
    assert selected(root) == {"c.md", "f.md"}


def test_a_line_that_is_no_pattern_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        patterns = Patterns(["a.md", "!", "b.md"], "index.exclude")
    assert [bool(patterns.decide(name, name)) for name in ("a.md", "b.md", "c.md")] == [True, True, False]
    assert "index.exclude, line 2: '!' is no pattern" in caplog.text


def test_a_changed_file_is_read_again(vault: Callable[..., Path]) -> None:
    root = vault("== a.md ==\n== b.md ==\n== .gitignore ==\na.md\n")
    selection = Selection(root)
    assert not selection.covers("a.md")
    assert selection.covers("b.md")
    (root / ".gitignore").write_text("b.md\n")
    assert selection.covers("a.md")
    assert not selection.covers("b.md")
    (root / ".gitignore").unlink()
    assert selection.covers("b.md")
