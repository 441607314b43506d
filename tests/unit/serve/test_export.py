"""The served file answers exactly as the pipeline does, or it is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import numpy_helper
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder, PolynomialFeatures, QuantileTransformer

from ml.families import PACKAGES
from ml.serve.encoding import ExportError
from ml.serve.export import TIE, TOLERANCE, Floats, ParityError, check_parity, export_model, random_rows, table_rows
from ml.serve.predictor import load_predictor
from ml.spec import DatasetSpec, Kind
from ml.train import FAMILIES, fit_family
from tests.builders.models import ESTIMATORS, fit_pipeline, make_column, make_spec, mixed_spec, mixed_table


@pytest.mark.parametrize("family", ESTIMATORS)
@pytest.mark.parametrize("classes", [("low", "mid", "high"), ("yes", "no")])
def test_the_file_answers_as_the_pipeline_does(family: str, classes: tuple[str, ...]) -> None:
    spec = mixed_spec(classes)
    table = mixed_table(spec)
    pipeline = fit_pipeline(family, spec, table)
    parity = check_parity(export_model(pipeline, spec), pipeline, table, spec, seed=5)
    assert parity.rows == len(table) + 256
    assert parity.largest <= 1e-6


SPECS = {
    "text and numbers": mixed_spec(),
    "two classes": mixed_spec(("yes", "no")),
    "numbers alone": make_spec(make_column("age", low=0, high=100), make_column("height")),
    "text alone": make_spec(make_column("colour", "red", "green", "blue", "rare"), make_column("size", "S", "M", "L")),
}
SERVED = [name for name in FAMILIES if name not in PACKAGES]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
@pytest.mark.parametrize("family", SERVED)
def test_every_family_is_served_as_it_was_trained(family: str, spec: DatasetSpec) -> None:
    table = mixed_table(mixed_spec(spec.target.categories), rows=150)[[spec.target.name, *spec.feature_names]]
    pipeline = fit_family(FAMILIES[family], table, spec, seed=5)
    assert check_parity(export_model(pipeline, spec), pipeline, table, spec, seed=5).largest <= 1e-6


@pytest.mark.parametrize("family", [name for name in PACKAGES if name in FAMILIES])
def test_what_only_its_own_package_can_compute_is_refused(family: str) -> None:
    spec = mixed_spec()
    pipeline = fit_family(FAMILIES[family], mixed_table(spec), spec, seed=5)
    with pytest.raises(ExportError, match="no graph can be written for a"):
        export_model(pipeline, spec)


def test_a_number_on_the_edge_of_a_bin_falls_to_the_same_side() -> None:
    spec = make_spec(make_column("age", low=0, high=100), make_column("height"))
    table = mixed_table(mixed_spec())[["outcome", "age", "height"]]
    pipeline = fit_family(FAMILIES["naive_bayes"], table, spec, seed=5)
    bins = pipeline[0].named_transformers_["numbers"]
    rows = [{"age": age, "height": height} for age in bins.edges_[0] for height in bins.edges_[1]]
    served = load_predictor(export_model(pipeline, spec)).predict(rows)
    order = [list(pipeline.classes_).index(name) for name in spec.target.categories]
    assert np.abs(served - pipeline.predict_proba(pd.DataFrame(rows))[:, order]).max() <= TOLERANCE


def test_a_number_on_a_threshold_falls_to_the_same_side() -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    pipeline = fit_pipeline("random_forest", spec, table)
    ages = [float(age) for age in range(101)]  # the table has even ages, so thresholds lie on odd ones
    rows = [{"colour": "red", "size": "M", "age": age, "height": 170.0} for age in ages]
    served = load_predictor(export_model(pipeline, spec)).predict(rows)
    order = [list(pipeline.classes_).index(name) for name in spec.target.categories]
    assert np.abs(served - pipeline.predict_proba(pd.DataFrame(rows))[:, order]).max() <= TOLERANCE


def test_a_class_without_rows_has_no_chance() -> None:
    spec = mixed_spec(("low", "mid", "high", "never"))
    table = mixed_table(mixed_spec())
    predictor = load_predictor(export_model(fit_pipeline("logistic_regression", spec, table), spec))
    probabilities = predictor.predict(table_rows(table, spec))
    assert predictor.classes == ("low", "mid", "high", "never")
    assert (probabilities[:, 3] == 0).all()
    assert np.allclose(probabilities.sum(axis=1), 1)


def test_a_table_of_numbers_alone_is_exported() -> None:
    spec = make_spec(make_column("age", low=0, high=100), make_column("height"))
    table = mixed_table(mixed_spec())[["outcome", "age", "height"]]
    pipeline = fit_pipeline("random_forest", spec, table)
    assert check_parity(export_model(pipeline, spec), pipeline, table, spec, seed=1).largest <= 1e-6


def test_the_same_model_gives_the_same_bytes() -> None:
    spec = mixed_spec()
    pipeline = fit_pipeline("random_forest", spec, mixed_table(spec))
    assert export_model(pipeline, spec) == export_model(pipeline, spec)


@pytest.mark.parametrize("constant", ["the last", "the largest"])
def test_a_file_with_another_number_is_refused(constant: str) -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    pipeline = fit_pipeline("logistic_regression", spec, table)
    model = onnx.load_from_string(export_model(pipeline, spec))
    sizes = [np.prod(tensor.dims) for tensor in model.graph.initializer]
    where = -1 if constant == "the last" else int(np.argmax(sizes))
    tensor = model.graph.initializer[where]
    tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * 1.001, tensor.name))
    with pytest.raises(ParityError, match="differs from the trained one by"):
        check_parity(model.SerializeToString(), pipeline, table, spec, seed=1)


class Shifted:
    """A pipeline that takes a share from the class `low` and gives it to `mid`, beside the one it was made from."""

    def __init__(self, pipeline: Pipeline, share: float) -> None:
        self.pipeline, self.classes_ = pipeline, pipeline.classes_
        self.shift = [{"low": -share, "mid": share}.get(name, 0.0) for name in pipeline.classes_]

    def predict_proba(self, rows: pd.DataFrame) -> Floats:
        return np.asarray(self.pipeline.predict_proba(rows) + self.shift)


@pytest.mark.parametrize(
    ("counts", "rule"), [([20, 20, 20], "argmax"), ([30, 15, 15], "median"), ([40, 10, 10], "over_prior")]
)
def test_a_file_that_names_another_class_by_any_rule_is_refused(counts: list[int], rule: str) -> None:
    spec = mixed_spec()
    spec = replace(spec, target=replace(spec.target, kind=Kind.ORDINAL))
    table = mixed_table(spec, rows=60)
    table[spec.target.name] = np.repeat(spec.target.categories, counts)
    pipeline = fit_pipeline("prior", spec, table)
    content = export_model(pipeline, spec)
    with pytest.raises(
        ParityError, match=f"another class than the trained one in 316 of 316 rows by the rule '{rule}'"
    ):
        check_parity(content, Shifted(pipeline, TOLERANCE / 2), table, spec, seed=1)
    assert check_parity(content, Shifted(pipeline, TIE / 2), table, spec, seed=1).largest < TIE


def test_an_estimator_without_a_writer_is_refused_by_name() -> None:
    spec = mixed_spec()
    table = mixed_table(spec)
    pipeline = fit_pipeline("prior", spec, table)
    pipeline.steps[-1] = ("estimate", RidgeClassifier())
    pipeline.fit(table[list(spec.feature_names)], table["outcome"])
    with pytest.raises(ExportError, match="RidgeClassifier"):
        export_model(pipeline, spec)


def mixing_pipeline(encoder: OrdinalEncoder) -> Pipeline:
    table = pd.DataFrame({"a": ["x", "y"] * 20, "b": ["u", "u", "v", "v"] * 10}, dtype=object)
    steps = [("encode", encoder), ("mix", PolynomialFeatures()), ("fit", LogisticRegression())]
    return Pipeline(steps).fit(table, ["low", "mid"] * 20)


def test_features_made_of_two_columns_are_refused() -> None:
    spec = make_spec(make_column("a", "x", "y"), make_column("b", "u", "v"))
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    with pytest.raises(ExportError, match="more than one column"):
        export_model(mixing_pipeline(encoder), spec)


def test_a_preprocessor_that_takes_no_missing_cell_is_refused() -> None:
    spec = make_spec(make_column("a", "x", "y"), make_column("b", "u", "v"))
    with pytest.raises(ExportError, match="does not take every valid cell"):
        export_model(mixing_pipeline(OrdinalEncoder()), spec)


def test_a_curved_number_is_refused_by_its_column() -> None:
    spec = make_spec(make_column("age", low=0, high=100))
    table = mixed_table(mixed_spec())[["age"]].dropna()
    curved = ColumnTransformer([("age", QuantileTransformer(n_quantiles=20), ["age"])])
    labels = np.where(table.age > 50, "low", "mid")
    pipeline = Pipeline([("curve", curved), ("fit", LogisticRegression())]).fit(table, labels)
    with pytest.raises(ExportError, match="'age'"):
        export_model(pipeline, spec)


def test_random_rows_are_valid_and_miss_cells() -> None:
    spec = mixed_spec()
    rows = random_rows(spec, np.random.default_rng(1), 500)
    assert set(rows[0].values()) == {None}
    for column in spec.features:
        given = [row[column.name] for row in rows if row[column.name] is not None]
        assert 350 < len(given) < 480
        if column.kind is not Kind.NUMERIC:
            assert set(given) == set(column.categories)
    assert all(0 <= row["age"] <= 100 for row in rows if row["age"] is not None)
