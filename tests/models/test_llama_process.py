"""The process of a model: crashes, idle time, its parent's end, and other windows."""

from __future__ import annotations

import itertools
import logging
import os
import signal
import subprocess
import sys
import threading

import pytest

from starlight.errors import GenerationFailed, GeneratorUnavailable
from starlight.models.generator import Cancellation, Sampling
from starlight.models.llama import Llama
from starlight.models.llama_options import LlamaOptions
from tests.models import tiny_gguf
from tests.models.asking import ANSWER, ENDLESS, GREEDY, SLOW, asked
from tests.waiting import is_gone, wait_until


def test_a_crash_in_an_answer_is_told_and_the_next_one_works(llama):
    model = llama(says=ANSWER, forever=True)
    generation, shown = model.generate(asked("?"), ENDLESS), ""
    with pytest.raises(GenerationFailed, match=r"ended in the middle of the answer.*memory"):  # noqa: PT012
        for piece in generation:
            shown += piece
            if model.pid:
                os.kill(model.pid, signal.SIGKILL)
    assert shown
    assert not model.is_loaded
    assert "".join(model.generate(asked("?"), Sampling(temperature=0, max_tokens=3)))


def test_a_crash_while_it_loads_is_told(llama, monkeypatch, tmp_path):
    """A library that dies of the file, as native code may: seen from outside it is the same."""
    (tmp_path / "llama_cpp.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    with pytest.raises(GeneratorUnavailable, match=r"model0\.gguf: llama.cpp ended .*SIGSEGV.*another model"):
        llama(says=ANSWER).generate(asked("?"), GREEDY)


def test_llama_cpp_that_cannot_be_loaded_is_told(llama, monkeypatch, tmp_path):
    (tmp_path / "llama_cpp.py").write_text("raise RuntimeError('Failed to load shared library libgomp')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    with pytest.raises(GeneratorUnavailable, match=r"cannot be started .*libgomp.*pip install"):
        llama(says=ANSWER).generate(asked("?"), GREEDY)


def test_what_native_code_prints_is_no_answer(llama, monkeypatch, tmp_path, caplog):
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes, sys, threading\n"
        "def shout():\n"
        "    libc = ctypes.CDLL(None)\n"
        "    while True:\n"
        "        if 'llama_cpp' in sys.modules:\n"
        "            libc.puts(b'{\"noise\": 1}'); libc.fflush(None); print('noise', flush=True)\n"
        "        threading.Event().wait(0.001)\n"
        "threading.Thread(target=shout, daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    caplog.set_level(logging.DEBUG, "starlight.models.line_process")
    model = llama(says=ANSWER)
    assert "".join(model.generate(asked("?"), GREEDY)) == ANSWER
    model.close()
    wait_until("the noise was heard elsewhere", lambda: '{"noise": 1}' in caplog.text)


def test_nothing_that_was_asked_or_answered_is_logged(llama, caplog):
    caplog.set_level(logging.DEBUG)
    model = llama(says=ANSWER)
    assert "".join(model.generate(asked("walrus"), GREEDY)) == ANSWER
    model.close()
    assert "walrus" not in caplog.text
    assert "roof" not in caplog.text


def test_it_ends_when_nobody_asks_and_comes_back(llama):
    model, phases = llama(says=ANSWER, options=LlamaOptions(threads=1, idle_seconds=0)), []
    assert "".join(model.generate(asked("?"), GREEDY)) == ANSWER
    wait_until("the process has ended", lambda: model.pid is None)
    assert not model.is_loaded
    assert "".join(model.generate(asked("?"), GREEDY, listener=phases.append)) == ANSWER
    assert phases == ["loading", "reading", "writing"]


def test_asking_while_it_is_about_to_end_is_asking(llama):
    model = llama(says=ANSWER, options=LlamaOptions(threads=1, idle_seconds=0))
    for _ in range(8):
        assert model.count("tea") > 0
        assert "".join(model.generate(asked("?"), GREEDY)) == ANSWER


def test_closing_ends_it_in_the_middle_of_an_answer(llama):
    model = llama(says=ANSWER, forever=True)
    generation = model.generate(asked("?"), ENDLESS)
    pid = model.pid
    assert pid
    model.close()
    assert is_gone(pid)
    with pytest.raises(GenerationFailed):
        "".join(generation)


PARENT = """
import sys
from pathlib import Path
from starlight.models.generator import Message, Sampling
from starlight.models.llama import Llama
from starlight.models.llama_options import LlamaOptions
model = Llama(Path(sys.argv[1]), LlamaOptions(threads=1))
for piece in model.generate([Message("user", "tea " * 800)], Sampling(max_tokens=10**6, temperature=0)):
    print(model.pid, flush=True)
"""


@pytest.mark.parametrize("shape", [tiny_gguf.TINY, SLOW])
def test_it_ends_with_its_parent(llama, tmp_path, shape):
    path = tiny_gguf.write(tmp_path / "model.gguf", says=ANSWER, forever=True, shape=shape)
    with subprocess.Popen([sys.executable, "-c", PARENT, str(path)], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        assert not is_gone(pid)
        parent.kill()
    wait_until("the model's process has ended", lambda: is_gone(pid))


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from starlight.models.generator import Message, Sampling
from starlight.models.llama import Llama
from starlight.models.llama_options import LlamaOptions
model = Llama(Path(sys.argv[1]), LlamaOptions(threads=1))
messages, sampling = [Message("user", "?")], Sampling(temperature=0, max_tokens=10**6)
generation = iter(model.generate(messages, sampling))
next(generation)
try:
    os.killpg(os.getpgrp(), signal.SIGINT)
    signal.pause()
except KeyboardInterrupt:
    print(bool(next(generation)))
model.close()
"""


def test_an_interrupt_from_the_terminal_is_for_the_program_alone(llama, tmp_path):
    path = tiny_gguf.write(tmp_path / "model.gguf", says=ANSWER, forever=True)
    command = [sys.executable, "-c", INTERRUPTED, str(path)]
    ended = subprocess.run(command, capture_output=True, start_new_session=True, check=False)
    assert (ended.stdout, ended.stderr) == (b"True\n", b"")


def test_one_model_is_loaded_at_a_time(llama):
    first, second, phases = llama(says=ANSWER), llama(says="Nothing is known of it."), []
    assert "".join(first.generate(asked("?"), GREEDY)) == ANSWER
    assert first.is_loaded
    generation = second.generate(asked("?"), GREEDY, listener=phases.append)
    wait_until("the first has let go", lambda: not first.is_loaded)
    assert "".join(generation) == "Nothing is known of it."
    assert phases == ["queued", "loading", "reading", "writing"]
    assert "".join(first.generate(asked("?"), GREEDY)) == ANSWER


def test_another_window_waits_for_the_end_of_an_answer(llama):
    first, second, phases, stop = llama(says=ANSWER, forever=True), llama(says=ANSWER), [], Cancellation()
    generation, shown = first.generate(asked("?"), ENDLESS, stop), []
    thread = threading.Thread(target=lambda: shown.extend(second.generate(asked("?"), GREEDY, listener=phases.append)))
    thread.start()
    wait_until("the second window waits", lambda: phases == ["queued"])
    assert list(itertools.islice(generation, 3))
    assert phases == ["queued"]
    stop.cancel()
    thread.join()
    assert "".join(shown) == ANSWER


def test_a_window_with_much_to_ask_lets_others_in(llama):
    """Its own next question waits until the other window had its turn."""
    busy, other, stop = llama(says=ANSWER, forever=True), llama(says=ANSWER), Cancellation()
    pieces, phases, order = iter(busy.generate(asked("?"), ENDLESS, stop)), {"busy": [], "other": []}, []
    assert next(pieces)

    def ask(name: str, model: Llama) -> None:
        generation = model.generate(asked("!"), Sampling(temperature=0, max_tokens=4), listener=phases[name].append)
        assert "".join(generation)
        order.append(name)

    threads = [threading.Thread(target=ask, args=arguments) for arguments in (("busy", busy), ("other", other))]
    for thread in threads:
        thread.start()
    wait_until("both wait", lambda: phases == {"busy": ["queued"], "other": ["queued"]})
    stop.cancel()
    for thread in threads:
        thread.join()
    assert order == ["other", "busy"]
    assert phases["busy"][-3:] == ["loading", "reading", "writing"]


def test_waiting_for_another_window_can_be_cancelled(llama):
    first, second, cancellation = llama(says=ANSWER, forever=True), llama(says=ANSWER), Cancellation()
    pieces = iter(first.generate(asked("?"), ENDLESS))
    assert next(pieces)
    generation = second.generate(asked("?"), GREEDY, cancellation, lambda _phase: cancellation.cancel())
    assert list(generation) == []
    assert generation.usage.ending == "cancelled"
