"""The refiner: a small transformer that looks at the best passages of a search again, in a process of its own.

This is its outside: where it lies, whether it can be used, what is asked of its process, which is started when it is
first needed and ends when nobody has asked for a while.  A crash costs refinement only.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import importlib.util
import itertools
import logging
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from starlight.models.line_process import Line, LineProcess
from starlight.models.machine import n_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

T = TypeVar("T")

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
_LAST = {"vectors", "dropped"}
_TRIES = 3
"""Processes that are asked: one may have been about to end, as nobody had asked for a while."""


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
        self._process: LineProcess | None = None
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
        return self._ask("query", text, turn, _query)

    def passage(self, text: str, turn: int) -> Future[bytes | None]:
        """Return the vectors of a passage on their way, in the form that is kept; None where there will be none.

        The form: a byte for the fluency, then 8-bit numbers, as many as the model's vectors have, for each window.
        """
        return self._ask("passage", text, turn, _passage)

    def close(self) -> None:
        """End the process, if one runs."""
        with self._lock:
            process, self._process = self._process, None
        if process:
            process.end()

    def _ask(self, what: str, text: str, turn: int, read: Callable[[Line], T]) -> Future[T | None]:
        request = {"do": what, "turn": turn, "text": text.encode("utf-8", "replace").decode()}
        found: Future[T | None] = Future()
        tries = itertools.count(1)

        def ask() -> None:
            process = self._running()
            if process is None:
                found.set_result(None)
            else:
                process.ask(request, take)

        def take(line: Line) -> None:
            if line.get("ended") == 0 and not line["was_told"] and next(tries) < _TRIES:
                ask()
                return
            if "failed" in line:
                log.warning("the refiner could not read a text (%s), which is left out", line["failed"])
            found.set_result(read(line) if "vectors" in line else None)

        ask()
        return found

    def _running(self) -> LineProcess | None:
        with self._lock:
            if self._process is None or not self._process.is_running:
                self._process = None if self.problem else self._started()
            return self._process

    def _started(self) -> LineProcess | None:
        folder = self.folder.resolve()
        order = {
            "folder": str(folder),
            "threads": 1 if self._in_background else n_cores(),
            "nice": 19 if self._in_background else 5,
            "idle_seconds": _IDLE_SECONDS,
        }
        try:
            return LineProcess("starlight.models.refiner_worker", order, self._heard, folder=folder, last=_LAST)
        except OSError as error:
            self._problem = f"the refiner's process cannot be started ({error.strerror}); results are not refined"
            return None

    def _heard(self, line: Line) -> None:
        """Take note of what is wrong for good, and of crashes."""
        if "error" in line:
            self._found_useless(line["error"])
        elif line.get("ended") and not line["was_told"]:
            log.warning("the refiner's process ended: %s", line["message"])
            now = time.monotonic()
            self._crashes = [at for at in self._crashes if now - at < _CRASH_WINDOW] + [now]
            if len(self._crashes) >= _MAX_CRASHES:
                self._found_useless(
                    f"the refiner's process ended more than once ({line['message']}); results are no longer refined"
                )

    def _found_useless(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            log.warning("%s", problem)


def _query(line: Line) -> Query:
    import numpy as np

    return Query(np.frombuffer(base64.b64decode(line["vectors"]), np.float32), line["fluency"])


def _passage(line: Line) -> bytes:
    return bytes([round(255 * line["fluency"])]) + base64.b64decode(line["vectors"])


@functools.cache
def load(path: str = "") -> Refiner:
    """Return the refiner in the folder ``path``, the one that ships where it is empty; one for all who ask."""
    return Refiner(Path(path).expanduser() if path else DEFAULT_REFINER)
