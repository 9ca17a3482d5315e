"""A text into runs that fit a window, with borders that an edit leaves in place."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine import summary_leaves
from starlight.engine.sections import Section
from starlight.engine.summary_leaves import border, leaves, runs
from starlight.notes.place import Lines
from tests.engine.summaries import sections, text_of

ROOM = 300


def weigh(section: Section) -> int:
    return len(section.text.split()) + 10


def starts(found) -> list[tuple[str, ...]]:
    return [tuple(section.text for section in leaf) for leaf in found]


@given(st.lists(st.integers(1, 100), max_size=60), st.integers(20, 200), st.randoms(use_true_random=False))
def test_runs_fit_and_no_two_neighbours_would(weights, room, rng):
    borders = [rng.randbytes(4) for _ in weights]
    found = runs(weights, borders, room)
    assert [at for first, last in found for at in range(first, last)] == list(range(len(weights)))
    sizes = [sum(weights[first:last]) for first, last in found]
    assert all(size <= room or last - first == 1 for size, (first, last) in zip(sizes, found, strict=True))
    assert all(one + other > room for one, other in itertools.pairwise(sizes))
    if max(weights, default=0) <= room:
        assert len(found) <= 2 * -(-sum(weights) // room)


def test_runs_of_a_long_text_are_filled_by_two_thirds():
    rng = random.Random(1)
    weights = [rng.randint(5, 60) for _ in range(5_000)]
    found = runs(weights, [rng.randbytes(8) for _ in weights], ROOM)
    assert len(found) < 1.5 * sum(weights) / ROOM


def test_sections_stay_whole_and_in_order():
    made = sections([text_of(number) for number in range(50)])
    found = leaves(made, ROOM, weigh)
    assert [section for leaf in found for section in leaf] == made
    assert all(sum(map(weigh, leaf)) <= ROOM for leaf in found)


def test_an_edit_makes_its_own_leaf_and_at_most_one_neighbour():
    texts = [text_of(number) for number in range(50)]
    before = set(starts(leaves(sections(texts), ROOM, weigh)))
    changed = []
    for number, text in enumerate(texts):
        edited = [*texts[:number], f"{text} Something was added to it later on.", *texts[number + 1 :]]
        changed.append(len(set(starts(leaves(sections(edited), ROOM, weigh))) - before))
    assert set(changed) <= {1, 2}


def test_what_is_inserted_or_deleted_changes_little():
    rng = random.Random(3)
    texts = [text_of(number) for number in range(200)]
    before = set(starts(leaves(sections(texts), ROOM, weigh)))
    for number in range(50):
        at = rng.randrange(len(texts))
        for edited in ([*texts[:at], text_of(1_000 + number), *texts[at:]], [*texts[:at], *texts[at + 1 :]]):
            assert len(set(starts(leaves(sections(edited), ROOM, weigh))) - before) <= 5


def test_lines_do_not_decide_borders_and_beginnings_do():
    one, other = sections([text_of(1), text_of(2)])
    assert border(one) != border(other)
    assert border(sections([text_of(7), text_of(1)])[1]) == border(one)
    assert border(sections([text_of(1) + " More."])[0]) == border(one)


@pytest.mark.parametrize(
    "text",
    [
        text_of(1, 5_000),
        "word " * 10_000 + "end.",
        "字" * 5_000,
        "x" * 20_000,
        "```\n" + "code = 1\n" * 3_000 + "```",
        "\n".join(f"- [[note {number}]]" for number in range(3_000)),
    ],
)
def test_a_section_larger_than_the_room_is_split_and_nothing_of_it_is_lost(text):
    def heavy(section: Section) -> int:
        return len(section.text) // 4 + 10

    (section,) = sections([text])
    found = [piece for leaf in leaves([section], ROOM, heavy) for piece in leaf]
    assert all(heavy(piece) <= ROOM for piece in found)
    assert "".join("".join(piece.text.split()) for piece in found) == "".join(text.split())
    for piece in found:
        assert text[piece.start : piece.end] == piece.text
        assert piece.first == 1 + text[: piece.start].count("\n")
        assert piece.last == 1 + text[: piece.end].count("\n")
    n_tokens = sum(len(piece.text) // 4 for piece in found)
    assert len(found) <= 2 * -(-n_tokens // (ROOM - 20)) + 1


def test_sentences_of_a_split_section_stay_whole():
    (section,) = sections([text_of(1, 5_000)])
    for leaf in leaves([section], ROOM, weigh):
        assert all(piece.text.endswith(".") for piece in leaf)


def test_the_lines_of_a_text_are_counted_once(monkeypatch):
    counted = []

    def lines(text):
        counted.append(len(text))
        return Lines(text)

    monkeypatch.setattr(summary_leaves, "Lines", lines)
    (section,) = sections(["a word or two on a line of its own\n" * 4_000])
    assert len(leaves([section], ROOM, weigh)) > 50
    assert sum(counted) < 4 * len(section.text)
