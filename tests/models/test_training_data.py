"""What the default model learns from: nothing that it is measured on, questions that people would ask, whole words."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from scripts.training import corpus, examples, passages, vocabulary
from scripts.training.passages import Passage
from scripts.training.shingles import Forbidden, texts_below
from tokenizers import Tokenizer

from starlight.models.embedder import DEFAULT_MODEL

SECRET = "the heron stands in the shallow water and waits for the smallest fish to come"
PROSE = (
    "It is said that the wheat of the old mill was ground with the water of the river, and that it made good bread. "
)
LINE = (
    "00006150 03 n 02 parent 0 house_cat 0 001 @ 00004475 n 0000 | "
    'an organism from which younger ones come; "a good parent"  \n'
)


def filled(folder: Path) -> tuple[Path, Path, Path]:
    """A corpus of two notes, one with text that is held out; a dictionary; and what is held out."""
    (folder / "corpus" / "mills").mkdir(parents=True)
    (folder / "corpus" / "mills" / "one.md").write_text(f"# Mills\n\n## Building a mill\n\n{PROSE}", encoding="utf-8")
    (folder / "corpus" / "mills" / "two.md").write_text(f"# Birds\n\n{PROSE}And {SECRET}.", encoding="utf-8")
    (folder / "held").mkdir()
    (folder / "held" / "corpus.jsonl").write_text(json.dumps({"text": f"So {SECRET.upper()}!"}), encoding="utf-8")
    (folder / "dict").mkdir()
    for name in ("noun", "verb", "adj", "adv"):
        text = f"  1 This software\n{LINE}" if name == "noun" else ""
        (folder / "dict" / f"data.{name}").write_text(text, encoding="utf-8")
    return folder / "corpus", folder / "dict", folder / "held"


def test_eight_words_in_a_row_are_noticed() -> None:
    forbidden = Forbidden([f"{SECRET}.", "too short to count"])
    words = SECRET.split()
    assert forbidden.holds("Look, " + " ".join(words[3:11]).upper() + "!")
    assert not forbidden.holds("Look, " + " ".join(words[3:10]) + " again")
    assert not forbidden.holds("too short to count")
    assert not forbidden.holds("")


def test_text_that_is_held_out_is_not_learnt_from(tmp_path: Path) -> None:
    folder, dictionary, held = filled(tmp_path)
    assert [len(text) > 20 for text in texts_below(held)] == [True]
    found = corpus.read(folder, dictionary, [held], 100, 0)
    assert [(each.group, each.title, each.heading) for each in found] == [
        ("mills", "Mills", ""),
        ("wordnet", "parent, house cat", ""),
    ]
    assert found[1].calls == ("a good parent",)


def test_passages_are_kept_as_they_are(tmp_path: Path) -> None:
    kept = [Passage("a", "1", "Tïtle", "", "Text\nof two lines", ("call",)), Passage("a", "2", "", "h", "x")]
    passages.save(kept, tmp_path / "kept.xz")
    assert passages.load(tmp_path / "kept.xz") == kept


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("Creating a table", "create a table"),
        ("Running tests", "run tests"),
        ("Delete a branch", "delete a branch"),
        ("SQL injection", "SQL injection"),
        ("How do trees grow?", "how do trees grow"),
    ],
)
def test_a_heading_becomes_a_question(heading: str, part: str) -> None:
    for seed in range(20):
        asked = examples.question(heading, random.Random(seed))
        assert part in asked
        assert "{" not in asked


def test_queries_belong_to_their_passages() -> None:
    known = [Passage("a", str(n), f"Title {n}", "Adding salt", PROSE * 2, ("by the way",)) for n in range(3)]
    asked = examples.queries(known, 0)
    assert asked == examples.queries(known, 0)
    assert [query.passage for query in asked] == sorted(query.passage for query in asked)
    assert {"heading", "question", "link", "sentence", "span"} <= {query.kind for query in asked}


def test_a_new_word_begins_as_the_sum_of_its_pieces() -> None:
    tokenizer = Tokenizer.from_file(str(DEFAULT_MODEL / "tokenizer.json"))
    table = np.random.default_rng(0).normal(size=(tokenizer.get_vocab_size(), 8)).astype(np.float32)
    word = "starlightish"
    pieces = tokenizer.encode(word, add_special_tokens=False).ids
    longer, rows = vocabulary.extended(tokenizer, table, ["house", word, "nightlong"], 1)
    assert len(pieces) > 1
    assert longer.encode(word, add_special_tokens=False).tokens == [word]
    assert rows.shape == (len(table) + 1, 8)
    np.testing.assert_allclose(rows[-1], table[pieces].sum(axis=0), rtol=1e-5)
