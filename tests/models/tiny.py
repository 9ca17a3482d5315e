"""Small models of every kind, made here: random vectors, a tokenizer, a configuration."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from tests.models.texts import SCRIPTS

VOCABULARY = 600


def wordpiece(**options: bool | None) -> Tokenizer:
    """BERT's tokenizer, trained on a few lines."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    settings = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True, **options}
    tokenizer.normalizer = normalizers.BertNormalizer(**settings)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(SCRIPTS.values(), trainer)
    return tokenizer


def byte_level_bpe() -> Tokenizer:
    """GPT-2's kind of tokenizer: a token may begin with a space."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(SCRIPTS.values(), trainer)
    return tokenizer


def unigram() -> Tokenizer:
    """SentencePiece's kind of tokenizer."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(SCRIPTS.values(), trainer)
    return tokenizer


def save(folder: Path, tokenizer: Tokenizer, dtype: str = "float32", **config: object) -> Path:
    """Write a model of 24 dimensions and return its folder."""
    random = np.random.default_rng(7)
    vectors = random.normal(size=(tokenizer.get_vocab_size(), 24)) * (30 if dtype == "int8" else 1)
    return write(folder, tokenizer, {"embeddings": vectors.astype(dtype)}, **config)


def save_quantized(folder: Path, tokenizer: Tokenizer) -> Path:
    """Write a model whose tokens share 50 vectors, each token with a weight."""
    random, n_tokens = np.random.default_rng(7), tokenizer.get_vocab_size()
    tensors = {
        "embeddings": random.normal(size=(50, 24)).astype(np.float32),
        "mapping": random.integers(0, 50, n_tokens),
        "weights": random.uniform(0.1, 2, n_tokens).astype(np.float32),
    }
    return write(folder, tokenizer, tensors)


def write(folder: Path, tokenizer: Tokenizer, tensors: dict[str, NDArray[np.generic]], **config: object) -> Path:
    """Write a model's three files."""
    folder.mkdir()
    save_file(tensors, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"hidden_dim": 24, "normalize": True, **config}))
    return folder
