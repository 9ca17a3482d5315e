"""What is known of notes beside their words: their names, and the times that they are from."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable

import pytest

from starlight.engine.workspace import Workspace

# Each other note says the name more often than the note of that name does.
NAMED = """== tea.md ==
---
title: Tea
aliases: [Brew, "What I drink"]
---
Leaves and hot water.
== about tea.md ==
# More about tea

Tea, tea and again tea: tea in the morning, tea at noon, brew it, brew what I drink.
== history/of tea.md ==
# History

## Tea

Tea came by ship. The tea trade, tea taxes, tea clippers, tea parties. Brew.
== drinks.md ==
# Drinks

I like [[Tea]] best of all, as a brew.
== 茶.md ==
# 茶の本

茶の湯。
== 日記.md ==
# 日記

今日は茶を飲んだ。茶、茶、茶。
"""


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("tea", "tea.md"),
        ("Tea", "tea.md"),
        ("  TEA? ", "tea.md"),
        ('"Tea"', "tea.md"),
        ("brew", "tea.md"),
        ("what i drink", "tea.md"),
        ("More about Tea", "about tea.md"),
        ("about tea", "about tea.md"),
        ("history", "history/of tea.md"),
        ("of tea", "history/of tea.md"),
        ("茶", "茶.md"),
        ("茶の本", "茶.md"),
    ],
)
def test_the_note_of_that_name_comes_first(indexed: Callable[..., Workspace], query: str, path: str) -> None:
    results = indexed(NAMED).search(query)
    assert results.hits[0].path == path
    assert results.hits[0].reasons[0] == "is called that"
    assert results.verdict == "found"
    assert [hit.path for hit in results.hits if "is called that" in hit.reasons] == [path]


def test_what_links_to_it_says_so(indexed: Callable[..., Workspace]) -> None:
    reasons = {hit.path: hit.reasons for hit in indexed(NAMED).search("brew").hits}
    assert "links to Tea" in reasons["drinks.md"]
    assert not any("links to Tea" in reasons[path] for path in reasons if path != "drinks.md")


def test_what_links_to_it_in_an_editor(indexed: Callable[..., Workspace]) -> None:
    """The links of open notes count as they are there, and so do the names."""
    workspace = indexed(NAMED)
    workspace.show("drinks.md", "# Drinks\n\nI like tea best of all, as a brew.\n")
    workspace.show("history/of tea.md", "# History\n\nNow tea is for all, brew and infusion: see [[Infusion]].\n")
    workspace.show("tea.md", "---\ntitle: Tea\naliases: [Brew, Infusion]\n---\nLeaves and hot water.\n")
    workspace.show("new.md", "# Rooibos\n\nRed.\n")
    workspace.show("about tea.md", "# More about tea\n\nNo tea is rooibos: [[rooibos]].\n")
    for query, title, path in (("brew", "Tea", "history/of tea.md"), ("rooibos", "Rooibos", "about tea.md")):
        hits = workspace.search(query).hits
        assert [hit.path for hit in hits if f"links to {title}" in hit.reasons] == [path]


def test_a_name_among_other_words_is_words(indexed: Callable[..., Workspace]) -> None:
    for hit in indexed(NAMED).search("tea by ship").hits:
        assert "is called that" not in hit.reasons
    assert indexed(NAMED).search("tea by ship").hits[0].path == "history/of tea.md"


def test_a_folder_of_the_search_holds_for_names(indexed: Callable[..., Workspace]) -> None:
    hits = indexed(NAMED).search("tea", below="history").hits
    assert [hit.path for hit in hits] == ["history/of tea.md"]
    assert "is called that" not in hits[0].reasons


def test_a_name_counts_in_no_search_by_meaning_alone(indexed: Callable[..., Workspace]) -> None:
    for hit in indexed(NAMED).search("brew", only="semantic").hits:
        assert "is called that" not in hit.reasons


def test_a_note_that_is_renamed_in_the_editor_is_found_by_its_new_name(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(NAMED)
    workspace.show("tea.md", "# Infusions\n\nLeaves and hot water.\n")
    assert workspace.search("infusions").hits[0].path == "tea.md"
    assert "is called that" in workspace.search("infusions").hits[0].reasons
    assert not [hit for hit in workspace.search("brew").hits if "is called that" in hit.reasons]
    assert "is called that" in workspace.search("tea").hits[0].reasons, "its file has that name still"


def test_all_notes_of_one_name_come_first(indexed: Callable[..., Workspace]) -> None:
    notes = "".join(f"== {folder}/plan.md ==\nWords of {folder}.\n" for folder in ("a", "b", "c"))
    workspace = indexed(f"{notes}== d.md ==\nThe plan of plans is a plan to plan a plan.\n")
    assert {hit.path for hit in workspace.search("plan").hits[:3]} == {"a/plan.md", "b/plan.md", "c/plan.md"}


MEETINGS = """== 2026-01-12 roof.md ==
# Roof meeting

