"""Texts that end an answer, wherever pieces are cut."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from starlight.models.stop_text import StopText

_WORDS = st.text("ab<|>", max_size=30)


@given(text=_WORDS, stops=st.lists(st.text("ab<|>", max_size=4), max_size=3), cuts=st.lists(st.integers(0, 30)))
def test_what_is_shown_is_what_comes_before_the_first(text, stops, cuts):
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    stop, shown = StopText(stops), ""
    for start, end in itertools.pairwise(places):
        shown += stop.add(text[start:end])
        if stop.is_stopped:
            break
    ends = [at for word in stops if word and (at := text.find(word)) >= 0]
    if not stop.is_stopped:
        shown += stop.rest()
        assert not ends
        assert shown == text
    else:
        assert text.startswith(shown)
        assert any(text.startswith(word, len(shown)) for word in stops if word)
        assert not any(word in shown for word in stops if word)


def test_nothing_is_held_that_cannot_be_a_stop():
    stop = StopText(["<|end|>"])
    assert stop.add("The roof <") == "The roof "
    assert stop.add("b> is red") == "<b> is red"
    assert stop.add("<|en") == ""
    assert stop.add("d|>!") == ""
    assert stop.is_stopped
