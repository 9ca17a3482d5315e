"""The text of a model as it comes, made fit to be shown: no commands, no thinking aloud, no endless one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# What a terminal would obey, and what turns the direction of text so that it reads as something else.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_THINKING, _THOUGHT = "<think>", "</think>"
_CHARACTERS_PER_TOKEN = 12
"""No token of a model is longer on the average of an answer: one that goes on has no end."""


def clean(piece: str) -> str:
    """Return ``piece`` without characters that are commands; half a character becomes a question mark."""
    return _UNSHOWN.sub("", piece).encode("utf-8", "replace").decode()


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """Yield what a model says, without what some models think aloud before, between ``<think>`` and ``</think>``."""
    held, thinking, begun = "", False, False
    for piece in pieces:
        if begun:
            yield piece
            continue
        held += piece
        if not thinking:
            start = held.lstrip()
            if _THINKING.startswith(start[: len(_THINKING)]) and len(start) < len(_THINKING):
                continue  # it may become the mark
            thinking = start.startswith(_THINKING)
        if thinking:
            _, mark, rest = held.partition(_THOUGHT)
            held = rest if mark else held[-len(_THOUGHT) :]  # the mark may come in two pieces
            thinking = not mark
            if thinking:
                held = _THINKING + held.removeprefix(_THINKING)
                continue
        if held.strip():
            begun = True
            yield held.lstrip()
    if held.strip() and not begun and not thinking:
        yield held.lstrip()


def bounded(pieces: Iterable[str], max_tokens: int) -> Iterator[str]:
    """Yield ``pieces`` up to what ``max_tokens`` tokens can be, whatever the model was told."""
    n_characters = 0
    for n_pieces, piece in enumerate(pieces, 1):
        n_characters += len(piece)
        if n_pieces > 2 * max_tokens or n_characters > _CHARACTERS_PER_TOKEN * max_tokens:
            return
        yield piece
