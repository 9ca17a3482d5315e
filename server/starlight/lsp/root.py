"""One workspace folder of the client: its notes, its indexer, and how it stands."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from starlight.config import Settings
from starlight.errors import IndexCorrupt, IndexMissing, IndexUnavailable, RootRefused, StarlightError
from starlight.index.records import Status

if TYPE_CHECKING:
    from starlight.engine.following import Follower
    from starlight.engine.report import Standing
    from starlight.engine.workspace import Workspace

log = logging.getLogger(__name__)

T = TypeVar("T")

_PAUSE = 0.05
"""Seconds without a change after which an open note is looked at: not at every key."""

_TELL_USED = 2.0
"""Seconds between two messages that this folder is being searched or written in."""


class Root:
    """Opens its workspace behind, keeps an indexer for it, and runs queries on a thread of its own.

    A folder inside another one that is open has no index of its own: ``outer`` is that one, and what is asked of
    this root is asked of it.

    ``changed`` is called on the event loop whenever the status is another one, ``warn`` with what a person should
    know.
    """

    def __init__(
        self, folder: Path, settings: Settings, changed: Callable[[Root], None], warn: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.status = Status()
        self.failures: dict[str, str] = {}
        self.refused = False
        self._settings = settings
        self._changed = changed
        self._warn = warn
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")
        self._links = ThreadPoolExecutor(1, thread_name_prefix="links")
        self._hints = ThreadPoolExecutor(1, thread_name_prefix="hints")
        self.workspace: Workspace | None = None
        self.outer: Root | None = None
        self.below = ""
        """Where this folder lies in the outer one."""
        self._force = False
        self._follower: Follower | None = None
        self._closed = False
        self._opened = asyncio.Event()
        self._typed: dict[str, str] = {}
        """Texts of open notes that the workspace has not seen yet, by path."""
        self._pause: asyncio.TimerHandle | None = None
        self._used_at = -_TELL_USED

    async def open(self, *, force: bool = False) -> None:
        """Open the index.  A folder that cannot be indexed says so in its status."""
        self.refused, self._force = False, force
        try:
            workspace, fault = await self._run(lambda: _open(self.folder, self._settings, force=force))
        except StarlightError as error:
            self.refused = isinstance(error, RootRefused)
            self._take(Status("failed", message=str(error)))
            return
        finally:
            self._opened.set()
        self.workspace = workspace
        log.info("%s: index %s", self.folder, workspace.location.database(workspace.fingerprint))
        if self._closed:
            return
        if fault:
            self._warn(fault)
        warmed = self._thread.submit(workspace.warm)
        warmed.add_done_callback(_log)
        warmed.add_done_callback(lambda _: self._warm_links())

    def follow(self) -> None:
        """Follow the indexer of this root, which has no outer one; it is started if need be."""
        self.outer, self.below = None, ""
        workspace = self.workspace
        if workspace is None or self._closed or self._follower:
            return
        from starlight.engine.following import Follower

        self._follower = Follower(
            workspace.location,
            workspace.settings,
            workspace.fingerprint,
            self._told,
            self._told_to_warn,
            force=self._force,
        )
        self._follower.start()
        self._follower.send({"command": "resume"})  # a pause lasts until the next start

    def lean_on(self, outer: Root, below: str) -> None:
        """Leave the indexing to ``outer``, in which this folder lies at ``below``."""
        self.outer, self.below = outer, below
        if self._follower:
            self._follower.close()
            self._follower = None

    def close(self, *, end_indexer: bool = False) -> None:
        """Let the indexer go, or end it where its settings are no longer right."""
        self._closed = True
        if self._pause:
            self._pause.cancel()
        if self._follower:
            if end_indexer:
                self._follower.send({"command": "end"})
            self._follower.close()
        if self.workspace:
            self._thread.submit(self.workspace.close)
        self._thread.shutdown(wait=False)
        self._links.shutdown(wait=False)
        self._hints.shutdown(wait=False)

    def show(self, path: str, text: str) -> None:
        """Let ``text`` be searched as that of the note at ``path``: after a pause, or when something is asked."""
        if self.outer:
            self.outer.show(self.path_in_outer(path), text)
        self._typed[path] = text
        self._is_used()
        if self._pause:
            self._pause.cancel()
        self._pause = self._loop.call_later(_PAUSE, self._look)

    def hide(self, path: str) -> None:
        """Let the note at ``path`` be searched as it is on disk."""
        if self.outer:
            self.outer.hide(self.path_in_outer(path))
        self._typed.pop(path, None)
        if self.workspace and not self._closed:
            self._thread.submit(self.workspace.hide, path)

    async def query(self, ask: Callable[[Workspace], T], *, beside: bool = False) -> T:
        """Run ``ask`` on this root's thread, over the notes as they are in the editor now.

        What waits for more than the index runs ``beside`` others, on a thread of its own.

        Raises:
            IndexMissing: there is no index yet.
            StarlightError: the folder cannot be used, or ``ask`` failed.
        """
        if self.outer:
            return await self.outer.query(ask, beside=beside)
        self._is_used()
        await self._opened.wait()
        if self.workspace is None:
            if self.status.state == "failed":
                raise IndexUnavailable(self.status.message)
            raise IndexMissing(f"{self.folder}: is being opened")
        workspace = self.workspace
        self._look()
        try:
            if beside:
                await self._run(lambda: None)  # behind what was typed
                return await asyncio.to_thread(ask, workspace)
            return await self._run(lambda: ask(workspace))
        except IndexCorrupt:
            self.ask_indexer({"command": "damaged"})
            raise

    async def link(self, ask: Callable[[Workspace], T]) -> T:
        """Run ``ask``, which is about links, on a thread of its own: it does not wait behind searches.

        Raises:
            IndexMissing: there is no index yet.
            StarlightError: the folder cannot be used, or ``ask`` failed.
        """
        return await self.outer.link(ask) if self.outer else await self._beside(self._links, ask)

    async def behind(self, ask: Callable[[Workspace], T]) -> T:
        """Run ``ask``, which nobody waits for and may take long, on a third thread; errors as for ``link``."""
        return await self.outer.behind(ask) if self.outer else await self._beside(self._hints, ask)

    async def _beside(self, thread: ThreadPoolExecutor, ask: Callable[[Workspace], T]) -> T:
        await self._opened.wait()
        workspace = self.workspace
        if workspace is None or self._closed:
            raise IndexMissing(f"{self.folder}: cannot be read yet")
        return await self._loop.run_in_executor(thread, lambda: ask(workspace))

    def _warm_links(self) -> None:
        if self.workspace and not self._closed:
            with contextlib.suppress(RuntimeError):  # closed just now
                self._links.submit(self.workspace.authoring.warm).add_done_callback(_log)

    async def holding(self, folder: Path) -> str | None:
        """Return where ``folder`` lies in this one, if its notes belong to this index; else None."""
        workspace = self.workspace
        return None if workspace is None or self._closed else await self._run(lambda: workspace.holds(folder))

    def ask_indexer(self, message: dict[str, Any]) -> None:
        """Send a request to the indexer; without one yet, it is sent as soon as there is."""
        if self.outer:
            self.outer.ask_indexer(message)
        elif self._follower:
            self._follower.send(message)

    def path_within(self, path: Path) -> str | None:
        """Return ``path`` relative to the root, with ``/``; None where it lies outside.

        The client's folder may be a link to the real one: paths below either are within.
        """
        for folder in (self.folder, self.workspace.root if self.workspace else self.folder):
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
        return None

    def path_in_outer(self, path: str) -> str:
        """Return where what lies at ``path`` in this root lies in the outer one."""
        return "/".join(filter(None, (self.below, path)))

    def _is_used(self) -> None:
        """Take note that somebody searches or writes: what the indexer does in idle time waits."""
        now = time.monotonic()
        if self.status.state == "ready" and now - self._used_at > _TELL_USED:
            self._used_at = now
            self.ask_indexer({"command": "used"})

    def _look(self) -> None:
        """Have the workspace look at what was typed; before it is open, that waits."""
        if self._pause:
            self._pause.cancel()
            self._pause = None
        if self.workspace is None or self._closed:
            return
        while self._typed:
            self._thread.submit(self.workspace.show, *self._typed.popitem()).add_done_callback(_log)

    @property
    def standing(self) -> Standing:
        """How this folder stands."""
        from starlight.engine.report import Standing

        return Standing(self.folder, self.status, self.failures, self.workspace)

    async def _run(self, work: Callable[[], T]) -> T:
        return await self._loop.run_in_executor(self._thread, work)

    def _told(self, status: Status) -> None:
        """Take a status from the indexer; called on the follower's thread."""
        failures = None
        if status.state != "indexing" and self.workspace:
            try:
                failures = self.workspace.failures() if status.failed else {}
            except StarlightError as error:
                log.warning("%s", error)
        self._loop.call_soon_threadsafe(self._take, status, failures)

    def _told_to_warn(self, message: str) -> None:
        """Take what a person should know; called on a thread of the follower."""
        self._loop.call_soon_threadsafe(self._warn, f"Starlight: {self.folder}: {message}")

    def _take(self, status: Status, failures: dict[str, str] | None = None) -> None:
        if self._closed or self.outer:
            return
        self.status = status
        if failures is not None:
            self.failures = failures
        self._changed(self)


def _log(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("what was done ahead of a request failed", exc_info=error)


def _open(folder: Path, settings: Settings, *, force: bool) -> tuple[Workspace, str]:
    from starlight.engine.adaptation import adaptation_of
    from starlight.engine.usable import with_usable_model
    from starlight.engine.workspace import Workspace

    settings, fault = with_usable_model(settings)
    workspace = Workspace.at(folder, settings, force=force)
    return workspace, f"Starlight settings: model.path: {fault}" if fault else adaptation_of(
        workspace.location, workspace.model
    ).problem
