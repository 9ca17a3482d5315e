"""How much of a folder's text the embedding model knows, by script: from a sample of its passages."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlight.engine.workspace import Workspace
from starlight.notes.text import plain

_SAMPLE = 400
"""Notes that are looked at."""
_PART = 1_200
"""Characters of a note that are looked at together, as long as a passage."""
_PARTS = 3
"""Parts of one note that are looked at, at most."""
_KNOWN = 0.5
"""Fluency below which the words of a part are not known."""
_SCRIPTS = {"CJK": "Chinese characters", "HANGUL": "Korean"}


@dataclass(slots=True)
class Knowledge:
    """Letters of a sample: all, those in parts whose words are not known, and these by their script."""

    letters: int = 0
    unknown: int = 0
    scripts: Counter[str] = field(default_factory=Counter)


def known_of(workspace: Workspace) -> Knowledge:
    """Return how much of a sample of the notes the model of ``workspace`` knows; the same sample every time."""
    knowledge = Knowledge()
    for text in workspace.sample(_SAMPLE):
        for part in _parts(plain(text)):
            letters = [char for char in part if char.isalpha()]
            knowledge.letters += len(letters)
            if workspace.fluency(part) < _KNOWN:
                knowledge.unknown += len(letters)
                knowledge.scripts[_script(letters)] += len(letters)
    return knowledge


def _parts(text: str) -> list[str]:
    return [text[start : start + _PART] for start in range(0, min(len(text), _PART * _PARTS), _PART)]


def _script(letters: Sequence[str]) -> str:
    """Return in words which script most of ``letters`` are of."""
    if not letters:
        return "none"
    names = Counter(unicodedata.name(letter, "other").split(" ")[0] for letter in letters)
    kana = names["HIRAGANA"] + names["KATAKANA"]
    if kana > 0.1 * len(letters):
        return "Japanese"
    (script, _), *_ = names.most_common(1)
    return _SCRIPTS.get(script, f"{script.capitalize()} letters")
