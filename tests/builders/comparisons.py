"""Comparisons as the worker leaves them: values made up, and the job and the file that hold them."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Connection, update

from ml.examination.comparison import (
    Comparison,
    ComparisonRequest,
    Cost,
    LeftOut,
    Line,
    Paired,
    Place,
    Winner,
)
from ml.results import Estimate, to_json
from ml.rules import ARGMAX
from tests.builders.runs import ORIGIN
from webapp.jobs.queue import Job, insert_job
from webapp.jobs.states import State
from webapp.store.tables import job

METRICS = ("accuracy", "qwk", "log_loss")
MEANS = {
    "prior": (0.315, 0.0, 1.351),
    "single_column": (0.510, 0.620, 1.011),
    "logistic_regression": (0.531, 0.581, 1.001),
    "random_forest": (0.480, 0.547, 1.044),
}
BASELINES = frozenset({"prior", "single_column"})
BEST = Place("logistic_regression", ARGMAX)


def make_comparison(**changes: object) -> Comparison:
    """Logistic regression is best by every metric; the forest is told from it by accuracy alone."""
    values: dict[str, object] = {
        "request": ComparisonRequest(("logistic_regression", "random_forest", "mlp")),
        "origin": ORIGIN,
        "rows": 666,
        "key": "0" * 16,
        "folds_sha256": "f" * 64,
        "metrics": METRICS,
        "lines": tuple(_line(family) for family in MEANS),
        "reference": BEST,
        "reference_is": "champion",
        "winners": {metric: _winner(metric, number) for number, metric in enumerate(METRICS)},
        "costs": tuple(Cost(family, 0.02, 0.004, 6000, family == "prior") for family in MEANS),
        "left_out": (LeftOut("mlp", "budget"),),
        "seconds": 12.0,
    }
    return Comparison(**(values | changes))  # type: ignore[arg-type]


def write_comparison(conn: Connection, data_dir: Path, found: Comparison, user: str = "ada", now: int = 1) -> Job:
    """Write a job that is done, and the file that it left."""
    asked = insert_job(conn, "compare", {"families": list(found.request.families), "folds": 5}, user, now)
    path = data_dir / "comparisons" / f"{asked.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(to_json(found)))
    result = json.dumps({"comparison": f"comparisons/{asked.id}.json"})
    conn.execute(
        update(job)
        .where(job.c.id == asked.id)
        .values(state=State.DONE, result=result, started_at=now, finished_at=now + 1000, attempt=1)
    )
    return asked


def _line(family: str) -> Line:
    pairs = {} if family == BEST.family else {metric: _pair(family, n) for n, metric in enumerate(METRICS)}
    return Line(
        family=family,
        rule=ARGMAX,
        is_baseline=family in BASELINES,
        detail="Caste" if family == "single_column" else "",
        metrics={m: Estimate(v, v - 0.04, v + 0.04) for m, v in zip(METRICS, MEANS[family], strict=True)},
        against_reference=pairs,
        against_best=pairs,
    )


def _pair(family: str, number: int) -> Paired:
    difference = MEANS[family][number] - MEANS[BEST.family][number]
    is_told = family == "prior" or (family == "random_forest" and number == 0)
    p_holm = 0.0002 if is_told else 0.4
    return Paired(difference, difference - 0.03, difference + 0.03, p_holm / 2, p_holm)


def _winner(metric: str, number: int) -> Winner:
    value = MEANS[BEST.family][number]
    return Winner(metric, BEST.family, ARGMAX, 2, value, Estimate(value - 0.022, value - 0.078, value + 0.041), 0.8)
