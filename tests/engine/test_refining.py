"""The second look at the results of a search: what it changes, what is kept, and that nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from starlight.config import Settings
from starlight.engine.refining import Refining
from starlight.engine.workspace import Workspace
from tests.engine.refiners import FakeRefiner, busy

NOTES = """
== tap.md ==
# Tap
The tap drips, and the tap wants a new washer.
== faucet.md ==
# Faucet
A tap of the marmalade kind.
== roof.md ==
# Roof
The tap on the roof is for the garden.
== tea.md ==
# Tea
Boil the water.
"""
QUERY = "tap washer"


def _refine(workspace: Workspace, refiner: FakeRefiner) -> Refining:
    refining = Refining(workspace.location, refiner, 10_000_000)
    workspace.__dict__["refining"] = refining
    return refining


@pytest.fixture
def kitchen(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def _paths(results: object) -> list[str]:
    return [hit.path for hit in results.hits]


def test_what_the_refiner_finds_near_comes_first(kitchen):
    _refine(kitchen, FakeRefiner("marmalade"))
    first, second = kitchen.search(QUERY), kitchen.refined(QUERY)
    assert (first.refined, second.refined) == (False, True)
    assert _paths(first)[0] == "tap.md"
    assert _paths(second)[0] == "faucet.md"
    assert sorted(_paths(first)) == sorted(_paths(second))


def test_its_numbers_say_what_the_second_look_gave(kitchen):
    _refine(kitchen, FakeRefiner("marmalade"))
    for hit in kitchen.search(QUERY, explain=True).hits:
        assert hit.explanation.refined == hit.explanation.fused
        assert "second look" not in hit.explanation.in_numbers()
    best = kitchen.refined(QUERY, explain=True).hits[0].explanation
    assert best.refined > best.fused
    assert best.to_json()["refined"] == round(best.refined, 4)
    assert f"after a second look {best.refined:.4f}" in best.in_numbers()
    unmoved = replace(best, smoothed=best.refined)
    assert "neighbours" not in unmoved.in_numbers()


def test_what_a_passage_means_is_looked_at_with_its_title(kitchen):
    refiner = FakeRefiner("marmalade")
    _refine(kitchen, refiner)
    kitchen.refined(QUERY)
    assert "Tap\nThe tap drips, and the tap wants a new washer." in [
        text.replace("\n\n", "\n") for text in refiner.texts
    ]


def test_vectors_are_made_once_and_kept(kitchen):
    refiner = FakeRefiner("marmalade")
    refining = _refine(kitchen, refiner)
    before = kitchen.refined(QUERY)
    assert refiner.take()
    assert kitchen.refined(QUERY) == before
    assert refiner.take() == []
    refining.close()
    _refine(kitchen, refiner)
    assert kitchen.refined(QUERY) == before
    assert refiner.take() == [], "in the file they are"


def test_what_could_not_be_kept_is_kept_later(kitchen, monkeypatch):
    """Another program holds the file for a moment."""
    refiner = FakeRefiner("marmalade")
    refining = _refine(kitchen, refiner)
    with monkeypatch.context() as context:
        context.setattr(refining._cache, "keep", busy)
        kitchen.refined(QUERY)
    assert refiner.take()
    refining.close()
    _refine(kitchen, refiner)
    kitchen.refined(QUERY)
    assert refiner.take() == []


def test_another_model_makes_its_own(kitchen):
    _refine(kitchen, FakeRefiner("marmalade"))
    kitchen.refined(QUERY)
    other = FakeRefiner("garden")
    other.identity = "fake-2"
    _refine(kitchen, other)
    assert _paths(kitchen.refined(QUERY))[0] == "roof.md"


def test_nothing_is_waited_for_longer_than_allowed(kitchen):
    refiner = FakeRefiner("marmalade", holds_back=True)
    _refine(kitchen, refiner)
    late = kitchen.refined(QUERY, seconds=0.05)
    assert late == kitchen.search(QUERY)
    refiner.let_go()
    assert _paths(kitchen.refined(QUERY, seconds=0.05))[0] == "faucet.md", "what came later is used the next time"


def test_what_came_in_time_is_used(kitchen):
    """The first of the list: what was not looked at must not stand between them."""
    refiner = FakeRefiner("marmalade", holds_back=True)
    _refine(kitchen, refiner)
    before = _paths(kitchen.search(QUERY))
    kitchen.refined(QUERY, seconds=0.01)
    refiner.let_go(2)
    results = kitchen.refined(QUERY, seconds=0.01)
    assert results.refined
    assert sorted(_paths(results)[:2]) == sorted(before[:2])
    assert _paths(results)[2:] == before[2:]


def test_an_open_note_is_looked_at_as_it_is_there(kitchen):
    refiner = FakeRefiner("marmalade")
    _refine(kitchen, refiner)
    kitchen.refined(QUERY)
    refiner.take()
    kitchen.show("roof.md", "# Roof\nThis tap gives marmalade, unlike the tap of old.\n")
    kitchen.show("faucet.md", "# Faucet\nNo tap.\n")
    assert _paths(kitchen.refined(QUERY))[0] == "roof.md"
    assert any("unlike the tap of old" in text for text in refiner.take())


def test_a_note_that_changed_on_disk_is_looked_at_as_it_is_now(kitchen):
    refiner = FakeRefiner("marmalade")
    _refine(kitchen, refiner)
    (kitchen.root / "roof.md").write_text("# Roof\nA tap of marmalade stands on it.\n")
    results = kitchen.refined(QUERY)
    assert set(_paths(results)[:2]) == {"faucet.md", "roof.md"}
    refiner.take()
    assert kitchen.refined(QUERY) == results
    assert refiner.take() == []


def test_a_note_that_is_gone_costs_itself_only(kitchen):
    _refine(kitchen, FakeRefiner("marmalade"))
    (kitchen.root / "tap.md").unlink()
    assert _paths(kitchen.refined(QUERY))[0] == "faucet.md"


def test_a_language_that_the_refiner_does_not_know_is_left_alone(kitchen):
    refiner = FakeRefiner("marmalade", fluency=0.0)
    _refine(kitchen, refiner)
    assert kitchen.refined(QUERY) == kitchen.search(QUERY)
    assert refiner.take() == []


def test_by_words_alone_nothing_is_refined(kitchen):
    refiner = FakeRefiner("marmalade")
    _refine(kitchen, refiner)
    assert not kitchen.refined(QUERY, only="lexical").refined
    assert kitchen.refined(QUERY, only="semantic").refined


def test_the_query_is_read_as_the_search_reads_it(kitchen):
    """What makes no sense as a filter is words in a batch, and a problem else."""
    refiner = FakeRefiner("marmalade")
    _refine(kitchen, refiner)
    kitchen.refined("date:whenever tap")
    kitchen.refined("date:whenever tap", lenient=True)
    assert refiner.queries == ["tap", "date:whenever tap"]


def test_a_folder_is_a_filter_here_too(kitchen):
    _refine(kitchen, FakeRefiner("marmalade"))
    assert _paths(kitchen.refined(QUERY, below="nowhere")) == []


def test_without_a_refiner_everything_works(kitchen):
    refiner = FakeRefiner("marmalade")
    refiner.problem = "ONNX Runtime is not installed"
    _refine(kitchen, refiner)
    assert kitchen.refined(QUERY) == kitchen.search(QUERY)


def test_a_refiner_that_gives_up_costs_the_second_look_only(kitchen):
    class Ending(FakeRefiner):
        def passage(self, text, turn):
            done = super().passage(text, turn)
            done.__init__()
            done.set_result(None)
            return done

    refiner = Ending("marmalade")
    _refine(kitchen, refiner)
    assert kitchen.refined(QUERY, seconds=0.2) == kitchen.search(QUERY)


def test_the_settings_can_do_without(open_workspace, vault):
    assert open_workspace(vault(NOTES), Settings(refine=False)).refining is None


def test_the_one_that_ships_is_used(indexed):
    workspace = indexed(NOTES, Settings())
    assert workspace.refining
    assert workspace.refining.refiner.folder.name == "refiner"


def test_evidence_rests_on_what_the_second_look_finds(kitchen):
    refiner = FakeRefiner("marmalade", holds_back=True)
    _refine(kitchen, refiner)
    assert kitchen.evidence(QUERY, 500, seconds=0).sources[0].path == "tap.md", "what has not come is not waited for"
    refiner.let_go()
    refiner.holds_back = False
    assert kitchen.evidence(QUERY, 500).sources[0].path == "faucet.md"
    assert refiner.queries == [QUERY, QUERY]


def test_what_the_second_look_finds_near_answers(kitchen):
    question = "where does the orange jam come from?"
    assert kitchen.evidence(question, 500).verdict == "nothing"
    _refine(kitchen, FakeRefiner("marmalade"))
    assert kitchen.evidence(question, 500).verdict == "found"
    assert kitchen.evidence("where is the submarine?", 500).sources[0].path == "faucet.md"


def test_a_note_without_a_line_is_no_evidence(indexed):
    workspace = indexed(f"{NOTES}== marmalade.md ==\n\n\n")
    _refine(workspace, FakeRefiner("marmalade"))
    assert "marmalade.md" not in {source.path for source in workspace.evidence("marmalade", 500).sources}
