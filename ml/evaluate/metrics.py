"""Every figure of a prediction, from the truth and the probabilities.

Our own arithmetic rather than scikit-learn's functions, which check their input anew each time: an evaluation scores
150 folds, and would spend longer in those checks than in fitting. The tests hold each figure against scikit-learn's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.results import ClassFigures, ClassificationReport

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

METRICS = (
    "accuracy",
    "balanced_accuracy",
    "precision_weighted",
    "recall_weighted",
    "f1_weighted",
    "precision_macro",
    "recall_macro",
    "f1_macro",
    "qwk",
    "ordinal_mae",
    "log_loss",
    "brier",
    "ece",
)
"""The names of the figures; those of a class follow as `precision.<class>`, `recall.<class>` and `f1.<class>`."""

_ECE_BINS = 10
_SMALLEST = float(np.finfo(np.float64).eps)


def score_predictions(
    truth: Integers, probabilities: Floats, classes: tuple[str, ...], *, answered: Integers | None = None
) -> dict[str, float]:
    """Return every metric by name.

    A precision without predictions, or a recall without rows, is 0.

    Parameters
    ----------
    truth
        Position of each row's class in `classes`.
    probabilities
        Shape (rows, classes), in the order of `classes`, which is the order that QWK and the ordinal error go by.
    answered
        Position of the class that is answered for each row; None for the most probable one, the first of equals.
    """
    confusion = count_confusion(truth, probabilities.argmax(axis=1) if answered is None else answered, len(classes))
    report = report_classes(confusion, classes)
    scores = {
        "accuracy": float(confusion.trace() / confusion.sum()),
        "balanced_accuracy": balanced_accuracy(confusion),
        "precision_weighted": report.weighted.precision,
        "recall_weighted": report.weighted.recall,
        "f1_weighted": report.weighted.f1,
        "precision_macro": report.macro.precision,
        "recall_macro": report.macro.recall,
        "f1_macro": report.macro.f1,
        "qwk": quadratic_weighted_kappa(confusion),
        "ordinal_mae": ordinal_mean_absolute_error(confusion),
        "log_loss": log_loss(truth, probabilities),
        "brier": brier_score(truth, probabilities),
        "ece": expected_calibration_error(truth, probabilities),
    }
    for name, figures in report.per_class.items():
        scores |= {f"precision.{name}": figures.precision, f"recall.{name}": figures.recall, f"f1.{name}": figures.f1}
    return scores


def count_confusion(truth: Integers, predicted: Integers, classes: int) -> Integers:
    """Return how many rows of each true class (down) were given each class (across)."""
    counts: Integers = np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)
    return counts


def report_classes(confusion: npt.NDArray[np.integer | np.floating], classes: tuple[str, ...]) -> ClassificationReport:
    """Return precision, recall and F1 of each class, their plain mean, and their mean by number of true rows."""
    hits, support, predicted = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    figures = np.array([_share(hits, predicted), _share(hits, support), _share(2 * hits, support + predicted)])
    rows = float(support.sum())
    return ClassificationReport(
        per_class={name: _figures(figures[:, i], support[i]) for i, name in enumerate(classes)},
        macro=_figures(figures.mean(axis=1), rows),
        weighted=_figures(figures @ support / rows, rows),
    )


def balanced_accuracy(confusion: Integers) -> float:
    """Return the mean recall of the classes that have rows (Brodersen et al., ICPR 2010)."""
    support = confusion.sum(axis=1)
    return float((confusion.diagonal()[support > 0] / support[support > 0]).mean())


def quadratic_weighted_kappa(confusion: Integers) -> float:
    """Return Cohen's kappa with the squared distance of classes as weight (Cohen, Psychological Bulletin 70, 1968).

    1 is perfect agreement, 0 what chance gives; 0 too where truth and answer are one and the same class throughout.
    For a target without an order it means nothing.
    """
    positions = np.arange(len(confusion))
    distance = (positions[:, None] - positions) ** 2
    chance = distance @ confusion.sum(axis=0) @ confusion.sum(axis=1) / confusion.sum()
    return float(1 - (distance * confusion).sum() / chance) if chance else 0.0


def ordinal_mean_absolute_error(confusion: Integers) -> float:
    """Return by how many classes the answer is off in the mean; 0 is perfect."""
    positions = np.arange(len(confusion))
    return float((np.abs(positions[:, None] - positions) * confusion).sum() / confusion.sum())


def log_loss(truth: Integers, probabilities: Floats) -> float:
    """Return the mean of -ln(probability of the true class), that probability kept one rounding error off 0 and 1."""
    return float(-np.log(np.clip(_of_truth(truth, probabilities), _SMALLEST, 1 - _SMALLEST)).mean())


def brier_score(truth: Integers, probabilities: Floats) -> float:
    """Return the mean over rows of the squared errors summed over classes (Brier, Monthly Weather Review 78, 1950).

    0 is perfect, 2 the worst, for two classes as for more: it is not halved.
    """
    squares = (probabilities**2).sum(axis=1) - 2 * _of_truth(truth, probabilities) + 1
    return float(squares.mean())


def expected_calibration_error(truth: Integers, probabilities: Floats) -> float:
    """Return how far the confidence of the answer is from how often it is right, in the mean over rows.

    Rows are put into 10 bins of equal width, open below and closed above, by the probability of the answered class
    (Naeini, Cooper and Hauskrecht, AAAI 2015; for several classes Guo et al., ICML 2017). Few rows alone make it
    positive: compare it with that of a baseline on the same folds.
    """
    confidence = probabilities.max(axis=1)
    surplus = confidence - (probabilities.argmax(axis=1) == truth)
    bins = np.searchsorted(np.arange(1, _ECE_BINS) / _ECE_BINS, confidence, side="left")
    return float(np.abs(np.bincount(bins, weights=surplus)).sum() / len(truth))


def _of_truth(truth: Integers, probabilities: Floats) -> Floats:
    chosen: Floats = probabilities[np.arange(len(truth)), truth]
    return chosen


def _share(part: npt.NDArray[np.generic], whole: npt.NDArray[np.generic]) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.zeros(len(part)), where=whole != 0)
    return shares


def _figures(values: Floats, support: float) -> ClassFigures:
    precision, recall, f1 = map(float, values)
    return ClassFigures(precision, recall, f1, round(support))
