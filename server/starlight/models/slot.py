"""The one place for a loaded model: of all windows of a user, one at a time holds it.

Two locks in the user's state folder.  Whoever loads a model holds ``model.lock``; whoever waits for it first takes
``next.lock``, so one waits at the head, and the holder sees in that lock that somebody waits and gives way between
two answers.  Both are the operating system's: they end with their process.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import filelock

_RETRY = 0.05
"""Seconds until a lock that is held is tried again."""


def state_folder() -> Path:
    """Return the folder of the locks, made where there is none."""
    import platformdirs

    folder = platformdirs.user_state_path("starlight", appauthor=False) / "model"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class Slot:
    """This process's hold on it; for use by one thread."""

    def __init__(self, folder: Path) -> None:
        import filelock

        self._next = filelock.FileLock(folder / "next.lock", mode=0o600)
        self._held = filelock.FileLock(folder / "model.lock", mode=0o600)

    def take(self, keep_going: Callable[[], bool], waiting: Callable[[], None]) -> bool:
        """Wait until it is ours; false where ``keep_going`` ended that.  ``waiting`` is called if others come first."""
        if not (_try(self._next) and _try(self._held)):
            waiting()
        try:
            return _wait(self._next, keep_going) and _wait(self._held, keep_going)
        finally:
            self._next.release(force=True)

    def is_wanted(self) -> bool:
        """Whether somebody waits for it."""
        free = _try(self._next)
        if free:
            self._next.release(force=True)
        return not free

    def release(self) -> None:
        """Let others have it."""
        self._held.release(force=True)


class Alone:
    """Of all windows of a user one at a time does what is called ``name``.  For use on one thread."""

    def __init__(self, folder: Path, name: str) -> None:
        import filelock

        self._lock = filelock.FileLock(folder / f"{name}.lock", mode=0o600)

    def take(self) -> bool:
        """Be the one; false where another is."""
        return self._lock.is_locked or _try(self._lock)

    def release(self) -> None:
        """Let another be the one."""
        self._lock.release(force=True)


def _wait(lock: filelock.BaseFileLock, keep_going: Callable[[], bool]) -> bool:
    pause = Event()
    while not (lock.is_locked or _try(lock)):
        if not keep_going():
            return False
        pause.wait(_RETRY)
    return True


def _try(lock: filelock.BaseFileLock) -> bool:
    import filelock

    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return False
    return True
