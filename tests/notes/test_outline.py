"""Sections, what can be folded, and what a selection grows to."""

from __future__ import annotations

import itertools

from hypothesis import given, settings

from starlight.notes.markdown import parse
from starlight.notes.outline import around, folds, section_at, sections
from starlight.notes.place import Lines
from tests.notes.strategies import any_text, markdown_text

TEXT = "---\na: b\n---\n# One\n\ntext\n\n### Three\n- a\n  - b\n    c\n- d\n\n## Two\n```\n# no\n```\n# Last\n"


def test_sections_lie_in_one_another() -> None:
    note, lines = parse(TEXT, ""), Lines(TEXT)
    one, last = sections(note, len(lines))
    assert [(each.heading.text, each.last) for each in (one, *one.sections, last)] == [
        ("One", 17), ("Three", 13), ("Two", 17), ("Last", 19),
    ]  # fmt: skip
    inner = section_at(note, 10, len(lines))
    assert inner is not None
    assert inner.heading.text == "Three"
    assert section_at(note, 1, len(lines)) is None


def test_folds() -> None:
    found = [(fold.first, fold.last) for fold in folds(parse(TEXT, ""), Lines(TEXT))]
    assert found == [(1, 3), (4, 17), (8, 12), (9, 11), (9, 12), (10, 11), (14, 17), (15, 17)]


def test_a_selection_grows_from_word_to_note() -> None:
    text = "# One\n\nsee [[some tea]] now\nmore\n"
    offset = text.index("tea")
    grown = [text[start:end] for start, end in around(text, parse(text, ""), Lines(text), offset)]
    assert grown[:5] == ["", "tea", "[[some tea]]", "see [[some tea]] now", "see [[some tea]] now\nmore"]
    assert grown[-1] == text


@given(any_text | markdown_text)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_any_text_has_a_shape(text: str) -> None:
    note, lines = parse(text, ""), Lines(text)
    assert all(1 <= fold.first < fold.last <= len(lines) for fold in folds(note, lines))
    for offset in range(0, len(text) + 1, 17):
        spans = around(text, note, lines, offset)
        for inner, outer in itertools.pairwise(spans):
            assert outer[0] <= inner[0] <= inner[1] <= outer[1]
