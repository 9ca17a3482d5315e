"""Proof that no text of one collection is in another: hashes of eight words in a row.

Broder, "On the resemblance and containment of documents" (1997), calls such runs shingles.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

WORDS = 8
_WORD = re.compile(r"[^\W_]+")
_TEXTS = frozenset({".md", ".markdown", ".org", ".txt", ".rst"})
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def shingles(text: str) -> Hashes:
    """Return a hash for every run of ``WORDS`` words; of all words for a shorter text, none for an empty one."""
    words = np.fromiter((zlib.crc32(word.encode()) for word in _WORD.findall(text.lower())), np.uint64)
    if not len(words):
        return words
    width = min(WORDS, len(words))
    runs = len(words) - width + 1
    hashes = np.zeros(runs, np.uint64)
    for start in range(width):
        hashes = (hashes ^ (hashes >> np.uint64(29))) * _FACTOR + words[start : start + runs]
    return hashes


class Forbidden:
    """The shingles of all texts that nothing may be learnt from."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = [shingles(text) for text in texts if len(_WORD.findall(text)) >= WORDS]
        self._hashes = np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)

    def __len__(self) -> int:
        return len(self._hashes)

    def holds(self, text: str) -> bool:
        """Say whether eight words in a row of ``text`` stand in a forbidden text too."""
        wanted = shingles(text)
        places = np.searchsorted(self._hashes, wanted)
        there = places < len(self._hashes)
        return bool(np.any(self._hashes[places[there]] == wanted[there]))


def texts_below(folder: Path) -> Iterator[str]:
    """Yield the texts below ``folder``: notes as they are, title and text of each line of JSON."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TEXTS:
            yield path.read_text(encoding="utf-8", errors="replace")
        elif path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                yield f"{record.get('title') or ''}\n{record.get('text') or ''}"
