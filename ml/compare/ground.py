"""What every family of a comparison is run on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluate.splits import check_split, find_groups, read_labels, repeat_folds
from ml.spec import DatasetSpec

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ground:
    """What every family is run on.

    `truth` and `groups` have shape (rows,), `fold` (repeats, rows).
    """

    table: pd.DataFrame
    spec: DatasetSpec
    truth: Integers
    groups: Integers
    fold: Integers
    seed: int


def lay_ground(table: pd.DataFrame, spec: DatasetSpec, folds: int, repeats: int, seed: int) -> Ground:
    """Deal the rows out to folds, exactly as an evaluation with these numbers does.

    Raises
    ------
    EvaluationError
        Where the table cannot be split so.
    """
    truth, groups = read_labels(table, spec), find_groups(table[list(spec.feature_names)])
    check_split(truth, groups, spec.target.categories, folds, repeats)
    return Ground(table, spec, truth, groups, repeat_folds(truth, groups, folds, repeats, seed), seed)
