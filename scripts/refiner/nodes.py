"""The nodes of an ONNX graph, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import onnx
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Weights(Protocol):
    """How large weights are stored and used."""

    def rows(self, nodes: Nodes, table: NDArray[np.float32], numbers: str) -> str:
        """Return the rows of ``table`` with the given numbers."""
        ...

    def product(self, nodes: Nodes, x: str, weight: NDArray[np.float32]) -> str:
        """Return ``x`` times ``weight``, whose shape is (in, out)."""
        ...


class Nodes:
    """A graph that grows; what a node gives is known by its name."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: Sequence[str], *, output: str = "", **attributes: Any) -> str:  # noqa: ANN401
        """Add a node with one output; returns its name."""
        output = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def add_several(self, kind: str, inputs: Sequence[str], n: int, **attributes: Any) -> list[str]:  # noqa: ANN401
        """Add a node with ``n`` outputs; returns their names."""
        outputs = [f"{kind.lower()}_{len(self.nodes)}_{number}" for number in range(n)]
        self.nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """Add a tensor; returns its name."""
        name = f"tensor_{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def linear(self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """Add ``x`` times ``weight`` plus ``bias``."""
        return self.add("Add", [self.weights.product(self, x, weight), self.constant(bias)])

    def split(self, x: str, n: int) -> list[str]:
        """Cut ``x`` along its last axis into ``n`` equal parts."""
        return self.add_several("Split", [x], n, axis=-1)

    def gelu(self, x: str) -> str:
        """Add the Gaussian error linear unit, in the form that ONNX Runtime makes one step of."""
        inner = self.add("Erf", [self.add("Div", [x, self.constant(np.float32(2**0.5))])])
        half = self.add("Mul", [x, self.add("Add", [inner, self.constant(np.float32(1))])])
        return self.add("Mul", [half, self.constant(np.float32(0.5))])
