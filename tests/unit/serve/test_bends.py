"""A calibrated family is served as it was trained, and its sets with it."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest

from ml.evaluate.conformal import make_sets
from ml.families import CALIBRATIONS
from ml.serve.export import TOLERANCE, check_parity, export_model
from ml.serve.predictor import load_predictor
from ml.train import FAMILIES, calibrate_family, fit_family
from tests.builders.held_out import CLASSES, draw_held_out
from tests.builders.models import mixed_spec, mixed_table


@pytest.mark.parametrize("method", CALIBRATIONS[1:])
@pytest.mark.parametrize("family", ["logistic_regression", "random_forest_20"])
@pytest.mark.parametrize("classes", [("low", "mid", "high"), ("yes", "no")])
def test_the_file_bends_as_the_pipeline_does(method: str, family: str, classes: tuple[str, ...]) -> None:
    spec = mixed_spec(classes)
    table = mixed_table(spec)
    pipeline = fit_family(calibrate_family(FAMILIES[family], method), table, spec, 3)
    assert check_parity(export_model(pipeline, spec), pipeline, table, spec, seed=5).largest <= TOLERANCE


def test_sets_travel_with_the_file() -> None:
    spec = mixed_spec()
    sets = make_sets(draw_held_out(), np.arange(400), CLASSES)
    pipeline = fit_family(FAMILIES["logistic_regression"], mixed_table(spec), spec, 3)
    rule = load_predictor(export_model(pipeline, spec, sets=sets)).sets
    assert rule
    assert rule.level == 0.9
    assert rule.least == tuple(sets.least[name] for name in spec.target.categories)


def test_a_file_without_sets_still_loads() -> None:
    spec = mixed_spec()
    pipeline = fit_family(FAMILIES["logistic_regression"], mixed_table(spec), spec, 3)
    content = export_model(pipeline, spec)
    (entry,) = [item for item in onnx.load_from_string(content).metadata_props if item.key == "proctor"]
    assert "conformal" not in json.loads(entry.value)
    assert load_predictor(content).sets is None
