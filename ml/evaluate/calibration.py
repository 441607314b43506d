"""Whether calibrating a family inside the folds would make its probabilities better."""

from __future__ import annotations

import numpy as np

from ml.evaluate.cross_validation import align_probabilities
from ml.evaluate.intervals import compare_means, estimate_mean
from ml.evaluate.judged import Floats, Integers, Judged
from ml.evaluate.metrics import log_loss
from ml.examination.sure import CalibrationMethod, CalibrationTrial
from ml.families import CALIBRATIONS
from ml.results import Progress
from ml.train.calibrated import INNER_FOLDS, predict_inner
from ml.train.calibrators import bend, learn_bends


def try_calibrations(judged: Judged) -> CalibrationTrial:
    """Hold every calibration against none by log-loss, on the folds of the first repeat.

    In each fold the curves are learned from inner folds of its training rows, as `CalibratedClassifier` learns them;
    the three methods share the inner predictions. Log-loss is a proper score: it is least for the true probabilities,
    so that bending which only looks calibrated does not win (Gneiting and Raftery, JASA 102, 2007).
    """
    fold, folds = judged.out_of_fold.fold[0], judged.folds
    losses = [_score_fold(judged, np.flatnonzero(fold == number)) for number in range(folds)]
    scores = {method: np.array([loss[method] for loss in losses]) for method in CALIBRATIONS}
    return CalibrationTrial(
        methods=tuple(
            CalibrationMethod(
                method=method,
                log_loss=estimate_mean(values, folds),
                difference=None if method == "none" else compare_means(values, scores["none"], folds),
            )
            for method, values in scores.items()
        ),
        folds=folds,
        inner_folds=INNER_FOLDS,
    )


def _score_fold(judged: Judged, test: Integers) -> dict[str, float]:
    """Return each method's log-loss on the rows `test`."""
    judged.report(Progress("examine"))
    truth, outer = judged.out_of_fold.truth, judged.predict_fold(0, test)
    train = np.setdiff1d(np.arange(len(truth)), test)
    inner = _predict_inner(judged, train)
    found = {
        method: outer if method == "none" else bend(method, learn_bends(method, inner, truth[train]), outer)
        for method in CALIBRATIONS
    }
    return {method: log_loss(truth[test], shares) for method, shares in found.items()}


def _predict_inner(judged: Judged, train: Integers) -> Floats:
    spec, table = judged.spec, judged.table.iloc[train]
    labels = table[spec.target.name].to_numpy(dtype=object)
    pipeline = judged.raw.build(spec, judged.seed)
    inner = predict_inner(pipeline, table[list(spec.feature_names)], labels, INNER_FOLDS, judged.seed)
    return align_probabilities(inner, np.unique(labels).tolist(), spec.target.categories)
