"""What an examination finds of the uncertainty of one answer, with the parts that a test chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ml.examination.sure import (
    CalibrationError,
    CalibrationMethod,
    CalibrationTrial,
    ConformalSets,
    CurvePoint,
    Extrapolation,
    LearningCurve,
    Reliability,
    ReliabilityBin,
    Sure,
)
from ml.results import Difference, Estimate
from tests.builders.runs import CLASSES

HELPS, HELPS_NOT = Difference(-0.04, -0.065, -0.014, 0.01), Difference(-0.004, -0.016, 0.008, 0.4)


def make_sure(**changes: Any) -> Sure:
    """Make the uncertainty of a model that is as sure as it should be; name the parts that are to differ."""
    sets = ConformalSets(
        level=0.9,
        least=dict.fromkeys(CLASSES, 0.2),
        coverage=Estimate(0.908, 0.875, 0.942),
        class_coverage=dict(zip(CLASSES, map(near, (0.91, 0.881, 0.907, 0.99)), strict=True)),
        size=Estimate(2.41, 2.33, 2.5),
        sizes=(0.17, 0.28, 0.51, 0.04),
        empty=0.01,
    )
    sure = Sure(
        rows=666,
        calibration="none",
        reliability=tuple(make_reliability(label) for label in ("", *CLASSES)),
        sets=sets,
        trial=make_trial(HELPS_NOT),
        curves=(make_curve("accuracy", 0.53), make_curve("log_loss", 1.0)),
    )
    return replace(sure, **changes)


def near(mean: float) -> Estimate:
    return Estimate(mean, mean - 0.05, mean + 0.05)


def make_reliability(label: str, *, p_value: float = 0.3) -> Reliability:
    bins = (ReliabilityBin(0.3, 0.4, 80.5, 0.36, 0.35, 0.26, 0.45), ReliabilityBin(0.4, 0.5, 300, 0.45, 0.48, 0.4, 0.5))
    return Reliability(label, bins, CalibrationError(0.044, 0.034, 0.026, 0.048, p_value))


def make_trial(difference: Difference) -> CalibrationTrial:
    others = (
        CalibrationMethod(name, near(1.2), Difference(0.2, 0.1, 0.3, 0.01)) for name in ("isotonic", "temperature")
    )
    methods = (
        CalibrationMethod("none", near(0.988), None), CalibrationMethod("sigmoid", near(0.984), difference), *others,
    )  # fmt: skip
    return CalibrationTrial(methods, folds=5, inner_folds=5)


def make_curve(metric: str, last: float, *, is_open: bool = False) -> LearningCurve:
    """Make a curve of three points; an open one does not say how it goes on."""
    points = tuple(CurvePoint(rows, near(last - step)) for rows, step in ((107, 0.06), (266, 0.02), (533, 0.0)))
    law = Extrapolation(
        limit=0.6, scale=0.7, exponent=0.3, curve=points, now=CurvePoint(666, near(last + 0.01)),
        twice=CurvePoint(1332, near(last + 0.03)), gain=Estimate(0.02, 0.001, 0.041),
    )  # fmt: skip
    return LearningCurve(metric, points, Difference(0.06, 0.01, 0.12, 0.03), None if is_open else law)
