"""The process of one model, from outside: started, spoken to, waited for.  Its other end is ``llama_worker``."""

from __future__ import annotations

import logging
import queue
import time
from dataclasses import asdict
from pathlib import Path

from starlight.models.line_process import Line, LineProcess
from starlight.models.llama_options import LlamaOptions

log = logging.getLogger(__name__)

ENVIRONMENT = {"GGML_NO_BACKTRACE": "1", "GOMP_SPINCOUNT": "10000"}
"""What native code is told, unless the user told it otherwise: a crash starts no debugger, and threads that wait for
each other sleep after a fraction of a millisecond.  Their own way is to spin longer, which is in vain where the other
lost its core: beside an editor and an indexer at work."""
_LAST = {"count", "usage", "error"}
_STOP_PATIENCE = 10.0
"""Seconds that it has to stop an answer."""
_LOOK = 1.0


class Reply:
    """What the process says to one request, line by line; the last has ``count``, ``usage``, ``error`` or ``ended``."""

    def __init__(self, process: LineProcess, request: Line | None = None) -> None:
        self._process = process
        self._lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._is_over = False
        self._stop_at: float | None = None
        """When the process is ended if it has not stopped by itself."""
        self._id = process.ask(request, self.put) if request else 0

    def put(self, line: Line) -> None:
        """Take note of a line."""
        self._is_over = bool(line.keys() & {*_LAST, "ended"})
        self._lines.put(line)

    def get(self) -> Line:
        """Wait for the next line."""
        while (line := self._next()) is None:
            if self._stop_at is not None and time.monotonic() > self._stop_at:
                self._process.end()  # and the next line says so
        return line

    def _next(self) -> Line | None:
        try:
            return self._lines.get(timeout=_LOOK)
        except queue.Empty:
            return None

    def cancel(self) -> None:
        """Ask that the answer end soon, which it does with its usual last line; nothing where it has ended."""
        if not self._is_over and self._stop_at is None:
            self._stop_at = time.monotonic() + _STOP_PATIENCE
            self._process.send({"do": "cancel", "id": self._id})


class LlamaProcess(LineProcess):
    """One process, from its start to its end.  Safe to use from several threads."""

    def __init__(self, path: Path, folder: Path, options: LlamaOptions) -> None:
        self.is_loaded = False
        self._opened = Reply(self)
        order = {"path": str(path), "folder": str(folder), "options": asdict(options)}
        super().__init__(
            "starlight.models.llama_worker", order, self._heard, folder=folder, last=_LAST, environment=ENVIRONMENT
        )

    def opened(self) -> Line:
        """Wait until the model's file was looked at: ``{context_size, has_template}``, ``{error}`` or ``{ended}``."""
        line = self._opened.get()
        self._opened.put(line)  # for whoever asks next
        return line

    def reply(self, request: Line) -> Reply:
        """Send a request; its reply comes as it is made."""
        return Reply(self, request)

    def _heard(self, line: Line) -> None:
        if "loaded" in line:
            self.is_loaded = line["loaded"]
            return
        if line.keys() & {"error", "ended"}:
            self.is_loaded = False
        if line.get("ended"):
            log.warning("the process of a model ended: %s", line["message"])
        self._opened.put(line)
