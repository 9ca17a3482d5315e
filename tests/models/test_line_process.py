"""A process that speaks lines of JSON: who hears what, and every way in which it can end."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from starlight.models import line_process
from starlight.models.line_process import Line, LineProcess
from tests.waiting import is_gone, wait_until

LIMIT = 30.0
BEGIN = """
import json, os, sys, time
say = lambda **line: print(json.dumps(line), flush=True)
lines = map(json.loads, sys.stdin)
order = next(lines)
"""
ECHO = "for line in lines: say(id=line['id'], last=line['say'])\n"


class Started:
    """A process whose program a test wrote, and what it has said."""

    def __init__(self, folder: Path, program: str, **how: object) -> None:
        (folder / "program.py").write_text(BEGIN + program)
        self.heard: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self.process = LineProcess("program", {"name": "order"}, self.heard.put, folder=folder, last={"last"}, **how)

    def ask(self, **request: object) -> queue.SimpleQueue[Line]:
        reply: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self.process.ask(request, reply.put)
        return reply


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    made: list[Started] = []

    def start_(program: str, **how: object) -> Started:
        made.append(Started(tmp_path, program, **how))
        return made[-1]

    yield start_
    for each in made:
        each.process.end()


def test_it_hears_its_order_first_and_says_to_all(start):
    assert start("say(got=order)\n" + ECHO).heard.get(timeout=LIMIT) == {"got": {"name": "order"}}


def test_each_reply_goes_to_whom_it_is_for(start):
    started = start(
        "first, second = next(lines), next(lines)\n"
        "say(id=second['id'], part=second['say']); say(id=first['id'], last=first['say'])\n"
        "say(id=second['id'], last='end'); say(id=second['id'], part='late'); say(id=99, last='nobody')\n" + ECHO
    )
    first, second = started.ask(say="one"), started.ask(say="two")
    assert first.get(timeout=LIMIT) == {"id": 1, "last": "one"}
    assert [second.get(timeout=LIMIT) for _ in range(2)] == [{"id": 2, "part": "two"}, {"id": 2, "last": "end"}]
    assert started.ask(say="three").get(timeout=LIMIT) == {"id": 3, "last": "three"}
    assert first.empty()
    assert second.empty()


@pytest.mark.parametrize("text", ["ü 夏 🙂", "\ud83d", "a\nb\0", "x" * 300_000])
def test_any_text_goes_through(start, text):
    assert start(ECHO).ask(say=text).get(timeout=LIMIT)["last"] == text


def test_what_waits_when_it_leaves_is_told_and_so_is_who_comes_later(start):
    started = start("say(id=next(lines)['id'], part=1)\n")
    reply = started.ask()
    assert reply.get(timeout=LIMIT)["part"] == 1
    ended = {"ended": 0, "message": "code 0", "was_told": False}
    assert reply.get(timeout=LIMIT) == ended
    assert started.heard.get(timeout=LIMIT) == ended
    assert not started.process.is_running
    assert started.ask().get(timeout=0) == ended


CRASHES = {
    "a signal": ("os.kill(os.getpid(), 11)", "SIGSEGV: the last words"),
    "a code": ("os._exit(7)", "code 7: the last words"),
    "out of memory": ("os.kill(os.getpid(), 9)", "it was killed, which the system does where memory runs out"),
}


@pytest.mark.parametrize(("crash", "message"), CRASHES.values(), ids=CRASHES)
def test_a_crash_is_told_with_its_last_words(start, crash, message):
    started = start(f"sys.stderr.write('noise\\n' * 5000 + 'the last words\\n'); sys.stderr.flush(); {crash}\n")
    line = started.ask().get(timeout=LIMIT)
    assert line["ended"] != 0
    assert line["message"] == message


def test_half_a_line_is_none(start):
    started = start('sys.stdout.write(\'{"id": 1, "la\'); sys.stdout.flush(); os.kill(os.getpid(), 9)\n')
    assert started.ask().get(timeout=LIMIT)["ended"] == -signal.SIGKILL


def test_a_refusal_is_what_all_are_told(start):
    started = start("next(lines); say(error='no model', message='it is gone'); os._exit(3)\n")
    refusal = {"error": "no model", "message": "it is gone"}
    assert started.ask().get(timeout=LIMIT) == refusal
    assert started.heard.get(timeout=LIMIT) == refusal
    assert started.ask().get(timeout=LIMIT) == refusal


def test_it_ends_with_its_input_when_it_is_told_to(start):
    started = start(ECHO)
    assert started.ask(say="one").get(timeout=LIMIT)
    started.process.end()
    assert is_gone(started.process.pid)
    assert started.heard.get(timeout=LIMIT) == {"ended": 0, "message": "code 0", "was_told": True}
    started.process.end()


def test_one_that_does_not_end_by_itself_is_killed(start, monkeypatch):
    monkeypatch.setattr(line_process, "_PATIENCE", 0.1)
    started = start("say(here=1)\nfor line in lines: pass\nwhile True: time.sleep(60)\n")
    assert started.heard.get(timeout=LIMIT)
    started.process.end()
    assert is_gone(started.process.pid)
    assert started.heard.get(timeout=LIMIT)["was_told"]


def test_one_that_does_not_read_while_somebody_writes_is_killed(start, monkeypatch):
    """Whoever ends it must not wait for whoever writes, who waits for it to read."""
    monkeypatch.setattr(line_process, "_PATIENCE", 0.1)
    started = start("say(here=1)\nwhile True: time.sleep(60)\n")
    assert started.heard.get(timeout=LIMIT)
    replies: list[queue.SimpleQueue[Line]] = []
    writer = threading.Thread(target=lambda: replies.append(started.ask(say="x" * 10_000_000)))
    writer.start()
    wait_until("it is being written to", started.process._writing.locked)
    started.process.end()
    writer.join(LIMIT)
    assert replies[0].get(timeout=LIMIT)["ended"] == -signal.SIGKILL


def test_one_that_closes_its_output_is_of_no_use_and_ended(start, monkeypatch):
    monkeypatch.setattr(line_process, "_PATIENCE", 0.1)
    started = start("os.close(1)\nwhile True: time.sleep(60)\n")
    assert "ended" in started.ask().get(timeout=LIMIT)
    assert is_gone(started.process.pid)


def test_who_fails_to_take_a_line_leaves_nobody_waiting(start, monkeypatch):
    failures: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    started = start(ECHO)

    def take(line: Line) -> None:
        raise KeyError(line["last"])

    started.process.ask({"say": "one"}, take)
    waiting = started.ask(say="two")
    assert "ended" in waiting.get(timeout=LIMIT)
    wait_until("it was said", lambda: bool(failures))
    assert is_gone(started.process.pid)


def test_what_it_is_told_yields_to_what_the_user_told_it(start, monkeypatch):
    monkeypatch.setenv("OURS", "the user's")
    started = start("say(a=os.environ['OURS'], b=os.environ['THEIRS'])\n", environment={"OURS": "1", "THEIRS": "2"})
    assert started.heard.get(timeout=LIMIT) == {"a": "the user's", "b": "2"}


def test_one_that_cannot_be_started_is_told_at_once(tmp_path):
    with pytest.raises(FileNotFoundError):
        LineProcess("program", {}, print, folder=tmp_path / "nowhere", last={"last"})


def test_asking_and_ending_from_many_threads_leaves_no_reply_behind(start):
    """Each that asks is told something, once, whether it came before, while or after the process ended."""
    started = start("for number, line in zip(range(300), lines): say(id=line['id'], last=1)\n")
    replies: list[queue.SimpleQueue[Line]] = []

    def ask() -> None:
        replies.extend(started.ask(say="tea") for _ in range(100))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [reply.get(timeout=LIMIT) for reply in replies]
    assert sum("last" in line for line in lines) == 300
    assert sum("ended" in line for line in lines) == 500
    assert all(reply.empty() for reply in replies)
