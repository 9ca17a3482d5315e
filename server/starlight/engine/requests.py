"""What the readers of a root ask of its indexer, until it gets to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class Requests:
    """What is to be done next.  Later requests are absorbed by the one that waits."""

    paths: set[str] = field(default_factory=set)
    tickets: list[str] = field(default_factory=list)
    """Of readers that wait until everything was looked at after they asked."""
    everything: bool = False
    rebuild: bool = False
    damaged: bool = False
    """Whether a reader found that the index is: then it is thrown away before it is made again."""
    paused: bool = False
    ending: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(
        self, paths: set[str] | None = None, *, everything: bool = False, rebuild: bool = False, ticket: str = ""
    ) -> None:
        """Ask for something, on any thread."""
        with self.changed:
            self.paths |= paths or set()
            self.tickets += [ticket] if ticket else []
            self.everything |= everything
            self.rebuild |= rebuild
            self.paused &= not rebuild
            self.changed.notify_all()

    def discard(self) -> None:
        """Ask for an index that is damaged to be thrown away and made again."""
        with self.changed:
            self.damaged = True
        self.add(rebuild=True)

    def pause(self, *, paused: bool) -> None:
        """Hold bulk work up, or let it go on."""
        with self.changed:
            self.paused = paused
            self.changed.notify_all()

    def end(self) -> None:
        """Ask the indexer to end."""
        with self.changed:
            self.ending = True
            self.changed.notify_all()

    def waiting(self) -> bool:
        """Whether there is something to do now."""
        # A pause holds bulk work up; a note that was just saved is still taken.
        return self.ending or self.rebuild or bool(self.paths) or (self.everything and not self.paused)
