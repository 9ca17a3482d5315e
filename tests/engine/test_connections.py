"""Questions to the graph, through a workspace: what is answered, and what each step rests on."""

from __future__ import annotations

import importlib
import threading

import pytest

from starlight.engine.graph_answers import GraphQuestion
from starlight.errors import InvalidRequest

NOTES = """
== tea.md ==
---
tags: [drinks]
---
# Tea
## Water
Boil it as [[kettle#Scale|the kettle]] says.
![[kettle]]
== kettle.md ==
# Kettle
## Scale
A kettle furs up where the water is hard: vinegar takes the white crust off.
== descaling.md ==
# Descaling
The white crust in a kettle comes off with vinegar, where hard water furs it up.
== coffee.md ==
---
tags: [drinks]
---
# Coffee
[Grinder](tools/grinder.md) first.
== tools/grinder.md ==
# Grinder
Burrs, not blades.
== a/same.md ==
# Same
== b/same.md ==
# Same
== lonely.md ==
# Lonely
Quantum chromodynamics.
"""


@pytest.fixture
def workspace(indexed):
    return indexed(NOTES)


def ask(workspace, what, path="", to="", opened=None, **how):
    return workspace.connections(GraphQuestion(what, path, to, **how), opened)


def test_how_two_notes_are_connected_with_what_each_step_rests_on(workspace):
    found = ask(workspace, "path", "Grinder", "descaling.md")
    assert (found["connected"], found["meaning"], found["message"]) == (True, True, "")
    assert [(step["kind"], step["to"]) for step in found["steps"]] == [
        ("link", "coffee.md"),
        ("tag", "tea.md"),
        ("link", "kettle.md"),
        ("meaning", "descaling.md"),
    ]
    by_link, by_tag, twice, by_meaning = found["steps"]
    assert by_tag["tag"] == "drinks"
    [ground] = by_link["evidence"]
    assert (ground["path"], ground["first"], ground["text"]) == ("coffee.md", 5, "[Grinder](tools/grinder.md) first.")
    link, embed = twice["evidence"]
    assert (link["anchor"], link["is_embed"], link["heading"], link["first"]) == ("Scale", False, "Water", 6)
    assert (embed["is_embed"], embed["first"]) == (True, 7)
    assert [(each["path"], each["first"]) for each in by_meaning["evidence"]] == [("kettle.md", 1), ("descaling.md", 1)]
    assert {"crust", "vinegar"} <= set(by_meaning["words"])
    assert found["shortest"] == []


def test_the_way_back_is_the_same(workspace):
    there, back = (ask(workspace, "path", *ends)["steps"] for ends in (("tea", "descaling"), ("descaling", "tea")))
    assert [step["to"] for step in there] == ["kettle.md", "descaling.md"]
    assert [step["to"] for step in back] == ["kettle.md", "tea.md"]


def test_nothing_connects_what_stands_alone(workspace):
    found = ask(workspace, "path", "lonely", "tea")
    assert (found["connected"], found["steps"], found["shortest"]) == (False, [], [])
    assert ask(workspace, "path", "tea", "tea")["connected"] is True


def test_neighbours(workspace):
    found = ask(workspace, "neighbours", "tea.md", depth=2)
    assert [(each["path"], each["depth"], each["kind"]) for each in found["neighbours"]] == [
        ("kettle.md", 1, "link"),
        ("coffee.md", 1, "tag"),
        ("descaling.md", 2, "meaning"),
        ("tools/grinder.md", 2, "link"),
    ]


def test_open_notes_count_as_they_are(workspace):
    opened = {"lonely.md": "# Lonely\n[[tea]]\n", "new.md": "# New\n[[lonely]]\n"}
    steps = ask(workspace, "path", "New", "tea", opened)["steps"]
    assert [(step["to"], step["evidence"][0]["first"]) for step in steps] == [("lonely.md", 2), ("tea.md", 2)]


def test_lists(workspace):
    orphans = ask(workspace, "orphans")
    near = {each["path"]: [other["path"] for other in each["near"]] for each in orphans["orphans"]}
    assert near == {
        "a/same.md": ["b/same.md"], "b/same.md": ["a/same.md"], "descaling.md": ["kettle.md"], "lonely.md": [],
    }  # fmt: skip
    assert list(near)[-1] == "lonely.md"
    assert {each["path"] for each in ask(workspace, "hubs")["hubs"]} == {
        "tea.md", "kettle.md", "coffee.md", "tools/grinder.md",
    }  # fmt: skip
    clusters = ask(workspace, "clusters", limit=1)
    assert len(clusters["clusters"]) == 1
    assert sum(len(cluster.notes) for cluster in workspace.graphs.clusters(workspace.graphs.known({}))) == 8
    assert ask(workspace, "bridges")["bridges"] == []


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        ("gone.md", "tea", "no such note"),
        ("tea", "", "say which note"),
        ("tea", "Same", "2 notes are called so; say which by its path: a/same.md, b/same.md"),
    ],
)
def test_a_name_that_says_nothing_is_refused(workspace, path, to, message):
    with pytest.raises(InvalidRequest, match=message):
        ask(workspace, "path", path, to)


