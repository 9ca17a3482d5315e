"""Where links lead, and what speaks of a note, a heading and a tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from starlight.engine.diagnosing import problems
from starlight.engine.navigation import backlinks, definition, in_context, mentions, references
from starlight.engine.workspace import Workspace

NOTES = """== tea.md ==
---
title: Tea
aliases: [chai]
tags: [drink/hot]
---
# Tea

Boil the water. ^boil

## Green tea

Cooler. #drink
== day.md ==
# Day
[[tea]] and [[chai#Green tea]], [x](tea.md#green-tea) `[[tea]]`
[[tea#^boil]] [[nope]]

I like Tea, and chai. `Tea` and [tea](other.md); teapots.
== sub/other.md ==
[[nope]] [up](../day.md) #drink/hot/x
"""


@pytest.fixture
def notes(indexed: Callable[..., Workspace]) -> Workspace:
    return indexed(NOTES)


def places(
    notes: Workspace, path: str, marked: str, opened: Mapping[str, str] | None = None, *, own: bool = False
) -> list[str]:
    """What speaks of what stands at ``‸``, as ``path: text``."""
    text = marked.replace("‸", "")
    texts = {**(opened or {}), path: text}

    def ask(catalogue):
        found = references(catalogue, path, marked.index("‸"), with_declaration=own)
        return [f"{place.path}: {catalogue.text(place.path)[place.start : place.end]}" for place in found]

    return notes.look(texts, ask)


def at(notes: Workspace, path: str, before: str) -> str:
    """The note at ``path`` with a mark before the first ``before``."""
    text = (notes.root / path).read_text()
    return text.replace(before, f"‸{before}", 1)


TO_GREEN = ["day.md: [[chai#Green tea]]", "day.md: [x](tea.md#green-tea)"]
TO_TEA = ["day.md: [[tea]]", *TO_GREEN, "day.md: [[tea#^boil]]"]


@pytest.mark.parametrize(
    ("path", "before", "expected"),
    [
        ("day.md", "tea]]", TO_TEA),
        ("day.md", "chai#", TO_GREEN),
        ("day.md", "nope", ["day.md: [[nope]]", "sub/other.md: [[nope]]"]),
        ("day.md", "I like", ["sub/other.md: [up](../day.md)"]),
        ("day.md", "Day", ["sub/other.md: [up](../day.md)"]),
        ("tea.md", "Green", TO_GREEN),
        ("tea.md", "Boil", TO_TEA),
        ("tea.md", "drink/hot", ["sub/other.md: drink/hot/x", "tea.md: drink/hot"]),
        ("tea.md", "rink\n", ["sub/other.md: drink/hot/x", "tea.md: drink/hot", "tea.md: drink"]),
    ],
)
def test_references(notes: Workspace, path: str, before: str, expected: list[str]) -> None:
    assert places(notes, path, at(notes, path, before)) == expected


def test_with_the_declaration(notes: Workspace) -> None:
    assert places(notes, "tea.md", at(notes, "tea.md", "Green"), own=True)[0] == "tea.md: Green tea"
    assert places(notes, "day.md", at(notes, "day.md", "tea]]"), own=True)[0] == "tea.md: "


def test_open_notes_win(notes: Workspace) -> None:
    opened = {"sub/other.md": "😀\r\n\t[[tea]] `[[tea]]`\r\n", "day.md": ""}
    assert places(notes, "tea.md", at(notes, "tea.md", "Boil"), opened) == ["sub/other.md: [[tea]]"]
    text = (notes.root / "tea.md").read_text().replace("chai", "cha")
    assert notes.look({"tea.md": text}, lambda c: [link.target for _, link in backlinks(c, "tea.md")]) == [
        "tea", "tea.md", "tea",
    ]  # fmt: skip


def test_notes_that_changed_since_they_were_indexed_are_read_again(notes: Workspace) -> None:
    day = notes.root / "day.md"
    day.write_text("Something before it. " + day.read_text().replace("[x](tea.md#green-tea)", ""))
    expected = [each for each in TO_TEA if "[x]" not in each]
    assert places(notes, "tea.md", at(notes, "tea.md", "Boil")) == expected
    day.unlink()
    assert places(notes, "tea.md", at(notes, "tea.md", "Boil")) == []


def test_links_to_other_headings_since_they_were_indexed_are_read_again(indexed: Callable[..., Workspace]) -> None:
    tea, day = "# Tea\n\n## One\n\n## Two\n", "[[tea#One]] [[tea#Two]]"
    notes = indexed(f"== tea.md ==\n{tea}== day.md ==\n{day}\n")
    (notes.root / "day.md").write_text("[[tea#Two]] [[tea#One]]\n")

    def ask(catalogue):
        return [place.start for place in references(catalogue, "tea.md", tea.index("One"))]

    assert notes.look({}, ask) == [12]


def where(notes: Workspace, path: str, marked: str) -> tuple[str, str] | None:
    text = marked.replace("‸", "")

    def ask(catalogue):
        place = definition(catalogue, path, marked.index("‸"))
        return place and (place.path, (catalogue.text(place.path) or "")[place.start : place.end])

    return notes.look({path: text}, ask)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[[te‸a]]", ("tea.md", "")),
        ("[[chai#Green te‸a]]", ("tea.md", "## Green tea")),
        ("[x](tea.md#green-te‸a)", ("tea.md", "## Green tea")),
        ("[[tea#^bo‸il]]", ("tea.md", "Boil the water. ^boil")),
        ("[x](tea.md#^bo‸il)", ("tea.md", "Boil the water. ^boil")),
        ("[[tea#No‸where]]", ("tea.md", "")),
        ("# One\n\n[[#On‸e]]", ("day.md", "# One")),
        ("# On‸e", ("day.md", "One")),
        ("#ta‸g", ("day.md", "#tag")),
        ("[[not‸hing]]", None),
        ("`[[te‸a]]`", None),
        ("```\n[[te‸a]]\n```", None),
        ("wor‸ds", None),
        ("‸", None),
    ],
)
def test_definition(notes: Workspace, marked: str, expected: tuple[str, str] | None) -> None:
    assert where(notes, "day.md", marked) == expected


ORG = """== zettel.org ==
:PROPERTIES:
:ID: of-file
:END:
#+title: Zettel

Text.

  é
** DONE Green tea :hot:
:PROPERTIES:
:ID: of-heading
:END:
== guide.rst ==
Guide
=====

Part two
--------
== day.md ==
"""


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[x](id:of-hea‸ding)", ("zettel.org", "** DONE Green tea :hot:")),
        ("[x](id:of-fi‸le)", ("zettel.org", ":PROPERTIES:")),
        ("[x](zettel.org#green-te‸a)", ("zettel.org", "** DONE Green tea :hot:")),
        ("[[zettel.org#Green te‸a]]", ("zettel.org", "** DONE Green tea :hot:")),
        ("[x](guide.rst#part-t‸wo)", ("guide.rst", "Part two")),
        ("[x](guide.rst#no‸where)", ("guide.rst", None)),
        ("[x](zettel.o‸rg)", ("zettel.org", None)),
        ("[x](id:no‸ne)", None),
    ],
)
def test_headings_in_files_with_lines(
    indexed: Callable[..., Workspace], link: str, expected: tuple[str, str | None] | None
) -> None:
    notes = indexed(ORG)

    def ask(catalogue):
        place = definition(catalogue, "day.md", link.index("‸"))
        if place is None or place.span is None:
            return place and (place.path, None)
        span, lines = place.span, (notes.root / place.path).read_text().splitlines()
        assert span.first == span.last
        return place.path, lines[span.first - 1][span.start.utf32 : span.end.utf32]

    assert notes.look({"day.md": link.replace("‸", "")}, ask) == expected


def test_headings_in_files_with_lines_are_where_the_open_text_has_them(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(ORG)
    texts = {
        "day.md": "[x](guide.rst#part-two) [x](guide.rst#new)",
        "guide.rst": "Guide\n=====\n\nNew\n---\n\nPart two\n--------\n",
    }

    def ask(catalogue):
        return [definition(catalogue, "day.md", offset).span for offset in (1, 26)]

    assert [span and span.first for span in notes.look(texts, ask)] == [7, 4]


def test_mentions_are_no_links_and_no_code(notes: Workspace) -> None:
    def ask(catalogue):
        found = in_context(catalogue, mentions(catalogue, "tea.md"))
        return [(m.place.path, m.line, catalogue.text(m.place.path)[m.place.start : m.place.end]) for m in found]

    assert notes.look({}, ask) == [("day.md", 5, "Tea"), ("day.md", 5, "chai")]
    assert notes.look({"day.md": "More\nchai here."}, ask) == [("day.md", 2, "chai")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("茶道", "私は茶道が好き。抹茶道具", ["茶道", "茶道"]),
        ("抹茶", "抹茶", ["抹茶"]),
        ("ชาเขียว", "ฉันดื่มชาเขียวทุกวัน", ["ชาเขียว"]),
        ("Go言語", "Go言語を学ぶ。Django言語", ["Go言語"]),
        ("茶", "茶", []),
        ("go", "I go", []),
    ],
)
def test_mentions_of_names_in_scripts_without_spaces(
    indexed: Callable[..., Workspace], name: str, text: str, expected: list[str]
) -> None:
    notes = indexed(f"== a.md ==\n# {name}\n== b.md ==\n{text}\n")

    def ask(catalogue):
        return [catalogue.text(place.path)[place.start : place.end] for place in mentions(catalogue, "a.md")]

    assert notes.look({}, ask) == expected
    assert notes.look({"b.md": text}, ask) == expected


def test_links_that_ask_for_the_same_note_that_is_not_there(notes: Workspace) -> None:
    text = "[[not ye‸t]] [[Not  Yet]] [x](not%20yet) [[other/not yet]]"
    assert places(notes, "x.md", text) == ["x.md: [[not yet]]", "x.md: [[Not  Yet]]", "x.md: [x](not%20yet)"]
    assert places(notes, "x.md", "[[not yet]] [x](not%20y‸et)") == ["x.md: [[not yet]]", "x.md: [x](not%20yet)"]


DEFINED = """== tea.md ==
# Tea
== foam.md ==
[[tea]] and [[nope]]

[tea]: tea "Tea"
[nope]: nope "Nope"
== day.md ==
[a cup][1]

[1]: tea.md
[2]: nowhere.md
[3]: https://tea.md
[^4]: tea.md
"""


def test_definitions_of_link_references(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(DEFINED)
    assert places(notes, "tea.md", "# ‸Tea\n") == ["day.md: [1]: tea.md", "foam.md: [[tea]]"]
    assert places(notes, "day.md", at(notes, "day.md", "tea.md")) == ["day.md: [1]: tea.md", "foam.md: [[tea]]"]
    text = (notes.root / "day.md").read_text()
    found = notes.look({}, lambda catalogue: problems(catalogue, "day.md"))
    assert [text[each.start : each.end] for each in found] == ["[2]: nowhere.md"]


TEXT_FIRST = """== proj.tea.md ==
---
title: Tea
---
# Tea
## How
== day.md ==
[[Some text|proj.tea]] [[Tea|dendron://v/proj.tea#how]] [[proj.tea]]
[[none|Some text]]
"""


def test_links_with_the_text_first(indexed: Callable[..., Workspace]) -> None:
    notes = indexed(TEXT_FIRST)
    every = ["day.md: [[Some text|proj.tea]]", "day.md: [[Tea|dendron://v/proj.tea#how]]", "day.md: [[proj.tea]]"]
    for opened in ({}, {"day.md": (notes.root / "day.md").read_text()}):
        assert places(notes, "proj.tea.md", at(notes, "proj.tea.md", "Tea"), opened) == every
        assert places(notes, "proj.tea.md", at(notes, "proj.tea.md", "How"), opened) == every[1:2]
    found = notes.look({}, lambda catalogue: [each.start for each in problems(catalogue, "day.md")])
    assert found == [TEXT_FIRST.partition("day.md ==\n")[2].index("[[none")]
    text = (notes.root / "day.md").read_text()
    found = notes.look({}, lambda catalogue: definition(catalogue, "day.md", text.index("Tea|")))
    assert found
    assert found.path == "proj.tea.md"
    assert (notes.root / "proj.tea.md").read_text()[found.start : found.end] == "## How"


def test_context_says_where(notes: Workspace) -> None:
    def ask(catalogue):
        places = references(catalogue, "tea.md", 0)
        return [(m.title, m.line, m.context) for m in in_context(catalogue, places)][-1]

    assert notes.look({}, ask) == ("Day", 3, "[[tea#^boil]] [[nope]]")


def test_a_note_with_many_links_and_links_in_a_circle(indexed: Callable[..., Workspace]) -> None:
    notes = indexed("== a.md ==\n[[b]] [[a]]\n== b.md ==\n[[a]]\n")
    text = "".join(f"[[a]] [[b|{number}]]\n\n" for number in range(25_000))
    found = notes.look({"a.md": text}, lambda catalogue: len(backlinks(catalogue, "b.md")))
    assert found == 25_000
