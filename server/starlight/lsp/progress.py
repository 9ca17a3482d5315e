"""The client's progress bars: for the indexing of one root, and for other work.  Without them where it has none."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from starlight.engine.progress import in_words
from starlight.index.records import Status
from starlight.models.generator import Cancellation

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

log = logging.getLogger(__name__)


class IndexingProgress:
    """Shown while there is work, always ended, cancellable: ``cancelled`` is called when the user ends it."""

    def __init__(self, server: LanguageServer, name: str, cancelled: Callable[[], None]) -> None:
        self._server = server
        self._name = name
        self._cancelled = cancelled
        self._token = ""
        self._open = False

    async def show(self, status: Status) -> None:
        """Show how far it is; begins and ends by itself."""
        window = self._server.client_capabilities.window
        if not (window and window.work_done_progress):
            return
        if status.state == "indexing" and status.total:
            await self._report(status)
        elif status.state != "indexing":
            self.end(status.message)

    def end(self, message: str = "") -> None:
        """End it, if it was begun."""
        if self._open:
            self._open = False
            self._server.work_done_progress.end(self._token, lsp.WorkDoneProgressEnd(message=message or None))
            self._server.work_done_progress.tokens.pop(self._token, None)
        self._token = ""

    async def _report(self, status: Status) -> None:
        if not self._token:
            await self._begin(status)
        if not self._open:
            return
        report = lsp.WorkDoneProgressReport(message=in_words(status), percentage=status.percent, cancellable=True)
        self._server.work_done_progress.report(self._token, report)

    async def _begin(self, status: Status) -> None:
        self._token = token = f"starlight-{uuid.uuid4()}"
        await self._server.work_done_progress.create_async(token)
        if self._token != token:  # the work was done before the client answered
            self._server.work_done_progress.tokens.pop(token, None)
            return
        self._server.work_done_progress.tokens[token].add_done_callback(self._ended_by_user)
        self._open = True
        title = f"{'Rebuilding' if status.rebuilding else 'Indexing'} {self._name}"
        begin = lsp.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0)
        self._server.work_done_progress.begin(token, begin)

    def _ended_by_user(self, future: Future[Any]) -> None:
        if future.cancelled():
            self._cancelled()


class WorkProgress:
    """The progress of other work that was asked for, between ``async with``: told from its thread, and cancellable.

    Does nothing where the client has none.
    """

    def __init__(self, server: LanguageServer, title: str, cancellation: Cancellation) -> None:
        self._server = server
        self._title = title
        self._cancellation = cancellation
        self._loop = asyncio.get_running_loop()
        self._token = ""
        self._told = -1

    async def __aenter__(self) -> WorkProgress:
        window = self._server.client_capabilities.window
        if window and window.work_done_progress:
            token = f"starlight-{uuid.uuid4()}"
            try:
                await self._server.work_done_progress.create_async(token)
            except Exception as error:  # noqa: BLE001 -- whatever it is: the work is done without a bar
                log.info("the client shows no progress: %s", error)
                return self
            self._token = token
            self._server.work_done_progress.tokens[token].add_done_callback(self._ended_by_user)
            begin = lsp.WorkDoneProgressBegin(title=self._title, cancellable=True, percentage=0)
            self._server.work_done_progress.begin(token, begin)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._token:
            self._server.work_done_progress.end(self._token, lsp.WorkDoneProgressEnd())
            self._server.work_done_progress.tokens.pop(self._token, None)
            self._token = ""

    def tell(self, what: str, share: float) -> bool:
        """Say what is done and which share of it, from any thread; returns whether to go on."""
        percent = int(100 * share)
        if percent != self._told:
            self._told = percent
            self._loop.call_soon_threadsafe(self._report, what, percent)
        return not self._cancellation.is_cancelled

    def _report(self, what: str, percent: int) -> None:
        if self._token:
            report = lsp.WorkDoneProgressReport(message=what, percentage=percent, cancellable=True)
            self._server.work_done_progress.report(self._token, report)

    def _ended_by_user(self, future: Future[Any]) -> None:
        if future.cancelled():
            self._cancellation.cancel()
