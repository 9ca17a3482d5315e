"""Filters inside the search: on disk and in an editor, alone and with words, and whatever is wrong with them."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from starlight.engine.hits import Results
from starlight.engine.workspace import Workspace
from starlight.index import codes, semantic
from starlight.notes.fields import FIELDS
from tests.notes.strategies import any_text

NOTES = """== garden/soil.md ==
---
tags: [garden]
created: 2024-05-03
---
# Soil

Mulch keeps the soil moist. The running water of the brook helps. See [[Compost]].
== garden/compost.md ==
---
tags: [garden/heap]
type: howto, idea
created: 2023-02-01
modified: 2024-06-01
---
# Compost

Turn the heap. The soil gets crumbly. Draft of a plan: [soil](soil.md)
== work/2024-03-05.md ==
# Meeting

We talked about the soil survey of the new building. See [[Nowhere yet]].
== work/archive/old plan.md ==
---
aliases: [Masterplan]
tags: [old]
---
# Café plan

Soil, water, run along the brook. Draft.
== de/boden.md ==
Der Boden ist im Sommer nicht feucht, und wir haben ihn mit Rindenmulch bedeckt. Das ist gut für die Erde.
== 日记/土.md ==
# 土壤

今天我们看了花园的土壤，土壤很干。
"""
GARDEN = {"garden/soil.md", "garden/compost.md"}
EVERY = {*GARDEN, "work/2024-03-05.md", "work/archive/old plan.md", "de/boden.md", "日记/土.md"}


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


@pytest.fixture
def opened(notes: Workspace) -> Workspace:
    """The same notes, every one of them open and changed."""
    for path in EVERY:
        notes.show(path, (notes.root / path).read_text(encoding="utf-8") + "\n")
    return notes


def paths(results: Results) -> set[str]:
    return {hit.path for hit in results.hits}


ALONE = [
    ("tag:garden", GARDEN),
    ("tag:#Garden/", GARDEN),
    ("tag:garden/heap", {"garden/compost.md"}),
    ("tag:gard", set()),
    ("path:garden", GARDEN),
    ("path:/work", {"work/2024-03-05.md", "work/archive/old plan.md"}),
    ("path:/archive", set()),
    ("path:work/*plan*", {"work/archive/old plan.md"}),
    ("file:plan", {"work/archive/old plan.md"}),
    ("file:work", set()),
    ("file:2024-??-05.md", {"work/2024-03-05.md"}),
    ("title:cafe", {"work/archive/old plan.md"}),
    ('title:"CAFÉ PLAN"', {"work/archive/old plan.md"}),
    ("type:idea", {"garden/compost.md"}),
    ("type:how", set()),
    ("lang:de", {"de/boden.md"}),
    ("lang:Chinese", {"日记/土.md"}),
    ("created:2024-05", {"garden/soil.md"}),
    ("created:2024", {"garden/soil.md", "work/2024-03-05.md"}),
    ("created:<2024", {"garden/compost.md"}),
    ("modified:2024-06-01", {"garden/compost.md"}),
    ("date:2024-03-05", {"work/2024-03-05.md"}),
    ("date:march 2024", {"work/2024-03-05.md"}),
    ("date:2024-01..2024-04", {"work/2024-03-05.md"}),
    ("links-to:compost", {"garden/soil.md"}),
    ("links-to:garden/soil", {"garden/compost.md"}),
    ("linked-from:soil", {"garden/compost.md"}),
    ("link:[[Soil]]", {"garden/compost.md"}),
    ('link:"nowhere yet"', {"work/2024-03-05.md"}),
    ("link:masterplan", set()),
    ("is:orphan", EVERY - GARDEN),
    ("-tag:garden", EVERY - GARDEN),
    ("-draft", EVERY - {"garden/compost.md", "work/archive/old plan.md"}),
    ("-masterplan", EVERY - {"work/archive/old plan.md"}),
    ('-"draft of a plan"', EVERY - {"garden/compost.md"}),
    ("-soils path:garden", set()),
    ("-土", EVERY - {"日记/土.md"}),
    ("tag:old OR tag:garden", {*GARDEN, "work/archive/old plan.md"}),
    ("tag:garden AND type:idea", {"garden/compost.md"}),
    ("(tag:old OR tag:garden) -type:idea", {"garden/soil.md", "work/archive/old plan.md"}),
    ("tag:garden tag:old", set()),
]


@pytest.mark.parametrize(("query", "expected"), ALONE)
def test_filters_alone_list_notes(notes: Workspace, query: str, expected: set[str]) -> None:
    results = notes.search(query)
    assert paths(results) == expected
    assert len(results.hits) == len(expected), "each note once"
    assert results.verdict == ("found" if expected else "nothing")
    assert results.query == query
    for hit in results.hits:
        assert 1 <= hit.start_line <= hit.line <= hit.end_line
        assert hit.snippet
        assert hit.reasons[0].startswith("changed ")


@pytest.mark.parametrize(("query", "expected"), [each for each in ALONE if not each[0].startswith("modified")])
def test_open_notes_obey_filters_as_stored_ones_do(opened: Workspace, query: str, expected: set[str]) -> None:
    assert paths(opened.search(query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("soil tag:garden", GARDEN),
        ("tag:garden soil", GARDEN),
        ("soil path:work -draft", {"work/2024-03-05.md"}),
        ('"keeps the soil"', {"garden/soil.md"}),
        ('"KEEPS  the soil"', {"garden/soil.md"}),
        ('"run"', {"work/archive/old plan.md"}),
        ('"running"', {"garden/soil.md"}),
        ('"soi"', set()),
        ('"cafe plan"', {"work/archive/old plan.md"}),
        ('"土壤很干"', {"日记/土.md"}),
        ('"土壤干"', set()),
        ('"土"', {"日记/土.md"}),
        ('"的土壤，土壤"', {"日记/土.md"}),
        ('"talked about" OR tag:old soil', {"work/2024-03-05.md", "work/archive/old plan.md"}),
        ('"soil" tag:garden', GARDEN),
        ('soil -"running water" tag:garden', {"garden/compost.md"}),
    ],
)
@pytest.mark.parametrize("are_open", [False, True])
def test_filters_with_words(
    notes: Workspace, query: str, expected: set[str], are_open: bool, request: pytest.FixtureRequest
) -> None:
    if are_open:
        request.getfixturevalue("opened")
    assert paths(notes.search(query)) == expected


def test_a_filter_is_part_of_the_search(indexed: Callable[..., Workspace]) -> None:
    """Of very many better ones that it is not for, none takes the place of one that it is for."""
    many = "".join(f"== many/{n}.md ==\n# Harbour {n}\n\nThe harbour, the harbour {n}, harbour.\n" for n in range(300))
    workspace = indexed(f"{many}== few/a.md ==\nA walk that led past a harbour in the end. #quay\n")
    for query in ("harbour tag:quay", "harbour path:few", 'harbour "past a harbour"', "harbour -many -path:many"):
        assert paths(workspace.search(query)) == {"few/a.md"}, query
    assert workspace.search("harbour tag:quay", only="lexical").hits
    assert workspace.search("harbour tag:quay", only="semantic").hits


@pytest.mark.parametrize("query", ["harbour path:few", "harbour -path:few", "harbour -tag:quay title:harbour"])
def test_a_filter_is_part_of_the_scan_of_codes(
    indexed: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """Where passages are many, codes in memory are scanned: of the same passages as are compared one by one."""
    many = "".join(f"== many/{n}.md ==\n# Harbour {n}\n\nThe harbour and ship {n}.\n" for n in range(120))
    workspace = indexed(f"{many}== few/a.md ==\nA walk past a harbour. #quay\n== few/b.md ==\nA harbour in fog.\n")
    exact = workspace.search(query, only="semantic")
    monkeypatch.setattr(semantic, "_EXACT", 1)
    monkeypatch.setattr(codes, "_FIRST_LEAST", 60)
    monkeypatch.setattr(codes, "_FIRST_SHARE", 2)
    scanned = workspace.search(query, only="semantic")
    assert {hit.path.partition("/")[0] for hit in scanned.hits} == {hit.path.partition("/")[0] for hit in exact.hits}
    assert scanned.hits[0].score == pytest.approx(exact.hits[0].score, abs=0.02)
    assert workspace.search(query, only="semantic") == scanned, "what is kept says the same"


def test_the_note_that_was_changed_last_comes_first(notes: Workspace) -> None:
    for n, path in enumerate(sorted(EVERY)):
        os.utime(notes.root / path, (1_700_000_000 + 100_000 * n,) * 2)
    notes.bring_up_to_date()
    listed = [hit.path for hit in notes.search("-tag:garden", 3).hits]
    assert listed == sorted(EVERY - GARDEN, reverse=True)[:3]
    first = notes.search("tag:garden").hits[0]
    assert (first.path, first.reasons) == ("garden/compost.md", ("changed 2024-06-01",)), "as its front matter says"
    notes.show("garden/soil.md", "Now. #garden")
    first = notes.search("tag:garden").hits[0]
    assert (first.path, first.snippet) == ("garden/soil.md", "Now. #garden"), "it is being changed"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("links-to:tea", {"wiki.md", "ending.md"}),
        ("links-to:hot/tea", {"wiki.md", "ending.md"}),
        ("links-to:tea.markdown", {"wiki.md", "ending.md"}),
        ('link:"not yet"', {"wiki.md", "ending.md"}),
        ("linked-from:ending", {"drinks/hot/tea.markdown"}),
    ],
)
def test_links_with_and_without_the_ending_of_their_note(
    indexed: Callable[..., Workspace], query: str, expected: set[str]
) -> None:
    notes = indexed(
        "== drinks/hot/tea.markdown ==\nHot.\n== wiki.md ==\n[[tea]] [[not yet]]\n"
        "== ending.md ==\n[[Tea.Markdown]] [x](not%20yet.markdown)\n"
    )
    assert paths(notes.search(query)) == expected
    notes.show("ending.md", "Now [[tea.markdown]] and [x](not%20yet.markdown).")
    assert paths(notes.search(query)) == expected


def test_what_is_typed_counts_at_once(notes: Workspace) -> None:
    notes.show("garden/soil.md", "---\ntags: [fresh]\ntype: idea\n---\nNo link any more, but [[old plan]]. Soil.\n")
    assert paths(notes.search("tag:fresh")) == {"garden/soil.md"}
    assert paths(notes.search("soil type:idea")) == GARDEN
    assert "garden/soil.md" not in paths(notes.search("tag:garden"))
    assert paths(notes.search("links-to:masterplan")) == {"garden/soil.md"}
    assert paths(notes.search("linked-from:soil")) == {"work/archive/old plan.md"}
    assert "work/archive/old plan.md" not in paths(notes.search("is:orphan"))
    assert paths(notes.search("modified:today tag:fresh")) == {"garden/soil.md"}
    notes.show("new.md", "A note that was never saved. #fresh")
    assert paths(notes.search("tag:fresh")) == {"garden/soil.md", "new.md"}
    assert "new.md" in paths(notes.search("is:orphan"))


def test_notes_without_text_are_listed(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== empty.md ==\n== front.md ==\n---\ntags: [tea]\n---\n")
    assert paths(workspace.search("is:orphan")) == {"empty.md", "front.md"}
    assert paths(workspace.search("tag:tea")) == {"front.md"}


@pytest.mark.parametrize(
    ("query", "said", "part"),
    [
        ("date:nonsense soil", "last week", "date:nonsense"),
        ("soil is:wat", "is:orphan", "is:wat"),
        ("soil lang:klingon", "lang:de", "lang:klingon"),
        ('soil "never closed', "no end", '"'),
        ("(tag:garden soil", "not closed", "("),
        ("soil tag:", "tag:garden", "tag:"),
    ],
)
def test_a_bad_filter_is_explained_and_the_search_goes_on(notes: Workspace, query: str, said: str, part: str) -> None:
    results = notes.search(query)
    (problem,) = results.problems
    assert said in problem.message
    assert query[problem.start : problem.end] == part
    assert "garden/soil.md" in paths(results)
    lenient = notes.search(query, lenient=True)
    assert lenient.problems == ()
    assert "garden/soil.md" in paths(lenient)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tag:gardn", "No note has the tag gardn"),
        ("link:nobody", "nobody"),
        ('"very exact soil"', "without the quotes"),
        ("path:nowhere soil", "No note is like this"),
    ],
)
def test_a_filter_that_is_for_nothing_is_told(notes: Workspace, query: str, said: str) -> None:
    results = notes.search(query)
    assert results.hits == ()
    assert said in results.problems[0].message
    assert notes.search(query, lenient=True).problems == ()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tag:garden", "No note in work has the tag garden"),
        ("linked-from:soil soil", "No note in work is linked"),
        ('"keeps the soil"', "No passage in work says exactly this"),
        ('"soil survey" tag:old', None),
    ],
)
def test_a_filter_is_for_notes_of_the_folder_that_is_searched(notes: Workspace, query: str, said: str | None) -> None:
    results = notes.search(query, below="work")
    assert results.hits == ()
    assert [problem.message[: len(said or "")] for problem in results.problems] == ([said] if said else [])


def test_a_filter_is_not_for_what_was_taken_out_of_an_open_note(notes: Workspace) -> None:
    notes.show("work/archive/old plan.md", "Soil, no longer tagged.")
    (problem,) = notes.search("tag:old").problems
    assert "No note has the tag old" in problem.message


@pytest.mark.parametrize("rest", ["-", '"', "&", "( )", "..."])
def test_signs_beside_a_filter_are_no_words(notes: Workspace, rest: str) -> None:
    assert paths(notes.search(f"tag:garden {rest}")) == GARDEN
    assert paths(notes.search(f"{rest} tag:garden", lenient=True)) == GARDEN


def test_a_field_is_asked_for_as_it_is_typed(notes: Workspace) -> None:
    """Whoever types ``-tag:garden`` has not left out the word "tag" before its value is there."""
    (notes.root / "tag.md").write_text("The soil has a tag.")
    notes.bring_up_to_date()
    for query in ("soil -t", "soil -tag", "soil -tag:", 'soil -tag:"', "soil -tag:garden"):
        assert ("tag.md" in paths(notes.search(query))) is (query != "soil -tag"), query


def test_what_is_no_filter_is_words(notes: Workspace) -> None:
    for query in ("foo:bar soil", "soil: moist", "soil AND water OR (heap)", "soil - water", '6" of soil, 8" of water'):
        assert notes.search(query).problems == ()
        assert "garden/soil.md" in paths(notes.search(query)), query


def _queries() -> Iterator[st.SearchStrategy[str]]:
    values = st.sampled_from(["", "a", '"', '""', "x'y", "*", "?[", "2024", "last week", "(", "[[a]]", "\0", "-", "%"])
    yield st.builds(lambda name, value: f"{name}:{value}", st.sampled_from(list(FIELDS)), values)
    yield st.sampled_from(["AND", "OR", "(", ")", "-", '"a b"', '-"x', "soil", "-soil", "NEAR(", "'; DROP TABLE notes"])
    yield any_text


QUERIES = st.lists(st.one_of(*_queries()), max_size=8).map(" ".join)


@given(QUERIES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_query_is_an_error(notes: Workspace, query: str) -> None:
    results = notes.search(query)
    assert all(0 <= problem.start <= problem.end <= len(query) for problem in results.problems)
    assert notes.search(query, lenient=True).problems == ()


LEAVES = ["tag:garden", "tag:old", "path:work", "title:soil", "lang:de", "type:idea", "created:2024", "date:2023"]
LEAVES += ["links-to:soil", "link:compost", "is:orphan", '"the soil"', "-brook", '-"the heap"', "-draft", "-tag:garden"]
TREES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.builds(
        lambda parts, between: f"({between.join(parts)})",
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from([" ", " OR ", " AND "]),
    ),
    max_leaves=6,
)


def test_stored_and_open_notes_agree_on_any_filter(
    indexed: Callable[..., Workspace], open_workspace: Callable[..., Workspace]
) -> None:
    stored = indexed(NOTES)
    opened = open_workspace(stored.root)
    for path in EVERY:
        opened.show(path, (stored.root / path).read_text(encoding="utf-8") + "\n")

    @given(TREES)
    @example("(tag:garden OR tag:garden OR (tag:garden OR tag:garden OR -brook))")
    @settings(max_examples=60, deadline=None)
    def agree(query: str) -> None:
        found = [workspace.search(query, 1_000) for workspace in (stored, opened)]
        places = [{(hit.path, hit.start_line) for hit in results.hits} for results in found]
        assert places[0] == places[1]
        assert not any(results.problems and results.hits for results in found)

    agree()


def test_today_is_a_day_of_the_calendar(notes: Workspace) -> None:
    (notes.root / f"{datetime.date.today()}.md").write_text("The soil of today.")
    notes.bring_up_to_date()
    assert f"{datetime.date.today()}.md" in paths(notes.search("soil date:today"))
