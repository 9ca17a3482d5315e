"""Both legs of search against the plainest computation of the same."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from starlight.index import lexical
from starlight.index.lexical import FIELD_WEIGHTS
from starlight.index.reader import Reader
from starlight.index.records import Passage, Scope, Status
from starlight.index.vectors import StoredVector, cosines, quantize
from starlight.index.writer import Writer
from starlight.models.embedder import Embedder
from tests.index.filling import embedded, put, records, rows

_SUBJECTS = ["tea", "milk", "bread", "garden", "train", "music", "winter", "roof", "茶道", "چای", "café", "règle"]
_VERBS = ["boils", "waits", "grows", "sings", "breaks", "opens", "falls", "turns"]
NOTES = "".join(
    f"== {n}.md ==\n---\ntags: [{_VERBS[n % 8]}]\n---\n# The {_SUBJECTS[n % 12]} {_VERBS[n % 7]}\n\n"
    + f"One {_SUBJECTS[n % 5]} {_VERBS[n % 8]} near the {_SUBJECTS[n % 11]}. " * (n % 4 + 1)
    + "\n"
    for n in range(150)
)


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return [passage for note in records(NOTES) for passage in note.passages]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Reader]:
    path: Path = tmp_path_factory.mktemp("reader") / "index.db"
    with Writer(path) as writer:
        put(writer, embedder, NOTES)
    with Reader(path) as reader:
        yield reader


@pytest.fixture(scope="module")
def ids(reader: Reader) -> dict[bytes, int]:
    return dict(rows(reader.path, "SELECT meaning, id FROM chunks"))


def int8(vectors: NDArray[Any]) -> NDArray[np.int8]:
    """The 8-bit form of ``vectors``, as it is stored."""
    return np.array([np.frombuffer(stored.int8, np.int8) for stored in quantize(vectors) if stored])


def brute_bm25(reader: Reader, passages: list[Passage], terms: list[str]) -> dict[bytes, float]:
    """BM25 (k1 1.2, b .75) over weighted fields, as Robertson & Zaragoza write it, one document at a time."""
    k1, b = 1.2, 0.75
    stems = [[[stem for *_, stem in reader.stems(field)] for field in passage.fields] for passage in passages]
    lengths = [sum(map(len, fields)) for fields in stems]
    mean = sum(lengths) / len(lengths)
    scores: Counter[bytes] = Counter()
    for term in terms:
        ((*_, wanted),) = reader.stems(term)
        holding = sum(any(wanted in field for field in fields) for fields in stems)
        idf = max(math.log((len(passages) - holding + 0.5) / (holding + 0.5)), 1e-6)
        for passage, fields, length in zip(passages, stems, lengths, strict=True):
            tf = sum(weight * field.count(wanted) for weight, field in zip(FIELD_WEIGHTS, fields, strict=True))
            if tf:
                scores[passage.meaning] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean))
    return scores


@pytest.mark.parametrize("terms", [["tea"], ["boiling", "milk"], ["cafe"], ["茶道"], ["چای", "roofs"], ["nowhere"]])
def test_lexical_is_bm25(reader: Reader, passages: list[Passage], ids: dict[bytes, int], terms: list[str]) -> None:
    expected = {ids[hash_]: score for hash_, score in brute_bm25(reader, passages, terms).items()}
    found = reader.lexical(terms, 1_000)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert len(reader.lexical(terms, 3)) == min(3, len(expected))


def test_lexical_takes_anything_as_plain_words(reader: Reader) -> None:
    for terms in (['"'], ["'"], ["*"], ["tea*"], ["NEAR"], ["a OR b"], ["title:tea"], ["-tea"], [")"], [""]):
        reader.lexical(terms, 10)
    assert reader.lexical(["NEAR"], 10).keys() == reader.lexical(["near"], 10).keys() != set()
    assert reader.lexical([], 10) == {}


@pytest.mark.parametrize("query", ["hot drink", "a song in the cold season", "کوه", "tea"])
def test_nearest_are_the_nearest(
    reader: Reader, passages: list[Passage], ids: dict[bytes, int], embedder: Embedder, query: str
) -> None:
    vector = embedder.embed([query])[0]
    stored = int8(embedder.embed(embedded(NOTES)))
    (wanted,) = int8(vector[None]).astype(float)
    cosines = stored @ wanted / np.linalg.norm(stored.astype(float), axis=1) / np.linalg.norm(wanted)
    expected = {ids[passage.meaning]: float(cosine) for passage, cosine in zip(passages, cosines, strict=True)}
    assert reader.cosines(vector, ids.values()) == pytest.approx(expected, abs=1e-5)
    found = reader.nearest(vector, 20)()
    assert len(found) == 20
    assert found == pytest.approx({id_: expected[id_] for id_ in found}, abs=1e-5)
    assert min(found.values()) >= sorted(expected.values())[-20] - 1e-5
    assert len(reader.nearest(vector, 1_000_000)()) == len(ids), "sqlite-vec's own limit is no error"


def test_a_folder_or_all_but_some_notes(tmp_path: Path, embedder: Embedder) -> None:
    with Writer(tmp_path / "index.db") as writer:
        put(writer, embedder, "== a/tea.md ==\nTea.\n== a/b/tea.md ==\nHot tea.\n== ab/tea.md ==\nCold tea.\n")
    with Reader(tmp_path / "index.db") as reader:
        everything = set(reader.lexical(["tea"], 10))
        by_path = {path: id_ for id_, path in reader.paths(everything).items()}
        vector = embedder.embed(["tea"])[0]
        for scope, expected in (
            (Scope(), {"a/tea.md", "a/b/tea.md", "ab/tea.md"}),
            (Scope(below="a"), {"a/tea.md", "a/b/tea.md"}),
            (Scope(below="a", without=("a/b/tea.md",)), {"a/tea.md"}),
            (Scope(without=("a/tea.md", "ab/tea.md", "none.md")), {"a/b/tea.md"}),
            (Scope(below="none"), set()),
        ):
            wanted = {by_path[path] for path in expected}
            assert reader.lexical(["tea"], 10, scope).keys() == wanted, scope
            assert reader.nearest(vector, 10, scope)().keys() == wanted, scope


TAGGED = """== tea.md ==
---
tags: [Drinks/Tea, ÉTÉ]
---
Tea.
== a/milk.md ==
Tea with milk. #drinks
== a/water.md ==
Tea is water. #drinksome
"""


def test_notes_by_name_and_tag(tmp_path: Path, embedder: Embedder) -> None:
    """What the index finds in a scope is what the scope says that it covers."""
    with Writer(tmp_path / "index.db") as writer:
        put(writer, embedder, TAGGED)
    tags = {note.fact.path: note.tags for note in records(TAGGED)}
    with Reader(tmp_path / "index.db") as reader:
        vector = embedder.embed(["tea"])[0]
        for scope, expected in (
            (Scope(tags=("drinks",)), {"tea.md", "a/milk.md"}),
            (Scope(tags=("DRINKS/tea",)), {"tea.md"}),
            (Scope(tags=("été", "none")), {"tea.md"}),
            (Scope(tags=("drink", "tea", "")), set()),
            (Scope(below="a", tags=("drinks",)), {"a/milk.md"}),
            (Scope(notes=("tea.md", "a/water.md", "none.md")), {"tea.md", "a/water.md"}),
            (Scope(notes=()), set()),
            (Scope(notes=("tea.md", "a/water.md"), tags=("drinks",), without=("tea.md",)), set()),
        ):
            found = set(reader.paths(reader.lexical(["tea"], 10, scope)).values())
            assert found == expected, scope
            assert set(reader.paths(reader.nearest(vector, 10, scope)()).values()) == expected, scope
            assert {path for path in tags if scope.covers(path, tags[path])} == expected, scope
        assert [reader.is_tag(tag) for tag in ("Drinks", "tea", "été", "drinksome", "%")] == [
            True,
            False,
            True,
            True,
            False,
        ]


def test_common_words_only_help_rare_ones(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds the common words of a query alone is not looked at; what holds rare ones is, and scores as ever."""
    count = {term: len(reader.lexical([term], 1_000)) for term in ("tea", "milk", "near")}
    assert count["tea"] + count["milk"] <= 100 < count["near"]
    rare = set(reader.lexical(["tea", "milk"], 1_000))
    whole = reader.lexical(["near", "milk", "tea"], 1_000)
    monkeypatch.setattr(lexical, "MOST_ROWS", 100)
    found = reader.lexical(["near", "milk", "tea"], 1_000)
    assert found.keys() == rare < whole.keys()
    both = set(reader.lexical(["near"], 1_000)) & rare
    assert {id_: found[id_] for id_ in both} == pytest.approx({id_: whole[id_] for id_ in both})


