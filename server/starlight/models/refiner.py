"""The refiner: a small transformer that looks at the best passages of a search again, in a process of its own.

This is its outside: where it lies, whether it can be used, what is asked of its process, which is started when it is
first needed and ends when nobody has asked for a while.  A crash costs refinement only.
"""

from __future__ import annotations

import base64
import collections
import contextlib
import functools
import hashlib
import importlib.util
import itertools
import json
import logging
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from starlight.models.machine import n_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Take = Callable[["Line | None"], None]
    """What takes a reply; None where there will be none."""

log = logging.getLogger(__name__)

Line = dict[str, Any]

DEFAULT_REFINER = Path(__file__).parent.parent / "data" / "refiner"
FILES = ("model.onnx", "tokenizer.json")
OPTIONAL_FILES = ("config_sentence_transformers.json",)
MISSING = (
    "ONNX Runtime is not installed, so results are not refined; `pip install onnxruntime` where there is one for "
    "this Python and machine"
)
_VERSION = "1"
"""Raised when the same model and text would give other vectors."""
_IDLE_SECONDS = 300.0
_MAX_CRASHES = 2
_CRASH_WINDOW = 600.0
_PATIENCE = 3.0
"""Seconds that the process has to end by itself."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query's vector, of length 1, and how well the model knows its language, 0 to 1."""

    vector: NDArray[np.float32]
    fluency: float

    def nearness(self, passages: Sequence[bytes]) -> list[tuple[float, float]]:
        """Return of each passage, as ``Refiner.passage`` gave it, its cosine to the query and its fluency.

        The cosine is that of the nearest window of the passage.
        """
        import numpy as np

        dim = len(self.vector)
        rows = np.frombuffer(b"".join(each[1:] for each in passages), np.int8).reshape(-1, dim).astype(np.float32)
        if not len(rows):
            return []
        cosines = rows @ self.vector / np.maximum(np.linalg.norm(rows, axis=1), 1e-9)
        starts = np.cumsum([0, *(len(each) // dim for each in passages[:-1])])
        best = np.maximum.reduceat(cosines, starts).tolist()
        return [(cosine, each[0] / 255) for cosine, each in zip(best, passages, strict=True)]


class Refiner:
    """A model and its process.  Safe to use from several threads."""

    def __init__(self, folder: Path, *, in_background: bool = False) -> None:
        self.folder = folder
        self._in_background = in_background
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._crashes: list[float] = []
        self._problem = ""
        self._turns = itertools.count(1)

    @functools.cached_property
    def identity(self) -> str:
        """Changes whenever the same text would get another vector; empty where there is no model."""
        digest = hashlib.blake2b(_VERSION.encode(), digest_size=6)
        try:
            for name in FILES:
                digest.update((self.folder / name).read_bytes())
        except OSError:
            return ""
        for name in OPTIONAL_FILES:
            with contextlib.suppress(OSError):
                digest.update((self.folder / name).read_bytes())
        return f"{self.folder.name}-{digest.hexdigest()}"

    @property
    def problem(self) -> str:
        """Why it cannot be used, for a person; empty where nothing is known against it."""
        if self._problem:
            return self._problem
        missing = [name for name in FILES if not (self.folder / name).is_file()]
        if missing:
            return f"{self.folder}: no refiner: {' and '.join(missing)} missing"
        return "" if importlib.util.find_spec("onnxruntime") else MISSING

    @property
    def pid(self) -> int | None:
        """The number of its process; None where none runs."""
        process = self._process
        return process.pid if process and process.is_running else None

    def turn(self) -> int:
        """Return a number for what is asked together: what is asked in a later turn is done first."""
        return next(self._turns)

    def prepare(self) -> None:
        """Start the process, if it does not run, and do not wait for it."""
        self._running()

    def query(self, text: str, turn: int) -> Future[Query | None]:
        """Return the vector of a query on its way; None where there will be none."""
        found: Future[Query | None] = Future()

        def take(line: Line | None) -> None:
            import numpy as np

            if line is None or "vectors" not in line:
                found.set_result(None)
            else:
                vector = np.frombuffer(base64.b64decode(line["vectors"]), np.float32)
                found.set_result(Query(vector, line["fluency"]))

        self._ask("query", text, turn, take)
        return found

    def passage(self, text: str, turn: int) -> Future[bytes | None]:
        """Return the vectors of a passage on their way, in the form that is kept; None where there will be none.

        The form: a byte for the fluency, then 8-bit numbers, as many as the model's vectors have, for each window.
        """
        found: Future[bytes | None] = Future()

        def take(line: Line | None) -> None:
            if line is None or "vectors" not in line:
                found.set_result(None)
            else:
                found.set_result(bytes([round(255 * line["fluency"])]) + base64.b64decode(line["vectors"]))

        self._ask("passage", text, turn, take)
        return found

    def close(self) -> None:
        """End the process, if one runs."""
        with self._lock:
            process, self._process = self._process, None
        if process:
            process.end()

    def _ask(self, what: str, text: str, turn: int, take: Take) -> None:
        process = self._running()
        if process is None:
            take(None)
        else:
            process.ask({"do": what, "turn": turn, "text": text.encode("utf-8", "replace").decode()}, take)

    def _running(self) -> _Process | None:
        with self._lock:
            if self._process is None or not self._process.is_running:
                self._process = None if self.problem else self._started()
            return self._process

    def _started(self) -> _Process | None:
        order = {
            "folder": str(self.folder.resolve()),
            "threads": 1 if self._in_background else n_cores(),
            "nice": 19 if self._in_background else 5,
            "idle_seconds": _IDLE_SECONDS,
        }
        try:
            return _Process(order, self._ended)
        except OSError as error:
            self._problem = f"the refiner's process cannot be started ({error.strerror}); results are not refined"
            return None

    def _ended(self, code: str, problem: str) -> None:
        """Take note that a process ended that was not told to."""
        if problem:
            self._problem = problem
        elif code:
            now = time.monotonic()
            self._crashes = [at for at in self._crashes if now - at < _CRASH_WINDOW] + [now]
            log.warning("the refiner's process ended with code %s", code)
            if len(self._crashes) >= _MAX_CRASHES:
                self._problem = f"the refiner ended with code {code} more than once; results are no longer refined"
        if self._problem:
            log.warning("%s", self._problem)


class _Process:
    """One process, from its start to its end.  ``ended`` is called with why, and with what is wrong for good.

    Why: its exit code, unless that is 0, and the last it said on standard error.
    """

    def __init__(self, order: Line, ended: Callable[[str, str], None]) -> None:
        if sys.platform == "win32":
            flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS
        else:
            flags = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "starlight.models.refiner_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=order["folder"],  # never the notes' folder: Python imports what lies in it
            creationflags=flags,
            start_new_session=True,  # Ctrl-C in a terminal is for the program
        )
        self._tell = ended
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._ids = itertools.count(1)
        self._takers: dict[int, Take] = {}
        self._closing = False
        self.is_running = True
        self._last_words: collections.deque[str] = collections.deque(maxlen=5)
        for listen, pipe in ((self._receive, self._process.stdout), (self._overhear, self._process.stderr)):
            threading.Thread(target=listen, args=(pipe,), name="refiner", daemon=True).start()
        self._send(order)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ask(self, request: Line, take: Take) -> None:
        """Send a request; ``take`` is called with the reply, on another thread."""
        with self._lock:
            id_ = next(self._ids)
            if self.is_running:
                self._takers[id_] = take
        if id_ in self._takers:
            self._send({**request, "id": id_})
        else:
            take(None)

    def end(self) -> None:
        """End it, at once where it does not end by itself."""
        self._closing = True
        with contextlib.suppress(OSError), self._writing:
            cast("BinaryIO", self._process.stdin).close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, line: Line) -> None:
        with contextlib.suppress(OSError, ValueError), self._writing:  # one that has ended says so in its replies
            pipe = cast("BinaryIO", self._process.stdin)
            pipe.write(json.dumps(line).encode() + b"\n")
            pipe.flush()

    def _receive(self, pipe: BinaryIO) -> None:
        """Hand replies to whom they concern, until there are no more."""
        problem = ""
        with pipe, contextlib.suppress(ValueError):  # half a line, of a process that was killed
            for content in pipe:
                line = json.loads(content)
                problem = line.get("error", problem)
                if "failed" in line:
                    log.warning("the refiner could not read a text (%s), which is left out", line["failed"])
                with self._lock:
                    take = self._takers.pop(line.get("id", 0), None)
                if take:
                    take(line)
        code = self._process.wait()
        with contextlib.suppress(OSError), self._writing:
            cast("BinaryIO", self._process.stdin).close()
        with self._lock:
            self.is_running = False
            left, self._takers = list(self._takers.values()), {}
        if not self._closing:
            self._tell(": ".join([str(code), *list(self._last_words)[-1:]]) if code else "", problem)
        for take in left:
            take(None)

    def _overhear(self, pipe: BinaryIO) -> None:
        """Keep the last lines of standard error: they say why a process crashed."""
        with pipe:
            for content in pipe:
                self._last_words.append(content.decode("utf-8", "replace").rstrip())


@functools.cache
def load(path: str = "") -> Refiner:
    """Return the refiner in the folder ``path``, the one that ships where it is empty; one for all who ask."""
    return Refiner(Path(path).expanduser() if path else DEFAULT_REFINER)
