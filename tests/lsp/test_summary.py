"""Several folders as one: sums, the most urgent state, and what is true of any."""

from __future__ import annotations

from starlight.index.records import Status
from starlight.lsp.summary import summary

READY = Status("ready", files=3, chunks=9, revision=2, failed=1, changed="2026-01-02T00:00:00+00:00", rate=8e6)
INDEXING = Status(
    "indexing", files=10, chunks=20, queue=90, revision=5, changed="2026-01-01T00:00:00+00:00", total=100, done=10,
    percent=20, rate=2e6, seconds_left=40.0, path="a.md", watching="native",
)  # fmt: skip


def test_of_one_folder_it_is_that_folder():
    assert summary([INDEXING]) == INDEXING


def test_numbers_add_up_and_the_most_urgent_state_is_told():
    both = summary([READY, INDEXING])
    assert (both.state, both.files, both.chunks, both.queue) == ("indexing", 13, 29, 90)
    assert (both.revision, both.failed, both.changed) == (7, 1, READY.changed)
    assert (both.total, both.done, both.percent, both.path) == (100, 10, 20, "a.md")
    assert (both.rate, both.seconds_left) == (2e6, 40.0), "a run that is over has no part in the rate"


def test_runs_at_once_are_one_run():
    small = Status("indexing", queue=50, total=100, done=50, percent=60, rate=1e6, seconds_left=9.0)
    both = summary([INDEXING, small])
    assert (both.total, both.done, both.percent) == (200, 60, 40)
    assert (both.rate, both.seconds_left) == (3e6, 40.0)


def test_a_message_of_several_folders_is_said_once():
    paused = Status("paused", message="Indexing was stopped", paused=True)
    both = summary([paused, READY, paused])
    assert (both.state, both.message, both.paused) == ("paused", "Indexing was stopped", True)


def test_what_is_watched_least_is_told():
    assert summary([Status(watching="native"), Status(watching="polling")]).watching == "polling"
    assert summary([Status(watching="native"), Status()]).watching == ""
