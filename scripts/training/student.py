"""The student: a table of token vectors that learns from the teacher which texts are near each other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import embedding_bag, kl_div, log_softmax, normalize, softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Table = NDArray[np.float32]
    """One row a token."""

NEIGHBOURS = 128
"""Passages near each other that come into a batch together: they are each other's hard negatives."""
_REPORTS = 4


@dataclass(frozen=True)
class Plan:
    """How the student is trained."""

    epochs: int = 16
    batch: int = 4_096
    """Passages, each with one of its queries."""
    rate: float = 0.004
    temperature: float = 0.05
    """Of the teacher's similarities; it was trained with this one."""
    direction: float = 10.0
    """Weight of the direction of the teacher's own vectors beside that of its similarities."""
    among: float = 0.3
    """Weight of the similarities of queries, and of passages, among themselves beside that of the two to each other."""
    loose: float = 0.5
    """Queries that belong to no passage, as a share of a batch."""
    widths: tuple[tuple[int, float], ...] = ((256, 1.0), (128, 0.3), (64, 0.15))
    """Leading dimensions that must do alone, and their weights (Kusupati et al., Matryoshka, 2022)."""
    seed: int = 0


class Bags:
    """Texts as bags of tokens, on the device."""

    def __init__(self, texts: Sequence[NDArray[np.int32]], device: str) -> None:
        lengths = np.array([len(text) for text in texts], np.int64)
        self.ids = torch.from_numpy(np.concatenate(texts)).to(device)
        self.starts = torch.from_numpy(np.concatenate([[0], np.cumsum(lengths)[:-1]])).to(device)
        self.lengths = torch.from_numpy(lengths).to(device)

    def sums(self, table: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        """Return the sum of the token vectors of each chosen text."""
        lengths = self.lengths[chosen]
        offsets = lengths.cumsum(0) - lengths
        total = int(lengths.sum())
        places = torch.arange(total, device=lengths.device)
        places += torch.repeat_interleave(self.starts[chosen] - offsets, lengths, output_size=total)
        return embedding_bag(self.ids[places].long(), table, offsets, mode="sum")


@dataclass
class Lessons:
    """All that the student learns from; tensors are on the device."""

    queries: Bags
    passages: Bags
    query_vectors: torch.Tensor
    """The teacher's, shape (queries, 384); the same for passages."""
    passage_vectors: torch.Tensor
    first_query: torch.Tensor
    """Number of the first query of each passage; those of one passage are next to each other."""
    n_queries: torch.Tensor
    loose: torch.Tensor
    """Numbers of the queries that belong to no passage."""


class Student:
    """A table in training."""

    def __init__(self, start: Table, lessons: Lessons, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        device = lessons.passage_vectors.device
        self._lessons, self._plan = lessons, plan
        self._chance = torch.Generator(device).manual_seed(plan.seed)
        self.table = torch.from_numpy(scaled(start)).to(device).requires_grad_()
        self._scale = torch.tensor(20.0, device=device).log().requires_grad_()
        self._to_teacher = self._first_map().requires_grad_()

    def train(self, watch: Callable[[torch.Tensor], str]) -> Table:
        """Return the trained table; ``watch`` says a few times how good it is."""
        plan = self._plan
        groups = [([self.table], plan.rate), ([self._scale, self._to_teacher], 0.002)]
        optimizer = torch.optim.Adam([{"params": parameters, "lr": rate} for parameters, rate in groups])
        n_steps = plan.epochs * max(1, len(self._lessons.n_queries) // plan.batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, [rate for _, rate in groups], total_steps=n_steps + 1, pct_start=0.08
        )
        started = time.perf_counter()
        for epoch in range(1, plan.epochs + 1):
            for chosen in self._batches():
                optimizer.zero_grad(set_to_none=True)
                self._loss(chosen).backward()
                optimizer.step()
                schedule.step()
            if epoch % max(1, plan.epochs // _REPORTS) == 0 or epoch == plan.epochs:
                took = time.perf_counter() - started
                print(f"epoch {epoch} of {plan.epochs}, {took:.0f} s: {watch(self.table.detach())}", flush=True)
        return np.asarray(self.table.detach().cpu().numpy(), np.float32)

    def _first_map(self) -> torch.Tensor:
        """Return the linear map that best takes the untrained student's vectors to the teacher's (ridge regression)."""
        vectors = self._lessons.passage_vectors
        sample = torch.arange(0, len(vectors), max(1, len(vectors) // 20_000), device=vectors.device)
        with torch.no_grad():
            own = normalize(self._lessons.passages.sums(self.table, sample), dim=1)
            gram = own.T @ own + 0.1 * torch.eye(own.shape[1], device=own.device)
            return torch.linalg.solve(gram, own.T @ vectors[sample].float())

    def _batches(self) -> list[torch.Tensor]:
        """Cut all passages into batches of runs of neighbours: those nearest to the same one, drawn anew each time."""
        vectors = self._lessons.passage_vectors
        n = len(vectors)
        pivots = self._permutation(n)[: max(1, n // NEIGHBOURS)]
        nearest = torch.cat([(part @ vectors[pivots].T).argmax(1) for part in vectors.split(16_384)])
        shuffled = self._permutation(n)
        ordered = shuffled[nearest[shuffled].argsort(stable=True)]
        runs = ordered[: n // NEIGHBOURS * NEIGHBOURS].view(-1, NEIGHBOURS)
        drawn = runs[self._permutation(len(runs))].flatten()
        size = min(self._plan.batch, len(drawn))
        return list(drawn[: len(drawn) // size * size].split(size))

    def _permutation(self, n: int) -> torch.Tensor:
        return torch.randperm(n, generator=self._chance, device=self._chance.device)

    def _questions(self, chosen: torch.Tensor) -> torch.Tensor:
        """Draw one query of each chosen passage, and loose ones."""
        device, lessons = chosen.device, self._lessons
        draw = torch.rand(len(chosen), generator=self._chance, device=device)
        asked = lessons.first_query[chosen] + (draw * lessons.n_queries[chosen]).long()
        n_loose = min(int(self._plan.loose * len(chosen)), len(lessons.loose))
        drawn = torch.randint(max(1, len(lessons.loose)), (n_loose,), generator=self._chance, device=device)
        return torch.cat([asked, lessons.loose[drawn]])

    def _loss(self, chosen: torch.Tensor) -> torch.Tensor:
        """How far the student is from the teacher on one batch.

        Kullback-Leibler divergence of the nearness of each text to all others (Hinton et al., 2015), and the angle
        between the teacher's vector and a linear image of the student's.
        """
        plan, lessons = self._plan, self._lessons
        questions = self._questions(chosen)
        own = lessons.queries.sums(self.table, questions), lessons.passages.sums(self.table, chosen)
        theirs = lessons.query_vectors[questions], lessons.passage_vectors[chosen]
        pairs = ((0, 1, 1.0), (0, 0, plan.among), (1, 1, plan.among))
        targets = [softmax(_similarities(theirs, a, b) / plan.temperature, dim=1) for a, b, _ in pairs]
        loss = torch.zeros((), device=chosen.device)
        for width, weight in plan.widths:
            short = [normalize(sums[:, :width], dim=1) for sums in own]
            for (a, b, share), target in zip(pairs, targets, strict=True):
                spread = log_softmax(_similarities(short, a, b) * self._scale.exp(), dim=1)
                loss = loss + weight * share * kl_div(spread, target, reduction="batchmean")
        for sums, vectors in zip(own, theirs, strict=True):
            image = normalize(normalize(sums, dim=1) @ self._to_teacher, dim=1)
            loss = loss + plan.direction * (1 - (image * vectors.float()).sum(1)).mean()
        return loss


def _similarities(vectors: Sequence[torch.Tensor], a: int, b: int) -> torch.Tensor:
    """Return the cosines of all of one kind to all of another; a text is not compared with itself."""
    found = (vectors[a] @ vectors[b].T).float()
    if a != b:
        return found
    return found.masked_fill(torch.eye(len(found), dtype=torch.bool, device=found.device), -100.0)


def scaled(table: Table) -> Table:
    """Return the table with rows of mean length 1."""
    return np.asarray(table / np.linalg.norm(table, axis=1).mean(), np.float32)