The roofer showed slate and tiles.
== 2026-02-16 roof.md ==
# Roof meeting

The roofer showed tiles and slate.
== 2026-03-02 roof.md ==
# Roof meeting

Slate and tiles: the roofer showed both.
== bread.md ==
---
date: 2026-03-09
---
# Bread

Flour and water.
"""


@pytest.mark.parametrize("query", ["latest roof meeting", "most recent meeting about the roof", "neueste roof meeting"])
def test_the_newest_comes_first_where_it_is_asked_for(indexed: Callable[..., Workspace], query: str) -> None:
    hits = indexed(MEETINGS).search(query).hits
    assert [hit.path[:10] for hit in hits[:3]] == ["2026-03-02", "2026-02-16", "2026-01-12"]
    assert "from 2026-03-02" in hits[0].reasons


def test_the_time_that_is_named_comes_first(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed(MEETINGS)
    for query, first in (("roof meeting in January 2026", "2026-01-12"), ("roof meeting of 2026-02-16", "2026-02-16")):
        hit = workspace.search(query).hits[0]
        assert hit.path.startswith(first), query
        assert f"from {first}" in hit.reasons


def test_no_date_counts_where_none_is_asked_for(indexed: Callable[..., Workspace]) -> None:
    for hit in indexed(MEETINGS).search("roof meeting").hits:
        assert not any(reason.startswith("from ") for reason in hit.reasons)


def test_what_is_new_is_no_reason_alone(indexed: Callable[..., Workspace]) -> None:
    assert indexed(MEETINGS).search("latest roof meeting").hits[0].path != "bread.md", "it is the newest note"


def test_a_note_without_a_date_is_from_when_its_file_changed(indexed: Callable[..., Workspace]) -> None:
    workspace = indexed("== a.md ==\nThe roof, new.\n== b.md ==\nThe roof, old.\n")
    day = datetime.datetime(2020, 5, 4, 12, tzinfo=datetime.timezone.utc).timestamp()
    os.utime(workspace.root / "b.md", (day, day))
    workspace.bring_up_to_date()
    hits = workspace.search("latest roof").hits
    assert [hit.path for hit in hits] == ["a.md", "b.md"]
    assert "from 2020-05-04" in hits[1].reasons
    workspace.show("b.md", "The roof, old, and changed.\n")
    assert f"from {datetime.date.today().isoformat()}" in {
        reason for hit in workspace.search("latest roof").hits if hit.path == "b.md" for reason in hit.reasons
    }


def test_copies_come_after_what_says_something_else(indexed: Callable[..., Workspace]) -> None:
    template = "## Today\n\nWhat went well? What was hard? Whom to thank? How was the harbour?\n"
    days = "".join(f"== daily/2026-03-{day:02}.md ==\n{template}" for day in range(1, 20))
    workspace = indexed(f"{days}== walk.md ==\n# A walk\n\nWe went to the harbour, and it was well worth it.\n")
    assert "walk.md" in [hit.path for hit in workspace.search("how was the harbour", 20).hits[:2]]
    assert len(workspace.search("how was the harbour", 50).hits) == 20, "none is left out"
