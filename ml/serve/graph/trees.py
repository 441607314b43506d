"""The graphs of forests and of boosted trees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, numpy_helper
from sklearn.ensemble import HistGradientBoostingClassifier

from ml.serve.encoding import Encoding, Floats
from ml.serve.graph.linear import pair
from ml.serve.graph.nodes import DOUBLE, Graph

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Tree:
    """The nodes of one tree. A row goes left where its feature is at most the threshold."""

    is_leaf: npt.NDArray[np.bool_]
    feature: Integers
    threshold: Floats
    left: Integers
    right: Integers
    missing_left: npt.NDArray[Any]
    targets: Integers
    """What the leaves add to."""
    values: Floats
    """What each node adds to each of `targets`; only leaves do."""


def write_forest(graph: Graph, encoded: str, estimator: Any, encoding: Encoding) -> str:
    """Add up the shares of the leaves, divided by the number of trees."""
    found = [tree.tree_ for tree in getattr(estimator, "estimators_", [estimator])]
    rounded = graph.cast(graph.cast(encoded, TensorProto.FLOAT), DOUBLE)  # as scikit-learn's trees do
    trees = [_tree_of(tree, len(found)) for tree in found]
    return _write_trees(graph, rounded, trees, encoding, len(estimator.classes_))


def write_boosted(graph: Graph, encoded: str, estimator: HistGradientBoostingClassifier, encoding: Encoding) -> str:
    """Add up the leaves, and take the softmax; of two classes only the second has trees."""
    rounds = estimator._predictors  # noqa: SLF001 - the library keeps its trees nowhere else
    trees = [_boosted_tree_of(tree.nodes, target) for round_ in rounds for target, tree in enumerate(round_)]
    targets = len(rounds[0])
    sums = _write_trees(graph, encoded, trees, encoding, targets)
    sums = graph.shift(sums, estimator._baseline_prediction.astype(np.float64))  # noqa: SLF001 - as above
    return pair(graph, graph.add("Sigmoid", [sums])) if targets == 1 else graph.add("Softmax", [sums], axis=1)


def _tree_of(tree: Any, trees: int) -> _Tree:
    shares = tree.value[:, 0, :]
    return _Tree(
        is_leaf=tree.children_left < 0,
        feature=tree.feature,
        threshold=tree.threshold,
        left=tree.children_left,
        right=tree.children_right,
        missing_left=tree.missing_go_to_left,
        targets=np.arange(shares.shape[1]),
        values=shares / shares.sum(axis=1, keepdims=True) / trees,
    )


def _boosted_tree_of(nodes: npt.NDArray[Any], target: int) -> _Tree:
    return _Tree(
        is_leaf=nodes["is_leaf"].astype(bool),
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"],
        left=nodes["left"].astype(np.int64),
        right=nodes["right"].astype(np.int64),
        missing_left=nodes["missing_go_to_left"],
        targets=np.array([target]),
        values=nodes["value"][:, None],
    )


def _write_trees(graph: Graph, features: str, trees: Sequence[_Tree], encoding: Encoding, targets: int) -> str:
    position = np.empty(encoding.width + 1, dtype=np.int64)
    position[encoding.order] = np.arange(len(encoding.order))
    sums = graph.add(
        "TreeEnsembleRegressor", [features], domain="ai.onnx.ml", n_targets=targets,
        **_nodes(trees, position), **_leaves(trees),
    )  # fmt: skip
    return graph.cast(sums, DOUBLE)


def _nodes(trees: Sequence[_Tree], position: Integers) -> dict[str, Any]:
    is_leaf = np.concatenate([tree.is_leaf for tree in trees])
    return _numbered("nodes", [np.arange(len(tree.is_leaf)) for tree in trees]) | {
        "nodes_featureids": _joined(position[np.where(tree.is_leaf, 0, tree.feature)] for tree in trees),
        "nodes_modes": ["LEAF" if leaf else "BRANCH_LEQ" for leaf in is_leaf],
        "nodes_values_as_tensor": numpy_helper.from_array(np.concatenate([tree.threshold for tree in trees])),
        "nodes_truenodeids": _joined(np.maximum(tree.left, 0) for tree in trees),
        "nodes_falsenodeids": _joined(np.maximum(tree.right, 0) for tree in trees),
        "nodes_missing_value_tracks_true": _joined(tree.missing_left for tree in trees),
    }


def _leaves(trees: Sequence[_Tree]) -> dict[str, Any]:
    leaves = [np.flatnonzero(tree.is_leaf) for tree in trees]
    pairs = list(zip(trees, leaves, strict=True))
    weights = np.concatenate([tree.values[at].ravel() for tree, at in pairs])
    return _numbered("target", [np.repeat(at, len(tree.targets)) for tree, at in pairs]) | {
        "target_ids": _joined(np.tile(tree.targets, len(at)) for tree, at in pairs),
        "target_weights_as_tensor": numpy_helper.from_array(weights),
    }


def _numbered(prefix: str, nodes: list[npt.NDArray[np.int64]]) -> dict[str, Any]:
    return {
        f"{prefix}_treeids": _joined(np.full(len(at), number) for number, at in enumerate(nodes)),
        f"{prefix}_nodeids": _joined(nodes),
    }


def _joined(parts: Iterable[npt.NDArray[Any]]) -> list[int]:
    joined: list[int] = np.concatenate(list(parts)).astype(np.int64).tolist()
    return joined
