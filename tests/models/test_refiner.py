"""The refiner: vectors that mean something, the languages that it knows, and a process that is no burden."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from starlight.models import refiner as refiners
from starlight.models.refiner import DEFAULT_REFINER, Refiner
from tests.parts import need
from tests.waiting import is_gone, wait_until

LIMIT = 60.0


@pytest.fixture(scope="module")
def shared() -> Iterator[Refiner]:
    need("onnxruntime", importlib.util.find_spec("onnxruntime") is not None, "pip install onnxruntime")
    refiner = Refiner(DEFAULT_REFINER)
    yield refiner
    refiner.close()


@pytest.fixture
def make(shared: Refiner) -> Iterator[Callable[..., Refiner]]:
    made: list[Refiner] = []

    def make_(folder: Path = DEFAULT_REFINER, **how: bool) -> Refiner:
        made.append(Refiner(folder, **how))
        return made[-1]

    yield make_
    for refiner in made:
        refiner.close()


def _nearness(refiner: Refiner, query: str, *passages: str) -> list[tuple[float, float]]:
    turn = refiner.turn()
    asked = refiner.query(query, turn)
    made = [refiner.passage(passage, turn) for passage in passages]
    found = asked.result(LIMIT)
    assert found
    return found.nearness([passage.result(LIMIT) or b"" for passage in made])


def test_what_means_the_same_is_near(shared):
    tap, roof = _nearness(
        shared,
        "how do I stop the faucet from leaking",
        "Fixing a dripping tap\nReplace the rubber washer.",
        "Paint the roof before the winter.",
    )
    assert tap[0] > roof[0] + 0.3
    assert tap[1] == roof[1] == 1.0


def test_a_text_has_the_same_vectors_whatever_else_is_asked(shared):
    text = "The kettle boils at a hundred degrees."
    alone = shared.passage(text, shared.turn()).result(LIMIT)
    turn = shared.turn()
    others = [shared.passage(f"{text} {number} " * 40, turn) for number in range(3)]
    again = shared.passage(text, turn).result(LIMIT)
    assert [each.result(LIMIT) for each in others]
    assert alone == again


def test_the_end_of_a_long_passage_counts_too(shared):
    filler = "Nothing of interest happened in the office on that day, and all went home early. " * 25
    near, far = _nearness(
        shared, "which washer for the kitchen tap", f"{filler}The kitchen tap wants a washer.", filler
    )
    assert near[0] > far[0] + 0.1


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("How do I keep the soil moist in summer, and which mulch is best for tomatoes?", True),
        ("leaky faucet", True),
        ("Wie halte ich im Sommer die Erde feucht, und welcher Mulch ist für Tomaten am besten geeignet?", False),
        ("夏天怎样保持土壤湿润", False),
        ("夏にどうやって土を湿らせておくか", False),
        ("गर्मियों में मिट्टी को नम कैसे रखें", False),
        ("จะทำให้ดินชื้นในฤดูร้อนได้อย่างไร", False),
        ("چگونه خاک را در تابستان مرطوب نگه داریم", False),
    ],
)
def test_it_knows_its_language(shared, text, known):
    found = shared.query(text, shared.turn()).result(LIMIT)
    assert found
    assert found.fluency > 0.5 if known else found.fluency < 0.3


def test_of_passages_in_another_language_nothing_is_made(shared):
    text = "Die Erde bleibt im Sommer feucht, wenn man sie mit Stroh bedeckt und abends gründlich gießt. " * 3
    assert _nearness(shared, "how do I keep the soil moist", text)[0][1] < 0.1
    assert _nearness(shared, "how do I keep the soil moist", "夏天怎样保持土壤湿润" * 5)[0][1] == 0.0


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud83d", "🙂", "a" * 100_000])
def test_any_text_is_taken(shared, text):
    assert shared.passage(text, shared.turn()).result(LIMIT)
    assert shared.query(text, shared.turn()).result(LIMIT)


def test_its_identity_is_that_of_its_files(tmp_path, make):
    folder = tmp_path / "refiner"
    shutil.copytree(DEFAULT_REFINER, folder)
    assert make(folder).identity == make().identity
    (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes() + b" ")
    assert make(folder).identity != make().identity
    assert make(tmp_path / "nowhere").identity == ""


def test_it_starts_when_it_is_needed_and_ends_when_it_is_not(make, monkeypatch):
    monkeypatch.setattr(refiners, "_IDLE_SECONDS", 0.2)
    refiner = make()
    assert refiner.pid is None
    assert refiner.query("tea", 1).result(LIMIT)
    wait_until("it has ended", lambda: refiner.pid is None)
    assert refiner.query("tea", 1).result(LIMIT), "and comes back"
    assert refiner.problem == ""


def test_asking_while_it_is_about_to_end_is_asking(make, monkeypatch):
    monkeypatch.setattr(refiners, "_IDLE_SECONDS", 0)
    refiner = make()
    for number in range(8):
        assert refiner.query(f"tea {number}", 1).result(LIMIT)


def test_it_ends_with_its_owner():
    program = (
        "import os, signal\nfrom starlight.models import refiner\nr = refiner.load()\n"
        "r.query('tea', 1).result(60)\nprint(r.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=100).stdout
    pid = int(told)
    wait_until("it has ended", lambda: is_gone(pid))


def test_a_crash_costs_what_was_asked_and_is_said_once(make, caplog):
    refiner = make()
    for number in range(2):
        assert refiner.problem == ""
        assert refiner.query("tea", 1).result(LIMIT)
        assert refiner.pid
        os.kill(refiner.pid, signal.SIGKILL)
        wait_until(f"crash {number} was noticed", lambda: refiner.pid is None)
    assert refiner.passage("tea", 1).result(LIMIT) is None
    assert "more than once" in refiner.problem
    assert caplog.text.count("more than once") == 1


def test_what_waits_when_it_crashes_is_given_up(make):
    refiner = make()
    assert refiner.query("tea", 1).result(LIMIT)
    asked = [refiner.passage(f"{number} words and more words " * 100, 1) for number in range(200)]
    assert refiner.pid
    os.kill(refiner.pid, signal.SIGKILL)
    assert asked[-1].result(LIMIT) is None


def test_without_onnx_runtime_it_says_what_to_do(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    refiner = make()
    assert "pip install onnxruntime" in refiner.problem
    assert refiner.query("tea", 1).result(0) is None
    assert refiner.pid is None


def test_onnx_runtime_that_cannot_be_loaded_is_told(make, monkeypatch, tmp_path):
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('DLL load failed')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    refiner = make()
    assert refiner.query("tea", 1).result(LIMIT) is None
    wait_until("it is known", lambda: "DLL load failed" in refiner.problem)


def test_a_folder_without_a_model_is_told(make, tmp_path):
    assert "model.onnx and tokenizer.json missing" in make(tmp_path).problem
    (tmp_path / "model.onnx").write_bytes(b"no model")
    shutil.copy(DEFAULT_REFINER / "tokenizer.json", tmp_path)
    refiner = make(tmp_path)
    assert refiner.problem == ""
    assert refiner.query("tea", 1).result(LIMIT) is None
    wait_until("it is known", lambda: "cannot be loaded" in refiner.problem)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (b"attention_mask", b"positional_ids", "wants positional_ids, which are not known here"),
        (b'"tea":', b'"tea":100', "the refiner cannot read a text"),
    ],
)
def test_a_model_of_another_kind_is_told_when_it_is_loaded(make, tmp_path, before, after, message):
    for name in refiners.FILES:
        (tmp_path / name).write_bytes((DEFAULT_REFINER / name).read_bytes().replace(before, after))
    refiner = make(tmp_path)
    assert refiner.query("tea", 1).result(LIMIT) is None
    wait_until("it is known", lambda: message in refiner.problem)


def test_a_text_that_cannot_be_read_costs_itself_only(make, monkeypatch, tmp_path, caplog):
    (tmp_path / "sitecustomize.py").write_text(
        "from starlight.models.refiner_encoder import Encoder\n"
        "whole = Encoder.passage\n"
        "def passage(encoder, text):\n"
        "    if 'walrus' in text:\n"
        "        raise RuntimeError(text)\n"
        "    return whole(encoder, text)\n"
        "Encoder.passage = passage\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    refiner = make()
    for _ in range(3):
        assert refiner.passage("a walrus", 1).result(LIMIT) is None
    assert refiner.passage("tea", 1).result(LIMIT)
    assert refiner.problem == ""
    assert "could not read a text (RuntimeError)" in caplog.text
    assert "walrus" not in caplog.text


def test_what_native_code_prints_is_no_answer(make, monkeypatch, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, ctypes, os, sys, threading\n"
        "def shout():\n"
        "    while 'starlight.models.refiner_encoder' not in sys.modules: pass\n"
        "    for _ in range(1000):\n"
        "        ctypes.CDLL(None).puts(b'{\"id\": 1}'); ctypes.CDLL(None).fflush(None)\n"
        "threading.Thread(target=shout, daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    assert make().query("tea", 1).result(LIMIT)


def test_nothing_that_was_asked_is_logged(make, caplog):
    caplog.set_level(logging.DEBUG)
    assert make().query("walrus", 1).result(LIMIT)
    assert "walrus" not in caplog.text
