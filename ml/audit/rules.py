"""Plain rules that say what the columns tell of the class when rows are held out: the audit's measure of plausible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from ml.audit.matrix import Cells, Floats, Integers, Mask, Matrix
from ml.evaluate.splits import assign_folds
from ml.explore.twins import number_profiles

FOLDS = 5
_BINS = 20
_MOST_LEVELS = 50
_MOST_ROWS = 4_000
_RIDGE = 1.0
_NEIGHBOURS = 5


@dataclass(frozen=True)
class Rules:
    """What each rule said of each row while it was held out."""

    rows: Integers
    """Positions in the matrix; all of them unless there are very many."""
    predicted: Mapping[str, Integers]
    accuracy: Mapping[str, float]

    @property
    def best(self) -> float:
        """Accuracy of the best rule."""
        return max(self.accuracy.values())

    def is_right(self, labels: Integers) -> npt.NDArray[np.bool_]:
        """Whether each rule has each row right; shape (rules, rows)."""
        return np.array([found == labels[self.rows] for found in self.predicted.values()])

    def best_right(self, labels: Integers) -> Mask:
        """Whether the best rule has each row right."""
        name = max(self.accuracy, key=lambda key: self.accuracy[key])
        right: Mask = self.predicted[name] == labels[self.rows]
        return right


def find_profiles(cells: Sequence[Cells], rows: int) -> Integers:
    """Number the distinct rows of these columns."""
    return number_profiles([column.codes for column in cells], rows)


def deal_folds(matrix: Matrix, profiles: Integers) -> Integers:
    """Return the fold of each row: shuffled, in proportion to the classes, equal rows together."""
    return assign_folds(matrix.labels, profiles, FOLDS, np.random.default_rng([matrix.seed, 7]))


def hold_out(matrix: Matrix, cells: Sequence[Cells], fold: Integers, *, with_forest: bool = False) -> Rules:
    """Predict every row by a line, a tree and its neighbours, and by a forest if asked, from rows of other folds.

    A ridge regression on class indicators, a classification tree with five rows a leaf, the five nearest rows, and a
    random forest of 60 trees (Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd ed., 4.2,
    9.2, 13.3, 15.2). Columns of text with more than 50 values are left out. At most 4,000 rows are looked at.
    """
    rows = np.arange(matrix.rows)
    if rows.size > _MOST_ROWS:
        rows = np.sort(np.random.default_rng(matrix.seed).choice(rows, _MOST_ROWS, replace=False))
    X, labels, folds = _design(cells, rows), matrix.labels[rows], fold[rows]
    names = ("line", "tree", "neighbours") + (("forest",) if with_forest else ())
    predicted = {name: np.zeros(rows.size, dtype=np.int64) for name in names}
    for number in np.unique(folds):
        train, test = folds != number, folds == number
        scaled = _scale(X, train)
        for name in names:
            predicted[name][test] = _predict(name, scaled[train], labels[train], scaled[test], matrix)
    accuracy = {name: float((found == labels).mean()) for name, found in predicted.items()}
    return Rules(rows, predicted, accuracy)


def hold_out_column(cells: Cells, labels: Integers, fold: Integers, classes: int) -> float:
    """Accuracy on held-out rows of the commonest class among training rows with the same value or, of numbers, bin."""
    bins = _bin(cells)
    right = 0
    for number in range(FOLDS):
        test = fold == number
        table = np.zeros((int(bins.max()) + 1, classes))
        np.add.at(table, (bins[~test], labels[~test]), 1)
        table += table.sum(axis=0) * 1e-9  # a value never seen gets the commonest class
        right += int((table.argmax(axis=1)[bins[test]] == labels[test]).sum())
    return right / labels.size


def guess_by_number(values: Floats, labels: Integers, fold: Integers) -> float:
    """Accuracy on held-out rows of a tree on one number."""
    X, right = np.nan_to_num(values, nan=-1.0).reshape(-1, 1), 0
    for number in range(FOLDS):
        test = fold == number
        tree = DecisionTreeClassifier(min_samples_leaf=2, random_state=0).fit(X[~test], labels[~test])
        right += int((tree.predict(X[test]) == labels[test]).sum())
    return right / labels.size


def _bin(cells: Cells) -> Integers:
    if cells.numbers is None or cells.levels <= _BINS:
        return cells.codes
    known = cells.numbers[cells.is_known]
    edges = np.unique(np.quantile(known, np.arange(1, _BINS) / _BINS))
    bins = np.searchsorted(edges, cells.numbers, side="left")
    return np.where(cells.is_known, bins, edges.size + 1).astype(np.int64)


def _design(cells: Sequence[Cells], rows: Integers) -> Floats:
    """Numbers as they are, each text value and each kind of missing cell as an indicator."""
    blocks = []
    for column in cells:
        codes = column.codes[rows]
        if column.numbers is not None:
            blocks.append(column.numbers[rows][:, None])
            codes = np.where(codes == column.levels, 0, -1)
            levels = int((codes == 0).any())
        else:
            levels = column.levels + 1 if column.levels <= _MOST_LEVELS else 0
        blocks.append((codes[:, None] == np.arange(levels)).astype(np.float64))
    return np.hstack([np.zeros((rows.size, 1)), *blocks])


def _scale(X: Floats, train: Mask) -> Floats:
    """Centre and scale by the training rows; what is missing becomes the mean."""
    known = ~np.isnan(X[train])
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, X[train], 0).sum(axis=0) / count
    deviation = np.sqrt((np.where(known, X[train] - mean, 0) ** 2).sum(axis=0) / count)
    scaled: Floats = np.nan_to_num((X - mean) / np.where(deviation > 0, deviation, 1))
    return scaled


def _predict(name: str, X: Floats, labels: Integers, X_test: Floats, matrix: Matrix) -> Integers:
    if name == "line":
        return _predict_line(X, labels, X_test, len(matrix.classes))
    if name == "neighbours":
        return _predict_neighbours(X, labels, X_test, len(matrix.classes))
    seed = matrix.seed % 2**32
    model = (
        DecisionTreeClassifier(min_samples_leaf=5, random_state=seed)
        if name == "tree"
        else RandomForestClassifier(60, min_samples_leaf=2, random_state=seed)
    )
    return np.asarray(model.fit(X, labels).predict(X_test), dtype=np.int64)


def _predict_line(X: Floats, labels: Integers, X_test: Floats, classes: int) -> Integers:
    wanted = np.eye(classes)[labels]
    share = wanted.mean(axis=0)
    weights = np.linalg.solve(X.T @ X + _RIDGE * np.eye(X.shape[1]), X.T @ (wanted - share))
    return np.asarray((X_test @ weights + share).argmax(axis=1), dtype=np.int64)


def _predict_neighbours(X: Floats, labels: Integers, X_test: Floats, classes: int) -> Integers:
    nearest = np.argsort(cdist(X_test, X), axis=1, kind="stable")[:, :_NEIGHBOURS]
    votes = np.eye(classes)[labels[nearest]].sum(axis=1)
    return np.asarray(votes.argmax(axis=1), dtype=np.int64)
