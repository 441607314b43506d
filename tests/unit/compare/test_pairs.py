"""Whether two runs share their folds, and if not, which part differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from webapp.compare.ground import Ground
from webapp.compare.pairs import find_obstacle

GROUND = Ground("c" * 64, ("low", "high"), 40, 5, 2, 582, "d" * 64, values=(0.5,) * 10)


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
        ({"values": ()}, "metric"),
    ],
)
def test_which_part_differs_is_named(changes: dict[str, Any], obstacle: str) -> None:
    assert find_obstacle(GROUND, replace(GROUND, **changes)) == obstacle


def test_other_data_are_named_before_all_that_follows_from_them() -> None:
    assert find_obstacle(GROUND, replace(GROUND, content_sha256="e" * 64, rows=1, seed=2)) == "data"


def test_a_run_without_a_report() -> None:
    assert find_obstacle(None, GROUND) == find_obstacle(GROUND, None) == "no_report"
