"""A calibrated family learns its curves from rows whose like its inner models had not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from ml.families import CALIBRATIONS
from ml.train import FAMILIES, CalibrationError, calibrate_family, fit_family
from ml.train.calibrated import predict_inner
from ml.train.calibrators import bend
from tests.builders.models import mixed_spec, mixed_table


def test_rows_of_equal_features_are_held_out_together() -> None:
    random = np.random.default_rng(1)
    profiles = pd.DataFrame({"x": np.arange(60.0).repeat(5)})
    labels = np.array(["a", "b"], dtype=object)[random.integers(0, 2, 60)].repeat(5)
    inner = predict_inner(DecisionTreeClassifier(random_state=1), profiles, labels, 5, 1)
    right = inner.argmax(axis=1) == (labels == "b")
    assert right.mean() < 0.75  # a tree that had seen a row's twins would be right on every row


@pytest.mark.parametrize("method", CALIBRATIONS[1:])
def test_its_answer_is_the_inner_answer_bent(method: str) -> None:
    spec, table = mixed_spec(), mixed_table(mixed_spec())
    model = fit_family(calibrate_family(FAMILIES["logistic_regression"], method), table, spec, 3)[-1]
    raw = fit_family(FAMILIES["logistic_regression"], table, spec, 3)
    features = table[list(spec.feature_names)]
    assert model.predict_proba(features) == pytest.approx(bend(method, model.bends_, raw.predict_proba(features)))
    assert model.predict(features).tolist() == model.classes_[model.predict_proba(features).argmax(axis=1)].tolist()


def test_a_seed_fixes_the_inner_folds() -> None:
    spec, table = mixed_spec(), mixed_table(mixed_spec())
    family = calibrate_family(FAMILIES["logistic_regression"], "sigmoid")
    one, again, other = (fit_family(family, table, spec, seed)[-1].bends_ for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_no_calibration_is_the_family_itself() -> None:
    assert calibrate_family(FAMILIES["prior"], "none") is FAMILIES["prior"]
    assert FAMILIES["random_forest"].uncalibrated is None
    assert calibrate_family(FAMILIES["random_forest"], "isotonic").uncalibrated is FAMILIES["random_forest"]


def test_a_baseline_is_not_calibrated() -> None:
    with pytest.raises(CalibrationError, match="single_column is a baseline"):
        calibrate_family(FAMILIES["single_column"], "sigmoid")


def test_a_calibration_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(CalibrationError, match=r"'magic'.*none, sigmoid, isotonic, temperature"):
        calibrate_family(FAMILIES["random_forest"], "magic")


def test_a_class_of_one_row_is_unheard_of_where_it_is_held_out() -> None:
    features = pd.DataFrame({"x": np.arange(9.0)})
    labels = np.array(["a"] * 8 + ["b"], dtype=object)
    inner = predict_inner(DecisionTreeClassifier(), features, labels, 5, 1)
    assert inner[8].tolist() == [1, 0]
