"""Waiting for a condition that has a name, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
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
