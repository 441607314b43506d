"""Two runs over the same folds: whether they share them, and what the one differs by from the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.examination.comparison import Paired
from ml.significance import adjust_holm, pair_folds
from webapp.runs.queries import RunDetail
from webapp.runs.reports import RunReport


@dataclass(frozen=True)
class Contender:
    """A run with its report, None where it left none of ours."""

    run: RunDetail
    report: RunReport | None


@dataclass(frozen=True)
class Pairing:
    """What a run differs by from the reference; or why that is not tested, as a code."""

    paired: Paired | None
    obstacle: str = ""


def pair_runs(reference: Contender, others: Sequence[Contender], metric: str) -> tuple[Pairing, ...]:
    """Test each run against the reference by one metric, the p-values of all adjusted together."""
    obstacles = [find_obstacle(reference.report, other.report, metric) for other in others]
    found = [
        pair_folds(_folds_of(other, metric), _folds_of(reference, metric), _count_folds(reference))
        for other, obstacle in zip(others, obstacles, strict=True)
        if not obstacle
    ]
    adjusted = adjust_holm([paired.p_value for paired in found])
    tested = iter(
        Paired(item.mean, item.low, item.high, item.p_value, p_holm)
        for item, p_holm in zip(found, adjusted, strict=True)
    )
    return tuple(Pairing(None, obstacle) if obstacle else Pairing(next(tested)) for obstacle in obstacles)


def find_obstacle(first: RunReport | None, second: RunReport | None, metric: str) -> str:
    """Say by a code why two runs cannot be tested against each other; empty where they share their folds."""
    if first is None or second is None:
        return "no_report"
    one, other = first.evaluation, second.evaluation
    reasons = {
        "data": first.origin.content_sha256 != second.origin.content_sha256,
        "classes": one.classes != other.classes,
        "rows": one.rows != other.rows,
        "plan": (one.folds, one.repeats) != (other.folds, other.repeats),
        "seed": one.seed != other.seed,
        "unknown": not (one.folds_sha256 and other.folds_sha256),
        "columns": one.folds_sha256 != other.folds_sha256,
        "metric": not (metric in one.fold_metrics and metric in other.fold_metrics),
    }
    return next((code for code, is_so in reasons.items() if is_so), "")


def _folds_of(item: Contender, metric: str) -> tuple[float, ...]:
    return item.report.evaluation.fold_metrics[metric] if item.report else ()


def _count_folds(item: Contender) -> int:
    return item.report.evaluation.folds if item.report else 0


def list_different_params(runs: Sequence[RunDetail]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Name the parameters in which runs differ, with the value of each; a run without one has an empty text."""
    known = [dict(run.params) for run in runs]
    names = sorted({name for params in known for name in params})
    values = ((name, tuple(params.get(name, "") for params in known)) for name in names)
    return tuple((name, found) for name, found in values if len(set(found)) > 1)
