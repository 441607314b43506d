"""How the score grows with the training rows, and what twice as many would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.evaluate.intervals import compare_means, estimate_mean
from ml.evaluate.judged import Floats, Integers, Judged
from ml.evaluate.metrics import score_predictions
from ml.evaluate.power_law import extrapolate
from ml.evaluate.rules import class_shares
from ml.evaluate.splits import assign_folds
from ml.examination.sure import CurvePoint, LearningCurve
from ml.results import LOWER_IS_BETTER, Progress
from ml.rules import Decision

METRICS = ("accuracy", "log_loss")
SHARES = (0.2, 0.35, 0.5, 0.7)
"""Of a fold's training rows; all of them come without a fit, from the evaluation."""
REPEATS = 2
_SLOTS = 20
_FEWEST_SIZES = 4
CHANCE = 0.05


@dataclass(frozen=True)
class Measured:
    """Scores on the held-out rows of every fold by training rows, fewest first."""

    rows: Floats
    """Shape (sizes,): training rows, in the mean over folds."""
    scores: dict[str, Floats]
    """By metric, shape (folds × repeats, sizes)."""
    folds: int


def measure_curve(judged: Judged) -> Measured | None:
    """Fit a family, before any calibration, to growing parts of each fold's training rows, and score it on the fold.

    Parts are stratified and grouped as folds are, and each holds the smaller ones. Two repeats of the folds are used,
    or fewer where fewer were made: at five folds 40 fits. A size at which some part has fewer than two rows of a class
    is left out; None where no size is left.
    """
    truth = judged.out_of_fold.truth
    plan = _plan(judged)
    kept = [size for size in range(len(SHARES)) if all(_is_enough(unit.parts[size], truth) for unit in plan)]
    if not kept:
        return None
    scores = []
    for unit in plan:
        judged.report(Progress("examine"))
        found = [judged.predict(unit.parts[size], unit.test) for size in kept]
        found.append(judged.predict_fold(unit.repeat, unit.test))
        rows = [unit.parts[size] for size in (*kept, -1)]
        scores.append([_score(judged, unit.test, shares, part) for shares, part in zip(found, rows, strict=True)])
    return Measured(
        rows=np.mean([[len(unit.parts[size]) for size in (*kept, -1)] for unit in plan], axis=0),
        scores={name: np.array([[score[name] for score in unit] for unit in scores]) for name in METRICS},
        folds=judged.folds,
    )


def _score(judged: Judged, test: Integers, shares: Floats, train: Integers) -> dict[str, float]:
    truth, classes = judged.out_of_fold.truth, judged.spec.target.categories
    decision = Decision(judged.rule, class_shares(truth[train], len(classes)))
    return score_predictions(truth[test], shares, classes, answered=decision.decide(shares))


def draw_curve(measured: Measured, metric: str, rows: int, seed: int) -> LearningCurve:
    """Put points and their extrapolation together.

    Where most rows are not better than fewest beyond chance (corrected-resampled t test, see `ml.evaluate.intervals`),
    or there are fewer points than the law's three parameters and one, nothing is extrapolated.

    Parameters
    ----------
    rows
        Of the whole table: what the served model is trained on.
    """
    scores, folds = measured.scores[metric], measured.folds
    better = -scores if metric in LOWER_IS_BETTER else scores
    rise = compare_means(better[:, -1], better[:, 0], folds)
    is_telling = rise.mean > 0 and rise.p_value < CHANCE and len(measured.rows) >= _FEWEST_SIZES
    return LearningCurve(
        metric=metric,
        points=tuple(
            CurvePoint(float(size), estimate_mean(scores[:, place], folds))
            for place, size in enumerate(measured.rows)
        ),
        rise=rise,
        extrapolation=extrapolate(measured.rows, scores, metric, rows, folds, seed) if is_telling else None,
    )  # fmt: skip


@dataclass(frozen=True)
class _Unit:
    """One fold of one repeat: what is held out, and the parts of the rest by size."""

    repeat: int
    test: Integers
    parts: list[Integers]


def _plan(judged: Judged) -> list[_Unit]:
    return [
        _Unit(repeat, np.flatnonzero(fold == number), _parts(judged, fold != number, [judged.seed, repeat, number]))
        for repeat, fold in enumerate(judged.out_of_fold.fold[:REPEATS])
        for number in range(judged.folds)
    ]


def _parts(judged: Judged, is_train: npt.NDArray[np.bool_], seed: list[int]) -> list[Integers]:
    """Deal the training rows out to 20 slots, and let each part take the first of them."""
    train = np.flatnonzero(is_train)
    groups = np.unique(judged.groups[train], return_inverse=True)[1]
    slot = assign_folds(judged.out_of_fold.truth[train], groups, _SLOTS, np.random.default_rng(seed))
    return [train[slot < round(share * _SLOTS)] for share in (*SHARES, 1.0)]


def _is_enough(part: Integers, truth: Integers) -> bool:
    """Whether it has two rows of every class, so that every estimator can be fitted to it."""
    return bool((np.bincount(truth[part], minlength=truth.max() + 1) >= 2).all())  # noqa: PLR2004
