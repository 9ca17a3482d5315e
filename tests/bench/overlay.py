"""An open note of 100 KB: how soon a word that was typed into it can be found."""

from __future__ import annotations

import itertools
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import starlight
from tests.bench.measure import DATA, Extent, Figure, isolated, latencies, missing

VAULT = DATA / "vaults" / "obsidian-help-en"
_SIZE = 100_000
_KEYSTROKES = 200
_PARAGRAPH = re.compile(r"\n\n(?=[A-Z][a-z]+ )")


def run(_extent: Extent) -> list[Figure]:
    what = "a keystroke in an open note of 100 KB taken up after the pause, in process"
    goal = "p95 under 30 ms"
    if not VAULT.is_dir():
        return [missing(what, goal)]
    taken, searched = keystroke()
    return latencies(what, taken, ("", goal, "")) + latencies("the search after it that finds the word", searched)


def keystroke() -> tuple[list[float], list[float]]:
    """The seconds of each change being taken up, and of the search right after it."""
    text = _text(VAULT)
    taken, searched = [], []
    with isolated() as environment, tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", environment["XDG_CACHE_HOME"])
        note = Path(folder).resolve() / "vault" / "open.md"
        note.parent.mkdir()
        note.write_text(text, encoding="utf-8")
        workspace = starlight.open(note.parent)
        workspace.show(note.name, f"{text}\n")
        for word, changed in itertools.islice(_changes(text), _KEYSTROKES):
            started = time.perf_counter()
            workspace.show(note.name, changed)
            taken.append(time.perf_counter() - started)
            started = time.perf_counter()
            hits = workspace.search(word).hits
            searched.append(time.perf_counter() - started)
            assert hits[0].reasons, word
        workspace.close()
    return taken, searched


def _text(vault: Path) -> str:
    """Real notes, one after the other, as one of the wanted size."""
    whole = "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(vault.rglob("*.md")))
    return whole[:_SIZE]


def _changes(text: str) -> Iterator[tuple[str, str]]:
    """Yield a word and ``text`` with it typed at the beginning of another paragraph each time."""
    for number in itertools.count():
        word = f"zyxw{number}qv"
        found = _PARAGRAPH.search(text, 1_000 + number * 7919 % (len(text) - 2_000))
        assert found
        yield word, f"{text[: found.end()]}{word} {text[found.end() :]}"
