"""The graph of kernel machines, one a class, whose distances sigmoids turn into shares."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

from ml.serve.encoding import Encoding, ExportError
from ml.serve.graph.counting import write_distances
from ml.serve.graph.linear import pair
from ml.serve.graph.nodes import Graph


def write_calibrated(graph: Graph, encoded: str, estimator: CalibratedClassifierCV, encoding: Encoding) -> str:
    """Write one machine and one sigmoid a class, and divide the shares by their sum."""
    (fitted,) = estimator.calibrated_classifiers_[:1]
    machines = _machines(estimator, fitted.estimator)
    margins = graph.add("Concat", [_write_machine(graph, encoded, machine, encoding) for machine in machines], axis=1)
    slopes = np.array([curve.a_ for curve in fitted.calibrators])
    offsets = np.array([curve.b_ for curve in fitted.calibrators])
    scaled = graph.add("Mul", [margins, graph.constant(-slopes)])
    shares = graph.add("Sigmoid", [graph.shift(scaled, -offsets)])
    return pair(graph, shares) if len(machines) == 1 else graph.add("Div", [shares, graph.total(shares)])


def _machines(estimator: CalibratedClassifierCV, machine: Any) -> list[SVC]:
    is_known = isinstance(machine, OneVsRestClassifier) and all(type(one) is SVC for one in machine.estimators_)
    if not is_known or estimator.method != "sigmoid" or estimator.ensemble is not False:
        raise ExportError(f"no graph can be written for a CalibratedClassifierCV of a {type(machine).__name__}")
    if any(one.kernel != "rbf" for one in machine.estimators_):
        raise ExportError("no graph can be written for an SVC whose kernel is not radial")
    found: list[SVC] = machine.estimators_
    return found


def _write_machine(graph: Graph, encoded: str, machine: SVC, encoding: Encoding) -> str:
    """Return how far each row is from the border, shape (rows, 1)."""
    squares = write_distances(graph, encoded, machine.support_vectors_[:, encoding.order])
    width = graph.constant(np.array(-machine._gamma))  # noqa: SLF001 - the number that gamma="scale" came to
    kernel = graph.add("Exp", [graph.add("Mul", [squares, width])])
    return graph.shift(graph.multiply(kernel, machine.dual_coef_.T), machine.intercept_)
