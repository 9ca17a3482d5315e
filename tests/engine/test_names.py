"""Names of notes found by their words: what arrays say is what one name after the other says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine.entries import Entries, Entry
from starlight.engine.names import Named, Names

WORDS = ("tea", "pot", "green", "of", "water")
called = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)


def names_of(*notes: tuple[str, ...]) -> Names:
    entries = [
        Entry(f"{number}.md", title, tuple(aliases), (), 0) for number, (title, *aliases) in enumerate(map(list, notes))
    ]
    return Names(Entries(entries), lambda names: [tuple(name.split()) for name in names])


def found(named: Named) -> dict[int, tuple[float, float, str, bool]]:
    names = map(named.text, named.names)
    rows = zip(named.notes, named.weights, named.covered, names, named.mentions, strict=True)
    return {int(note): (weight, covered, name, bool(is_it)) for note, weight, covered, name, is_it in rows}


def test_the_best_name_of_each_note():
    names = names_of(("green tea", "tea"), ("tea pot",), ("water",))
    named = names.find({"green": 1.0, "tea": 0.5}, " green  tea ")
    assert {note: (name, is_it) for note, (_, _, name, is_it) in found(named).items()} == {
        0: ("tea", True),  # "green tea" does not stand there: there is a gap
        1: ("tea pot", False),
    }
    assert named.of(1) == ("tea pot", False)
    assert named.mentioned().notes.tolist() == [0]


@pytest.mark.parametrize("weights", [{}, {"milk": 1.0}])
def test_nothing_known(weights):
    assert found(names_of(("tea",)).find(weights, "")) == {}
    assert found(names_of().find(weights, "")) == {}


@given(
    st.lists(st.lists(called, min_size=1, max_size=3), max_size=6),
    st.dictionaries(st.sampled_from(WORDS), st.floats(0.1, 1)),
)
def test_as_one_after_the_other(notes, weights):
    names = names_of(*map(tuple, notes))
    text = f" {' '.join(weights)} "
    every = [
        (number, name.split())
        for number, note in enumerate(notes)
        for name in dict.fromkeys([note[0], str(number), *note[1:]])
    ]
    rarity = {
        word: math.log(1 + len(every) / holding)
        for word in {word for _, words in every for word in words}
        if (holding := sum(word in words for _, words in every))
    }
    wanted: dict[int, tuple[bool, float]] = {}
    for number, words in every:
        there = [word for word in dict.fromkeys(words) if word in weights]
        if there:
            covered = sum(rarity[word] for word in there) / sum(rarity[word] for word in set(words))
            is_mention = covered > 0.999 and f" {' '.join(words)} " in text
            fit = sum(weights[word] * rarity[word] for word in there) * covered
            wanted[number] = max(wanted.get(number, (False, 0.0)), (is_mention, fit))
    got = {
        note: (is_it, weight * covered)
        for note, (weight, covered, _, is_it) in found(names.find(weights, text)).items()
    }
    assert got.keys() == wanted.keys()
    for note, (is_it, fit) in got.items():
        assert (is_it, fit) == (wanted[note][0], pytest.approx(wanted[note][1]))
