"""``starlight.ask`` without a model: shapes, scopes, several folders, open buffers, and clear refusals."""

from __future__ import annotations

import pytest

from tests.e2e.client import Refused

INVALID_PARAMS, CANCELLED = -32602, -32800

KITCHEN = """
== bread.md ==
# Sourdough

## Feeding the starter
Stir flour and water into the jar every morning so that the yeast stays alive.

## Baking
Heat the oven to 250 degrees before the loaf goes in.
== garden/blight.md ==
---
title: Tomato blight
tags: [plants]
---
Brown spots on the leaves come from a fungus that likes wet summers.
"""
NO_MODEL = {"chat": {"localPorts": []}}
"""No server of models is looked for: one may run on this machine."""
ANSWER = {
    "question", "answer", "linked", "kind", "verdict", "complete", "sources", "statements", "left_out", "model", "host",
    "left_machine", "stopped", "hint", "usage",
}  # fmt: skip
SOURCE = {
    "number", "path", "uri", "start_line", "end_line", "line", "title", "heading", "snippet", "score", "reasons",
    "text", "tokens", "support",
}  # fmt: skip
USAGE = {
    "prompt_tokens", "cached_tokens", "completion_tokens", "first_token_seconds", "seconds", "tokens_per_second",
}  # fmt: skip


@pytest.fixture(scope="module")
def kitchen(share):
    return share(KITCHEN, settings=NO_MODEL)


def ask(server, question: str, **more: object):
    return server.execute("starlight.ask", {"question": question, **more})


def test_answer_has_the_agreed_shape(kitchen, module_home):
    answer = ask(kitchen, "How do I keep the yeast alive?")
    assert set(answer) == ANSWER
    assert set(answer["usage"]) == USAGE
    assert (answer["kind"], answer["verdict"], answer["complete"]) == ("extractive", "found", True)
    assert "yeast stays alive" in answer["answer"]
    assert "[1]" in answer["answer"]
    assert "starlight model list" in answer["hint"]
    source = answer["sources"][0]
    assert set(source) == SOURCE
    assert (source["number"], source["path"], source["support"]) == (1, "bread.md", "supported")
    assert source["uri"] == (module_home / "notes" / "bread.md").as_uri()
    assert source["start_line"] <= 4 <= source["end_line"]
    statement = answer["statements"][0]
    assert set(statement) == {"text", "start", "end", "sources", "support", "reason"}
    assert statement["sources"] == [1]
    assert answer["answer"][statement["start"] : statement["end"]].strip() == statement["text"]


def test_events_come_before_the_answer_in_order(kitchen):
    answer = ask(kitchen, "How hot is the oven?", id="oven")
    events = [event for event in kitchen.of("starlight/answer") if event["id"] == "oven"]
    phases = [event["phase"] for event in events if "phase" in event]
    assert phases[0] == "searching"
    assert phases[-1] == "checking"
    (sources,) = [event["sources"] for event in events if "sources" in event]
    assert [source["path"] for source in sources] == [source["path"] for source in answer["sources"]]
    assert "".join(event.get("text", "") for event in events) == answer["answer"]


def test_nothing_is_sent_without_an_id(kitchen):
    before = len(kitchen.of("starlight/answer"))
    ask(kitchen, "How hot is the oven?")
    assert len(kitchen.of("starlight/answer")) == before


def test_notes_that_do_not_say(kitchen):
    answer = ask(kitchen, "quantum chromodynamics lattice renormalization")
    assert answer["verdict"] == "nothing"
    assert answer["answer"] == "Your notes do not say."
    assert answer["statements"] == []


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({}, "`question` must be"),
        ({"question": ""}, "`question` must be"),
        ({"question": "  \n"}, "`question` must be"),
        ({"question": 5}, "`question` must be"),
        ({"question": "x", "id": 5}, "`id` must be a string"),
        ({"question": "x", "model": ["a"]}, "`model` must be a string"),
        ({"question": "x", "conversation": "y"}, "`conversation` must be a list"),
        ({"question": "x", "conversation": [{"question": "y"}]}, "`conversation` must be a list"),
        ({"question": "x", "scope": "all"}, "`scope` must be an object"),
        ({"question": "x", "scope": {"root": "/nowhere"}}, "no such folder is open"),
        ({"question": "x", "scope": {"folder": "garden"}}, "`folder` must be the URI"),
        ({"question": "x", "scope": {"folder": "file:///nowhere"}}, "is in no folder that is open"),
        ({"question": "x", "scope": {"notes": "file:///nowhere"}}, "`notes` must be a list"),
        ({"question": "x", "scope": {"tags": [1]}}, "`tags` must be a list"),
        ({"question": "x", "scope": {"selection": 3}}, "`selection` must be an object"),
    ],
)
def test_bad_arguments_are_refused_clearly(kitchen, argument, message):
    with pytest.raises(Refused, match=message.replace("`", ".")) as refused:
        kitchen.execute("starlight.ask", argument)
    assert refused.value.code == INVALID_PARAMS


