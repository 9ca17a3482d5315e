"""Chat models in GGUF files, run by llama.cpp in a process of their own (``llama_worker``).

The process is started when it is first needed, ends when nobody has asked for a while, and is started again then, or
after a crash.  Nothing of llama.cpp is imported here.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from starlight import errors
from starlight.errors import GenerationFailed, GeneratorUnavailable
from starlight.models.generator import Cancellation, Generation, Message, Place, Sampling, Usage
from starlight.models.line_process import Line
from starlight.models.llama_options import LlamaOptions
from starlight.models.llama_process import LlamaProcess, Reply
from starlight.models.slot import state_folder

log = logging.getLogger(__name__)

_TRIES = 3
"""Processes that are started for one request: one may have been about to end when it was asked."""


class Llama:
    """A ``Generator`` (``generator.py``) for the GGUF file ``path``.  Nothing is started or read until it is used."""

    place: Place = "process"
    host = ""

    def __init__(self, path: Path, options: LlamaOptions | None = None, name: str = "") -> None:
        self.path = path.expanduser().absolute()
        self.name = name or path.stem
        self._options = options or LlamaOptions()
        self._lock = threading.Lock()
        self._process: LlamaProcess | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether the model is in memory now."""
        return bool(self._process and self._process.is_loaded)

    def is_at_hand(self) -> bool:
        """Return whether the model is in memory now: then nothing has to be loaded for an answer."""
        return self.is_loaded

    @property
    def pid(self) -> int | None:
        """The number of its process; None where none runs."""
        process = self._process
        return process.pid if process and process.is_running else None

    def context_size(self) -> int:
        """Return the tokens that prompt and answer may have together; reads the head of the file.

        Raises:
            GeneratorUnavailable: the file cannot be used.
        """
        return int(self._opened()["context_size"])

    def note(self) -> str:
        """Return what a person should know of the file; mostly nothing.

        Raises:
            GeneratorUnavailable: the file cannot be used.
        """
        if self._opened()["has_template"]:
            return ""
        return "the file has no chat template: ChatML is used, which the model may not know"

    def count(self, text: str) -> int:
        """Return how many tokens ``text`` has; does not wait for answers, nor for the weights.

        Raises:
            GeneratorUnavailable: the file cannot be used.
        """
        for _ in range(_TRIES):
            line = self._started().reply({"do": "count", "text": text}).get()
            if not _has_left(line):
                break
        if "count" not in line:
            self._refuse(line)
        return int(line["count"])

    def generate(
        self,
        messages: Sequence[Message],
        sampling: Sampling | None = None,
        cancellation: Cancellation | None = None,
        listener: Callable[[str], None] = lambda _phase: None,
    ) -> Generation:
        """Start an answer, and return when the model begins to read; see ``Generator.generate``."""
        request = {
            "do": "generate",
            "messages": [asdict(message) for message in messages],
            "sampling": asdict(sampling or Sampling()),
        }
        for _ in range(_TRIES):
            reply = self._started().reply(request)
            if cancellation:
                cancellation.when_cancelled(reply.cancel)
            line = _begin(reply, listener)
            if not _has_left(line):
                break
        if "error" in line or "ended" in line:
            self._refuse(line)
        return _Answer(reply, line, listener)

    def close(self) -> None:
        """End the process, in the middle of an answer too."""
        with self._lock:
            process, self._process = self._process, None
        if process:
            process.end()

    def _started(self) -> LlamaProcess:
        """The process, started where none runs."""
        with self._lock:
            if not (self._process and self._process.is_running):
                try:
                    self._process = LlamaProcess(self.path, state_folder(), self._options)
                except OSError as error:
                    raise GeneratorUnavailable(
                        f"{self.path.name}: its process cannot be started ({error.strerror or error})"
                    ) from error
            return self._process

    def _opened(self) -> Line:
        for _ in range(_TRIES):
            line = self._started().opened()
            if not _has_left(line):
                break
        if "context_size" not in line:
            self._refuse(line)
        return line

    def _refuse(self, line: Line) -> NoReturn:
        """Raise what the process said, or that it ended."""
        if "error" in line:
            raise getattr(errors, line["error"])(line["message"])
        raise GeneratorUnavailable(
            f"{self.path.name}: llama.cpp ended before the answer began ({line['message']}); ask again, "
            "and if it ends again, choose another model"
        )


def _has_left(line: Line) -> bool:
    """Whether the process ended by itself, as it does when nobody asks; another one can be asked then."""
    return line.get("ended") == 0


def _begin(reply: Reply, listener: Callable[[str], None]) -> Line:
    """Tell what is waited for; returns the first line that is something else: it reads, or it has ended."""
    while "phase" in (line := reply.get()):
        listener(line["phase"])
        if line["phase"] == "reading":
            break
    return line


class _Answer:
    """A ``Generation``: iterate it once.  One that is let go before its end is stopped."""

    def __init__(self, reply: Reply, first: Line, listener: Callable[[str], None]) -> None:
        self.usage = Usage()
        self._line = first
        self._reply = reply
        self._listener = listener
        self._abandon = weakref.finalize(self, reply.cancel)
        self._abandon.atexit = False  # the process ends with ours

    def __iter__(self) -> Iterator[str]:
        try:
            while not self._line.keys() & {"usage", "error", "ended"}:
                if "text" in self._line:
                    yield self._line["text"]
                elif self._line.get("phase") == "writing":
                    self._listener("writing")
                self._line = self._reply.get()
            self._end(self._line)
        finally:
            self._reply.cancel()  # does nothing where it is over

    def _end(self, line: Line) -> None:
        self._abandon.detach()
        if "error" in line:
            raise GenerationFailed(line["message"])
        if "ended" in line:
            raise GenerationFailed(
                f"the model's process ended in the middle of the answer ({line['message']}); ask again"
            )
        self.usage = Usage(**line["usage"])
