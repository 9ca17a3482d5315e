"""A subject into leaves: runs of whole sections that a model reads at once, with borders that an edit leaves in place.

Borders are content-defined, as those of chunks are in Muthitacharoen, Chen & Mazières, "A Low-bandwidth Network File
System" (2001): each place where a run may end has a hash of the text that begins there, and where a run ends depends
on what stands near it alone.  Runs grow together in the order of these hashes, as long as they fit.  So

- no run is larger than the room for it, and no two neighbours would fit together: for n tokens and room for r there
  are fewer than 2 · ceil(n / r);
- an edit changes the run that it is in, and nearly always nothing else or one neighbour of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import blake2b

from starlight.engine.packing import estimate
from starlight.engine.sections import Section
from starlight.notes.place import Lines
from starlight.notes.sentences import sentences

Weigh = Callable[[Section], int]
"""Gives the tokens that a section takes in a prompt, its fence among them."""
Leaf = tuple[Section, ...]

_BEGINNING = 80
"""Characters of a section that its border is known by: what is edited is mostly further below."""
_STEPS = 8
"""Tokens in a character are told in so many steps, so that a small edit changes no estimate."""


def leaves(sections: Sequence[Section], room: int, weigh: Weigh) -> list[Leaf]:
    """Return ``sections`` in order, in runs that take at most ``room`` tokens each.

    A section that takes more is split at its sentences, and a sentence that does, anywhere.
    """
    whole = [piece for section in sections for piece in _split(section, room, weigh)]
    found = runs([weight for _, weight in whole], [border(piece) for piece, _ in whole], room)
    return [tuple(piece for piece, _ in whole[first:last]) for first, last in found]


def border(section: Section) -> bytes:
    """Return the hash that decides whether a run begins with ``section``: of where it stands, and how it begins."""
    return _hash(section.path, section.heading, section.text[:_BEGINNING])


def runs(weights: Sequence[int], borders: Sequence[bytes], room: int) -> list[tuple[int, int]]:
    """Return the runs of items as (first, behind the last): each item alone, or of ``room`` at most.

    The border before each item goes, that with the smallest hash first, where what it parts fits together.
    """
    upto = list(itertools.accumulate(weights, initial=0))
    ends = {at: at + 1 for at in range(len(weights))}
    """Where the run ends that begins at an item; the other way round in ``starts``."""
    starts = {end: start for start, end in ends.items()}
    for at in sorted(range(1, len(weights)), key=lambda at: (borders[at], at)):
        start, end = starts[at], ends[at]
        if upto[end] - upto[start] <= room:
            del starts[at], ends[at]
            ends[start], starts[end] = end, start
    return sorted(ends.items())


def _split(section: Section, room: int, weigh: Weigh) -> list[tuple[Section, int]]:
    """Return ``section`` in pieces that take at most ``room`` tokens each, with what they take."""
    weight = weigh(section)
    text = section.text
    if weight <= room or len(text) < 2:
        return [(section, min(weight, room))]
    fence = weigh(replace(section, text=""))
    ratio = -(-(weight - fence) * _STEPS // max(estimate(text), 1)) / _STEPS
    inside = max(room - fence, 1)
    cuts = _cuts(text, lambda part: round(estimate(part) * ratio) + 1, inside)
    parts = [text[start:end] for start, end in itertools.pairwise(cuts)]
    taken = [round(estimate(part) * ratio) + 1 for part in parts]
    found = runs(taken, [_hash(part) for part in parts], inside)
    lines = Lines(text)
    pieces = [_part(section, lines, cuts[first], cuts[last]) for first, last in found]
    if len(pieces) == 1:  # the estimate was too low
        middle = _middle(text, 0, len(text))
        pieces = [_part(section, lines, 0, middle), _part(section, lines, middle, len(text))]
    return [each for piece in pieces if piece.text for each in _split(piece, room, weigh)]


def _cuts(text: str, count: Callable[[str], int], room: int) -> list[int]:
    """Return where ``text`` may be cut: before its sentences, and within those that are larger than ``room``."""
    borders = sorted({0, len(text), *(sentence.start for sentence in sentences(text)[1:])})
    todo, cuts = list(itertools.pairwise(borders))[::-1], [0]
    while todo:
        start, end = todo.pop()
        if end - start > 1 and count(text[start:end]) > room:
            middle = _middle(text, start, end)
            todo += [(middle, end), (start, middle)]
        else:
            cuts.append(end)
    return cuts


def _middle(text: str, start: int, end: int) -> int:
    """Return the place behind a line, else behind a word, else anywhere, nearest before the middle of a part."""
    half = (start + end) // 2
    for mark in ("\n", " "):
        found = text.rfind(mark, start + (half - start) // 2, half)
        if found > start:
            return found + 1
    return max(half, start + 1)


def _part(section: Section, lines: Lines, start: int, end: int) -> Section:
    text = section.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    first = section.first + lines.at(start) - 1
    last = section.first + lines.at(start + max(len(text), 1) - 1) - 1
    return replace(
        section, text=text, start=section.start + start, end=section.start + start + len(text), first=first, last=last
    )


def _hash(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
