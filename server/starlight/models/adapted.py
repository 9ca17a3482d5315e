"""A model that was adapted to some notes: it knows words that the model it is made of does not.

A static embedding is a sum over the words of a text, so a word is learnt by what it adds to that sum.
Who learns it: ``engine/learning.py``.  Why so: docs/decisions/0019-adaptation.md.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlight.errors import ModelUnavailable
from starlight.models.embedder import directions
from starlight.notes.text import words
from starlight.private import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from starlight.models.embedder import Embedder, StaticEmbedder, Vectors

VERSION = 1
"""Raised when the same table would give other vectors; part of a model's identity."""
_SEVERAL = 8
"""Learnt words of a text that are trusted half: what each means is a guess, and the errors of many cancel out."""


@dataclass(frozen=True, slots=True)
class Table:
    """What learnt words add to the sum of a text, beside what the model has of them already."""

    model: str
    """The identity of the model that they were learnt for."""
    words: tuple[str, ...]
    """As ``notes.text.words`` gives them."""
    numbers: NDArray[np.int8]
    """Shape (len(words), dim)."""
    scales: NDArray[np.float32]
    """What 1 stands for in each row.  Shape (len(words),)."""

    @classmethod
    def of(cls, model: str, learnt: Sequence[str], added: Vectors) -> Table:
        """Return the table of ``learnt`` words, each with its row of ``added``."""
        import numpy as np

        scales = np.maximum(np.abs(added).max(axis=1, initial=0.0), 1e-9) / 127
        return cls(model, tuple(learnt), np.rint(added / scales[:, None]).astype(np.int8), scales.astype(np.float32))

    @property
    def digest(self) -> str:
        """A short digest of all that the vectors of texts depend on."""
        parts = (str(VERSION), self.model, "\n".join(self.words))
        digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=6)
        digest.update(self.numbers.tobytes())
        digest.update(self.scales.tobytes())
        return digest.hexdigest()


class AdaptedEmbedder:
    """A model and the words that it learnt.  For any thread."""

    def __init__(self, base: StaticEmbedder, table: Table) -> None:
        self._base = base
        self.table = table
        self._rows = {word: row for row, word in enumerate(table.words)}
        self.dim = base.dim
        self.identity = f"{base.identity}-adapted-{table.digest}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text; see ``Embedder``."""
        vectors = self._base.sums(texts)
        for vector, text in zip(vectors, texts, strict=True):
            if rows := self._rows_of(words(text)):
                vector += self.table.scales[rows] @ self.table.numbers[rows]
        return directions(vectors)

    def fluency(self, text: str) -> float:
        """Return how well the words of ``text`` are known: by the model, or learnt; a few of the latter say little."""
        spoken = words(text)
        n_letters = sum(map(len, spoken))
        learnt = {word for word in spoken if word in self._rows and not self._base.knows(word)}
        known = self._base.fluency(text)
        if not learnt:
            return known
        trust = len(learnt) ** 2 / (len(learnt) ** 2 + _SEVERAL**2)
        worth = {word: trust if word in learnt else float(self._base.knows(word)) for word in set(spoken)}
        return max(known, sum(len(word) * worth[word] for word in spoken) / n_letters)

    def _rows_of(self, spoken: Sequence[str]) -> list[int]:
        return [row for word in spoken if (row := self._rows.get(word)) is not None]


def adapted(base: Embedder, table: Table | None) -> Embedder:
    """Return ``base`` with the words of ``table``, which may be None.

    Raises:
        ModelUnavailable: the table is of another model, or its rows have another length.
    """
    from starlight.models.embedder import StaticEmbedder

    if table is None:
        return base
    if not isinstance(base, StaticEmbedder) or table.model != base.identity or table.numbers.shape[1] != base.dim:
        raise ModelUnavailable(f"what was learnt from these notes is of another model ({table.model}) than is used now")
    return AdaptedEmbedder(base, table)


def table_of(embedder: Embedder) -> Table | None:
    """Return what ``embedder`` learnt; None for a model that was not adapted."""
    return embedder.table if isinstance(embedder, AdaptedEmbedder) else None


def save(path: Path, table: Table | None, about: Mapping[str, Any]) -> None:
    """Write a table, or that there is none, and what is to be said about it: whole or not at all."""
    import numpy as np

    content: dict[str, Any] = {"about": dict(about)}
    arrays: dict[str, Any] = {}
    if table:
        content |= {"model": table.model, "words": table.words}
        arrays = {"numbers": table.numbers, "scales": table.scales}
    file = io.BytesIO()
    text = np.frombuffer(json.dumps(content).encode(), np.uint8)
    np.savez_compressed(file, content=text, **arrays)
    write_private(path, file.getvalue())


def load(path: Path) -> tuple[Table | None, dict[str, Any]]:
    """Return what ``save`` wrote; without its table, where it has none.

    Raises:
        FileNotFoundError: there is no such file.
        ModelUnavailable: it cannot be read.
    """
    import numpy as np

    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            content = json.loads(file["content"].tobytes())
            about = dict(content["about"])
            if "model" not in content:
                return None, about
            table = Table(str(content["model"]), tuple(content["words"]), file["numbers"], file["scales"])
            if table.numbers.ndim != 2 or not len(table.words) == len(table.numbers) == len(table.scales):
                raise ValueError("its parts do not fit together")
    except FileNotFoundError:
        raise
    except Exception as error:  # what damage does to such a file shows in many ways
        raise ModelUnavailable(f"{path}: what was learnt from these notes cannot be read ({error})") from error
    return table, about
