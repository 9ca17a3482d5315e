"""Chat models in GGUF, made here: llama architecture, half a megabyte, loaded by llama.cpp like any other.

Either the weights are random (from a seed), or the model says a given text: then its layers add nothing, and the
output of each token is the embedding of the one that follows.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "<|assistant|>"
)
_UNKNOWN, _START, _END = 0, 1, 2
_MARKERS = ("<unk>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
_ASSISTANT = _MARKERS.index("<|assistant|>")
_LETTERS = " etaoinshrdlucmfwypvbgkjqxz"


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model."""

    n_embedding: int = 64
    n_heads: int = 4
    n_heads_kv: int = 4
    n_layers: int = 2
    n_feed_forward: int = 128
    n_context: int = 4_096
    n_vocabulary: int = 0
    """How many tokens there are at least."""


TINY = Shape()
HALF_BILLION = Shape(896, 14, 2, 24, 4_864, 8_192, 151_936)
"""The shape of Qwen2.5-0.5B (https://huggingface.co/Qwen/Qwen2.5-0.5B/blob/main/config.json)."""


def write(
    path: Path,
    *,
    says: str = "",
    forever: bool = False,
    as_bytes: bool = False,
    template: str | None = TEMPLATE,
    shape: Shape = TINY,
    seed: int = 7,
    architecture: str = "llama",
    quantization: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
) -> Path:
    """Write a model to ``path`` and return that.

    Asked anything, it ``says`` that text and ends, or begins again ``forever``; each token is a few words, or one
    byte ``as_bytes`` (no byte may come twice then).  Without it, it says what random weights say.
    """
    pieces = [f"<0x{byte:02X}>" for byte in says.encode()] if as_bytes else _pieces(says)
    vocabulary = _Vocabulary(pieces, shape.n_vocabulary)
    writer = gguf.GGUFWriter(path, architecture)
    _describe(writer, shape, vocabulary, template)
    random = np.random.default_rng(seed)
    embeddings = random.standard_normal((len(vocabulary.tokens), shape.n_embedding)).astype(np.float32) * 0.2
    output = random.standard_normal(embeddings.shape).astype(np.float32) * 0.2
    if says:
        order = [_ASSISTANT, *map(vocabulary.id, pieces), _END]
        assert len(set(order)) == len(order), "a byte comes twice"
        if forever:
            order[-1] = order[1]
        output[:] = 0
        for token, following in itertools.pairwise(order):
            output[following] += embeddings[token]
    for name, tensor in _tensors(random, shape, embeddings, output, silent=bool(says)):
        kind = quantization if tensor.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quants.quantize(tensor, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _pieces(text: str) -> list[str]:
    """Cut ``text`` into words, and words that were there before into pairs with the next, so that none comes twice."""
    pieces: list[str] = []
    held = ""
    for word in re.findall(r"\s*\S+|\s+$", text):
        held += word
        if held not in pieces:
            pieces.append(held)
            held = ""
    if held:
        pieces[-1] += held
    return pieces


class _Vocabulary:
    """Markers, bytes, some letters, and the pieces of what is said."""

    def __init__(self, pieces: list[str], n_tokens: int) -> None:
        kinds = gguf.TokenType
        rows = {name: kinds.UNKNOWN if name == "<unk>" else kinds.CONTROL for name in _MARKERS}
        rows |= {f"<0x{byte:02X}>": kinds.BYTE for byte in range(256)}
        for text in [*_LETTERS, *pieces]:
            rows.setdefault(_spaced(text), kinds.NORMAL)
        rows |= {f"\u2581w{number}": kinds.NORMAL for number in range(len(rows), n_tokens)}
        self.tokens = [text.encode() for text in rows]
        self.kinds = list(rows.values())
        self.scores = [-float(number) for number in range(len(rows))]
        self._ids = {text: number for number, text in enumerate(rows)}

    def id(self, piece: str) -> int:
        """The token of a piece that was given, or of a byte."""
        return self._ids[_spaced(piece)]


def _spaced(text: str) -> str:
    """SentencePiece's way of writing a space."""
    return text.replace(" ", "\u2581")


def _describe(writer: gguf.GGUFWriter, shape: Shape, vocabulary: _Vocabulary, template: str | None) -> None:
    writer.add_name("tiny")
    writer.add_context_length(shape.n_context)
    writer.add_embedding_length(shape.n_embedding)
    writer.add_block_count(shape.n_layers)
    writer.add_feed_forward_length(shape.n_feed_forward)
    writer.add_head_count(shape.n_heads)
    writer.add_head_count_kv(shape.n_heads_kv)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.n_embedding // shape.n_heads)
    writer.add_vocab_size(len(vocabulary.tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_scores(vocabulary.scores)
    writer.add_token_types(vocabulary.kinds)
    writer.add_unk_token_id(_UNKNOWN)
    writer.add_bos_token_id(_START)
    writer.add_eos_token_id(_END)
    if template is not None:
        writer.add_chat_template(template)


def _tensors(
    random: np.random.Generator,
    shape: Shape,
    embeddings: NDArray[np.float32],
    output: NDArray[np.float32],
    *,
    silent: bool,
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield every tensor; the layers of a ``silent`` model add nothing to what they are given."""
    n, n_kv = shape.n_embedding, shape.n_embedding // shape.n_heads * shape.n_heads_kv
    shapes = {
        "attn_q": (n, n), "attn_k": (n_kv, n), "attn_v": (n_kv, n), "attn_output": (n, n),
        "ffn_gate": (shape.n_feed_forward, n), "ffn_up": (shape.n_feed_forward, n),
        "ffn_down": (n, shape.n_feed_forward),
    }  # fmt: skip
    yield "token_embd.weight", embeddings
    yield "output_norm.weight", np.ones(n, np.float32)
    yield "output.weight", output
    for layer in range(shape.n_layers):
        for name in ("attn_norm", "ffn_norm"):
            yield f"blk.{layer}.{name}.weight", np.ones(n, np.float32)
        for name, size in shapes.items():
            scale = 0 if silent and name in ("attn_output", "ffn_down") else 0.2
            yield f"blk.{layer}.{name}.weight", random.standard_normal(size, np.float32) * np.float32(scale)
