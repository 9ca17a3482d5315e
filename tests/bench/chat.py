"""What it costs that a chat model lives in a process of ours, against llama-cpp-python called directly."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from starlight.models.generator import Cancellation, Message, Sampling
from starlight.models.gguf_header import read_header
from starlight.models.llama import Llama
from starlight.models.llama_options import LlamaOptions
from starlight.models.llama_process import ENVIRONMENT
from tests.bench import beside
from tests.bench.measure import Extent, Figure, isolated, missing
from tests.waiting import wait_until

CONTEXT = 4_096
ANSWER = "The roof was mended in May [1], and it cost 1,250 euros [2], which the notes of the summer say as well [3]."
_HALF_BILLION = "random weights, 0.5 billion, 8 bits"
_IDLE = 1.0
_WORD = "tea "
"""Four tokens of the models that are made here."""


_Ask = Callable[[str, int], tuple[float, float]]
"""A question and how many tokens answer it: seconds to the first, and from there to the last."""


def run(extent: Extent) -> Iterator[Figure]:
    if importlib.util.find_spec("llama_cpp") is None:
        yield missing("the chat model's process", why="llama-cpp-python is not installed")
        return
    import gguf

    from tests.models import tiny_gguf

    eight_bits = gguf.GGMLQuantizationType.Q8_0
    with tempfile.TemporaryDirectory() as folder, isolated() as environment, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", environment["XDG_STATE_HOME"])  # the lock of the models that you use is another
        tiny = tiny_gguf.write(Path(folder) / "tiny.gguf", says=ANSWER, forever=True)
        yield from _overhead(tiny, "tiny", 400, 9 if extent.legs else 5)
        half = tiny_gguf.write(
            Path(folder) / "half.gguf", says=ANSWER, forever=True, shape=tiny_gguf.HALF_BILLION, quantization=eight_bits
        )
        yield from _overhead(half, _HALF_BILLION, 40, 5 if extent.legs else 3)
        yield from _turns(half)
        yield from _cancelling(half)
        yield from _idle(half)
        yield from beside.hovering(half, environment, _HALF_BILLION)


def _overhead(path: Path, corpus: str, n_tokens: int, rounds: int) -> Iterator[Figure]:
    """Both answer the same questions, in turn; no two of them begin alike, so each is read whole."""
    with _direct(path, ENVIRONMENT) as direct, _ours(path) as ours:
        found = []
        for number in range(rounds + 1):
            content = f"{number} {_WORD * 150}"
            found.append((direct(content, n_tokens), ours(content, n_tokens)))
        found = found[1:]  # the first of each touches the weights
    first = [statistics.median(pair[side][0] for pair in found) for side in (0, 1)]
    speed = [statistics.median((n_tokens - 1) / pair[side][1] for pair in found) for side in (0, 1)]
    cost, added = 100 * (1 - speed[1] / speed[0]), 1_000 * (first[1] - first[0])
    yield Figure("tokens a second, llama-cpp-python called directly", speed[0], "1/s", corpus=corpus)
    yield _spinning(path, corpus, n_tokens)
    yield Figure("tokens a second, through our process", speed[1], "1/s", corpus=corpus)
    yield Figure("what our process costs of it", cost, "%", "at most 5 %", corpus=corpus)
    yield Figure("first token after 600 of prompt, directly", 1_000 * first[0], "ms", corpus=corpus)
    yield Figure("first token after 600 of prompt, through our process", 1_000 * first[1], "ms", corpus=corpus)
    yield Figure("what our process adds to it", added, "ms", "at most 30 ms", corpus=corpus)


def _spinning(path: Path, corpus: str, n_tokens: int) -> Figure:
    """Threads that wait for each other as OpenMP lets them by itself: best on a machine with nothing else to do."""
    n_few = n_tokens // 4
    with _direct(path, {}) as direct:
        direct("a", 2)
        _, seconds = direct("b", n_few)
    speed = (n_few - 1) / seconds
    return Figure("the same, with threads that spin while they wait", speed, "1/s", corpus=corpus)


@contextlib.contextmanager
def _direct(path: Path, environment: dict[str, str]) -> Iterator[_Ask]:
    command, pipe = [sys.executable, "-m", "tests.bench.direct", str(path)], subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment | os.environ
    ) as process:

        def ask(content: str, n_tokens: int) -> tuple[float, float]:
            process.stdin.write(json.dumps({"content": content, "n_tokens": n_tokens}).encode() + b"\n")
            process.stdin.flush()
            first, rest, n = json.loads(process.stdout.readline())
            assert n == n_tokens, f"{n} tokens of {n_tokens}"
            return first, rest

        yield ask
        process.stdin.close()


@contextlib.contextmanager
def _ours(path: Path) -> Iterator[_Ask]:
    with _client(path) as model:

        def ask(content: str, n_tokens: int) -> tuple[float, float]:
            started = time.perf_counter()
            generation = model.generate([Message("user", content)], Sampling(temperature=0, max_tokens=n_tokens))
            times = [time.perf_counter() for _ in generation]
            assert generation.usage.completion_tokens == n_tokens
            return times[0] - started, times[-1] - times[0]

        yield ask


@contextlib.contextmanager
def _client(path: Path, idle_seconds: float = 300.0) -> Iterator[Llama]:
    model = Llama(path, LlamaOptions(context_size=CONTEXT, idle_seconds=idle_seconds))
    try:
        yield model
    finally:
        model.close()


def _turns(path: Path) -> Iterator[Figure]:
    sampling = Sampling(temperature=0, max_tokens=24)
    with _client(path) as model:
        turn = [Message("user", f"{_WORD * 600} What about the roof?")]
        first = model.generate(turn, sampling)
        answer = "".join(first)
        other = "".join(model.generate([Message("user", "A title for this, please.")], sampling))
        assert other
        second = model.generate([*turn, Message("assistant", answer), Message("user", "And what of it?")], sampling)
        assert "".join(second)
        usage = second.usage
        read = usage.prompt_tokens - usage.cached_tokens
        yield Figure(
            "second turn: prompt tokens read again",
            100 * read / usage.prompt_tokens,
            "%",
            "under 10 %",
            f"{read} of {usage.prompt_tokens:,}; another task came between",
            _HALF_BILLION,
        )
        yield Figure("second turn: first token", 1_000 * usage.first_token_seconds, "ms", corpus=_HALF_BILLION)


def _cancelling(path: Path) -> Iterator[Figure]:
    endless = Sampling(temperature=0, max_tokens=CONTEXT)
    with _client(path) as model:
        between = []
        for _ in range(5):
            cancellation = Cancellation()
            pieces = iter(model.generate([Message("user", "tea")], endless, cancellation))
            list(itertools.islice(pieces, 8))
            between.append(_seconds_to_stop(cancellation, pieces))
        reading = []
        for number in range(3):
            cancellation = Cancellation()
            prompt = [Message("user", f"{number} {_WORD * 745}")]
            pieces = iter(model.generate(prompt, endless, cancellation))
            wait_until("it has read for a second", _later(1.0))
            reading.append(_seconds_to_stop(cancellation, pieces))
    yield Figure(
        "cancelled between tokens, until it has stopped", 1_000 * max(between), "ms", "under 100 ms or one token",
        f"worst of {len(between)}", _HALF_BILLION,
    )  # fmt: skip
    yield Figure(
        "cancelled while 3,000 tokens are read, until it has stopped", 1_000 * max(reading), "ms",
        "under 100 ms or one batch of 64", f"worst of {len(reading)}", _HALF_BILLION,
    )  # fmt: skip


def _later(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _seconds_to_stop(cancellation: Cancellation, pieces: Iterator[str]) -> float:
    started = time.perf_counter()
    cancellation.cancel()
    list(pieces)
    return time.perf_counter() - started


def _idle(path: Path) -> Iterator[Figure]:
    with _client(path, _IDLE) as model:
        model.count("tea")  # what is imported once stays
        before = _resident("self")
        assert "".join(model.generate([Message("user", "tea")], Sampling(temperature=0, max_tokens=8)))
        taken, need = _resident(str(model.pid)), read_header(path).need(CONTEXT).total
        started = time.perf_counter()
        wait_until("the process has ended", lambda: model.pid is None)
        gone = time.perf_counter() - started - _IDLE
        after = _resident("self")
    goal = f"at most what is stated: {need / 1e6:,.0f} MB"
    yield Figure("memory of the model's process", taken / 1e6, "MB", goal, corpus=_HALF_BILLION)
    yield Figure("after the idle time, until that process is gone", gone, "s", "under 1 s", corpus=_HALF_BILLION)
    more = 100 * (after / before - 1)
    yield Figure("memory of who asked, afterwards against before", more, "%", "within 5 %", corpus=_HALF_BILLION)


def _resident(pid: str) -> int:
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1_024
