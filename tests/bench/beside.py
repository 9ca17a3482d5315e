"""What an editor feels while a chat model loads, reads and writes on all cores beside it."""

from __future__ import annotations

import dataclasses
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.editor import editor
from tests.bench.measure import REPOSITORY, STARLIGHT, Figure, latencies
from tests.e2e.client import Server

_NOTES = REPOSITORY / "examples" / "notes"
_NOTE, _LINE, _CHARACTER = _NOTES / "Start here.md", 11, 8
"""A place within a link."""
_QUESTION = {"question": "How do I fix a dripping tap?", "id": "beside"}
_PHASES = {"loading", "reading", "writing"}
_WRITTEN = 12
"""Hovers while the answer is written, after which it is stopped."""
_PATIENCE = 600.0


def hovering(model: Path, environment: dict[str, str], corpus: str) -> Iterator[Figure]:
    """Hover over a link again and again, from the moment of a question until its answer is being written."""
    subprocess.run([*STARLIGHT, "model", "add", str(model)], env=environment, check=True, capture_output=True)
    with editor(_NOTES, environment) as server:
        server.open(_NOTE, _NOTE.read_text(encoding="utf-8"))
        alone = [_hover(server) for _ in range(30)]
        beside, seen = _while_answered(server)
    figures = latencies("hover, nothing else at work", alone)
    note = f"in the phases {', '.join(sorted(seen & _PHASES))}"
    figures += latencies("hover, while the model loads, reads and writes", beside, ("", "under 100 ms", ""), note)
    yield from (dataclasses.replace(figure, corpus=corpus) for figure in figures)


def _while_answered(server: Server) -> tuple[list[float], set[str]]:
    """Return how long hovers took, and the phases of the answer that they fell into."""
    seen: set[str] = set()
    times: list[float] = []
    wrote, end = 0, time.monotonic() + _PATIENCE
    asked = server.begin("workspace/executeCommand", {"command": "starlight.ask", "arguments": [_QUESTION]})
    while wrote < _WRITTEN:
        assert time.monotonic() < end, f"the model only got to {seen}"
        seen.update(event["phase"] for event in server.of("starlight/answer") if "phase" in event)
        times.append(_hover(server))
        wrote += "writing" in seen
    server.execute("starlight.stop", {"id": _QUESTION["id"]})
    server.answer(asked)
    return times, seen


def _hover(server: Server) -> float:
    """Return how long one takes, there and back; what else the server tells meanwhile is kept."""
    place = {"textDocument": {"uri": _NOTE.as_uri()}, "position": {"line": _LINE, "character": _CHARACTER}}
    started = time.perf_counter()
    assert server.request("textDocument/hover", place)
    return time.perf_counter() - started
