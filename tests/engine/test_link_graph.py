"""All notes in memory: what they link to, followed through changes of the index and of open notes."""

from __future__ import annotations

import pytest

from starlight.engine.daily import Dating, dating
from starlight.engine.entries import family
from starlight.engine.link_graph import LinkGraph
from starlight.errors import IndexUnavailable
from starlight.index.overview import Overview

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


def linked(graph: LinkGraph) -> dict[str, list[str]]:
    paths = graph.entries.paths
    return {path: [paths[to] for to in graph.links.targets(number)] for number, path in enumerate(paths)}


def backlinks(graph: LinkGraph) -> dict[str, set[str]]:
    paths = graph.entries.paths
    found = {path: {paths[source] for source in graph.links.sources(number)} for number, path in enumerate(paths)}
    assert [len(sources) for sources in found.values()] == graph.links.n_sources()
    return {path: sources for path, sources in found.items() if sources}


def missing(graph: LinkGraph) -> dict[str, set[str]]:
    found = {name: {graph.entries.paths[number] for number in asking} for name, asking in graph.missing.items()}
    return {name: asking for name, asking in found.items() if asking}


def test_what_is_stored(workspace):
    graph = LinkGraph()
    assert graph.refresh(workspace._current.reader(), {})
    assert linked(graph) == {"a.md": ["b.md", "b.md", "c/d.md"], "b.md": ["a.md"], "c/d.md": ["b.md"]}
    assert backlinks(graph) == {"b.md": {"a.md", "c/d.md"}, "c/d.md": {"a.md"}, "a.md": {"b.md"}}
    assert missing(graph) == {"nowhere": {"a.md", "c/d.md"}}
    assert graph.n_links == {"markdown": 1, "wiki": 4}
    pear = graph.entries["b.md"]
    assert (pear.names, pear.tags) == (("Pear", "b", "Birne"), ("fruit",))
    assert graph.property_names() == {"title": 1, "aliases": 1, "tags": 1, "status": 1}
    assert graph.property_values("status") == {"done": 1}
    assert not graph.refresh(workspace._current.reader(), {})


def test_open_notes_win_until_they_are_closed(workspace):
    graph = LinkGraph()
    reader = workspace._current.reader()
    graph.refresh(reader, {})
    before = linked(graph), backlinks(graph), dict(graph.entries), missing(graph)
    assert graph.refresh(reader, {"a.md": "# Apple\n[[d]]", "new.md": "# Nowhere\n"})
    assert linked(graph)["a.md"] == ["c/d.md"]
    assert linked(graph)["c/d.md"] == ["b.md", "new.md"]
    assert backlinks(graph)["c/d.md"] == {"a.md"}
    held, number = graph.links, graph.entries.paths.find("a.md")
    there = list(held.targets(number))
    assert graph.refresh(reader, {"a.md": "# Apple\n[[b]]", "new.md": "# Nowhere\n"})
    assert linked(graph)["a.md"] == ["b.md"]
    assert list(held.targets(number)) == there, "who has the links of before reads them on"
    assert graph.refresh(reader, {})
    assert (linked(graph), backlinks(graph), dict(graph.entries), missing(graph)) == before


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
    graph, anew = LinkGraph(), LinkGraph()
    graph.refresh(workspace._current.reader(), {})
    change(workspace.root)
    workspace.bring_up_to_date()
    assert graph.refresh(workspace._current.reader(), {})
    anew.refresh(workspace._current.reader(), {})
    assert linked(graph) == linked(anew)
    assert backlinks(graph) == backlinks(anew)
    assert dict(graph.entries) == dict(anew.entries)
    assert missing(graph) == missing(anew)
    assert graph.n_links == anew.n_links


def test_what_went_during_a_rebuild(workspace):
    """The index of a rebuild is another file, with a reader of its own."""
    graph, anew = LinkGraph(), LinkGraph()
    before = workspace._current.reader()
    graph.refresh(before, {})
    (workspace.root / "b.md").unlink()
    workspace.bring_up_to_date(rebuild=True)
    reader = workspace._current.reader()
    assert reader is not before
    assert graph.refresh(reader, {})
    anew.refresh(reader, {})
    assert set(graph.entries) == {"a.md", "c/d.md"}
    assert linked(graph) == linked(anew)
    assert backlinks(graph) == backlinks(anew)


@pytest.mark.parametrize("step", ["notes", "links"])
def test_after_an_error_nothing_is_missed(workspace, monkeypatch, step):
    graph, anew = LinkGraph(), LinkGraph()
    reader = workspace._current.reader()
    graph.refresh(reader, {})
    opened = {"a.md": "# Apple\n[[d]]", "new.md": "# Nowhere\n"}
    (workspace.root / "b.md").write_text("# Quince\n[[Apple]]\n")
    workspace.bring_up_to_date()

    def fail(*_arguments):
        raise IndexUnavailable("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Overview, step, fail)
        with pytest.raises(IndexUnavailable):
            graph.refresh(reader, opened)
    assert graph.refresh(reader, opened)
    anew.refresh(reader, opened)
    assert graph.entries.keys() == anew.entries.keys()
    assert graph.entries["b.md"].title == "Quince"
    assert (linked(graph), backlinks(graph), missing(graph)) == (linked(anew), backlinks(anew), missing(anew))


def test_front_matter_counts_as_it_is_in_the_editor(workspace):
    graph, reader = LinkGraph(), workspace._current.reader()
    graph.refresh(reader, {})
    assert graph.property_values("status") == {"done": 1}
    graph.refresh(
        reader, {"b.md": "---\nstatus: [open, old]\n---\n", "new.md": "---\nstatus: open\nplace: here\n---\n"}
    )
    assert graph.property_names() == {"status": 2, "place": 1}
    assert graph.property_values("status") == {"open": 2, "old": 1}
    graph.refresh(reader, {})
    assert graph.property_values("status") == {"done": 1}
    assert graph.property_values("place") == {}


def test_a_note_in_no_file_yet_was_changed_last(workspace):
    graph = LinkGraph()
    graph.refresh(workspace._current.reader(), {"new.md": "# New\n", "a.md": "# Apple\n[[d]]"})
    assert max(graph.entries.values(), key=lambda entry: entry.mtime_ns).path == "new.md"
    assert graph.entries["a.md"].mtime_ns == (workspace.root / "a.md").stat().st_mtime_ns


def test_it_may_be_stopped_while_it_is_made_and_is_made_anew_then(workspace):
    asked: list[str] = []

    def check() -> None:
        asked.append("goes on?")
        if len(asked) == 2:
            raise IndexUnavailable("closed")

    graph = LinkGraph(check)
    with pytest.raises(IndexUnavailable):
        graph.refresh(workspace._current.reader(), {})
    assert not graph.entries
    assert graph.refresh(workspace._current.reader(), {})
    assert linked(graph) == {"a.md": ["b.md", "b.md", "c/d.md"], "b.md": ["a.md"], "c/d.md": ["b.md"]}


def test_what_is_closed_reads_no_more_links(workspace):
    workspace.authoring.stop()
    workspace.authoring.warm()
    with pytest.raises(IndexUnavailable, match="closed"):
        workspace.authoring.complete("a.md", "[[", 2, {})


def test_family():
    assert family("a/b.c.md") == "a/b"
    assert family("b.md") == ""
    assert family("a/b.markdown") == "a"


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
