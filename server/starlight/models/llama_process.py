"""The process of one model, from outside: started, spoken to, waited for.  Its other end is ``llama_worker``."""

from __future__ import annotations

import collections
import contextlib
import itertools
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, cast

from starlight.models.llama_options import LlamaOptions

log = logging.getLogger(__name__)

Line = dict[str, Any]

ENVIRONMENT = {"GGML_NO_BACKTRACE": "1", "GOMP_SPINCOUNT": "10000"}
"""What native code is told, unless the user told it otherwise: a crash starts no debugger, and threads that wait for
each other sleep after a fraction of a millisecond.  Their own way is to spin longer, which is in vain where the other
lost its core: beside an editor and an indexer at work."""
_LAST = {"count", "usage", "error", "ended"}
_PATIENCE = 3.0
"""Seconds that the process has to end by itself."""
_STOP_PATIENCE = 10.0
"""Seconds that it has to stop an answer."""
_LOOK = 1.0


class Reply:
    """What the process says to one request, line by line; the last has ``count``, ``usage``, ``error`` or ``ended``."""

    def __init__(self, process: LlamaProcess, id_: int) -> None:
        self.id = id_
        self._process = process
        self._lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._is_over = False
        self._stop_at: float | None = None
        """When the process is ended if it has not stopped by itself."""

    def put(self, line: Line) -> None:
        """Take note of a line."""
        self._is_over = bool(line.keys() & _LAST)
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
            self._process.send({"do": "cancel", "id": self.id})


class LlamaProcess:
    """One process, from its start to its end.  Safe to use from several threads."""

    def __init__(self, path: Path, folder: Path, options: LlamaOptions) -> None:
        command = [sys.executable, "-m", "starlight.models.llama_worker"]
        if sys.platform == "win32":
            flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            flags = 0
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,  # never the notes' folder: Python imports what lies in it
            creationflags=flags,
            env=ENVIRONMENT | os.environ,
            start_new_session=True,  # Ctrl-C in a terminal is for the program, which may only want the answer to stop
        )
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._ids = itertools.count(1)
        self._replies: dict[int, Reply] = {}
        self._opened = Reply(self, 0)
        self._ended: Line | None = None
        self._last_words: collections.deque[str] = collections.deque(maxlen=5)
        self.is_loaded = False
        for listen, pipe in ((self._receive, self._process.stdout), (self._overhear, self._process.stderr)):
            threading.Thread(target=listen, args=(pipe,), name=listen.__name__, daemon=True).start()
        self.send({"path": str(path), "folder": str(folder), "options": asdict(options)})

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether requests still reach it."""
        return self._ended is None

    def opened(self) -> Line:
        """Wait until the model's file was looked at: ``{context_size, has_template}``, ``{error}`` or ``{ended}``."""
        line = self._opened.get()
        self._opened.put(line)  # for whoever asks next
        return line

    def ask(self, request: Line) -> Reply:
        """Send a request; its reply comes as it is made."""
        with self._lock:
            reply = Reply(self, next(self._ids))
            if self._ended is not None:
                reply.put(self._ended)
                return reply
            self._replies[reply.id] = reply
        self.send({**request, "id": reply.id})
        return reply

    def end(self) -> None:
        """End it: at once where it does not end by itself."""
        self._hang_up()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _hang_up(self) -> None:
        if not self._writing.acquire(timeout=_PATIENCE):
            return  # somebody writes, and it does not read
        try:
            with contextlib.suppress(OSError):
                cast("BinaryIO", self._process.stdin).close()
        finally:
            self._writing.release()

    def send(self, line: Line) -> None:
        """Write one line."""
        content = json.dumps(line).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError), self._writing:  # one that has ended says so in its replies
            pipe = cast("BinaryIO", self._process.stdin)
            pipe.write(content)
            pipe.flush()

    def _receive(self, pipe: BinaryIO) -> None:
        """Hand lines to whom they concern, until there are no more."""
        with pipe, contextlib.suppress(ValueError):  # half a line, of a process that was killed
            for content in pipe:
                self._hand_over(json.loads(content))
        code = self._process.wait()
        self._hang_up()
        with self._lock:
            self._ended = self._refusal or {"ended": code, "message": _reason(code, list(self._last_words))}
            left, self._replies = list(self._replies.values()), {}
        self.is_loaded = False
        if code:
            log.warning("the process of a model ended: %s", self._ended["message"])
        for reply in [self._opened, *left]:
            reply.put(self._ended)

    def _hand_over(self, line: Line) -> None:
        id_ = line.get("id")
        if id_ is not None:
            is_last = bool(line.keys() & _LAST)
            with self._lock:
                reply = self._replies.pop(id_, None) if is_last else self._replies.get(id_)
            if reply:
                reply.put(line)
        elif "loaded" in line:
            self.is_loaded = line["loaded"]
        else:
            if "error" in line:
                self._refusal = line
            self._opened.put(line)

    _refusal: Line | None = None

    def _overhear(self, pipe: BinaryIO) -> None:
        """Keep the last lines of standard error: they say why a process crashed."""
        with pipe:
            for content in pipe:
                line = content.decode("utf-8", "replace").rstrip()
                log.debug("model process: %s", line)
                self._last_words.append(line)


def _reason(code: int, last_words: list[str]) -> str:
    if code == -getattr(signal, "SIGKILL", 9):
        return "it was killed, which the system does where memory runs out"
    name = f"code {code}"
    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name if code < 0 else name
    return ": ".join([name, *last_words[-1:]])
