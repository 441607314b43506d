"""The uncertainty of one answer of an evaluated family, put together into one value."""

from __future__ import annotations

from dataclasses import replace

from threadpoolctl import threadpool_limits

from ml.evaluate.calibration import try_calibrations
from ml.evaluate.conformal import make_sets
from ml.evaluate.judged import Judged
from ml.evaluate.learning_curve import METRICS, draw_curve, measure_curve
from ml.evaluate.reliability import diagram_reliability
from ml.examination.sure import Sure


def assess_uncertainty(judged: Judged, calibration: str) -> Sure:
    """Find out how far one answer can be trusted; what costs fits is done for no baseline.

    Parameters
    ----------
    calibration
        How the family was calibrated, as asked.
    """
    rows, seed, classes = len(judged.table), judged.seed, judged.spec.target.categories
    free = Sure(
        rows=rows,
        calibration=calibration,
        reliability=diagram_reliability(judged.out_of_fold, classes, seed),
        sets=make_sets(judged.out_of_fold, judged.groups, classes),
    )
    if judged.family.is_baseline:
        return free
    with threadpool_limits(1):
        trial, measured = try_calibrations(judged), measure_curve(judged)
    curves = tuple(draw_curve(measured, metric, rows, seed) for metric in METRICS) if measured else ()
    return replace(free, trial=trial, curves=curves)
