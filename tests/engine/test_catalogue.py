"""All notes in memory: what they link to, followed through changes of the index and of open notes."""

from __future__ import annotations

import pytest

from starlight.engine.catalogue import Catalogue, family
from starlight.engine.daily import Dating, dating

NOTES = """
== a.md ==
# Apple
[[b]] and [[Pear]] and [x](c/d.md) and [[nowhere]] and [[a]]
== b.md ==
---
title: Pear
aliases: [Birne]
tags: [fruit]
status: done
---
[[Apple]]
== c/d.md ==
[[b]] [[nowhere]]
"""


@pytest.fixture
def workspace(indexed):
    return indexed(NOTES)


def linked(catalogue: Catalogue) -> dict[str, list[str]]:
    return {path: [each.to for each in links] for path, links in catalogue.links.items()}


def backlinks(catalogue: Catalogue) -> dict[str, dict[str, int]]:
    return {path: dict(sources) for path, sources in catalogue.backlinks.items() if sources}


def test_what_is_stored(workspace):
    catalogue = Catalogue()
    assert catalogue.refresh(workspace._current.reader(), {})
    assert linked(catalogue) == {"a.md": ["b.md", "b.md", "c/d.md"], "b.md": ["a.md"], "c/d.md": ["b.md"]}
    assert backlinks(catalogue) == {"b.md": {"a.md": 2, "c/d.md": 1}, "c/d.md": {"a.md": 1}, "a.md": {"b.md": 1}}
    assert catalogue.missing == {"nowhere": {"a.md", "c/d.md"}}
    pear = catalogue.entries["b.md"]
    assert (pear.names, pear.tags) == (("Pear", "b", "Birne"), ("fruit",))
    assert dict(pear.properties)["status"] == ("done",)
    assert not catalogue.refresh(workspace._current.reader(), {})


def test_open_notes_win_until_they_are_closed(workspace):
    catalogue = Catalogue()
    reader = workspace._current.reader()
    catalogue.refresh(reader, {})
    before = linked(catalogue), backlinks(catalogue), dict(catalogue.entries), catalogue.missing
    assert catalogue.refresh(reader, {"a.md": "# Apple\n[[d]]", "new.md": "# Nowhere\n"})
    assert linked(catalogue)["a.md"] == ["c/d.md"]
    assert linked(catalogue)["c/d.md"] == ["b.md", "new.md"]
    assert backlinks(catalogue)["c/d.md"] == {"a.md": 1}
    assert catalogue.refresh(reader, {})
    assert (linked(catalogue), backlinks(catalogue), dict(catalogue.entries), catalogue.missing) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "a.md").write_text("# Apple\n[[d]]\n"),
        lambda root: (root / "b.md").unlink(),
        lambda root: (root / "b.md").rename(root / "c" / "b.md"),
        lambda root: (root / "nowhere.md").write_text("# Here now\n"),
        lambda root: (root / "b.md").write_text("# Quince\n[[Apple]]\n"),
    ],
    ids=["links", "gone", "moved", "new", "renamed"],
)
def test_a_change_is_taken_as_if_all_was_read_anew(workspace, change):
    catalogue, anew = Catalogue(), Catalogue()
    catalogue.refresh(workspace._current.reader(), {})
    change(workspace.root)
    workspace.bring_up_to_date()
    assert catalogue.refresh(workspace._current.reader(), {})
    anew.refresh(workspace._current.reader(), {})
    assert linked(catalogue) == linked(anew)
    assert backlinks(catalogue) == backlinks(anew)
    assert catalogue.entries == anew.entries
    assert {name: asking for name, asking in catalogue.missing.items() if asking} == anew.missing
    assert +catalogue.n_links == +anew.n_links


def test_family():
    assert family("a/b.c.md") == "a/b"
    assert family("b.md") == ""


@pytest.mark.parametrize(
    ("paths", "wanted"),
    [
        ([], Dating()),
        (["x/2024-01-02.md", "x/2024-01-03.md", "2024_01_02.md"], Dating("x/")),
        (["journals/2024_01_02.md"], Dating("journals/", "", "_")),
        (["daily.journal.2024.01.02.md"], Dating("", "daily.journal.", ".")),
        (["20240102.md", "minutes 2024-01-02 and more.md"], Dating("", "", "")),
    ],
)
def test_daily_notes(paths, wanted):
    assert dating(paths) == wanted
