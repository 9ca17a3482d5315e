"""A passage to learn from, and many of them in a file."""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Passage(NamedTuple):
    """A passage and what stands above it; a definition has its words as title."""

    group: str
    """The collection that it is from."""
    note: str
    title: str
    heading: str
    text: str
    calls: tuple[str, ...] = ()
    """Texts of links that lead here."""


def save(passages: Sequence[Passage], path: Path) -> None:
    """Write passages as compressed lines of JSON."""
    lines = [json.dumps(passage, ensure_ascii=False) for passage in passages]
    path.write_bytes(lzma.compress("\n".join(lines).encode(), preset=6))


def load(path: Path) -> list[Passage]:
    """Read what ``save`` wrote."""
    lines = lzma.decompress(path.read_bytes()).decode().split("\n")
    return [Passage(*fields[:5], tuple(fields[5])) for fields in map(json.loads, lines)]
