"""How many tokens a text has for a model that cannot be asked: an estimate from above, and one from below."""

from __future__ import annotations

import math
import re

_RUNS = re.compile(r"[A-Za-z]+|[^\W\d_A-Za-z]+|\d+|[^\w\s]|_+|\n+")
_LATIN, _OTHER = 3.0, 0.67
"""Characters of a token: of ASCII letters some 4.5 on average; of other scripts one to three, of rare ones less."""
_TURN = 8
"""What a chat template puts around one message."""


def at_most(text: str) -> int:
    """Return more tokens than ``text`` has, by the vocabularies that small models use: about half as many again."""
    total = 0
    for run in _RUNS.findall(text):
        if run[0].isascii():
            total += math.ceil(len(run) / _LATIN) if run[0].isalpha() else len(run)
        else:
            total += math.ceil(len(run) / _OTHER) if _is_dense(run[0]) else math.ceil(len(run) / 1.5)
    return total


def at_least(text: str) -> int:
    """Return fewer tokens than ``text`` has: no token of theirs reaches over white space."""
    return len(text.split())


def of_turns(counts: list[int]) -> int:
    """Return what messages of so many tokens have together, with what stands around each."""
    return sum(counts) + _TURN * (len(counts) + 1)


def _is_dense(char: str) -> bool:
    """Whether one character says as much as a word: Chinese, Japanese, Korean, and what lies beyond."""
    return ord(char) >= 0x2E80
