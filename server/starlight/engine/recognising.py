"""The text of scanned PDF files, and of scanned pages of others, recognised while nothing else is to be done.

The indexer does this in its idle time, page by page, on a thread that waits for two processes: one makes the image of a
page, the other is tesseract (``engine/tesseract.py``).  What a page says is kept at once, so that nothing is done
twice; when all pages of a file are done, it is indexed as any other document is.  Which files wait is asked of the
index: it has the reason why a scan has no text, and the problem of a file whose pages are scanned in part.
"""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from starlight.config import Settings
from starlight.engine.describe import hash_of
from starlight.engine.document_process import DocumentProcess, Interrupted
from starlight.engine.idle import rest_after
from starlight.engine.selected import limit_of
from starlight.engine.tesseract import RecognitionUnavailable, Tesseract
from starlight.errors import IndexBusy, NoteError, StarlightError
from starlight.index import disk
from starlight.index.cache import Cache
from starlight.index.disk import Fact
from starlight.index.records import Status
from starlight.readers import hocr, stored
from starlight.readers.document import Document, is_part_scan, is_scan, listed

log = logging.getLogger(__name__)

MOST_PAGES = 2_000
"""Of a file that are recognised: a whole day of one core."""
_MOST_IN_A_ROW = 3
"""Pages that fail one after the other before their file is given up."""
_RETRY = 60.0
"""Seconds after which it is looked again for what was missing."""
_KIND = "pdf"
"""Of the files that may be scanned in part."""
_UNRECOGNISED = "pages whose text could not be recognised"
_AT_ONCE = 8
"""Files that are indexed together, so that the index does not change after each."""


@dataclass(slots=True)
class _Scan:
    """A file that is recognised."""

    path: str
    is_part: bool
    """Whether the file is in the index, with the text of its other pages."""
    fact: Fact | None = None
    hash: bytes = b""
    wanted: Sequence[int] = ()
    """The numbers of the pages that are to be recognised; empty until that is known."""
    n_more: int = 0
    """How many there are beyond these."""
    pages: dict[int, str] = field(default_factory=dict)
    """What was recognised, by the number of the page (``hocr.to_json``); empty for one that failed."""
    failed: dict[int, str] = field(default_factory=dict)
    content: bytes = b""
    """What it says, to be kept, when all of them are done."""
    is_known: bool = False
    """Whether that is kept."""

    def next(self) -> int:
        """Return the number of the first page that was not looked at; 0 where there is none."""
        return next((number for number in self.wanted if number not in self.pages), 0)


class Index(Protocol):
    """What of the index is needed: which files are not in it, or not whole, and to say so (``index.writer``)."""

    def failures(self) -> Mapping[str, str]:
        """Return why files are not in it, by path."""
        ...

    def fail(self, failures: Mapping[str, str], facts: Mapping[str, Fact] | None = None) -> None:
        """Record reasons; a file with its fact is not looked at again until it changes."""
        ...

    def problems(self, kind: str) -> Mapping[str, Sequence[str]]:
        """Return what is odd in files of that kind that are in it, by path."""
        ...

    def amend(self, path: str, problems: Sequence[str]) -> None:
        """Record what is odd in a file, in place of what was."""
        ...

    def having(self, hash_: bytes) -> Sequence[str]:
        """Return the paths of the files in it with that content hash."""
        ...

    def outdate(self, paths: Iterable[str]) -> None:
        """Have files read again when they are looked at."""
        ...


class _Changed(Exception):
    """The file is not the one that was begun."""


