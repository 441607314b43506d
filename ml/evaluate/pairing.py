"""Several candidates against one of them, over the same folds."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ml.evaluate.intervals import compare_means
from ml.examination.comparison import Paired
from ml.significance import adjust_holm

Floats = npt.NDArray[np.float64]
_Name = TypeVar("_Name", bound=Hashable)


def pair_with(scores: Mapping[_Name, Floats], reference: _Name, folds: int) -> dict[_Name, Paired]:
    """Return each other candidate minus the reference, by name.

    Corrected-resampled t tests (Nadeau and Bengio, Machine Learning 52, 2003), their p-values adjusted together by
    Holm's method.

    Parameters
    ----------
    scores
        One metric of every fold, repeat by repeat, of each candidate.
    """
    found = {
        name: compare_means(values, scores[reference], folds) for name, values in scores.items() if name != reference
    }
    adjusted = adjust_holm([item.p_value for item in found.values()])
    return {
        name: Paired(item.mean, item.low, item.high, item.p_value, p_holm)
        for (name, item), p_holm in zip(found.items(), adjusted, strict=True)
    }
