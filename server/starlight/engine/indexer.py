"""The indexer of a root: the one writer of its index.

Elected by a file lock.  ``run_once`` brings the index up to date and ends (the command line, the Python API);
``serve`` goes on, watching the folder, until no reader is left (the indexer process of the editors).
Either way readers can connect, follow, and ask for what changed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlight.config import Settings
from starlight.engine.control import ControlServer, Message
from starlight.engine.describe import fingerprint_of
from starlight.engine.indexing import Indexing, Report
from starlight.errors import DiskFull, IndexBusy, IndexCorrupt, IndexReadOnly, RootError, StarlightError
from starlight.index.disk import Selection
from starlight.index.ignoring import is_ignore_file
from starlight.index.location import Location, make_private, write_private
from starlight.index.records import Status
from starlight.index.watcher import Watcher
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder

log = logging.getLogger(__name__)

Listener = Callable[[Status, str], None]

_LINGER = 5.0
"""Seconds that an indexer without readers waits for one: a reloading window is back by then."""
_RETRY = 30.0
"""Seconds after which work that failed (a full disk, a folder that was away) is tried again."""

_UNUSED = 7 * 24 * 3600.0
"""Seconds after which an index of another version or model is deleted."""

_DAMAGED = "The index was damaged and was made again from your notes"


@dataclass(slots=True)
class _Requests:
    """What is to be done next.  Later requests are absorbed by the one that waits."""

    paths: set[str] = field(default_factory=set)
    tickets: list[str] = field(default_factory=list)
    """Of readers that wait until everything was looked at after they asked."""
    everything: bool = False
    rebuild: bool = False
    paused: bool = False
    ending: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(
        self, paths: set[str] | None = None, *, everything: bool = False, rebuild: bool = False, ticket: str = ""
    ) -> None:
        with self.changed:
            self.paths |= paths or set()
            self.tickets += [ticket] if ticket else []
            self.everything |= everything
            self.rebuild |= rebuild
            self.paused &= not rebuild
            self.changed.notify_all()

    def pause(self, *, paused: bool) -> None:
        with self.changed:
            self.paused = paused
            self.changed.notify_all()

    def end(self) -> None:
        with self.changed:
            self.ending = True
            self.changed.notify_all()

    def waiting(self) -> bool:
        # A pause holds bulk work up; a note that was just saved is still taken.
        return self.ending or self.rebuild or bool(self.paths) or (self.everything and not self.paused)


class Indexer:
    """Owns the lock, the writing connection and the control socket of one root."""

    def __init__(self, location: Location, settings: Settings, embedder: Embedder, listener: Listener) -> None:
        self._location = location
        self._settings = settings
        self._embedder = embedder
        self._listener = listener
        self._fingerprint = fingerprint_of(embedder)
        self._selection = Selection.of(location.root, settings)
        self._requests = _Requests()
        self._status = Status()
        self._control: ControlServer | None = None
        self._writer: Writer | None = None
        self._note = ""
        self._tickets: list[str] = []
        """Of the readers whose run this is."""
        self._done: list[str] = []
        """Tickets that were served, the latest few."""
        self._is_owed = True
        """Whether a whole run has yet to be finished: until then the index is not up to date."""
        self._is_untidy = False
        """Whether bulk work has left something that idle time is for."""
        self._failed_at: float | None = None
        self._alone_since = time.monotonic()

    def run_once(self, keep_going: Callable[[], bool] = lambda: True, *, rebuild: bool = False) -> Report:
        """Bring the index up to date and return what was done.

        Raises:
            IndexBusy: another indexer is at work.
            IndexUnavailable: the index cannot be written.
        """
        with self._elected(), self._listening():
            report = self._run(keep_going, rebuild=rebuild)
            while self._is_untidy and keep_going():
                self._tidy()
            return report

    def serve(self) -> None:
        """Keep the index up to date until no reader is left.

        Raises:
            IndexBusy: another indexer is at work.
            IndexUnavailable: the index cannot be written.
        """
        watched = Selection.watched(self._location.root, self._settings)
        watcher = Watcher(watched, self._watched, self._said, polling=self._settings.polling)
        with self._elected(), self._listening(), watcher:
            # At once; the watcher asks for another look when it has begun, which takes longer for many folders.
            self._requests.add(everything=True)
            while self._wait():
                self._next()

    @contextlib.contextmanager
    def _elected(self) -> Iterator[None]:
        import filelock

        folder = self._location.folder
        with _translated(folder):
            make_private(folder)
            lock = filelock.FileLock(self._location.lock, timeout=0, mode=0o600)
            try:
                lock.acquire()
            except filelock.Timeout:
                raise IndexBusy(f"{self._location.root}: another Starlight is indexing this folder") from None
        try:
            with _translated(folder):
                write_private(folder / "root", f"{self._location.root}\n")
            yield
        finally:
            if self._writer:
                self._writer.close()
            lock.release()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        hello: Message = {"fingerprint": self._fingerprint, "status": _wire(self._status), "done": []}
        with _translated(self._location.folder):
            self._control = ControlServer(self._location.control, hello, self._received)
        try:
            yield
        finally:
            self._control.close()
            self._control = None

    def _received(self, message: Message) -> None:
        """Take a request of a reader; called on the control server's threads."""
        command, paths, ticket = message.get("command"), message.get("paths"), str(message.get("ticket") or "")
        if command == "changed" and isinstance(paths, list):
            changed = {path for path in paths if isinstance(path, str) and "\0" not in path}
            self._requests.add(changed, everything=any(map(is_ignore_file, changed)))
        elif command == "sync":
            self._requests.add(everything=True, ticket=ticket)
            self._requests.pause(paused=False)
        elif command == "rebuild":
            self._note = _DAMAGED if message.get("damaged") else self._note
            self._requests.add(rebuild=True, ticket=ticket)
        elif command in ("pause", "resume"):
            self._requests.pause(paused=command == "pause")
        elif command == "end":
            self._requests.end()

    def _watched(self, paths: set[str] | None) -> None:
        """Take changes that the watcher saw; None: so many that everything is looked at."""
        if paths is None:
            self._requests.add(everything=True)
        else:
            self._requests.add(paths)

    def _said(self, message: str) -> None:
        """Take what the watcher says about itself; called on its thread, and stands until this indexer ends."""
        self._note = message
        self._requests.add(everything=True)

    def _wait(self) -> bool:
        """Wait for work; false when there is no reader left to work for, or the index was taken away."""
        while True:
            with self._requests.changed:
                pause = 0.0 if self._is_untidy else 1.0
                has_work = self._requests.changed.wait_for(self._requests.waiting, timeout=pause)
            if self._control and self._control.n_readers:
                self._alone_since = time.monotonic()
            elif time.monotonic() - self._alone_since > _LINGER:
                return False
            if has_work:
                return not self._requests.ending
            if self._is_untidy:
                self._tidy()
            if self._is_gone():
                log.warning("%s was deleted; the next indexer makes it again", self._location.folder)
                return False
            if self._failed_at is not None and time.monotonic() - self._failed_at > _RETRY:
                self._failed_at = None
                self._requests.add(everything=True)

    def _next(self) -> None:
        with self._requests.changed:
            rebuild, paused = self._requests.rebuild, self._requests.paused
            everything = rebuild or (self._requests.everything and not paused)
            paths, self._requests.paths = self._requests.paths, set()
            if everything:
                self._requests.rebuild = self._requests.everything = False
                self._tickets, self._requests.tickets = self._requests.tickets, []
        try:
            if everything:
                self._failed_at = None
                self._run(self._go_on, rebuild=rebuild)
            elif self._is_owed:  # paused or failed: the saved note is taken, the state stays
                self._indexing(lambda: True, quiet=True).update(paths)
                counts = self._open().status()
                self._publish(replace(self._status, files=counts.files, chunks=counts.chunks), "")
            else:
                report = self._indexing(self._go_on).update(paths)
                if report.stopped:
                    self._is_owed = self._requests.everything = True
                    self._publish_paused()
        except RootError:
            raise  # whoever follows tries again, with a watcher that watches what is there then
        except IndexCorrupt as error:
            log.warning("%s", error)
            self._note = _DAMAGED
            self._requests.add(rebuild=True)
        except StarlightError as error:
            log.warning("%s", error)
            self._failed_at = time.monotonic()
            self._serve_tickets()
            self._publish(replace(self._status, state="failed", message=str(error)), "")

    def _go_on(self) -> bool:
        """Between two batches of bulk work: notes just saved go first; a pause or a rebuild ends the run."""
        with self._requests.changed:
            if self._requests.paused or self._requests.rebuild or self._requests.ending or self._is_gone():
                self._requests.everything |= self._requests.paused
                return False
            paths, self._requests.paths = self._requests.paths, set()
        if paths:
            self._indexing(lambda: True, quiet=True).update(paths)
        return True

    def _run(self, keep_going: Callable[[], bool], *, rebuild: bool) -> Report:
        """Bring everything up to date; an index that turns out to be damaged is made again, once."""
        self._is_owed = True
        try:
            if rebuild:
                self._discard()
            report = self._indexing(keep_going).run()
        except IndexCorrupt as error:
            log.warning("%s", error)
            self._note = _DAMAGED
            self._discard()
            report = self._indexing(keep_going).run()
        self._finish(report)
        return report

    def _finish(self, report: Report) -> None:
        writer = self._open()
        self._serve_tickets()
        self._is_owed = report.stopped
        if report.stopped:
            if not self._requests.rebuild:
                self._publish_paused()
            return
        self._is_untidy |= bool(report.changed)
        self._publish(replace(writer.status(), message=self._note or _empty(report)), "")
        self._clear_away()

    def _tidy(self) -> None:
        """Do a short step of what makes searching faster; without room for it the index is right all the same."""
        try:
            self._is_untidy = self._open().tidy()
        except DiskFull as error:
            log.warning("%s", error)
            self._is_untidy = False

    def _clear_away(self) -> None:
        """Delete the indexes of other versions or models that nobody has written for a while."""
        for path in self._location.databases():
            if path != self._location.database(self._fingerprint):
                with contextlib.suppress(OSError):  # another window has it open, on Windows
                    if time.time() - path.stat().st_mtime > _UNUSED:
                        _unlink(path)

    def _serve_tickets(self) -> None:
        self._done = [*self._done, *self._tickets][-100:]
        self._tickets = []

    def _publish_paused(self) -> None:
        message = "Indexing was stopped; it goes on at the next start, or when asked"
        status = self._open().status()
        self._publish(replace(status, state="paused", queue=self._status.queue, message=message), "")

    def _indexing(self, keep_going: Callable[[], bool], *, quiet: bool = False) -> Indexing:
        publish = (lambda _status, _path: None) if quiet else self._publish
        return Indexing(self._selection, self._open(), self._embedder, self._settings, publish, keep_going)

    def _open(self) -> Writer:
        if self._writer is None:
            path = self._location.database(self._fingerprint)
            self._is_untidy |= _has_log(path)
            try:
                self._writer = Writer(path)
            except IndexCorrupt as error:
                log.warning("%s", error)
                self._note = _DAMAGED
                self._discard()
                self._writer = Writer(path)
        return self._writer

    def _is_gone(self) -> bool:
        """Whether somebody deleted the files that this indexer works on: they may, at any time."""
        database = self._location.database(self._fingerprint)
        return not self._location.control.exists() or (self._writer is not None and not database.exists())

    def _discard(self) -> None:
        """Throw the index away.  Readers notice that the file is another one and open it anew."""
        if self._writer:
            self._writer.close()
            self._writer = None
        _unlink(self._location.database(self._fingerprint))

    def _publish(self, status: Status, path: str) -> None:
        self._status = status
        if self._writer and status.state != "failed":
            self._writer.publish(status)
        if self._control:
            self._control.broadcast({"status": _wire(status), "done": self._done})
        self._listener(status, path)


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Turn what the disk says of the files beside the index into errors for people."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"{folder}: no space is left for the index; free some and run again: it goes on") from error
        raise IndexReadOnly(
            f"{folder}: the index cannot be written ({error.strerror}); "
            "change its permissions, or set XDG_CACHE_HOME to a folder that can be"
        ) from error


def _empty(report: Report) -> str:
    return "" if report.files or report.failed else "There are no notes here (files ending in .md or .markdown)"


def _wire(status: Status) -> dict[str, Any]:
    return dataclasses.asdict(status)


def _has_log(path: Path) -> bool:
    """Whether the writer before this one was killed, which leaves its log and maybe work for idle time."""
    log_ = path.with_name(f"{path.name}-wal")
    return log_.exists() and log_.stat().st_size > 0


def _unlink(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
