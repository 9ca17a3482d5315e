"""What models write for the client: on threads of their own, sent as it comes, stopped when asked.

Everything here but ``work`` itself runs on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from starlight.engine.answer import Drafted, Event, Gathered, Working, Written
from starlight.errors import InvalidRequest
from starlight.lsp.protocol import ANSWER_NOTIFICATION
from starlight.models.generator import Cancellation

if TYPE_CHECKING:
    from starlight.lsp.server import StarlightServer

T = TypeVar("T")
Tell = Callable[[Event], None]

_INTERVAL = 1 / 30
"""Seconds between two notifications of text at least: what comes meanwhile is sent together."""
_THREADS = 16
"""Most of them wait: for their turn, or for a server."""


class Generations:
    """The requests of one client that models are at work on."""

    def __init__(self, server: StarlightServer) -> None:
        self._server = server
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="answer")
        self._by_id: dict[str, Cancellation] = {}
        self._by_request: dict[object, Cancellation] = {}

    @contextlib.contextmanager
    def request(self, id_: str) -> Iterator[Current]:
        """Have the request that is being answered stopped by its ``id_``, which may be empty, or by its cancellation.

        Raises:
            InvalidRequest: another request with that id is at work.
        """
        if id_ and id_ in self._by_id:
            raise InvalidRequest("a request with this `id` is still being answered")
        number = self._server.protocol.msg_id
        self._server.background.asked()
        current = Current(self._threads, Stream(self._server, id_))
        self._by_request[number] = current.cancellation
        if id_:
            self._by_id[id_] = current.cancellation
        try:
            yield current
        finally:
            self._by_request.pop(number, None)
            self._forget(current.cancellation)
            self._server.background.asked()

    @property
    def are_at_work(self) -> bool:
        """Whether a model is at work on one at least."""
        return bool(self._by_request)

    def stop(self, id_: str) -> bool:
        """Have the request with that id end with what it has; false where none is at work."""
        cancellation = self._by_id.get(id_)
        if cancellation:
            cancellation.cancel()
        return cancellation is not None

    def cancelled(self, request: object) -> None:
        """Stop what the request with that number of the protocol asked for: nobody waits for it any more."""
        if cancellation := self._by_request.get(request):
            self._forget(cancellation)  # its id may be used again at once
            cancellation.cancel()

    def _forget(self, cancellation: Cancellation) -> None:
        self._by_id = {id_: each for id_, each in self._by_id.items() if each is not cancellation}

    def close(self) -> None:
        """Stop everything."""
        for cancellation in list(self._by_request.values()):
            cancellation.cancel()
        self._threads.shutdown(wait=False)


class Current:
    """A request while it is answered."""

    def __init__(self, threads: ThreadPoolExecutor, stream: Stream) -> None:
        self.cancellation = Cancellation()
        self._threads = threads
        self._stream = stream

    async def run(self, work: Callable[[Tell, Cancellation], T]) -> T:
        """Run ``work`` on a thread, and send the client what it tells.

        Raises:
            StarlightError: ``work`` failed.
        """
        loop = asyncio.get_running_loop()

        def tell(event: Event) -> None:
            loop.call_soon_threadsafe(self._stream.take, event)

        try:
            return await loop.run_in_executor(self._threads, work, tell, self.cancellation)
        finally:
            self._stream.flush()


class Stream:
    """The notifications of one request: phases at once, text gathered for a moment, none of it lost."""

    def __init__(self, server: StarlightServer, id_: str) -> None:
        self._server = server
        self._id = id_
        self._text: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._began = time.monotonic()
        self._first = 0.0
        self._tokens = 0

    def take(self, event: Event) -> None:
        """Send what ``event`` says, now or soon."""
        if isinstance(event, Written):
            self._first = self._first or time.monotonic()
            self._tokens += 1
            self._text.append(event.text)
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self.flush)
        elif isinstance(event, Working):
            self._send(phase=event.phase, message=event.message)
        elif isinstance(event, Drafted):
            self._send(draft=event.text)
        elif isinstance(event, Gathered):
            from starlight.engine.wire_answers import source_json

            addresses_of = self._server.session.addresses_of
            self._send(sources=[source_json(source, addresses_of) for source in event.evidence.sources])

    def flush(self) -> None:
        """Send the text that has come, if there is any."""
        if self._text:
            self._send()

    def _send(self, **fields: Any) -> None:  # noqa: ANN401 -- any JSON
        if self._timer:
            self._timer.cancel()
            self._timer = None
        text, self._text = "".join(self._text), []
        if text:
            fields = {"text": text, **self._speed(), **fields}
        if self._id:
            self._server.protocol.notify(ANSWER_NOTIFICATION, {"id": self._id, **fields})

    def _speed(self) -> dict[str, float]:
        since = time.monotonic() - self._first
        speed = {"first_token_seconds": round(self._first - self._began, 3)}
        if since > _INTERVAL:
            speed["tokens_per_second"] = round((self._tokens - 1) / since, 1)
        return speed
