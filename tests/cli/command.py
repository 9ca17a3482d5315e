"""The command ``starlight`` as people run it: a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlight.engine.workspace import Workspace
from tests.waiting import wait_until

_UNPRIVILEGED = """
import ctypes, os, sys
for capability in (1, 2):  # to read, and to search, what its permissions forbid
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Takes from root the right to pass over permissions; changes nothing for anybody else."""


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """The JSON object of the last line."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return found

    def failed_with(self, *parts: str) -> None:
        """It refused, with one message for people that says all of ``parts``."""
        assert (self.code, self.out) == (1, ""), self
        *_, message = self.err.splitlines()
        assert message.startswith("starlight: "), self.err
        assert all(part in message for part in parts), message
        assert "Traceback" not in self.err


def starlight(*arguments: str | Path, cwd: Path | None = None, stdin: bytes | None = None, mere: bool = False) -> Done:
    """Run the command; ``mere`` takes root's right to pass over permissions from it."""
    done = subprocess.run(command(*arguments, mere=mere), cwd=cwd, input=stdin, capture_output=True, timeout=60)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return Done(done.returncode, out, err)


def together(*commands: Sequence[str | Path], mere: bool = False) -> list[Done]:
    """Run commands that do not touch one another at the same time, and return how each ended."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda arguments: starlight(*arguments, mere=mere), commands))


@contextlib.contextmanager
def started(*arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start the command and do not wait for it; it has ended afterwards, one way or the other."""
    with subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_a_part(root: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until ``process`` has indexed some of the notes of ``root``."""
    workspace = Workspace.at(root)
    wait_until("a part is indexed", lambda: workspace.status().files or process.poll() is not None, limit=30)
    assert process.poll() is None, "it ended before"
    workspace.close()


def command(*arguments: str | Path, mere: bool = False) -> list[str]:
    wrapped = [sys.executable, "-c", _UNPRIVILEGED] if mere else []
    return [*wrapped, sys.executable, "-m", "starlight", *map(str, arguments)]


def permissions_count() -> bool:
    """Whether a process that ``mere`` runs is held by permissions: not everywhere can root let go of its right."""
    status = [sys.executable, "-c", _UNPRIVILEGED, "/bin/cat", "/proc/self/status"]
    text = subprocess.run(status, check=True, capture_output=True, text=True).stdout
    held = int(next(line for line in text.splitlines() if line.startswith("CapEff")).split()[1], 16)
    return held & 0b110 == 0


def snapshot(root: Path) -> dict[str, object]:
    """What lies below ``root``: content and time of every file, target of every link."""
    found: dict[str, object] = {}
    for folder, folders, names in os.walk(root):
        for name in [*folders, *names]:
            path = Path(folder) / name
            if path.is_symlink():
                found[str(path)] = path.readlink()
            elif path.is_file():
                found[str(path)] = path.read_bytes(), path.stat().st_mtime_ns
            else:
                found[str(path)] = ""
    return found
