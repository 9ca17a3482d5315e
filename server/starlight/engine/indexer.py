"""The indexer of a root: the one writer of its index.

Elected by a file lock.  ``run_once`` brings the index up to date and ends (the command line, the Python API);
``serve`` goes on, watching the folder, until no reader is left (the indexer process of the editors).
Either way readers can connect, follow, and ask for what changed.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from starlight.config import Settings
from starlight.engine.control import ControlServer, Message
from starlight.engine.describe import fingerprint_of
from starlight.engine.documents import Documents
from starlight.engine.idle_work import IdleWork
from starlight.engine.indexing import Indexing, Report
from starlight.engine.requests import Requests
from starlight.engine.selected import NOTHING_HERE, selection, watched
from starlight.errors import (
    DiskFull,
    IndexBusy,
    IndexCorrupt,
    IndexTooNew,
    RootError,
    StarlightError,
)
from starlight.index.cache import Cache
from starlight.index.databases import Databases
from starlight.index.ignoring import is_ignore_file
from starlight.index.location import Location
from starlight.index.records import STOPPED, Status
from starlight.index.watcher import Watcher
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from starlight.private import make_private, write_private

log = logging.getLogger(__name__)

Listener = Callable[[Status], None]

_LINGER = 5.0
"""Seconds that an indexer without readers waits for one: a reloading window is back by then."""
_MANY = 5_000
"""Notes from which on watching begins after the first look."""
_RETRY = 30.0
"""Seconds after which work that failed (a full disk, a folder that was away) is tried again."""
_TELLING = 1_000_000
"""Bytes that a run must have read for its rate to say something."""

_DOCUMENTS_AT_ONCE = 2
"""Processes that read documents, while this one has something to do too."""

_DAMAGED = "The index was damaged and was made again from your notes"


class Indexer:
    """Owns the lock, the writing connection and the control socket of one root."""

    def __init__(self, location: Location, settings: Settings, embedder: Embedder, listener: Listener) -> None:
        self._location = location
        self._settings = settings
        self._embedder = embedder
        self._listener = listener
        self._fingerprint = fingerprint_of(embedder)
        self._selection = selection(location.root, settings)
        self._requests = Requests()
        self._status = Status()
        self._control: ControlServer | None = None
        self._databases = Databases(location, self._fingerprint)
        self._note = ""
        self._rate = 0.0
        self._watcher: Watcher | None = None
        self._cache = Cache(location.cache, settings.refiner_cache_bytes)
        self._documents = Documents(self._cache, _DOCUMENTS_AT_ONCE)
        database, near = location.database(self._fingerprint), location.neighbours(self._fingerprint)
        self._idle = IdleWork(location, database, near, settings, self._cache, embedder.dim)
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
        selected = watched(self._location.root, self._settings)
        self._watcher = Watcher(selected, self._watched, self._said, polling=self._settings.polling)
        with self._elected(), self._listening(), contextlib.ExitStack() as watching:
            # To begin to watch many folders takes seconds, in which nothing else would happen: first a look at them.
            if self._is_large():
                self._requests.add(everything=True)
                self._next()
            watching.enter_context(self._watcher)  # which asks for a look at everything when it has begun
            while self._wait():
                self._next()

    def _is_large(self) -> bool:
        try:
            return self._open().status().files > _MANY
        except StarlightError:  # met again, and said, when there is work
            return False

    @contextlib.contextmanager
    def _elected(self) -> Iterator[None]:
        import filelock

        folder = self._location.folder
        with self._location.writing():
            make_private(folder)
            lock = filelock.FileLock(self._location.lock, timeout=0, mode=0o600)
            try:
                lock.acquire()
            except filelock.Timeout:
                raise IndexBusy(f"{self._location.root}: another Starlight is indexing this folder") from None
        try:
            with self._location.writing():
                write_private(folder / "root", f"{self._location.root}\n")
            self._is_untidy = self._databases.were_left
            yield
        finally:
            self._idle.close()
            self._documents.close()
            self._cache.close()
            self._databases.close()
            lock.release()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        hello: Message = {
            "fingerprint": self._fingerprint,
            "settings": self._settings.of_index(),
            "status": asdict(self._status),
            "done": [],
        }
        with self._location.writing():
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
            self._requests.add(rebuild=True, ticket=ticket)
        elif command == "damaged":
            self._note = _DAMAGED
            self._requests.discard()
        elif command in ("pause", "resume"):
            self._requests.pause(paused=command == "pause")
        elif command == "used":
            self._idle.used()
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
                pause = 0.0 if self._is_untidy else self._idle.pause
                has_work = self._requests.changed.wait_for(self._has_work, timeout=pause)
            if self._control and self._control.n_readers:
                self._alone_since = time.monotonic()
            elif time.monotonic() - self._alone_since > _LINGER:
                return False
            if has_work:
                return not self._requests.ending
            if self._is_untidy:
                self._tidy()
            elif not self._is_owed and not self._requests.paused:
                self._use_idle_time()
            if self._is_gone():
                log.warning("%s was deleted; the next indexer makes it again", self._location.folder)
                return False
            if self._failed_at is not None and time.monotonic() - self._failed_at > _RETRY:
                self._failed_at = None
                self._requests.add(everything=True)

    def _use_idle_time(self) -> None:
        """Do a short step of what is prepared for later."""
        if known := self._idle.go_on(self._open, lambda: self._publish(self._status)):
            self._requests.add(known)

    def _has_work(self) -> bool:
        """Whether something waits; that somebody paused or resumed has to be told, too."""
        return self._requests.waiting() or self._requests.paused != self._status.paused

    def _next(self) -> None:
        self._idle.begin_again()
        with self._requests.changed:
            rebuild, damaged, paused = self._requests.rebuild, self._requests.damaged, self._requests.paused
            everything = rebuild or (self._requests.everything and not paused)
            paths, self._requests.paths = self._requests.paths, set()
            if everything:
                self._requests.rebuild = self._requests.damaged = self._requests.everything = False
                self._tickets, self._requests.tickets = self._requests.tickets, []
        try:
            if damaged:
                self._databases.discard()
            if everything:
                self._failed_at = None
                self._run(self._go_on, rebuild=rebuild and not damaged)
            elif self._is_owed:  # paused or failed: the saved note is taken, the state stays
                self._take(paths)
                before = self._status
                self._publish(
                    replace(self._open().status(), state=before.state, queue=before.queue, message=before.message)
                )
            else:
                report = self._indexing(self._open(), self._go_on, self._publish).update(paths)
                if report.stopped:
                    self._is_owed = self._requests.everything = True
                    self._publish_paused(report)
                else:
                    self._publish_ready(report)
        except RootError:
            raise  # whoever follows tries again, with a watcher that watches what is there then
        except IndexCorrupt as error:
            log.warning("%s", error)
            self._note = _DAMAGED
            self._requests.discard()
        except StarlightError as error:
            log.warning("%s", error)
            self._failed_at = time.monotonic()
            self._serve_tickets()
            self._publish(replace(self._status, state="failed", message=str(error)))

    def _go_on(self) -> bool:
        """Between two batches of bulk work: notes just saved go first; a pause or a rebuild ends the run."""
        with self._requests.changed:
            if self._requests.paused or self._requests.rebuild or self._requests.ending or self._is_gone():
                self._requests.everything |= self._requests.paused
                return False
            paths, self._requests.paths = self._requests.paths, set()
        if paths:
            self._take(paths)
        return True

    def _take(self, paths: set[str]) -> None:
        """Bring notes that were just saved up to date, whatever else goes on: also in the index that is searched.

        Documents take long to read: they wait for the next run.
        """
        writers = {self._open(), self._databases.target()}
        left = sum(self._indexing(writer).update(paths, texts_only=True).left for writer in writers)
        if left:
            self._requests.add(everything=True)

    def _run(self, keep_going: Callable[[], bool], *, rebuild: bool) -> Report:
        """Bring everything up to date; an index that turns out to be damaged is made again, once."""
        self._is_owed = True
        try:
            if rebuild:
                self._begin_rebuild()
            report = self._bulk(keep_going)
        except IndexCorrupt as error:
            log.warning("%s", error)
            self._note = _DAMAGED
            self._databases.discard()
            report = self._bulk(keep_going)
        self._finish(report)
        return report

    def _begin_rebuild(self) -> None:
        """Let what is searched serve until another index is complete, unless there is no use in it."""
        try:
            n_notes = self._databases.current().status().files
        except (IndexCorrupt, IndexTooNew) as error:
            log.warning("%s", error)
            self._databases.discard()
        else:
            if n_notes:
                self._databases.begin_rebuild()

    def _bulk(self, keep_going: Callable[[], bool]) -> Report:
        self._rate = self._rate or self._open().published().rate
        return self._indexing(self._databases.target(), keep_going, self._publish).run()

    def _finish(self, report: Report) -> None:
        if report.bytes > _TELLING:
            self._rate = round(report.bytes / report.seconds, 1)
        self._serve_tickets()
        self._is_owed = report.stopped
        if report.stopped:
            if not self._requests.rebuild:
                self._publish_paused(report)
            return
        self._databases.finish_rebuild()
        self._is_untidy |= bool(report.changed)
        self._publish_ready(report)
        self._databases.clear_away()

    def _tidy(self) -> None:
        """Do a short step of what makes searching faster; without room for it the index is right all the same."""
        try:
            self._is_untidy = self._open().tidy()
        except DiskFull as error:
            log.warning("%s", error)
            self._is_untidy = False

    def _serve_tickets(self) -> None:
        self._done = [*self._done, *self._tickets][-100:]
        self._tickets = []

    def _publish_paused(self, report: Report) -> None:
        self._publish(replace(self._open().status(), state="paused", queue=report.left, message=STOPPED))

    def _publish_ready(self, report: Report) -> None:
        self._idle.look(self._open)
        self._publish(
            replace(
                self._open().status(), message=self._note or ("" if report.files or report.failed else NOTHING_HERE)
            )
        )

    def _indexing(
        self, writer: Writer, keep_going: Callable[[], bool] = lambda: True, publish: Listener = lambda _status: None
    ) -> Indexing:
        return Indexing(self._selection, writer, self._embedder, self._settings, publish, keep_going, self._documents)

    def _open(self) -> Writer:
        try:
            return self._databases.current()
        except IndexCorrupt as error:
            log.warning("%s", error)
            self._note = _DAMAGED
            self._databases.discard()
            return self._databases.current()

    def _is_gone(self) -> bool:
        """Whether somebody deleted the files that this indexer works on: they may, at any time."""
        return not self._location.control.exists() or self._databases.is_gone

    def _publish(self, status: Status) -> None:
        """Tell everybody how it stands: of the index that is searched, whichever is worked on."""
        paused, rebuilding = self._requests.paused, self._databases.is_rebuilding
        rate = status.rate or self._rate
        watching = self._watcher.mode if self._watcher else ""
        status = self._idle.told(status)
        self._status = replace(status, rate=rate, paused=paused, rebuilding=rebuilding, watching=watching)
        if self._databases.is_open and status.state != "failed":
            writer = self._databases.current()
            if rebuilding:
                self._status = self._status.counting(writer.status())
            writer.publish(self._status)
        if self._control:
            self._control.broadcast({"status": asdict(self._status), "done": self._done})
        self._listener(self._status)
