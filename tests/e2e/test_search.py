"""``starlight.search`` and ``workspace/symbol``: shapes, meaning, and clear refusals."""

from __future__ import annotations

import pytest

from tests.e2e.client import Refused

INVALID_PARAMS = -32602

KITCHEN = """
== bread.md ==
# Sourdough

## Feeding the starter
Stir flour and water into the jar every morning so that the yeast stays alive.

## Baking
Heat the oven as hot as it goes.
== garden/blight.md ==
---
title: Tomato blight
---
Brown spots on the leaves come from a fungus that likes wet summers.
"""


@pytest.fixture(scope="module")
def kitchen(share):
    return share(KITCHEN)


def test_answer_has_the_agreed_shape(kitchen):
    answer = kitchen.search("how do I keep the yeast alive")
    assert set(answer) == {"query", "verdict", "confidence", "complete", "refined", "hits", "notes", "problems"}
    assert answer["query"] == "how do I keep the yeast alive"
    assert answer["verdict"] == "found"
    assert answer["complete"] is True
    hit = answer["hits"][0]
    assert set(hit) == {
        "path", "uri", "start_line", "end_line", "line", "title", "heading", "snippet", "sentence", "score", "reasons",
    }  # fmt: skip
    assert hit["path"] == "bread.md"
    assert hit["start_line"] <= 4 <= hit["end_line"]
    assert hit["title"] == "Sourdough"
    assert "yeast stays alive" in hit["snippet"]
    assert hit["line"] == 4
    assert "\n" not in hit["snippet"]
    assert all(isinstance(reason, str) and reason for reason in hit["reasons"])


def test_uri_leads_to_the_note(kitchen, module_home):
    hit = kitchen.search("leaves with spots")["hits"][0]
    assert hit["path"] == "garden/blight.md"
    assert hit["uri"] == (module_home / "notes" / "garden" / "blight.md").as_uri()


def test_limit_root_and_refine_are_taken(kitchen, module_home):
    assert len(kitchen.search("bread and leaves", limit=1)["hits"]) == 1
    assert kitchen.search("yeast", root=str(module_home / "notes"), refine=False)["hits"]
    assert kitchen.search("yeast", refine=True)["hits"]


def test_numbers_are_given_where_they_are_asked_for(kitchen):
    assert "explanation" not in kitchen.search("yeast")["hits"][0]
    explanation = kitchen.search("yeast", explain=True)["hits"][0]["explanation"]
    assert {"lexical", "trust", "cosine", "weight", "fused", "repeats", "score"} <= set(explanation)


def test_hits_are_folded_by_note(kitchen):
    answer = kitchen.search("bread and leaves")
    assert sorted(number for places in answer["notes"] for number in places) == [*range(len(answer["hits"]))]
    for places in answer["notes"]:
        assert len({answer["hits"][number]["uri"] for number in places}) == 1


def test_nothing_is_an_answer(kitchen):
    for query in ("", "   ", '"()*"', "))((", "\0"):
        assert kitchen.search(query)["verdict"] == "nothing", query


def test_filters_narrow_a_search_and_list_notes(kitchen):
    assert [hit["path"] for hit in kitchen.search("yeast leaves path:garden")["hits"]] == ["garden/blight.md"]
    assert [hit["path"] for hit in kitchen.search('"jar every morning"')["hits"]] == ["bread.md"]
    listed = kitchen.search("is:orphan -oven")
    assert [(hit["path"], hit["title"]) for hit in listed["hits"]] == [("garden/blight.md", "Tomato blight")]
    assert listed["verdict"] == "found"
    assert listed["problems"] == []
    assert (
        kitchen.request("workspace/symbol", {"query": "is:orphan path:garden"})[0]["containerName"]
        == "garden/blight.md"
    )


def test_a_bad_filter_is_told_with_its_place(kitchen):
    query = "yeast 🍞 date:someday"
    answer = kitchen.search(query)
    (problem,) = answer["problems"]
    assert query[problem["start"] : problem["end"]] == "date:someday", "in code points"
    assert "last week" in problem["message"]
    assert answer["hits"][0]["path"] == "bread.md"


def test_what_a_query_may_hold(kitchen):
    forms = kitchen.execute("starlight.syntax")["forms"]
    assert {"written", "meaning"} == set(forms[0])
    for form in forms:
        assert kitchen.search(form["written"])["query"] == form["written"]


def test_what_is_typed_obeys_filters(kitchen, module_home):
    path = module_home / "notes" / "bread.md"
    assert kitchen.search("tag:typed")["hits"] == []
    kitchen.open(path, "# Sourdough\n\nStill yeast, and #typed\n")
    assert [hit["path"] for hit in kitchen.search("yeast tag:typed")["hits"]] == ["bread.md"]
    kitchen.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    assert kitchen.search("yeast tag:typed")["hits"] == []


def test_huge_query_is_answered(kitchen):
    assert kitchen.search("yeast " * 50_000)["hits"][0]["path"] == "bread.md"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "`query` must be"),
        ([None], "`query` must be"),
        ([{}], "`query` must be"),
        ([{"query": 5}], "`query` must be"),
        (["yeast"], "takes one object"),
        ([["yeast"]], "takes one object"),
        ([{"query": "yeast"}, {"query": "flour"}], "takes one object"),
        ([{"query": "yeast", "limit": 0}], "limit must be from 1"),
        ([{"query": "yeast", "limit": -3}], "limit must be from 1"),
        ([{"query": "yeast", "limit": 10**9}], "limit must be from 1"),
        ([{"query": "yeast", "limit": "5"}], "`limit` must be a whole number"),
        ([{"query": "yeast", "limit": True}], "`limit` must be a whole number"),
        ([{"query": "yeast", "limit": 2.5}], "`limit` must be a whole number"),
        ([{"query": "yeast", "root": "/nowhere"}], "/nowhere: no such folder is open"),
        ([{"query": "yeast", "root": 5}], "`root` must be the path"),
        ([{"query": "yeast", "root": ""}], "`root` must be the path"),
        ([{"query": "yeast", "root": "\0"}], "`root` must be the path"),
        ([{"query": "yeast", "root": "~nobody-of-that-name"}], "no such folder is open"),
    ],
)
def test_bad_arguments_are_refused_clearly(kitchen, arguments, message):
    with pytest.raises(Refused, match=message.replace("`", ".")) as refused:
        kitchen.execute("starlight.search", *arguments)
    assert refused.value.code == INVALID_PARAMS
    assert "Traceback" not in refused.value.message


def test_unknown_command_is_refused(kitchen):
    with pytest.raises(Refused, match=r"starlight\.fly") as refused:
        kitchen.execute("starlight.fly")
    assert refused.value.code == INVALID_PARAMS


def test_limit_within_a_root_that_is_still_opened_is_checked_too(serve, vault):
    server = serve(vault(KITCHEN))
    with pytest.raises(Refused, match="limit must be from 1"):
        server.search("yeast", limit=0)


def test_symbols_are_found_by_meaning(kitchen):
    found = kitchen.request("workspace/symbol", {"query": "keeping yeast alive"})
    assert found[0]["containerName"] == "bread.md"
    assert found[0]["location"]["uri"].endswith("/notes/bread.md")
    start = found[0]["location"]["range"]["start"]
    assert start["character"] == 0
    assert start["line"] <= 3
    by_path = {symbol["containerName"]: symbol["name"] for symbol in found}
    assert by_path.get("garden/blight.md", "Tomato blight") == "Tomato blight"


def test_no_symbols_for_an_empty_query(kitchen):
    assert kitchen.request("workspace/symbol", {"query": ""}) == []
