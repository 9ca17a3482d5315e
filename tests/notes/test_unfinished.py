"""What is being written at a place; ``|`` stands for the cursor unless another mark is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes.unfinished import unfinished


def found(text: str, mark: str = "¦"):
    offset = text.index(mark)
    text = text.replace(mark, "")
    begun = unfinished(text, offset)
    return begun and (begun.kind, begun.typed, text[begun.start : begun.end], begun.closing)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("see [[¦", ("note", "", "", "]]")),
        ("see [[¦]]", ("note", "", "]]", "]]")),
        ("see [[¦]", ("note", "", "]", "]]")),
        ("see [[te¦ and more", ("note", "te", "te", "]]")),
        ("see [[te¦a leaves]] and", ("note", "te", "tea leaves]]", "]]")),
        ("[[te¦a|Tea]]", ("note", "te", "tea", "")),
        ("[[te¦a#Black]]", ("note", "te", "tea", "")),
        ("[[¦ and [[other]]", ("note", "", "", "]]")),
        ("[[¦](x)", ("note", "", "", "]]")),
        ("[[tea#Bl¦]]", ("heading", "Bl", "Bl]]", "]]")),
        ("[[#Bl¦", ("heading", "Bl", "Bl", "]]")),
        ("[[tea^ab¦", ("block", "ab", "ab", "]]")),
        ("[[tea#^ab¦]]", ("block", "ab", "ab]]", "]]")),
        ("[[tea|Bl¦]]", ("text", "Bl", "Bl]]", "]]")),
        ("[Tea](te¦)", ("path", "te", "te)", ")")),
        ("[Tea](¦", ("path", "", "", ")")),
        ("[Tea](<my te¦>)", ("path", "my te", "<my te>)", ")")),
        ("[Tea](tea.md#bl¦)", ("heading", "bl", "bl)", ")")),
        ("a #dri¦", ("tag", "dri", "dri", "")),
        ("a #dri¦nks b", ("tag", "dri", "drinks", "")),
        ("a #¦", ("tag", "", "", "")),
        ("---\nta¦\n---\n", ("name", "ta", "ta", "")),
        ("---\ntags: dri¦\n---\n", ("value", "dri", "dri", "")),
        ("---\ntags: [tea, dri¦]\n---\n", ("value", "dri", "dri", "")),
        ("---\ntags:\n  - tea\n  - dri¦\n---\n", ("value", "dri", "dri", "")),
    ],
)
def test_what_is_begun(text, wanted):
    assert found(text) == wanted
    assert found(text.replace("\n", "\r\n")) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "plain ¦", "¦", "[[done]] ¦", "[[two\nlines ¦", "`[[co¦`", "```\n[[co¦\n```", "~~~sh\nif [[ ¦\n~~~",
        "[x](https://exa¦", "![x](pic¦", "#¦", "a#b¦", "(two words](a b¦",
    ],
)  # fmt: skip
def test_nothing(text):
    assert found(text) is None


def test_after_a_fence():
    assert found("```\ncode\n```\n[[¦") == ("note", "", "", "]]")


def test_target_and_label():
    assert unfinished("[[tea#", 6).target == "tea"
    assert unfinished("[Brewed leaves](", 16).label == "Brewed leaves"
    assert unfinished("---\ntags: x\n---\n", 11).target == "tags"


@given(st.text(alphabet="[]()|#^`~-\n\r ab😀!<>:", max_size=60), st.integers(0, 60))
def test_any_text(text, offset):
    """What is found lies around the cursor, on one line."""
    offset = min(offset, len(text))
    begun = unfinished(text, offset)
    if begun:
        assert begun.opening <= begun.start <= offset <= begun.end <= len(text)
        assert not set(text[begun.opening : begun.end]) & set("\r\n")
        assert text[begun.start : offset].endswith(begun.typed)
