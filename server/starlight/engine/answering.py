"""An answer on its way, for whoever wants to read it as it comes: a loop over its text, or over its events."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from starlight.engine.answer import Answer, Event, Finished, Written
from starlight.models.generator import Cancellation

Tell = Callable[[Event], None]


class Answering:
    """Iterate over it for the text, piece by piece; ``answer`` has all of it, with sources and what was checked.

    It begins with the first look at it.  Leaving the loop early stops it.
    """

    def __init__(self, work: Callable[[Tell, Cancellation], Answer]) -> None:
        self._work = work
        self._cancellation = Cancellation()
        self._came: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._answer: Answer | None = None
        self._error: BaseException | None = None

    def __iter__(self) -> Iterator[str]:
        """Yield the text of the answer as it comes.

        Raises:
            StarlightError: the question cannot be answered.
        """
        for event in self.events():
            if isinstance(event, Written):
                yield event.text

    def events(self) -> Iterator[Event]:
        """Yield what happens: phases, the evidence, text, and last the answer.

        Raises:
            StarlightError: the question cannot be answered.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="answer", daemon=True)
            self._thread.start()
        try:
            while self._answer is None and self._error is None:
                event = self._came.get()
                if isinstance(event, BaseException):
                    self._error = event
                    raise event
                if isinstance(event, Finished):
                    self._answer = event.answer
                yield event
        finally:
            if self._answer is None:
                self.stop()

    @property
    def answer(self) -> Answer:
        """The whole answer; waits for it.

        Raises:
            StarlightError: the question cannot be answered.
        """
        for _event in self.events():
            pass
        if self._error:
            raise self._error
        if self._answer is None:
            raise RuntimeError("an answer that is read by two loops at once")
        return self._answer

    def stop(self) -> None:
        """Have it end with what it has, within a token; from any thread."""
        self._cancellation.cancel()

    def _run(self) -> None:
        try:
            self._work(self._came.put, self._cancellation)
        except BaseException as error:  # noqa: BLE001 -- it is raised where somebody waits for the answer
            self._came.put(error)
