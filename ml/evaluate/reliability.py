"""Whether a model's shares can be believed, and how wrong they would look by chance alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from ml.examination.sure import CalibrationError, Reliability, ReliabilityBin
from ml.results import OutOfFold

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

BINS = 10
_SIMULATIONS = 1000
_CHUNK = 100
_TAIL = 0.025


def diagram_reliability(out_of_fold: OutOfFold, classes: tuple[str, ...], seed: int) -> tuple[Reliability, ...]:
    """Return the reliability of the answer's share, then of every class against the rest.

    Shares fall into 10 bins of equal width, open below and closed above (Naeini, Cooper and Hauskrecht, AAAI 2015).
    Rows are predicted once a repeat, so counts and shares are means over repeats, and the interval of a bin is Wilson's
    (JASA 22, 1927) at that mean count: repeating adds no rows. The calibration error is that of one repeat, in the mean
    over repeats; see `expect_error` for its company.
    """
    probabilities, truth = out_of_fold.probabilities, out_of_fold.truth
    answers = probabilities.argmax(axis=2)
    chosen = [("", answers), *((name, np.full_like(answers, i)) for i, name in enumerate(classes))]
    return tuple(_diagram(label, probabilities, answer, truth, seed) for label, answer in chosen)


def wilson_interval(share: float, rows: float) -> tuple[float, float]:
    """Return the ends of Wilson's 95 % score interval of a share of `rows` rows (JASA 22, 1927)."""
    z = float(stats.norm.isf(_TAIL))
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * float(np.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2)))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def expect_error(probabilities: Floats, answer: Integers, seed: int) -> Floats:
    """Return calibration errors of 1,000 sets of labels that are drawn from the model's own probabilities.

    So would a perfectly calibrated model look on these very rows (consistency resampling: Bröcker and Smith, Weather
    and Forecasting 22, 2007; Vaicenavicius et al., AISTATS 2019). One number a row picks its label in every repeat,
    since the repeats are of the same rows.

    Parameters
    ----------
    probabilities
        Shape (repeats, rows, classes).
    answer
        Shape (repeats, rows): the class whose share is looked at.

    Returns
    -------
    Shape (1000,), each the mean over repeats.
    """
    upper = np.take_along_axis(probabilities.cumsum(axis=2), answer[..., None], axis=2)[..., 0]
    stated = np.take_along_axis(probabilities, answer[..., None], axis=2)[..., 0]
    lower = upper - stated
    members = [_members(shares) for shares in stated]
    random = np.random.default_rng([seed, int(answer[0, 0])])
    errors = []
    for _ in range(_SIMULATIONS // _CHUNK):
        draws = random.random((_CHUNK, stated.shape[1]))
        repeats = [
            np.abs((((draws >= low) & (draws < high)) - shares) @ member).sum(axis=1) / len(shares)
            for low, high, shares, member in zip(lower, upper, stated, members, strict=True)
        ]
        errors.append(np.mean(repeats, axis=0))
    return np.concatenate(errors)


def _diagram(label: str, probabilities: Floats, answer: Integers, truth: Integers, seed: int) -> Reliability:
    stated = np.take_along_axis(probabilities, answer[..., None], axis=2)[..., 0]
    came_true = (answer == truth).astype(np.float64)
    surplus = [np.abs((right - shares) @ _members(shares)) for right, shares in zip(came_true, stated, strict=True)]
    value = float(np.mean([part.sum() for part in surplus]) / stated.shape[1])
    perfect = expect_error(probabilities, answer, seed)
    low, high = np.quantile(perfect, [_TAIL, 1 - _TAIL])
    p_value = (1 + int((perfect >= value).sum())) / (1 + len(perfect))
    error = CalibrationError(value, float(perfect.mean()), float(low), float(high), p_value)
    return Reliability(label, _bins(stated, came_true), error)


def _bins(stated: Floats, came_true: Floats) -> tuple[ReliabilityBin, ...]:
    repeats, places = len(stated), _places(stated.ravel())
    counts = np.bincount(places, minlength=BINS)
    sums = [np.bincount(places, weights=values.ravel(), minlength=BINS) for values in (stated, came_true)]
    bins = []
    for place in np.flatnonzero(counts).tolist():
        rows, found = counts[place] / repeats, float(sums[1][place] / counts[place])
        low, high = wilson_interval(found, rows)
        mean = float(sums[0][place] / counts[place])
        bins.append(ReliabilityBin(place / BINS, (place + 1) / BINS, float(rows), mean, found, low, high))
    return tuple(bins)


def _places(shares: Floats) -> Integers:
    return np.searchsorted(np.arange(1, BINS) / BINS, shares, side="left")


def _members(shares: Floats) -> Floats:
    """Zeros and ones, shape (rows, bins): into which bin each share falls."""
    return np.eye(BINS)[_places(shares)]
