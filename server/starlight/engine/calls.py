"""What was asked of chat models since this process began: how much of it stayed on this machine."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from starlight.models.generator import Place, Usage


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls of chat models, and tokens that they read and wrote; ``remote`` is what left the machine."""

    local_calls: int = 0
    local_tokens: int = 0
    remote_calls: int = 0
    remote_tokens: int = 0


class Calls:
    """Counts calls, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()

    @property
    def counts(self) -> Counts:
        """The counts so far."""
        return self._counts

    def add(self, place: Place, usage: Usage) -> None:
        """Count one call of a model at ``place``."""
        tokens = usage.prompt_tokens + usage.completion_tokens
        with self._lock:
            now = self._counts
            if place == "remote":
                changed = replace(now, remote_calls=now.remote_calls + 1, remote_tokens=now.remote_tokens + tokens)
            else:
                changed = replace(now, local_calls=now.local_calls + 1, local_tokens=now.local_tokens + tokens)
            self._counts = changed
