"""One workspace folder of the client: its notes, its indexer, and how it stands."""

from __future__ import annotations

import asyncio
import contextlib
import functools
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

_READ = 2_500_000
"""Characters a second at which a text is read; one that takes longer than the pause is not begun again and again."""

_TELL_USED = 2.0
"""Seconds between two messages that this folder is being searched or written in."""

_WARM_LINKS = 1.0
"""Seconds after a note is open and the index known in which searches have the processor to themselves."""


class Root:
    """Opens its workspace behind, keeps an indexer for it, and runs queries on a thread of its own.

    A folder inside another one that is open has no index of its own: ``outer`` is that one, and what is asked of
    this root is asked of it.

    ``changed`` is called on the event loop whenever the status is another one, ``warn`` with what a person should
    know, ``used`` whenever somebody searches or writes.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        changed: Callable[[Root], None],
        warn: Callable[[str], None],
        used: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder = folder
        self.status = Status()
        self.failures: dict[str, str] = {}
        self.refused = False
        self._settings = settings
        self._changed = changed
        self._warn = warn
        self._used = used
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
        self._is_written_in = False
        """Whether a note was open at any time."""
        self._will_warm_links = False

    @functools.cached_property
    def uri(self) -> str:
        """The file URI of the folder."""
        return self.folder.as_uri()

    async def open(self, *, force: bool = False, alone: bool = False) -> None:
        """Open the index.  A folder that cannot be indexed says so in its status.

        That of one which is ``alone``, and so lies in no other, is brought up to date meanwhile.
        """
        self.refused, self._force = False, force
        try:
            workspace, warning = await self._run(lambda: self._begun(alone=alone))
        except StarlightError as error:
            self._unfollow()
            self.refused = isinstance(error, RootRefused)
            self._take(Status("failed", message=str(error)))
            return
        finally:
            self._opened.set()
        self.workspace = workspace
        log.info("%s: index %s", self.folder, workspace.location.database(workspace.fingerprint))
        if self._closed:
            return
        if self._follower:
            self._follower.expect(workspace.fingerprint)
        if warning:
            self._warn(warning)
        self._thread.submit(workspace.warm).add_done_callback(_log)

    def follow(self) -> None:
        """Follow the indexer of this root, which has no outer one; it is started if need be."""
        self.outer, self.below = None, ""
        workspace = self.workspace
        if workspace is None or self._follower:
            return
        from starlight.engine.following import Follower

        place, settings, warn = workspace.location, workspace.settings, self._told_to_warn
        self._follow(Follower(place, settings, workspace.fingerprint, self._told, warn, force=self._force))

    def lean_on(self, outer: Root, below: str) -> None:
        """Leave the indexing to ``outer``, in which this folder lies at ``below``."""
        self.outer, self.below = outer, below
        self._unfollow()

    def close(self, *, end_indexer: bool = False) -> None:
        """Let the indexer go, or end it where its settings are no longer right."""
        self._closed = True
        if self._pause:
            self._pause.cancel()
        if self._follower:
            if end_indexer:
                self._follower.end()
            self._follower.close()
        if self.workspace:
            self.workspace.authoring.stop()
            self._thread.submit(self.workspace.close)
        self._thread.shutdown(wait=False)
        self._links.shutdown(wait=False)
        self._hints.shutdown(wait=False)

    def show(self, path: str, text: str) -> None:
        """Let ``text`` be searched as that of the note at ``path``: after a pause, or when something is asked."""
        if self.outer:
            self.outer.show(self.path_in_outer(path), text)
        self._typed[path] = text
        self._is_written_in = True
        self._is_used()
        self._warm_links_soon()
        if self._pause:
            self._pause.cancel()
        self._pause = self._loop.call_later(max(_PAUSE, len(text) / _READ), self._get_ready)

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
        self._show_typed()
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

    def _warm_links_soon(self) -> None:
        """Have what links need read, once, when a note is open: who only searches has no use for it in memory.

        It waits until it is known how the index stands: at the start it would hold that up.
        """
        if self._is_written_in and self.status.state != "starting" and not (self._will_warm_links or self.outer):
            self._will_warm_links = True
            self._loop.call_later(_WARM_LINKS, self._warm_links)

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
        self._used()
        now = time.monotonic()
        if self.status.state == "ready" and now - self._used_at > _TELL_USED:
            self._used_at = now
            self.ask_indexer({"command": "used"})

    def _show_typed(self) -> None:
        """Have the workspace know what was typed; before it is open, that waits."""
        if self.workspace is None or self._closed:
            return
        while self._typed:
            self._thread.submit(self.workspace.show, *self._typed.popitem()).add_done_callback(_log)

    def _get_ready(self) -> None:
        """Have the workspace read what was typed: nobody types now."""
        self._pause = None
        self._show_typed()
        if self.workspace and not self._closed:
            self._thread.submit(self.workspace.get_ready).add_done_callback(_log)

    @property
    def standing(self) -> Standing:
        """How this folder stands."""
        from starlight.engine.report import Standing

        return Standing(self.folder, self.status, self.failures, self.workspace)

    def _begun(self, *, alone: bool) -> tuple[Workspace, str]:
        """Open the index, on this root's thread; returns what a person should know of it, too."""
        from starlight.engine.following import follower_ahead
        from starlight.engine.usable import with_usable_model

        settings, fault = with_usable_model(self._settings)
        if alone:
            told, warn = self._told, self._told_to_warn
            follower = follower_ahead(self.folder, settings, told, warn, force=self._force)
            self._loop.call_soon_threadsafe(self._follow, follower)
        workspace, problem = _open(self.folder, settings, force=self._force)
        return workspace, f"Starlight settings: model.path: {fault}" if fault else problem

    def _follow(self, follower: Follower) -> None:
        if self._closed:
            return
        self._follower = follower
        self._follower.start()
        self._follower.send({"command": "resume"})  # a pause lasts until the next start

    def _unfollow(self) -> None:
        if self._follower:
            self._follower.close()
            self._follower = None

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
        self._warm_links_soon()
        if failures is not None:
            self.failures = failures
        self._changed(self)


def _log(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("what was done ahead of a request failed", exc_info=error)


def _open(folder: Path, settings: Settings, *, force: bool) -> tuple[Workspace, str]:
    """Open the index of ``folder``; returns what is wrong with what was learnt from its notes, too."""
    from starlight.engine.adaptation import adaptation_of
    from starlight.engine.workspace import Workspace

    workspace = Workspace.at(folder, settings, force=force)
    return workspace, adaptation_of(workspace.location, workspace.model).problem
