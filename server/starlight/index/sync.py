"""What has changed since the index was written: a pure comparison of two sets of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlight.index.disk import Fact


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be read, and what is gone; the rest is as it was."""

    added: tuple[Fact, ...]
    changed: tuple[Fact, ...]
    removed: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)


class Comparison:
    """What is on disk beside what is ``stored`` (by path), as much at a time as suits.

    Size and modification time only say "maybe": whether a file changed is decided by its hash when it is read.
    """

    def __init__(self, stored: Mapping[str, Fact]) -> None:
        self.added: list[Fact] = []
        """What is on disk and not stored, of what was taken so far."""
        self._changed: list[Fact] = []
        self._stored = stored
        self._seen: set[str] = set()

    def take(self, on_disk: Iterable[Fact]) -> None:
        """Compare some of what is on disk."""
        stored, see = self._stored, self._seen.add
        for fact in on_disk:
            path = fact[0]  # by number: this is done for every file at every start
            see(path)
            before = stored.get(path)
            if before is None:
                self.added.append(fact)
            elif before != fact:
                self._changed.append(fact)

    def plan(self) -> Plan:
        """Return the plan that brings what is stored to what is on disk, all of which was taken."""
        removed = tuple(path for path in self._stored if path not in self._seen)
        return Plan(tuple(self.added), tuple(self._changed), removed)


def diff(on_disk: Iterable[Fact], stored: Mapping[str, Fact]) -> Plan:
    """Return the plan that brings ``stored`` (by path) to what is ``on_disk``."""
    comparison = Comparison(stored)
    comparison.take(on_disk)
    return comparison.plan()
