"""For whom a run is worth what, held against fairlearn and against tables whose answer is known."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics as oracle
from pydantic import TypeAdapter
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.naive_bayes import CategoricalNB

from ml.clean import clean_records
from ml.evaluate import evaluate_family
from ml.evaluate.groups import find_masks
from ml.evaluate.leaving_out import compare_without
from ml.evaluate.people import examine_people
from ml.evaluate.proxies import find_proxy
from ml.evaluate.slices import find_outcomes
from ml.evaluate.splits import find_groups, repeat_folds
from ml.examination.people import FEWEST, People
from ml.results import OutOfFold, TrainingRequest, to_json
from ml.source.table import read_table
from ml.spec import DatasetSpec, Kind
from ml.train import FAMILIES
from tests.builders.models import mixed_spec, mixed_table
from tests.builders.tables import pump_table, second_spec, student_spec

FAMILY = FAMILIES["logistic_regression"]
REQUEST = TrainingRequest(FAMILY.name, folds=3, repeats=2, seed=4)


def mark_sensitive(spec: DatasetSpec, *names: str, kind: Kind = Kind.ORDINAL) -> DatasetSpec:
    features = tuple(replace(column, is_sensitive=column.name in names) for column in spec.features)
    return replace(spec, features=features, target=replace(spec.target, kind=kind))


def evaluate(table: pd.DataFrame, spec: DatasetSpec, request: TrainingRequest = REQUEST) -> OutOfFold:
    used = spec if request.with_sensitive else spec.without_sensitive()
    plan = {"folds": request.folds, "repeats": request.repeats, "seed": request.seed}
    return evaluate_family(FAMILIES[request.family], table[[used.target.name, *used.feature_names]], used, **plan)[1]


@cache
def mixed() -> tuple[pd.DataFrame, DatasetSpec, OutOfFold, People]:
    spec = mark_sensitive(mixed_spec(), "colour", "size")
    table = mixed_table(spec)
    out_of_fold = evaluate(table, spec)
    return table, spec, out_of_fold, examine_people(FAMILY, table, spec, out_of_fold, REQUEST)


def test_the_upper_classes_are_those_above_the_middle() -> None:
    by_classes = {2: ("b",), 3: ("c",), 4: ("c", "d"), 5: ("d", "e")}
    for count, upper in by_classes.items():
        spec = mark_sensitive(mixed_spec(tuple("abcde"[:count])))
        assert [outcome.classes for outcome in find_outcomes(spec)] == [upper]


def test_without_an_order_each_class_is_looked_at() -> None:
    assert [outcome.classes for outcome in find_outcomes(second_spec())] == [("sound",), ("failing",)]


def test_the_figures_of_each_group_are_those_of_fairlearn() -> None:
    table, spec, out_of_fold, people = mixed()
    repeats = len(out_of_fold.probabilities)
    truth = np.tile(out_of_fold.truth, repeats)
    answers = out_of_fold.probabilities.argmax(axis=2).ravel()
    features = table[list(spec.sensitive_names)].fillna("missing")
    frame = oracle.MetricFrame(
        metrics={"right": lambda _y, p: p.mean(), "found": oracle.true_positive_rate,
                 "false_alarm": oracle.false_positive_rate, "rows": oracle.count},
        y_true=truth == 2, y_pred=answers == 2, sensitive_features=pd.concat([features] * repeats),
    )  # fmt: skip
    accuracy = oracle.MetricFrame(
        metrics=accuracy_score, y_true=truth, y_pred=answers, sensitive_features=pd.concat([features] * repeats)
    )
    (crossed,) = (slicing for slicing in people.slices if len(slicing.columns) == 2)
    shown = [group for group in crossed.groups if group.rows is not None]
    assert len(shown) > 6
    for group in shown:
        key = tuple(name or "missing" for name in group.categories)
        assert group.rows * repeats == frame.by_group.loc[key, "rows"]
        assert group.accuracy
        assert group.accuracy.mean == pytest.approx(accuracy.by_group.loc[key])
        for name in ("found", "false_alarm"):
            rate = getattr(group.outcomes[0], name)
            assert rate.share is None or rate.share.mean == pytest.approx(frame.by_group.loc[key, name])
    assert any(group.outcomes[0].found.share for group in shown)


def test_calibration_is_the_mean_chance_minus_the_share() -> None:
    table, _, out_of_fold, people = mixed()
    red = (table["colour"] == "red").to_numpy()
    expected = out_of_fold.probabilities[:, red, 2].mean() - (out_of_fold.truth[red] == 2).mean()
    group = next(group for group in people.slices[0].groups if group.categories == ("red",))
    assert group.outcomes[0].surplus
    assert group.outcomes[0].surplus.mean == pytest.approx(expected)


def test_a_missing_value_is_a_group_and_a_small_group_is_hidden_with_another() -> None:
    *_, people = mixed()
    colours = {group.categories[0]: group for group in people.slices[0].groups}
    assert {name for name, group in colours.items() if group.rows is None} == {"rare", None}
    assert (colours["rare"].accuracy, colours["rare"].outcomes) == (None, ())
    sizes = {group.categories[0]: group.rows for group in people.slices[1].groups}
    assert sizes[None] == int(mixed()[0]["size"].isna().sum())


def test_a_rate_of_few_rows_is_hidden_and_no_other() -> None:
    table, spec, out_of_fold, people = mixed()
    is_upper = out_of_fold.truth == 2
    hidden = []
    for slicing in people.slices:
        masks = find_masks(table, [column for column in spec.features if column.name in slicing.columns])
        for group in slicing.groups:
            mask = masks[group.categories]
            for figures in group.outcomes:
                for rate, rows in ((figures.found, mask & is_upper), (figures.false_alarm, mask & ~is_upper)):
                    hidden.append(rate.share is None)
                    assert hidden[-1] == (rows.sum() < FEWEST)
                    assert rate.rows in {None, rows.sum()}
    assert set(hidden) == {True, False}


def test_counts_that_would_give_a_small_one_away_are_not_shown() -> None:
    *_, people = mixed()
    for slicing in people.slices:
        shown = [figures for group in slicing.groups for figures in group.outcomes]
        is_any_small = any(rate.share is None for f in shown for rate in (f.found, f.false_alarm))
        counts = [rate.rows for f in shown for rate in (f.found, f.false_alarm)]
        assert all(count is None for count in counts) if is_any_small else all(counts)


def test_the_largest_gap_is_between_the_best_and_the_worst_group() -> None:
    *_, people = mixed()
    slicing = people.slices[0]
    means = {group.categories: group.accuracy.mean for group in slicing.groups if group.accuracy}
    (gap,) = (gap for gap in slicing.gaps if gap.measure == "accuracy")
    assert gap.difference.mean == pytest.approx(max(means.values()) - min(means.values()))
    assert (means[gap.higher], means[gap.lower]) == (max(means.values()), min(means.values()))
    assert gap.pairs == len(means) * (len(means) - 1) // 2


def telling_table(spec: DatasetSpec, rows: int = 240) -> pd.DataFrame:
    """A table whose class is the colour's, which the size tells too; the rest is noise."""
    table = mixed_table(spec, rows)
    random = np.random.default_rng(2)
    place = random.integers(0, 3, rows)
    table["outcome"] = pd.Series([spec.target.categories[i] for i in place], dtype=object)
    table["colour"] = pd.Series([("red", "green", "blue")[i] for i in place], dtype=object)
    return table


