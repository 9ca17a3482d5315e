"""A process that reads for the indexer: ``python -m starlight.engine.worker``; see ``engine/pool.py``.

Its standard input brings an ``Assignment``, then jobs; its standard output takes a batch for each.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import sys
import threading
from typing import BinaryIO

from starlight import blas
from starlight.engine.reading import Assignment, Job, Reading
from starlight.models import embedder as models
from starlight.models.adapted import adapted

_READY = 3
"""Batches that wait to be taken: reading goes on while the indexer writes."""


def main() -> int:
    """Answer jobs until the input ends; returns the exit code."""
    blas.keep_to_one_thread()
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        assignment: Assignment = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the indexer, our parent
    except EOFError:
        return 0
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, jobs), daemon=True).start()
    embedder = adapted(models.load(assignment.settings.model_path), assignment.table)
    embedder.embed([""])  # the model's files are read now, while the indexer looks for notes
    reading = Reading(assignment, embedder)
    # What is read makes many objects and no cycles: to look for these takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000)
    batches: queue.Queue[bytes] = queue.Queue(_READY)
    threading.Thread(target=_send, args=(batches, answers), daemon=True).start()
    while True:
        batches.put(pickle.dumps(reading.read(jobs.get()), pickle.HIGHEST_PROTOCOL))


def _receive(source: BinaryIO, jobs: queue.SimpleQueue[Job]) -> None:
    """Take jobs as they come, so that the sender never waits; end with the input, in the middle of a job too."""
    try:
        while True:
            jobs.put(pickle.load(source))  # noqa: S301 -- from the indexer, our parent
    except (EOFError, OSError, pickle.UnpicklingError):
        os._exit(0)


def _send(batches: queue.Queue[bytes], answers: BinaryIO) -> None:
    """Hand batches over as they are taken; end when nobody takes them any more."""
    try:
        while True:
            answers.write(batches.get())
            answers.flush()
    except OSError:
        os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
