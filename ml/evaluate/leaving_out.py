"""What it costs and changes to leave the sensitive columns out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.evaluate.answers import decide_folds, score_folds
from ml.evaluate.cross_validation import cross_validate
from ml.evaluate.groups import find_masks, hide_small
from ml.evaluate.intervals import compare_means, estimate_mean
from ml.evaluate.proportions import estimate_share
from ml.examination.people import ChangedAnswers, LeavingOut
from ml.results import OutOfFold, ignore_progress
from ml.spec import Column, DatasetSpec
from ml.train import Family

METRICS = ("accuracy", "balanced_accuracy", "f1_macro", "qwk", "log_loss")
_MOST_FITS = 15
_MOST_REPEATS = 2

Floats = npt.NDArray[np.float64]


def compare_without(
    family: Family,
    table: pd.DataFrame,
    spec: DatasetSpec,
    out_of_fold: OutOfFold,
    *,
    folds: int,
    seed: int,
    are_used: bool,
) -> LeavingOut:
    """Fit `family` anew with the other set of columns, on the folds of its evaluation, and pair the two fold by fold.

    One or two repeats of the evaluation are used, for at most 15 fits where the folds allow. Rows that differ in a
    sensitive column alone may stand on both sides of a fold: they are different people, and the folds stay the same.
    The intervals of the paired differences are those of `ml.evaluate.intervals.compare_means`.

    Parameters
    ----------
    spec
        With every column; the sensitive ones are left out here.
    out_of_fold
        Of the family as evaluated: with the sensitive columns if `are_used`, else without.
    """
    repeats = max(1, min(len(out_of_fold.fold), _MOST_REPEATS, _MOST_FITS // folds))
    fold, truth, classes = out_of_fold.fold[:repeats], out_of_fold.truth, spec.target.categories
    other = spec.without_sensitive() if are_used else spec
    found = cross_validate([family], table, other, fold, seed=seed, n_jobs=None, report=ignore_progress)
    pair = [
        OutOfFold(probabilities, fold, truth)
        for probabilities in (out_of_fold.probabilities[:repeats], found.probabilities[0])
    ]
    with_them, without = pair if are_used else pair[::-1]
    scores = score_folds(with_them, classes), score_folds(without, classes)
    changed = (decide_folds(with_them) != decide_folds(without)).mean(axis=0)
    sensitive = [column for column in spec.features if column.is_sensitive]
    return LeavingOut(
        folds=folds,
        repeats=repeats,
        with_them={name: estimate_mean(scores[0][name], folds) for name in METRICS},
        without={name: estimate_mean(scores[1][name], folds) for name in METRICS},
        differences={name: compare_means(scores[1][name], scores[0][name], folds) for name in METRICS},
        changed=estimate_share(changed),
        changed_by=_count_changes(table, sensitive, changed),
    )


def _count_changes(table: pd.DataFrame, columns: Sequence[Column], changed: Floats) -> tuple[ChangedAnswers, ...]:
    found: list[ChangedAnswers] = []
    for column in columns:
        masks = find_masks(table, [column])
        hidden = hide_small({key: int(mask.sum()) for key, mask in masks.items()})
        found += [
            ChangedAnswers(column.name, key[0], None, None)
            if key in hidden
            else ChangedAnswers(column.name, key[0], int(mask.sum()), estimate_share(changed[mask]))
            for key, mask in masks.items()
        ]
    return tuple(found)
