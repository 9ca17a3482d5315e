"""Offsets and lines, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes.place import Lines


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", [0]),
        ("a", [0]),
        ("a\nb", [0, 2]),
        ("a\r\nb\rc\n", [0, 3, 5, 7]),
        ("\n\r\n\r", [0, 1, 3, 4]),
        ("茶\u2028\x0b\x0c\x85🍵\nb", [0, 7]),
    ],
)
def test_starts(text: str, starts: list[int]) -> None:
    lines = Lines(text)
    assert [lines.start(line) for line in range(1, len(lines) + 1)] == starts
    assert lines.start(len(lines) + 1) == lines.start(len(lines) + 5) == len(text)


@given(st.text(st.sampled_from("ab\r\n茶")), st.data())
def test_both_ways(text: str, data: st.DataObject) -> None:
    lines = Lines(text)
    line = data.draw(st.integers(1, len(lines)))
    assert lines.at(lines.start(line)) == line
    offset = data.draw(st.integers(0, len(text)))
    assert lines.start(lines.at(offset)) <= offset
    assert lines.text(line) == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[line - 1]


@given(st.text(st.sampled_from("ab\r\n茶")), st.data())
def test_one_column_says_what_a_span_says(text: str, data: st.DataObject) -> None:
    lines = Lines(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found, span = lines.one_column(start, end), lines.span(start, end)
    if found:
        assert {*span.start} == {found[1]}
        assert (span.first, span.last) == (found[0], found[0])
        assert len({*span.end}) == 1
    else:
        assert not text[start:end].isalpha() or "茶" in text[lines.start(span.first) : end]
