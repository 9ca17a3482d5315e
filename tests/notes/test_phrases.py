"""What stands in a text to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given

from starlight.notes.phrases import fold, stands_in
from tests.notes.strategies import any_text


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("slate roof", "A Slate  ROOF."),
        ("slate roof", "a slate\nroof"),
        ("slate roof", "a **slate** roof"),
        ("slate roof", "a [[house|slate roof]]"),
        ("**slate**", "a **slate** roof"),
        ("cafe", "im Café"),
        ("café", "im Cafe\u0301"),
        ("don't", "we don\u2019t"),
        ("v2.1.0", "since v2.1.0,"),
        ("snake_case", "use snake_case()"),
        ("茶室", "我们去了茶室。"),
        ("strasse", "die Straße"),
        ("c++", "in C++ or C"),
        ("(second", "drawer (second from the top)"),
        ("چای", "برای دم کردن چاي"),
        ("학교", "어제 학교에서"),
        ("각", "\u1100\u1161\u11a8"),
        ("が", "か\u3099"),
    ],
)
def test_it_stands_there(phrase: str, text: str) -> None:
    assert stands_in(phrase, [text])


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("run", "running"),
        ("running", "run"),
        ("tea", "steak, teas, tea_pot"),
        ("slate roof", "slate, roof"),
        ("slate roof", "roof slate"),
        ("v2.1.0", "v2-1-0"),
        ("茶室", "茶 室"),
        ("가", "각"),
        ("か", "が"),
    ],
)
def test_it_does_not(phrase: str, text: str) -> None:
    assert not stands_in(phrase, [text])


@given(any_text)
def test_any_text_stands_in_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    stands_in(text, [text])