def test_leaving_out_the_column_that_decides_costs_what_the_folds_say() -> None:
    spec = mark_sensitive(mixed_spec(), "colour")
    table = telling_table(spec)
    out_of_fold = evaluate(table, spec)
    plan = {"folds": REQUEST.folds, "seed": REQUEST.seed}
    found = compare_without(FAMILY, table, spec, out_of_fold, are_used=True, **plan)
    assert found.with_them["accuracy"].mean == 1
    assert found.without["accuracy"].mean < 0.5
    assert found.differences["accuracy"].high < -0.3
    assert found.changed.mean == pytest.approx(1 - found.without["accuracy"].mean)


def test_it_is_the_same_comparison_from_either_side_on_the_same_folds() -> None:
    spec = mark_sensitive(mixed_spec(), "size")
    table = mixed_table(spec)
    plan = {"folds": REQUEST.folds, "seed": REQUEST.seed}
    without = evaluate(table, spec, replace(REQUEST, with_sensitive=False))
    found = compare_without(FAMILY, table, spec, without, are_used=False, **plan)
    rebuilt = replace(without, probabilities=_fit_on(table, spec, without))
    back = compare_without(FAMILY, table, spec, rebuilt, are_used=True, **plan)
    assert found == back


def _fit_on(table: pd.DataFrame, spec: DatasetSpec, out_of_fold: OutOfFold) -> np.ndarray:
    """What the family says with every column, fitted by hand on the same folds."""
    probabilities = np.zeros_like(out_of_fold.probabilities)
    order = [sorted(spec.target.categories).index(name) for name in spec.target.categories]
    for repeat, fold in enumerate(out_of_fold.fold):
        for number in np.unique(fold):
            train = table[fold != number]
            model = FAMILY.build(spec, REQUEST.seed).fit(train[list(spec.feature_names)], train[spec.target.name])
            held_out = table.loc[fold == number, list(spec.feature_names)]
            probabilities[repeat, fold == number] = model.predict_proba(held_out)[:, order]
    return probabilities


def test_a_column_that_others_give_away_has_a_proxy() -> None:
    spec = mark_sensitive(mixed_spec(), "colour")
    table = telling_table(spec)
    table["size"] = table["colour"].map({"red": "S", "green": "M", "blue": "L"})
    found = find_proxy(table, spec.features[0], spec, seed=1)
    assert found
    assert (found.balanced_accuracy.mean, found.chance) == (1, pytest.approx(1 / 3))
    assert (found.strongest[0].column, found.strongest[0].balanced_accuracy.mean) == ("size", 1)
    assert found.categories == ("red", "green", "blue")


