"""Whose turn it is: one generation at a time in a process, and fair to all who wait.

A model uses all cores of the machine, so two at once would make both slow.  Other processes are held off by the lock
of the model itself (``models/llama.py``).
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlight.models.generator import Cancellation


@dataclass(eq=False, slots=True)
class _Ticket:
    client: str
    arrival: int


class Turns:
    """Serves the client that was served longest ago; the requests of one client in the order in which they came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._served: dict[str, int] = {}
        self._count = itertools.count(1)
        self._busy = False

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    @contextlib.contextmanager
    def take(
        self, client: str, cancellation: Cancellation, waits: Callable[[int], None] = lambda _ahead: None
    ) -> Iterator[bool]:
        """Hold the turn for as long as the block lasts; false, and no turn, where it was cancelled meanwhile.

        ``waits`` is told once how many are ahead, where there are any.
        """
        ticket = _Ticket(client, next(self._count))
        cancellation.when_cancelled(self._notify)
        with self._changed:
            ahead = len(self._waiting) + self._busy
            self._waiting.append(ticket)
        if ahead and not cancellation.is_cancelled:
            waits(ahead)
        with self._changed:
            self._changed.wait_for(lambda: cancellation.is_cancelled or self._is_next(ticket))
            self._waiting.remove(ticket)
            has_turn = not cancellation.is_cancelled
            if has_turn:
                self._busy = True
                self._served[client] = next(self._count)
            else:
                self._changed.notify_all()
        try:
            yield has_turn
        finally:
            if has_turn:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

    def _is_next(self, ticket: _Ticket) -> bool:
        if self._busy:
            return False
        return ticket is min(self._waiting, key=lambda each: (self._served.get(each.client, 0), each.arrival))

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()