def test_scope_holds(kitchen, module_home):
    notes = module_home / "notes"
    garden = ask(kitchen, "the wet leaves and the oven", scope={"folder": (notes / "garden").as_uri()})
    assert {source["path"] for source in garden["sources"]} == {"garden/blight.md"}
    bread = ask(kitchen, "the wet leaves and the oven", scope={"notes": [(notes / "bread.md").as_uri()]})
    assert {source["path"] for source in bread["sources"]} == {"bread.md"}


def test_unknown_model_is_refused(kitchen):
    with pytest.raises(Refused, match="no-such-model"):
        ask(kitchen, "How hot is the oven?", model="no-such-model")


def test_nothing_to_stop(kitchen):
    assert kitchen.execute("starlight.stop", {"id": "nobody"}) == {"stopped": False}


def test_open_buffer_wins(ready, vault):
    root = vault(KITCHEN)
    server = ready(root, settings=NO_MODEL)
    server.open(root / "bread.md", "# Sourdough\n\nThe oven is 310 degrees hot now, for the loaf.\n")
    answer = ask(server, "How many degrees for the loaf in the oven?")
    assert "310 degrees" in answer["answer"]
    assert not any("250" in source["text"] for source in answer["sources"])


def test_several_folders_answer_together(ready, vault):
    bread = vault(KITCHEN)
    tea = vault("== tea.md ==\n# Tea\nGreen tea wants 70 degrees, the oven is not needed.\n", "tea")
    server = ready(bread, tea, settings=NO_MODEL)
    answer = ask(server, "degrees of green tea and of the oven")
    assert {"bread.md", "tea.md"} <= {source["path"] for source in answer["sources"]}
    assert [source["number"] for source in answer["sources"]] == list(range(1, len(answer["sources"]) + 1))
    only = ask(server, "degrees of green tea and of the oven", scope={"root": str(tea)})
    assert {source["uri"] for source in only["sources"]} == {(tea / "tea.md").as_uri()}


def test_conversation_is_saved_as_a_new_note_by_an_edit(ready, vault):
    root = vault(KITCHEN)
    server = ready(root, settings=NO_MODEL)
    server.answers["workspace/applyEdit"] = lambda _params: {"applied": True}
    answer = ask(server, "How hot is the oven?")
    saved = server.execute(
        "starlight.saveConversation",
        {"turns": [{"question": answer["question"], "answer": answer["answer"], "sources": answer["sources"]}]},
    )
    (applied,) = server.of("workspace/applyEdit")
    assert applied["edit"] == saved["edit"]
    create, change = saved["edit"]["documentChanges"]
    assert (create["kind"], create["uri"]) == ("create", saved["uri"])
    assert saved["uri"].startswith((root / "chats").as_uri())
    text = change["edits"][0]["newText"]
    assert "## How hot is the oven?" in text
    assert answer["answer"].replace("[1]", "[[bread|1]]") in text
    assert "[bread.md](../bread.md), lines" in text
    assert not (root / "chats").exists()  # the editor writes, not the server


@pytest.mark.parametrize("turns", [None, [], [{}], [{"question": ""}], [{"question": "x", "sources": [1]}], "x"])
def test_bad_conversations_are_refused(kitchen, turns):
    with pytest.raises(Refused) as refused:
        kitchen.execute("starlight.saveConversation", {"turns": turns})
    assert refused.value.code == INVALID_PARAMS
