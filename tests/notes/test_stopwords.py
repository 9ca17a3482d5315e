"""Words that say nothing are dropped from a question, in its own language."""

from __future__ import annotations

import pytest

from starlight.notes.stopwords import telling


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("how do i keep a starter alive", "keep starter alive"),
        ("wie halte ich die hefe am leben", "halte hefe leben"),
        ("comment garder le levain dans la cuisine", "comment garder levain cuisine"),
        ("cómo se cuida la masa", "cuida masa"),
        ("چگونه از خمیر نگهداری کنم", "خمیر نگهداری کنم"),
        ("the die is cast", "die cast"),
        ("to be or not to be", "to be or not to be"),
        ("what", "what"),
        ("", ""),
        ("泡茶 茶的", "泡茶 茶的"),
    ],
)
def test_telling(query: str, left: str) -> None:
    assert telling(query.split()) == left.split()
