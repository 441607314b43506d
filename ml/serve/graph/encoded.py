"""From codes and numbers to the encoded features."""

from __future__ import annotations

import numpy as np

from ml.serve.encoding import BinnedColumn, Encoding, Floats
from ml.serve.graph.nodes import INTEGER, Graph
from ml.serve.predictor import CODES, NUMBERS


def write_encoding(graph: Graph, encoding: Encoding) -> str:
    """Return the encoded features, in the order of `encoding.order`."""
    parts = []
    if encoding.coded:
        for column, codes in zip(encoding.coded, graph.split(CODES, len(encoding.coded)), strict=True):
            if len(column.outputs):
                parts.append(graph.add("GatherND", [graph.constant(column.table), codes]))
    if encoding.numeric and any(len(column.outputs) for column in encoding.numeric):
        parts.append(_write_numbers(graph, encoding))
    parts += [_write_bins(graph, column) for column in encoding.binned]
    return graph.add("Concat", parts, axis=1)


def _write_numbers(graph: Graph, encoding: Encoding) -> str:
    columns = encoding.numeric
    source = np.concatenate([np.full(len(column.outputs), i) for i, column in enumerate(columns)]).astype(np.int64)
    center, scale, shift, missing = (
        graph.constant(np.concatenate([getattr(column, name) for column in columns]))
        for name in ("center", "scale", "shift", "missing")
    )
    values = graph.add("Gather", [NUMBERS, graph.constant(source)], axis=1)
    scaled = graph.add("Div", [graph.add("Sub", [values, center]), scale])
    shifted = graph.add("Add", [scaled, shift])
    return graph.add("Where", [graph.add("IsNaN", [values]), missing, shifted])


def _write_bins(graph: Graph, column: BinnedColumn) -> str:
    """Look up what the bin says in which the number falls."""
    value = graph.add("Gather", [NUMBERS, graph.constant(np.array([column.place]))], axis=1)
    cell = find_cell(graph, value, column.edges)
    return graph.add("GatherND", [graph.constant(column.table), cell])


def find_cell(graph: Graph, value: str, edges: Floats) -> str:
    """Return how many edges each number lies above, shape (rows, 1); one more than there are where it is missing."""
    above = graph.add("Greater", [value, graph.constant(np.asarray(edges, dtype=np.float64))])
    missing = graph.constant(np.array([len(edges) + 1]))
    return graph.add("Where", [graph.add("IsNaN", [value]), missing, graph.total(graph.cast(above, INTEGER))])
