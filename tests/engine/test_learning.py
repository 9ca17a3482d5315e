"""Words that no model knows are learnt from the notes that they stand in."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from starlight.engine.learning import learn
from starlight.models.adapted import AdaptedEmbedder
from starlight.models.embedder import Embedder, StaticEmbedder
from starlight.notes.text import words

GARDEN = ["soil", "seeds", "compost", "tomato", "harvest", "watering", "roots", "bloom", "spring", "weeds"]
ENGINE = ["piston", "gearbox", "diesel", "torque", "exhaust", "clutch", "brake", "cylinder", "ignition", "oil"]
LAW = ["court", "judge", "lawyer", "verdict", "appeal", "contract", "witness", "trial", "clause", "statute"]
MUSIC = ["violin", "melody", "chord", "concert", "rhythm", "opera", "singer", "piano", "drums", "harmony"]
TREES = ["წიფელი", "მუხა", "ფიჭვი", "ნაძვი", "არყი", "ცაცხვი", "ვერხვი", "თელა"]
SHIPS = ["იალქანი", "ანძა", "ღუზა", "ნავი", "საჭე", "ზღვა", "ქარი", "ნიჩაბი"]


def _passages(*topics: Sequence[str], each: int = 40) -> list[list[str]]:
    """Passages of one topic each, and of law and music: four of its words, by lot."""
    chance = random.Random(1)
    return [chance.sample(topic, 4) for topic in (*topics, LAW, MUSIC) for _ in range(each)]


@pytest.fixture
def base(embedder: Embedder) -> StaticEmbedder:
    assert isinstance(embedder, StaticEmbedder)
    return embedder


def _cosine(embedder: Embedder, one: str, other: str) -> float:
    first, second = embedder.embed([one, other])
    return float(first @ second)


def test_an_invented_word_comes_near_what_it_stands_beside(base: StaticEmbedder) -> None:
    passages = _passages([*GARDEN, "zorblax"], [*ENGINE, "quimfert"])
    adapted = AdaptedEmbedder(base, learn(passages, base))
    for word, near, far in (
        ("zorblax", "a vegetable garden", "a car engine"),
        ("quimfert", "a car engine", "a vegetable garden"),
    ):
        assert _cosine(adapted, word, near) > 0.2 > 0.1 > _cosine(adapted, word, far)
        assert _cosine(base, word, near) < 0.1, "the model alone knows nothing of it"


def test_words_that_are_all_unknown_find_their_like(base: StaticEmbedder) -> None:
    adapted = AdaptedEmbedder(base, learn(_passages(TREES, SHIPS), base))
    same = _cosine(adapted, f"{TREES[0]} {TREES[1]}", f"{TREES[2]} {TREES[3]}")
    other = _cosine(adapted, f"{TREES[0]} {TREES[1]}", f"{SHIPS[2]} {SHIPS[3]}")
    assert same > 0.5
    assert same > other + 0.5


def test_words_of_no_use_are_left_alone(base: StaticEmbedder) -> None:
    passages = [*_passages([*GARDEN, "zorblax"], [*ENGINE, "quimfert"]), ["qwyjibo"], ["24680", "zorblax"] * 2]
    table = learn([["every", *passage] for passage in passages], base)
    assert set(table.words) == {"zorblax", "quimfert", *GARDEN, *ENGINE, *LAW, *MUSIC}, (
        "of one passage, a number, of all"
    )
    adapted = AdaptedEmbedder(base, table)
    text = "Every qwyjibo has a museum, and 24680 windows."
    assert np.array_equal(adapted.embed([text]), base.embed([text]))


def test_known_words_move_toward_their_company(base: StaticEmbedder) -> None:
    """In these notes a piston is a plant."""
    adapted = AdaptedEmbedder(base, learn(_passages([*GARDEN, "piston"]), base))
    assert _cosine(adapted, "piston", "a vegetable garden") > _cosine(base, "piston", "a vegetable garden") + 0.05
    assert _cosine(adapted, "piston", "engine") > 0.5 * _cosine(base, "piston", "engine"), "and yet it is what it was"
    assert adapted.fluency("piston and soil") == base.fluency("piston and soil")


def test_the_same_notes_give_the_same_words(base: StaticEmbedder) -> None:
    passages = _passages([*GARDEN, "zorblax"], TREES)
    first, second = learn(passages, base), learn(passages, base)
    assert first.words == second.words
    assert first.digest == second.digest


def test_notes_without_anything_to_learn(base: StaticEmbedder) -> None:
    for passages in ([], [[]], [["zorblax", "soil"]], [["1"], ["1"]]):
        assert learn(passages, base).words == ()


def test_it_ends_when_told(base: StaticEmbedder) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(_passages(TREES), base, stop)


def test_a_text_is_known_the_better_the_more_words_are_learnt(base: StaticEmbedder) -> None:
    adapted = AdaptedEmbedder(base, learn(_passages(TREES, SHIPS), base))
    none, one, some, all_ = (adapted.fluency(text) for text in ("ჟჟჟჟ", TREES[0], " ".join(TREES[:3]), " ".join(TREES)))
    assert none <= one < some < all_ <= 1
    english = "How do I make compost for the soil?"
    assert adapted.fluency(english) == base.fluency(english)
    assert words(TREES[0]) == [TREES[0]]
