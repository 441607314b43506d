"""Calibrations are held against none by what they do inside the folds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml.evaluate import evaluate_family
from ml.evaluate.calibration import try_calibrations
from ml.evaluate.judged import Judged
from ml.examination.sure import CalibrationTrial
from ml.features import build_preprocessor
from ml.results import ignore_progress
from ml.spec import DatasetSpec
from ml.train import FAMILIES, Family, calibrate_family
from tests.builders.models import mixed_spec, mixed_table


def build_overconfident(spec: DatasetSpec, seed: int) -> Pipeline:
    model = LogisticRegression(C=1e4, max_iter=3000, random_state=seed)
    return Pipeline([("preprocess", build_preprocessor(spec)), ("model", model)])


@cache
def judge(method: str = "none") -> Judged:
    """Evaluate a family that fits too closely to few rows."""
    spec, table = mixed_spec(), mixed_table(mixed_spec(), rows=90)
    family = calibrate_family(Family("overconfident", build_overconfident), method)
    out_of_fold = evaluate_family(family, table, spec, folds=3, repeats=1, seed=4)[1]
    return Judged(family, table, spec, out_of_fold, 4, ignore_progress)


@cache
def try_all(method: str = "none") -> CalibrationTrial:
    """Try every calibration on what `judge` evaluated."""
    return try_calibrations(judge(method))


def test_the_trial_says_what_a_training_so_calibrated_would_say() -> None:
    trial = {item.method: item for item in try_all().methods}
    for method in ("none", "sigmoid", "temperature"):
        judged = judge(method)
        out_of_fold = judged.out_of_fold
        losses = [
            -np.log(out_of_fold.probabilities[0, out_of_fold.fold[0] == fold][
                np.arange((out_of_fold.fold[0] == fold).sum()), out_of_fold.truth[out_of_fold.fold[0] == fold]
            ]).mean()
            for fold in range(3)
        ]  # fmt: skip
        assert trial[method].log_loss.mean == pytest.approx(np.mean(losses), abs=1e-6)


def test_overconfidence_is_cured_by_a_temperature() -> None:
    trial = {item.method: item for item in try_all().methods}
    assert trial["none"].difference is None
    difference = trial["temperature"].difference
    assert difference is not None
    assert difference.mean == pytest.approx(trial["temperature"].log_loss.mean - trial["none"].log_loss.mean)
    assert difference.mean < -0.02


def test_a_calibrated_family_is_tried_as_it_was_before() -> None:
    calibrated, plain = try_all("sigmoid"), try_all()
    for ours, theirs in zip(calibrated.methods, plain.methods, strict=True):
        assert ours.log_loss.mean == pytest.approx(theirs.log_loss.mean)


def test_every_fold_can_be_stopped() -> None:
    def stop(_progress: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        try_calibrations(replace(judge(), report=stop))


def test_a_family_that_is_well_calibrated_gains_nothing() -> None:
    spec, table = mixed_spec(), mixed_table(mixed_spec())
    family = FAMILIES["logistic_regression"]
    out_of_fold = evaluate_family(family, table, spec, folds=3, repeats=1, seed=4)[1]
    trial = try_calibrations(Judged(family, table, spec, out_of_fold, 4, ignore_progress))
    temperature = next(item for item in trial.methods if item.method == "temperature")
    assert temperature.difference
    assert abs(temperature.difference.mean) < 0.01
