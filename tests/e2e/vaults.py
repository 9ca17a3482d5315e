"""A folder large enough that indexing it takes a while."""

from __future__ import annotations

from pathlib import Path

BIG = 4_000
"""How many notes it has."""

_WORDS = ("kettle", "harbour", "lantern", "orchard", "velvet", "compass", "thunder", "meadow", "pepper", "violin")


def make_big(root: Path) -> Path:
    """Write ``BIG`` notes, no two alike, below ``root``, and return it."""
    root.mkdir()
    for number in range(BIG):
        first, second = _WORDS[number % len(_WORDS)], _WORDS[number // len(_WORDS) % len(_WORDS)]
        sentences = [f"The {first} of day {number + line} stood beside the {second}." for line in range(12)]
        (root / f"note-{number:04}.md").write_text(f"# {first} {number}\n\n" + "\n".join(sentences) + "\n")
    return root
