"""The process that reads documents, from outside: one file at a time, with limits of time and memory.

A file that hangs it, kills it, or fills its memory costs only itself.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import starlight
from starlight.errors import NoteError
from starlight.readers import stored
from starlight.readers.document import Document
from starlight.readers.formats import Format

log = logging.getLogger(__name__)

SECONDS = 120.0
"""Of processor time that one file may take: some thousands of pages."""
_PATIENCE = 5
"""So many times as long by the clock: a machine that is busy with other work makes no file a bad one."""
MEMORY = 2_000_000_000
"""Bytes of addresses that it may take; libraries and what they reserve are in it."""
IDLE = 60.0
"""Seconds after which a process that nobody asks is let go."""
_MODULE = "starlight.readers.worker"
_FOLDER = Path(starlight.__file__).parent / "data"
"""Where it runs.  Python imports what lies there: never in the notes' folder, or in one that others can write in."""
_LOOK = 0.05
"""Seconds between two times that the one who waits is asked whether to go on."""


_OUT_OF_TIME = -int(getattr(signal, "SIGXCPU", 0)) or None
"""How a process ends that has used its processor time, where the system ends such."""


class Interrupted(Exception):
    """Whoever waited for a file has something else to do; the file was not read."""


KeepGoing = Callable[[], bool]


class PageImage(NamedTuple):
    """A page of a PDF as an image: see ``readers.pdfium.Image``; empty where it is damaged."""

    data: bytes
    dots: float


class DocumentProcess:
    """Reads one file at a time, in a process that is started when the first one comes.  For one thread at a time."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY, module: str = _MODULE) -> None:
        self._seconds = seconds
        self._memory = memory
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._n_read = 0
        self._resting: threading.Timer | None = None
        self._lock = threading.Lock()

    def read(self, known: Format, data: bytes, name: str, keep_going: KeepGoing = lambda: True) -> Document:
        """Return what the file of that format says.  ``keep_going`` is asked now and then while it is read.

        Raises:
            NoteError: it cannot be read, or not within the limits.
            Interrupted: ``keep_going`` said no.
        """
        return stored.from_json(self._answer({"format": known.name, "name": name}, data, keep_going))

    def scanned_pages(
        self, data: bytes, name: str, keep_going: KeepGoing = lambda: True, *, is_part: bool
    ) -> list[int]:
        """Return which pages are to be recognised (``readers.pdf.scanned_pages``).  Raises what ``read`` does."""
        asked = {"name": name, "scanned": True, "is_part": is_part}
        return list(map(int, json.loads(self._answer(asked, data, keep_going))["pages"]))

    def image(self, data: bytes, name: str, page: int, keep_going: KeepGoing = lambda: True) -> PageImage:
        """Return the image of a page of a PDF; ``page`` counts from 1.  Raises what ``read`` does."""
        said = json.loads(self._answer({"name": name, "page": page - 1}, data, keep_going))
        return PageImage(base64.b64decode(said["image"]), said["dots"])

    def recognised(
        self, data: bytes, name: str, pages: Mapping[int, str], keep_going: KeepGoing = lambda: True, *, is_part: bool
    ) -> Document:
        """Return what a PDF says with what was recognised (``hocr.to_json``) on ``pages``, by number; as ``read``.

        Where a part of it is scanned, the other pages say what the file says.
        """
        asked = {"name": name, "recognised": dict(pages), "is_part": is_part}
        return stored.from_json(self._answer(asked, data, keep_going))

    def _answer(self, request: dict[str, object], data: bytes, keep_going: KeepGoing) -> bytes:
        with self._lock:
            self._stay()
            answer = self._ask(request, data, keep_going)
            if answer is None and self._n_read:  # perhaps what it read before was too much for it
                answer = self._ask(request, data, keep_going)
            self._n_read += 1
            self._rest()
        if answer is None:
            raise NoteError("cannot be read: the process that read it ended")
        if isinstance(answer, str):
            raise NoteError(answer)
        return answer

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stay()
            self._end()

    def _ask(self, request: dict[str, object], data: bytes, keep_going: KeepGoing) -> bytes | str | None:
        """Return the line that answers, or why there is none; None where the process died of it."""
        process = self._started()
        asking = _Asking(process, {**request, "bytes": len(data), "seconds": self._seconds}, data)
        waited = 0.0
        while not asking.done.wait(_LOOK):
            waited += _LOOK
            if waited > self._seconds * _PATIENCE:
                self._end()
                return self._too_long
            if not keep_going():
                self._end()
                raise Interrupted
        if not asking.line:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)  # it is ending by itself
            self._end()
            return self._too_long if process.returncode == _OUT_OF_TIME else None
        if asking.line.startswith(b'{"reason"'):
            return str(json.loads(asking.line)["reason"])
        return asking.line

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._n_read = 0
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, str(self._memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_FOLDER,
            )
        return self._process

    @property
    def _too_long(self) -> str:
        return f"cannot be read: it takes longer than {self._seconds:g} seconds"

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what it was sent and did not take
                cast("BinaryIO", pipe).close()
        self._process = None

    def _stay(self) -> None:
        if self._resting:
            self._resting.cancel()
            self._resting = None

    def _rest(self) -> None:
        """Let the process go where nobody asks it any more."""
        self._resting = threading.Timer(IDLE, self.close)
        self._resting.daemon = True
        self._resting.start()


class _Asking:
    """One request on its way, on a thread: neither writing to a process that does not read nor reading ends by itself.

    When ``done`` is set, ``line`` is the answer, empty where the process has ended.
    """

    def __init__(self, process: subprocess.Popen[bytes], request: dict[str, object], data: bytes) -> None:
        self.done = threading.Event()
        self.line = b""
        self._process = process
        self._content = json.dumps(request).encode() + b"\n" + data
        threading.Thread(target=self._run, name="document", daemon=True).start()

    def _run(self) -> None:
        try:
            requests = cast("BinaryIO", self._process.stdin)
            requests.write(self._content)
            requests.flush()
            line = cast("BinaryIO", self._process.stdout).readline()
            self.line = line if line.endswith(b"\n") else b""
        except (OSError, ValueError) as error:
            log.info("a process that reads documents has ended: %s", error)
        finally:
            self.done.set()
