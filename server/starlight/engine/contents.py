"""The texts of notes for those who ask, off a disk that may not answer.

Reading waits for the disk, and nothing ends such a wait: so it is done on a thread that can be left behind.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlight.engine.describe import hash_of
from starlight.engine.document_process import Interrupted
from starlight.engine.documents import Documents
from starlight.engine.selected import takes_long
from starlight.errors import NoteError
from starlight.index import disk
from starlight.index.disk import Fact
from starlight.index.records import StoredPassage
from starlight.readers.document import Document, Locator

log = logging.getLogger(__name__)

Limit = Callable[[str], tuple[int, str]]
"""Gives how many bytes the file at a path may have, and the setting that says so."""

_PATIENCE = 0.5
"""Seconds after which the file that is read is left: those of a search together take some milliseconds."""
_KEPT = 4_000_000
"""Characters of notes that were read last are kept: whoever types on is shown much the same ones again."""
_TRIES = 3
"""So many are left in one search; what was not read then is not."""
_MOST_LEFT = 8
"""Threads that hang; with so many nothing more is read until one goes on."""


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a whole note, and the hash of its bytes."""

    text: str
    hash: bytes
    document: Document | None = None
    """What it says, where it is no Markdown; ``text`` is that of it."""

    def locator(self, offset: int) -> Locator | None:
        """Return the page or cell that ``offset`` of the text is on; None where there is none."""
        return self.document.locator(offset) if self.document else None


class Contents:
    """Reads notes below one root.  Use it on one thread."""

    def __init__(
        self, root: Path, limit: Limit, documents: Documents | None = None, patience: float = _PATIENCE
    ) -> None:
        self._root = root
        self._limit = limit
        self._documents = documents or Documents()
        self._patience = patience
        self._begun: set[bytes] = set()
        """Content hashes of documents that were not kept, and that are being read again, or cannot be."""
        self._worker: _Worker | None = None
        self._left: list[_Worker] = []
        """Those whose file does not answer."""
        self._last: dict[str, tuple[Fact, Content]] = {}
        """Notes that were read last, by path; the newest at the end."""
        self._size = 0
        """How many characters these have."""
        self._keeping = threading.Lock()
        """Held to look at or change both: a worker that was left goes on beside the next one."""

    def read(self, notes: Mapping[str, StoredPassage | None]) -> dict[str, Content | None]:
        """Return what the files at the paths ``notes`` hold, of each of which one passage may be known.

        None where one is gone, or unreadable; those that the disk does not give in time are left out.
        """
        self._left = [worker for worker in self._left if worker.is_busy]
        awaited = {worker.path for worker in self._left}
        todo = {path: passage for path, passage in notes.items() if path not in awaited}
        found: dict[str, Content | None] = {}
        for _ in range(_TRIES):
            if not todo or len(self._left) >= _MOST_LEFT or self._fill(found, todo):
                break
            awaited = {worker.path for worker in self._left}
            todo = {path: passage for path, passage in todo.items() if path not in found and path not in awaited}
        return dict(found)

    def close(self) -> None:
        """Let the thread end."""
        if self._worker:
            self._worker.close()
            self._worker = None
        self._documents.close()

    def _fill(self, found: dict[str, Content | None], notes: Mapping[str, StoredPassage | None]) -> bool:
        """Put what the files of ``notes`` hold into ``found``; false where that took too long."""
        worker = self._worker = self._worker or _Worker()

        def read() -> None:
            end = time.monotonic() + self._patience
            for path, passage in notes.items():
                worker.path = path
                found[path] = self._content(path, passage)
                if time.monotonic() > end:
                    return

        if worker.work(read, self._patience):
            return True
        self._left.append(worker)
        worker.close()  # when it goes on
        self._worker = None
        return False

    def _content(self, path: str, passage: StoredPassage | None) -> Content | None:
        try:
            is_kept = passage and passage.fact and takes_long(path, passage.fact.size)
            known = self._kept(path, passage) if is_kept else self._remembered(path)
            return known or self._fresh(path, passage)
        except (NoteError, OSError, Interrupted):
            return None
        except Exception:  # whatever it is, it costs that file alone, and the thread reads on
            log.exception("%s cannot be read; please report this", path)
            return None

    def _fresh(self, path: str, passage: StoredPassage | None) -> Content | None:
        data, fact = disk.read_with_fact(self._root, path, *self._limit(path))
        # A file of that fact has the bytes that were indexed, unless it was too young to tell.
        is_same = passage and fact.ctime_ns and fact == passage.fact
        hash_ = passage.note_hash if passage and is_same else hash_of(data, path)
        document = self._document(path, data, hash_)
        if takes_long(path, len(data)):
            return Content(document.text, hash_, document) if document else None
        content = Content(document.text if document else disk.decode(data), hash_, document)
        if fact.ctime_ns:
            self._remember(fact, content)
        return content

    def _document(self, path: str, data: bytes, hash_: bytes) -> Document | None:
        """Return what a document says; None while that is found out, which takes too long to wait for."""
        if not takes_long(path, len(data)):
            return self._documents.read(path, data, hash_)
        document = self._documents.kept(hash_)
        if document is None and hash_ not in self._begun:
            self._begun.add(hash_)
            self._documents.begin(path, data, hash_)  # the next one who asks finds it kept
        return document

    def _remembered(self, path: str) -> Content | None:
        """Return what a note said that was read lately and is as it was; None where it has to be read."""
        known = self._last.get(path)
        if known is None or disk.fact_of(path, os.stat(self._root / path)) != known[0]:  # noqa: PTH116
            return None
        self._remember(*known)
        return known[1]

    def _remember(self, fact: Fact, content: Content) -> None:
        with self._keeping:
            self._forget(fact.path)
            self._last[fact.path] = fact, content
            self._size += len(content.text)
            while self._size > _KEPT:
                self._forget(next(iter(self._last)))

    def _forget(self, path: str) -> None:
        known = self._last.pop(path, None)
        self._size -= len(known[1].text) if known else 0

    def _kept(self, path: str, passage: StoredPassage | None) -> Content | None:
        """Return what is kept of a document that is as it was indexed; None where it has to be read."""
        if passage is None or disk.fact_of(path, os.stat(self._root / path)) != passage.fact:  # noqa: PTH116
            return None
        document = self._documents.kept(passage.note_hash)
        return Content(document.text, passage.note_hash, document) if document else None


class _Worker:
    """A thread that does one work at a time, and that nobody waits for when the process ends."""

    def __init__(self) -> None:
        self._works: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._done = threading.Semaphore(0)
        self.is_busy = False
        self.path = ""
        """What it reads, or read last."""
        threading.Thread(target=self._run, name="contents", daemon=True).start()

    def work(self, work: Callable[[], None], patience: float) -> bool:
        """Do ``work``; false where it was not done after ``patience`` seconds."""
        self.is_busy = True
        self._works.put(work)
        return self._done.acquire(timeout=patience)

    def close(self) -> None:
        """End when the work is done."""
        self._works.put(None)

    def _run(self) -> None:
        while work := self._works.get():
            try:
                work()
            finally:
                self.is_busy = False
                self._done.release()
