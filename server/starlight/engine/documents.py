"""What files of other formats than Markdown say: at once, from what is kept of it, or by processes of its own."""

from __future__ import annotations

import concurrent.futures
import logging
import queue
import threading
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from starlight.engine.document_process import DocumentProcess, Interrupted, KeepGoing
from starlight.engine.selected import takes_long
from starlight.errors import IndexBusy, NoteError
from starlight.index.cache import Cache
from starlight.readers import formats, stored
from starlight.readers.document import Document
from starlight.readers.formats import Format

log = logging.getLogger(__name__)

Waiting = Callable[[KeepGoing], "Document | None"]
"""Waits for what a file says, and returns it; None for a Markdown note.  Raises what ``Documents.read`` does."""

_LOOK = 0.05
"""Seconds between two times that the one who waits is asked whether to go on."""


class Documents:
    """Reads documents.  For any thread.

    ``cache`` keeps what takes long to read; without it, it is read each time.  ``n`` files are read at once, each in a
    process that is started when it is needed.
    """

    def __init__(self, cache: Cache | None = None, n: int = 1) -> None:
        self._cache = cache
        self._n = n
        self._processes = [DocumentProcess() for _ in range(n)]
        self._idle: queue.SimpleQueue[DocumentProcess] = queue.SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._begun: dict[Future[Document], threading.Event] = {}
        """What is read or waits to be, and what ends that."""
        self._is_closed = False

    def read(self, path: str, data: bytes, hash_: bytes, keep_going: KeepGoing = lambda: True) -> Document | None:
        """Return what the file at ``path`` says, of those bytes with that content hash; None for a Markdown note.

        Raises:
            NoteError: it cannot be read.
            Interrupted: it takes long, and ``keep_going``, which is asked now and then, said no; or this was closed.
        """
        return self.begin(path, data, hash_)(keep_going)

    def begin(self, path: str, data: bytes, hash_: bytes) -> Waiting:
        """Begin to read the file at ``path``, and return what waits for it; nobody need do that.

        Raises:
            Interrupted: this was closed.
        """
        known = formats.format_of(path)
        if known is None:
            return lambda _: None
        name = path.rpartition("/")[2]
        if not takes_long(path, len(data)):
            return lambda _: _read(known, data, name)
        document = self.kept(hash_)
        if document:
            return lambda _: document
        future = self._submitted(known, data, name, hash_)
        return lambda keep_going: self._wait(future, keep_going)

    def kept(self, hash_: bytes) -> Document | None:
        """Return what is kept of a document with that content hash; None where nothing is."""
        content = self._cache.document(hash_) if self._cache else None
        if content is None:
            return None
        try:
            return stored.from_json(zlib.decompress(content))
        except (ValueError, zlib.error) as error:
            log.warning("a document that was kept cannot be used (%s) and is read again", error)
            return None

    def forget(self, hashes: Iterable[bytes]) -> None:
        """Let go of what is kept of documents with those content hashes: there are none any more."""
        if self._cache:
            try:
                self._cache.forget_documents(list(hashes))
            except IndexBusy as error:
                log.info("%s", error)

    def close(self) -> None:
        """End the processes, whatever they are doing; nothing is read any more."""
        with self._lock:
            self._is_closed = True
            threads, self._threads = self._threads, None
        self._interrupt()
        if threads:
            threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.close()

    def _submitted(self, known: Format, data: bytes, name: str, hash_: bytes) -> Future[Document]:
        stop = threading.Event()
        with self._lock:
            if self._is_closed:
                raise Interrupted
            self._threads = self._threads or ThreadPoolExecutor(self._n, "documents")
            future = self._threads.submit(self._read, known, data, name, hash_, stop)
            self._begun[future] = stop
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[Document]) -> None:
        with self._lock:
            self._begun.pop(future, None)

    def _read(self, known: Format, data: bytes, name: str, hash_: bytes, stop: threading.Event) -> Document:
        process = self._idle.get()
        try:
            document = process.read(known, data, name, lambda: not stop.is_set())
        except OSError as error:
            raise NoteError(f"cannot be read: no process can be started for it ({error})") from error
        finally:
            self._idle.put(process)
        if self._cache:
            try:
                self._cache.keep_document(hash_, zlib.compress(stored.to_json(document).encode()))
            except IndexBusy as error:  # it costs time later
                log.info("%s", error)
        return document

    def _wait(self, future: Future[Document], keep_going: KeepGoing) -> Document:
        while not concurrent.futures.wait([future], _LOOK).done:
            if not keep_going():
                self._interrupt()
                raise Interrupted
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise Interrupted from None

    def _interrupt(self) -> None:
        """End what was begun."""
        with self._lock:
            begun = dict(self._begun)
        for future, stop in begun.items():
            stop.set()
            future.cancel()


def _read(known: Format, data: bytes, name: str) -> Document:
    """Read a small text in this process: its readers take a moment, whatever it says."""
    try:
        return formats.read(known, data, name)
    except NoteError:
        raise
    except Exception as error:  # whatever a file does to a reader, it costs that file alone
        log.exception("%s cannot be read", name)
        raise NoteError(f"cannot be read ({type(error).__name__}: {error}); please report this") from error
