"""Passages and queries into what the student is trained on, and into what it is watched with."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import normalize

from .examples import loose, queries
from .student import Bags, Lessons
from .teacher import tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from .passages import Passage
    from .teacher import Teacher

LOOSE_TO_ONE = 2
"""Queries that belong to no passage, to one passage."""
_HELD_OUT = 30
"""One note in so many is only watched with."""
_TOP = 10


@dataclass
class Watched:
    """Passages and queries of notes that are not trained on."""

    passages: Bags
    queries: Bags
    asked: torch.Tensor
    """The number of each query's passage."""
    teacher: torch.Tensor
    """The teacher's ten nearest passages of each query."""

    def __call__(self, table: torch.Tensor) -> str:
        """Return how many of the teacher's ten nearest are among the student's, and the passage's reciprocal rank."""
        passages = self._vectors(self.passages, table)
        found = (self._vectors(self.queries, table) @ passages.T).topk(self.teacher.shape[1], dim=1).indices
        agreed = (found[:, :, None] == self.teacher[:, None, :]).any(2).float().mean()
        ranks = torch.arange(1, found.shape[1] + 1, device=found.device)
        reciprocal = ((found == self.asked[:, None]) / ranks).sum(1).mean()
        return f"the teacher's ten {agreed:.4f}, reciprocal rank {reciprocal:.4f}"

    def _vectors(self, bags: Bags, table: torch.Tensor) -> torch.Tensor:
        return normalize(bags.sums(table, torch.arange(len(bags.lengths), device=table.device)), dim=1)


def is_held_out(passage: Passage) -> bool:
    """Say whether the passage's note is only watched with."""
    return hashlib.blake2b(f"{passage.group}/{passage.note}".encode(), digest_size=2).digest()[0] % _HELD_OUT == 0


def text_of(passage: Passage) -> str:
    """Return the text that is embedded, put together as Starlight does it."""
    return "\n".join(filter(None, (passage.title, passage.heading, passage.text)))


class Classroom:
    """Makes lessons with the tokenizers of the teacher (``theirs``) and the student (``own``), and the teacher."""

    def __init__(self, theirs: Tokenizer, own: Tokenizer, teacher: Teacher) -> None:
        self._theirs, self._own, self._teacher = theirs, own, teacher
        self._marks = theirs.token_to_id("[CLS]"), theirs.token_to_id("[SEP]")
        self._unknown = own.token_to_id("[UNK]")
        self._words = sorted(token for token in own.get_vocab() if re.fullmatch("[a-z]{3,}", token))

    def lessons(self, passages: Sequence[Passage], seed: int) -> Lessons:
        """Return what is learnt from ``passages``."""
        asked = queries(passages, seed)
        free = loose(self._words, LOOSE_TO_ONE * len(passages), seed)
        query_bags, query_vectors = self._read([query.text for query in (*asked, *free)])
        passage_bags, passage_vectors = self._read([text_of(passage) for passage in passages])
        first = np.searchsorted([query.passage for query in asked], np.arange(len(passages) + 1))
        device = passage_vectors.device
        return Lessons(
            queries=query_bags,
            passages=passage_bags,
            query_vectors=query_vectors,
            passage_vectors=passage_vectors,
            first_query=torch.from_numpy(first[:-1]).to(device),
            n_queries=torch.from_numpy(np.diff(first)).to(device),
            loose=torch.arange(len(asked), len(asked) + len(free), device=device),
        )

    def watched(self, passages: Sequence[Passage], seed: int) -> Watched:
        """Return what the student is watched with."""
        asked = queries(passages, seed)
        query_bags, query_vectors = self._read([query.text for query in asked])
        passage_bags, passage_vectors = self._read([text_of(passage) for passage in passages])
        nearest = (query_vectors @ passage_vectors.T).float().topk(min(_TOP, len(passages)), dim=1).indices
        numbers = torch.tensor([query.passage for query in asked], device=nearest.device)
        return Watched(passage_bags, query_bags, numbers, nearest)

    def _read(self, texts: Sequence[str]) -> tuple[Bags, torch.Tensor]:
        vectors = self._teacher.vectors(tokenize(self._theirs, texts), *self._marks)
        own = tokenize(self._own, texts)
        return Bags([ids[ids != self._unknown] for ids in own], self._teacher.device), vectors
