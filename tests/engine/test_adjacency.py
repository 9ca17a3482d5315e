"""Links in arrays, in both directions, also after some rows have become others: what plain lists say."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine import adjacency
from starlight.engine.adjacency import NO_LINKS, Adjacency, Row

N = 6
links = st.lists(st.tuples(st.integers(0, 99), st.integers(0, N - 1), st.integers(0, 3)), max_size=5)
rows = st.lists(links, min_size=N, max_size=N)
changes = st.lists(st.dictionaries(st.integers(0, N - 1), links), max_size=3)


def row(found: list[tuple[int, int, int]]) -> Row:
    return Row(
        array("i", (start for start, _, _ in found)),
        array("i", (target for _, target, _ in found)),
        bytes(kind for _, _, kind in found),
    )


def agrees(found: Adjacency, plain: list[list[tuple[int, int, int]]]) -> None:
    assert [found.row(note) for note in range(N)] == [row(each) for each in plain]
    assert [list(found.targets(note)) for note in range(N)] == [[to for _, to, _ in each] for each in plain]
    sources = [{note for note in range(N) if any(to == target for _, to, _ in plain[note])} for target in range(N)]
    assert [set(found.sources(note)) for note in range(N)] == sources
    assert [len(found.sources(note)) for note in range(N)] == found.n_sources() == [len(each) for each in sources]
    assert list(found.counts) == [sum(each[2] == kind for its in plain for each in its) for kind in range(4)]


@pytest.mark.parametrize("many", [2, 500], ids=["made anew", "laid over"])
@given(first=rows, then=changes)
def test_as_lists(many, first, then):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adjacency, "_MANY", many)
        found = Adjacency(map(row, first))
        agrees(found, first)
        for change in then:
            before, was = found, first
            first = [change.get(note, each) for note, each in enumerate(first)]
            found = found.with_rows({note: row(each) for note, each in change.items()})
            agrees(found, first)
            agrees(before, was)


def test_what_is_no_note():
    found = Adjacency([row([(0, 0, 0)])])
    assert (found.row(-1), list(found.targets(-1)), list(found.sources(-1))) == (NO_LINKS, [], [])
    assert Adjacency().n_sources() == []
