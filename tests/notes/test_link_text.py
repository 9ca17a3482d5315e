"""Where the parts of a link stand, and what may be written in their place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starlight.notes.link_text import anchor_for, encoded, fits_wiki, relative_targets, spelling, wiki_targets
from starlight.notes.links import target_of, turned
from starlight.notes.markdown import parse
from tests.notes.strategies import odd_markdown


@pytest.mark.parametrize(
    ("text", "form", "target", "anchor"),
    [
        ("[[tea]]", "wiki", "tea", None),
        ("[[ tea # how |x]]", "wiki", "tea", "how"),
        ("[[tea#A#B]]", "wiki", "tea", "A#B"),
        ("[[tea^b1]]", "wiki", "tea", "^b1"),
        ("[[#A]]", "wiki", "", "A"),
        ("|a|\n|-|\n|[[x\\|y]]|", "wiki", "x", None),
        ("[[dendron://v/tea#how]]", "wiki", "tea", "how"),
        ("[x](b.md#q 'x')", "bare", "b.md", "q"),
        ("![x](b.png)", "bare", "b.png", None),
        ("[x](<a b(c.md#d e>)", "bracketed", "a b(c.md", "d e"),
        ("[x](a\\)b.md)", "bare", "a\\)b.md", None),
        ("[x](a&amp;b.md)", "bare", "a&amp;b.md", None),
        ("[x](a(b)c.md)", "bare", "a(b)c.md", None),
        ("[[a]](b.md)", "wiki", "a", None),
    ],
)
def test_spelling(text: str, form: str, target: str, anchor: str | None) -> None:
    link = parse(text, "").links[0]
    found = spelling(text, link)
    assert found is not None
    assert (found.form, text[slice(*found.target)]) == (form, target)
    assert (text[slice(*found.anchor)] if found.anchor else None) == anchor


@pytest.mark.parametrize(
    ("text", "target", "anchor"),
    [
        ("[[a cup|tea]]", "tea", None),
        ("[[a cup| tea ]]", "tea", None),
        ("[[a cup|tea#How to|x]]", "tea", "How to|x"),
        ("[[a cup|tea^b1]]", "tea", "^b1"),
        ("[[a # cup|dendron://v/tea#how]]", "tea", "how"),
        ("|a|\n|-|\n|[[a cup\\|tea#how]]|", "tea", "how"),
    ],
)
def test_spelling_with_the_text_first(text: str, target: str, anchor: str | None) -> None:
    link = turned(parse(text, "").links[0])
    found = spelling(text, link) if link else None
    assert found is not None
    assert text[slice(*found.target)] == target
    assert (text[slice(*found.anchor)] if found.anchor else None) == anchor


@given(odd_markdown)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_a_target_can_be_put_in_its_place(text: str) -> None:
    """Whatever surrounds a link: where its parts are known, another target makes the same link to that."""
    for number, link in enumerate(parse(text, "").links):
        found = spelling(text, link)
        if found is None or text[slice(*found.target)] == "":
            continue
        start, end = found.target
        again = parse(f"{text[:start]}zz/new{text[end:]}", "").links
        assert target_of(again[number]) == "zz/new"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_any_name_can_be_written_as_a_markdown_link(name: str) -> None:
    path = f"a/{name.replace('/', '')}x.md"
    (link,) = parse(f"[x]({encoded(path)})", "").links
    assert target_of(link) == path


def test_what_leads_to_a_path() -> None:
    assert list(wiki_targets("a/b/c.md", "c")) == ["c", "b/c", "a/b/c", "a/b/c.md"]
    assert next(wiki_targets("a/b/c.md", "x/y.md")) == "b/c.md"
    assert next(relative_targets("a/b.md", "c/d.md", "b.md")) == "../a/b.md"
    assert next(relative_targets("a/b.md", "a/d.md", "./b")) == "./b"
    assert next(relative_targets("a/index.md", "d.md", "a/")) == "a/"
    assert not fits_wiki("a#b")
    assert (anchor_for("What? #1", "wiki"), anchor_for("What? 1", "bare")) == ("What? 1", "what-1")
    assert anchor_for("A b", "bare", "x%20Y") == "A%20b"
