"""What the indexer does in idle time for the second look at results: all of it, in its turn, and not always."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from starlight.config import Settings
from starlight.engine import ahead as preparing
from starlight.engine import idle
from starlight.engine.ahead import Ahead
from starlight.engine.workspace import Workspace
from starlight.index.cache import Cache
from starlight.index.records import Status
from tests.engine.refiners import FakeRefiner, busy

NOTES = "".join(f"== {number}.md ==\n# Note {number}\nIt says {number}.\n" for number in range(30))
READY = Status("ready", files=30, chunks=30)


@pytest.fixture
def prepare(indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ahead]:
    monkeypatch.setattr(idle, "QUIET", 0.0)
    monkeypatch.setattr(idle, "on_battery", lambda: False)

    def make(settings: Settings | None = None) -> Ahead:
        workspace = indexed(NOTES)
        ahead = Ahead(workspace.location, workspace.location.database(workspace.fingerprint), settings or Settings())
        ahead._refiner = FakeRefiner("says")
        return ahead

    return make


def _until_it_rests(ahead: Ahead) -> list[tuple[str, int]]:
    """Let it go on until it has nothing to do; returns what it told."""
    told: list[tuple[str, int]] = []

    def tell() -> None:
        status = ahead.told(READY)
        told.append((status.refining, status.refined))

    for _ in range(100):
        ahead.go_on(tell)
        if not ahead.rest:
            return told
    raise AssertionError("it never rests")


def _first(ahead: Ahead) -> list[str]:
    """Let it go on until it asks for something: on a busy machine a step may be over before that; returns what."""
    for _ in range(100):
        ahead.go_on(lambda: None)
        if asked := ahead._refiner.take():
            return asked
    raise AssertionError("it asks for nothing")


def test_every_passage_is_prepared_once(prepare):
    ahead = prepare()
    assert ahead.state == "preparing"
    told = _until_it_rests(ahead)
    assert told[-1] == ("", 30)
    assert len(ahead._refiner.take()) == 30
    assert ahead._refiner.closed, "its process is not needed any more"
    ahead.begin_again()
    _until_it_rests(ahead)
    assert ahead._refiner.take() == []


def test_the_latest_notes_come_first(prepare):
    assert "Note 9" in _first(prepare())[0]


def test_a_step_is_short_and_rests(prepare):
    ahead = prepare()
    assert len(_first(ahead)) <= 4
    assert ahead.rest > 0


def test_a_step_ends_in_time_where_all_is_known(prepare, monkeypatch):
    """A folder of a hundred thousand notes is looked through in many steps."""
    ahead = prepare()
    _until_it_rests(ahead)
    ahead.begin_again()
    ahead._refiner.take()
    monkeypatch.setattr(preparing, "_STEP", 0.0)
    steps = 0
    while ahead.state:
        ahead.go_on(lambda: None)
        steps += 1
    assert steps > 30
    assert ahead._refiner.take() == []


@pytest.mark.parametrize("method", ["missing", "keep", "count", "is_full"])
def test_where_the_file_is_held_it_is_tried_again(prepare, monkeypatch, method):
    ahead = prepare()
    with monkeypatch.context() as context:
        context.setattr(Cache, method, property(busy) if method == "is_full" else busy)
        for _ in range(3):
            ahead.go_on(lambda: ahead.told(READY))
            assert ahead.state == "preparing"
            assert ahead.rest > 0
    assert _until_it_rests(ahead)[-1] == ("", 30)
    assert len(ahead._refiner.take()) == 30, "nothing was made twice"


def test_it_waits_while_somebody_searches_or_writes(prepare, monkeypatch):
    ahead = prepare()
    monkeypatch.setattr(idle, "QUIET", 1_000.0)
    ahead.used()
    ahead.go_on(lambda: None)
    assert ahead._refiner.take() == []


def test_it_waits_on_battery_and_says_so(prepare, monkeypatch):
    ahead = prepare()
    monkeypatch.setattr(idle, "on_battery", lambda: True)
    assert _until_it_rests(ahead) == [("on battery", 0)]
    assert ahead._refiner.take() == []


def test_it_goes_no_further_than_there_is_room(prepare):
    ahead = prepare(Settings(refiner_cache_size=1))
    ahead._cache._max_bytes = 10_000
    _until_it_rests(ahead)
    assert ahead._refiner.take() == []


@pytest.mark.parametrize("settings", [Settings(refine=False), Settings(refine_ahead=False)])
def test_it_does_nothing_where_it_is_not_wanted(prepare, settings):
    ahead = prepare(settings)
    assert ahead.state == ""
    assert _until_it_rests(ahead) == []
    assert ahead._refiner.take() == []


def test_it_does_nothing_without_a_refiner(prepare):
    ahead = prepare()
    ahead._refiner.problem = "ONNX Runtime is not installed"
    assert _until_it_rests(ahead) == []
    assert ahead.told(READY).refining == ""


def test_a_note_that_is_gone_costs_itself_only(prepare):
    ahead = prepare()
    (ahead._location.root / "7.md").unlink()
    assert _until_it_rests(ahead)[-1] == ("", 29)


def test_nothing_is_told_of_an_index_that_is_not_ready(prepare):
    assert prepare().told(Status("indexing", chunks=3)) == Status("indexing", chunks=3)
