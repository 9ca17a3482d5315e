"""Weights as they are, and weights rounded to 8 bits with a scale for each row or column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .nodes import Nodes

LARGEST = 63
"""Of a rounded weight in a product.  Processors that multiply bytes without VNNI add two products in 16 bits, which
7 bits never overflow: so every machine gives the same vectors."""
LARGEST_IN_TABLE = 127


class Exact:
    """As they are, 32-bit floating point: what the others are compared with."""

    def rows(self, nodes: Nodes, table: NDArray[np.float32], numbers: str) -> str:
        """Return the rows of ``table`` with the given numbers."""
        return nodes.add("Gather", [nodes.constant(table), numbers], axis=0)

    def product(self, nodes: Nodes, x: str, weight: NDArray[np.float32]) -> str:
        """Return ``x`` times ``weight``."""
        return nodes.add("MatMul", [x, nodes.constant(weight)])


class Rounded:
    """Rounded; what is multiplied with them is rounded on the way, with a scale found in it ("dynamic")."""

    def rows(self, nodes: Nodes, table: NDArray[np.float32], numbers: str) -> str:
        """Return the rows of ``table`` with the given numbers."""
        scales = np.abs(table).max(axis=1, keepdims=True) / LARGEST_IN_TABLE
        scales[scales == 0] = 1
        rounded = np.rint(table / scales).astype(np.int8)
        found = nodes.add("Gather", [nodes.constant(rounded), numbers], axis=0)
        scaled = nodes.add("Gather", [nodes.constant(scales.astype(np.float32)), numbers], axis=0)
        return nodes.add("Mul", [nodes.add("Cast", [found], to=TensorProto.FLOAT), scaled])

    def product(self, nodes: Nodes, x: str, weight: NDArray[np.float32]) -> str:
        """Return ``x`` times ``weight``: bytes by bytes, in the form that ONNX Runtime makes one step of."""
        scales = np.abs(weight).max(axis=0) / LARGEST
        scales[scales == 0] = 1
        rounded = np.rint(weight / scales).astype(np.int8)
        bytes_, scale, zero = nodes.add_several("DynamicQuantizeLinear", [x], 3)
        weights, nothing = nodes.constant(rounded), nodes.constant(np.zeros(weight.shape[1], np.int8))
        sums = nodes.add("Cast", [nodes.add("MatMulInteger", [bytes_, weights, zero, nothing])], to=TensorProto.FLOAT)
        return nodes.add("Mul", [sums, nodes.add("Mul", [scale, nodes.constant(scales.astype(np.float32))])])
