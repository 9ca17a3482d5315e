"""Folders of notes made by chance, the same chance at every run."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

_WORDS = [
    "kettle", "harbour", "lantern", "orchard", "velvet", "compass", "thunder", "meadow", "pepper", "violin", "glacier",
    "copper", "walnut", "saddle", "ribbon", "anchor", "barley", "candle", "dagger", "ember", "falcon", "garnet",
    "hollow", "ivory", "jasmine", "kernel", "lagoon", "marble", "nectar", "olive", "paddle", "quartz", "raven",
    "silver", "timber", "umbrella", "valley", "willow", "yarrow", "zephyr", "Straße", "naïve", "Чайник", "茶壶",
    "やかん", "चाय", "قهوة",
]  # fmt: skip


def text(rng: random.Random, size: int) -> str:
    """Return a note of about ``size`` characters: front matter now and then, sections, links."""
    parts = [f"---\ntags: [{rng.choice(_WORDS)}]\n---\n"] if rng.random() < 0.2 else []
    parts.append(f"# {rng.choice(_WORDS)} {rng.randrange(10**6)}\n")
    length = len(parts[-1])
    while length < size:
        words = [rng.choice(_WORDS) if rng.random() < 0.98 else str(rng.randrange(10**5)) for _ in range(60)]
        parts.append(f"\n## {rng.choice(_WORDS)}\n\n{' '.join(words)} [[{rng.choice(_WORDS)}]]\n")
        length += len(parts[-1])
    return "".join(parts)


def write_notes(root: Path, rng: random.Random, count: int, size: int) -> list[Path]:
    """Write ``count`` notes of about ``size`` characters into folders below ``root``; returns their places."""
    places = [root / f"{number % 7}" / f"note {number}.md" for number in range(count)]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text(rng, size), encoding="utf-8")
    return places


def disturb(root: Path, rng: random.Random, changes: int) -> list[str]:
    """Do ``changes`` random things to the notes below ``root``; returns the paths, relative to it, where it did."""
    touched: list[Path] = []
    for number in range(changes):
        places = sorted(root.rglob("*.md"))
        place = rng.choice(places)
        other = root / f"{rng.randrange(7)}" / f"new {rng.randrange(10**9)} {number}.md"
        other.parent.mkdir(exist_ok=True)
        touched += rng.choice((_edit, _rewrite, _move, _replace, _delete, _copy))(rng, place, other)
    return [place.relative_to(root).as_posix() for place in touched]


def _edit(rng: random.Random, place: Path, other: Path) -> Iterable[Path]:
    place.write_text(place.read_text(encoding="utf-8") + f"\n## More\n\n{text(rng, 300)}", encoding="utf-8")
    return [place]


def _rewrite(rng: random.Random, place: Path, other: Path) -> Iterable[Path]:
    place.write_text(text(rng, 800), encoding="utf-8")
    return [place]


def _move(rng: random.Random, place: Path, other: Path) -> Iterable[Path]:
    place.rename(other)
    return [place, other]


def _replace(rng: random.Random, place: Path, other: Path) -> Iterable[Path]:
    """As editors save: a new file is moved over the old one."""
    other.write_text(text(rng, 500), encoding="utf-8")
    other.replace(place)
    return [place]


def _delete(rng: random.Random, place: Path, other: Path) -> Iterable[Path]:
    place.unlink()
    other.write_text(text(rng, 200), encoding="utf-8")
    return [place, other]


def _copy(rng: random.Random, place: Path, other: Path) -> Iterable[Path]:
    other.write_bytes(place.read_bytes())
    return [other]
