"""Folders, files and names that no one expects: indexed, found and opened, or refused with a reason."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from starlight.engine.workspace import Workspace
from starlight.models.embedder import Embedder
from tests.cli.command import starlight
from tests.faults.scale import scaled
from tests.faults.state import check_same, clean_build

NFC = unicodedata.normalize("NFC", "naïve café")
NAMES = [
    "new\nline", "carriage\rreturn", "tab\tkey", "bell\a", "escape\x1b[31m", "delete\x7f",
    'double " quote', "single ' quote", "back\\slash", "`tick`", "per%20cent", "%", "hash #1", "question ?",
    "-leading dash", "--help", "trailing dot.", "trailing space ", " leading space",
    "star *", "brackets [a-z]", "braces {a,b}", "!bang", "semi;colon", "a & b", "$HOME", "pipe | it", "<angle>",
    "colon: it", "c:", "comma, it", "plus + it", "equals = it", "at @ it", "tilde ~", "caret ^", "CON", "nul",
    "emoji 🫖👩‍👩‍👧", "right \u202eot left", "zero\u200bwidth", "\ufeffmark", "line\u2028separator", "\ufffe",
    NFC, unicodedata.normalize("NFD", NFC), "茶壶", "é" * 126, "x" * 252,
]  # fmt: skip


def test_names(ready, cache: Path, tmp_path: Path, embedder: Embedder) -> None:
    """Each is indexed, found by what it says, and opens by the URI of its hit."""
    root = tmp_path / "notes"
    for number, name in enumerate(NAMES):
        folder = root if number % 2 else root / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.md").write_text(f"The walrus number w{number}w sleeps.\n", encoding="utf-8")
    (root / os.fsdecode(b"not utf-8 \xff\xfe.md")).write_text("left out")
    (root / os.fsdecode(b"folder \xff")).mkdir()
    (root / os.fsdecode(b"folder \xff") / "in it.md").write_text("left out")
    server = ready(root)
    assert server.status()["files"] == len(NAMES)
    for number in range(len(NAMES)):
        hit = server.search(f"w{number}w")["hits"][0]
        assert f"w{number}w" in hit["snippet"], hit
        place = Path(os.fsdecode(unquote(urlsplit(hit["uri"]).path, errors="surrogateescape")))
        assert place.read_text() == f"The walrus number w{number}w sleeps.\n"
        server.open(place, "[[x]]")
        position = {"textDocument": {"uri": hit["uri"]}, "position": {"line": 0, "character": 3}}
        server.request("textDocument/hover", position)
    (database,) = cache.glob("starlight/indexes/*/index-*.db")
    check_same(database, clean_build(root, tmp_path / "clean.db", embedder))


def test_many_files_in_one_folder(tmp_path: Path) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    n = scaled(3_000, 100_000)
    for number in range(n):
        (root / f"{number}.md").write_text(f"Walrus w{number}w.\n")
    first = starlight("index", root, "--json").json()
    assert (first["files"], first["failed"]) == (n, [])
    assert starlight("search", "--root", root, f"w{n // 2}w", "--json").json()["hits"][0]["path"] == f"{n // 2}.md"


_PEAK = """
import resource, sys
from starlight.config import Settings
from starlight.engine.workspace import Workspace
Workspace.at(sys.argv[1], Settings(max_file_size=float(sys.argv[2]))).bring_up_to_date()
print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * 1024)
"""


def peak(root: Path, limit: int) -> int:
    """Index ``root`` in a process of its own; returns the most memory that it, or one of its own, had, in bytes."""
    command = [sys.executable, "-c", _PEAK, str(root), str(limit)]
    return int(subprocess.run(command, check=True, capture_output=True, timeout=1_000).stdout)


def test_a_large_file(tmp_path: Path, open_workspace: Callable[..., Workspace]) -> None:
    """It is refused before it is read, and indexed where the limit allows."""
    root = tmp_path / "notes"
    root.mkdir()
    (root / "tea.md").write_text("A walrus.\n")
    without = peak(root, 10)
    paragraph = "The kettle of {} stood beside the lantern, and nobody had lit the stove before noon.\n\n"
    size = scaled(12_000_000, 300_000_000)
    with (root / "large.md").open("w") as file:
        number = 0
        while file.tell() < size:
            file.write("".join(paragraph.format(number + line) for line in range(1_000)))
            number += 1_000
    used = peak(root, 10)
    workspace = open_workspace(root)
    assert re.fullmatch(r"larger than 10 MB; raise .*", workspace.failures()["large.md"])
    assert used < without + 20_000_000, "it was not read"
    used = peak(root, 1_000)
    assert workspace.failures() == {}
    assert workspace.status().files == 2
    print(f"{size / 1e6:.0f} MB in one file: at most {used / 1e6:.0f} MB of memory, {without / 1e6:.0f} without")
    assert workspace.search(f"the kettle of {number - 1}").hits


def test_a_deep_tree(tmp_path: Path, embedder: Embedder, open_workspace: Callable[..., Workspace]) -> None:
    """A note whose path is as long as the system allows, and one that lies deeper: it is left out, or said."""
    root = tmp_path / "notes"
    root.mkdir()
    name = "d" * 200
    longest = os.pathconf(root, "PC_PATH_MAX") - 1
    place = root
    while len(str(place)) + len(name) + 5 < longest:
        place = place / name
        place.mkdir()
    last = place / f"{'n' * (longest - len(str(place)) - len('/.md'))}.md"
    last.write_text("A walrus.\n")
    deep = os.open(place, os.O_RDONLY)
    os.mkdir("e" * 250, dir_fd=deep)
    deeper = os.open("e" * 250, os.O_RDONLY, dir_fd=deep)
    os.mkdir("e" * 250, dir_fd=deeper)
    file = os.open("e" * 250 + "/deep.md", os.O_WRONLY | os.O_CREAT, dir_fd=deeper)
    os.write(file, b"A badger.\n")
    for descriptor in (file, deeper, deep):
        os.close(descriptor)
    workspace = open_workspace(root)
    report = workspace.bring_up_to_date()
    assert report.files >= 1
    assert workspace.search("walrus").hits[0].path == last.relative_to(root.resolve()).as_posix()
    check_same(workspace.location.database(workspace.fingerprint), clean_build(root, tmp_path / "clean.db", embedder))


def test_a_pipe_is_no_note(tmp_path: Path, open_workspace: Callable[..., Workspace]) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    os.mkfifo(root / "pipe.md")
    (root / "tea.md").write_text("A walrus.\n")
    assert open_workspace(root).bring_up_to_date().files == 1
