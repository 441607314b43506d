"""The figures of many confusion matrices at once, for resampling: no loop in Python over the resamples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def score_confusions(counts: Floats) -> dict[str, Floats]:
    """Return accuracy, balanced accuracy, macro F1, QWK and ordinal MAE of each matrix, as `ml.evaluate.metrics` does.

    Parameters
    ----------
    counts
        Shape (…, classes, classes): the truth down, the answer across; they need not be whole numbers.

    Returns
    -------
    dict
        By metric, shape (…).
    """
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    support, answered, rows = counts.sum(axis=-1), counts.sum(axis=-2), counts.sum(axis=(-2, -1))
    present = np.maximum((support > 0).sum(axis=-1), 1)
    places = np.arange(counts.shape[-1])
    steps = np.abs(places[:, None] - places)
    return {
        "accuracy": _share(hits.sum(axis=-1), rows),
        "balanced_accuracy": _share(hits, support).sum(axis=-1) / present,
        "f1_macro": _share(2 * hits, support + answered).mean(axis=-1),
        "qwk": _kappa(counts, support, answered, rows, steps**2),
        "ordinal_mae": _share((counts * steps).sum(axis=(-2, -1)), rows),
    }


def _kappa(counts: Floats, support: Floats, answered: Floats, rows: Floats, weights: npt.NDArray[np.int64]) -> Floats:
    """Cohen's kappa with these weights (Psychological Bulletin 70, 1968); 0 where chance leaves nothing to agree on."""
    chance = _share(np.einsum("...i,ij,...j->...", support, weights, answered), rows)
    kappa: Floats = np.where(chance > 0, 1 - _share((counts * weights).sum(axis=(-2, -1)), chance), 0.0)
    return kappa


def _share(part: Floats, whole: Floats) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole != 0)
    return shares
