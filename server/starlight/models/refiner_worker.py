"""The process that the refiner lives in: ``python -m starlight.models.refiner_worker``; its other end is ``refiner``.

Lines of JSON.  Standard input brings first ``{folder, threads, nice, idle_seconds}``, then
``{"do": "query" or "passage", id, turn, text}``.  Standard output takes ``{"ready": true}`` when the model is loaded,
then of each request, by its ``id``, ``{vectors, fluency}``: the 32-bit numbers of a query's vector, or the 8-bit
numbers of a passage's, in base64; or ``{"dropped": true}``, with ``failed``, the kind of error, where the model could
not read the text.  ``{error}`` without ``id`` is the last line.

Queries come first, then the passages of the newest turn: whoever typed on no longer waits for those before.
It ends when its input does, and when nobody has asked for a while.
"""

from __future__ import annotations

import base64
import contextlib
import heapq
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from starlight.errors import ModelUnavailable

if TYPE_CHECKING:
    from starlight.models.refiner_encoder import Encoder

Line = dict[str, Any]

_MOST_WAITING = 1_000
"""Passages that wait; of more, the oldest are dropped."""


def main() -> int:
    """Answer until the input ends or there is nothing to do; returns the exit code."""
    # What native code prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    first = sys.stdin.buffer.readline()
    if not first:
        return 0
    order = json.loads(first)
    with contextlib.suppress(AttributeError, OSError):  # on Windows the parent sees to that
        os.nice(order["nice"])
    sender = _Sender(answers)
    desk = _Desk(sender)
    threading.Thread(target=desk.receive, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        from starlight.models.refiner_encoder import Encoder

        encoder = Encoder(Path(order["folder"]), order["threads"])
    except (ModelUnavailable, ImportError, OSError) as error:
        sender.send({"error": str(error)})
        return 0
    sender.send({"ready": True})
    while job := desk.next(order["idle_seconds"]):
        sender.send({"id": job["id"], **_answer(encoder, job)})
    return 0


def _answer(encoder: Encoder, job: Line) -> Line:
    """Return the reply to a request: a text that the model cannot read costs itself only."""
    try:
        return _encoded(encoder, job)
    except Exception as error:  # noqa: BLE001 -- both libraries fail in many ways, and may quote the text in words
        return {"dropped": True, "failed": type(error).__name__}


def _encoded(encoder: Encoder, job: Line) -> Line:
    import numpy as np

    if job["do"] == "query":
        encoded = encoder.query(job["text"])
        content = encoded.vectors[0].tobytes()
    else:
        encoded = encoder.passage(job["text"])
        peaks = np.abs(encoded.vectors).max(axis=1, keepdims=True)
        content = np.rint(encoded.vectors * (127 / np.where(peaks == 0, 1, peaks))).astype(np.int8).tobytes()
    return {"vectors": base64.b64encode(content).decode(), "fluency": round(encoded.fluency, 3)}


class _Sender:
    """Writes lines to the parent, from any thread."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._lock = threading.Lock()

    def send(self, line: Line) -> None:
        """Write one line; ends the process when nobody reads any more."""
        try:
            with self._lock:
                self._answers.write(json.dumps(line).encode() + b"\n")
                self._answers.flush()
        except OSError:
            os._exit(0)


class _Desk:
    """Where requests wait for their turn."""

    def __init__(self, sender: _Sender) -> None:
        self._sender = sender
        self._changed = threading.Condition()
        self._waiting: list[tuple[bool, int, int, Line]] = []

    def receive(self, source: BinaryIO) -> None:
        """Take lines as they come; with the end of them the process ends, whatever it is doing."""
        with contextlib.suppress(OSError, ValueError):
            for content in source:
                self._take(json.loads(content))
        os._exit(0)

    def next(self, seconds: float) -> Line | None:
        """Return the next request; None where there was none for so long."""
        with self._changed:
            if not self._changed.wait_for(lambda: bool(self._waiting), seconds):
                return None
            return heapq.heappop(self._waiting)[-1]

    def _take(self, line: Line) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (line["do"] != "query", -line["turn"], line["id"], line))
            dropped = [max(self._waiting)] if len(self._waiting) > _MOST_WAITING else []
            for each in dropped:
                self._waiting.remove(each)
                heapq.heapify(self._waiting)
            self._changed.notify()
        for *_, job in dropped:
            self._sender.send({"id": job["id"], "dropped": True})


if __name__ == "__main__":
    # Not through the interpreter's own end: a thread of it reads standard input, and another may be in native code.
    os._exit(main())
