"""The corpora that the benchmarks at scale run on, made by ``scripts/make_corpus.py``."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import REPOSITORY

ENDINGS = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of Markdown; ``name`` says how large it is, ``bytes`` are those of its .md and .markdown files."""

    name: str
    folder: Path
    files: int
    bytes: int
    characters: int

    def notes(self) -> Iterator[Path]:
        """Yield its notes, in an order that is always the same and has nothing to do with their folders."""
        found = [
            Path(place, name)
            for place, _, names in os.walk(self.folder)
            for name in names
            if name.lower().endswith(ENDINGS)
        ]
        yield from sorted(found, key=lambda path: (hash_of(path.relative_to(self.folder).as_posix()), path))

    def sample(self, limit: int) -> list[Path]:
        """Return notes that have about ``limit`` bytes together."""
        chosen, total = [], 0
        for path in self.notes():
            chosen.append(path)
            total += path.stat().st_size
            if total >= limit:
                break
        return chosen


def hash_of(text: str) -> int:
    """A number that is the same in every process and run."""
    import zlib

    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


@functools.cache
def corpus(size: str) -> Corpus | None:
    """Return the corpus of that size, ``all``, or a folder of one (``all/cpp``); None where the data is absent."""
    size, _, part = size.partition("/")
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "scripts" / "make_corpus.py"), size], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        return None
    made = json.loads(done.stdout)
    folder = Path(made["folder"])
    if not part:
        named = re.sub(r"(?<=\d)(?=[A-Z])", " ", size) if size != "all" else f"{made['bytes'] / 1e6:.0f} MB"
        return Corpus(named, folder, made["files"], made["bytes"], made["characters"])
    texts = [path.read_bytes() for path in Corpus("", folder / part, 0, 0, 0).notes()]
    total = sum(map(len, texts))
    characters = sum(len(text.decode("utf-8", "replace")) for text in texts)
    return Corpus(f"{total / 1e6:.0f} MB, {part}", folder / part, len(texts), total, characters) if texts else None