@pytest.mark.parametrize("how", [{"what": "friends"}, {"what": "hubs", "depth": 0}, {"what": "hubs", "limit": 0}])
def test_a_question_that_makes_no_sense_is_refused(how):
    with pytest.raises(InvalidRequest):
        GraphQuestion(**how)


def test_what_is_saved_counts_the_next_time(workspace):
    assert not ask(workspace, "path", "lonely", "kettle")["connected"]
    text = "# Lonely\nWhite crust in a kettle comes off with vinegar, where hard water furs it up.\n"
    (workspace.root / "lonely.md").write_text(text)
    workspace.bring_up_to_date()
    assert ask(workspace, "path", "lonely", "kettle")["steps"][0]["kind"] == "meaning"


def test_a_note_that_was_deleted_meanwhile_costs_its_evidence_only(workspace):
    (workspace.root / "tea.md").unlink()
    step = ask(workspace, "path", "tea.md", "kettle.md")["steps"][0]
    assert (step["to"], step["evidence"]) == ("kettle.md", [])


def test_who_needs_it_before_it_is_made_gets_links_and_is_told(workspace, monkeypatch):
    module = importlib.import_module("starlight.engine.nearness")
    monkeypatch.setattr(module, "_SOON", 1)
    found = ask(workspace, "path", "kettle", "descaling")
    assert (found["meaning"], found["connected"]) == (False, False)
    assert "still being compared" in found["message"]
    workspace.graphs._making.join()
    found = ask(workspace, "path", "kettle", "descaling")
    assert (found["meaning"], found["message"], found["connected"]) == (True, "", True)


@pytest.mark.parametrize("what", ["clusters", "bridges"])
def test_searches_do_not_wait_while_clusters_are_made(workspace, monkeypatch, what):
    """Where a map is drawn at the same time, it makes clusters and reads the index: each would wait for the other."""
    module = importlib.import_module("starlight.engine.graphing")
    make, ended = module.clusters, []

    def clusters(*given):
        searching = threading.Thread(target=workspace.search, args=("kettle",), daemon=True)
        searching.start()
        searching.join(10)
        ended.append(not searching.is_alive())
        return make(*given)

    monkeypatch.setattr(module, "clusters", clusters)
    ask(workspace, what)
    assert ended == [True]


def test_searches_do_not_wait_for_what_is_begun_behind(workspace, monkeypatch):
    monkeypatch.setattr(importlib.import_module("starlight.engine.nearness"), "_SOON", 1)
    begin, ended = workspace.graphs.begin, []

    def beginning():
        searching = threading.Thread(target=workspace.search, args=("kettle",), daemon=True)
        searching.start()
        searching.join(10)
        ended.append(not searching.is_alive())
        begin()

    monkeypatch.setattr(workspace.graphs, "begin", beginning)
    ask(workspace, "hubs")
    assert ended == [True]


def test_passages_of_open_notes_are_shown_where_they_are_now(workspace):
    def shown(opened):
        [step] = ask(workspace, "path", "kettle.md", "descaling.md", opened)["steps"]
        return {each["path"]: (each["first"], each["last"], each["text"]) for each in step["evidence"]}, step["words"]

    kettle = (workspace.root / "kettle.md").read_text()
    saved, words = shown({})
    assert saved.keys() == {"kettle.md", "descaling.md"}
    first, last, text = saved["kettle.md"]
    moved = {**saved, "kettle.md": (first + 2, last + 2, text)}
    assert shown({"kettle.md": f"Eggs, milk and bread for the weekend.\n\n{kettle}"}) == (moved, words)
    assert shown({"kettle.md": kettle.replace(" where ", " wherever ")}) == (
        {"descaling.md": saved["descaling.md"]},
        [],
    )


def test_passages_of_a_file_that_is_another_one_by_now_are_not_shown(workspace):
    (workspace.root / "kettle.md").write_text(
        "# Kettle\nEggs, milk and bread for the weekend, and a tent, and a lamp.\n"
    )
    [step] = ask(workspace, "path", "kettle.md", "descaling.md")["steps"]
    assert [each["path"] for each in step["evidence"]] == ["descaling.md"]
