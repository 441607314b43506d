"""Write a fitted pipeline as an ONNX graph, in double precision throughout.

Our own few nodes instead of a converter: skl2onnx 1.20 gives other probabilities for missing text cells, fails on
grouped rare categories and knows no class prior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from ml.serve.bends import write_bends
from ml.serve.encoding import Encoding, ExportError, Floats, learn_encoding, rows_frame
from ml.serve.predictor import CODES, NUMBERS, PROBABILITIES
from ml.spec import DatasetSpec, Kind
from ml.train.calibrated import CalibratedClassifier
from ml.train.single_column import SingleColumnClassifier

_OPSET = 18
_ML_OPSET = 3
_IR_VERSION = 9
_DOUBLE = TensorProto.DOUBLE


class Graph:
    """Collects nodes and constants under names that cannot clash."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

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

    def split(self, name: str, parts: int) -> list[str]:
        """Cut a matrix into its columns, each of shape (rows, 1)."""
        outputs = [f"{name}_{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [name], outputs, axis=1, num_outputs=parts))
        return outputs


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
        CODES: (TensorProto.INT64, len(_names(spec, is_numeric=False))),
        NUMBERS: (_DOUBLE, len(_names(spec, is_numeric=True))),
    }
    inputs = [_value(name, kind, width) for name, (kind, width) in widths.items() if width]
    outputs = [_value(PROBABILITIES, _DOUBLE, len(spec.target.categories))]
    body = helper.make_graph(graph.nodes, "proctor", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("ai.onnx.ml", _ML_OPSET)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="proctor")
    checker.check_model(model)
    return model


def _write_pipeline(graph: Graph, pipeline: Any, spec: DatasetSpec) -> str:
    estimator = pipeline[-1]
    if isinstance(estimator, CalibratedClassifier):
        return write_bends(graph, _write_pipeline(graph, estimator.estimator_, spec), estimator)
    if isinstance(estimator, SingleColumnClassifier):
        return _write_single_column(graph, estimator, spec)
    if isinstance(estimator, DummyClassifier):
        return _write_prior(graph, estimator, spec)
    write = _WRITERS.get(type(estimator))
    if write is None:
        raise ExportError(f"no graph can be written for a {type(estimator).__name__}")
    encoding = learn_encoding(pipeline[:-1], spec)
    return write(graph, _write_encoding(graph, encoding), estimator, encoding)


def _names(spec: DatasetSpec, *, is_numeric: bool) -> list[str]:
    return [column.name for column in spec.features if (column.kind is Kind.NUMERIC) == is_numeric]


def _value(name: str, kind: int, width: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, ["rows", width])


def _places(estimator: Any, classes: tuple[str, ...]) -> Floats:
    """A matrix of zeros and ones that puts the estimator's classes where the spec has them; unseen ones get 0."""
    places = np.zeros((len(estimator.classes_), len(classes)))
    for row, label in enumerate(estimator.classes_):
        places[row, classes.index(str(label))] = 1.0
    return places


def _write_encoding(graph: Graph, encoding: Encoding) -> str:
    parts = []
    if encoding.coded:
        for column, codes in zip(encoding.coded, graph.split(CODES, len(encoding.coded)), strict=True):
            if len(column.outputs):
                parts.append(graph.add("GatherND", [graph.constant(column.table), codes]))
    if encoding.numeric and any(len(column.outputs) for column in encoding.numeric):
        parts.append(_write_numbers(graph, encoding))
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


def _write_single_column(graph: Graph, estimator: SingleColumnClassifier, spec: DatasetSpec) -> str:
    """Look the shares up by the one column's code, or by the bin in which its number falls."""
    column = next(column for column in spec.features if column.name == estimator.column_)
    place = graph.constant(np.array([_names(spec, is_numeric=column.kind is Kind.NUMERIC).index(column.name)]))
    if column.kind is not Kind.NUMERIC:
        empty: dict[str, Any] = dict.fromkeys(spec.feature_names)
        rows = [empty | {column.name: category} for category in (*column.categories, None)]
        shares = graph.constant(estimator.predict_proba(rows_frame(rows, spec)))
        return graph.add("GatherND", [shares, graph.add("Gather", [CODES, place], axis=1)])
    edges = np.asarray(estimator.edges_, dtype=np.float64)
    values = graph.add("Gather", [NUMBERS, place], axis=1)
    above = graph.add("Greater", [values, graph.constant(edges)])
    axis = graph.constant(np.array([1]))
    bins = graph.add("ReduceSum", [graph.add("Cast", [above], to=TensorProto.INT64), axis], keepdims=1)
    missing = graph.constant(np.array([len(edges) + 1]))
    cells = graph.add("Where", [graph.add("IsNaN", [values]), missing, bins])
    return graph.add("GatherND", [graph.constant(estimator.probabilities_), cells])


