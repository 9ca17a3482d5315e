"""A process of our own that speaks lines of JSON, from outside: started, asked, heard, ended.

It is ``python -m MODULE``.  Standard input brings it first its order, then requests, each with an ``id``; with the end
of that it ends.  On standard output are replies, each of them lines with the ``id`` of the request, and lines without
one, for all.  ``error`` in one of these is the last line: nothing more can be asked.  Standard error says why it
crashed.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

log = logging.getLogger(__name__)

Line = dict[str, Any]
Take = Callable[[Line], None]
"""What takes a line, on another thread."""

_PATIENCE = 3.0
"""Seconds that the process has to end by itself."""


class LineProcess:
    """One process, from its start to its end.  Safe to use from several threads."""

    def __init__(
        self,
        module: str,
        order: Line,
        hear: Take,
        *,
        folder: Path,
        last: Collection[str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start ``module`` in ``folder``, and send it ``order``.

        The last line of a reply is the one with any of the keys ``last``.  ``hear`` takes the lines without ``id``; of
        these, and of each reply that has not ended, the very last is the ``error`` it ended with, or
        ``{ended, message, was_told}``: its exit code, what a person should know of that, whether ``end`` was called.
        ``environment`` is what it is told, unless the user told it otherwise.

        Raises:
            OSError: it cannot be started.
        """
        self._name = module.rpartition(".")[2]
        self._hear = hear
        self._last = frozenset(last)
        self._process = _started(module, folder, environment or {})
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._ids = itertools.count(1)
        self._takers: dict[int, Take] = {}
        self._refusal: Line | None = None
        self._ended: Line | None = None
        self._was_told = False
        self._last_words: collections.deque[str] = collections.deque(maxlen=5)
        self._overhearing = self._thread(self._overhear, self._process.stderr)
        self._thread(self._receive, self._process.stdout)
        self.send(order)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether requests still reach it."""
        return self._ended is None

    def ask(self, request: Line, take: Take) -> int:
        """Send a request, whose number is returned; ``take`` gets the lines of the reply as they come."""
        with self._lock:
            id_, ended = next(self._ids), self._ended
            if ended is None:
                self._takers[id_] = take
        if ended is None:
            self.send({**request, "id": id_})
        else:
            take(ended)
        return id_

    def send(self, line: Line) -> None:
        """Write one line."""
        content = json.dumps(line).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError), self._writing:  # one that has ended says so in its replies
            pipe = cast("BinaryIO", self._process.stdin)
            pipe.write(content)
            pipe.flush()

    def end(self) -> None:
        """End it, at once where it does not end by itself."""
        self._was_told = True
        self._stop()

    def _stop(self) -> int:
        """Hang up and wait for the end; returns the exit code."""
        if self._writing.acquire(timeout=_PATIENCE):  # else somebody writes, and it does not read
            try:
                with contextlib.suppress(OSError):
                    cast("BinaryIO", self._process.stdin).close()
            finally:
                self._writing.release()
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _thread(self, listen: Callable[[BinaryIO], None], pipe: object) -> threading.Thread:
        thread = threading.Thread(target=listen, args=(pipe,), name=f"{self._name}{listen.__name__}", daemon=True)
        thread.start()
        return thread

    def _receive(self, pipe: BinaryIO) -> None:
        """Hand lines to whom they concern, until there are no more."""
        try:
            with pipe, contextlib.suppress(ValueError):  # half a line, of a process that was killed
                for content in pipe:
                    self._hand_over(json.loads(content))
        finally:
            self._finish(self._stop())

    def _hand_over(self, line: Line) -> None:
        id_ = line.get("id")
        if id_ is None:
            if "error" in line:
                self._refusal = line
            self._hear(line)
            return
        is_last = bool(line.keys() & self._last)
        with self._lock:
            take = self._takers.pop(id_, None) if is_last else self._takers.get(id_)
        if take:
            take(line)

    def _finish(self, code: int) -> None:
        """Tell all who wait that nothing more will come."""
        self._overhearing.join(_PATIENCE)
        message = _reason(code, list(self._last_words))
        ended = self._refusal or {"ended": code, "message": message, "was_told": self._was_told}
        with self._lock:
            self._ended = ended
            left, self._takers = list(self._takers.values()), {}
        for take in (self._hear, *left):
            take(ended)

    def _overhear(self, pipe: BinaryIO) -> None:
        """Keep the last lines of standard error: they say why a process crashed."""
        with pipe:
            for content in pipe:
                line = content.decode("utf-8", "replace").rstrip()
                log.debug("%s: %s", self._name, line)
                self._last_words.append(line)


def _started(module: str, folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    if sys.platform == "win32":
        flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        flags = 0
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,  # never the notes' folder: Python imports what lies in it
        creationflags=flags,
        env={**environment, **os.environ},
        start_new_session=True,  # Ctrl-C in a terminal is for the program, which may only want an answer to stop
    )


def _reason(code: int, last_words: list[str]) -> str:
    if code == -getattr(signal, "SIGKILL", 9):
        return "it was killed, which the system does where memory runs out"
    name = f"code {code}"
    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name if code < 0 else name
    return ": ".join([name, *last_words[-1:]])
