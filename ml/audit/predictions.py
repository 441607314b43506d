"""Predictions that somebody else made: read, scored, and held against plain rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.audit.claim import check_far_above, exact_interval
from ml.audit.errors import AuditInputError
from ml.audit.matrix import Floats, Integers, Mask, Matrix, code_labels
from ml.audit.rules import Rules
from ml.audit.twins import Bound, Copies
from ml.examination.audit import Finding
from ml.spec import fold_category

_NAMES = ("prediction", "predicted", "predicted label", "y pred", "pred", "label")
_ROWS = ("row", "index", "row index", "id", "")
_PREFIXES = ("p.", "proba ", "prob ", "p ", "probability ", "")
_LEAST_HARD = 20
_KNOWN = 0.6
_BEYOND = 3.0
_SPARE = 10.0


@dataclass(frozen=True)
class Predictions:
    """Of some rows of a matrix: positions in it, the class predicted, and what else the file says."""

    rows: Integers
    predicted: Integers
    probabilities: Floats | None
    fold: Integers | None

    def is_right(self, matrix: Matrix) -> Mask:
        """Whether each is right."""
        return np.asarray(self.predicted == matrix.labels[self.rows])


def read_predictions(frame: pd.DataFrame, matrix: Matrix) -> Predictions:
    """Read a file of predictions: a class, the probabilities of all classes, or both; row and fold where it says so.

    Without a column `row` there has to be one line for each row of the table, in its order. Of several repeats the
    first counts.

    Raises
    ------
    AuditInputError
        Where no column holds classes of the table, or lines and rows do not match.
    """
    named = {fold_category(str(name)): name for name in frame.columns}
    if "repeat" in named:
        frame = frame[frame[named["repeat"]] == frame[named["repeat"]].iloc[0]]
    places = _read_places(frame, named, matrix)
    probabilities = _read_probabilities(frame, named, matrix)
    predicted = _read_classes(frame, named, matrix)
    if predicted is None:
        if probabilities is None:
            raise AuditInputError(
                "the predictions have neither a column `prediction` with classes of the table nor a probability of each"
            )
        predicted = probabilities.argmax(axis=1).astype(np.int64)
    fold = pd.factorize(frame[named["fold"]])[0].astype(np.int64) if "fold" in named else None
    back = np.full(matrix.rows_in_file, -1)
    back[matrix.position] = np.arange(matrix.rows)
    rows = back[places]
    has_label = rows >= 0
    return Predictions(
        rows=rows[has_label],
        predicted=predicted[has_label],
        probabilities=None if probabilities is None else probabilities[has_label],
        fold=None if fold is None else fold[has_label],
    )


def score(found: Predictions, matrix: Matrix, rules: Rules) -> tuple[Finding, ...]:
    """Say the accuracy with its exact interval, beside the commonest class and the best plain rule."""
    right = found.is_right(matrix)
    low, high = exact_interval(int(right.sum()), right.size)
    evidence = {
        "accuracy": float(right.mean()), "low": low, "high": high, "rows": right.size,
        "majority": matrix.majority, "rules": rules.best,
    }  # fmt: skip
    return (Finding("score", "note", (), evidence),)


def check_rules(found: Predictions, matrix: Matrix, rules: Rules) -> tuple[Finding, ...]:
    """Find predictions that know what no rule can know from rows held out.

    Some rows go against all that the others suggest. A line, a tree, the nearest rows and a forest, each fitted without
    them, all have them wrong; a better model may win back some, but one that has most of them right has seen them.
    """
    right = found.is_right(matrix)
    where = np.full(matrix.rows, -1)
    where[rules.rows] = np.arange(rules.rows.size)
    at = where[found.rows]
    is_wrong: Mask = np.logical_not(np.any(rules.is_right(matrix.labels), axis=0))
    is_hard = is_wrong[at] & (at >= 0)
    hard, known = int(is_hard.sum()), int(right[is_hard].sum())
    if hard >= _LEAST_HARD and exact_interval(known, hard)[0] > _KNOWN:
        return (Finding("memorised", "cheat", (), {"hard": hard, "share": known / hard}),)
    return check_far_above(float(right.mean()), right.size, rules.best)


def check_folds(rows: Integers, fold: Integers, matrix: Matrix, bound: Bound, copies: Copies) -> tuple[Finding, ...]:
    """Count held-out rows that have an equal row with the same label in another fold.

    Rows that were copied make it a cheat; people who are alike, a warning.
    """
    key = bound.profiles[rows] * len(matrix.classes) + matrix.labels[rows]
    spread = pd.Series(fold).groupby(key).transform("nunique").to_numpy()
    across = int((spread > 1).sum())
    if not across:
        return ()
    is_grave = copies.are_copied and across > _BEYOND * copies.expected + _SPARE
    evidence = {"rows": across, "expected": round(copies.expected)}
    return (Finding("across_folds", "cheat" if is_grave else "warning", (), evidence),)


def _read_places(frame: pd.DataFrame, named: Mapping[str, str], matrix: Matrix) -> Integers:
    column = next((named[name] for name in _ROWS if name in named), None)
    if column is None:
        if len(frame) != matrix.rows_in_file:
            raise AuditInputError(
                f"there are {len(frame):,} predictions for {matrix.rows_in_file:,} rows; give one a row, or a column"
                " `row` that counts from 0"
            )
        return np.arange(len(frame))
    numbers = np.asarray(pd.to_numeric(frame[column], errors="coerce"), dtype=np.float64)
    if np.isnan(numbers).any() or (numbers % 1).any() or len(np.unique(numbers)) < len(numbers):
        raise AuditInputError(f"column {column!r} of the predictions has to number rows, each once")
    places = numbers.astype(np.int64)
    if places.max() == matrix.rows_in_file and places.min() == 1:
        places -= 1
    if places.min() < 0 or places.max() >= matrix.rows_in_file:
        raise AuditInputError(
            f"column {column!r} of the predictions names row {places.max()}, and the table has rows 0 to"
            f" {matrix.rows_in_file - 1}"
        )
    return places


def _read_classes(frame: pd.DataFrame, named: Mapping[str, str], matrix: Matrix) -> Integers | None:
    names = [named[name] for name in _NAMES if name in named]
    if not names and len(frame.columns) == 1:
        names = list(frame.columns)
    for name in names:
        codes = code_labels([str(cell) for cell in frame[name]], matrix)
        if (codes >= 0).any():
            return codes
    return None


def _read_probabilities(frame: pd.DataFrame, named: Mapping[str, str], matrix: Matrix) -> Floats | None:
    for prefix in _PREFIXES:
        names = [fold_category(prefix + name) for name in matrix.classes]
        if all(name in named for name in names):
            cells = [pd.to_numeric(frame[named[name]], errors="coerce") for name in names]
            found = np.column_stack([np.asarray(column, dtype=np.float64) for column in cells])
            if np.isnan(found).any() or (found < 0).any() or (found > 1).any():
                raise AuditInputError("a probability of the predictions is no number from 0 to 1")
            return found
    return None