def _write_prior(graph: Graph, estimator: DummyClassifier, spec: DatasetSpec) -> str:
    """Repeat the class shares for every row, whatever is in it."""
    if estimator.strategy != "prior":
        raise ExportError(f"no graph can be written for a DummyClassifier of strategy {estimator.strategy!r}")
    rows = graph.add("Shape", [CODES if _names(spec, is_numeric=False) else NUMBERS], start=0, end=1)
    prior = np.array([estimator.class_prior_], dtype=np.float64)
    shape = graph.add("Concat", [rows, graph.constant(np.array([prior.size]))], axis=0)
    return graph.add("Expand", [graph.constant(prior), shape])


def _write_logistic(graph: Graph, encoded: str, estimator: LogisticRegression, encoding: Encoding) -> str:
    weights, intercepts = estimator.coef_, estimator.intercept_
    if len(estimator.classes_) == 2:  # noqa: PLR2004 - scikit-learn keeps one row of weights for two classes
        weights, intercepts = np.vstack([0 * weights, weights]), np.array([0.0, intercepts[0]])
    products = graph.add("MatMul", [encoded, graph.constant(weights.T[encoding.order])])
    return graph.add("Softmax", [graph.add("Add", [products, graph.constant(intercepts)])], axis=1)


def _write_trees(graph: Graph, encoded: str, estimator: Any, encoding: Encoding) -> str:
    trees = [tree.tree_ for tree in getattr(estimator, "estimators_", [estimator])]
    position = np.empty(encoding.width + 1, dtype=np.int64)
    position[encoding.order] = np.arange(len(encoding.order))
    rounded = graph.add("Cast", [graph.add("Cast", [encoded], to=TensorProto.FLOAT)], to=_DOUBLE)  # as trees do
    sums = graph.add(
        "TreeEnsembleRegressor", [rounded], domain="ai.onnx.ml", n_targets=len(estimator.classes_),
        **_tree_nodes(trees, position), **_tree_leaves(trees),
    )  # fmt: skip
    return graph.add("Cast", [sums], to=_DOUBLE)


def _tree_nodes(trees: list[Any], position: npt.NDArray[np.int64]) -> dict[str, Any]:
    leaf = [tree.children_left < 0 for tree in trees]
    return _numbered("nodes", [np.arange(tree.node_count) for tree in trees]) | {
        "nodes_featureids": _joined(position[np.where(f, 0, t.feature)] for t, f in zip(trees, leaf, strict=True)),
        "nodes_modes": ["LEAF" if is_leaf else "BRANCH_LEQ" for is_leaf in np.concatenate(leaf)],
        "nodes_values_as_tensor": numpy_helper.from_array(np.concatenate([tree.threshold for tree in trees])),
        "nodes_truenodeids": _joined(np.maximum(tree.children_left, 0) for tree in trees),
        "nodes_falsenodeids": _joined(np.maximum(tree.children_right, 0) for tree in trees),
        "nodes_missing_value_tracks_true": _joined(tree.missing_go_to_left for tree in trees),
    }


def _tree_leaves(trees: list[Any]) -> dict[str, Any]:
    """Every leaf adds its share of each class, divided by the number of trees."""
    classes = trees[0].value.shape[2]
    leaves = [np.flatnonzero(tree.children_left < 0) for tree in trees]
    shares = [tree.value[at, 0, :] for tree, at in zip(trees, leaves, strict=True)]
    weights = [share / share.sum(axis=1, keepdims=True) / len(trees) for share in shares]
    return _numbered("target", [np.repeat(at, classes) for at in leaves]) | {
        "target_ids": _joined(np.tile(np.arange(classes), len(at)) for at in leaves),
        "target_weights_as_tensor": numpy_helper.from_array(np.concatenate([weight.ravel() for weight in weights])),
    }


def _numbered(prefix: str, nodes: list[npt.NDArray[np.int64]]) -> dict[str, Any]:
    return {
        f"{prefix}_treeids": _joined(np.full(len(at), number) for number, at in enumerate(nodes)),
        f"{prefix}_nodeids": _joined(nodes),
    }


def _joined(parts: Iterable[npt.NDArray[Any]]) -> list[int]:
    joined: list[int] = np.concatenate(list(parts)).astype(np.int64).tolist()
    return joined


_Writer = Callable[[Graph, str, Any, Encoding], str]
"""Adds the nodes from the encoded features to the probabilities of the estimator's own classes."""

_WRITERS: dict[type, _Writer] = {
    LogisticRegression: _write_logistic,
    DecisionTreeClassifier: _write_trees,
    RandomForestClassifier: _write_trees,
    ExtraTreesClassifier: _write_trees,
}
