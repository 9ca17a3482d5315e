"""Values of notes in arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine.tallies import given as tally_of


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 3)), st.integers(1, 10))
def test_the_best_are_those_of_sorting(values, limit):
    found = tally_of({note: float(value) for note, value in values.items()})
    wanted = sorted(values, key=values.__getitem__, reverse=True)[:limit]
    assert sorted(found.best(limit).tolist()) == sorted(wanted)


def test_what_is_not_there_counts_nothing():
    found = tally_of({3: 2.0, 1: 4.0})
    assert found.over(np.array([0, 1, 3]), 5).tolist() == [0.0, 4.0, 2.0]
    nothing = tally_of({})
    assert nothing.over(np.array([0, 1]), 2).tolist() == [0.0, 0.0]
