"""The graphs of the two baselines, which read the columns as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier

from ml.serve.encoding import ExportError, rows_frame
from ml.serve.graph.encoded import find_cell
from ml.serve.graph.nodes import Graph, column_names
from ml.serve.predictor import CODES, NUMBERS
from ml.spec import DatasetSpec, Kind
from ml.train.single_column import SingleColumnClassifier


def write_single_column(graph: Graph, estimator: SingleColumnClassifier, spec: DatasetSpec) -> str:
    """Look the shares up by the one column's code, or by the bin in which its number falls."""
    column = next(column for column in spec.features if column.name == estimator.column_)
    place = graph.constant(np.array([column_names(spec, is_numeric=column.kind is Kind.NUMERIC).index(column.name)]))
    if column.kind is not Kind.NUMERIC:
        empty: dict[str, Any] = dict.fromkeys(spec.feature_names)
        rows = [empty | {column.name: category} for category in (*column.categories, None)]
        shares = graph.constant(estimator.predict_proba(rows_frame(rows, spec)))
        return graph.add("GatherND", [shares, graph.add("Gather", [CODES, place], axis=1)])
    edges = np.asarray(estimator.edges_, dtype=np.float64)
    values = graph.add("Gather", [NUMBERS, place], axis=1)
    cells = find_cell(graph, values, edges)
    return graph.add("GatherND", [graph.constant(estimator.probabilities_), cells])


def write_prior(graph: Graph, estimator: DummyClassifier, spec: DatasetSpec) -> str:
    """Repeat the class shares for every row, whatever is in it."""
    if estimator.strategy != "prior":
        raise ExportError(f"no graph can be written for a DummyClassifier of strategy {estimator.strategy!r}")
    rows = graph.add("Shape", [CODES if column_names(spec, is_numeric=False) else NUMBERS], start=0, end=1)
    prior = np.array([estimator.class_prior_], dtype=np.float64)
    shape = graph.add("Concat", [rows, graph.constant(np.array([prior.size]))], axis=0)
    return graph.add("Expand", [graph.constant(prior), shape])
