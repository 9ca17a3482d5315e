"""Whether nobody uses the notes and the machine does not run on battery: what can wait is done then, and rests."""

from __future__ import annotations

import time

from starlight.models.power import on_battery

QUIET = 10.0
"""Seconds that nobody must have searched, written or saved."""
_POWER_EVERY = 30.0
_REST = 0.5


class Idle:
    """Hears that somebody searches or writes, and looks at the power now and then.  ``used`` is for any thread."""

    def __init__(self) -> None:
        self._used_at = time.monotonic()
        self._power_at = float("-inf")
        self.on_battery = False
        """Whether a battery alone fed the machine when that was looked at last."""

    @property
    def quiet_in(self) -> float:
        """Seconds until nobody has used the notes for a while, if nobody does till then; 0 where that is so."""
        return max(self._used_at + QUIET - time.monotonic(), 0.0)

    @property
    def is_idle(self) -> bool:
        """Whether nobody has used the notes for a while, and the machine does not run on battery."""
        if self.quiet_in:
            return False
        now = time.monotonic()
        if now - self._power_at > _POWER_EVERY:
            self._power_at, self.on_battery = now, on_battery()
        return not self.on_battery

    def used(self) -> None:
        """Take note that somebody searches or writes."""
        self._used_at = time.monotonic()


def rest_after(began: float) -> float:
    """Return the seconds to rest after a step that ``began`` then, by the monotonic clock: half of what it took."""
    return _REST * (time.monotonic() - began)
