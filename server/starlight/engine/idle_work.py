"""What the indexer does for later while nothing else is to be done, one short step at a time: nearness first, then the
text of scans, then the second look at results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from starlight.config import Settings
from starlight.engine.ahead import Ahead
from starlight.engine.nearness import NearAhead
from starlight.index.cache import Cache
from starlight.index.location import Location
from starlight.index.records import Status

if TYPE_CHECKING:
    from starlight.engine.recognising import Index, Recognition


class IdleWork:
    """The work of one root that can wait.  Use it on one thread; ``used`` may be called on any."""

    def __init__(
        self, location: Location, database: Path, neighbours: Path, settings: Settings, cache: Cache, dim: int
    ) -> None:
        self._ahead = Ahead(location, database, settings)
        self._near = NearAhead(neighbours, database, dim)
        self._recognition = _recognition(location.root, settings, cache)
        self._was_on_battery = False

    @property
    def pause(self) -> float:
        """Seconds to wait before the next step."""
        return 0.0 if self._near.is_at_work and self._ahead.is_idle else min(self._ahead.rest or 1.0, 1.0)

    def used(self) -> None:
        """Take note that somebody searches or writes."""
        self._ahead.used()

    def begin_again(self) -> None:
        """Take note that the index is about to change."""
        self._ahead.begin_again()
        self._near.begin_again()

    def look(self, index: Callable[[], Index]) -> None:
        """Take note that the index has changed, which ``index`` gives."""
        if self._recognition:
            self._recognition.look(index())

    def go_on(self, index: Callable[[], Index], tell: Callable[[], None]) -> set[str]:
        """Do a short step, and ``tell`` how far it is now and then; returns files that are to be indexed now."""
        if self._ahead.is_idle:
            if self._near.go_on():
                return set()
            if self._recognition:
                known = self._recognition.go_on(index())
                if self._recognition.has_news:
                    tell()
                if known or self._recognition.is_at_work:
                    return known
        self._ahead.go_on(tell)
        if self._recognition and self._ahead.on_battery != self._was_on_battery:
            self._was_on_battery = self._ahead.on_battery
            tell()
        return set()

    def told(self, status: Status) -> Status:
        """Return ``status`` with how far all of it is."""
        status = self._ahead.told(status)
        if self._recognition:
            status = self._recognition.told(status, on_battery=self._ahead.on_battery)
        return status

    def close(self) -> None:
        """End the processes."""
        if self._recognition:
            self._recognition.close()
        self._ahead.close()


def _recognition(root: Path, settings: Settings, cache: Cache) -> Recognition | None:
    if not settings.ocr:
        return None
    from starlight.engine.recognising import Recognition

    return Recognition(root, settings, cache)
