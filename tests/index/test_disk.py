"""Which files are notes, and their text."""

from __future__ import annotations

import codecs
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.disk import Selection, decode, is_note, read
from tests.vaults import split

FOLDER = """== tea.md ==
== Milk.MARKDOWN ==
== notes.txt ==
== no-ending ==
== .hidden.md ==
== .obsidian/workspace.md ==
== drinks/coffee.md ==
== drinks/.trash/old.md ==
== node_modules/pkg/readme.md ==
== archive.v1/old.md ==
== build/out.md ==
== drinks/build/kept.md ==
"""
FOLDER_PATHS = list(split(FOLDER))


def check_selected(root: Path, *paths: str, exclude: tuple[str, ...] = ()) -> None:
    """The notes of ``root`` are those at ``paths``, by walking it and by asking for each."""
    selection = Selection(root, exclude)
    found = {fact.path for fact in selection.walk(unexpected)}
    assert found == set(paths)
    for folder, _, names in os.walk(root):
        for name in names:
            path = (Path(folder) / name).relative_to(root).as_posix()
            assert {fact.path for fact in selection.below(path, unexpected)} == found & {path}


def unexpected(path: str, reason: str) -> None:
    pytest.fail(f"{path}: {reason}")


def test_hidden_files_and_other_endings_are_left_out(vault: Callable[..., Path]) -> None:
    check_selected(
        vault(FOLDER),
        *("tea.md", "Milk.MARKDOWN", "drinks/coffee.md", "node_modules/pkg/readme.md", "archive.v1/old.md"),
        *("build/out.md", "drinks/build/kept.md"),
    )


def test_exclude_follows_gitignore(vault: Callable[..., Path]) -> None:
    root = vault(FOLDER)
    kept = ("Milk.MARKDOWN", "drinks/coffee.md", "archive.v1/old.md", "drinks/build/kept.md")
    check_selected(root, *kept, exclude=("node_modules", "/build/", "tea.md"))
    check_selected(root, "Milk.MARKDOWN", "tea.md", exclude=("*/",))
    check_selected(root, "drinks/coffee.md", exclude=("**/*.md", "*.MARKDOWN", "!drinks/*.md"))
    check_selected(root, exclude=("*",))


@pytest.mark.parametrize(
    ("include", "paths", "looked_into"),
    [
        (["drinks"], ["drinks/coffee.md", "drinks/build/kept.md"], None),
        (["/drinks"], ["drinks/coffee.md", "drinks/build/kept.md"], {"", "drinks", "drinks/build"}),
        (["/drinks/build/"], ["drinks/build/kept.md"], {"", "drinks", "drinks/build"}),
        (["build"], ["build/out.md", "drinks/build/kept.md"], None),
        (["/*.md"], ["tea.md"], {""}),
        (["/*", "!drinks", "!node*"], ["Milk.MARKDOWN", "archive.v1/old.md", "build/out.md", "tea.md"], None),
        (["drinks/**", "!drinks/coffee.md"], ["drinks/build/kept.md"], {"", "drinks", "drinks/build"}),
        (["/drinks/**/kept.md"], ["drinks/build/kept.md"], {"", "drinks", "drinks/build"}),
        (["**/build/*.md"], ["build/out.md", "drinks/build/kept.md"], None),
        (["nowhere/at/all.md"], [], {""}),
        (["/.obsidian/"], [], {""}),
    ],
)
def test_include(
    vault: Callable[..., Path], include: list[str], paths: list[str], looked_into: set[str] | None
) -> None:
    root = vault(FOLDER)
    selection = Selection(root, (), include)
    assert {fact.path for fact in selection.walk(unexpected)} == set(paths)
    assert {path for path in FOLDER_PATHS if selection.below(path, unexpected)} == set(paths)
    if looked_into is not None:
        assert set(selection.folders()) == looked_into


def test_exclude_wins_over_include(vault: Callable[..., Path]) -> None:
    selection = Selection(vault(FOLDER), ("build", "tea.md"), ("drinks", "tea.md"))
    assert {fact.path for fact in selection.walk(unexpected)} == {"drinks/coffee.md"}


def test_a_hundred_thousand_notes_in_one_folder(tmp_path: Path) -> None:
    for number in range(100_000):
        os.close(os.open(tmp_path / f"{number}.md", os.O_CREAT))
    assert sum(1 for _ in Selection(tmp_path).walk(unexpected)) == 100_000


@pytest.mark.parametrize(
    ("path", "kind", "at", "pattern"),
    [
        ("drinks/.trash/old.md", "hidden", "drinks/.trash/", ""),
        ("node_modules/pkg/readme.md", "excluded", "node_modules/", "node_modules"),
        ("build/out.md", "ignored", "build/", "/build/"),
        ("link/coffee.md", "link", "link/", ""),
        ("archive.v1/old.md", "not included", "archive.v1/", ""),
        ("tea.md", "not included", "tea.md", ""),
    ],
)
def test_why_a_path_is_left_out(vault: Callable[..., Path], path: str, kind: str, at: str, pattern: str) -> None:
    root = vault(FOLDER + "== .gitignore ==\n# made\n/build/\n")
    (root / "link").symlink_to("drinks")
    reason = Selection(root, ("node_modules",), ("/drinks", "/build", "/node_modules", "/link")).left_out(path)
    assert reason
    assert (reason.kind, reason.path) == (kind, at)
    assert (reason.rule.pattern if reason.rule else "") == pattern
    if kind == "ignored":
        assert reason.rule
        assert (reason.rule.source, reason.rule.line) == (".gitignore", 2)


