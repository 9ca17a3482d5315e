"""Waiting for a condition that has a name, never for a time; and one that many wait for."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


def wait_until(what: str, condition: Callable[[], Value], limit: float = 10.0) -> Value:
    """Return the first true value of ``condition``; fail, naming ``what`` was waited for, after ``limit`` seconds."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:g} s in vain until {what}; last: {value!r}")
        time.sleep(0.01)


def wait_until_settled(root: Path) -> None:
    """Wait until the files below ``root`` are so old that nothing can change in them with the same time."""
    newest = max(path.stat().st_ctime for path in root.rglob("*.md"))
    wait_until("the files are two seconds old", lambda: time.time() > newest + 2)


def is_gone(pid: int) -> bool:
    """Whether the process has ended, looked after or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
