"""Summary lines in idle time (``summary.background``): when the next step is, and what stops it.

Everything here but the steps themselves runs on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from starlight.engine.summary import Counts
from starlight.engine.wire import lines_json
from starlight.lsp.root import Root
from starlight.models.generator import Cancellation

if TYPE_CHECKING:
    from starlight.engine.summary_ahead import SummaryAhead
    from starlight.engine.workspace import Workspace
    from starlight.lsp.server import StarlightServer


class Background:
    """Has lines made while the client is idle, for as long as the settings want that."""

    def __init__(self, server: StarlightServer) -> None:
        self._server = server
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="background")
        self._work: SummaryAhead | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = Cancellation()
        self._woken = asyncio.Event()
        self._seen: WeakKeyDictionary[Root, tuple[str, int]] = WeakKeyDictionary()

    def configure(self) -> None:
        """Begin or end, as the settings have it now."""
        wanted = self._server.session.settings.summary_background
        if wanted and self._task is None:
            self._task = self._server.session.run("summary lines", self._run())
        elif not wanted and self._task:
            self.close()
        self.asked()

    def used(self) -> None:
        """Stop what is written: somebody writes, searches or asks."""
        if self._work:
            self._work.idle.used()
            self._stop.cancel()

    def asked(self) -> None:
        """Take note that models were asked for something, or are others: one may be in memory now."""
        self.used()
        if self._work:
            self._work.try_again()
            self._woken.set()

    def index_changed(self, root: Root) -> None:
        """Look at the notes of ``root`` again, if they are others."""
        now = (root.status.state, root.status.revision)
        if self._seen.get(root) != now:
            self._seen[root] = now
            self._woken.set()

    def standing(self) -> dict[str, Any]:
        """Return the field ``summary_lines`` of the status, as ``docs/protocol.md`` has it."""
        work, roots = self._work, self._server.session.indexed()
        if work is None:
            return lines_json()
        counts = [work.counts(root.workspace) for root in roots if root.workspace]
        together = Counts(sum(each.made for each in counts), sum(each.total for each in counts))
        return lines_json(together, work.state, work.model, work.problem)

    def counts(self, workspace: Workspace | None) -> Counts | None:
        """Return how far this is with the notes of ``workspace``; None where that is not known."""
        return self._work.counts(workspace) if self._work and workspace else None

    def close(self) -> None:
        """Stop."""
        self._stop.cancel()
        if self._task:
            self._task.cancel()
            self._task = None
        if self._work:
            self._thread.submit(self._work.close)
            self._work = None

    def end(self) -> None:
        """Stop for good."""
        self.close()
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        work = self._work = await loop.run_in_executor(self._thread, self._begun, loop)
        while True:
            self._woken.clear()
            self._stop = Cancellation()
            if self._server.session.generations.are_at_work:
                work.idle.used()
            seconds = await loop.run_in_executor(self._thread, work.step, self._opened(), self._stop)
            if work.problem:
                self._server.session.warn_once(f"Starlight: no summary lines are written for a while. {work.problem}")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), None if math.isinf(seconds) else seconds)

    def _begun(self, loop: asyncio.AbstractEventLoop) -> SummaryAhead:
        from starlight.engine.summary_ahead import SummaryAhead

        session = self._server.session

        def changed() -> None:
            loop.call_soon_threadsafe(session.tell_soon)

        return SummaryAhead(session.assistant, changed)

    def _opened(self) -> dict[Workspace, Sequence[str]]:
        """Return the folders that are indexed, each with the paths of its notes that are open."""
        session = self._server.session
        ready = [root for root in session.indexed() if root.workspace and root.status.state == "ready"]
        return {root.workspace: list(session.open_texts(root)) for root in ready if root.workspace}
