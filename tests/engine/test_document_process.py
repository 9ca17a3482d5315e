"""A document that hangs, kills or fills the process that reads it costs only itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from starlight.engine import document_process
from starlight.engine.document_process import DocumentProcess, Interrupted
from starlight.errors import NoteError
from tests.readers.odd_reader import ODD
from tests.waiting import is_gone, wait_until

REPOSITORY = Path(__file__).parents[2]
MODULE = "tests.readers.odd_reader"


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[DocumentProcess]:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")])))
    reading = DocumentProcess(module=MODULE, memory=1_000_000_000)
    yield reading
    reading.close()


def text(process: DocumentProcess, what: str) -> str:
    return process.read(ODD, what.encode(), "a.odd").text


def test_files_are_read_by_one_process_after_another(process: DocumentProcess):
    assert text(process, "tea") == "a.odd: tea"
    assert text(process, "pid") == text(process, "pid") != str(os.getpid())


def test_what_a_library_prints_is_no_answer(process: DocumentProcess):
    assert text(process, "print") == "a.odd: print"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("refuse", "^is encrypted$"),
        ("fail", r"^cannot be read \(ValueError: what\?\)$"),
        ("crash", "the process that read it ended"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_the_next_one_can(process: DocumentProcess, what: str, reason: str):
    assert text(process, "tea")
    with pytest.raises(NoteError, match=reason):
        text(process, what)
    assert text(process, "tea") == "a.odd: tea"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to the memory that it asked for")
def test_a_file_that_fills_the_memory_costs_only_itself(process: DocumentProcess):
    with pytest.raises(NoteError, match="more memory"):
        text(process, "fill")
    assert text(process, "tea") == "a.odd: tea"


def test_a_file_that_takes_too_long_is_left(process: DocumentProcess, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "_seconds", 0.1)
    with pytest.raises(NoteError, match=r"longer than 0\.1 seconds"):
        text(process, "hang")
    monkeypatch.setattr(process, "_seconds", 60.0)
    assert text(process, "tea") == "a.odd: tea"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not end a process for the time that it used")
def test_the_time_of_a_file_is_that_of_the_processor(process: DocumentProcess, monkeypatch: pytest.MonkeyPatch):
    assert text(process, "tea")
    monkeypatch.setattr(document_process, "_PATIENCE", 1_000)  # by the clock it could go on
    monkeypatch.setattr(process, "_seconds", 0.2)
    with pytest.raises(NoteError, match=r"longer than 0\.2 seconds"):
        text(process, "spin")
    monkeypatch.setattr(process, "_seconds", 60.0)
    assert text(process, "tea") == "a.odd: tea"


def test_whoever_waits_can_be_called_away(process: DocumentProcess):
    with pytest.raises(Interrupted):
        process.read(ODD, b"hang", "a.odd", lambda: False)
    assert text(process, "tea") == "a.odd: tea"


def test_a_process_that_nobody_asks_ends(process: DocumentProcess, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(document_process, "IDLE", 0.1)
    pid = int(text(process, "pid"))
    wait_until("the process has ended", lambda: is_gone(pid))
    assert int(text(process, "pid")) != pid
