"""Words of a query in a text: what is found is what the lexical index would say, sooner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starlight.engine.wanted import Wanted
from starlight.index.reader import Reader
from starlight.index.writer import Writer
from starlight.notes.text import is_literal, pieces, segment

_ENDINGS = (
    "", "s", "es", "sses", "ies", "ed", "ing", "eed", "ational", "tional", "enci", "ization", "ator", "alism",
    "fulness", "ousness", "ability", "ibility", "icate", "ical", "ness", "ance", "er", "able", "ment", "ion", "ous",
    "ive", "ize", "e", "ll", "y", "ying", "logy", "ly",
)  # fmt: skip
_words = st.builds("{}{}{}".format, st.text("abelortsy", max_size=4), *[st.sampled_from(_ENDINGS)] * 2).filter(bool)
_words |= st.sampled_from(
    [
        "Tea",
        "TEAS",
        "café",
        "Cafés",
        "x1",
        "7",
        "naïve",
        "чай",
        "don't",
        "a_b",
        "İ",
        "K1",
        "ſes",
        "ｔｅａ",
        "，tea",
        "茶tea",
        "tea，x",
        "Ⅷ",
    ]
)
_texts = st.lists(_words | st.sampled_from([" ", "\n", ".", "-", "_", "\0", "é", "“"])).map("".join)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path: Path = tmp_path_factory.mktemp("wanted") / "index.db"
    Writer(path).close()
    with Reader(path) as reader:
        yield reader


@given(asked=st.lists(_words, min_size=1, max_size=4), text=_texts)
def test_found_as_the_index_has_them(reader: Reader, asked: list[str], text: str) -> None:
    words = {stem: word for word in asked for _, _, stem in reader.stems(segment(word)) if not is_literal(word)}
    expected = []
    for start, end, indexed in pieces(text):
        held = [words[stem] for _, _, stem in reader.stems(indexed) if stem in words]
        expected += [(start, end, word) for word in held[:1]]
    assert Wanted(words, (), reader).spans(text) == expected


def test_pairs_of_letters_are_found_where_they_stand(reader: Reader) -> None:
    wanted = Wanted({"tea": "tea"}, ("茶室", "室。"), reader)
    spans = wanted.spans("Teas in\n茶室。")
    assert spans == [(0, 4, "tea"), (8, 10, "茶室"), (9, 11, "室。")]
    assert wanted.held(spans[1:]) == ["茶室", "室。"]
    assert wanted.held([]) == []
    assert len(wanted) == 3
