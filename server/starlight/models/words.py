"""Texts into tokens, word by word: a word that was seen before is not tokenized again.

BERT's tokenizer (Devlin et al., 2019) never looks across white space, punctuation or an ideograph, so the tokens of a
text are those of its words, *exactly*.
"""

from __future__ import annotations

import string
from array import array
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Ids = bytes
    """Token ids of 32 bits: a third of the memory of a tuple of integers, and many are joined in one call."""

MARKS = string.punctuation
"""Punctuation of ASCII: every mark is a word."""
MAX_WORDS = 200_000
"""Words that are remembered at most."""
MAX_BYTES = 40
"""Length of the longest word that is remembered: a longer one is data, and does not come back."""

_ALONE = "".join(map(chr, (*range(0x2010, 0x2028), *range(0x4E00, 0xA000)))) + "、。《》「」『』【】（），：；？！"
"""Dashes, quotation marks, ideographs, punctuation of East Asia: every one is a word."""
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
"""What BERT deletes, so that the word goes on behind it; Python would split at some of these."""
_SPACE = ord(" ")


class Bag(NamedTuple):
    """The tokens of a text; their order is lost."""

    ids: Ids
    marks: NDArray[np.intp]
    """How often each of ``MARKS`` stands in the text: a third of all tokens, and not among ``ids``."""


def suits(tokenizer: Tokenizer) -> bool:
    """Say whether the tokenizer is BERT's, and looks for its added tokens in the plain text only."""
    normalizer = tokenizer.normalizer
    return (
        isinstance(tokenizer.model, WordPiece)
        and isinstance(normalizer, BertNormalizer)
        and bool(normalizer.clean_text and normalizer.handle_chinese_chars)
        and isinstance(tokenizer.pre_tokenizer, BertPreTokenizer)
        and not any(token.normalized for token in tokenizer.get_added_tokens_decoder().values())
    )


class WordTokenizer:
    """The tokens of a text without its unknown words, by a tokenizer that ``suits``.  One thread at a time.

    Added tokens such as ``[CLS]`` are plain words here: a text that ``has_special`` needs the tokenizer itself.
    """

    def __init__(self, tokenizer: Tokenizer, unknown: int | None) -> None:
        self._wordpiece, self._unknown = tokenizer.model, unknown
        self._chars = _Characters(tokenizer)
        self._special = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
        self._words = Words(self.ids)
        self._codes = np.frombuffer(MARKS.encode(), np.uint8)
        self._blanked = _bytes_to_split(lowered=tokenizer.normalizer.lowercase)
        self._alone = self._ids_of_characters()

    def has_special(self, text: str) -> bool:
        """Say whether an added token is written out in the text."""
        return any(token in text for token in self._special)

    def bag(self, text: str) -> Bag:
        """Return all tokens of a text."""
        alone = b""
        if not text.isascii():
            text, alone = self._take_alone(text)
        raw = text.encode(errors="ignore")
        marks = np.bincount(np.frombuffer(raw, np.uint8), minlength=128)[self._codes]
        words = raw.translate(self._blanked, _CONTROLS).split()
        return Bag(b"".join(map(self._words.__getitem__, words)) + alone, marks)

    def ids(self, word: str) -> Ids:
        """Return the tokens of a word, which may yet fall into several for the tokenizer."""
        tokens = self._wordpiece.tokenize
        if word.isascii():
            found = [token.id for token in tokens(word)]
        else:
            pieces = "".join(map(self._chars.__getitem__, word)).split()
            found = [token.id for piece in pieces for token in tokens(piece)]
        if self._unknown in found:
            found = [token for token in found if token != self._unknown]
        return array("i", found).tobytes()

    def _take_alone(self, text: str) -> tuple[str, Ids]:
        """Return the text with a space for every character of ``_ALONE``, and the tokens of these."""
        codes = np.frombuffer(bytearray(text.encode("utf-32-le", "ignore")), np.uint32)
        ids = self._alone.take(codes, mode="clip")
        found = ids != _NOT_ALONE
        codes[found] = _SPACE
        return codes.tobytes().decode("utf-32-le"), ids[found & (ids != _UNKNOWN)].tobytes()

    def _ids_of_characters(self) -> NDArray[np.int32]:
        """The token of each character of the first plane that is in ``_ALONE``."""
        ids = np.full(0x10000, _NOT_ALONE, np.int32)
        for char in _ALONE:
            token = self._wordpiece.token_to_id(char)
            ids[ord(char)] = _UNKNOWN if token is None or token == self._unknown else token
        return ids


_NOT_ALONE, _UNKNOWN = -2, -1


def _bytes_to_split(*, lowered: bool) -> bytes:
    """Each byte of a text as it is looked up: a space for a mark; the letters of ASCII are lowered if all are."""
    blanked = bytes.maketrans(MARKS.encode(), b" " * len(MARKS))
    return blanked.lower() if lowered else blanked


class _Characters(dict[str, str]):
    """What the tokenizer makes of each character before it looks for tokens: with spaces where it parts words.

    BERT's normalizer and pre-tokenizer look at one character at a time, too, and take ten times as long for a word.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self._normalizer, self._pre_tokenizer = tokenizer.normalizer, tokenizer.pre_tokenizer

    def __missing__(self, char: str) -> str:
        between = self._normalizer.normalize_str(f"a{char}a")
        pieces = " ".join(piece for piece, _ in self._pre_tokenizer.pre_tokenize_str(between))
        self[char] = pieces[1:-1]
        return self[char]


class Words(dict[bytes, "Ids"]):
    """Words and their tokens in two generations: what the younger one has not asked for when it is full goes."""

    def __init__(self, ids: Callable[[str], Ids]) -> None:
        super().__init__()
        self._ids = ids
        self._older: dict[bytes, Ids] = {}

    @property
    def n_words(self) -> int:
        """Words in memory; those of both generations count twice."""
        return len(self) + len(self._older)

    def __missing__(self, word: bytes) -> Ids:
        ids = self._older.get(word)
        if ids is None:
            ids = self._ids(word.decode())
        if len(word) <= MAX_BYTES:
            self[word] = ids
        if len(self) >= MAX_WORDS // 2:
            self._older = dict(self)
            self.clear()
        return ids
