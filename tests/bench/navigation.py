"""Following links, backlinks, renaming, what is related, and typing in a large note, through the language server."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlight.notes import markdown
from tests.bench.corpora import Corpus, corpus
from tests.bench.editor import editor
from tests.bench.measure import Extent, Figure, isolated, latencies, missing, percentile
from tests.e2e.client import Refused, Server

_NOTES = 150
_BACKLINKS = 1_000
_EDITS, _EVERY = 600, 0.1
_GOAL = "under 30 ms"
_LONG = range(80_000, 130_000)
"""Bytes of a long note."""
_ASKED = 60


def run(extent: Extent) -> Iterator[Figure]:
    found = corpus("all" if "all" in extent.sizes else extent.sizes[-1])
    if found is None:
        yield missing("hover, definition and references on a large corpus", _GOAL)
        return
    with isolated() as environment:
        linked = found.folder / "starlight-bench-links"
        try:
            _make_backlinks(linked)
            with editor(found.folder, environment) as server:
                _await_links(server, linked / "zyxwqv-0.md")
                for method in ("hover", "definition", "references"):
                    times = [_time(server, method, *place) for place in _places(found)]
                    yield from latencies(f"{method}: {found.name}, {found.files:,} files", times, ("", _GOAL, ""))
                yield from _related(server, found)
                yield _rename(server, linked)
                yield from _typing(server, linked / "large.md")
        finally:
            for path in linked.glob("*.md"):
                path.unlink()
            with contextlib.suppress(OSError):
                linked.rmdir()


def _make_backlinks(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "zyxwqv.md").write_text("# Target\n", encoding="utf-8")
    for number in range(_BACKLINKS):
        (folder / f"zyxwqv-{number}.md").write_text(f"# Note {number}\n\nSee [[zyxwqv]].\n", encoding="utf-8")


def _await_links(server: Server, path: Path) -> None:
    """Wait until all links are in memory: that is read behind when a note is open, and a completion waits for it."""
    server.open(path, path.read_text(encoding="utf-8"))
    asked = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 2, "character": 6}}
    server.request("textDocument/completion", asked, limit=120)
    server.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})


def _places(found: Corpus) -> list[tuple[Path, dict[str, int]]]:
    """Places of links in notes of the corpus."""
    places: list[tuple[Path, dict[str, int]]] = []
    for path in found.notes():
        text = path.read_bytes().decode("utf-8", "replace")
        link = next((each for each in markdown.parse(text, "").links if each.target), None)
        if link and text[: link.start].isascii():
            before = text[: link.start + 1]
            line, character = before.count("\n"), len(before.rpartition("\n")[2])
            places.append((path, {"line": line, "character": character}))
        if len(places) == _NOTES:
            break
    return places


def _time(server: Server, method: str, path: Path, position: dict[str, int]) -> float:
    del server.received[:]
    asked: dict[str, Any] = {"textDocument": {"uri": path.as_uri()}, "position": position}
    started = time.perf_counter()
    with contextlib.suppress(Refused):
        server.request(f"textDocument/{method}", {**asked, "context": {"includeDeclaration": False}})
    return time.perf_counter() - started


def _related(server: Server, found: Corpus) -> Iterator[Figure]:
    """What belongs to the place of the cursor, right after an edit there, at places all over a long note."""
    what, goal = (
        f"related at the cursor after an edit of a 100 KB note: {found.name}, {found.files:,} files",
        "under 60 ms",
    )
    path = next((path for path in found.notes() if path.stat().st_size in _LONG), None)
    if path is None:
        yield missing(f"{what}, p95", goal, "no note of that size")
        return
    text = path.read_bytes().decode("utf-8", "replace")
    server.open(path, text)
    paragraphs = [number for number, line in enumerate(text.splitlines()) if len(line) > 40]
    lines = [paragraphs[number * len(paragraphs) // _ASKED] for number in range(_ASKED)]
    times = []
    for version, line in enumerate(lines, 2):
        _insert(server, path, version, {"line": line, "character": 0}, "Something else, ")
        times.append(_time_related(server, path, line))
    server.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    yield from latencies(what, times[1:], ("", goal, ""), f"{len(text.encode()) / 1_000:.0f} KB")


def _time_related(server: Server, path: Path, line: int) -> float:
    del server.received[:]
    started = time.perf_counter()
    server.execute("starlight.related", {"uri": path.as_uri(), "position": {"line": line, "character": 20}})
    return time.perf_counter() - started


def _insert(server: Server, path: Path, version: int, place: dict[str, int], text: str) -> None:
    server.notify("textDocument/didChange", {
        "textDocument": {"uri": path.as_uri(), "version": version},
        "contentChanges": [{"range": {"start": place, "end": place}, "text": text}],
    })  # fmt: skip


def _rename(server: Server, folder: Path) -> Figure:
    asked = {"textDocument": {"uri": (folder / "zyxwqv-0.md").as_uri()}, "position": {"line": 2, "character": 7}}
    started = time.perf_counter()
    edit = server.request("textDocument/rename", {**asked, "newName": "zyxwqv renamed"}, limit=60)
    elapsed = time.perf_counter() - started
    n_files = len(edit["documentChanges"]) - 1
    return Figure("rename of a note with 1,000 backlinks", elapsed, "s", "under 1 s", f"{n_files:,} files in one edit")


def _typing(server: Server, path: Path) -> Iterator[Figure]:
    """Ten edits a second for a minute in a note of 1 MB; a hover after each tells how far the server is behind."""
    text = "# Large\n\n" + "A paragraph about [[zyxwqv]] and other things, as long as most are.\n\n" * 14_500
    server.open(path, text)
    before, times = _memory(server), []
    begun = time.perf_counter()
    for number in range(_EDITS):
        _insert(server, path, number + 2, {"line": 2, "character": 0}, "x")
        times.append(_time(server, "definition", path, {"line": 4, "character": 22}))
        time.sleep(max(0.0, begun + (number + 1) * _EVERY - time.perf_counter()))
    first, last = times[: _EDITS // 4], times[-_EDITS // 4 :]
    what = "10 edits a second for a minute in a note of 1 MB: a definition right after each"
    yield from latencies(what, times, note=f"p95 of the first quarter {1_000 * percentile(first, 0.95):.0f} ms, "
                         f"of the last {1_000 * percentile(last, 0.95):.0f} ms")  # fmt: skip
    after = _memory(server) / 1e6
    yield Figure("memory of the server after these edits", after, "MB", note=f"before {before / 1e6:.0f} MB")


def _memory(server: Server) -> int:
    """Bytes of the server's process that are in memory."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
