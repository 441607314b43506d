"""What the best of several candidates is worth, once it is taken into account that it was picked for being the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.evaluate.confusions import score_confusions
from ml.results import LOWER_IS_BETTER, Estimate

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

RESAMPLES = 1000
_CELLS = 4_000_000
"""Weights held in memory at a time."""
_ENDS = (2.5, 97.5)
_SMALLEST = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Answers:
    """What a candidate said of every row while it was held out.

    `probabilities` has shape (repeats, rows, classes), `predicted` (repeats, rows).
    """

    probabilities: Floats
    predicted: Integers


@dataclass(frozen=True)
class Correction:
    """What the best by one metric is worth, however it is called."""

    corrected: Estimate
    apparent: tuple[float, ...]
    """Each candidate's figure on all rows, from its out-of-fold answers of all repeats together."""
    picked: tuple[float, ...]
    """In what share of the resamples each candidate was the best."""


def correct_winners(
    candidates: Sequence[Answers],
    truth: Integers,
    groups: Integers,
    metrics: Sequence[str],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> dict[str, Correction]:
    """Pick the best candidate by each metric, and estimate what it is worth by bootstrap bias-corrected CV.

    Rows are drawn with replacement, whole groups at a time; the best on the rows drawn is scored on those not drawn.
    The mean of that over the resamples is the estimate, their 2.5 and 97.5 percentiles its interval (Tsamardinos,
    Greasidou and Borboudakis, Bootstrapping the out-of-sample predictions for efficient and accurate
    cross-validation, Machine Learning 107, 2018; for repeated folds each row counts with its mean over the repeats, as
    in their section 5). About 37 % of the rows are left to score on, so the interval is a wide one.

    Parameters
    ----------
    truth, groups
        Shape (rows,); rows of one group are drawn together.
    metrics
        Among those of `score_confusions`, and `log_loss`.

    Returns
    -------
    dict
        By metric.
    """
    classes = candidates[0].probabilities.shape[2]
    parts = [_take_apart(answers, truth, classes) for answers in candidates]
    everything = _score_all(parts, np.ones((1, len(truth))), classes)
    drawn: dict[str, list[Floats]] = {metric: [] for metric in metrics}
    spared: dict[str, list[Floats]] = {metric: [] for metric in metrics}
    for weights in _draw_weights(groups, resamples, seed):
        inside, outside = _score_all(parts, weights, classes), _score_all(parts, weights == 0, classes)
        for metric in metrics:
            drawn[metric].append(inside[metric])
            spared[metric].append(outside[metric])
    return {
        metric: _correct(
            metric, everything[metric][:, 0], np.concatenate(drawn[metric], 1), np.concatenate(spared[metric], 1)
        )
        for metric in metrics
    }


@dataclass(frozen=True)
class _Parts:
    """What each row adds to a candidate's figures, in the mean over repeats.

    `cells` has shape (rows, classes²): how often it falls into each cell of the confusion matrix; `surprise` (rows,).
    """

    cells: Floats
    surprise: Floats


def _take_apart(answers: Answers, truth: Integers, classes: int) -> _Parts:
    repeats, rows = answers.predicted.shape
    cells = np.zeros((rows, classes * classes))
    for predicted in answers.predicted:
        cells[np.arange(rows), truth * classes + predicted] += 1 / repeats
    chosen = answers.probabilities[:, np.arange(rows), truth]
    return _Parts(cells, -np.log(np.clip(chosen, _SMALLEST, 1 - _SMALLEST)).mean(axis=0))


def _score_all(parts: Sequence[_Parts], weights: npt.NDArray[np.generic], classes: int) -> dict[str, Floats]:
    """Return each metric, shape (candidates, resamples), of rows that count as `weights`, (resamples, rows), say."""
    counted = weights.astype(np.float64)
    confusions = np.array([counted @ part.cells for part in parts])
    scores = score_confusions(confusions.reshape(*confusions.shape[:2], classes, classes))
    totals = counted.sum(axis=1)
    return scores | {"log_loss": np.array([counted @ part.surprise / totals for part in parts])}


def _draw_weights(groups: Integers, resamples: int, seed: int) -> Iterator[Integers]:
    """Yield how often each row is drawn, shape (some resamples, rows); one that spares no row is drawn anew."""
    random = np.random.default_rng([seed, resamples])
    count, left = int(groups.max()) + 1, resamples
    while left:
        size = min(left, max(1, _CELLS // len(groups)))
        drawn = random.multinomial(count, np.full(count, 1 / count), size=size)
        drawn = drawn[(drawn == 0).any(axis=1)]
        left -= len(drawn)
        yield drawn[:, groups]


def _correct(metric: str, whole: Floats, drawn: Floats, spared: Floats) -> Correction:
    sign = -1 if metric in LOWER_IS_BETTER else 1
    picked = (sign * drawn).argmax(axis=0)
    found = spared[picked, np.arange(len(picked))]
    low, high = np.percentile(found, _ENDS)
    return Correction(
        corrected=Estimate(float(found.mean()), float(low), float(high)),
        apparent=tuple(whole.tolist()),
        picked=tuple((np.bincount(picked, minlength=len(whole)) / len(picked)).tolist()),
    )
