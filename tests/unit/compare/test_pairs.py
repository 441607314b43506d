"""Whether two runs share their folds, and if not, which part differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ml.examination import Examination
from ml.results import Evaluation
from tests.builders.runs import ORIGIN, make_evaluation
from webapp.compare.pairs import find_obstacle
from webapp.runs.reports import RunReport


def report(**changes: Any) -> RunReport:
    evaluation: Evaluation = replace(make_evaluation(), **({"folds_sha256": "d" * 64} | changes))
    return RunReport(evaluation, ORIGIN, Examination())


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({}, ""),
        ({"rows": 39}, "rows"),
        ({"folds": 4}, "plan"),
        ({"repeats": 3}, "plan"),
        ({"seed": 1}, "seed"),
        ({"folds_sha256": ""}, "unknown"),
        ({"folds_sha256": "e" * 64}, "columns"),
        ({"classes": ("a", "b")}, "classes"),
        ({"fold_metrics": {}}, "metric"),
    ],
)
def test_which_part_differs_is_named(changes: dict[str, Any], obstacle: str) -> None:
    assert find_obstacle(report(), report(**changes), "accuracy") == obstacle


def test_other_data_are_named_before_all_that_follows_from_them() -> None:
    elsewhere = replace(report(rows=1, seed=2), origin=replace(ORIGIN, content_sha256="c" * 64))
    assert find_obstacle(report(), elsewhere, "accuracy") == "data"


def test_a_run_without_a_report() -> None:
    assert find_obstacle(None, report(), "accuracy") == find_obstacle(report(), None, "accuracy") == "no_report"
