"""The process that a model lives in: ``python -m starlight.models.llama_worker``; its other end is ``llama_process``.

Lines of JSON.  Standard input brings first ``{path, folder, options}``, then
``{"do": "generate", id, messages, sampling}``, ``{"do": "count", id, text}`` and ``{"do": "cancel", id}``.
Standard output takes ``{context_size, has_template}`` when the head of the file was read, ``{loaded}`` when the model
was, and of each request, by its ``id``, ``{phase}``, ``{text}``, and at the end ``{count}``, ``{usage}`` or
``{error, message}``.  An ``error`` without ``id`` is the last line: the file cannot be used.

It ends when its input does, in the middle of a token too, and when nobody has asked for a while or another window
waits for its place.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from starlight.errors import GeneratorUnavailable, StarlightError
from starlight.models.generator import Message, Sampling, Usage
from starlight.models.gguf_header import read_header
from starlight.models.llama_options import LlamaOptions

Line = dict[str, Any]

INSTALL = '`pip install "starlight-notes[chat]"`'
MISSING = f"models in GGUF files need llama.cpp, which is not installed: {INSTALL} (it compiles for some minutes)"


def main() -> int:
    """Answer until the input ends or there is nothing to do; returns the exit code."""
    # What native code prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(AttributeError, OSError):  # the editor comes first; on Windows the parent sees to that
        os.nice(5)
    threading.excepthook = _end_with
    first = sys.stdin.buffer.readline()
    if not first:
        return 0
    order = json.loads(first)
    sender = Sender(answers)
    desk = Desk(sender)
    threading.Thread(target=desk.receive, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        work = _prepare(Path(order["path"]), Path(order["folder"]), LlamaOptions(**order["options"]), desk, sender)
    except StarlightError as error:
        sender.fail(None, error)
        return 0
    work()
    return 0


def _end_with(failure: threading.ExceptHookArgs) -> None:
    """End with a thread that failed: somebody waits for what it will not say any more."""
    sys.excepthook(failure.exc_type, failure.exc_value or failure.exc_type(), failure.exc_traceback)
    sys.stderr.flush()
    os._exit(1)


def _prepare(path: Path, folder: Path, options: LlamaOptions, desk: Desk, sender: Sender) -> Callable[[], None]:
    """Look at the file, which is cheap, and import llama.cpp, which is not; returns what answers.

    Raises:
        GeneratorUnavailable: either cannot be used.
    """
    header = read_header(path)
    if importlib.util.find_spec("llama_cpp") is None:
        raise GeneratorUnavailable(MISSING)
    try:
        from starlight.models.llama_answers import Worker
    except (ImportError, OSError, RuntimeError) as error:
        raise GeneratorUnavailable(f"llama.cpp cannot be started ({error}); {INSTALL} again") from error
    return Worker(header, folder, options, desk, sender).work


class Sender:
    """Writes lines to the parent, from any thread."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._lock = threading.Lock()

    def send(self, line: Line) -> None:
        """Write one line; ends the process when nobody reads any more."""
        content = json.dumps(line).encode() + b"\n"
        try:
            with self._lock:
                self._answers.write(content)
                self._answers.flush()
        except OSError:
            os._exit(0)

    def fail(self, id_: int | None, error: StarlightError) -> None:
        """Say that a request, or with None everything, ended with ``error``."""
        line: Line = {} if id_ is None else {"id": id_}
        self.send({**line, "error": type(error).__name__, "message": str(error)})


@dataclass(slots=True)
class Job:
    """One answer that is asked for."""

    id: int
    messages: tuple[Message, ...]
    sampling: Sampling
    is_cancelled: bool = False

    def goes_on(self) -> bool:
        """Whether it is still wanted."""
        return not self.is_cancelled


class Desk:
    """Where requests arrive and wait for their turn."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._current: Job | None = None
        self.last_count = 0.0
        """When tokens were last counted: a question is about to be asked then."""
        self._last_used = time.monotonic()
        self._counts: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        self._n_counts = 0

    def receive(self, source: BinaryIO) -> None:
        """Take lines as they come; with the end of them the process ends, whatever it is doing."""
        try:
            for line in source:
                self._take(json.loads(line))
        except (OSError, ValueError):
            pass
        os._exit(0)

    def next(self, seconds: float) -> Job | None:
        """Return the next job, waiting for it at most so long."""
        with self._changed:
            if not self._waiting:
                self._changed.wait(seconds)
            if self._waiting:
                self._current = self._waiting.popleft()
            return self._current

    def finish(self) -> None:
        """Take note that the current job is done."""
        with self._changed:
            self._current, self._last_used = None, time.monotonic()

    @contextlib.contextmanager
    def counting(self) -> Iterator[tuple[int, str]]:
        """Wait for the next text whose tokens are to be counted, and give it with the number of its request."""
        yield self._counts.get()
        with self._changed:
            self._n_counts -= 1

    def idle_seconds(self) -> float:
        """How long nobody has asked for anything; less than nothing while something is counted."""
        with self._changed:
            return -1.0 if self._n_counts else time.monotonic() - self._last_used

    def has_more(self) -> bool:
        """Whether somebody waits here."""
        return bool(self._waiting)

    def _take(self, line: Line) -> None:
        id_: int = line["id"]
        with self._changed:
            self._last_used = time.monotonic()
        if line["do"] == "count":
            with self._changed:
                self.last_count, self._n_counts = self._last_used, self._n_counts + 1
            self._counts.put((id_, line["text"]))
        elif line["do"] == "cancel":
            self._cancel(id_)
        else:
            sampling = Sampling(**{**line["sampling"], "stop": tuple(line["sampling"]["stop"])})
            job = Job(id_, tuple(Message(**message) for message in line["messages"]), sampling)
            with self._changed:
                if self._current or self._waiting:
                    self._sender.send({"id": id_, "phase": "queued"})
                self._waiting.append(job)
                self._changed.notify()

    def _cancel(self, id_: int) -> None:
        with self._changed:
            if self._current and self._current.id == id_:
                self._current.is_cancelled = True  # whoever works on it sees that
                return
            for job in [job for job in self._waiting if job.id == id_]:
                self._waiting.remove(job)
                self._sender.send({"id": id_, "usage": asdict(Usage(ending="cancelled"))})


if __name__ == "__main__":
    # Not through the interpreter's own end: a thread of it reads standard input, and another may be in llama.cpp.
    os._exit(main())
