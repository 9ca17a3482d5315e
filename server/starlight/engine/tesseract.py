"""The program tesseract, from outside: where it is, which languages it knows, and what it reads on an image.

It is run once for each page, at the lowest priority, on one core, within limits of time and memory, and sees nothing
but the image.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import starlight
from starlight.engine.document_process import Interrupted, KeepGoing
from starlight.errors import NoteError, StarlightError

SECONDS = 120.0
"""Of processor time that one page may take: a dense one needs some ten."""
_PATIENCE = 5
"""So many times as long by the clock."""
MEMORY = 2_000_000_000
"""Bytes of addresses that it may take."""
_MOST_OUTPUT = 20_000_000
_LOOK = 0.05
"""Seconds between two times that the one who waits is asked whether to go on."""
_LISTING = 20.0
"""Seconds that it has to say which languages it knows."""
_LANGUAGE = re.compile(r"[A-Za-z]\w*(?:/\w+)?")
_OF_A_TEXT = re.compile(r"[a-z]{3}(?:_\w+)?")
_NOT_OF_A_TEXT = frozenset({"osd", "equ", "snum"})
"""Data about the direction of pages, and of formulas and numbers."""
_MOST_LANGUAGES = 4
"""That are taken without being asked for: each costs time."""
_USUAL = "eng"
_ELSEWHERE = (
    Path("C:/Program Files/Tesseract-OCR/tesseract.exe"),
    Path("/opt/homebrew/bin/tesseract"),
    Path("/usr/local/bin/tesseract"),
)
"""Where its installers put it and programs that are started by editors do not look."""
_FOLDER = Path(starlight.__file__).parent / "data"
"""Where it runs: never in the notes' folder."""
_INSTALL = "install it (package `tesseract-ocr` of Debian and Ubuntu, `tesseract` of Homebrew)"


class RecognitionUnavailable(StarlightError):
    """There is no tesseract that could read these pages."""


class Tesseract:
    """The program at ``program``, empty for wherever it is, for texts in ``languages``, none for those it knows."""

    def __init__(
        self, program: str = "", languages: Sequence[str] = (), seconds: float = SECONDS, memory: int = MEMORY
    ) -> None:
        self._wanted = program
        self._languages = languages
        self._seconds = seconds
        self._memory = memory
        self.path = ""
        """Where it is, and for which texts it will be used; empty until ``look`` found out."""
        self.languages: tuple[str, ...] = ()
        self._command: list[str] = []
        """How it is called for a page."""

    def look(self, keep_going: KeepGoing = lambda: True) -> None:
        """Find the program and its languages, unless they are known.

        Raises:
            RecognitionUnavailable: there is none, or not for the wanted languages.
            Interrupted: ``keep_going`` said no.
        """
        if self.path and Path(self.path).exists():
            return
        self.path = ""
        program = self._found()
        try:
            known = self._known(program, keep_going)
        except (OSError, NoteError) as error:
            raise RecognitionUnavailable(f"{program} cannot be run ({error})") from error
        self.languages = tuple(self._chosen(known))
        # With data about directions, it finds out how a page is turned.
        mode = "1" if "osd" in known else "3"
        output = ["-c", "tessedit_create_hocr=1"]
        self._command = [program, "stdin", "stdout", "-l", "+".join(self.languages), "--psm", mode, *output]
        self.path = program

    def read(self, image: bytes, dots: float, keep_going: KeepGoing = lambda: True) -> str:
        """Return what is on the image of a page, which has so many dots to an inch, as hOCR; after ``look``.

        Raises:
            NoteError: that takes too long or too much memory, or the program fails.
            Interrupted: ``keep_going`` said no.
        """
        try:
            return self._run([*self._command, "--dpi", str(round(dots))], image, keep_going, self._seconds)
        except OSError as error:
            raise NoteError(f"tesseract cannot be run ({error})") from error

    def _found(self) -> str:
        if self._wanted:
            found = shutil.which(str(Path(self._wanted).expanduser()))
            if not found:
                raise RecognitionUnavailable(f"{self._wanted}, which `index.ocrProgram` names, is no program")
            return found
        found = shutil.which("tesseract") or next((str(path) for path in _ELSEWHERE if path.is_file()), None)
        if not found:
            raise RecognitionUnavailable(f"tesseract was not found: {_INSTALL}, or name it in `index.ocrProgram`")
        return found

    def _known(self, program: str, keep_going: KeepGoing) -> list[str]:
        """The data that it has, in order."""
        said = self._run([program, "--list-langs"], b"", keep_going, _LISTING)
        return [line.strip() for line in said.splitlines() if _LANGUAGE.fullmatch(line.strip())]

    def _chosen(self, known: Sequence[str]) -> Sequence[str]:
        if missing := [each for each in self._languages if each not in known]:
            raise RecognitionUnavailable(
                f"tesseract has no data for {', '.join(missing)}, which `index.ocrLanguages` names; "
                f"it has {', '.join(known) or 'none'}"
            )
        if self._languages:
            return self._languages
        of_texts = [each for each in known if _OF_A_TEXT.fullmatch(each) and each not in _NOT_OF_A_TEXT]
        if not of_texts:
            raise RecognitionUnavailable("tesseract has no data for any language: install some (`tesseract-ocr-eng`)")
        if len(of_texts) > _MOST_LANGUAGES:
            return [_USUAL] if _USUAL in of_texts else of_texts[:1]
        return sorted(of_texts, key=lambda each: (each != _USUAL, each))

    def _run(self, command: Sequence[str], image: bytes, keep_going: KeepGoing, seconds: float) -> str:
        """Run ``command`` on an image; returns what it wrote.  Files, not pipes: these could fill, and hang both."""
        with (
            tempfile.TemporaryFile() as source,
            tempfile.TemporaryFile() as written,
            tempfile.TemporaryFile() as told,
        ):
            source.write(image)
            source.seek(0)
            process = subprocess.Popen(
                command,
                stdin=source,
                stdout=written,
                stderr=told,
                cwd=_FOLDER,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
                creationflags=_flags(),
            )
            try:
                _limit(process.pid, seconds, self._memory)
                _wait(process, written, keep_going, seconds)
            finally:
                process.kill()
                process.wait()
            if process.returncode:
                raise NoteError(_reason(process.returncode, _text(told)))
            return _text(written)


def _wait(process: subprocess.Popen[bytes], written: IO[bytes], keep_going: KeepGoing, seconds: float) -> None:
    end = time.monotonic() + _PATIENCE * seconds
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK)
            return
        if not keep_going():
            raise Interrupted
        if time.monotonic() > end:
            raise NoteError(f"tesseract takes longer than {seconds:g} seconds")
        if os.fstat(written.fileno()).st_size > _MOST_OUTPUT:
            raise NoteError("tesseract writes without end")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(_MOST_OUTPUT).decode("utf-8", "replace")


def _reason(code: int, told: str) -> str:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return f"tesseract failed: {lines[-1][:200]}" if lines else f"tesseract failed (exit code {code})"


def _limit(pid: int, seconds: float, memory: int) -> None:
    """Let the system hold a process back, and to its limits, where it does that (Linux; the priority: POSIX)."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, pid, 19)
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        most = int(seconds) + 1
        resource.prlimit(pid, resource.RLIMIT_AS, (memory, memory))
        resource.prlimit(pid, resource.RLIMIT_CPU, (most, most))


def _flags() -> int:
    if sys.platform == "win32":
        return subprocess.IDLE_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    return 0
