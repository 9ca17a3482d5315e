"""Following links, backlinks, renaming, and typing in a large note, through the language server."""

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
                for method in ("hover", "definition", "references"):
                    times = [_time(server, method, *place) for place in _places(found)]
                    yield from latencies(f"{method}: {found.name}, {found.files:,} files", times, ("", _GOAL, ""))
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
    uri = path.as_uri()
    before, times = _memory(server), []
    begun = time.perf_counter()
    for number in range(_EDITS):
        place = {"line": 2, "character": 0}
        server.notify("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": number + 2},
            "contentChanges": [{"range": {"start": place, "end": place}, "text": "x"}],
        })  # fmt: skip
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
