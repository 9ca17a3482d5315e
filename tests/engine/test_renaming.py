"""Whatever is renamed, every link leads where it led, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from starlight.engine.catalogue import Catalogue
from starlight.engine.extracting import create, extract
from starlight.engine.relinking import Refactoring
from starlight.engine.renaming import move, prepare, rename_at
from starlight.engine.workspace import Workspace
from starlight.errors import InvalidRequest
from starlight.notes.links import link_at

NOTES = """== tea.md ==
---
aliases: [chai, "masala: x"]
tags: [drink/hot]
---
# Tea

Boil the water. ^boil

## Green

Cooler. #drink [m](sub/other.md) ![p](img/p.png)

### Leaves

See [[#Green]] and [[day]].
== day.md ==
# Day
[[tea]] and [[chai#Green]] and [x](tea.md#green) ![[img/p.png]] [[tea#^boil]] [[Day]] [[#Day]]
😀 [[tea|x]]\t[y](<sub/my tea.md>) [z](sub/my%20tea.md "t") | `[[tea]]`

```
[[tea]]
```

I like tea. `[[tea]]` and Tea [[nope]] [[tea#Green#Leaves]]
== sub/other.md ==
[[nope]] [up](../day.md) [[tea|x]] #drink/hot/x [[my tea]] [[./my tea]]
== sub/my tea.md ==
x
== sub/Coffee.md ==
[b](/tea.md) [[coffee]]
== img/p.png ==
x
"""


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def change(notes: Workspace, path: str, marked: str, name: str) -> Refactoring:
    """The renaming of what stands at the first ``marked``, two characters in."""
    offset = (notes.root / path).read_bytes().decode().index(marked) + 2
    return notes.look({}, lambda catalogue: rename_at(catalogue, path, offset, name))


def shown(notes: Workspace, made: Refactoring) -> list[str]:
    texts = {edit.path: (notes.root / edit.path).read_bytes().decode() for edit in made.edits}
    return [f"{edit.path}: {texts[edit.path][edit.start : edit.end]} > {edit.text}" for edit in sorted(made.edits)]


def test_a_note(notes: Workspace) -> None:
    made = change(notes, "day.md", "[[tea]]", "Green tea")
    assert made.moves == (("tea.md", "Green tea.md"),)
    assert shown(notes, made) == [
        "day.md: tea > Green tea",
        "day.md: tea.md > Green%20tea.md",
        "day.md: tea > Green tea",
        "day.md: tea > Green tea",
        "day.md: tea > Green tea",
        "sub/Coffee.md: /tea.md > /Green%20tea.md",
        "sub/other.md: tea > Green tea",
    ]


def test_a_note_that_gets_the_name_of_another(notes: Workspace) -> None:
    made = change(notes, "day.md", "[[tea]]", "my tea")
    assert [each for each in shown(notes, made) if each.startswith("sub/other")] == [
        "sub/other.md: tea > my tea", "sub/other.md: my tea > sub/my tea",
    ]  # fmt: skip


def test_definitions_of_link_references(indexed: Callable[..., Workspace]) -> None:
    notes = indexed("""== tea.md ==
# Tea
## How
== sub/day.md ==
See [the tea][1], [2] and [img].

[1]: ../tea.md#how "How"
> [2]: <../tea.md>

[img]: ../img/p.png
[^1]: tea.md
== img/p.png ==
x
""")
    assert shown(notes, change(notes, "sub/day.md", "../tea.md#how", "Green tea")) == [
        "sub/day.md: ../tea.md > ../Green%20tea.md",
        "sub/day.md: ../tea.md > ../Green tea.md",
    ]
    assert shown(notes, change(notes, "tea.md", "How", "Why")) == ["sub/day.md: how > why", "tea.md: How > Why"]
    made = notes.look({}, lambda catalogue: move(catalogue, {"sub/day.md": "day.md"}))
    leads = ["tea.md", "tea.md", "img/p.png"]
    assert shown(notes, made) == [f"sub/day.md: ../{path} > {path}" for path in leads]


TEXT_FIRST = """== proj.tea.md ==
# Tea
## How
== proj.day.md ==
[[Some text|proj.tea]] [[green|dendron://v/proj.tea#how]] [[proj.tea|x]] [[proj.tea#How]]

| a |
|---|
| [[Some text\\|proj.tea#How]] |
== proj.none.md ==
"""


def test_links_with_the_text_first(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(TEXT_FIRST)
    assert shown(notes, change(notes, "proj.day.md", "proj.tea]]", "proj.chai")) == [
        f"proj.day.md: proj.tea > {name}" for name in ["proj.chai"] * 5
    ]
    places = ["proj.day.md: how", "proj.day.md: How", "proj.day.md: How", "proj.tea.md: How"]
    assert shown(notes, change(notes, "proj.tea.md", "How", "Why")) == [f"{place} > Why" for place in places]


def test_a_link_that_can_no_longer_have_its_text_first(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(TEXT_FIRST)
    assert shown(notes, change(notes, "proj.day.md", "proj.tea]]", "my tea")) == [
        "proj.day.md: Some text|proj.tea > my tea|Some text",
        "proj.day.md: green|dendron://v/proj.tea#how > my tea#how|green",
        "proj.day.md: proj.tea > my tea",
        "proj.day.md: proj.tea > my tea",
        "proj.day.md: Some text\\|proj.tea#How > my tea#How\\|Some text",
    ]
    # Another note gets the name that is the text of a link: read as any other wikilink, it would lead there.
    made = notes.look({}, lambda catalogue: move(catalogue, {"proj.none.md": "green.md"}))
    assert shown(notes, made) == []
    (notes.root / "proj.day.md").write_text("[[green|proj.tea#how]]")
    notes.bring_up_to_date()
    made = notes.look({}, lambda catalogue: move(catalogue, {"proj.none.md": "green.md"}))
    assert shown(notes, made) == ["proj.day.md: green|proj.tea#how > proj.tea#how|green"]


def test_a_heading(notes: Workspace) -> None:
    assert shown(notes, change(notes, "tea.md", "Green", "Really, [green]?")) == [
        "day.md: Green > Really, green?",
        "day.md: green > really-green",
        "day.md: Green#Leaves > Really, green?#Leaves",
        "tea.md: Green > Really, [green]?",
        "tea.md: Green > Really, green?",
    ]


def test_the_heading_that_a_note_is_called_by(notes: Workspace) -> None:
    (notes.root / "sub/other.md").write_text("[[The best of teas]]")
    (notes.root / "tea.md").write_text("# The best of teas\n")
    notes.bring_up_to_date()
    assert shown(notes, change(notes, "tea.md", "The best", "Tea, the best")) == [
        "sub/other.md: The best of teas > Tea, the best",
        "tea.md: The best of teas > Tea, the best",
    ]


def test_a_tag(notes: Workspace) -> None:
    assert shown(notes, change(notes, "tea.md", "hot", "cold")) == [
        "sub/other.md: drink/hot/x > cold/x", "tea.md: drink/hot > cold",
    ]  # fmt: skip
    assert [each.split(" > ")[1] for each in shown(notes, change(notes, "tea.md", "#drink", "#beverage"))] == [
        "beverage/hot/x", "beverage/hot", "beverage",
    ]  # fmt: skip


def test_an_alias(notes: Workspace) -> None:
    expected = ["day.md: chai > my: chai", 'tea.md: chai > "my: chai"']
    assert shown(notes, change(notes, "tea.md", "chai", "my: chai")) == expected
    assert shown(notes, change(notes, "day.md", "chai#", "my: chai")) == expected
    assert shown(notes, change(notes, "tea.md", "masala", 'a "b"')) == ['tea.md: masala: x > a \\"b\\"']


def renamed_alias(notes: Workspace, fields: str, name: str) -> str:
    """The front matter after its alias ``tea`` was given another name."""
    text = f"---\n{fields}\n---\n# X\n"
    made = notes.look({"x.md": text}, lambda catalogue: rename_at(catalogue, "x.md", text.index("tea"), name))
    ((_, start, end, written),) = made.edits
    return (text[:start] + written + text[end:]).split("\n")[1]


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ("aliases: tea, b", "C++", "aliases: C++, b"),
        ("aliases: b, tea", "no: 1", None),
        ("aliases: tea, b", "x, y", None),
        ("aliases: tea", "x, y", None),
        ("aliases: tea", "null", None),
        ("aliases: [tea, b]", "x, y", 'aliases: ["x, y", b]'),
        ("aliases: tea", "C#: x", 'aliases: "C#: x"'),
        ('aliases: "tea, b"', "C++", 'aliases: "C++, b"'),
        ("title: tea", "null", None),
        ("title: tea", "a: b", 'title: "a: b"'),
        ("aliases: 'tea'", "it's", "aliases: 'it''s'"),
    ],
)
def test_an_alias_never_breaks_the_front_matter(notes: Workspace, fields: str, name: str, expected: str | None) -> None:
    if expected is not None:
        assert renamed_alias(notes, fields, name) == expected
        return
    with pytest.raises(InvalidRequest, match="front matter"):
        renamed_alias(notes, fields, name)


def test_a_note_that_is_not_there_yet(notes: Workspace) -> None:
    assert shown(notes, change(notes, "day.md", "[[nope", "yes")) == ["day.md: nope > yes", "sub/other.md: nope > yes"]


def test_every_link_to_a_note_that_is_not_there_yet(notes: Workspace) -> None:
    texts = {"x.md": "[[new one]] [[New  One]] [y](new%20one) [[other/new one]]"}
    made = notes.look(texts, lambda catalogue: rename_at(catalogue, "x.md", 2, "the last"))
    assert [edit.text for edit in made.edits] == ["the last", "the last", "the%20last"]


def test_a_tag_whose_folded_letters_are_more(notes: Workspace) -> None:
    text = "#STRASSE/ab #straße/cd #straße"
    made = notes.look({"x.md": text}, lambda catalogue: rename_at(catalogue, "x.md", 25, "way"))
    assert sorted(edit.text for edit in made.edits) == ["way", "way/ab", "way/cd"]


@pytest.mark.parametrize(
    ("marked", "name", "message"),
    [
        ("[[tea]]", "a/b", "cannot stand in the name"),
        ("[[tea]]", "a#b", "cannot stand in the name"),
        ("[[tea]]", "day", "there is such a note already"),
        ("[[tea]]", "  ", "must not be empty"),
        ("[[tea]]", "..", "cannot be the name"),
        ("[[tea#^boil", "Green", None),
        ("I like", "x", "put the cursor on"),
    ],
)
def test_what_cannot_be_renamed_says_why(notes: Workspace, marked: str, name: str, message: str | None) -> None:
    if message is None:
        assert change(notes, "day.md", marked, name).moves == (("tea.md", "Green.md"),)
        return
    with pytest.raises(InvalidRequest, match=message):
        change(notes, "day.md", marked, name)


def test_what_is_renamed_is_said_before(notes: Workspace) -> None:
    text = (notes.root / "day.md").read_bytes().decode()

    def names(catalogue: Catalogue) -> list[object]:
        found = [prepare(catalogue, "day.md", text.index(at) + 2) for at in ("[[tea", "chai#", "green)", "[y]", "I li")]
        return [each and (text[each[0] : each[1]], each[2]) for each in found]

    assert notes.look({}, names) == [
        ("tea", "tea"), ("chai", "chai"), ("green", "Green"), ("sub/my tea.md", "my tea"), None,
    ]  # fmt: skip


def test_an_open_note_is_changed_as_it_is_in_the_editor(notes: Workspace) -> None:
    opened = {"day.md": "unsaved\r\n😀 [[tea]]"}
    made = notes.look(opened, lambda catalogue: rename_at(catalogue, "day.md", 14, "x"))
    assert [edit for edit in made.edits if edit.path == "day.md"] == [("day.md", 13, 16, "x")]


def test_a_folder_and_a_file_that_is_no_note(notes: Workspace) -> None:
    made = notes.look({}, lambda catalogue: move(catalogue, {"sub": "deep/er"}))
    assert shown(notes, made) == [
        "day.md: sub/my tea.md > deep/er/my tea.md",
        "day.md: sub/my%20tea.md > deep/er/my%20tea.md",
        "sub/other.md: ../day.md > ../../day.md",
        "tea.md: sub/other.md > deep/er/other.md",
    ]
    made = notes.look({}, lambda catalogue: move(catalogue, {"img/p.png": "pictures/q r.png"}))
    assert shown(notes, made) == [
        "day.md: img/p.png > pictures/q r.png", "tea.md: img/p.png > pictures/q%20r.png",
    ]  # fmt: skip


def test_a_folder_that_moves_is_not_searched_where_no_notes_are(notes: Workspace) -> None:
    for folder in (".git/objects", "node_modules/x"):
        (notes.root / "sub" / folder).mkdir(parents=True)
        (notes.root / "sub" / folder / "p.png").write_text("x")
    (notes.root / "sub/q.png").write_text("x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("starlight.engine.renaming._MAX_FILES", 4)
        made = notes.look({"x.md": "![q](sub/q.png)"}, lambda catalogue: move(catalogue, {"sub": "deep"}))
        assert [edit.text for edit in made.edits if edit.path == "x.md"] == ["deep/q.png"]
        patch.setattr("starlight.engine.renaming._MAX_FILES", 3)
        with pytest.raises(InvalidRequest, match="more than 3 files"):
            notes.look({}, lambda catalogue: move(catalogue, {"sub": "deep"}))


def test_a_section_becomes_a_note(notes: Workspace) -> None:
    offset = (notes.root / "tea.md").read_bytes().decode().index("Cooler")
    made = notes.look({}, lambda catalogue: extract(catalogue, "tea.md", offset))
    ((path, text),) = made.created
    assert path == "Green.md"
    assert text.startswith("# Green\n\nCooler. #drink [m](sub/other.md) ![p](img/p.png)\n\n## Leaves\n")
    after = shown(notes, made)
    assert "day.md: chai > Green" in after
    assert "day.md: tea.md > Green.md" in after
    assert any(edit.path == "tea.md" and edit.text == "[[Green]]\n" for edit in made.edits)


def extracted(notes: Workspace, texts: dict[str, str], path: str, marked: str) -> dict[str, str]:
    """The texts of the notes after the section of ``path`` with ``marked`` became a note, that one included."""
    made = notes.look(texts, lambda catalogue: extract(catalogue, path, texts[path].index(marked)))
    after = dict(texts)
    for edit in sorted(made.edits, reverse=True):
        text = after[edit.path]
        after[edit.path] = text[: edit.start] + edit.text + text[edit.end :]
    return {**after, **dict(made.created)}


def test_links_to_blocks_follow_a_section(indexed: Callable[..., Workspace]) -> None:
    texts = {
        "s/src.md": "# Src\n\n[[#^goes]] ^stays\n\n## Part\n\nGoes. ^goes\n\n[[#^stays]] [[#^goes]] [[src#^goes]]\n",
        "day.md": "[[src#^goes]] [[src#^stays]] [x](s/src.md#^goes)\n",
    }
    after = extracted(indexed(""), texts, "s/src.md", "Goes.")
    assert after["day.md"] == "[[Part#^goes]] [[src#^stays]] [x](s/Part.md#^goes)\n"
    assert after["s/src.md"] == "# Src\n\n[[Part#^goes]] ^stays\n\n[[Part]]\n"
    assert after["s/Part.md"] == "# Part\n\nGoes. ^goes\n\n[[src#^stays]] [[#^goes]] [[Part#^goes]]\n"


def test_links_of_a_section_to_its_own_note(indexed: Callable[..., Workspace]) -> None:
    links = "[[src#Inner]] [[#Inner]] [[src#Top]] [[#Top]] [x](#inner) [y](#top) [z](src.md#inner) [[src]] [[src#No]]"
    texts = {
        "src.md": f"# Src\n\n[a](#inner) [[#Inner]] [b](#top)\n\n## Top\n\nx\n\n## My part\n\n### Inner\n\n{links}\n"
    }
    after = extracted(indexed(""), texts, "src.md", "## My part")
    assert after["src.md"] == (
        "# Src\n\n[a](My%20part.md#inner) [[My part#Inner]] [b](#top)\n\n## Top\n\nx\n\n[[My part]]\n"
    )
    assert after["My part.md"] == (
        "# My part\n\n## Inner\n\n[[My part#Inner]] [[#Inner]] [[src#Top]] [[src#Top]] [x](#inner) [y](src.md#top)"
        " [z](My%20part.md#inner) [[src]] [[src#No]]\n"
    )


def test_a_section_with_the_name_of_its_note(indexed: Callable[..., Workspace]) -> None:
    texts = {
        "src.md": "---\naliases: [Tea]\n---\n# Src\n\n[[Tea]]\n\n## Tea\n\n[[Tea#Tea]] [[Tea]] [[Tea#Src]]\n",
        "day.md": "[[Tea#Tea]] [[tea]] [[Tea#Src]]\n",
    }
    after = extracted(indexed(""), texts, "src.md", "## Tea")
    assert after["day.md"] == "[[Tea#Tea]] [[src]] [[src#Src]]\n"
    assert after["src.md"] == "---\naliases: [Tea]\n---\n# Src\n\n[[src]]\n\n[[Tea]]\n"
    assert after["Tea.md"] == "# Tea\n\n[[Tea#Tea]] [[src]] [[src#Src]]\n"


def test_a_note_of_one_section_cannot_be_taken_apart(notes: Workspace) -> None:
    with pytest.raises(InvalidRequest, match="put the cursor into a section"):
        notes.look({"x.md": "# One\n\nText.\n"}, lambda catalogue: extract(catalogue, "x.md", 3))


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[[new]]", ("sub/new.md", "# new\n")),
        ("[[New one#Part]]", ("sub/New one.md", "# New one\n\n## Part\n")),
        ("[[other/new]]", ("other/new.md", "# new\n")),
        ("[x](a/new%20one.md)", ("sub/a/new one.md", "# new one\n")),
        ("[x](/new)", ("new.md", "# new\n")),
        ("[[v1.2]]", ("sub/v1.2.md", "# v1.2\n")),
        ("[[photo.png]]", None),
        ("![x](img/photo.png)", None),
        ("[[tea]]", None),
        ("[[../../out]]", None),
        ("[x](what/)", None),
    ],
)
def test_the_note_that_a_link_asks_for(notes: Workspace, link: str, expected: tuple[str, str] | None) -> None:
    def ask(catalogue: Catalogue) -> Refactoring | None:
        note = catalogue.note("sub/x.md")
        found = link_at(note, 1) if note else None
        return create(catalogue, "sub/x.md", found) if found else None

    made = notes.look({"sub/x.md": link}, ask)
    assert (made.created[0] if made else None) == expected
