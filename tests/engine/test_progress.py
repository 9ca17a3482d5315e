"""How far a run is, how fast it goes, and the same in words."""

from __future__ import annotations

import pytest

from starlight.engine import progress as progresses
from starlight.engine.progress import Progress, duration, in_words
from starlight.index.records import Status


class Clock:
    """Time as the test has it."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progresses, "time", clock)
    return clock


def test_counts_and_percentage_of_the_text(clock: Clock) -> None:
    progress = Progress(10, 1_000)
    progress.advance(1, 900)
    status = progress.status(Status("ready", files=7), "a.md")
    assert (status.state, status.files, status.path) == ("indexing", 7, "a.md")
    assert (status.total, status.done, status.queue, status.percent) == (10, 1, 9, 90)
    progress.advance(9, 100)
    assert progress.status(Status(), "b.md").percent == 99, "a hundred is for an index that is ready"
    assert progress.left == 0


def test_files_without_text_count_by_number(clock: Clock) -> None:
    progress = Progress(4, 0)
    progress.advance(1, 0)
    status = progress.status(Status(), "")
    assert (status.percent, status.rate, status.seconds_left) == (25, 0.0, None)
    assert Progress(0, 0).status(Status(), "").percent == 0


def test_rate_is_that_of_the_last_seconds(clock: Clock) -> None:
    progress = Progress(100, 100_000_000)
    for _ in range(20):  # two seconds at 5 MB/s
        clock.now += 0.1
        progress.advance(1, 500_000)
        status = progress.status(Status(), "")
    assert status.rate == pytest.approx(5e6)
    assert status.seconds_left == pytest.approx(18)
    for _ in range(100):  # ten at 1 MB/s
        clock.now += 0.1
        progress.advance(0, 100_000)
        status = progress.status(Status(), "")
    assert status.rate == pytest.approx(1e6)
    assert status.seconds_left == pytest.approx(80)


def test_nothing_is_foretold_at_once(clock: Clock) -> None:
    progress = Progress(100, 1_000)
    clock.now += 0.5
    progress.advance(50, 500)
    status = progress.status(Status(), "")
    assert (status.rate, status.seconds_left) == (0.0, None)
    assert in_words(status) == "50 of 100 notes"


def test_in_words() -> None:
    status = Status("indexing", total=61_000, done=12_300, rate=6_123_000.0, seconds_left=35.4)
    assert in_words(status) == "12,300 of 61,000 notes · 6.1 MB/s · 35 s left"
    assert in_words(Status("ready", rate=6e6)) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (2.4, "2 s"), (89, "89 s"), (90, "2 min"), (3_600, "60 min"), (7_200, "2 h"), (200_000, "2 days")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
