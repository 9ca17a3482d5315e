"""A refiner whose answers a test decides: near is what holds a word, and it answers when it is told to."""

from __future__ import annotations

import itertools
from concurrent.futures import Future
from typing import NoReturn

from starlight.errors import IndexBusy
from starlight.models.refiner import Query


def busy(*_arguments: object) -> NoReturn:
    """Stand for a method of the cache while another program holds its file."""
    raise IndexBusy("cache.db: another program holds it")


class FakeRefiner:
    """Calls near what holds ``near``, in a language that it knows as ``fluency`` says."""

    identity = "fake-1"

    def __init__(self, near: str, fluency: float = 1.0, *, holds_back: bool = False) -> None:
        self.problem = ""
        self.near = near
        self.fluency = fluency
        self.holds_back = holds_back
        self.queries: list[str] = []
        self.texts: list[str] = []
        self.closed = False
        self._held: list[tuple[Future[bytes | None], bytes]] = []
        self._turns = itertools.count(1)

    def turn(self) -> int:
        return next(self._turns)

    def prepare(self) -> None:
        pass

    def query(self, text: str, turn: int) -> Future[Query | None]:
        import numpy as np

        self.queries.append(text)
        found: Future[Query | None] = Future()
        found.set_result(Query(np.array([1, 0], np.float32), self.fluency))
        return found

    def passage(self, text: str, turn: int) -> Future[bytes | None]:
        self.texts.append(text)
        vectors = bytes([round(255 * self.fluency), *((127, 0) if self.near in text else (0, 127))])
        found: Future[bytes | None] = Future()
        if self.holds_back:
            self._held.append((found, vectors))
        else:
            found.set_result(vectors)
        return found

    def let_go(self, n: int = 1_000) -> None:
        """Answer the first ``n`` that were held back."""
        for found, vectors in self._held[:n]:
            found.set_result(vectors)
        self._held = self._held[n:]

    def take(self) -> list[str]:
        """Return the texts whose vectors were made since the last call."""
        taken, self.texts = self.texts, []
        return taken

    def close(self) -> None:
        self.closed = True
