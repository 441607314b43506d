"""The graph of a whole pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto, ValueInfoProto, checker, helper
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import CategoricalNB
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from ml.serve.encoding import Encoding, ExportError, Floats, learn_encoding
from ml.serve.graph.baselines import write_prior, write_single_column
from ml.serve.graph.counting import write_naive_bayes, write_neighbours
from ml.serve.graph.encoded import write_encoding
from ml.serve.graph.kernel import write_calibrated
from ml.serve.graph.linear import write_logistic, write_network, write_proportional_odds
from ml.serve.graph.nodes import DOUBLE, INTEGER, Graph, column_names
from ml.serve.graph.trees import write_boosted, write_forest
from ml.serve.predictor import CODES, NUMBERS, PROBABILITIES
from ml.spec import DatasetSpec
from ml.train.neighbours import NeighbourShares
from ml.train.proportional_odds import ProportionalOdds
from ml.train.single_column import SingleColumnClassifier
from ml.train.soft_vote import SoftVote

_OPSET = 18
_ML_OPSET = 3
_IR_VERSION = 9


def build_graph(pipeline: Any, spec: DatasetSpec) -> ModelProto:
    """Return the graph from codes and numbers to the probabilities of the spec's classes.

    Raises
    ------
    ExportError
        Where the pipeline has a step that no writer here knows.
    """
    graph = Graph()
    known = _write_pipeline(graph, pipeline, spec)
    places = _places(pipeline[-1], spec.target.categories)
    graph.add("MatMul", [known, graph.constant(places)], output=PROBABILITIES)
    widths = {
        CODES: (INTEGER, len(column_names(spec, is_numeric=False))),
        NUMBERS: (DOUBLE, len(column_names(spec, is_numeric=True))),
    }
    inputs = [_value(name, kind, width) for name, (kind, width) in widths.items() if width]
    outputs = [_value(PROBABILITIES, DOUBLE, len(spec.target.categories))]
    body = helper.make_graph(graph.nodes, "proctor", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("ai.onnx.ml", _ML_OPSET)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="proctor")
    checker.check_model(model)
    return model


def _write_pipeline(graph: Graph, pipeline: Any, spec: DatasetSpec) -> str:
    """Return the probabilities of the classes that the pipeline's last step knows."""
    estimator = pipeline[-1]
    if isinstance(estimator, SingleColumnClassifier):
        return write_single_column(graph, estimator, spec)
    if isinstance(estimator, DummyClassifier):
        return write_prior(graph, estimator, spec)
    if isinstance(estimator, SoftVote):
        shares = [_write_pipeline(graph, member, spec) for _, member in estimator.members_]
        return graph.add("Div", [graph.add("Sum", shares), graph.constant(np.array(float(len(shares))))])
    write = _WRITERS.get(type(estimator))
    if write is None:
        inner = getattr(estimator, "estimator", estimator)
        raise ExportError(f"no graph can be written for a {type(inner).__name__}")
    encoding = learn_encoding(pipeline[:-1], spec)
    return write(graph, write_encoding(graph, encoding), estimator, encoding)


def _value(name: str, kind: int, width: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, ["rows", width])


def _places(estimator: Any, classes: tuple[str, ...]) -> Floats:
    """A matrix of zeros and ones that puts the estimator's classes where the spec has them; unseen ones get 0."""
    places = np.zeros((len(estimator.classes_), len(classes)))
    for row, label in enumerate(estimator.classes_):
        places[row, classes.index(str(label))] = 1.0
    return places


_Writer = Callable[[Graph, str, Any, Encoding], str]
"""Adds the nodes from the encoded features to the probabilities of the estimator's own classes."""

_WRITERS: dict[type, _Writer] = {
    LogisticRegression: write_logistic,
    ProportionalOdds: write_proportional_odds,
    MLPClassifier: write_network,
    DecisionTreeClassifier: write_forest,
    RandomForestClassifier: write_forest,
    ExtraTreesClassifier: write_forest,
    HistGradientBoostingClassifier: write_boosted,
    CategoricalNB: write_naive_bayes,
    NeighbourShares: write_neighbours,
    CalibratedClassifierCV: write_calibrated,
}
