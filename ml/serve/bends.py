"""Write what a calibrated family does to its probabilities as nodes of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto

from ml.train.calibrators import SMALLEST

if TYPE_CHECKING:
    from ml.serve.graph.nodes import Graph
    from ml.train.calibrated import CalibratedClassifier

Floats = npt.NDArray[np.float64]


def write_bends(graph: Graph, probabilities: str, model: CalibratedClassifier) -> str:
    """Add the nodes from the inner model's probabilities to the bent ones, as `ml.train.calibrators.bend` has them."""
    bends: list[Floats] = model.bends_
    if model.method == "temperature":
        logs = graph.add("Log", [graph.add("Max", [probabilities, _number(graph, SMALLEST)])])
        return graph.add("Softmax", [graph.add("Div", [logs, _number(graph, bends[0][0])])], axis=1)
    if model.method == "sigmoid":
        return _normalise(graph, _write_sigmoids(graph, probabilities, np.array(bends)), len(bends))
    columns = graph.split(probabilities, len(bends))
    curves = [_write_steps(graph, shares, *bend) for shares, bend in zip(columns, bends, strict=True)]
    return _normalise(graph, graph.add("Concat", curves, axis=1), len(bends))


def _write_sigmoids(graph: Graph, probabilities: str, curves: Floats) -> str:
    low, high = _number(graph, SMALLEST), _number(graph, 1 - SMALLEST)
    shares = graph.add("Min", [graph.add("Max", [probabilities, low]), high])
    rest = graph.add("Sub", [_number(graph, 1.0), shares])
    odds = graph.add("Sub", [graph.add("Log", [shares]), graph.add("Log", [rest])])
    sloped = graph.add("Mul", [odds, graph.constant(curves[:, 0])])
    return graph.add("Sigmoid", [graph.add("Add", [sloped, graph.constant(curves[:, 1])])])


def _write_steps(graph: Graph, shares: str, before: Floats, after: Floats) -> str:
    """Interpolate between knots as NumPy does: find the piece that a share lies in, then follow its line."""
    slopes = np.divide(np.diff(after), np.diff(before), out=np.zeros(len(after) - 1), where=np.diff(before) > 0)
    start, height = np.append(before[0], before), np.append(after[0], after)
    slope = np.concatenate([[0.0], slopes, [0.0]])
    above = graph.add("Greater", [shares, graph.constant(before)])
    axis = graph.constant(np.array([1]))
    piece = graph.add("ReduceSum", [graph.add("Cast", [above], to=TensorProto.INT64), axis], keepdims=1)
    starts, heights, sloped = (graph.add("Gather", [graph.constant(part), piece]) for part in (start, height, slope))
    return graph.add("Add", [heights, graph.add("Mul", [graph.add("Sub", [shares, starts]), sloped])])


def _normalise(graph: Graph, shares: str, classes: int) -> str:
    """Divide by the sum; a row that is all zero gets even shares."""
    axis, zero = graph.constant(np.array([1])), _number(graph, 0.0)
    sums = graph.add("ReduceSum", [shares, axis], keepdims=1)
    is_some = graph.add("Greater", [sums, zero])
    safe = graph.add("Where", [is_some, sums, _number(graph, 1.0)])
    return graph.add("Where", [is_some, graph.add("Div", [shares, safe]), _number(graph, 1 / classes)])


def _number(graph: Graph, value: Any) -> str:
    return graph.constant(np.array([value], dtype=np.float64))
