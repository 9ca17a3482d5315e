"""What a tokenizer cuts a text into: how well its model knows the language shows there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tokenizers import Encoding

_LAST_LATIN = "\u024f"
"""The last letter of the blocks for Latin script."""


class Piece(NamedTuple):
    """A token of letters or digits, and whether it is a whole word."""

    text: str
    is_whole: bool

    @property
    def is_latin(self) -> bool:
        """Whether it is in Latin script."""
        return self.text[0] <= _LAST_LATIN


def known_pieces(text: str, encoding: Encoding, unknown: Container[int | None]) -> list[Piece]:
    """Return the pieces of ``text`` that ``encoding`` has, without signs and the tokens ``unknown``."""
    n_tokens = Counter(encoding.word_ids)
    pieces = []
    for (start, end), token, word in zip(encoding.offsets, encoding.ids, encoding.word_ids, strict=True):
        piece = text[start:end].strip()
        if token not in unknown and piece.isalnum():
            pieces.append(Piece(piece, n_tokens[word] == 1))
    return pieces


def n_letters(text: str) -> int:
    """Return how many letters and digits ``text`` has."""
    return sum(map(str.isalnum, text))


def place_between(value: float, least: float, full: float) -> float:
    """Return where ``value`` lies between ``least`` (0) and ``full`` (1)."""
    return min(max((value - least) / (full - least), 0.0), 1.0)
