"""An indexer process under test: what it has written, and its end, however hard."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from starlight.config import Settings
from starlight.engine.control import ControlClient, connect
from starlight.engine.following import follow
from starlight.index.location import locate
from tests.e2e import processes
from tests.faults.folders import disturb
from tests.waiting import wait_until

SOON = 10.0
"""Seconds within which a process that is not needed is gone: its parent's end is all that it waits for."""


class IndexerProcess:
    """``python -m starlight.indexer`` for one folder, with a reader that keeps it at work."""

    def __init__(self, root: Path, fingerprint: str) -> None:
        self.location = locate(root.resolve())
        self.fingerprint = fingerprint
        self.database = self.location.database(fingerprint)
        self.location.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "starlight.indexer", str(root)]
        with (self.location.folder / "test.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self._reader: ControlClient = wait_until("the indexer listens", self._connected, limit=60)

    def tell(self, paths: Iterable[str]) -> None:
        """Say that notes were saved."""
        self._reader.send({"command": "changed", "paths": list(paths)})

    def finish(self) -> None:
        """Wait until the index has everything that is in the folder now."""
        report = follow(self.location, Settings(), self.fingerprint, lambda _status: None, lambda: True)
        assert report, self.log
        assert not report.stopped

    def wait_for_writes(self, n: int, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until the index's files have changed ``n`` times, or ``unless`` comes true before."""
        seen: list[object] = [self._written()]

        def changed_enough() -> bool:
            if (now := self._written()) != seen[-1]:
                seen.append(now)
            assert self.process.poll() is None, self.log
            return len(seen) > n or unless()

        wait_until(f"the index was written {n} times", changed_enough, limit=200)

    def is_tidy(self) -> bool:
        """Whether the log was written back, which ends all work."""
        wal = self.database.with_name(f"{self.database.name}-wal")
        return wal.exists() and wal.stat().st_size == 0

    def kill(self) -> None:
        """End it as hard as the system can, and see that the processes that read for it end as well."""
        self.process.kill()
        self.process.wait()
        self._reader.close()
        cache = Path(os.environ["XDG_CACHE_HOME"])
        wait_until("no reading process is left", lambda: not processes.of(cache, "starlight.engine.worker"), SOON)

    def end(self) -> None:
        """Ask it to end, and wait."""
        self._reader.send({"command": "end"})
        self._reader.close()
        assert self.process.wait(30) == 0, self.log

    @property
    def log(self) -> str:
        """What all indexers of the folder said."""
        return (self.location.folder / "test.log").read_text(encoding="utf-8")

    def _connected(self) -> ControlClient | None:
        assert self.process.poll() is None, self.log
        return connect(self.location.control)

    def _written(self) -> list[tuple[int, int]]:
        """Size and time of the database and of its log."""
        found = []
        for place in (self.database, self.database.with_name(f"{self.database.name}-wal")):
            try:
                status = place.stat()
            except FileNotFoundError:
                continue
            found.append((status.st_size, status.st_mtime_ns))
        return found


@contextlib.contextmanager
def saving(root: Path, process: IndexerProcess, rng: random.Random) -> Iterator[None]:
    """Change notes again and again until the block ends."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.005):
            process.tell(disturb(root, rng, changes=rng.randrange(1, 6)))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
