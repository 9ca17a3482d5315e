"""Processes that read for the indexer: parsing and embedding keep every core busy, and writing its own.

Each runs ``python -m starlight.engine.worker`` and is spoken to in pickles over its pipes, both ends of which are
ours.  It ends when its input does, so none is left behind by an indexer that was killed.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import logging
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import BinaryIO, cast

from starlight.engine.reading import Assignment, Batch, Job

log = logging.getLogger(__name__)

_AHEAD = 6
"""Jobs that a process has at once: it never waits for the next one."""


class _Worker:
    """One process and the jobs that it was given, oldest first."""

    def __init__(self, assignment: Assignment) -> None:
        self.jobs: collections.deque[Job] = collections.deque()
        self._assignment = assignment
        self._start()

    def give(self, job: Job) -> None:
        """Send ``job``; the answer is received later."""
        self.jobs.append(job)
        self._send(job)

    def receive(self) -> Iterator[Batch]:
        """Yield the answer to the oldest job; in parts where the process died of it."""
        job = self.jobs.popleft()
        batch = self._receive()
        if batch:
            yield batch
            return
        log.warning("a reading process ended with code %s and is started again", self._process.wait())
        self._restart()
        for fact in job.facts:  # one at a time: the one that it dies of costs only itself
            self._send(replace(job, facts=[fact]))
            batch = self._receive()
            if batch is None:
                self._restart()
                reason = "cannot be indexed (the process that read it ended); please report this"
                batch = Batch(failed={fact.path: reason}, before=job.before, last=fact.path, count=1)
            yield batch
        for waiting in self.jobs:
            self._send(waiting)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # what it was sent and did not take
                pipe.close()
        self._process.wait()

    def _start(self) -> None:
        command = [sys.executable, "-m", "starlight.engine.worker"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._requests = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)
        self._send(self._assignment)

    def _restart(self) -> None:
        self.end()
        self._start()

    def _send(self, message: Assignment | Job) -> None:
        with contextlib.suppress(OSError):  # a process that has died is noticed when its answer is awaited
            pickle.dump(message, self._requests, pickle.HIGHEST_PROTOCOL)
            self._requests.flush()

    def _receive(self) -> Batch | None:
        try:
            batch: Batch = pickle.load(self._answers)  # noqa: S301 -- from our own process
        except (EOFError, pickle.UnpicklingError, OSError):
            return None
        return batch


class Pool:
    """``n`` processes that read; use it as a context manager."""

    def __init__(self, assignment: Assignment, n: int) -> None:
        self.begun = 0
        """Files of the jobs that were given before all are known."""
        self._workers = [_Worker(assignment) for _ in range(n)]
        self._next = itertools.cycle(self._workers)
        self._turns: collections.deque[_Worker] = collections.deque()
        """Whose answer comes next."""

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()

    def begin(self, jobs: Iterable[Job]) -> None:
        """Have the first of ``jobs`` read, as many as are given at once; ``read`` yields their batches first."""
        for job in itertools.islice(jobs, _AHEAD * len(self._workers)):
            self._give(job)
            self.begun += len(job.facts)

    def read(self, jobs: Iterable[Job]) -> Iterator[Batch]:
        """Yield the batches of what was begun and of ``jobs``, in order."""
        for job in jobs:
            if len(self._turns) == _AHEAD * len(self._workers):
                yield from self._turns.popleft().receive()
            self._give(job)
        while self._turns:
            yield from self._turns.popleft().receive()

    def _give(self, job: Job) -> None:
        worker = next(self._next)
        worker.give(job)
        self._turns.append(worker)
