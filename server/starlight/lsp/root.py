"""One workspace folder of the client: its notes, its indexer, and how it stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


class Root:
    """Opens its workspace behind, keeps an indexer for it, and runs queries on a thread of its own.

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
        self.workspace: Workspace | None = None
        self._follower: Follower | None = None
        self._closed = False
        self._opened = asyncio.Event()

    async def open(self, *, force: bool = False) -> None:
        """Open the index and start following its indexer.  A folder that cannot be indexed says so in its status."""
        self.refused = False
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
            self._warn(f"Starlight settings: model.path: {fault}")
        self._thread.submit(workspace.warm)
        from starlight.engine.following import Follower

        self._follower = Follower(
            workspace.location, workspace.settings, workspace.fingerprint, self._told, self._told_to_warn, force=force
        )
        self._follower.start()
        self._follower.send({"command": "resume"})  # a pause lasts until the next start

    def close(self, *, end_indexer: bool = False) -> None:
        """Let the indexer go, or end it where its settings are no longer right."""
        self._closed = True
        if self._follower:
            if end_indexer:
                self._follower.send({"command": "end"})
            self._follower.close()
        if self.workspace:
            self._thread.submit(self.workspace.close)
        self._thread.shutdown(wait=False)

    async def query(self, ask: Callable[[Workspace], T]) -> T:
        """Run ``ask`` on this root's thread.

        Raises:
            IndexMissing: there is no index yet.
            StarlightError: the folder cannot be used, or ``ask`` failed.
        """
        await self._opened.wait()
        if self.workspace is None:
            if self.status.state == "failed":
                raise IndexUnavailable(self.status.message)
            raise IndexMissing(f"{self.folder}: is being opened")
        workspace = self.workspace
        try:
            return await self._run(lambda: ask(workspace))
        except IndexCorrupt:
            self.ask_indexer({"command": "damaged"})
            raise

    def ask_indexer(self, message: dict[str, Any]) -> None:
        """Send a request to the indexer; without one yet, it is sent as soon as there is."""
        if self._follower:
            self._follower.send(message)

    def path_within(self, path: Path) -> str | None:
        """Return ``path`` relative to the root, with ``/``; None where it lies outside.

        The client's folder may be a link to the real one: paths below either are within.
        """
        for folder in (self.folder, self.workspace.root if self.workspace else self.folder):
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
        return None

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
        if self._closed:
            return
        self.status = status
        if failures is not None:
            self.failures = failures
        self._changed(self)


def _open(folder: Path, settings: Settings, *, force: bool) -> tuple[Workspace, str]:
    from starlight.engine.workspace import Workspace, with_usable_model

    settings, fault = with_usable_model(settings)
    return Workspace.at(folder, settings, force=force), fault
