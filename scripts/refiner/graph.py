"""A BERT encoder as an ONNX graph: tokens in, one vector a text out (the mean of its tokens' vectors, of length 1).

Devlin et al., "BERT", 2019; the pooling is that of sentence-transformers (Reimers & Gurevych, 2019).
The three projections of attention are one product, and the scale of the scores is part of its weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper

from .nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .nodes import Weights

    Named = Mapping[str, NDArray[np.float32]]

OPSET, IR_VERSION = 17, 8
"""What every ONNX Runtime since 1.12 reads."""
MASKED = -1e4


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a BERT encoder."""

    layers: int
    heads: int
    width: int
    epsilon: float


def graph(named: Named, shape: Shape, weights: Weights) -> onnx.ModelProto:
    """Return the model with the given weights, stored as ``weights`` does.

    Inputs ``input_ids`` and ``attention_mask``, int64 of shape (texts, tokens); output ``sentence_embedding``,
    float32 of shape (texts, width).
    """
    nodes = Nodes(weights)
    x = _embedded(nodes, named, shape)
    bias = _mask(nodes)
    for number in range(shape.layers):
        x = _layer(nodes, named, shape, f"encoder.layer.{number}.", x, bias)
    _pooled(nodes, x)
    tokens = [
        helper.make_tensor_value_info(n, TensorProto.INT64, ["texts", "tokens"])
        for n in ("input_ids", "attention_mask")
    ]
    vectors = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["texts", shape.width])
    made = helper.make_graph(nodes.nodes, "encoder", tokens, [vectors], nodes.tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="starlight")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


def _embedded(nodes: Nodes, named: Named, shape: Shape) -> str:
    words = nodes.weights.rows(nodes, named["embeddings.word_embeddings.weight"], "input_ids")
    n_tokens = nodes.add("Gather", [nodes.add("Shape", ["input_ids"]), nodes.constant(np.array(1))], axis=0)
    numbers = nodes.add("Range", [nodes.constant(np.array(0)), n_tokens, nodes.constant(np.array(1))])
    places = named["embeddings.position_embeddings.weight"] + named["embeddings.token_type_embeddings.weight"][0]
    placed = nodes.add("Gather", [nodes.constant(places), numbers], axis=0)
    return _normalized(nodes, named, shape, "embeddings.LayerNorm", nodes.add("Add", [words, placed]))


def _mask(nodes: Nodes) -> str:
    """Return what is added to the scores of attention: much less for what only fills up."""
    there = nodes.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    wide = nodes.add("Unsqueeze", [there, nodes.constant(np.array([1, 2]))])
    missing = nodes.add("Sub", [nodes.constant(np.float32(1)), wide])
    return nodes.add("Mul", [missing, nodes.constant(np.float32(MASKED))])


def _layer(nodes: Nodes, named: Named, shape: Shape, prefix: str, x: str, bias: str) -> str:
    attended = nodes.linear(_attention(nodes, named, shape, f"{prefix}attention.self.", x, bias),
                            *_linear(named, f"{prefix}attention.output.dense"))  # fmt: skip
    x = _normalized(nodes, named, shape, f"{prefix}attention.output.LayerNorm", nodes.add("Add", [attended, x]))
    inner = nodes.gelu(nodes.linear(x, *_linear(named, f"{prefix}intermediate.dense")))
    outer = nodes.linear(inner, *_linear(named, f"{prefix}output.dense"))
    return _normalized(nodes, named, shape, f"{prefix}output.LayerNorm", nodes.add("Add", [outer, x]))


def _attention(nodes: Nodes, named: Named, shape: Shape, prefix: str, x: str, bias: str) -> str:
    size = shape.width // shape.heads
    parts = [_linear(named, prefix + name) for name in ("query", "key", "value")]
    scale = np.float32(size**-0.5)
    parts[0] = (parts[0][0] * scale, parts[0][1] * scale)
    every = nodes.linear(x, np.concatenate([w for w, _ in parts], axis=1), np.concatenate([b for _, b in parts]))
    heads = []
    for part, order in zip(nodes.split(every, 3), ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True):
        cut = nodes.add("Reshape", [part, nodes.constant(np.array([0, 0, shape.heads, size]))])
        heads.append(nodes.add("Transpose", [cut], perm=order))
    scores = nodes.add("Add", [nodes.add("MatMul", heads[:2]), bias])
    mixed = nodes.add("MatMul", [nodes.add("Softmax", [scores], axis=-1), heads[2]])
    turned = nodes.add("Transpose", [mixed], perm=[0, 2, 1, 3])
    return nodes.add("Reshape", [turned, nodes.constant(np.array([0, 0, shape.width]))])


def _linear(named: Named, prefix: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return named[f"{prefix}.weight"].T, named[f"{prefix}.bias"]


def _normalized(nodes: Nodes, named: Named, shape: Shape, prefix: str, x: str) -> str:
    values = [nodes.constant(named[f"{prefix}.{name}"]) for name in ("weight", "bias")]
    return nodes.add("LayerNormalization", [x, *values], axis=-1, epsilon=shape.epsilon)


def _pooled(nodes: Nodes, x: str) -> None:
    there = nodes.add("Unsqueeze", [nodes.add("Cast", ["attention_mask"], to=TensorProto.FLOAT),
                                    nodes.constant(np.array([2]))])  # fmt: skip
    total = nodes.add("ReduceSum", [nodes.add("Mul", [x, there]), nodes.constant(np.array([1]))], keepdims=0)
    # Of length 1: how many tokens there are makes no difference to the direction.
    nodes.add("LpNormalization", [total], axis=1, p=2, output="sentence_embedding")
