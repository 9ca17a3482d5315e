"""Answers of one model: its loading and unloading, and the text of each answer as it is written.

Imported in the process of ``llama_worker`` only.
"""

from __future__ import annotations

import codecs
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from starlight.errors import PromptTooLong, StarlightError
from starlight.models.generator import Ending, Usage
from starlight.models.gguf_header import Header
from starlight.models.llama_model import Interrupted, Model, Vocabulary, can_offload
from starlight.models.llama_options import LlamaOptions
from starlight.models.llama_prompt import Prompt
from starlight.models.machine import free_memory, n_cores
from starlight.models.slot import Slot
from starlight.models.stop_text import StopText

if TYPE_CHECKING:
    from starlight.models.llama_worker import Desk, Job, Sender

_LOOK = 0.2
"""Seconds between two looks whether another window waits."""
_COURTESY = 2.0
"""Seconds that a question may take from its first count to its prompt, before the place is given to others."""
_TOGETHER = 0.004
"""Seconds in which tokens are sent as one: a model that writes hundreds a second would send little else."""


class Worker:
    """Takes jobs and answers them with one model."""

    def __init__(self, header: Header, folder: Path, options: LlamaOptions, desk: Desk, sender: Sender) -> None:
        self._header = header
        self._options = options
        self._n_context = options.window(header)
        self._slot = Slot(folder)
        self._desk = desk
        self._sender = sender
        self._lock = threading.Lock()
        self._vocabulary: Vocabulary | None = None
        self._loaded: tuple[Model, Prompt] | None = None
        sender.send({"context_size": self._n_context, "has_template": bool(header.template)})

    def work(self) -> None:
        """Answer jobs until it is time to go."""
        threading.Thread(target=self._count, daemon=True).start()
        while True:
            job = self._desk.next(_LOOK)
            if job:
                self._answer(job)
            elif self._desk.idle_seconds() >= self._options.idle_seconds:
                return
            if self._loaded and self._must_give_way():
                if not self._desk.has_more():
                    return
                self._unload()

    def _must_give_way(self) -> bool:
        return time.monotonic() - self._desk.last_count > _COURTESY and self._slot.is_wanted()

    def _unload(self) -> None:
        """Let go of the model and of its place, for another window's turn."""
        with self._lock:
            if self._loaded:
                self._loaded[0].close()
            self._loaded = self._vocabulary = None
        self._slot.release()
        self._sender.send({"loaded": False})

    def _count(self) -> None:
        """Count tokens, beside the answers; the vocabulary alone is enough for it."""
        while True:
            with self._desk.counting() as (id_, text):
                try:
                    with self._lock:
                        self._vocabulary = self._vocabulary or Vocabulary.load(self._header.path)
                        count = len(self._vocabulary.tokens(text, markers=False))
                    self._sender.send({"id": id_, "count": count})
                except StarlightError as error:
                    self._sender.fail(id_, error)

    def _answer(self, job: Job) -> None:
        failure: StarlightError | None = None
        try:
            usage = self._write(job, *self._load(job))
        except Interrupted:
            usage = Usage(ending="cancelled")
        except StarlightError as error:
            failure = error
        self._desk.finish()
        if failure:
            self._sender.fail(job.id, failure)
        else:
            self._sender.send({"id": job.id, "usage": asdict(usage)})

    def _load(self, job: Job) -> tuple[Model, Prompt]:
        """Return the model, loaded if it was not, after waiting for the place where others hold it."""
        if self._loaded:
            return self._loaded
        if not self._slot.take(job.goes_on, lambda: self._sender.send({"id": job.id, "phase": "queued"})):
            raise Interrupted
        try:
            self._expect_memory()
            self._sender.send({"id": job.id, "phase": "loading"})
            model = Model(
                self._header.path,
                n_context=self._n_context,
                n_threads=self._options.threads or n_cores(),
                n_gpu_layers=self._options.gpu_layers,
                keep_going=job.goes_on,
            )
        except BaseException:
            self._slot.release()
            raise
        with self._lock:
            if self._vocabulary:
                self._vocabulary.close()
            self._vocabulary = model.vocabulary
        self._loaded = model, Prompt(self._header.template, model.vocabulary)
        self._sender.send({"loaded": True})
        return self._loaded

    def _expect_memory(self) -> None:
        if sys.platform != "darwin" and can_offload() and self._options.gpu_layers:
            return  # it goes to the memory of the GPU, of which llama.cpp knows more
        self._header.expect_room(self._n_context, free_memory())

    def _write(self, job: Job, model: Model, prompt: Prompt) -> Usage:
        tokens = prompt.tokens(job.messages)
        if len(tokens) >= self._n_context:
            raise PromptTooLong(
                f"the prompt has {len(tokens):,} tokens, and the window of {self._header.path.name} "
                f"{self._n_context:,}; ask about fewer notes, or raise `chat.contextSize`"
            )
        self._sender.send({"id": job.id, "phase": "reading"})
        return Answer(job, model, (*job.sampling.stop, *prompt.stop), self._sender).write(tokens)


class Answer:
    """One answer while it is written."""

    def __init__(self, job: Job, model: Model, stops: tuple[str, ...], sender: Sender) -> None:
        self._job = job
        self._model = model
        self._stop = StopText(stops)
        self._sender = sender
        # A character may be split over tokens, and shows when it is whole.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unsent = ""
        self._sent_at = 0.0
        self._usage = Usage()

    def write(self, prompt: list[int]) -> Usage:
        """Read ``prompt`` and write the answer; returns what it took."""
        started = time.perf_counter()
        self._usage = replace(self._usage, prompt_tokens=len(prompt))
        try:
            n_known = self._model.read(prompt, self._job.goes_on)
        except Interrupted:
            return replace(self._usage, ending="cancelled", seconds=time.perf_counter() - started)
        n_written, first = 0, 0.0
        ending: Ending = "stop"
        for piece in self._pieces(len(prompt)):
            if isinstance(piece, str):
                ending = piece
                break
            if not n_written:
                first = time.perf_counter() - started
                self._sender.send({"id": self._job.id, "phase": "writing"})
            n_written += 1
            self._show(self._stop.add(self._decoder.decode(piece)))
        if not self._stop.is_stopped:
            self._show(self._stop.add(self._decoder.decode(b"", final=True)) + self._stop.rest())
        self._flush()
        return replace(
            self._usage,
            cached_tokens=n_known,
            completion_tokens=n_written,
            first_token_seconds=first,
            seconds=time.perf_counter() - started,
            ending=ending,
        )

    def _pieces(self, n_prompt: int) -> Iterator[bytes | Ending]:
        """Yield the bytes of each token, and at last why there are no more."""
        vocabulary = self._model.vocabulary
        limit = min(self._job.sampling.max_tokens, self._model.n_context - n_prompt)
        with self._model.picking(self._job.sampling) as pick:
            for number in range(limit):
                token = pick()
                if vocabulary.is_end(token):
                    yield "stop"
                    return
                yield vocabulary.piece(token)
                if self._stop.is_stopped:
                    yield "stop"
                    return
                if self._job.is_cancelled:
                    yield "cancelled"
                    return
                if number + 1 < limit:
                    self._model.add(token)
        yield "length"

    def _show(self, text: str) -> None:
        self._unsent += text
        if time.monotonic() - self._sent_at >= _TOGETHER:
            self._flush()

    def _flush(self) -> None:
        if self._unsent:
            self._sender.send({"id": self._job.id, "text": self._unsent})
            self._unsent = ""
            self._sent_at = time.monotonic()
