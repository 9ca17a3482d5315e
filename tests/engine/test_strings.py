"""Texts in one piece of memory: what lists and dictionaries of them say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine.strings import Groups, Numbered, Strings

texts = st.lists(st.text(st.characters(), max_size=5), max_size=40)


@given(texts)
def test_as_a_list(several):
    strings = Strings(several)
    assert list(strings) == [strings[number] for number in range(len(strings))] == strings[:] == several


@given(texts, st.text(max_size=5))
def test_the_number_of_each(several, other):
    distinct = list(dict.fromkeys(several))
    numbered = Numbered(distinct)
    assert [numbered.find(text) for text in distinct] == list(range(len(distinct)))
    assert numbered.find(other) == (distinct.index(other) if other in distinct else -1)


@given(st.lists(st.tuples(st.sampled_from("abcdé"), st.integers(0, 9)), max_size=40))
def test_numbers_by_texts(pairs):
    groups = Groups(pairs)
    for text in "abcdéf":
        assert list(groups.find(text)) == [number for each, number in pairs if each == text]


def test_names_of_files_that_are_no_text():
    name = b"caf\xe9.md".decode("utf-8", "surrogateescape")
    assert Numbered(["tea.md", name]).find(name) == 1


def test_texts_with_one_hash(monkeypatch):
    monkeypatch.setattr("starlight.engine.strings.hash", lambda _text: 7, raising=False)
    numbered = Numbered(["tea", "pot", "water"])
    assert [numbered.find(text) for text in ("tea", "pot", "water", "milk")] == [0, 1, 2, -1]


@pytest.mark.parametrize("made", [Numbered, Groups])
def test_nothing(made):
    assert made().find("tea") in (-1, Groups().find("pot"))
