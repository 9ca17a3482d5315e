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


def diff(on_disk: Iterable[Fact], stored: Mapping[str, Fact]) -> Plan:
    """Return the plan that brings ``stored`` (by path) to what is ``on_disk``.

    Size and modification time only say "maybe": whether a file changed is decided by its hash when it is read.
    """
    added: list[Fact] = []
    changed: list[Fact] = []
    seen: set[str] = set()
    for fact in on_disk:
        seen.add(fact.path)
        before = stored.get(fact.path)
        if before is None:
            added.append(fact)
        elif before != fact:
            changed.append(fact)
    return Plan(tuple(added), tuple(changed), tuple(path for path in stored if path not in seen))
