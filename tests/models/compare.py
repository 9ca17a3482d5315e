"""Vectors beside those of the library."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from model2vec import StaticModel

from starlight.models.embedder import Embedder


def assert_same(embedder: Embedder, library: StaticModel, texts: Sequence[str]) -> None:
    """Fail unless every text has the library's direction, and the zero vector where the library has it."""
    ours = embedder.embed(texts).astype(np.float64)
    theirs = library.encode(list(texts), max_length=None, use_multiprocessing=False).astype(np.float64)
    lengths = np.linalg.norm(theirs, axis=1)
    known = lengths > 0
    cosines = (ours[known] * theirs[known]).sum(axis=1) / lengths[known]
    np.testing.assert_allclose(cosines, 1, rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), known, rtol=0, atol=1e-5)
