"""The library's vectors, sooner.

A static embedding is a mean over tokens, so the order of a text is of no account: it is a bag of words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from starlight.models.words import MARKS, WordTokenizer, suits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model2vec import StaticModel
    from numpy.typing import NDArray

_ROWS = 1024
"""Vectors gathered at a time: at 256 dimensions a megabyte."""

_PROBE = (
    "The naïve café's e-mail: don't_split #tags, [links](https://example.org/a?b=c) or `code(x) += 1`!",
    "Η γρήγορη αλεπού. Съешь ещё этих мягких булок. Արագ աղվեսը։ სწრაფი მელა.",
    "שועל חום מהיר. الثعلب البني السريع، ١٢٣. तेज़ भूरी लोमड़ी। สุนัขจิ้งจอก",
    "敏捷的棕色狐狸，跳过“懒狗”。 素早い茶色の狐（きつね）が、イヌを。 빠른 갈색 여우가.",
    "zero\u200bwidth soft\u00adhyphen no\u00a0break form\x0cfeed line\u2028end e\u0301 \u0301e İSTANBUL ẞ ΣΑΣ ﬁ Å 𝒳 🦊",
)
"""What a tokenizer may see differently from us."""


class BagEncoder:
    """``StaticModel.encode`` for a model whose tokenizer works word by word.  One thread at a time."""

    def __init__(self, model: StaticModel) -> None:
        self._model = model
        self._words = WordTokenizer(model.tokenizer, model.unk_token_id)
        self._table = _table(model)
        self._gathered = np.empty((_ROWS, model.dim), self._table.dtype)
        self._rows = np.empty((_ROWS, model.dim), np.float32)
        self._ones = np.ones(_ROWS, np.float32)
        self._marks = np.zeros((len(MARKS), model.dim), np.float32)
        for vector, mark in zip(self._marks, MARKS, strict=True):
            self._add(self._words.ids(mark), vector)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text: of the library's direction, of any length; 0 for a text without a known word."""
        bags = [self._words.bag(text) for text in texts]
        vectors = np.array([bag.marks for bag in bags], np.float32) @ self._marks
        for vector, bag in zip(vectors, bags, strict=True):
            self._add(bag.ids, vector)
        special = [row for row, text in enumerate(texts) if self._words.has_special(text)]
        if special:
            vectors[special] = library_vectors(self._model, [texts[row] for row in special])
        return vectors

    def agrees(self) -> bool:
        """Say whether the library gives the same directions to texts in many scripts."""
        ours, theirs = self.encode(_PROBE), library_vectors(self._model, _PROBE)
        lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
        return bool(np.all((ours * theirs).sum(axis=1) >= (1 - 1e-5) * lengths))

    def _add(self, ids: bytes, vector: NDArray[np.float32]) -> None:
        """Add the vectors of tokens to ``vector``.

        A product with ones adds rows faster than anything else in NumPy, and fixed buffers spare the page faults.
        """
        numbers = np.frombuffer(ids, np.int32)
        for start in range(0, len(numbers), _ROWS):
            some = numbers[start : start + _ROWS]
            n = len(some)
            self._table.take(some, axis=0, out=self._gathered[:n], mode="clip")
            self._rows[:n] = self._gathered[:n]
            vector += self._ones[:n] @ self._rows[:n]


def library_vectors(model: StaticModel, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return what model2vec makes of the texts, whole."""
    whole = [without_surrogates(text) for text in texts]
    return np.asarray(model.encode(whole, max_length=None, use_multiprocessing=False), np.float32)


def without_surrogates(text: str) -> str:
    """Drop halves of surrogate pairs, which an editor may send and the library's tokenizer does not take."""
    return text.encode(errors="ignore").decode()


def bag_encoder(model: StaticModel) -> BagEncoder | None:
    """Return an encoder that is as good as the library's own, or None where the tokenizer does not allow one."""
    if not suits(model.tokenizer):
        return None
    encoder = BagEncoder(model)
    return encoder if encoder.agrees() else None


def _table(model: StaticModel) -> NDArray[np.generic]:
    """One row a token: the model's own, unless its vocabulary is quantized or its tokens are weighted."""
    table = model.embedding
    if model.token_mapping is not None:
        table = table[model.token_mapping]
    if model.weights is not None:
        table = table * np.asarray(model.weights, np.float32)[:, None]
    return table
