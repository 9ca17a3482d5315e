"""Which sentences stand for a text: how central each is, by its vector, its words and its place; then few that differ.

A sum of scores, after Edmundson ("New Methods in Automatic Extracting", 1969: title, place and words), with centrality
as the cosine to the mean vector (Radev et al., "Centroid-based summarization of multiple documents", 2004), chosen by
maximal marginal relevance (Carbonell & Goldstein, 1998).
The weights, and how they were chosen: docs/decisions/0023-extractive-summaries.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from starlight.engine.quotable import Quotable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from starlight.models.embedder import Vectors

    Scores = NDArray[np.float32]


class Weights(NamedTuple):
    """What each score counts: the first four are of standard scores, the others are points."""

    centroid: float = 1.0
    words: float = 0.5
    title: float = 1.0
    length: float = -0.3
    """Of the logarithm of its words: long sentences are central by their length alone."""
    first: float = 0.5
    """For the first sentence of its section."""
    leading: float = 0.5
    """For the first sentence of its paragraph."""
    listed: float = 0.5
    """Against an item of a list, and a quotation."""
    repeated: float = 4.0
    """Against a sentence, for its cosine to the nearest that is chosen."""
    same: float = 10.0
    """Against one that says much the same: it is chosen where nothing else is left."""
    same_note: float = 1.5
    """Against a sentence, for each that is chosen of its note, where there are several notes."""


WEIGHTS = Weights()
_LEAST = 1e-6
"""Deviation from which values differ at all."""
_SAME = 0.85
"""Cosine from which two sentences say much the same."""


def chosen(found: Sequence[Quotable], vectors: Vectors, titles: Vectors, notes: Sequence[int], limit: int) -> list[int]:
    """Return the numbers of at most ``limit`` of the sentences ``found``, in their order.

    ``vectors`` has a row a sentence; ``notes`` says which note each is of, by number, and ``titles`` has a row a note.
    """
    import numpy as np

    of_note = np.asarray(notes)
    scores = _central(found, vectors, titles, of_note)
    if limit >= len(found):
        return list(range(len(found)))
    has_several = len(titles) > 1
    picked: list[int] = []
    nearest = np.zeros(len(found), np.float32)
    lost = np.zeros(len(found), np.float32)
    for _ in range(limit):
        best = int(np.argmax(scores - WEIGHTS.repeated * nearest - lost))
        picked.append(best)
        scores[best] = -np.inf
        alike = vectors @ vectors[best]
        np.maximum(nearest, alike, out=nearest)
        lost += np.where(alike > _SAME, np.float32(WEIGHTS.same), np.float32(0))
        if has_several:
            lost += np.where(of_note == of_note[best], np.float32(WEIGHTS.same_note), np.float32(0))
    return sorted(picked)


def _central(found: Sequence[Quotable], vectors: Vectors, titles: Vectors, of_note: NDArray[np.int64]) -> Scores:
    """Return how well each sentence stands for its note, and that for all of them."""
    import numpy as np

    def points(those: Iterable[bool]) -> NDArray[np.float32]:
        return np.fromiter(those, np.float32, len(found))

    means = _means(vectors, of_note, len(titles))
    lengths = np.fromiter((len(each.words) for each in found), np.float64, len(found))
    scores = WEIGHTS.centroid * _standard(np.einsum("ij,ij->i", vectors, means[of_note]), of_note)
    scores += WEIGHTS.words * _standard(_wordy([each.words for each in found]), of_note)
    scores += WEIGHTS.title * _standard(np.einsum("ij,ij->i", vectors, titles[of_note]), of_note)
    scores += WEIGHTS.length * _standard(np.log1p(lengths), of_note)
    scores += WEIGHTS.first * points(each.is_first for each in found)
    scores += WEIGHTS.leading * points(each.is_leading for each in found)
    scores -= WEIGHTS.listed * points(each.is_listed for each in found)
    if len(titles) > 1:
        scores += WEIGHTS.centroid * _standard(vectors @ means.mean(axis=0), np.zeros_like(of_note))
    return np.asarray(scores, np.float32)


def _means(vectors: Vectors, of_note: NDArray[np.int64], n_notes: int) -> Vectors:
    """Return the direction of each note's mean, so that one counts as much as another, however long it is."""
    import numpy as np

    means = np.zeros((n_notes, vectors.shape[1]), np.float32)
    order = np.argsort(of_note, kind="stable")
    there, starts = np.unique(of_note[order], return_index=True)
    means[there] = np.add.reduceat(vectors[order], starts)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), np.float32)


def _wordy(words: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Return the cosine of each sentence's words, weighted by TF-IDF within the text, to the mean of all sentences'."""
    import numpy as np

    every = list(itertools.chain.from_iterable(words))
    numbers = {word: number for number, word in enumerate(dict.fromkeys(every))}
    ids = np.fromiter(map(numbers.__getitem__, every), np.int64, len(every))
    of_row = np.repeat(np.arange(len(words)), [len(each) for each in words])
    cells, times = np.unique(of_row * len(numbers) + ids, return_counts=True)
    rows, columns = np.divmod(cells, max(len(numbers), 1))
    rarity = np.log((len(words) + 1) / np.maximum(np.bincount(columns), 1))
    weights = times * rarity[columns]
    lengths = np.sqrt(np.bincount(rows, weights**2, len(words)))
    weights /= np.where(lengths == 0, 1, lengths)[rows]
    mean = np.bincount(columns, weights)
    return np.asarray(np.bincount(rows, weights * mean[columns], len(words)), np.float64)


def _standard(values: NDArray[np.floating], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return standard scores within each group: mean 0, deviation 1; all 0 where no two differ."""
    import numpy as np

    sizes = np.maximum(np.bincount(group), 1)
    apart = values - (np.bincount(group, values) / sizes)[group]
    deviation = np.sqrt(np.bincount(group, apart**2) / sizes)
    return np.asarray(apart / np.where(deviation > _LEAST, deviation, 1)[group], np.float64)
