"""Whatever is wrong with a folder, a file, a query or the settings: it is said, and nothing is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import starlight as package
from tests.cli.command import permissions_count, snapshot, starlight, together
from tests.parts import need

NOTES = "== tea.md ==\n# Tea\n\nBoil the water.\n== drinks/milk.md ==\n# Milk\n\nWhite.\n"


@pytest.fixture
def root(vault: Callable[..., Path]) -> Iterator[Path]:
    """A folder of notes, which is as it was at the end of the test."""
    root = vault(NOTES)
    yield root
    files = {path.name: path.read_text() for path in root.rglob("*.md") if path.name in {"tea.md", "milk.md"}}
    assert files == {"tea.md": "# Tea\n\nBoil the water.\n", "milk.md": "# Milk\n\nWhite.\n"}


@pytest.fixture
def mere() -> None:
    need("permissions", permissions_count(), "root cannot let go of its right to pass over permissions here")


def check_found(root: Path, query: str = "boil water", path: str = "tea.md", **options: bool) -> str:
    """A search still answers; returns what it complained of."""
    done = starlight("search", "--root", root, query, "--json", **options)
    assert (done.code, done.json()["hits"][0]["path"]) == (0, path), done
    return done.err


# The folder


def test_a_folder_that_is_missing_or_none(root: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    cases = [
        (tmp_path / "nowhere", "there is no such folder; check the spelling, or create it first"),
        (root / "tea.md", "is a file, not a folder; name the folder that holds your notes"),
        (root / "tea.md" / "below", "cannot be opened"),
        (tmp_path / "loop", "cannot be opened"),
        (tmp_path / ("x" * 300), "cannot be opened"),
    ]
    for (path, said), done in zip(cases, together(*(["index", path] for path, _ in cases)), strict=True):
        done.failed_with(str(path), said)
    starlight("search", "--root", tmp_path / "nowhere", "tea").failed_with("there is no such folder")


def test_an_empty_folder_and_one_without_notes(vault: Callable[..., Path]) -> None:
    done = starlight("index", vault())
    assert (done.code, done.out) == (0, "There are no notes here: no file ends in .md or .markdown.\n")
    root = vault("== photo.jpg ==\nx\n== .hidden/a.md ==\nx\n", name="photos")
    report = starlight("index", root, "--json").json()
    assert (report["files"], report["failed"]) == (0, [])
    done = starlight("search", "--root", root, "tea")
    assert (done.code, done.out) == (0, "Nothing in your notes is about “tea”.\n")


def test_a_folder_that_may_not_be_read(root: Path, mere: None) -> None:
    root.chmod(0o000)
    try:
        starlight("index", root, mere=True).failed_with(str(root), "may not be read; change its permissions")
    finally:
        root.chmod(0o755)


def test_the_home_folder_is_asked_for_twice(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(root))
    refused = [
        ["index", root.parent],
        ["index", "~"],
        ["index", "/"],
        ["search", "--root", "/", "tea"],
        ["status", root],
    ]
    for done in together(*refused):
        done.failed_with("home directory", "Name the folder that holds your notes", "ask again", "--force")
    assert starlight("index", root, "--force", "--json").json()["files"] == 2


# Files


def test_files_that_cannot_be_notes_cost_only_themselves(root: Path, tmp_path: Path) -> None:
    (root / "binary.md").write_bytes(bytes(range(256)) * 10)
    (root / "latin.md").write_bytes("Größe".encode("latin-1"))
    with (root / "huge.md").open("wb") as huge:
        huge.truncate(50_000_000)
    (root / "line.md").write_text("A walrus. " * 500_000)
    (root / os.fsdecode(b"na\xefve.md")).write_text("x")
    os.mkfifo(root / "pipe.md")
    (root / "loop").symlink_to(root)
    (root / "dead.md").symlink_to("nowhere.md")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("A narwhal.")
    (root / "out").symlink_to(outside)
    (root / "out.md").symlink_to(outside / "secret.md")
    before = snapshot(root / "drinks"), snapshot(outside)
    report = starlight("index", root, "--json").json()
    assert report["files"] == 3
    reasons = {failed["path"]: failed["reason"] for failed in report["failed"]}
    assert reasons == {
        "binary.md": "is a binary file, not text",
        "huge.md": "larger than 10 MB; raise the setting `index.maxFileSize` to have it indexed",
        "latin.md": "is not UTF-8 text (byte 2); save it as UTF-8 to have it indexed",
    }
    search = ("search", "--json", "--root", root, "--only", "lexical")
    tea, walrus, narwhal = together(*([*search, query] for query in ("boil water", "walrus", "narwhal")))
    assert tea.json()["hits"][0]["path"] == "tea.md"
    assert walrus.json()["hits"][0]["path"] == "line.md"
    assert narwhal.json()["hits"] == [], "a link out of the folder is not followed"
    assert (snapshot(root / "drinks"), snapshot(outside)) == before


def test_files_and_folders_that_may_not_be_read(root: Path, vault: Callable[..., Path], mere: None) -> None:
    vault("== locked.md ==\nx\n== closed/a.md ==\nA walrus.\n")
    package.open(root).close()
    (root / "locked.md").chmod(0o000)
    (root / "locked.md").write_text("changed")
    (root / "closed").chmod(0o000)
    try:
        report = starlight("index", root, "--json", mere=True).json()
        reasons = {failed["path"].rstrip("/"): failed["reason"] for failed in report["failed"]}
        assert reasons == {
            "closed": "the folder cannot be read (Permission denied)",
            "locked.md": "cannot be read (Permission denied)",
        }
        check_found(root, "walrus", "closed/a.md", mere=True)
    finally:
        (root / "closed").chmod(0o755)
        (root / "locked.md").chmod(0o644)
    workspace = package.open(root)
    assert (workspace.status().files, workspace.failures()) == (4, {})
    workspace.close()


# Queries


def test_odd_queries(root: Path) -> None:
    odd = ["", "   ", '"(")', "((((", '"""', "*", "--", "_"]
    lines = [*odd, "boil AND NOT", "boil " * 200_000]
    done = starlight("search", "--root", root, "--json", "--queries", "-", stdin="\n".join(lines).encode())
    found = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, len(found)) == (0, len(lines))
    assert [(one["verdict"], one["hits"]) for one in found[: len(odd)]] == [("nothing", [])] * len(odd)
    assert [one["hits"][0]["path"] for one in found[len(odd) :]] == ["tea.md"] * 2
    done = starlight("search", "--root", root, os.fsdecode(b"boil caf\xe9"), "--json")
    assert (done.code, done.json()["hits"][0]["path"]) == (0, "tea.md")


