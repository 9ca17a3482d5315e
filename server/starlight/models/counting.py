"""How many tokens a text has for a model that cannot be asked: an estimate from above, and one from below."""

from __future__ import annotations

import math
import re

_RUNS = re.compile(r"[A-Za-z]+|[^\W\d_A-Za-z]+|\d+|[^\w\s]|_+|\n+")
_LATIN = 3.0
"""Characters of a token, of ASCII letters; some 4.5 on average."""
_SCRIPTS = ((0x250, 1.5), (0x370, 1.0), (0x400, 0.8), (0x530, 1.5), (0x1F00, 1.0), (0x2E80, 0.8), (0x110000, 0.67))
"""The same below a code point: Latin with marks; phonetic signs; Greek; Cyrillic; scripts that vocabularies hardly
know; old Greek; Chinese, Japanese, Korean."""
_SYMBOL = 3
"""Tokens of a symbol that is not in ASCII: the bytes of an emoji, for a vocabulary without it."""
_TURN = 8
"""What a chat template puts around one message."""


def at_most(text: str) -> int:
    """Return more tokens than ``text`` has, by the vocabularies that small models use: about half as many again."""
    return sum(map(_of_run, _RUNS.findall(text)))


def at_least(text: str) -> int:
    """Return fewer tokens than ``text`` has: no token of theirs reaches over white space."""
    return len(text.split())


def of_turns(counts: list[int]) -> int:
    """Return what messages of so many tokens have together, with what stands around each."""
    return sum(counts) + _TURN * (len(counts) + 1)


def _of_run(run: str) -> int:
    first = run[0]
    if first.isascii():
        return math.ceil(len(run) / _LATIN) if first.isalpha() else len(run)
    if not first.isalnum():
        return _SYMBOL
    return math.ceil(len(run) / next(width for end, width in _SCRIPTS if ord(first) < end))
