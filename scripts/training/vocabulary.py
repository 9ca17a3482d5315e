"""Whole words for a WordPiece vocabulary that would spell them in pieces."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .student import Table

_LOOKED_AT = 120_000


def common_words() -> list[str]:
    """Return English words, the most frequent first (Speer, wordfreq)."""
    from wordfreq import top_n_list

    return [word for word in top_n_list("en", _LOOKED_AT) if re.fullmatch("[a-z]{3,}", word)]


def extended(tokenizer: Tokenizer, table: Table, words: Iterable[str], n: int) -> tuple[Tokenizer, Table]:
    """Return the tokenizer and its table with the first ``n`` of ``words`` that were spelt in pieces as tokens.

    A new word begins as the sum of its pieces: a text that holds it has the vector that it had.
    """
    state = json.loads(tokenizer.to_str())
    vocabulary: dict[str, int] = state["model"]["vocab"]
    unknown = vocabulary[state["model"]["unk_token"]]
    rows = [table]
    for word in words:
        pieces = tokenizer.encode(word, add_special_tokens=False).ids
        if word in vocabulary or unknown in pieces:
            continue
        vocabulary[word] = len(vocabulary)
        rows.append(table[pieces].sum(axis=0, keepdims=True))
        if len(rows) > n:
            break
    return Tokenizer.from_str(json.dumps(state)), np.concatenate(rows)
