"""What lives as long as a client is connected: its folders, its settings, and the status that it is told.

Everything here runs on the event loop and does no work of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlight import __version__
from starlight.config import Settings, resolve
from starlight.engine.assistant import Assistant, Wanted
from starlight.engine.selected import is_document
from starlight.engine.wire import standing_json, status_json
from starlight.errors import InvalidRequest
from starlight.index.records import Status
from starlight.lsp import convert
from starlight.lsp.generating import Generations
from starlight.lsp.progress import IndexingProgress
from starlight.lsp.protocol import STATUS_NOTIFICATION, TEXT_VIEWS
from starlight.lsp.root import Root
from starlight.lsp.summary import summary

if TYPE_CHECKING:
    from starlight.engine.answer import Source
    from starlight.lsp.server import StarlightServer

log = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds that a request waits for the client to tell its settings and folders."""
_STATUS_INTERVAL = 0.1
"""Seconds between two status notifications at least."""


class Session:
    """The state of one connection."""

    def __init__(self, server: StarlightServer, defaults: Settings) -> None:
        self._server = server
        self._defaults = defaults
        self.settings = defaults
        self.assistant = Assistant(defaults)
        self.generations = Generations(server)
        self.refused: set[Wanted] = set()
        """What the user did not want to leave the machine since this session began."""
        self.roots: dict[Path, Root] = {}
        self.index_changed: Callable[[Root], None] = lambda _root: None
        """Told of a folder whose index may have other notes now."""
        self.folders_changed: Callable[[], None] = lambda: None
        """Told when folders were let go."""
        self._started = asyncio.Event()
        self._progress: dict[Path, IndexingProgress] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._telling: asyncio.TimerHandle | None = None
        self._said: set[str] = set()
        self._arranging = asyncio.Lock()

    @property
    def started(self) -> bool:
        """Whether the client's folders are known."""
        return self._started.is_set()

    async def until_started(self) -> None:
        """Wait until the client's folders are known; one that is slow to tell its settings is not waited for long."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._started.wait(), _PATIENCE)

    def configure(self, raw: object) -> None:
        """Take the client's settings; roots whose index they change are opened anew."""
        settings, problems = resolve(raw, self._defaults)
        for problem in problems:
            self.warn_once(f"Starlight settings: {problem.key}: {problem.message}")
        before, self.settings = self.settings, settings
        self.assistant.configure(settings)
        self._server.background.configure()
        folders = list(self.roots)
        if folders and not before.makes_the_same_index(settings):
            self.remove(folders, end_indexer=True)
            self.add(folders)

    def add(self, folders: Iterable[Path]) -> None:
        """Open ``folders``, behind."""
        self._started.set()
        for folder in folders:
            if folder in self.roots:
                continue
            root = Root(folder, self.settings, self._root_changed, self.warn_once, self._server.background.used)
            self.roots[folder] = root
            self._show_open(root)
            pause = functools.partial(root.ask_indexer, {"command": "pause"})
            self._progress[folder] = IndexingProgress(self._server, folder.name, pause)
            self.run(f"open {folder}", self._open(root))
        self.tell_soon()

    def remove(self, folders: Iterable[Path], *, end_indexer: bool = False) -> None:
        """Let go of ``folders``; those that lay in one of them are indexed by themselves."""
        removed = [root for folder in folders if (root := self.roots.pop(folder, None))]
        for root in removed:
            root.close(end_indexer=end_indexer)
            self._progress.pop(root.folder).end()
        left = [root for root in self.roots.values() if root.outer in removed]
        for root in left:
            root.follow()
        if left:
            self.run("arrange", self._arrange())
        self.folders_changed()
        self.tell_soon()

    def close(self) -> None:
        """Let go of everything."""
        self._server.background.end()
        self.generations.close()
        self.assistant.close()
        self.remove(list(self.roots))
        if self._telling:
            self._telling.cancel()
        for task in self._tasks:
            task.cancel()

    def run(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` behind; what goes wrong is logged under ``name``."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def root_of(self, path: Path) -> tuple[Root, str] | None:
        """Return the root that indexes ``path``, and the path within it."""
        root, within = min(self.roots_of(path), key=lambda item: len(item[1]), default=(None, ""))
        if root and root.outer:
            return root.outer, root.path_in_outer(within)
        return (root, within) if root else None

    def roots_of(self, path: Path) -> list[tuple[Root, str]]:
        """Return every root that holds ``path``, with the path within it."""
        return [(root, within) for root in self.roots.values() if (within := root.path_within(path)) is not None]

    def open_texts(self, root: Root) -> dict[str, str]:
        """Return the text of every document that the client has open below ``root``, by path.

        Of a file whose text is shown in a view it is that: its own bytes are no text to look at.
        """
        texts = {}
        for document in self._server.workspace.text_documents.values():
            path = convert.path_of(document.uri)
            within = root.path_within(path) if path else None
            if within is not None and is_document(within) == convert.is_text_view(document.uri):
                texts[within] = document.source
        return texts

    def uri_of(self, path: Path) -> str:
        """Return the URI of what the client shows of the file at ``path``: of a document its text, where it can."""
        experimental = self._server.client_capabilities.experimental
        shows_texts = isinstance(experimental, dict) and experimental.get(TEXT_VIEWS) is True
        return convert.text_view_of(path) if shows_texts and is_document(path.name) else convert.uri_of(path)

    def addresses(self, path: Path) -> dict[str, str]:
        """Return the fields of a result at ``path`` that say where it is: ``uri``; ``file`` where that is another."""
        shown, file = self.uri_of(path), convert.uri_of(path)
        return {"uri": shown, **({"file": file} if file != shown else {})}

    def addresses_of(self, source: Source) -> dict[str, str]:
        """Return the same of a source of an answer."""
        return self.addresses(Path(source.root) / source.path)

    def indexed(self) -> list[Root]:
        """Return the roots that have an index of their own: those that lie in no other one."""
        return [root for root in self.roots.values() if not root.outer]

    def chosen(self, name: object) -> list[Root]:
        """Return the root at the path ``name``, or all that have an index of their own where it is None.

        Raises:
            InvalidRequest: no such folder is open.
        """
        if name is None:
            return self.indexed()
        if not isinstance(name, str) or not name or "\0" in name:
            raise InvalidRequest("`root` must be the path of a folder that is open")
        path = Path(os.path.normpath(os.path.expanduser(name)))  # noqa: PTH111 -- Path's raises for unknown users
        for root in self.roots.values():
            if path == root.folder or (root.workspace and path == root.workspace.root):
                return [root]
        raise InvalidRequest(f"{name}: no such folder is open in this editor")

    def status(self) -> dict[str, Any]:
        """Return the status of all roots together and of each, as ``docs/protocol.md`` has it."""
        roots = self.indexed()
        if roots:
            together = summary([root.status for root in roots])
        else:
            together = Status("ready", message="No folder is open") if self.started else Status("starting")
        return {
            **status_json(together),
            "version": __version__,
            "answers": self.assistant.standing(),
            "summary_lines": self._server.background.standing(),
            "roots": [standing_json(root.standing) for root in roots],
        }

    async def _open(self, root: Root) -> None:
        if self.roots.get(root.folder) is not root:  # removed before its turn came
            return
        await root.open(alone=len(self.roots) == 1)
        if root.refused:
            answer = await self._server.ask(f"Starlight: {root.status.message}", ("Index it anyway", "Leave it"))
            if answer == "Index it anyway":
                await root.open(force=True)
        await self._arrange()

    async def _arrange(self) -> None:
        """Let every root that lies in another one lean on that, and all others be indexed."""
        async with self._arranging:
            for root in list(self.roots.values()):
                outer = await self._outer_of(root)
                if outer:
                    root.lean_on(*outer)
                else:
                    root.follow()
                self._show_open(root)  # once more: now it is known where the folder really is
        self.tell_soon()

    async def _outer_of(self, root: Root) -> tuple[Root, str] | None:
        """Return the widest other root that indexes the notes of ``root``, and where in it they lie."""
        folder = root.workspace.root if root.workspace else None
        if folder is None:
            return None
        earlier = True
        found: list[tuple[Root, str]] = []
        for other in list(self.roots.values()):
            if other is root:
                earlier = False
            elif other.workspace and folder.is_relative_to(other.workspace.root):
                below = await other.holding(folder)
                if below or (below == "" and earlier):  # of two names of one folder, the first has the index
                    found.append((other, below))
        return max(found, key=lambda item: len(item[1]), default=None)

    def _show_open(self, root: Root) -> None:
        for path, text in self.open_texts(root).items():
            root.show(path, text)

    def _root_changed(self, root: Root) -> None:
        if root.folder not in self.roots:
            return
        self.run("progress", self._progress[root.folder].show(root.status))
        self.index_changed(root)
        if root.status.state == "failed" and not root.refused:
            self.warn_once(f"Starlight: {root.status.message}")
        self.tell_soon()

    def warn_once(self, message: str) -> None:
        """Show the user a warning, the first time that there is this one."""
        if message not in self._said:
            self._said.add(message)
            self._server.warn(message)

    def tell_soon(self) -> None:
        """Send the status, now and then: not at every step of a run."""
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(_STATUS_INTERVAL, self._tell)

    def _tell(self) -> None:
        self._telling = None
        self._server.protocol.notify(STATUS_NOTIFICATION, self.status())

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)
