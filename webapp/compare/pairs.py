"""Two runs over the same folds: whether they share them, and what the one differs by from the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.examination.comparison import Paired
from ml.significance import adjust_holm, pair_folds
from webapp.compare.ground import Ground


@dataclass(frozen=True)
class Pairing:
    """What a run differs by from the reference; or why that is not tested, as a code."""

    paired: Paired | None
    obstacle: str = ""


def pair_runs(reference: Ground | None, others: Sequence[Ground | None]) -> tuple[Pairing, ...]:
    """Test each run against the reference by their one metric, the p-values of all adjusted together."""
    obstacles = [find_obstacle(reference, other) for other in others]
    found = [
        pair_folds(other.values, reference.values, reference.folds)
        for other, obstacle in zip(others, obstacles, strict=True)
        if other and reference and not obstacle
    ]
    adjusted = adjust_holm([paired.p_value for paired in found])
    tested = iter(
        Paired(item.mean, item.low, item.high, item.p_value, p_holm)
        for item, p_holm in zip(found, adjusted, strict=True)
    )
    return tuple(Pairing(None, obstacle) if obstacle else Pairing(next(tested)) for obstacle in obstacles)


def find_obstacle(one: Ground | None, other: Ground | None) -> str:
    """Say by a code why two runs cannot be tested against each other; empty where they share their folds."""
    if one is None or other is None:
        return "no_report"
    reasons = {
        "data": one.content_sha256 != other.content_sha256,
        "classes": one.classes != other.classes,
        "rows": one.rows != other.rows,
        "plan": (one.folds, one.repeats) != (other.folds, other.repeats),
        "seed": one.seed != other.seed,
        "unknown": not (one.folds_sha256 and other.folds_sha256),
        "columns": one.folds_sha256 != other.folds_sha256,
        "metric": not (one.values and other.values),
    }
    return next((code for code, is_so in reasons.items() if is_so), "")
