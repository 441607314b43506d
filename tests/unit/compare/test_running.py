"""Families run on the same folds: kept, taken up again, held to a budget, and not brought down by one that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from ml.compare import Ground, Keeper, Ran, choose_families, lay_ground, open_keeper, run_families, weigh
from ml.compare.keeping import fingerprint
from ml.evaluate import EvaluationError, evaluate_family
from ml.examination.comparison import ComparisonRequest, LeftOut
from ml.results import Origin, Progress, Report, ignore_progress
from ml.rules import ARGMAX
from ml.spec import DatasetSpec
from ml.train import FAMILIES, Family, UnknownFamilyError
from tests.builders.tables import pump_table, second_spec

ORIGIN = Origin("file", "pumps.csv", "a" * 64, "b" * 64, "/pumps.csv", is_verified=False)
FOLDS, REPEATS, SEED = 3, 2, 5
BASELINES = [FAMILIES["prior"], FAMILIES["single_column"]]
LOGISTIC = FAMILIES["logistic_regression"]


class CancelledError(Exception):
    """Somebody pressed the button."""


def build_nothing(_spec: DatasetSpec, _seed: int) -> Pipeline:
    return Pipeline([("model", DummyClassifier(strategy="constant", constant="no such class"))])


FAILING = Family("failing", build_nothing)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return lay_ground(pump_table().table, second_spec(), FOLDS, REPEATS, SEED)


@pytest.fixture
def keeper(ground: Ground, tmp_path: Path) -> Keeper:
    return open_keeper(tmp_path, ground, ORIGIN)


def run(families: list[Family], ground: Ground, keeper: Keeper, report: Report = ignore_progress, **options) -> Ran:  # noqa: ANN003
    return run_families(families, ground, keeper, report=report, n_jobs=1, **options)


def test_figures_are_those_of_an_evaluation(ground: Ground, keeper: Keeper) -> None:
    request = ComparisonRequest(folds=FOLDS, repeats=REPEATS, seed=SEED)
    found = weigh(run([*BASELINES, LOGISTIC], ground, keeper), ground, request, ORIGIN, None)
    evaluation, _ = evaluate_family(LOGISTIC, ground.table, ground.spec, folds=FOLDS, repeats=REPEATS, seed=SEED)
    lines = {line.family: line for line in found.lines if line.rule == ARGMAX}
    for metric in found.metrics:
        assert lines["logistic_regression"].metrics[metric] == evaluation.metrics[metric]
        assert lines["prior"].metrics[metric] == evaluation.baselines["prior"].metrics[metric]
    assert lines["single_column"].detail == evaluation.baselines["single_column"].detail
    assert found.folds_sha256 == evaluation.folds_sha256 != ""
    assert {"qwk", "ordinal_mae"}.isdisjoint(found.metrics)


def test_processes_change_no_figure(ground: Ground, tmp_path: Path) -> None:
    alone = run([LOGISTIC], ground, open_keeper(tmp_path / "alone", ground, ORIGIN))
    keeper = open_keeper(tmp_path / "together", ground, ORIGIN)
    together = run_families([LOGISTIC], ground, keeper, report=ignore_progress, n_jobs=2)
    found = [ran.answers["logistic_regression"].probabilities for ran in (alone, together)]
    assert np.array_equal(*found)


def test_a_family_that_was_finished_before_a_cancel_is_not_run_again(ground: Ground, keeper: Keeper) -> None:
    """The cancel comes with the second fold of the second family."""

    def cancel(progress: Progress) -> None:
        if progress.stage.endswith("single_column") and progress.done == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        run(BASELINES, ground, keeper, cancel)
    seen: list[Progress] = []
    ran = run([*BASELINES, LOGISTIC], ground, keeper, seen.append)
    assert ran.kept == {"prior"}
    assert [item.stage for item in seen if "prior" in item.stage] == ["compare:prior"]
    assert {item.total for item in seen if "single_column" in item.stage} == {FOLDS * REPEATS}


def test_what_was_kept_is_what_was_found(ground: Ground, keeper: Keeper) -> None:
    first, again = run(BASELINES, ground, keeper), run(BASELINES, ground, keeper)
    assert again.kept == {"prior", "single_column"}
    for name, kept in first.answers.items():
        assert np.array_equal(kept.probabilities, again.answers[name].probabilities)
        assert kept.columns == again.answers[name].columns
        assert kept.fit_seconds == again.answers[name].fit_seconds


def test_a_file_that_is_cut_short_is_run_anew(ground: Ground, keeper: Keeper) -> None:
    run(BASELINES[:1], ground, keeper)
    [path] = keeper.folder.glob("prior-*.npz")
    path.write_bytes(path.read_bytes()[:100])
    assert run(BASELINES[:1], ground, keeper).kept == set()
    assert run(BASELINES[:1], ground, keeper).kept == {"prior"}


def change_ground(ground: Ground) -> Iterator[tuple[str, Ground, Origin]]:
    yield "seed", replace(ground, seed=SEED + 1), ORIGIN
    yield "folds", replace(ground, fold=(ground.fold + 1) % FOLDS), ORIGIN
    yield "data", ground, replace(ORIGIN, content_sha256="c" * 64)
    yield "columns", replace(ground, spec=replace(ground.spec, features=ground.spec.features[:2])), ORIGIN
    table = ground.table.copy()
    table.iloc[0, 1] = table.iloc[1, 1]
    yield "cells", replace(ground, table=table), ORIGIN


def test_whatever_changes_an_answer_changes_the_folder(ground: Ground, tmp_path: Path) -> None:
    changed = {what: open_keeper(tmp_path, other, origin).folder for what, other, origin in change_ground(ground)}
    folders = {open_keeper(tmp_path, ground, ORIGIN).folder, *changed.values()}
    assert len(folders) == 1 + len(changed), changed


def test_a_family_that_was_changed_is_run_again() -> None:
    spec = second_spec()

    def build(spec: DatasetSpec, seed: int) -> Pipeline:
        return LOGISTIC.build(spec, seed).set_params(model__C=0.5)

    changed = replace(LOGISTIC, build=build)
    assert fingerprint(LOGISTIC, spec, 0) == fingerprint(LOGISTIC, spec, 0)
    assert fingerprint(changed, spec, 0) != fingerprint(LOGISTIC, spec, 0)


def test_a_budget_that_is_used_up_begins_no_other_family_and_spares_the_baselines(
    ground: Ground, keeper: Keeper
) -> None:
    minutes = count()
    families = [*BASELINES, LOGISTIC, FAMILIES["random_forest"]]
    ran = run(families, ground, keeper, budget_minutes=2, clock=lambda: 60.0 * next(minutes))
    assert list(ran.answers) == ["prior", "single_column", "logistic_regression"]
    assert ran.left_out == (LeftOut("random_forest", "budget"),)


def test_a_family_that_fails_is_left_out_and_says_why(ground: Ground, keeper: Keeper) -> None:
    ran = run([BASELINES[0], FAILING, BASELINES[1]], ground, keeper)
    assert list(ran.answers) == ["prior", "single_column"]
    assert ran.left_out[0].reason == "failed"
    assert ran.left_out[0].detail.startswith("ValueError: ")
    assert run([FAILING], ground, keeper).kept == set()


def test_baselines_come_first_and_come_along() -> None:
    chosen = [family.name for family in choose_families(["logistic_regression"])]
    assert chosen == ["prior", "single_column", "logistic_regression"]
    assert {family.name for family in choose_families([])} == set(FAMILIES)


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(UnknownFamilyError, match="crystal_ball"):
        choose_families(["crystal_ball"])


def test_a_table_that_cannot_be_split_is_refused() -> None:
    with pytest.raises(EvaluationError, match="too few for 100 folds"):
        lay_ground(pump_table().table, second_spec(), 100, 1, 0)
