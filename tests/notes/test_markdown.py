"""Markdown: headings, links and tags, and exactly where they stand.

In these texts ⟦ and ⟧ mark what a link must cover; they are taken out before parsing.
"""

from __future__ import annotations

import re

import pytest

from starlight.notes.markdown import parse
from starlight.notes.model import Note


def check_links(marked: str, *expected: tuple[str, ...]) -> None:
    """The links of ``marked`` are ``expected`` (kind, target, anchor, text; the end may be left out), as marked."""
    text, spans = unmarked(marked)
    links = sorted(parse(text, "stem").links, key=lambda link: link.start)
    found = [(link.kind, link.target, link.anchor, link.text) for link in links]
    assert found == [(*link, "", "", "")[:4] for link in expected]
    assert [text[link.start : link.end] for link in links] == [text[start:end] for start, end in spans]
    assert [(link.start, link.end) for link in links] == spans


def unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    plain: list[str] = []
    for part in re.split("([⟦⟧])", marked):
        if part == "⟦":
            opened.append(sum(map(len, plain)))
        elif part == "⟧":
            spans.append((opened.pop(), sum(map(len, plain))))
        else:
            plain.append(part)
    return "".join(plain), sorted(spans)


def check_headings(text: str, *expected: tuple[int, str, int]) -> Note:
    """The headings of ``text`` are ``expected`` (level, text, line), and each starts with its line."""
    note = parse(text, "stem")
    assert [(heading.level, heading.text, heading.line) for heading in note.headings] == list(expected)
    for heading in note.headings:
        assert re.split("\r\n|\r|\n", text[: heading.start] + "$").index("$") == heading.line - 1 or heading.start == 0
    return note


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("⟦[a]: b.md⟧", [("markdown", "b.md", "", "a")]),
        (
            "⟦[a]: b.md#c⟧ 'title'\n⟦[b c]:<d e.md>⟧",
            [("markdown", "b.md", "c", "a"), ("markdown", "d%20e.md", "", "b c")],
        ),
        ("> ⟦[a]: b.md⟧\n\n- ⟦[a]: c.md⟧\n", [("markdown", "b.md", "", "a"), ("markdown", "c.md", "", "a")]),
        ("⟦[a]: b\\)c&amp;d.md⟧", [("markdown", "b)c&d.md", "", "a")]),
        ("⟦[a]: #b⟧", [("markdown", "", "b", "a")]),
        ("[a]: http://b.md\n[b]: <>\n[//]: # (note)\n[^1]: b.md\n[c]: d e\n`[d]: e.md`", []),
        ("text\n[a]: b.md\n\n```\n[a]: b.md\n```\n\n    [a]: b.md", []),
        ("[a]:\nb.md\n", []),
        ("[due]: later\n\n⟦[a]: a⟧\n", [("markdown", "a", "", "a")]),
    ],
)
def test_definitions_of_link_references(marked: str, expected: list[tuple[str, ...]]) -> None:
    check_links(marked, *expected)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("⟦[[tea]]⟧", [("wiki", "tea")]),
        ("a ⟦[[tea]]⟧⟦[[milk]]⟧ b", [("wiki", "tea"), ("wiki", "milk")]),
        ("⟦[[ tea ]]⟧", [("wiki", "tea")]),
        ("⟦[[tea|a cup]]⟧", [("wiki", "tea", "", "a cup")]),
        ("⟦[[tea#How to]]⟧", [("wiki", "tea", "How to")]),
        ("⟦[[tea#How to#Steep|steeping]]⟧", [("wiki", "tea", "How to#Steep", "steeping")]),
        ("⟦[[tea^b1]]⟧ ⟦[[tea#^b1]]⟧", [("wiki", "tea", "^b1"), ("wiki", "tea", "^b1")]),
        ("⟦[[#Here]]⟧", [("wiki", "", "Here")]),
        ("!⟦[[tea]]⟧", [("wiki", "tea")]),
        ("!⟦[[tea.png|100]]⟧", [("wiki", "tea.png", "", "100")]),
        ("⟦[[drinks/tea]]⟧", [("wiki", "drinks/tea")]),
        ("⟦[[茶]]⟧と⟦[[چای|نوشیدنی]]⟧", [("wiki", "茶"), ("wiki", "چای", "", "نوشیدنی")]),
        ("🧑🏽‍🍳 ⟦[[🍵]]⟧", [("wiki", "🍵")]),
        ("*⟦[[tea]]⟧* **⟦[[milk]]⟧** ~~⟦[[soy]]⟧~~", [("wiki", "tea"), ("wiki", "milk"), ("wiki", "soy")]),
        ("(⟦[[tea]]⟧)", [("wiki", "tea")]),
        ("[⟦[[tea]]⟧]", [("wiki", "tea")]),
        ("`[[tea]]` ⟦[[milk]]⟧", [("wiki", "milk")]),
        ("``[[tea]] ` `` \\[[tea]]", []),
        ("[[]] [[ ]] [[|x]] [[a\nb]] [[tea", []),
        ("[[a[b]]", []),
        ("```\n[[tea]]\n```\n~~~md\n[[tea]]\n~~~\n⟦[[milk]]⟧", [("wiki", "milk")]),
        ("    [[tea]]\n\n⟦[[milk]]⟧", [("wiki", "milk")]),
        ("<div>\n[[tea]]\n</div>\n\n⟦[[milk]]⟧", [("wiki", "milk")]),
        ("# About ⟦[[tea]]⟧ #", [("wiki", "tea")]),
        ("About ⟦[[tea]]⟧\n===", [("wiki", "tea")]),
        ("> - 1. ⟦[[tea]]⟧\n>   - ⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
        ("> [!note] ⟦[[tea]]⟧\n> ⟦[[milk]]⟧\nlazy ⟦[[soy]]⟧", [("wiki", "tea"), ("wiki", "milk"), ("wiki", "soy")]),
        ("- [ ] ⟦[[tea]]⟧\n- [x] ⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
        ("-\t⟦[[tea]]⟧\n\n\t⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
        ("- a  \n\tb ⟦[[tea]]⟧ c", [("wiki", "tea")]),
        ("1. a\n\t\t⟦[[tea]]⟧\n\t ⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
        ("tea \n   ⟦[[tea]]⟧  \ntea", [("wiki", "tea")]),
        ("---\ntitle: x\n---\n⟦[[tea]]⟧", [("wiki", "tea")]),
        ("---\ntitle: broken: x\n---\n⟦[[tea]]⟧", [("wiki", "tea")]),
        ("---\ntitle: a\rb: c\n---\n⟦[[tea]]⟧", [("wiki", "tea")]),
        ("\u2028 ⟦[[tea]]⟧\n\x0c\x0b ⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
        ("a\n\n\xa0\n\u3000 \n ⟦[[tea]]⟧\nb ⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
        ("> \xa0\n> ⟦[[tea]]⟧\n\n- \x0c\n  ⟦[[milk]]⟧ <a", [("wiki", "tea"), ("wiki", "milk")]),
        ("[r]: x (t)\n\n\xa0\n⟦[[tea]]⟧\n===\n\n\xa0\n⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_wikilinks(marked: str, expected: list[tuple[str, ...]], line_end: str) -> None:
    if line_end == "\r" and marked.startswith("---"):
        return  # front matter ends its lines with a line feed
    check_links(marked.replace("\n", line_end), *expected)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("⟦[tea](tea.md)⟧", [("markdown", "tea.md", "", "tea")]),
        ("⟦[a *big* cup](../drinks/tea.md#How-to)⟧.", [("markdown", "../drinks/tea.md", "How-to", "a *big* cup")]),
        ("⟦[here](#how-to)⟧", [("markdown", "", "how-to", "here")]),
        ('⟦[tea](tea.md "The title")⟧', [("markdown", "tea.md", "", "tea")]),
        ("⟦[tea](<my tea.md>)⟧", [("markdown", "my%20tea.md", "", "tea")]),
        ("⟦[tea](my%20tea.md)⟧", [("markdown", "my%20tea.md", "", "tea")]),
        ("⟦[tea](a_(b).md)⟧", [("markdown", "a_(b).md", "", "tea")]),
        ("⟦[](tea.md)⟧", [("markdown", "tea.md")]),
        ("⟦[tea](id:b7-1#kinds)⟧", [("markdown", "id:b7-1", "kinds", "tea")]),
        ("⟦[tea](/drinks/tea.md)⟧", [("markdown", "/drinks/tea.md", "", "tea")]),
        (
            "⟦[two\nlines](tea.md)⟧ ⟦[b](b.md)⟧",
            [("markdown", "tea.md", "", "two\nlines"), ("markdown", "b.md", "", "b")],
        ),
        ("> ⟦[two\n> lines](tea.md)⟧ b", [("markdown", "tea.md", "", "two\nlines")]),
        ("- x\n\t⟦[two\n\tlines](tea.md)⟧ b", [("markdown", "tea.md", "", "two\n  lines")]),
        ("[a](https://example.org) <https://example.org> [b](mailto:a@b.c) [c](//example.org/x)", []),
        (
            "⟦![image](<tea 1.png> 't')⟧ ⟦[⟦![image [[no]]](a.png)⟧](tea.md)⟧ ![out](https://a.b/c.png) ![]()",
            [
                ("markdown", "tea%201.png", "", "image"),
                ("markdown", "tea.md", "", "![image [[no]]"),
                ("markdown", "a.png", "", "image [[no]]"),
            ],
        ),
        ("[⟦[tea](tea.md)⟧](x", [("markdown", "tea.md", "", "tea")]),
        ("`[tea](tea.md)` \\[tea](tea.md) [tea] (tea.md)", []),
        ("```\n[tea](tea.md)\n```", []),
    ],
)
def test_markdown_links(marked: str, expected: list[tuple[str, ...]]) -> None:
    check_links(marked, *expected)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("| a | b |\n|---|---|\n| ⟦[[tea]]⟧ | ⟦[[milk]]⟧ |", [("wiki", "tea"), ("wiki", "milk")]),
        ("| a |\n|---|\n| x ⟦[[tea\\|a cup]]⟧ y |", [("wiki", "tea", "", "a cup")]),
        ("| ⟦[[tea]]⟧ | ⟦[m](m.md)⟧ |\n|---|---|\n| c | d |", [("wiki", "tea"), ("markdown", "m.md", "", "m")]),
        ("a | b\n:-: | -\n\\| ⟦[[tea]]⟧ | `[[no]]`\n⟦[[milk]]⟧", [("wiki", "tea"), ("wiki", "milk")]),
        ("> | a |\n> |---|\n> | ⟦[[tea]]⟧ |", [("wiki", "tea")]),
        ("- | a |\n  |---|\n  | ⟦[[茶\\|茶]]⟧ | 🍵 ⟦[[b]]⟧ |", [("wiki", "茶", "", "茶"), ("wiki", "b")]),
    ],
)
def test_links_in_tables(marked: str, expected: list[tuple[str, ...]]) -> None:
    check_links(marked, *expected)
    check_links(marked.replace("\n", "\r\n"), *expected)


def test_a_paragraph_that_is_too_long_for_links_is_said() -> None:
    note = parse("short [[tea]]\n\n" + "[[milk]] " * 10_000, "stem")
    assert [link.target for link in note.links] == ["tea"]
    assert note.problems == ("line 3 is too long to be searched for links and tags",)


def test_headings() -> None:
    check_headings(
        "# Tea\n\n## How *to* `steep`\n\n### [[a|A]] ###\n", (1, "Tea", 1), (2, "How to steep", 3), (3, "A", 5)
    )
    check_headings("Tea\n===\n\nHow\nto\n---\n", (1, "Tea", 1), (2, "How to", 4))
    check_headings("---\ntitle: T\n---\n# Tea\n", (1, "Tea", 4))
    check_headings("# Tea\r\ntext\r\n## How\r\n", (1, "Tea", 1), (2, "How", 3))
    check_headings("# 茶\r## 泡茶\r", (1, "茶", 1), (2, "泡茶", 2))
    check_headings("#\n\n# \n", (1, "", 1), (1, "", 3))
    check_headings("#tea\n\n####### seven\n\n\\# escaped\n\n    # code\n")
    check_headings("```\n# code\n```\n~~~\nfence\n===\n~~~\n\n# Real\n", (1, "Real", 9))
    check_headings("- # in a list\n\n> # in a quote\n")
    check_headings("```\n# an open fence goes on to the end\n")


def test_a_long_heading_is_cut() -> None:
    (heading,) = parse("# " + "[[" * 100_000, "stem").headings
    assert len(heading.text) <= 500


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: From the front\n---\n# Tea\n", "From the front"),
        ("# Tea\n\n# Second\n", "Tea"),
        ("words first\n\n# Tea\n", "Tea"),
        ("## Not a title\n\n# Late\n", "stem"),
        ("words", "stem"),
        ("", "stem"),
        ("#\n", "stem"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert parse(text, "stem").title == title


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#drink and #hot-tea.", ("drink", "hot-tea")),
        ("#drink/tea #drink/ #2024-goals", ("drink/tea", "drink", "2024-goals")),
        ("#2024 #1 # #-", ()),
        ("#茶 #چای #größe", ("茶", "چای", "größe")),
        ("a#b (#c) https://x.org/#d", ()),
        ("`#code` \\#escaped ```#code```", ()),
        ("```\n#code\n```", ()),
        ("# Heading #tag\n\n- #item\n> #quote", ("tag", "item", "quote")),
        ("| a |\n|---|\n| #cell |", ("cell",)),
        ("---\ntags: [drink]\n---\n#drink #hot", ("drink", "hot")),
        ("[#no](tea.md#here) [[tea#anchor]]", ()),
    ],
)
def test_tags(text: str, tags: tuple[str, ...]) -> None:
    assert parse(text, "stem").tags == tags


def test_blocks_are_the_top_level_ones() -> None:
    note = parse("---\ntitle: x\n---\n# Tea\n\ntext\nmore\n\n- a\n- b\n\n```py\ncode\n```\n\n| a |\n|---|\n", "stem")
    assert [(block.kind, block.first, block.last) for block in note.blocks] == [
        ("heading", 4, 4),
        ("paragraph", 6, 7),
        ("bullet_list", 9, 11),  # with the blank line after it
        ("fence", 12, 14),
        ("table", 16, 17),
    ]
    assert note.body_line == 4
