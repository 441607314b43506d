from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline

from ml.evaluate.cross_validation import align_probabilities
from ml.evaluate.reasons import find_reasons, measure_importance, shuffle_columns, trace_dependence
from ml.evaluate.splits import find_groups, read_labels, repeat_folds
from ml.results import OutOfFold, Progress
from ml.spec import DatasetSpec
from ml.train import FAMILIES, Family, fit_family
from tests.builders.models import mixed_spec, mixed_table

FAMILY = FAMILIES["logistic_regression"]


@cache
def mixed() -> tuple[DatasetSpec, pd.DataFrame, Pipeline, OutOfFold]:
    spec = mixed_spec()
    table = mixed_table(spec, 240)
    labels, groups = read_labels(table, spec), find_groups(table[list(spec.feature_names)])
    fold = repeat_folds(labels, groups, 3, 3, 7)
    return spec, table, fit_family(FAMILY, table, spec, 7), OutOfFold(np.empty((3, 240, 3)), fold, labels)


def test_shuffling_costs_what_scikit_learn_finds_that_it_costs() -> None:
    spec, table, pipeline, out_of_fold = mixed()
    rows = table[list(spec.feature_names)]
    falls = shuffle_columns(pipeline, table, out_of_fold.truth, spec, 40, np.random.default_rng(1))
    theirs = permutation_importance(
        pipeline, rows, table["outcome"], scoring=["neg_log_loss", "accuracy"], n_repeats=30, random_state=2
    )
    assert falls[0] == pytest.approx(theirs["neg_log_loss"].importances_mean, abs=0.02)
    assert falls[1] == pytest.approx(theirs["accuracy"].importances_mean, abs=0.02)
    assert falls[0].max() > 0.2  # the age decides, or this proves nothing


def test_shuffling_costs_in_the_mean_what_every_swap_costs() -> None:
    """Each row gets each row's cell with the same chance, so the expectation is a mean over all pairs."""
    spec, table, pipeline, out_of_fold = mixed()
    rows, truth = table.iloc[:30][list(spec.feature_names)], out_of_fold.truth[:30]
    losses = [loss(pipeline, rows.assign(age=cell), truth, spec) for cell in rows["age"]]
    expected = np.mean(losses) - loss(pipeline, rows, truth, spec)
    falls = shuffle_columns(pipeline, table.iloc[:30], truth, spec, 300, np.random.default_rng(3))
    assert falls[0, 2] == pytest.approx(expected, abs=0.04)


def loss(pipeline: Pipeline, rows: pd.DataFrame, truth: np.ndarray, spec: DatasetSpec) -> float:
    found = align_probabilities(pipeline.predict_proba(rows), pipeline.classes_, spec.target.categories)
    return float(log_loss(truth, found, labels=range(3)))


def test_importance_is_of_held_out_rows_and_finds_the_column_that_decides() -> None:
    spec, table, _, out_of_fold = mixed()
    seen: list[Progress] = []
    found = measure_importance(FAMILY, table, spec, out_of_fold, seed=7, report=seen.append)
    assert found.columns[0].column == "age"
    assert found.columns[0].log_loss.low > 0
    assert found.columns[-1].log_loss.low < 0 < found.columns[-1].log_loss.high  # the others say nothing
    assert {item.column for item in found.columns} == set(spec.feature_names)
    assert (found.folds, found.repeats) == (3, 2)  # of three repeats
    assert [item.done for item in seen] == list(range(6))
    assert found == measure_importance(FAMILY, table, spec, out_of_fold, seed=7)


class Watching(DummyClassifier):
    """A prior that notes the rows that it is fitted to."""

    seen: list[set[int]]

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> Watching:
        self.seen.append(set(X.index))
        return super().fit(X, y)


def test_no_pipeline_has_seen_the_rows_that_are_shuffled() -> None:
    spec, table, _, out_of_fold = mixed()
    Watching.seen = []
    family = Family("watching", lambda _spec, _seed: Pipeline([("model", Watching())]))
    measure_importance(family, table, spec, out_of_fold, seed=7, shuffles=1)
    others = [set(table.index[fold != number]) for fold in out_of_fold.fold[:2] for number in range(3)]
    assert Watching.seen == others


def test_a_column_that_a_model_does_not_look_at_is_worth_nothing() -> None:
    spec, table, _, out_of_fold = mixed()
    found = measure_importance(FAMILIES["single_column"], table, spec, out_of_fold, seed=7)
    assert found.columns[0].column == "age"
    assert [item.log_loss.mean for item in found.columns[1:]] == [0, 0, 0]


@pytest.mark.parametrize("name", ["colour", "size"])
def test_dependence_on_a_category_is_that_of_scikit_learn(name: str) -> None:
    spec, table, pipeline, _ = mixed()
    rows = table[list(spec.feature_names)]
    column = next(item for item in spec.features if item.name == name)
    found = trace_dependence(pipeline, rows, column, spec)
    assert found.categories[-1] is None  # there are missing cells
    assert "never seen" not in found.categories
    assert found.rows == tuple(
        int((rows[name].isna() if c is None else rows[name] == c).sum()) for c in found.categories
    )
    known = [value for value in found.categories if value is not None]
    theirs = partial_dependence(
        pipeline, rows, [name], categorical_features=[name], custom_values={name: np.array(known, dtype=object)},
        response_method="predict_proba", kind="average",
    )  # fmt: skip
    expected = align_probabilities(theirs["average"].T, pipeline.classes_, spec.target.categories)
    assert np.array(found.probabilities[:-1]) == pytest.approx(expected, abs=1e-5)


def test_dependence_on_a_number_is_that_of_scikit_learn() -> None:
    spec, table, pipeline, _ = mixed()
    rows = table[list(spec.feature_names)]
    found = trace_dependence(pipeline, rows, spec.features[2], spec)
    assert 5 < len(found.numbers) <= 21
    theirs = partial_dependence(
        pipeline, rows, ["age"], custom_values={"age": np.array(found.numbers)}, response_method="predict_proba"
    )
    expected = align_probabilities(theirs["average"].T, pipeline.classes_, spec.target.categories)
    assert np.array(found.probabilities) == pytest.approx(expected, abs=1e-5)


def test_a_column_without_any_value_has_no_places() -> None:
    spec, table, pipeline, _ = mixed()
    rows = table[list(spec.feature_names)].assign(height=np.nan)
    assert trace_dependence(pipeline, rows, spec.features[3], spec).numbers == ()


def test_reasons_are_of_every_column() -> None:
    spec, table, pipeline, out_of_fold = mixed()
    found = find_reasons(FAMILIES["single_column"], pipeline, table, spec, out_of_fold, seed=7)
    assert [item.column for item in found.dependence] == list(spec.feature_names)
    for item in found.dependence:
        assert np.array(item.probabilities).sum(axis=1) == pytest.approx(1, abs=1e-4)
