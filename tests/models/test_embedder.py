"""The embedder gives the library's vectors, whatever the text and whatever the model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model2vec import StaticModel
from tokenizers import AddedToken, Tokenizer

from starlight.models import embedder as models
from starlight.models.bag import bag_encoder
from starlight.models.embedder import Embedder
from tests.models import tiny
from tests.models.compare import assert_same
from tests.models.texts import ODD, SCRIPTS
from tests.parts import need

DATA = Path(os.environ.get("STARLIGHT_BENCH_DATA") or Path(__file__).parents[3] / "shared" / "data")
SOURCES = sorted(folder for part in ("vaults", "ir") for folder in (DATA / part).glob("*") if folder.is_dir())
CHUNK = 1200
MAX_CHUNKS = 200

FAST: dict[str, Callable[[Path], Path]] = {
    "plain": lambda folder: tiny.save(folder, tiny.wordpiece()),
    "cased": lambda folder: tiny.save(folder, tiny.wordpiece(lowercase=False)),
    "accented": lambda folder: tiny.save(folder, tiny.wordpiece(strip_accents=False)),
    "int8": lambda folder: tiny.save(folder, tiny.wordpiece(), "int8"),
    "float16": lambda folder: tiny.save(folder, tiny.wordpiece(), "float16"),
    "truncating": lambda folder: tiny.save(folder, tiny.wordpiece(), max_length=8),
    "not normalized": lambda folder: tiny.save(folder, tiny.wordpiece(), normalize=False),
    "quantized": lambda folder: tiny.save_quantized(folder, tiny.wordpiece()),
}


def with_added(*tokens: AddedToken) -> Tokenizer:
    tokenizer = tiny.wordpiece()
    tokenizer.add_tokens(list(tokens))
    return tokenizer


PLAIN: dict[str, Callable[[], Tokenizer]] = {
    "byte-level": tiny.byte_level_bpe,
    "unigram": tiny.unigram,
    "ideographs in one word": lambda: tiny.wordpiece(handle_chinese_chars=False),
    "controls kept": lambda: tiny.wordpiece(clean_text=False),
    "a token of two words": lambda: with_added(AddedToken("sea star", normalized=True)),
}


def chunks(source: Path) -> Iterator[str]:
    """Cut the notes or documents of a folder plainly."""
    for path in sorted(source.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from (text[start : start + CHUNK] for start in range(0, len(text), CHUNK))
    for path in sorted(source.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)


def test_the_model_that_ships_is_embedded_word_by_word(library: StaticModel) -> None:
    assert bag_encoder(library) is not None


def test_texts_in_many_scripts(embedder: Embedder, library: StaticModel) -> None:
    assert_same(embedder, library, [*SCRIPTS.values(), "\n".join(SCRIPTS.values())])


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts(embedder: Embedder, library: StaticModel, text: str) -> None:
    assert_same(embedder, library, [text, f"a {text} z", f"a{text}z", f"漢{text}字", text + text])


SHORT = [text for text in (*" \t\n-.[]", *SCRIPTS.values(), *ODD.values()) if len(text) < 200]
ANY = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(SHORT)).map("".join)


@settings(max_examples=100)
@given(st.lists(ANY, min_size=1))
def test_any_texts(embedder: Embedder, library: StaticModel, texts: list[str]) -> None:
    assert_same(embedder, library, texts)


@pytest.mark.parametrize("source", SOURCES or [None], ids=lambda source: source.name if source else "none")
def test_notes_and_documents_of_others(embedder: Embedder, library: StaticModel, source: Path | None) -> None:
    need("data", source is not None, "vaults and documents under $STARLIGHT_BENCH_DATA")
    assert source is not None
    texts = list(islice(chunks(source), MAX_CHUNKS))
    assert texts
    assert_same(embedder, library, texts)


@pytest.mark.parametrize("make", FAST.values(), ids=FAST)
def test_models_that_are_embedded_word_by_word(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    folder = make(tmp_path / "model")
    library = StaticModel.from_pretrained(folder)
    assert bag_encoder(library) is not None
    assert_same(models.load(str(folder)), library, [*SCRIPTS.values(), *ODD.values()])


@pytest.mark.parametrize("make", PLAIN.values(), ids=PLAIN)
def test_models_that_the_library_embeds(tmp_path: Path, make: Callable[[], Tokenizer]) -> None:
    folder = tiny.save(tmp_path / "model", make())
    library = StaticModel.from_pretrained(folder)
    assert bag_encoder(library) is None
    assert_same(models.load(str(folder)), library, [*SCRIPTS.values(), *ODD.values(), "sea star"])


def test_half_a_surrogate_pair_is_passed_over(tmp_path: Path, embedder: Embedder) -> None:
    plain = models.load(str(tiny.save(tmp_path / "model", tiny.unigram())))
    for each in (embedder, plain):
        np.testing.assert_array_equal(each.embed(["fox\ud83d es"]), each.embed(["fox es"]))
        assert each.fluency("fox\ud83d es") == each.fluency("fox es")


def test_no_texts(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_many_threads_at_once(embedder: Embedder) -> None:
    texts = [*SCRIPTS.values(), *ODD.values()] * 5
    alone = [embedder.embed([text]) for text in texts]
    fluencies = [embedder.fluency(text) for text in texts]
    fresh = models.load()
    with ThreadPoolExecutor(8) as pool:
        vectors = pool.map(lambda text: fresh.embed([text]), texts)
        known = pool.map(fresh.fluency, texts)
        np.testing.assert_array_equal(list(vectors), alone)
        assert list(known) == fluencies
