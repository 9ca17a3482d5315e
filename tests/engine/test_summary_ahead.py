"""Summary lines by a model in idle time: which notes, by which models, when, what stops it, and what is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import pytest

from starlight.config import Settings
from starlight.engine import idle, summary_ahead, unhurried
from starlight.engine.assistant import Assistant
from starlight.engine.summary import Counts
from starlight.engine.summary_ahead import FOREVER, SummaryAhead, counted
from starlight.engine.workspace import Workspace
from starlight.errors import GenerationFailed, GeneratorUnavailable
from starlight.index import cache as cache_module
from starlight.models.generator import Cancellation, Message
from starlight.models.slot import Alone, Slot, state_folder
from tests.engine.fakes import FakeGenerator
from tests.engine.idle_work import LONG, NOTES, Doing, kettle
from tests.engine.refiners import busy
from tests.engine.summaries import first_sentences
from tests.waiting import wait_until


@pytest.fixture
def doing(
    indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch, xdg_home: object
) -> Iterator[Callable[..., Doing]]:
    monkeypatch.setattr(idle, "QUIET", 0.0)
    monkeypatch.setattr(idle, "on_battery", lambda: False)
    made: list[Doing] = []

    def make(model: FakeGenerator | None = None, notes: Workspace | None = None) -> Doing:
        assistant = Assistant(Settings())
        one = Doing(SummaryAhead(assistant), notes or indexed(NOTES), model or FakeGenerator(kettle, loaded=True))
        one.work = SummaryAhead(assistant, lambda: one.told.append((one.work.state, one.counts)))
        monkeypatch.setattr(assistant, "_found", lambda _wanted: one.model)
        made.append(one)
        return one

    yield make
    for one in made:
        one.work.close()


def test_each_longer_note_has_a_line_that_a_hover_shows_as_that_of_the_model(doing):
    one = doing()
    before = one.shown("1")
    assert before[1] == ""
    one.until_done()
    assert (one.counts, one.work.state, one.work.model) == (Counts(3, 3), "", "fake-1b")
    assert one.shown("1") == ("It tells of kettle 1 and of its copper lid.", "fake-1b")
    assert sorted(one.read()) == ["0", "1", "2"]
    assert ("making", Counts(1, 3)) in one.told


def test_a_hover_waits_for_no_model_and_has_a_sentence_of_the_note_until_then(doing):
    one = doing()
    assert one.shown("1")[0] != ""
    assert one.model.prompts == []


def test_conversations_and_summaries_short_notes_and_documents_have_none(doing):
    one = doing()
    one.until_done()
    assert set(one.read()).isdisjoint({"tea", "all"})
    assert one.counts.total == 3


def test_open_notes_come_first_and_then_those_that_were_changed_last(doing):
    one = doing()
    for number, path in enumerate(("2.md", "0.md", "1.md")):
        os.utime(one.notes.root / path, (1_000_000 + number, 1_000_000 + number))
    one.notes.bring_up_to_date()
    one.opened = ["2.md"]
    one.until_done()
    assert one.read() == ["2", "1", "0"]


def test_a_note_that_changed_is_read_again_and_no_other(doing):
    one = doing()
    one.until_done()
    one.read()
    (one.notes.root / "1.md").write_text(LONG.format("one"))
    one.notes.bring_up_to_date()
    assert one.shown("1")[1] == "", "the line was of another text"
    one.until_done()
    assert one.read() == ["one"]
    assert one.shown("1") == ("It tells of kettle one and of its copper lid.", "fake-1b")


def test_an_open_note_has_the_line_of_its_text_alone(doing):
    one = doing()
    one.until_done()
    assert one.shown("1", {"1.md": LONG.format(1)})[1] == "fake-1b"
    assert one.shown("1", {"1.md": LONG.format("other")})[1] == ""


def test_a_file_with_a_byte_order_mark_and_other_line_ends_has_its_line_too(doing):
    one = doing()
    (one.notes.root / "1.md").write_bytes(b"\xef\xbb\xbf" + LONG.format("mark").replace("\n", "\r\n").encode())
    one.notes.bring_up_to_date()
    one.until_done()
    assert one.shown("1") == ("It tells of kettle mark and of its copper lid.", "fake-1b")
    assert one.counts == Counts(3, 3)


def test_another_window_and_another_start_find_what_was_made(doing):
    one = doing()
    one.step()
    other = doing(notes=one.notes)
    one.work.close()
    other.until_done()
    assert len(one.read()) + len(other.read()) == 3
    assert counted(one.notes) == Counts(3, 3)


def test_another_model_writes_lines_of_its_own_and_they_are_shown(doing):
    one = doing()
    one.until_done()
    other = doing(notes=one.notes)
    other.model.name = "larger-7b"
    other.until_done()
    assert other.shown("1")[1] == "larger-7b"
    assert len(other.read()) == 3
    assert other.counts == Counts(3, 3)


def test_one_window_at_a_time(doing):
    one = doing()
    elsewhere = Alone(state_folder(), "lines")
    assert elsewhere.take()
    assert one.step() > 1
    assert (one.work.state, one.model.prompts) == ("another window", [])
    elsewhere.release()
    one.until_done()
    assert one.counts == Counts(3, 3)


def test_it_waits_while_somebody_writes_and_says_so(doing, monkeypatch):
    one = doing()
    monkeypatch.setattr(idle, "QUIET", 1_000.0)
    one.work.idle.used()
    assert 900 < one.step() <= 1_000
    assert (one.work.state, one.counts, one.model.prompts) == ("waiting", Counts(0, 3), [])


def test_it_waits_on_battery_and_says_so(doing, monkeypatch):
    one = doing()
    monkeypatch.setattr(idle, "on_battery", lambda: True)
    one.step()
    assert (one.work.state, one.counts, one.model.prompts) == ("on battery", Counts(0, 3), [])


def test_a_key_stops_what_is_written_and_it_goes_on_later(doing, monkeypatch):
    one, stop = doing(), Cancellation()

    def interrupted(messages: Sequence[Message]) -> str:
        stop.cancel()
        return kettle(messages)

    one.model._say = interrupted
    one.step(stop)
    assert (one.work.state, one.counts) == ("waiting", Counts(0, 3))
    one.model._say = kettle
    one.until_done()
    assert one.counts == Counts(3, 3)


def test_parts_of_a_long_note_that_were_read_before_a_key_are_not_read_again(doing, indexed):
    text = "# Kettles\n\n" + "".join(f"## Part {n}\nKettle {n} is of copper. {'It boils. ' * 60}\n\n" for n in range(8))
    one, stop = doing(FakeGenerator(first_sentences, window=1_000, loaded=True), indexed(f"== long.md ==\n{text}")), []
    says = one.model._say

    def third(messages: Sequence[Message]) -> str:
        if len(one.model.prompts) == 3:
            stop[0].cancel()
        return says(messages)

    one.model._say, stop = third, [Cancellation()]
    one.step(stop[0])
    assert len(one.model.prompts) == 3
    read = [prompt[0].content for prompt in one.model.prompts]
    one.model.prompts.clear()
    one.until_done()
    again = [prompt[0].content for prompt in one.model.prompts]
    assert set(read[:2]).isdisjoint(again)
    assert read[2] in again
    assert one.counts == Counts(1, 1)


def test_a_model_rests_between_two_answers_unless_it_is_stopped(doing, indexed, monkeypatch):
    rests: list[float] = []
    monkeypatch.setattr(unhurried, "rest_after", lambda _began: rests.append(0.01) or 0.01)
    text = "# Kettles\n\n" + "".join(f"## Part {n}\nKettle {n} is of copper. {'It boils. ' * 60}\n\n" for n in range(9))
    one = doing(FakeGenerator(first_sentences, window=1_000, loaded=True), indexed(f"== long.md ==\n{text}"))
    one.until_done()
    assert len(rests) == len(one.model.prompts) > 2


@pytest.mark.parametrize("place", ["remote", "process"])
def test_nothing_is_sent_to_another_machine_and_nothing_is_loaded(doing, place):
    one = doing(FakeGenerator(kettle, place=place, loaded=place == "remote"))
    for _ in range(3):
        one.step()
    assert (one.work.state, one.model.prompts) == ("no model", [])


def test_a_model_that_would_have_to_be_loaded_after_all_is_not(doing):
    one, heard = doing(), []
    one.model.is_at_hand = lambda: True
    one.model.loaded = False  # it was let go of just now
    stop = Cancellation()
    stop.when_cancelled(lambda: heard.append("stopped"))
    one.step(stop)
    assert heard == ["stopped"]
    assert one.counts == Counts(0, 3)


def test_it_gives_way_to_another_window_that_waits_for_the_place_of_the_model(doing, monkeypatch):
    one, stop = doing(), Cancellation()
    monkeypatch.setattr(unhurried, "_LOOK", 0.01)
    held = Alone(state_folder(), "next")  # as a process does that waits for its turn to load a model
    assert held.take()
    assert Slot(state_folder()).is_wanted()

    def slow(messages: Sequence[Message]) -> str:
        wait_until("it is stopped", lambda: stop.is_cancelled)
        return kettle(messages)

    one.model._say = slow
    assert one.step(stop) > 1
    assert one.counts == Counts(0, 3)
    held.release()


def test_it_stops_when_the_plug_is_pulled(doing, monkeypatch):
    one, stop = doing(), Cancellation()
    monkeypatch.setattr(unhurried, "_LOOK", 0.01)
    monkeypatch.setattr(idle, "_POWER_EVERY", 0.0)

    def slow(messages: Sequence[Message]) -> str:
        monkeypatch.setattr(idle, "on_battery", lambda: True)
        wait_until("it is stopped", lambda: stop.is_cancelled)
        return kettle(messages)

    one.model._say = slow
    one.step(stop)
    one.step()
    assert (one.work.state, one.counts) == ("on battery", Counts(0, 3))


def test_a_model_that_fails_is_left_alone_for_longer_and_longer(doing, monkeypatch):
    one = doing(FakeGenerator(kettle, error=GeneratorUnavailable("the server is gone"), loaded=True))
    waits = []
    for _ in range(4):
        waits.append(round(one.step()))
        assert (one.work.state, one.work.problem) == ("resting", "the server is gone")
        assert one.step() > 0.5 * waits[-1], "it is not asked meanwhile"
        one.work._again_at = float("-inf")
    assert waits == [30, 60, 120, 240]
    one.model._error = None
    one.work.try_again()
    one.until_done()
    assert (one.work.state, one.work.problem) == ("", "")
    assert one.counts == Counts(3, 3)


def test_a_note_at_which_a_model_fails_again_and_again_costs_itself_alone(doing):
    one = doing()

    def say(messages: Sequence[Message]) -> str:
        if "kettle 1" in messages[0].content:
            raise GenerationFailed("out of memory")
        return kettle(messages)

    one.model._say = say
    failures = 0
    while one.step() != FOREVER:
        failures += one.work.state == "resting"
        one.work._again_at = float("-inf")
        assert failures < 4
    assert (failures, one.counts) == (2, Counts(2, 3))


def test_a_model_that_ends_in_the_middle_is_left_alone(doing):
    one = doing(FakeGenerator(kettle, fails_after=3, loaded=True))
    assert one.step() > 20
    assert one.work.state == "resting"
    assert one.counts == Counts(0, 3)


@pytest.mark.parametrize(
    "nonsense",
    ["", "I cannot help with that.", "???", "It tells of kettle 4711 and of its copper lid [1]."],
    ids=["nothing", "a refusal", "no words", "a number that is not there"],
)
def test_what_is_no_line_is_not_kept_and_not_asked_for_again(doing, nonsense):
    one = doing(FakeGenerator(lambda _messages: nonsense, loaded=True))
    for _ in range(2):
        one.step()
    assert one.step() > 20
    assert one.work.state == "resting"
    assert "for 3 notes in a row" in one.work.problem
    asked = len(one.model.prompts)
    one.work.try_again()
    one.until_done()
    assert len(one.model.prompts) == asked == 3
    assert one.counts == Counts(0, 3)
    assert one.shown("1")[1] == ""


def test_the_first_sentence_of_an_answer_that_was_cut_off_is_a_line(doing):
    one = doing(FakeGenerator(lambda messages: kettle(messages) + ". And " + "so on " * 500, loaded=True))
    one.until_done()
    assert one.shown("1")[0].startswith("It tells of kettle 1 and of its copper lid")
    assert "so on" not in one.shown("1")[0]


def test_a_note_that_changes_while_it_is_looked_at_is_left_until_it_is_indexed_again(doing):
    one = doing()
    (one.notes.root / "1.md").write_text(LONG.format("one"))
    one.until_done()
    assert one.counts == Counts(2, 2)
    one.notes.bring_up_to_date()
    one.until_done()
    assert one.counts == Counts(3, 3)


def test_a_note_without_text_is_not_asked_about(doing, indexed):
    front = "".join(f"key{number}: value\n" for number in range(100))
    one = doing(notes=indexed(f"== empty.md ==\n---\n{front}---\n"))
    one.until_done()
    assert (one.model.prompts, one.counts) == ([], Counts(0, 1))


def test_a_file_of_lines_that_is_held_is_tried_again(doing, monkeypatch):
    one = doing()
    with monkeypatch.context() as context:
        context.setattr(cache_module.Cache, "keep_summary", busy)
        assert one.step() > 1
    one.until_done()
    assert one.counts == Counts(3, 3)


def test_without_an_index_there_is_nothing_to_do(doing, open_workspace, tmp_path):
    one = doing(notes=open_workspace(tmp_path))
    assert one.step() == FOREVER
    assert (one.work.state, one.counts) == ("", Counts())


def test_nobody_counts_where_none_is_made_and_none_is_wanted(doing):
    assert counted(doing().notes) is None


def test_steps_are_a_second_apart_at_least(doing):
    one = doing()
    assert one.step() >= summary_ahead._LEAST_REST
