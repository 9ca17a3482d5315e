"""The words of a text are tokenized as the library does it, and remembered within bounds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from model2vec import StaticModel

from starlight.models import words
from starlight.models.words import Words, WordTokenizer


def tokens(tokenizer: WordTokenizer, text: str) -> Counter[int]:
    """How often each token stands in the text."""
    bag = tokenizer.bag(text)
    found = Counter(np.frombuffer(bag.ids, np.int32).tolist())
    for mark, count in zip(words.MARKS, bag.marks.tolist(), strict=True):
        for token in np.frombuffer(tokenizer.ids(mark), np.int32).tolist():
            found[token] += count
    return +found


def test_every_character_of_unicode(library: StaticModel) -> None:
    tokenizer = WordTokenizer(library.tokenizer, library.unk_token_id)
    ideographs = (*range(0x4E00, 0xA000, 16), *range(0xAC00, 0xD7A4, 16), *range(0x20000, 0x32000, 16))
    chars = map(chr, (*range(0x4E00), *range(0xA000, 0xAC00), *range(0xE000, 0x20000), *ideographs, 0x9FFF, 0xE0100))
    texts = [f"a{char}b {char}" for char in chars]
    for start in range(0, len(texts), 50):
        block = "\n".join(texts[start : start + 50])
        if tokens(tokenizer, block) != Counter(library.tokenize([block])[0]):
            for text in texts[start : start + 50]:
                assert tokens(tokenizer, text) == Counter(library.tokenize([text])[0]), ascii(text)


def test_a_word_is_tokenized_once() -> None:
    asked: list[str] = []
    memory = Words(lambda word: asked.append(word) or word.encode())  # type: ignore[func-returns-value]
    assert [memory[word] for word in (b"fox", b"dog", b"fox", b"dog")] == [b"fox", b"dog", b"fox", b"dog"]
    assert asked == ["fox", "dog"]


def test_the_frequent_words_are_kept_and_the_others_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MAX_WORDS", 100)
    asked: Counter[str] = Counter()
    memory = Words(lambda word: bytes(asked.update([word]) or 4))
    for number in range(1000):
        memory[b"often"]
        memory[b"rare%d" % number]
        assert memory.n_words <= words.MAX_WORDS
    assert asked["often"] == 1
    memory[b"rare0"]
    assert asked["rare0"] == 2


def test_long_words_are_not_kept(library: StaticModel) -> None:
    memory = Words(lambda word: b"")
    memory[b"x" * 10_000]
    memory[b"x" * words.MAX_BYTES]
    assert memory.n_words == 1
