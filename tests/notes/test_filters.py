"""What a note must be for a filter."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from starlight.notes.filters import InPath, Titled


@given(st.text("ab*?.\\ ", min_size=1, max_size=8), st.text("ab.\\é", max_size=10))
@example("?a*a", "a")
@example("*ab*b", "abb")
def test_wildcards_stand_for_letters(pattern: str, name: str) -> None:
    pattern = f"*{''.join(pattern.split())}"
    whole = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    assert InPath(pattern, name_only=True).holds(name) is bool(re.fullmatch(whole, name.replace("é", "e")))


@pytest.mark.parametrize("pattern", ["*a" * 40 + "*z", "*a*" * 40 + "z", "*?" * 60 + "z", "*" * 500 + "z"])
def test_no_pattern_is_tried_in_every_way(pattern: str) -> None:
    """Each ``*`` that could be taken back would be one more power of the name's length: this would not end."""
    assert not InPath(pattern).holds("a" * 400)
    assert InPath(pattern).holds("a" * 400 + "z")


def test_titles_are_compared_letter_by_letter() -> None:
    assert Titled("각").holds("각도")
    assert not Titled("가").holds("각")
    assert Titled("cafe").holds("Café plan")
