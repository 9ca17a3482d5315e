"""Words learnt from the notes that they stand in: those that a model does not know, and what others mean here.

A word is known by the company it keeps (Firth, 1957).  Each word of the notes begins as a direction: that of the
model, where it knows the word, else one by lot, as in random indexing (Kanerva et al., 2000).  The mean of its words
is what a passage is about, and the mean of its passages what a word is about; rare words count more in both.
So an unknown word comes to lie among the known words that it stands beside, in the model's own space, and where hardly
any word is known, words that share passages still come to lie near each other.  A known word moves a part of the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlight.models.adapted import Table
from starlight.models.embedder import directions as directions_of
from starlight.notes.text import is_unspaced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from starlight.models.embedder import StaticEmbedder, Vectors

_LEAST = 2
"""Passages that a word stands in, at least: of one, nothing can be learnt but that passage."""
_COMMON = 0.2
"""Share of the passages from which on a word tells none of them from the others."""
_MOST = 40_000
"""Words of a vocabulary at most, the most frequent ones: their table takes 10 MB."""
_KNOWN = ("garden", "engine", "music", "letter", "river", "machine", "history", "kitchen", "market", "winter")
"""Words that a model knows, where the notes have fewer."""
_MOVED = 0.3
"""How far a word that the model knows goes toward the company that it keeps in these notes."""
_ITSELF = 0.3
"""How much of the direction by lot a learnt word keeps: two words of the same passages are not the same word."""

KeepGoing = Callable[[], None]
"""Called now and then in long work; ends it by raising."""


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words that are learnt from, each with how rare it is, its vector, and whether the model knows it."""

    words: list[str]
    rarity: NDArray[np.float32]
    vectors: Vectors
    known: NDArray[np.bool_]


def learn(passages: Sequence[Sequence[str]], base: StaticEmbedder, keep_going: KeepGoing = lambda: None) -> Table:
    """Return what ``base`` learns from the words of passages: the same of the same passages, every time."""
    import numpy as np

    vocabulary = _vocabulary(passages, base, keep_going)
    known, vectors = vocabulary.known, vocabulary.vectors
    if not vocabulary.words:
        return Table.of(base.identity, (), vectors)
    lot = directions_of(np.random.default_rng(0).standard_normal(vectors.shape, np.float32))
    directions = np.where(known[:, None], directions_of(vectors), lot)
    company = directions_of(_company(passages, vocabulary, directions, keep_going))
    moved = company * np.linalg.norm(vectors, axis=1, keepdims=True) * np.float32(_MOVED)
    learnt = directions_of(company + np.float32(_ITSELF) * lot)
    lengths = _length(vocabulary, base) * vocabulary.rarity
    # Each character of a pair is in two pairs.
    shares = np.array([0.5 if is_unspaced(word) else 1.0 for word in vocabulary.words], np.float32)
    anew = learnt * lengths[:, None] - vectors * shares[:, None]
    return Table.of(base.identity, vocabulary.words, np.where(known[:, None], moved, anew))


def _vocabulary(passages: Sequence[Sequence[str]], base: StaticEmbedder, keep_going: KeepGoing) -> _Vocabulary:
    import numpy as np

    counts = Counter(word for passage in passages for word in set(passage))
    most = max(_COMMON * len(passages), _LEAST)
    chosen = sorted((-n, word) for word, n in counts.items() if _LEAST <= n <= most and any(map(str.isalpha, word)))
    words = [word for _, word in chosen[:_MOST]]
    rarity = np.log(len(passages) / np.array([counts[word] for word in words], np.float32))
    keep_going()
    vectors = base.sums(words)
    keep_going()
    return _Vocabulary(words, rarity, vectors, np.array([base.knows(word) for word in words], np.bool_))


def _length(vocabulary: _Vocabulary, base: StaticEmbedder) -> float:
    """Return how long a learnt word is for each unit of its rarity: as known words of these notes are, or any."""
    import numpy as np

    known = vocabulary.known
    n_known = int(known.sum())
    vectors = vocabulary.vectors[known] if n_known >= len(_KNOWN) else base.sums(_KNOWN)
    rarity = float(np.median(vocabulary.rarity[known if n_known >= len(_KNOWN) else ~known]))
    return float(np.linalg.norm(vectors, axis=1).mean()) / max(rarity, 1e-3)


def _company(
    passages: Sequence[Sequence[str]], vocabulary: _Vocabulary, directions: Vectors, keep_going: KeepGoing
) -> Vectors:
    """Return for each word the sum of the passages that it stands in, each of these the direction of its words."""
    import numpy as np

    rows = {word: row for row, word in enumerate(vocabulary.words)}
    counted = []
    for passage in passages:
        counts = Counter(row for word in passage if (row := rows.get(word)) is not None)
        ids = np.fromiter(counts, np.intp, len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * vocabulary.rarity[ids]
        counted.append((ids, weights / max(float(np.linalg.norm(weights)), 1e-9)))
    meant = np.zeros((len(passages), directions.shape[1]), np.float32)
    for row, (ids, weights) in enumerate(counted):
        meant[row] = (weights * vocabulary.rarity[ids]) @ directions[ids]
    keep_going()
    meant = directions_of(meant - meant.mean(axis=0))  # less what all the notes are about
    company = np.zeros_like(directions)
    for row, (ids, weights) in enumerate(counted):
        company[ids] += weights[:, None] * meant[row]
    keep_going()
    return company
