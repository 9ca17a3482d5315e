"""Estimates of tokens: from above and from below, beside the tokenizer that is here."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from starlight.models import counting
from starlight.models.embedder import DEFAULT_MODEL
from tests.models.texts import SCRIPTS

PROSE = "The roofer comes on Tuesday, at half past nine; bring 250 € in cash, and don't forget the key. " * 20


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(DEFAULT_MODEL / "tokenizer.json"))


@pytest.mark.parametrize("text", [*SCRIPTS.values(), PROSE], ids=[*SCRIPTS, "prose"])
def test_a_real_count_lies_between(text, tokenizer):
    real = len(tokenizer.encode(text, add_special_tokens=False).ids)
    assert counting.at_least(text) <= real <= counting.at_most(text)


def test_prose_is_not_counted_far_too_high(tokenizer):
    assert counting.at_most(PROSE) < 1.7 * len(tokenizer.encode(PROSE, add_special_tokens=False).ids)


def test_nothing_has_no_tokens_and_more_text_has_more():
    assert counting.at_most("") == counting.at_least("") == 0
    assert counting.of_turns([5, 5]) > counting.of_turns([5]) > 5
    assert counting.at_most("🎉") >= 3
