"""The client's progress bar for the indexing of one root.  Does nothing where the client has none."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from starlight.engine.progress import in_words
from starlight.index.records import Status

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer


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
