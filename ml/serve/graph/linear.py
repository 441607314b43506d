"""The graphs of weighted sums, and of a network of them."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from ml.serve.encoding import Encoding, ExportError, Floats
from ml.serve.graph.nodes import Graph
from ml.train.proportional_odds import ProportionalOdds

_TWO = 2
"""Classes of which scikit-learn keeps the sum of the second alone."""


def write_logistic(graph: Graph, encoded: str, estimator: LogisticRegression, encoding: Encoding) -> str:
    """Weigh, and take the softmax."""
    weights, intercepts = estimator.coef_, estimator.intercept_
    if len(estimator.classes_) == _TWO:
        weights, intercepts = np.vstack([0 * weights, weights]), np.array([0.0, intercepts[0]])
    products = graph.multiply(encoded, weights.T[encoding.order])
    return graph.add("Softmax", [graph.shift(products, intercepts)], axis=1)


def write_proportional_odds(graph: Graph, encoded: str, estimator: ProportionalOdds, encoding: Encoding) -> str:
    """Weigh once, hold the sum against every threshold, and take the differences."""
    against = np.repeat(-estimator.coef_[encoding.order, None], len(estimator.thresholds_), axis=1)
    below = graph.add("Sigmoid", [graph.shift(graph.multiply(encoded, against), estimator.thresholds_)])
    differences = _differences(len(estimator.classes_))[:, np.argsort(estimator.order_)]
    return graph.shift(graph.multiply(below, differences[:-1]), differences[-1])


def _differences(classes: int) -> Floats:
    """Return what turns the shares below each class's end, all of them below the last one's, into those of classes.

    Shape (classes, classes); the last row is for the share below the end of the last class, which is 1.
    """
    return np.eye(classes) - np.eye(classes, k=1)


def write_network(graph: Graph, encoded: str, estimator: MLPClassifier, encoding: Encoding) -> str:
    """Weigh layer by layer, with nothing negative passed on in between."""
    if estimator.activation != "relu":
        raise ExportError(f"no graph can be written for a network of activation {estimator.activation!r}")
    first, *others = estimator.coefs_
    value = encoded
    for number, weights in enumerate([first[encoding.order], *others]):
        value = graph.shift(graph.multiply(value, weights), estimator.intercepts_[number])
        if number < len(others):
            value = graph.add("Relu", [value])
    if estimator.out_activation_ == "softmax":
        return graph.add("Softmax", [value], axis=1)
    return pair(graph, graph.add("Sigmoid", [value]))


def pair(graph: Graph, share: str) -> str:
    """Put the share of the first of two classes before that of the second, shape (rows, 1)."""
    return graph.shift(graph.multiply(share, np.array([[-1.0, 1.0]])), np.array([1.0, 0.0]))