def test_below_a_folder(vault: Callable[..., Path]) -> None:
    selection = Selection(vault(FOLDER), ("node_modules",))

    def below(path: str) -> set[str]:
        return {fact.path for fact in selection.below(path, unexpected)}

    assert below("drinks") == {"drinks/coffee.md", "drinks/build/kept.md"}
    assert below("archive.v1") == {"archive.v1/old.md"}
    assert below("node_modules") == below("node_modules/pkg") == below(".obsidian") == set()
    selection = Selection(selection.root, ("build/",))
    assert below("build") == below("drinks/build") == set()
    assert below("nowhere") == below("nowhere.md") == below("nowhere/at/all.md") == set()


def test_a_folder_that_is_called_like_a_note(vault: Callable[..., Path]) -> None:
    root = vault("== folder.md/inside.md ==\n")
    assert {fact.path for fact in Selection(root).walk(unexpected)} == {"folder.md/inside.md"}
    assert {fact.path for fact in Selection(root).below("folder.md", unexpected)} == {"folder.md/inside.md"}


def test_links_are_not_followed(vault: Callable[..., Path], tmp_path: Path) -> None:
    root = vault("== tea.md ==\n== drinks/milk.md ==\n")
    outside = vault("== secret.md ==\n", name="outside")
    (root / "loop").symlink_to(root)
    (root / "drinks" / "up").symlink_to("..")
    (root / "out").symlink_to(outside)
    (root / "out.md").symlink_to(outside / "secret.md")
    (root / "self.md").symlink_to("self.md")
    (root / "dead.md").symlink_to("nothing")
    selection = Selection(root)
    assert {fact.path for fact in selection.walk(unexpected)} == {"tea.md", "drinks/milk.md"}
    for path in ("loop/tea.md", "drinks/up/tea.md", "out/secret.md", "out.md", "self.md", "dead.md", "loop", "out"):
        assert selection.below(path, unexpected) == [], path


def test_what_is_no_file_is_no_note(vault: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = vault("== tea.md ==\n")
    os.mkfifo(root / "pipe.md")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.md")
        check_selected(root, "tea.md")


def test_names_that_are_not_utf_8_are_left_out(vault: Callable[..., Path]) -> None:
    root = vault("== tea.md ==\n== 茶/چای.md ==\n")
    (root / os.fsdecode(b"caf\xe9.md")).write_text("x")
    (root / os.fsdecode(b"d\xe9p\xf4t")).mkdir()
    (root / os.fsdecode(b"d\xe9p\xf4t/a.md")).write_text("x")
    assert {fact.path for fact in Selection(root).walk(unexpected)} == {"tea.md", "茶/چای.md"}


def test_what_vanishes_while_walking_is_left_out(vault: Callable[..., Path]) -> None:
    root = vault("== a.md ==\n== b/c.md ==\n== d.md ==\n")
    walk = Selection(root).walk(unexpected)
    assert next(walk).path == "a.md"
    (root / "b" / "c.md").unlink()
    (root / "b").rmdir()
    (root / "d.md").unlink()
    assert list(walk) == []


def test_facts_tell_size_and_time(vault: Callable[..., Path]) -> None:
    root = vault("== tea.md ==\n# Tea\n")
    os.utime(root / "tea.md", ns=(1, 12_345_678_901))
    found = (root / "tea.md").stat()
    assert list(Selection(root).walk(unexpected)) == [
        disk.Fact("tea.md", 6, 12_345_678_901, found.st_ctime_ns, found.st_ino)
    ]


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"0123456789")
    assert read(path, 10) == b"0123456789"
    with pytest.raises(NoteError, match=r"larger than 9e-06 MB; raise the setting `index\.maxFileSize`"):
        read(path, 9)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "gone.md", 10)
    with pytest.raises(NoteError, match=r"cannot be read \(Is a directory\)"):
        read(tmp_path, 10)
    with pytest.raises(NoteError, match="cannot be read"):
        read(path / "below-a-file.md", 10)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("茶 چای".encode(), "茶 چای"),
        (codecs.BOM_UTF8 + b"# Tea", "# Tea"),
        ("# Té".encode("utf-16"), "# Té"),
        (codecs.BOM_UTF16_BE + "# Té".encode("utf-16-be"), "# Té"),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\0\0", "is a binary file, not text"),
        (b"caf\xe9", r"is not UTF-8 text \(byte 3\); save it as UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", r"is not UTF-16 text \(byte"),
        ("tea".encode("utf-32-be"), "is a binary file"),
    ],
)
def test_decode_says_why_not(data: bytes, reason: str) -> None:
    with pytest.raises(NoteError, match=reason):
        decode(data)


def test_is_note() -> None:
    assert [is_note(name) for name in ("a.md", "A.MD", "a.markdown", "a.b.md", "a.mdx", "md", ".md", "a.md~")] == [
        *[True] * 4,
        *[False] * 4,
    ]


def test_what_was_just_written_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's racy rule: it may change once more without another size or time."""
    (tmp_path / "tea.md").write_text("# Tea\n")
    (on_disk,) = Selection(tmp_path).walk(unexpected)
    assert disk.read_with_fact(tmp_path, "tea.md", 100)[1] != on_disk
    monkeypatch.setattr(disk, "_RACY_NS", 0)
    assert disk.read_with_fact(tmp_path, "tea.md", 100) == (b"# Tea\n", on_disk)


def test_what_changes_while_it_is_read_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_RACY_NS", 0)
    path = tmp_path / "tea.md"
    path.write_text("# Tea\n")
    fstat, calls = os.fstat, []

    def written_meanwhile(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        if len(calls) == 2:
            path.write_text("# Tee\n")
            os.utime(path, ns=(1, 1))
        return fstat(descriptor)

    monkeypatch.setattr(disk.os, "fstat", written_meanwhile)
    _, fact = disk.read_with_fact(tmp_path, "tea.md", 100)
    assert fact not in Selection(tmp_path).walk(unexpected)