def test_a_column_that_nothing_gives_away_is_guessed_by_chance() -> None:
    spec = mark_sensitive(mixed_spec(), "colour")
    found = find_proxy(mixed_table(spec, 400, seed=5), spec.features[0], spec, seed=1)
    assert found
    assert found.balanced_accuracy.low < found.chance < found.balanced_accuracy.high


def test_one_column_alone_is_as_telling_as_naive_bayes_finds_it() -> None:
    spec = mark_sensitive(mixed_spec(), "colour")
    table = telling_table(spec)
    random = np.random.default_rng(8)
    noisy = np.where(random.random(len(table)) < 0.4, "S", table["colour"].map({"red": "S", "green": "M", "blue": "L"}))
    table["size"] = pd.Series(noisy, dtype=object)
    found = find_proxy(table, spec.features[0], spec, seed=1)
    assert found
    rows = table[["size", "age", "height"]]
    truth = table["colour"].map({"red": 0, "green": 1, "blue": 2}).to_numpy()
    cells = table["size"].map({"S": 0, "M": 1, "L": 2}).to_numpy()[:, None]
    scores = [
        balanced_accuracy_score(
            truth[fold == number],
            CategoricalNB(alpha=1e-9, force_alpha=True, fit_prior=False)
            .fit(cells[fold != number], truth[fold != number])
            .predict(cells[fold == number]),
        )
        for fold in repeat_folds(truth, find_groups(rows), 5, 2, 1)
        for number in range(5)
    ]
    alone = {proxy.column: proxy.balanced_accuracy.mean for proxy in found.strongest}
    assert alone["size"] == pytest.approx(np.mean(scores))


def test_a_column_with_one_value_has_no_proxy() -> None:
    spec = mark_sensitive(mixed_spec(), "colour")
    table = mixed_table(spec).assign(colour="red")
    assert find_proxy(table, spec.features[0], spec, seed=1) is None


def test_a_baseline_is_sliced_and_not_fitted_anew() -> None:
    table, spec, out_of_fold, _ = mixed()
    people = examine_people(FAMILIES["prior"], table, spec, out_of_fold, REQUEST)
    assert people.slices
    assert (people.leaving_out, people.proxies) == (None, ())


def test_without_sensitive_columns_there_is_nothing_to_look_at() -> None:
    table, _, out_of_fold, _ = mixed()
    people = examine_people(FAMILY, table, mixed_spec(), out_of_fold, REQUEST)
    assert people == People((), are_used=False)


def test_numbers_and_a_nominal_target_work_too() -> None:
    spec = mark_sensitive(second_spec(), "operator", "temperature", kind=Kind.NOMINAL)
    table = pump_table(200).table
    people = examine_people(FAMILY, table, spec, evaluate(table, spec), REQUEST)
    assert [slicing.columns for slicing in people.slices] == [
        ("temperature",), ("operator",), ("temperature", "operator"),
    ]  # fmt: skip
    assert len(people.slices[0].groups) == 4
    assert {proxy.column for proxy in people.proxies} == {"temperature", "operator"}


def test_what_was_not_given_to_the_model_cannot_move_an_answer() -> None:
    spec = mark_sensitive(mixed_spec(), "colour", "size")
    table = mixed_table(spec)
    request = replace(REQUEST, with_sensitive=False)
    shuffled = table.copy()
    for name in spec.sensitive_names:
        shuffled[name] = np.random.default_rng(3).permutation(table[name].to_numpy(dtype=object))
    before, after = evaluate(table, spec, request), evaluate(shuffled, spec, request)
    assert not shuffled.equals(table)
    assert np.array_equal(before.probabilities, after.probabilities)
    slices = [examine_people(FAMILIES["prior"], rows, spec, before, request).slices for rows in (table, shuffled)]
    assert slices[0] != slices[1]


def test_what_was_found_can_be_read_back() -> None:
    *_, people = mixed()
    text = json.dumps(to_json(people))
    assert TypeAdapter(People).validate_json(text) == people


def test_the_real_table_tells_what_is_known_of_it(uci_arff: Path) -> None:
    """Without the admission category a logistic regression is right for .404 of the rows, as measured elsewhere."""
    spec = student_spec()
    table = clean_records(read_table(uci_arff)[0], spec).table
    request = TrainingRequest(FAMILY.name, folds=5, repeats=2)
    people = examine_people(FAMILY, table, spec, evaluate(table, spec, request), request)
    assert people.leaving_out
    assert people.leaving_out.without["accuracy"].mean == pytest.approx(0.404, abs=0.02)
    assert people.leaving_out.differences["accuracy"].high < -0.05
    assert people.widest_gap
    slicing, gap = people.widest_gap
    assert (slicing.columns, gap.measure, gap.higher) == (("Caste",), "found", ("General",))
    by_caste = {group.categories[0]: group for group in slicing.groups}
    assert by_caste["OBC"].outcomes[0].found.share
    assert by_caste["OBC"].outcomes[0].found.share.mean == pytest.approx(0.32, abs=0.03)
    assert by_caste["ST"].rows == 108
    assert by_caste["ST"].outcomes[0].found.share is None
