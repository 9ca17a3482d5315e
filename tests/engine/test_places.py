"""Marks become links that lead to places, and nothing else in an answer becomes active."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from starlight.engine.answer import Source
from starlight.engine.places import linked, wikilinked
from tests.notes.strategies import any_text, markdown_text, odd_markdown


def _source(number: int, path: str, heading: str = "", line: int = 3) -> Source:
    return Source(number, path, line, line + 2, "Title", heading, "text", 1)


SOURCES = (_source(1, "tea.md", "Green tea"), _source(2, "a b/käse (alt).md", line=12), _source(3, "x[y].md"))


def _linked(text: str) -> str:
    return linked(text, SOURCES, lambda source: f"file:///v/{source.path}")


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("Steep it [1].", "Steep it [[1]](file:///v/tea.md#L3)."),
        ("It [1][2]", "It [[1]](file:///v/tea.md#L3)[[2]](file:///v/a%20b/käse%20%28alt%29.md#L12)"),
        ("It [1, 3].", "It [[1]](file:///v/tea.md#L3) [[3]](file:///v/x%5By%5D.md#L3)."),
        ("None [7].", r"None \[7\]."),
        ("`a[1]` stays", "`a[1]` stays"),
        ("```\na[1] <b>\n```\nb [1]", "```\na[1] <b>\n```\nb [[1]](file:///v/tea.md#L3)"),
        ("[1](http://evil.example)", "[[1]](file:///v/tea.md#L3)(`http://evil.example)`"),
        ("see [here](http://evil.example/x)", "see here (`http://evil.example/x`)"),
        ("![x](http://evil.example/x.png)", "x (`http://evil.example/x.png`)"),
        ("<http://evil.example> www.evil.example", "`http://evil.example` `www.evil.example`"),
        ("<img src=x onerror=y>", r"\<img src=x onerror=y>"),
        ("[1]: http://evil.example", "[[1]](file:///v/tea.md#L3): `http://evil.example`"),
        ("- [ ] a task", "- [ ] a task"),
        ("[[Note|shown]]", "shown"),
        ("[[1]](http://evil.example)", "[[1]](file:///v/tea.md#L3)"),
        (r"\www.evil.example[x](y)", r"\ `www.evil.example[x](y)`"),
    ],
)
def test_marks_become_links_and_nothing_else_does(answer, shown):
    assert _linked(answer) == shown


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("Steep it [1].", "Steep it [[tea#Green tea|1]]."),
        ("| a [1] |", r"| a [[tea#Green tea\|1]] |"),
        ("It [2].", "It [[a b/käse (alt)|2]]."),
        ("It [3].", "It [[3]](x%5By%5D.md#L3)."),
        ("See [[Green tea]].", "See [[Green tea]]."),
        ("![[secret]]", r"\![[secret]]"),
    ],
)
def test_in_notes_they_are_wikilinks(answer, shown):
    assert wikilinked(answer, SOURCES) == shown


def test_of_several_headings_the_innermost_is_linked_to():
    source = _source(1, "tea.md", "Kinds › Green tea")
    assert wikilinked("It [1].", [source]) == "It [[tea#Green tea|1]]."
    assert wikilinked("It [1].", [source], within="tea.md") == "It [[#Green tea|1]]."


def test_a_heading_of_the_note_itself_is_named_without_its_path():
    assert wikilinked("It [1] [2].", SOURCES, within="tea.md") == "It [[#Green tea|1]] [[a b/käse (alt)|2]]."
    assert wikilinked("It [2].", SOURCES, within="a b/käse (alt).md") == "It [[a b/käse (alt)|2]]."


_ACTIVE = r"""
<b> </b> <img/src=x> ` `` ``` ~~~ [1] [2] [9] [a](http://x.y) ![a](b.png) [r]: <http://x.y> www.x.y http://x.y/
[[n]] ![[n]] [1](b) [[1]](c) \ \` \[ > - 1. | --- a@b.cd &lt; &#91; <a@b.cd> [a
"""
_active = st.sampled_from([*_ACTIVE.split(), "[1]](x)", "\n", "\n\n", "\t", "    "])
_hostile = st.lists(_active, max_size=14).map(" ".join) | st.lists(_active, max_size=14).map("".join)


def _active_in(text: str) -> list[str]:
    """What a reader of Markdown would follow, load or run, apart from links to places."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tokens = [token for block in parser.parse(text) for token in (block, *(block.children or ()))]
    found = [token.content for token in tokens if token.type in ("html_block", "html_inline", "image")]
    links = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    return found + [link for link in links if not link.startswith(("file:///v/", "x%5By%5D.md#L"))]


@given(st.one_of(any_text, markdown_text, odd_markdown, _hostile))
def test_whatever_an_answer_holds_only_marks_are_links(answer):
    assert _active_in(_linked(answer)) == []
    assert _active_in(wikilinked(answer, SOURCES)) == []


def test_control_what_is_active_is_seen():
    assert _active_in("<b>x</b> [a](http://x.y) ![i](j)") == ["<b>", "</b>", "i", "http://x.y"]