class Recognition:
    """Recognises the scans of one root, one after the other.  Use it on one thread; it works on another."""

    def __init__(self, root: Path, settings: Settings, cache: Cache) -> None:
        self._root = root
        self._settings = settings
        self._cache = cache
        self._tesseract = Tesseract(settings.ocr_program, settings.ocr_languages)
        self._process = DocumentProcess()
        self._stop = threading.Event()
        self._threads: ThreadPoolExecutor | None = None
        self._work: Future[None] | None = None
        self._scan: _Scan | None = None
        self._waiting: deque[str] = deque()
        self._parts: set[str] = set()
        """Paths of those of them that are scanned in part."""
        self._known: set[str] = set()
        """Paths of files whose text is known, and that are not indexed yet."""
        self._pressing: set[str] = set()
        """The same of files that are in the index with what they said before; copies of one are among them."""
        self._n_done = 0
        self._n_told = 0
        self._problem = ""
        self._rest_until = self._begun_at = 0.0
        self.has_news = False
        """Whether there is something to tell since ``told``."""

    def look(self, index: Index) -> None:
        """Take note that the index has changed, and with it the list of scans."""
        self._parts = _parts(index)
        scans = _wholes(index) | self._parts
        current = self._scan.path if self._scan else ""
        if current and current not in scans:
            self._scan = None  # its page ends, and nothing comes of it
        self._known.intersection_update(scans)
        if not self._waiting and self._scan is None and not self._known:
            self._n_done = 0
        self._waiting = deque(sorted(path for path in scans if path != current and path not in self._known))

    def go_on(self, index: Index) -> set[str]:
        """Do a short step, if there is something to do; returns files that are to be indexed now.

        What the index has of them is outdated; those that cannot be recognised get another reason or problem.
        """
        try:
            if self._work and self._work.done():
                self._take(index)
            if self._work is None and time.monotonic() >= self._rest_until:
                self._begin()
            if self._pressing or len(self._known) >= _AT_ONCE or (self._known and not self.is_at_work):
                return self._given(index)
        except StarlightError as error:  # the index or the cache is held, or full: tried again
            log.info("%s", error)
            self._rest_until = time.monotonic() + _RETRY
        return set()

    @property
    def is_at_work(self) -> bool:
        """Whether there is something to do, and nothing is missing for it."""
        return bool(self._scan or self._waiting) and not self._problem

    def told(self, status: Status, *, on_battery: bool) -> Status:
        """Return ``status`` with how far this is."""
        self.has_news = False
        left = len(self._waiting) + (self._scan is not None)
        words = ""
        if left:
            words = self._problem or ("on battery" if on_battery else self._words(left))
        return replace(status, scans=self._n_done + left, recognised=self._n_done, recognising=words)

    def close(self) -> None:
        """End what goes on, whatever that is; pages that were recognised are kept."""
        self._stop.set()
        if self._threads:
            self._threads.shutdown()
        self._process.close()

    def _words(self, left: int) -> str:
        page = ""
        if self._scan and self._scan.wanted:
            n_pages = len(self._scan.wanted)
            page = f", page {min(len(self._scan.pages) + 1, n_pages)} of {n_pages}"
        return f"recognising {self._n_done + 1} of {self._n_done + left} scans{page}"

    def _begin(self) -> None:
        if self._scan is None and self._waiting:
            path = self._waiting.popleft()
            self._scan = _Scan(path, path in self._parts)
        if self._scan is None:
            return
        self._threads = self._threads or ThreadPoolExecutor(1, "recognising")
        self._begun_at = time.monotonic()
        self._work = self._threads.submit(self._go_on, self._scan)

    def _take(self, index: Index) -> None:
        """See what has come of a page."""
        work, self._work = self._work, None
        scan, self.has_news = self._scan, True
        self._rest_until = time.monotonic() + rest_after(self._begun_at)
        if work is None or scan is None:
            return
        try:
            work.result()
            if scan.content:
                self._keep(scan)
        except RecognitionUnavailable as error:
            self._problem, self._rest_until = str(error), time.monotonic() + _RETRY
        except IndexBusy as error:
            log.info("%s", error)  # what it says is kept in the next step
        except NoteError as error:
            self._fail(index, scan, str(error))
        except (OSError, _Changed, Interrupted) as error:
            log.info("%s: is left (%r)", scan.path, error)
            self._scan = None
        else:
            self._problem = ""
            if scan.is_known:
                self._known.add(scan.path)
                self._pressing.update(index.having(scan.hash))
                self._end()

    def _keep(self, scan: _Scan) -> None:
        """Keep what a scan says.  Whoever reads the file now has that in place of what is indexed of it.

        Raises:
            NoteError: that cannot be.
            IndexBusy: another program holds what is kept.
        """
        self._cache.keep_recognised(scan.hash, scan.content)
        if 0 not in self._cache.pages(scan.hash):
            raise NoteError("it cannot be kept: see `search.refinerCacheSize`, and the log")
        scan.is_known = True

    def _fail(self, index: Index, scan: _Scan, reason: str) -> None:
        """Say why nothing comes of a scan; it is not tried again until the file changes."""
        if not scan.is_part and scan.path in _wholes(index):
            reason = f"is scanned, and its text could not be recognised: {reason}"
            index.fail({scan.path: reason}, {scan.path: scan.fact} if scan.fact else None)
        elif scan.is_part and scan.path in index.having(scan.hash):
            problems = index.problems(_KIND).get(scan.path, ())
            reason = f"{_UNRECOGNISED}: {listed(scan.wanted) or 'all'} ({reason})"
            index.amend(scan.path, [reason if is_part_scan(problem) else problem for problem in problems])
        self._end()

    def _end(self) -> None:
        self._scan = None
        self._n_done += 1
        if not self._waiting:
            self._cache.forget_pages()

    def _given(self, index: Index) -> set[str]:
        known = (self._known & _wholes(index)) | self._pressing
        index.outdate(sorted(known))
        self._known.clear()
        self._pressing.clear()
        return known

    def _go_on(self, scan: _Scan) -> None:
        """Recognise the next page of a scan, on the thread.

        Raises:
            RecognitionUnavailable: there is no program for it.
            NoteError: nothing comes of this file.
            IndexBusy: another program holds what is kept.
            OSError: it cannot be read now.
            _Changed: it is another file now.
            Interrupted: this was closed.
        """
        data, fact = disk.read_with_fact(self._root, scan.path, *limit_of(scan.path, self._settings))
        if scan.fact is None:
            scan.fact, scan.hash = fact, hash_of(data, scan.path)
            kept = self._cache.pages(scan.hash)
            scan.is_known = kept.pop(0, None) is not None
            scan.pages = {number: zlib.decompress(page).decode() for number, page in kept.items()}
        if fact != scan.fact:
            raise _Changed
        if scan.is_known:
            return
        self._tesseract.look(self._goes_on)
        if not scan.wanted:
            found = self._process.scanned_pages(data, scan.path, self._goes_on, is_part=scan.is_part)
            scan.wanted, scan.n_more = found[:MOST_PAGES], len(found[MOST_PAGES:])
            if not found:
                raise _Changed
        if page := scan.next():
            self._page(scan, data, page)
        if not scan.next():
            self._join(scan, data)

    def _page(self, scan: _Scan, data: bytes, number: int) -> None:
        """Recognise a page; one that fails costs only itself, unless it is one of many."""
        try:
            image, dots = self._process.image(data, scan.path, number, self._goes_on)
            found = hocr.fragments(self._tesseract.read(image, dots, self._goes_on), dots) if image else []
        except NoteError as error:
            scan.failed[number], scan.pages[number] = str(error), ""
            last = scan.wanted[: scan.wanted.index(number) + 1][-_MOST_IN_A_ROW:]
            is_many = len(last) == _MOST_IN_A_ROW and all(each in scan.failed for each in last)
            if is_many or len(scan.failed) == len(scan.wanted):
                raise NoteError(f"page {number}: {error}") from error
            return
        scan.pages[number] = hocr.to_json(found)
        self._cache.keep_page(scan.hash, number, zlib.compress(scan.pages[number].encode()))

    def _join(self, scan: _Scan, data: bytes) -> None:
        """Make a document of a scan whose pages are all done; where one failed there is what the file has there."""
        pages = {number: scan.pages[number] for number in scan.wanted if number not in scan.failed or not scan.is_part}
        document = self._process.recognised(data, scan.path, pages, self._goes_on, is_part=scan.is_part)
        if not document.text.strip():
            raise NoteError("none was found in it")
        document = replace(document, front=replace(document.front, problems=tuple(_problems(scan, document))))
        scan.content = zlib.compress(stored.to_json(document).encode())

    def _goes_on(self) -> bool:
        return not self._stop.is_set()


def _wholes(index: Index) -> set[str]:
    """Return the paths of the files that are not in the index because they are scans."""
    return {path for path, reason in index.failures().items() if is_scan(reason)}


def _parts(index: Index) -> set[str]:
    """Return the paths of the files that are in it with a part of their pages."""
    return {path for path, problems in index.problems(_KIND).items() if any(map(is_part_scan, problems))}


def _problems(scan: _Scan, document: Document) -> list[str]:
    problems = list(document.front.problems)
    if scan.failed:
        problems.append(f"{_UNRECOGNISED}: {listed(sorted(scan.failed))}")
    if scan.n_more:
        problems.append(f"only {len(scan.wanted):,} of its pages were recognised; {scan.n_more:,} more are images")
    return problems
