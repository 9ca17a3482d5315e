"""The processes that a test started, directly or not, found by the cache folder in their environment."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from starlight.engine.control import connect
from tests.parts import need
from tests.waiting import wait_until

PROC = Path("/proc")


def need_proc() -> None:
    """Skip where processes cannot be looked up by their environment."""
    need("proc", (PROC / "self" / "environ").exists(), "this test looks processes up in /proc, which Linux has")


def of(cache: Path, module: str = "starlight.indexer") -> list[int]:
    """The ids of the living processes that run ``module`` and keep their indexes below ``cache``."""
    mark = f"XDG_CACHE_HOME={cache}".encode()
    return [
        int(folder.name)
        for folder in PROC.glob("[0-9]*")
        if module.encode() in _words(folder / "cmdline") and mark in _words(folder / "environ")
    ]


def _words(file: Path) -> list[bytes]:
    """The words of a file of /proc; none where the process has ended, or is somebody else's."""
    try:
        return file.read_bytes().split(b"\0")
    except OSError:
        return []


def is_running(pid: int) -> bool:
    """Whether the process has not ended."""
    return _words(PROC / str(pid) / "cmdline") not in ([], [b""])


def kill(pid: int) -> None:
    """Kill a process as hard as the system can."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def ask_to_end(cache: Path) -> None:
    """Ask the indexers of the indexes below ``cache`` to end, and do not wait; without readers they would, later."""
    for place in cache.glob("starlight/indexes/*/indexer.json"):
        client = connect(place)
        if client:
            client.send({"command": "end"})
            client.close()


def see_ended(cache: Path) -> None:
    """See that the indexers of the indexes below ``cache`` end."""
    for pid in of(cache):
        try:
            wait_until("an indexer that nobody needs has ended", lambda pid=pid: not is_running(pid), limit=20)
        finally:
            kill(pid)