@pytest.mark.parametrize("expected", [0.5, 1.5, 2.1])
def test_what_holds_but_common_words_is_passed_over_only_where_it_is_not_among_the_best(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, expected: float
) -> None:
    queries = [
        ["tea", "near"],
        ["near", "one", "tea", "milk"],
        ["茶道", "one", "boils"],
        ["one", "near"],
        ["چای", "near"],
    ]
    asked = [(terms, limit) for terms in queries for limit in (1, 7, 30)]
    monkeypatch.setattr(lexical, "_WORTH_IT", 1_000_000)
    whole = [list(reader.lexical(terms, limit).items()) for terms, limit in asked]
    monkeypatch.setattr(lexical, "_WORTH_IT", 1)
    monkeypatch.setattr(lexical, "_EXPECTED", expected)
    with Reader(reader.path) as again:  # the other one remembers what it found
        found = [list(again.lexical(terms, limit).items()) for terms, limit in asked]
    assert all(found)
    assert found == whole


def test_in_a_narrow_scope_common_words_count_alone(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    passages = reader.passages(reader.lexical(["near"], 1_000)).values()
    holding = {passage.path for passage in reader.passages(reader.lexical(["tea", "milk"], 1_000)).values()}
    few = Scope(notes=tuple(sorted({passage.path for passage in passages} - holding)[:3]))
    whole = reader.lexical(["near", "milk", "tea"], 1_000, few)
    assert whole
    monkeypatch.setattr(lexical, "MOST_ROWS", 10)
    monkeypatch.setattr(lexical, "_MOST_COMMON", 20)
    assert reader.lexical(["near", "milk", "tea"], 1_000, few) == whole


def test_a_common_word_alone_is_found_in_titles_first(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    in_titles = {id_ for id_, passage in reader.passages(range(200)).items() if "garden" in passage.title}
    assert in_titles
    assert in_titles < reader.lexical(["garden"], 1_000).keys()
    monkeypatch.setattr(lexical, "MOST_ROWS", len(in_titles))
    assert reader.lexical(["garden"], len(in_titles)).keys() == in_titles
    assert in_titles < reader.lexical(["garden"], 1_000).keys()


def test_quantization_moves_a_cosine_by_little(embedder: Embedder) -> None:
    vectors = embedder.embed(embedded(NOTES))
    stored = int8(vectors).astype(float)
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    assert np.abs(vectors @ vectors.T - stored @ stored.T).max() < 0.006


def test_the_mean_vector_is_that_of_all_passages(tmp_path: Path, embedder: Embedder) -> None:
    with Writer(tmp_path / "index.db") as writer, Reader(tmp_path / "index.db") as reader:
        assert reader.mean_vector() is None
        for text in (NOTES, "== one.md ==\nA sailor.\n== two.md ==\nA ship at sea.\n" + NOTES):
            put(writer, embedder, text)
            passages = [passage for note in records(text) for passage in note.passages]
            writer.publish(Status(chunks=len(passages) if text == NOTES else 2 * len(passages)))
            found = reader.mean_vector()
            assert found is not None
            np.testing.assert_allclose(found, embedder.embed(embedded(text)).mean(axis=0), atol=2e-3)


def test_a_vector_without_direction_has_no_neighbours(reader: Reader, embedder: Embedder) -> None:
    nothing = np.zeros(embedder.dim, np.float32)
    assert quantize(nothing[None]) == [None]
    assert quantize(np.zeros((0, 4))) == []
    assert reader.nearest(nothing, 10)() == {} == reader.cosines(nothing, [1])
    assert cosines(nothing, [stored for stored in quantize(np.eye(3, embedder.dim)) if stored]) == []


def test_cosines_of_vectors_that_are_not_stored_are_those_of_stored_ones(reader: Reader, embedder: Embedder) -> None:
    vector = embedder.embed(["a song in the cold season"])[0]
    stored = dict(rows(reader.path, "SELECT id, embedding FROM vectors"))
    found = cosines(vector, [StoredVector(int8, b"") for int8 in stored.values()])
    assert dict(zip(stored, found, strict=True)) == pytest.approx(reader.cosines(vector, stored), abs=1e-5)
    assert cosines(vector, []) == []


def test_hashes_of_notes(reader: Reader) -> None:
    expected = dict(rows(reader.path, "SELECT path, hash FROM notes WHERE path IN ('3.md', '4.md')"))
    assert len(expected) == 2
    assert reader.hashes(["3.md", "none.md", "4.md"]) == expected
    assert reader.hashes([]) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The running teas", [("The", "the"), ("running", "run"), ("teas", "tea")]),
        ("Größe für Étude", [("Größe", "groß"), ("für", "fur"), ("Étude", "etud")]),
        ("🍵 tea🍵milk", [("tea", "tea"), ("milk", "milk")]),
        ("泡茶 水", [("泡茶", "泡茶"), ("水", "水")]),
        ("چای می‌خورم", [("چای", "چای"), ("می", "می"), ("خورم", "خورم")]),
        ("a\ud800b tea", [("a", "a"), ("b", "b"), ("tea", "tea")]),
        ("", []),
    ],
)
def test_stems_stand_where_their_words_do(reader: Reader, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(text[start:end], stem) for start, end, stem in reader.stems(text)] == expected


def test_how_many_hold_a_phrase_is_counted_again_when_there_are_more(tmp_path: Path, embedder: Embedder) -> None:
    path = tmp_path / "index.db"
    with Writer(path) as writer, contextlib.ExitStack() as stack:
        put(writer, embedder, "== a.md ==\n# A\n\nOne green_tea here.\n")
        lexical = stack.enter_context(Reader(path))._lexical
        assert lexical.holding(["green_tea", "green_cup", "_"], 100) == [1, 0, 0]
        put(writer, embedder, "== b.md ==\n# B\n\nA green tea there, a green cup.\n")
        assert lexical.holding(["green_tea", "green_cup"], 105) == [1, 0], "a few more make no difference"
        assert lexical.holding(["green_tea", "green_cup"], 200) == [2, 1]
