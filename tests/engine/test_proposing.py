"""Links around a phrase, and lists of related notes, from a real index; ``¦`` stands around what is chosen."""

from __future__ import annotations

import pytest

from starlight.engine.proposing import can_list, phrase_at
from starlight.notes.markdown import parse
from starlight.notes.place import Lines

NOTES = """
== drinks/green tea.md ==
---
aliases: [Sencha]
---
# Green tea

Eighty degrees for the leaves.
== kitchen/kettle.md ==
# Kettle

Hard water furs it up; vinegar takes the white crust off.
== garden/tomato.md ==
# Tomatoes

Brown spots on the lower leaves mean blight.
"""


@pytest.fixture
def workspace(indexed):
    return indexed(NOTES)


def chosen(marked: str) -> tuple[str, int, int]:
    start, end = marked.index("¦"), marked.rindex("¦")
    return marked.replace("¦", ""), start, max(end - 1, start)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("a ke¦ttle b", "kettle"),
        ("a ¦kettle b", "kettle"),
        ("a kettle¦ b", "kettle"),
        ("a  ¦  b", None),
        ("a¦ green tea ¦b", "green tea"),
        ("see ¦[[x]]¦", None),
        ("of th¦e tap", None),
        ("`co¦de`", None),
        ("# head¦ing", None),
        ("---\na: b¦c\n---\n", None),
        ("¦a\nb¦", None),
        ("¦" + "a" * 101 + "¦", None),
        ("水温¦八十度", None),
        ("水温¦八十度¦", "八十度"),
        ("¦", None),
    ],
)
def test_what_a_link_can_be_around(marked: str, expected: str | None):
    text, start, end = chosen(marked)
    span = phrase_at(text, parse(text, "x"), Lines(text), start, end)
    assert (span and text[slice(*span)]) == expected


def linked(workspace, marked: str, style: str = "auto", path: str = "new.md") -> list[str]:
    text, start, end = chosen(marked)
    found = []
    for fix in workspace.authoring.phrase_links(path, text, {path: text}, start, end, style):
        (edit,) = fix.change.edits
        found.append(text[: edit.start] + edit.text + text[edit.end :])
    return found


def test_the_note_that_is_called_so_comes_first(workspace):
    assert linked(workspace, "My ket¦tle is old.") == ["My [[kettle]] is old."]
    assert linked(workspace, "I drink ¦sencha¦ now.") == ["I drink [[green tea|sencha]] now."]
    assert linked(workspace, "A ¦Green tea¦.", "markdown", "sub/a.md") == ["A [Green tea](../drinks/green%20tea.md)."]
    assert linked(workspace, "| a |\n|---|\n| Ket¦tle |\n")[0].endswith("| [[kettle\\|Kettle]] |\n")


def test_other_phrases_go_to_what_fits_the_place(workspace):
    text = "Vinegar against the ¦white deposit¦ that hard water leaves."
    assert linked(workspace, text)[0] == "Vinegar against the [[kettle|white deposit]] that hard water leaves."
    assert linked(workspace, "`co¦de`") == []


def listed(workspace, marked: str, style: str = "auto") -> str | None:
    text, offset, _ = chosen(marked)
    edit = workspace.authoring.related_list("new.md", text, {"new.md": text}, offset, style)
    return edit and text[: edit.start] + edit.text + text[edit.end :]


def test_related_notes_as_a_list(workspace):
    text = "Vinegar against the white crust that hard water leaves.\n"
    found = listed(workspace, f"{text}¦\nMore.\n")
    assert found
    assert found.startswith(f"{text}- [[kettle]]\n- [[")
    assert found.endswith("\nMore.\n")
    in_line = listed(workspace, "Vinegar against the white¦ crust.\r\nMore.", "markdown")
    assert in_line
    assert in_line.startswith("Vinegar against the white crust.\r\n\r\n- [Kettle](kitchen/kettle.md)\r\n- ")
    item = listed(workspace, "- Vinegar against the white¦ crust.\n")
    assert item
    assert item.startswith("- Vinegar against the white crust.\n- [[kettle]]\n")
    assert listed(workspace, "[[kettle]] [[green tea]] [[tomato]] ¦") is None


@pytest.mark.parametrize(
    ("marked", "expected"),
    [("---\na: ¦\n---\n", False), ("```\n¦\n```\n", False), ("a¦b", True), ("| a |\n|-|\n| ¦ |\n", False)],
)
def test_where_a_list_may_stand(marked: str, expected: bool):
    text, offset, _ = chosen(marked)
    assert can_list(parse(text, "x"), Lines(text).at(offset)) is expected
