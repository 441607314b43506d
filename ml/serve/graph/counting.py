"""The graphs of naive Bayes and of nearest neighbours."""

from __future__ import annotations

import numpy as np
from sklearn.naive_bayes import CategoricalNB

from ml.serve.encoding import Encoding, Floats
from ml.serve.graph.nodes import DOUBLE, INTEGER, Graph
from ml.train.neighbours import TIE, NeighbourShares


def write_naive_bayes(graph: Graph, encoded: str, estimator: CategoricalNB, encoding: Encoding) -> str:
    """Look the logarithm of each cell's share up, add them to those of the classes, and take the softmax."""
    tables = [estimator.feature_log_prob_[feature].T for feature in encoding.order]
    starts = np.cumsum([0, *(len(table) for table in tables[:-1])])
    cells = graph.shift(graph.cast(encoded, INTEGER), starts.astype(np.int64))
    shares = graph.add("Gather", [graph.constant(np.concatenate(tables)), cells], axis=0)
    total = graph.add("ReduceSum", [shares, graph.constant(np.array([1]))], keepdims=0)
    return graph.add("Softmax", [graph.shift(total, estimator.class_log_prior_)], axis=1)


def write_neighbours(graph: Graph, encoded: str, estimator: NeighbourShares, encoding: Encoding) -> str:
    """Measure the distance to every row, and count the classes of those as near as the k-th."""
    squares = write_distances(graph, encoded, estimator.rows_[:, encoding.order])
    count = min(estimator.n_neighbors, len(estimator.rows_))
    farthest = _write_smallest(graph, squares, count)
    near = graph.add("LessOrEqual", [squares, graph.shift(farthest, TIE)])
    counts = graph.multiply(graph.cast(near, DOUBLE), estimator.labels_)
    classes = len(estimator.classes_)
    part, whole = (
        graph.shift(counts, classes * estimator.class_prior_),
        graph.shift(graph.total(counts), float(classes)),
    )
    return graph.add("Div", [part, whole])


def _write_smallest(graph: Graph, values: str, place: int) -> str:
    """Return the value of each row that only `place` - 1 others are below, shape (rows, 1)."""
    smallest = graph.add_pair("TopK", [values, graph.constant(np.array([place]))], axis=1, largest=0, sorted=1)
    return graph.add("Gather", [smallest, graph.constant(np.array([place - 1]))], axis=1)


def write_distances(graph: Graph, encoded: str, rows: Floats) -> str:
    """Return the squared distances to `rows`, shape (rows here, rows there)."""
    products = graph.multiply(encoded, -2 * rows.T)
    own = graph.total(graph.add("Mul", [encoded, encoded]))
    return graph.shift(graph.add("Add", [own, products]), (rows**2).sum(axis=1))
