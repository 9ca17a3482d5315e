"""Following the indexer of a root that another process runs, and starting one where there is none."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from starlight.config import Settings
from starlight.engine.control import ControlClient, Message, connect
from starlight.engine.indexing import Report
from starlight.errors import IndexUnavailable
from starlight.index.location import Location, locate, resolve_root
from starlight.index.records import Status
from starlight.private import make_private

LOCK_TAKEN = 3
"""Exit code of an indexer that found another one at work."""
REFUSED = 4
"""Exit code of an indexer that cannot work; its last words on standard error say why."""

_OTHER_MODEL = (
    "another window indexes this folder with another model or version, or has not been started again since "
    "`starlight adapt`; close it, or use the same"
)
_OTHER_RETRY = 7.0
"""Seconds after which an indexer of another model is looked for again: without readers it is gone by then."""
_START_LIMIT = 30.0
_RETRY = 30.0
"""Seconds after which an indexer that could not work (a folder that is away, a full disk) is started again."""
_SETTLED = 3.0
"""Seconds after which the settings that an indexer works with are no longer about to change."""
_MAX_CRASHES = 3
_CRASH_WINDOW = 60.0


def follow(
    location: Location,
    settings: Settings,
    fingerprint: str,
    listener: Callable[[Status], None],
    keep_going: Callable[[], bool],
    *,
    rebuild: bool = False,
) -> Report | None:
    """Ask the running indexer to bring the index up to date and wait until it has; None if it ended before.

    Raises:
        IndexUnavailable: it cannot be reached, failed, or works with another model.
    """
    started = time.perf_counter()
    client = _reach(location)
    if client is None:
        return None
    hello = client.receive() or {}
    if hello.get("fingerprint", fingerprint) != fingerprint:
        client.close()
        raise IndexUnavailable(f"{location.root}: {_OTHER_MODEL}")
    note = _other_settings(hello, settings)
    ticket = secrets.token_hex(8)
    client.send({"command": "rebuild" if rebuild else "sync", "ticket": ticket})
    try:
        while keep_going():
            message = client.receive(keep_going)
            if message is None:
                if not keep_going():
                    break
                return None
            status = _status(message)
            listener(status)
            if status.state == "failed":
                raise IndexUnavailable(status.message)
            if ticket in message.get("done", ()):
                return replace(_report(status, started), note=note)
    finally:
        client.close()
    return replace(_report(_status(hello), started), stopped=True, note=note)


def follower_ahead(
    root: Path, settings: Settings, listener: Callable[[Status], None], warn: Callable[[str], None], *, force: bool
) -> Follower:
    """Return a follower of the indexer of ``root`` before the index is open: it has yet to be told which to expect.

    Raises:
        RootError: ``root`` is missing, not a folder, unreadable, or refused.
    """
    return Follower(locate(resolve_root(root, force=force)), settings, None, listener, warn, force=force)


def told(location: Location, fingerprint: str) -> Status | None:
    """Return what the running indexer says; None where none runs, or one of another fingerprint."""
    client = connect(location.control)
    if client is None:
        return None
    hello = client.receive() or {}
    client.close()
    return _status(hello) if hello.get("fingerprint") == fingerprint else None


def _other_settings(hello: Message, settings: Settings) -> str:
    """What is to be said where the indexer works with other settings than the given; empty where it does not."""
    theirs = hello.get("settings") or {}
    keys = [key for key, value in settings.of_index().items() if key in theirs and theirs[key] != value]
    if not keys:
        return ""
    return f"another window indexes this folder with other settings ({', '.join(keys)}): they hold until it closes"


def _report(status: Status, started: float) -> Report:
    seconds = time.perf_counter() - started
    return Report(status.files, status.chunks, seconds, 0, {}, 0, stopped=status.state == "paused")


def _reach(location: Location) -> ControlClient | None:
    """Return a connection to the running indexer; None where there is none any more."""
    import filelock

    end = time.monotonic() + 5
    while time.monotonic() < end:
        client = connect(location.control)
        if client:
            return client
        with contextlib.suppress(filelock.Timeout), filelock.FileLock(location.lock, timeout=0.05):
            return None
    raise IndexUnavailable(f"{location.root}: another Starlight holds this index and does not answer; end it first")


def _status(message: Message) -> Status:
    return Status.from_json(json.dumps(message.get("status") or {}))


class Follower:
    """Keeps an indexer running for one root and tells what it says, until closed.

    Works on a thread of its own; ``listener`` is called there.  An indexer that ends is started again, unless it
    crashes over and over.  ``warn`` is told what a person should know, on any thread.

    The ``fingerprint`` of the index that is followed may be told later (``expect``): the indexer is started meanwhile,
    and heard from then on.
    """

    def __init__(
        self,
        location: Location,
        settings: Settings,
        fingerprint: str | None,
        listener: Callable[[Status], None],
        warn: Callable[[str], None],
        *,
        force: bool,
    ) -> None:
        self._location = location
        self._settings = settings
        self._fingerprint = fingerprint
        self._listener = listener
        self._warn = warn
        self._force = force
        self._client: ControlClient | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: list[Message] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._expected = threading.Event()
        """Whether the fingerprint is known, or will never be."""
        if fingerprint is not None:
            self._expected.set()
        self._woken = threading.Event()
        self._crashes: list[float] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, or begin again after the indexer could not be kept running; returns at once."""
        self._crashes = []
        self._thread = threading.Thread(target=self._follow, name="follower", daemon=True)
        self._thread.start()

    def expect(self, fingerprint: str) -> None:
        """Follow the index with that fingerprint."""
        self._fingerprint = fingerprint
        self._expected.set()

    def send(self, message: Message) -> None:
        """Send a request to the indexer, now or as soon as there is one."""
        with self._lock:
            if not (self._client and self._client.send(message)):
                self._waiting.append(message)
        self._woken.set()
        if self._thread and not self._thread.is_alive() and not self._closed.is_set():
            self.start()  # it had given up; whoever asks again may have mended the cause

    def end(self) -> None:
        """End the indexer, also one that has been started and does not listen yet; it may be started again."""
        with self._lock:
            if not (self._client and self._client.send({"command": "end"})) and self._process:
                self._process.terminate()

    def close(self) -> None:
        """Let the indexer go; it ends by itself when no other reader needs it."""
        self._closed.set()
        self._expected.set()
        self._woken.set()
        with self._lock:
            if self._client:
                self._client.close()

    def _follow(self) -> None:
        while not self._closed.is_set():
            client = self._connect()
            if client is None:
                return
            hello = client.receive(lambda: not self._closed.is_set()) or {}
            self._expected.wait()
            if hello.get("fingerprint", self._fingerprint) != self._fingerprint:
                client.close()
                self._say(_OTHER_MODEL)
                self._closed.wait(_OTHER_RETRY)
                continue
            with self._lock:
                self._client = client
                waiting, self._waiting = self._waiting, []
            for message in waiting:
                client.send(message)
            self._listen(client, hello)
            with self._lock:
                self._client = None

    def _listen(self, client: ControlClient, hello: Message) -> None:
        message: Message | None = hello
        note = _other_settings(hello, self._settings)
        with self._warning(note):
            while message and not self._closed.is_set():
                if "status" in message:
                    status = _status(message)
                    self._listener(replace(status, message="; ".join(filter(None, (status.message, note)))))
                message = client.receive()
        client.close()

    @contextlib.contextmanager
    def _warning(self, note: str) -> Iterator[None]:
        """Warn of ``note`` once it has stood for a while: where settings change, the indexer is about to end."""
        timer = threading.Timer(_SETTLED, self._warn, [note])
        timer.daemon = True
        if note:
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _connect(self) -> ControlClient | None:
        """Return a connection to the indexer, started if need be; None when closed or hopeless."""
        end = time.monotonic() + _START_LIMIT
        while not self._closed.is_set():
            client = connect(self._location.control)
            if client:
                return client
            if self._process is None:
                try:
                    self._process = self._start()
                except OSError as error:
                    self._say(f"{self._location.folder}: the indexer cannot be started ({error.strerror})")
                    self._rest()
            elif self._process.poll() is not None and not self._ended(self._process.returncode):
                return None
            if time.monotonic() > end:
                self._say("the indexer of this folder does not answer; see its log: " + str(self._location.log))
                end = time.monotonic() + _START_LIMIT
            self._closed.wait(0.05)
        return None

    def _ended(self, code: int) -> bool:
        """Note that the indexer process ended; false when starting another makes no sense."""
        self._process = None
        if code in (0, LOCK_TAKEN):
            return True
        if code == REFUSED:
            self._say(self._last_words())
            self._rest()
            return True
        now = time.monotonic()
        self._crashes = [at for at in self._crashes if now - at < _CRASH_WINDOW] + [now]
        if len(self._crashes) < _MAX_CRASHES:
            return True
        self._say(f"the indexer ended with code {code}; see its log: {self._location.log}")
        return False

    def _rest(self) -> None:
        """Wait before trying again, but not when somebody asks for something."""
        self._woken.clear()
        self._woken.wait(_RETRY)

    def _last_words(self) -> str:
        try:
            lines = self._location.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""

    def _say(self, message: str) -> None:
        self._listener(Status("failed", message=message))

    def _start(self) -> subprocess.Popen[bytes]:
        make_private(self._location.folder)
        command = [sys.executable, "-m", "starlight.indexer", str(self._location.root)]
        command += ["--settings", json.dumps(asdict(self._settings))]
        if self._force:
            command.append("--force")
        if sys.platform == "win32":
            flags = subprocess.DETACHED_PROCESS | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        else:
            flags = 0
        descriptor = os.open(self._location.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._location.folder,  # not the notes' folder: it must stay free to be moved
                start_new_session=True,
                creationflags=flags,
            )
