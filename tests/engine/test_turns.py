"""Whose turn it is: one at a time, fair to all, and a wait that can be ended."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from starlight.engine.turns import Turns
from starlight.models.generator import Cancellation
from tests.waiting import wait_until


class Queue:
    """Takes turns on threads; each holds its own until it is let go."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.order: list[str] = []
        self.ahead: dict[str, int] = {}
        self.together = 0
        self._pool = ThreadPoolExecutor(20)

    def hold(self, name: str, client: str, release: threading.Event, cancellation: Cancellation | None = None):
        waiting = self.turns.waiting + len(self.order)

        def work() -> bool:
            told = lambda ahead: self.ahead.update({name: ahead})  # noqa: E731
            with self.turns.take(client, cancellation or Cancellation(), told) as has_turn:
                if has_turn:
                    self.order.append(name)
                    self.together += 1
                    assert self.together == 1
                    release.wait(10)
                    self.together -= 1
                return has_turn

        future = self._pool.submit(work)
        wait_until(f"{name} has its turn or waits", lambda: self.turns.waiting + len(self.order) > waiting)
        return future


def test_one_at_a_time_and_clients_in_turn():
    queue, release = Queue(), threading.Event()
    held = [queue.hold("a1", "a", release)]
    held += [queue.hold(f"a{number}", "a", release) for number in (2, 3)]
    held += [queue.hold("b1", "b", release), queue.hold("c1", "c", release), queue.hold("b2", "b", release)]
    release.set()
    assert all(future.result(10) for future in held)
    assert queue.order == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert queue.turns.waiting == 0


def test_who_waits_is_told_how_many_are_ahead():
    queue, release = Queue(), threading.Event()
    held = [queue.hold(name, name, release) for name in ("a", "b", "c")]
    release.set()
    assert all(future.result(10) for future in held)
    assert queue.ahead == {"b": 1, "c": 2}


def test_a_wait_can_be_ended_and_costs_nobody_a_turn():
    queue, release = Queue(), threading.Event()
    first, cancellation = queue.hold("a", "a", release), Cancellation()
    second = queue.hold("b", "b", release, cancellation)
    third = queue.hold("c", "c", release)
    cancellation.cancel()
    assert second.result(10) is False
    release.set()
    assert first.result(10)
    assert third.result(10)
    assert queue.order == ["a", "c"]


def test_a_failure_gives_the_turn_back():
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.take("a", Cancellation()):
        _ = 1 / 0
    with turns.take("a", Cancellation()) as has_turn:
        assert has_turn
