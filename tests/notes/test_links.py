"""Which note a link leads to."""

from __future__ import annotations

import pytest

from starlight.notes.links import as_parsed, called, heading_at, link_at, meant, name_key, resolve, target_key, turned
from starlight.notes.markdown import parse

NOTES = {
    "tea.md": ("Tea", "chai"),
    "drinks/milk.md": ("Milk",),
    "drinks/tea.md": ("Tea in the cupboard",),
    "drinks/deep/Tea.md": ("Deep tea",),
    "drinks/my notes.md": ("My notes",),
    "journal/2024-01-05.md": ("A day",),
    "journal/index.md": ("Journal",),
    "茶/煎茶.md": ("煎茶",),
    "100%.md": ("All of it",),
    "paper.markdown": ("Paper",),
}


def named(key: str) -> list[str]:
    def names(path: str) -> set[str]:
        stem = path.rpartition("/")[2].rpartition(".")[0]
        return {name_key(name) for name in (stem, *NOTES[path])}

    return [path for path in NOTES if key in names(path)]


def check_leads(link: str, source: str, target: str | None) -> None:
    (parsed,) = parse(link, "stem").links
    assert resolve(parsed, source, NOTES.__contains__, named) == target


@pytest.mark.parametrize(
    ("link", "source", "target"),
    [
        ("[[tea]]", "a.md", "tea.md"),
        ("[[TEA]]", "a.md", "tea.md"),
        ("[[tea.md]]", "a.md", "tea.md"),
        ("[[chai]]", "drinks/a.md", "tea.md"),
        ("[[Tea in  the Cupboard|x]]", "a.md", "drinks/tea.md"),
        ("[[drinks/tea]]", "a.md", "drinks/tea.md"),
        ("[[deep/tea]]", "a.md", "drinks/deep/Tea.md"),
        ("[[Deep/Tea]]", "a.md", "drinks/deep/Tea.md"),
        ("[[/drinks/tea]]", "a.md", "drinks/tea.md"),
        ("[[milk]]", "a.md", "drinks/milk.md"),
        ("[[Tea]]", "drinks/a.md", "drinks/tea.md"),
        ("[[Tea]]", "drinks/deep/a.md", "drinks/deep/Tea.md"),
        ("[[Tea]]", "journal/a.md", "tea.md"),
        ("[[煎茶]]", "a.md", "茶/煎茶.md"),
        ("[[paper]]", "a.md", "paper.markdown"),
        ("[[2024-01-05]]", "a.md", "journal/2024-01-05.md"),
        ("[[coffee]]", "a.md", None),
        ("[[food/tea]]", "a.md", None),
        ("[[#here]]", "a.md", "a.md"),
        ("[x](tea.md)", "a.md", "tea.md"),
        ("[x](tea)", "a.md", "tea.md"),
        ("[x](tea.md)", "drinks/a.md", "drinks/tea.md"),
        ("[x](../tea.md#how)", "drinks/a.md", "tea.md"),
        ("[x](/tea.md)", "drinks/a.md", "tea.md"),
        ("[x](./deep/../tea.md)", "drinks/a.md", "drinks/tea.md"),
        ("[x](drinks/my%20notes.md)", "a.md", "drinks/my notes.md"),
        ("[x](<drinks/my notes.md>)", "a.md", "drinks/my notes.md"),
        ("[x](100%25.md)", "a.md", "100%.md"),
        ("[x](茶/煎茶.md)", "a.md", "茶/煎茶.md"),
        ("[x](journal/)", "a.md", "journal/index.md"),
        ("[x](../../outside.md)", "a.md", None),
        ("[x](milk.md)", "a.md", "drinks/milk.md"),
        ("[x](./milk.md)", "a.md", None),
        ("[x](Deep%20tea)", "a.md", None),
        ("[x](TEA.md)", "a.md", "tea.md"),
        ("[x](drinks/tea.md)", "journal/a.md", "drinks/tea.md"),
        ("[x](paper)", "a.md", "paper.markdown"),
        ("![x](tea.md)", "drinks/a.md", "drinks/tea.md"),
        ("[x](a\\)b.md)", "a.md", None),
        ("[[./tea]]", "drinks/a.md", "drinks/tea.md"),
        ("[[../tea]]", "drinks/a.md", "tea.md"),
        ("[[../../tea]]", "drinks/a.md", None),
        ("[[Milk|x]]", "tea.md", "drinks/milk.md"),
    ],
)
def test_resolve(link: str, source: str, target: str | None) -> None:
    check_leads(link, source, target)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("[[A cup|drinks/milk]]", "drinks/milk.md"),
        ("[[A cup|milk#How to steep]]", "drinks/milk.md"),
        ("[[a # cup|milk^block]]", "drinks/milk.md"),
        ("[[A cup|dendron://vault/drinks/milk]]", "drinks/milk.md"),
        ("[[tea|dendron://vault/milk#^x]]", "drinks/milk.md"),
        ("[[tea|dendron://vault/none]]", None),
        ("[[dendron://vault/milk]]", "drinks/milk.md"),
    ],
)
def test_links_with_the_text_first(link: str, target: str | None) -> None:
    check_leads(link, "a.md", target)
    (parsed,) = parse(link, "stem").links
    found = meant(parsed, "a.md", NOTES.__contains__, named)
    assert found.text_first == ("|" in link)
    assert turned(as_parsed(found)) == (found if found.text_first else None)


