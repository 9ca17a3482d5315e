"""Changes of a folder as they happen: which of them may matter to the index."""

from __future__ import annotations

import functools
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from starlight.errors import RootError
from starlight.index import notifying
from starlight.index.disk import Selection
from starlight.index.ignoring import is_ignore_file

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

log = logging.getLogger(__name__)

_ADDED, _DELETED = 1, 3
"""watchfiles' numbers for kinds of changes."""
_MANY = 500
"""More changes at once than this (another branch was checked out) are answered by looking at everything."""
_DEBOUNCE, _STEP, _TIMEOUT = 200, 50, 1_000
"""Milliseconds that changes are gathered for at most, that pass without a further one, and that stopping takes."""
_ATTEMPTS = 5
"""Folders that vanish while they begin to be watched are listed anew so often."""


class Watcher:
    """Tells ``changed`` which files and folders may have changed, in batches; None: look at everything.

    None comes first of all, as soon as watching has begun, or cannot begin.
    Says only that something may be different; whether it is, and whether it is a note, the index finds out.
    ``said`` is told, in a sentence for people, when changes are noticed late or not at all.
    With ``polling`` it looks again and again in place of being told by the system.
    """

    def __init__(
        self,
        selection: Selection,
        changed: Callable[[set[str] | None], None],
        said: Callable[[str], None] = lambda _message: None,
        *,
        polling: bool = False,
    ) -> None:
        self._selection = selection
        self._changed = changed
        self._said = said
        self._polling = polling
        self.mode = ""
        """How changes are noticed: ``native``, ``polling``, or not (yet): empty."""
        self._folders: set[str] = set()
        self._above = selection.state_above()
        self._storm = notifying.queue_length() // 4
        """Changes after which some may have been lost: each is several events, and a full queue takes no more."""
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
        notify = self._unless_gone(self._begun)
        self._changed(None)  # what changed before was not told
        while notify:
            notify = self._unless_gone(functools.partial(self._next, notify))

    def _unless_gone(self, work: Callable[[], RustNotify | None]) -> RustNotify | None:
        try:
            return work()
        except RootError as error:  # the indexer meets it too, and says so
            log.warning("%s", error)
            return None

    def _next(self, notify: RustNotify) -> RustNotify | None:
        """Wait for changes and tell of them; returns what watches from now on, None at the end."""
        try:
            raw = notify.watch(_DEBOUNCE, _STEP, _TIMEOUT, self._stop)
        except RuntimeError as error:  # such as a name in no encoding
            log.warning("%s: %s; watching begins again", self._selection.root, error)
            notify.close()
            self._stop.wait(_TIMEOUT / 1000)
            begun = self._begun()
            self._changed(None)
            return begun
        if raw == "timeout":
            return self._above_looked_at(notify)
        if isinstance(raw, str):
            notify.close()
            return None
        return self._take(raw, notify)

    def _above_looked_at(self, notify: RustNotify) -> RustNotify | None:
        """Look at the ignore files above the root, which are not watched; returns what watches from now on."""
        above = self._selection.state_above()
        if above == self._above:
            return notify
        self._above = above
        begun, _ = self._widened(notify, ())
        self._changed(None)
        return begun

    def _take(self, raw: set[tuple[int, str]], notify: RustNotify | None) -> RustNotify | None:
        while raw and notify:
            notify, raw = self._taken(raw, notify)
        return notify

    def _taken(self, raw: set[tuple[int, str]], notify: RustNotify) -> tuple[RustNotify | None, set[tuple[int, str]]]:
        """Tell of what ``raw`` says; returns what watches from now on, and what was not told of until it did."""
        changes = list(self._relative(raw))
        other_rules = any(self._is_ignore_file(path) for _, path in changes)
        paths = {path for change, path in changes if self._concerns(change, path)}
        made = {path for change, path in changes if change == _ADDED and path in paths and self._is_folder(path)}
        begun, rest = self._widened(notify, made) if made or other_rules else (notify, set())
        if other_rules or len(paths) > _MANY or len(raw) > self._storm:
            self._changed(None)
        elif paths:
            self._changed(paths)
        return begun, rest

    def _concerns(self, change: int, path: str) -> bool:
        """Whether it may be a note, or a folder of notes; of what is gone nobody can tell any more."""
        if not path or not (change == _DELETED or self._selection.takes(path) or self._is_folder(path)):
            return False
        return self._selection.covers(path)

    def _is_ignore_file(self, path: str) -> bool:
        return is_ignore_file(path) and self._selection.covers(path.rpartition("/")[0])

    def _is_folder(self, path: str) -> bool:
        return (self._selection.root / path).is_dir()

    def _relative(self, raw: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        start = len(f"{self._selection.root}{os.sep}")
        return ((change, path[start:].replace(os.sep, "/")) for change, path in raw)

    def _begun(self) -> RustNotify | None:
        """Begin to watch in the best way that works; None where none does."""
        why = ""
        if not self._polling:
            remote = notifying.remote_file_system(self._selection.root)
            if remote:
                why = f"the folder lies on another machine ({remote})"
            else:
                try:
                    return self._started(polling=False)
                except (OSError, RuntimeError) as error:
                    why = notifying.reason(error)
        try:
            notify = self._started(polling=True)
        except (OSError, RuntimeError) as error:
            self.mode = ""
            self._say(f"Only notes that you save in an editor are noticed: {notifying.reason(error)}")
            return None
        if why:
            self._say(f"Changes from outside are noticed after {notifying.POLL:g} seconds, not at once: {why}")
        self._polling = True
        return notify

    def _started(self, *, polling: bool) -> RustNotify:
        for attempt in range(_ATTEMPTS):
            self._folders = set(self._listed())
            try:
                notify = notifying.notifications(self._selection.root, self._folders, polling=polling)
            except FileNotFoundError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                self.mode = "polling" if polling else "native"
                return notify
        raise AssertionError("the last attempt raises")

    def _widened(self, notify: RustNotify, made: Iterable[str]) -> tuple[RustNotify | None, set[tuple[int, str]]]:
        """Return what watches the folders of now too: those that were made, or that no rule leaves out any more.

        With it comes what the old one was told of until the new one watched, which nobody has heard of.
        """
        if not notifying.BY_FOLDER:
            return notify, set()
        rest: set[tuple[int, str]] = set()
        while True:
            begun = self._begun()
            rest |= self._left(notify)
            notify.close()
            # One that was made after its parent was listed, and before that was watched, was not told.
            if begun is None or self._folders.issuperset(folder for path in made for folder in self._listed(path)):
                return begun, rest
            notify = begun

    def _left(self, notify: RustNotify) -> set[tuple[int, str]]:
        """Return what ``notify`` was told of and has not said."""
        try:
            raw = notify.watch(_DEBOUNCE, _STEP, _STEP, self._stop)
        except RuntimeError:  # such as a name in no encoding
            self._changed(None)
            return set()
        return raw if isinstance(raw, set) else set()

    def _listed(self, below: str = "") -> Iterator[str]:
        """Yield the folders to be watched; of one whose name is in no encoding nothing is indexed."""
        return (folder for folder in self._selection.folders(below) if notifying.can_be_named(folder))

    def _say(self, message: str) -> None:
        log.warning("%s: %s", self._selection.root, message)
        self._said(message)
