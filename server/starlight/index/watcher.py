"""Changes of a folder as they happen, by watchfiles (the system's own notifications)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from starlight.index.disk import Selection, is_note

log = logging.getLogger(__name__)

_DELETED = 3
"""watchfiles' number for a deletion; the library is imported late."""
_MANY = 500
"""More changes at once than this (another branch was checked out) are answered by looking at everything."""


class Watcher:
    """Tells ``changed`` which files and folders may have changed, in batches; None: look at everything.

    Says only that something may be different; whether it is, and whether it is a note, the index finds out.
    """

    def __init__(self, selection: Selection, changed: Callable[[set[str] | None], None]) -> None:
        self._selection = selection
        self._changed = changed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        import watchfiles

        watching = False
        try:
            for changes in watchfiles.watch(
                self._selection.root,
                watch_filter=self._concerns,
                debounce=200,
                step=50,
                stop_event=self._stop,
                rust_timeout=1000,
                yield_on_timeout=True,
                ignore_permission_denied=True,
                raise_interrupt=False,
            ):
                if not watching:  # what changed before the system began to notify was not told
                    watching = True
                    self._changed(None)
                if changes:
                    self._changed(self._paths({path for _, path in changes}))
        except (OSError, RuntimeError) as error:
            log.warning("%s cannot be watched (%s): only saved notes are noticed", self._selection.root, error)

    def _concerns(self, change: int, path: str) -> bool:
        """Whether it may be a note, or a folder of notes; of what is gone nobody can tell any more."""
        relative = self._relative(path)
        if not self._selection.covers(relative):
            return False
        return change == _DELETED or is_note(relative) or Path(path).is_dir()

    def _paths(self, paths: set[str]) -> set[str] | None:
        return None if len(paths) > _MANY else {self._relative(path) for path in paths}

    def _relative(self, path: str) -> str:
        return Path(path).relative_to(self._selection.root).as_posix()