def test_odd_arguments(root: Path, tmp_path: Path) -> None:
    search = ("search", "--root", root)
    refused = {
        (): "say what to search: one QUERY, or --queries FILE",
        ("a", "--queries", "b"): "say what to search",
        ("--queries", tmp_path / "no"): "cannot be read as UTF-8 text",
        ("tea", "--limit", "0"): "limit must be from 1 to 1000, not 0",
    }
    for said, done in zip(refused.values(), together(*([*search, *given] for given in refused)), strict=True):
        done.failed_with(said)
    for done in together([], ["dance"], ["search", "a", "--limit", "many"], ["search", "a", "--only", "magic"]):
        assert (done.code, done.out) == (2, "")
        assert "usage: starlight" in done.err


# Settings


def settings_file(xdg_home: Path, content: str | bytes) -> Path:
    path = xdg_home / "config" / "starlight" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_settings_that_make_no_sense_cost_only_themselves(root: Path, xdg_home: Path) -> None:
    path = settings_file(
        xdg_home,
        '[index]\nexclude = ["drinks"]\nmaxFileSize = "big"\nexlude = ["x"]\n[search]\nlimit = 0\n[other]\na = 1\n',
    )
    done = starlight("index", root, "--json")
    assert (done.code, done.json()["files"]) == (0, 1), "the good one counts"
    complaints = [line for line in done.err.splitlines() if "config.toml" in line]
    assert all(line.startswith(f"starlight: {path}: ") for line in complaints)
    assert [line.removeprefix(f"starlight: {path}: ") for line in complaints] == [
        "index.maxFileSize: must be a number, not 'big'; the default is used",
        "index.exlude: there is no setting `index.exlude`; did you mean `index.exclude`?",
        "search.limit: must be at least 1, not 0; the default is used",
        "other: there is no setting `other`",
    ]


@pytest.mark.parametrize("content", ["[index\n", b"\xff\xfe", "index = 3\n"])
def test_a_settings_file_that_cannot_be_read(root: Path, xdg_home: Path, content: str | bytes) -> None:
    path = settings_file(xdg_home, content)
    done = starlight("status", root)
    assert done.code == 0
    assert str(path) in done.err


def test_another_model(root: Path, xdg_home: Path, tmp_path: Path) -> None:
    from starlight.models.embedder import DEFAULT_MODEL

    settings_file(xdg_home, f"[model]\npath = '{tmp_path / 'nowhere'}'\n")
    done = starlight("index", root, "--json")
    assert (done.code, done.json()["files"]) == (0, 2)
    for part in (str(tmp_path / "nowhere"), "not a model2vec model", "the model that ships is used"):
        assert part in done.err
    other = tmp_path / "other"
    other.mkdir()
    for path in DEFAULT_MODEL.iterdir():
        (other / path.name).symlink_to(path)
    settings_file(xdg_home, f"[model]\npath = '{other}'\n")
    check_found(root)
    assert "Model: other-" in starlight("status", root).out
    (other / "model.safetensors").unlink()
    (other / "model.safetensors").write_bytes(b"no tensors")
    starlight("search", "--root", root, "tea").failed_with("other", "model")
