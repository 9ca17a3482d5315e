"""How several folders stand, as one."""

from __future__ import annotations

from collections.abc import Sequence

from starlight.index.records import State, Status

_MOST_URGENT: tuple[State, ...] = ("failed", "indexing", "starting", "paused", "ready")
_LEAST_WATCHED = ("", "polling", "native")


def summary(statuses: Sequence[Status]) -> Status:
    """Return the sums of ``statuses``, and the most urgent of their states; there must be one at least."""
    total = sum(status.total for status in statuses)
    return Status(
        state=min((status.state for status in statuses), key=_MOST_URGENT.index),
        files=sum(status.files for status in statuses),
        chunks=sum(status.chunks for status in statuses),
        queue=sum(status.queue for status in statuses),
        revision=sum(status.revision for status in statuses),
        failed=sum(status.failed for status in statuses),
        message="; ".join(dict.fromkeys(status.message for status in statuses if status.message)),
        changed=max(status.changed for status in statuses),
        total=total,
        done=sum(status.done for status in statuses),
        percent=sum(status.percent * status.total for status in statuses) // total if total else 0,
        rate=_rate(statuses),
        seconds_left=max((s.seconds_left for s in statuses if s.seconds_left is not None), default=None),
        path=next((status.path for status in statuses if status.path), ""),
        rebuilding=any(status.rebuilding for status in statuses),
        paused=any(status.paused for status in statuses),
        refined=sum(status.refined for status in statuses),
        refining=next((status.refining for status in statuses if status.refining), ""),
        scans=sum(status.scans for status in statuses),
        recognised=sum(status.recognised for status in statuses),
        recognising=next((status.recognising for status in statuses if status.recognising), ""),
        watching=min((status.watching for status in statuses), key=_LEAST_WATCHED.index),
    )


def _rate(statuses: Sequence[Status]) -> float:
    """The rate of all runs that go on; where there is none, the best of the last ones."""
    at_work = sum(status.rate for status in statuses if status.total)
    return at_work or max(status.rate for status in statuses)