@pytest.mark.parametrize(("link", "target"), [("[[chai|milk]]", "tea.md"), ("[[photo.png|milk]]", None)])
def test_an_alias_and_a_file_are_no_text_that_is_first(link: str, target: str | None) -> None:
    check_leads(link, "a.md", target)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("[[tea|milk]]", "tea.md"),
        ("[[chai|Milk and more]]", "tea.md"),
        ("[[chai|none]]", "tea.md"),
        ("[[All of it|chai]]", "100%.md"),  # a name, but of no file
        ("[[none|my notes]]", None),
        ("[[food/tea|tea]]", None),
        ("[[#part|tea]]", "a.md"),
        ("[tea](none)", None),
    ],
)
def test_links_with_the_target_first(link: str, target: str | None) -> None:
    check_leads(link, "a.md", target)
    (parsed,) = parse(link, "stem").links
    assert meant(parsed, "a.md", NOTES.__contains__, named) == parsed


@pytest.mark.parametrize(
    ("anchor", "line"),
    [
        ("how-to-steep,1:#*", 3),
        ("how-to-steep:#*", 3),
        ("How to steep", 3),
        ("how TO steep", 3),
        ("how-to-steep", 3),
        ("Tea#How to steep", 3),
        ("How%20to%20steep", 3),
        ("煎茶", 5),
        ("What? Why!", 7),
        ("what-why", 7),
        ("nowhere", None),
        ("^b1", None),
    ],
)
def test_heading_at(anchor: str, line: int | None) -> None:
    note = parse("# Tea\n\n## How to steep\n\n## 煎茶\n\n## What? Why!\n", "stem")
    found = heading_at(note, anchor)
    assert (found.line if found else None) == line


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("tea", {"tea.md"}),
        ("/drinks/tea/", {"drinks/tea.md"}),
        ("deep/tea", {"drinks/deep/Tea.md"}),
        ("TEA.md", {"tea.md", "drinks/tea.md", "drinks/deep/Tea.md"}),
        ("paper", {"paper.markdown"}),
        ("paper.markdown", {"paper.markdown"}),
        (" Milk ", {"drinks/milk.md"}),
        ("AC/DC", {"drinks/ac.md"}),
        ("food/tea", set()),
        ("", set()),
    ],
)
def test_called(monkeypatch: pytest.MonkeyPatch, name: str, paths: set[str]) -> None:
    monkeypatch.setitem(NOTES, "drinks/ac.md", ("AC/DC",))
    assert set(called(name, NOTES.__contains__, named)) == paths


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("Tea", "tea"),
        ("a/My  Tea.md", "my tea"),
        ("a/Tea.MD", "tea"),
        ("tea.markdown", "tea"),
        ("photo.PNG", "photo.png"),
        ("journal/", "journal"),
        ("v1.2", "v1.2"),
    ],
)
def test_target_key(target: str, key: str) -> None:
    assert target_key(target) == key


def test_link_at() -> None:
    text = "a [[tea]] b [x](y.md)"
    note = parse(text, "stem")
    found = [link.target if (link := link_at(note, offset)) else "" for offset in range(len(text) + 1)]
    assert found == [""] * 2 + ["tea"] * 7 + [""] * 3 + ["y.md"] * 9 + [""]
