"""How well names fit what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.notes.fuzzy import Typed, fold


def fits(typed: str, name: str) -> float:
    return Typed(typed).fits(fold(name))


def test_order():
    """The better a name fits, the more it gets."""
    names = ["tea", "Tea leaves", "Green tea", "Steamed", "The energy of rain"]
    found = [fits("tea", name) for name in names]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    assert found[-1] > 0


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("leav tea", "Tea leaves"),
        ("éte", "Été à Paris"),
        ("strasse", "Straße"),
        ("笔记", "我的笔记"),
        ("tl", "tea leaves"),
    ],
)
def test_found(typed, name):
    assert fits(typed, name) > 0


@pytest.mark.parametrize(("typed", "name"), [("xyz", "tea"), ("aet", "tea"), ("teapot", "tea")])
def test_not_found(typed, name):
    assert fits(typed, name) == 0


def test_nothing_is_typed():
    assert not Typed("  ")
    assert Typed("a")


@given(st.text(max_size=30))
def test_a_name_fits_itself_best(name):
    if Typed(name):
        assert Typed(name).fits(" ".join(fold(name).split())) == 1.0
