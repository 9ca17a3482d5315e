"""Counts at headings, and titles behind links that hide them."""

from __future__ import annotations

import pytest

from starlight.engine.annotating import anchors, hidden_titles, linking
from starlight.engine.related import Origin
from starlight.notes import markdown
from starlight.notes.place import Lines

NOTES = """
== 202401.md ==
# Green tea

Pour water of eighty degrees on the leaves.

## Second brew

A minute less.
== kitchen/kettle.md ==
# Kettle

Water for tea: pour it on the leaves at eighty degrees.  See [[202401]] and [[202401#Second brew]].
== day.md ==
[[202401]] [[kitchen/kettle]] [x](202401.md) [202401](202401.md) [[202401|tea]] [[202401#Second brew]] [[nope]]
"""


@pytest.fixture
def workspace(indexed):
    return indexed(NOTES)


def counted(workspace, path: str, text: str | None = None) -> list[tuple[str, bool, list[str]]]:
    text = workspace.text(path) if text is None else text

    def ask(catalogue):
        found = anchors(text, markdown.parse(text, "x"), Lines(text))
        return [
            (text[each.start :].split("\n")[0], each.is_note, [to.path for to in linking(catalogue, path, each)])
            for each in found
        ]

    return workspace.look({path: text}, ask)


def test_links_at_the_title_and_at_headings(workspace):
    day = ["day.md"]
    kettle = ["kitchen/kettle.md"]
    assert counted(workspace, "202401.md") == [
        ("# Green tea", True, day * 5 + kettle * 2),
        ("## Second brew", False, day + kettle),
    ]


def test_a_note_without_a_title_is_counted_at_its_beginning(workspace):
    text = "---\na: b\n---\n\nText.\n\n## Second brew\n"
    (first, is_note, links), second = counted(workspace, "202401.md", text)
    assert (first, is_note, len(links)) == ("", True, 7)
    assert second[1:] == (False, ["day.md", "kitchen/kettle.md"])
    assert counted(workspace, "202401.md", "") == [("", True, ["day.md"] * 5 + ["kitchen/kettle.md"] * 2)]


def test_related_notes_are_counted(workspace):
    text = "# Brewing\n\nPour water of eighty degrees on the tea leaves.\n"
    assert workspace.authoring.n_related(Origin("new.md", text), {"new.md": text}) == 3
    assert workspace.authoring.n_related(Origin("new.md", "# Bicycle\n"), {}) == 0


def test_titles_behind_links(workspace):
    text = workspace.text("day.md")

    def ask(catalogue):
        return [(text[: each.at].rpartition("[")[2], each.title) for each in hidden_titles(catalogue, "day.md", 0, 500)]

    tea = "Green tea"
    assert workspace.look({}, ask) == [
        ("202401]]", tea), ("202401](202401.md)", tea), ("202401#Second brew]]", tea),
    ]  # fmt: skip
    assert workspace.look({}, lambda catalogue: list(hidden_titles(catalogue, "day.md", 11, 20))) == []
