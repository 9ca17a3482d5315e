"""Notes with names that no vault should have, and some have: odd characters, a folder's name, another's in capitals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlight.engine.diagnosing import problems
from starlight.engine.navigation import backlinks
from starlight.engine.renaming import move, rename_file
from starlight.engine.workspace import Workspace
from starlight.notes.link_text import encoded

_ODD = "!$%&'()+,-.;=@_`{}~ é 茶 😀 ˈ \u00a0 \u200d e\u0301"


def leads(notes: Workspace, opened: Mapping[str, str], source: str) -> list[str | None]:
    """Where the links of a note lead, in their order."""
    return notes.look(opened, lambda catalogue: [catalogue.resolve(link, source) for link in catalogue.links(source)])


def test_links_to_names_of_every_odd_character(open_workspace: Callable[..., Workspace], vault) -> None:
    names = [f"a{char}b" for char in dict.fromkeys(_ODD) if char != " "]
    texts = {f"{name}.md": f"# Note {number}\n" for number, name in enumerate(names)}
    texts["from.md"] = "\n\n".join(f"[[{name}]] [x]({encoded(f'{name}.md')}) [y](<{name}.md>)" for name in names)
    notes = open_workspace(vault("== none.md ==\n"))
    found = leads(notes, texts, "from.md")
    assert found == [f"{name}.md" for name in names for _ in range(3)]
    for name in names:
        made = notes.look(texts, lambda catalogue, name=name: rename_file(catalogue, f"{name}.md", f"{name}{name}"))
        after = {**texts, f"{name}{name}.md": texts[f"{name}.md"]}
        del after[f"{name}.md"]
        for edit in sorted(made.edits, reverse=True):
            text = after[edit.path]
            after[edit.path] = text[: edit.start] + edit.text + text[edit.end :]
        assert leads(notes, after, "from.md") == [path.replace(f"{name}.md", f"{name}{name}.md") for path in found]


SAME = """== tea.md ==
# Of the folder's name
== tea/pot.md ==
[[tea]] [[tea/pot]] [x](../tea.md) [y](../tea) [z](pot.md) [[tea/]]
== milk/index.md ==
# Milk
== day.md ==
[[tea]] [x](tea) [y](tea/pot.md) [z](milk) [m](milk/) [[tea/none]]
"""


def test_a_note_and_a_folder_of_one_name(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(SAME)
    assert leads(notes, {}, "tea/pot.md") == ["tea.md", "tea/pot.md", "tea.md", "tea.md", "tea/pot.md", "tea.md"]
    assert leads(notes, {}, "day.md") == ["tea.md", "tea.md", "tea/pot.md", "milk/index.md", "milk/index.md", None]
    moved = notes.look({}, lambda catalogue: move(catalogue, {"tea": "coffee"}))
    assert sorted((edit.path, edit.text) for edit in moved.edits) == [
        ("day.md", "coffee/pot.md"), ("tea/pot.md", "coffee/pot"),
    ]  # fmt: skip
    renamed = notes.look({}, lambda catalogue: rename_file(catalogue, "tea.md", "coffee"))
    assert {edit.path for edit in renamed.edits} == {"tea/pot.md", "day.md"}
    assert len(renamed.edits) == 6


CASES = """== a/Tea.md ==
# One
[[tea]] [[Tea]] [x](Tea.md)
== b/tea.md ==
# Two
[[tea]] [[Tea]] [x](tea.md)
== day.md ==
[[a/tea]] [[b/TEA]] [x](A/tea.md)
"""


def test_names_that_differ_in_case_alone(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(CASES)
    assert leads(notes, {}, "a/Tea.md") == ["a/Tea.md"] * 3
    assert leads(notes, {}, "b/tea.md") == ["b/tea.md"] * 3
    assert leads(notes, {}, "day.md") == ["a/Tea.md", "b/tea.md", "a/Tea.md"]
    opened = {"x.md": "[[tea]] [[TEA]]"}
    assert leads(notes, opened, "x.md") == ["b/tea.md", "a/Tea.md"]
    assert [each.code for each in notes.look(opened, lambda catalogue: problems(catalogue, "x.md"))] == [
        "ambiguous-link"
    ] * 2
    made = notes.look({}, lambda catalogue: rename_file(catalogue, "b/tea.md", "Tea"))
    assert made.moves == (("b/tea.md", "b/Tea.md"),)
    assert [path for path, _ in notes.look({}, lambda catalogue: backlinks(catalogue, "b/tea.md"))] == [
        "day.md", *["b/tea.md"] * 3,
    ]  # fmt: skip
