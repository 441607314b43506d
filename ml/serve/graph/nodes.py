"""What a graph is written with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper, numpy_helper

from ml.spec import DatasetSpec, Kind

DOUBLE = TensorProto.DOUBLE
INTEGER = TensorProto.INT64


class Graph:
    """Collects nodes and constants under names that cannot clash."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._columns: dict[str, list[str]] = {}

    def constant(self, value: npt.NDArray[Any]) -> str:
        """Add a constant and return its name."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: Iterable[str], output: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        name = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def add_pair(self, operator: str, inputs: Iterable[str], **attributes: Any) -> str:
        """Add a node with two outputs of which only the first is wanted, and return its name."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name, f"{name}_unread"], **attributes))
        return name

    def split(self, name: str, parts: int) -> list[str]:
        """Cut a matrix into its columns, each of shape (rows, 1)."""
        if name not in self._columns:  # the members of a vote cut the same input
            self._columns[name] = [f"{name}_{part}" for part in range(parts)]
            self.nodes.append(helper.make_node("Split", [name], self._columns[name], axis=1, num_outputs=parts))
        return self._columns[name]

    def cast(self, name: str, kind: int) -> str:
        """Turn values into another type."""
        return self.add("Cast", [name], to=kind)

    def shift(self, name: str, by: npt.NDArray[Any] | float) -> str:
        """Add a constant to every row."""
        return self.add("Add", [name, self.constant(np.asarray(by))])

    def multiply(self, name: str, matrix: npt.NDArray[Any]) -> str:
        """Multiply every row by a constant matrix."""
        return self.add("MatMul", [name, self.constant(matrix)])

    def total(self, name: str) -> str:
        """Add up every row, shape (rows, 1)."""
        return self.add("ReduceSum", [name, self.constant(np.array([1]))], keepdims=1)


def column_names(spec: DatasetSpec, *, is_numeric: bool) -> list[str]:
    """The columns of one of the two inputs, in order."""
    return [column.name for column in spec.features if (column.kind is Kind.NUMERIC) == is_numeric]
