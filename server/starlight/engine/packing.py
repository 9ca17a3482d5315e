"""Passages into a budget of tokens: first the best sentences of many, then more of the best.

A question is answered by a sentence or two, and which passage holds them is not sure: several excerpts answer it more
often than the one or two whole passages that would take the same room (``docs/benchmarks.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from starlight.notes.text import may_be_unspaced

Count = Callable[[str], int]
"""Gives how many tokens a text has, by the model that will read it."""

EXCERPT = 72
"""Tokens that an excerpt has at first: two sentences or three."""
_FIRST_SHARE = 0.85
"""Of the budget, what goes to the first excerpts of all; the rest makes the best of them longer."""
_TRIED = 5
"""So many of the best sentences are tried until one has room: each is counted, which a model takes its time for."""
_LATIN = 4
_DENSE_TOKENS = 1.25


def estimate(text: str) -> int:
    """Return about how many tokens ``text`` has for a model that is not known.

    Four characters of a script with spaces make a token; one of Chinese or Japanese makes one or more.
    """
    n_dense = (
        sum(char >= "\u0e00" and not "\u1e00" <= char <= "\u2fff" for char in text) if may_be_unspaced(text) else 0
    )
    n_latin = len(text) - n_dense
    return -(-n_latin // _LATIN) + round(n_dense * _DENSE_TOKENS)


class Piece(NamedTuple):
    """What is not cut: a sentence, ``start`` to ``end`` of its passage's text, and how well it answers."""

    start: int
    end: int
    relevance: float


@dataclass(slots=True)
class Excerpt:
    """A passage on its way into the budget, and the part of its text that has a place there."""

    text: str
    pieces: Sequence[Piece]
    start: int = 0
    end: int = 0
    tokens: int = 0
    whole: int = field(default=0)
    """Tokens of all of the text."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the passage is left out."""
        return self.start == 0 and self.end == len(self.text)


def pack(passages: Sequence[Excerpt], budget: int, count: Count, per_source: int = 0) -> list[Excerpt]:
    """Give each of ``passages``, best first, its place in ``budget`` tokens; return those that have one, in order.

    ``per_source`` is what a prompt spends on each beside its text.
    """
    left = budget
    packed: list[Excerpt] = []
    for passage in passages:
        passage.whole = count(passage.text)
    if sum(passage.whole + per_source for passage in passages) <= budget:
        packed = [passage for passage in passages if passage.whole]
        for passage in packed:
            _take_all(passage)
        return packed
    for passage in passages:
        room = min(left - per_source, EXCERPT if packed else max(EXCERPT, budget // 4))
        if packed and budget - left > _FIRST_SHARE * budget:
            break
        if room > 0 and _cut(passage, room, min(max(room, 2 * EXCERPT), left - per_source), count):
            packed.append(passage)
            left -= passage.tokens + per_source
    for passage in packed:
        before = passage.tokens
        if before < passage.whole and left > 0:
            _cut(passage, before + left, before + left, count)
            left -= passage.tokens - before
    return packed


def _take_all(passage: Excerpt) -> None:
    passage.start, passage.end, passage.tokens = 0, len(passage.text), passage.whole


def _cut(passage: Excerpt, room: int, most: int, count: Count) -> bool:
    """Cut the best run of whole sentences of ``room`` tokens; its best sentence alone may have ``most``.

    Whether there is one; where there is none, or none longer, the passage stays as it was.
    """
    if passage.whole <= room:
        _take_all(passage)
        return passage.whole > 0
    per_token = len(passage.text) / max(passage.whole, 1)
    pieces = passage.pieces
    for best in sorted(range(len(pieces)), key=lambda n: -pieces[n].relevance)[:_TRIED]:
        run = _run(pieces, best, room * per_token)
        while (tokens := count(_text(passage, run))) > (room if run[0] < run[1] else most):
            if run[0] == run[1]:
                break
            run = _shorter(pieces, run, best)
        else:
            if tokens > passage.tokens:
                start, end = _span(passage, run)
                passage.start, passage.end, passage.tokens = start, end, tokens
            return passage.tokens > 0
    return passage.tokens > 0


def _run(pieces: Sequence[Piece], best: int, size: float) -> tuple[int, int]:
    """Return the first and last piece of a run around ``best`` of at most ``size`` characters, or of it alone."""
    first = last = best
    while True:
        beside = [n for n in (last + 1, first - 1) if 0 <= n < len(pieces)]
        fitting = [n for n in beside if pieces[max(last, n)].end - pieces[min(first, n)].start <= size]
        if not fitting:
            return first, last
        chosen = max(fitting, key=lambda n: pieces[n].relevance)
        first, last = min(first, chosen), max(last, chosen)


def _shorter(pieces: Sequence[Piece], run: tuple[int, int], best: int) -> tuple[int, int]:
    """Return ``run`` without the piece at one of its ends: the one that answers less."""
    first, last = run
    if first == best or (last != best and pieces[last].relevance <= pieces[first].relevance):
        return first, last - 1
    return first + 1, last


def _text(passage: Excerpt, run: tuple[int, int]) -> str:
    start, end = _span(passage, run)
    return passage.text[start:end]


def _span(passage: Excerpt, run: tuple[int, int]) -> tuple[int, int]:
    """Return where a run stands, with what marks its first line as an item or a quotation."""
    start, end = passage.pieces[run[0]].start, passage.pieces[run[1]].end
    line = max(passage.text.rfind("\n", 0, start), passage.text.rfind("\r", 0, start)) + 1
    if not any(map(str.isalnum, passage.text[line:start])):
        start = line
    return start, end
