"""All that is found out about one experiment for what an address asks, from what is kept where that still holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ml.charts.experiments.best import Best
from ml.charts.experiments.calendar import Activity, find_unit, lay_out_days
from ml.charts.experiments.pareto import Front
from ml.charts.experiments.values import Axis
from webapp.experiments.asked import Asked
from webapp.experiments.days import Span, find_span
from webapp.experiments.ends import Glance, sample_runs
from webapp.experiments.metrics import Metrics, find_metrics, make_axis
from webapp.experiments.queries import Experiment, Sizes, count_archived, measure_experiments
from webapp.experiments.series import find_best, find_pareto, name_drawn, name_pairs
from webapp.runs.table.columns import OUR_METRICS
from webapp.store.answers import find_answer

FEW = 5_000
"""Up to so many runs are read whole, which is as quick as to pick some of them."""


@dataclass(frozen=True)
class Findings:
    """`axis` is None where no run logged a metric, `axes` where none logged two; the charts of nothing are None."""

    experiment: Experiment
    span: Span
    archived: int
    metrics: Metrics
    axis: Axis | None
    best: Best | None
    axes: tuple[Axis, Axis] | None
    front: Front | None
    activity: Activity | None


def find_sizes(conn: Connection) -> Sizes:
    """Measure every experiment."""
    return find_answer(conn, "sizes of experiments", lambda: measure_experiments(conn))


def find_findings(conn: Connection, experiment: Experiment, asked: Asked) -> Findings:
    """Find out what the front page says."""
    number = experiment.id
    span = find_answer(conn, ("experiment, span", number), lambda: find_span(conn, number))
    metrics = find_answer(conn, ("experiment, metrics", number), lambda: find_metrics(conn, number, span.runs))
    axis, axes = choose_axis(metrics, asked), choose_axes(metrics, asked)
    best = front = None
    glance = None
    if span.runs > FEW:
        glance = find_answer(conn, ("experiment, glance", number), lambda: Glance(sample_runs(conn, number, span.runs)))
    if axis:
        best = find_answer(
            conn, ("experiment, best", number, axis), lambda: find_best(conn, number, axis, span, glance)
        )
    if axes:
        front = find_answer(
            conn, ("experiment, front", number, axes), lambda: find_pareto(conn, number, axes, span, glance)
        )
    return Findings(
        experiment=experiment,
        span=span,
        archived=find_answer(conn, ("experiment, archived", number), lambda: count_archived(conn, number)),
        metrics=metrics,
        axis=axis,
        best=best,
        axes=axes,
        front=front,
        activity=lay_out_days(span.days, asked.unit or find_unit(span.days), asked.until),
    )


def name_runs(conn: Connection, found: Findings, name: str) -> Findings:
    """Name every run that a chart draws: a page that says what it shows needs few of the names."""
    number = found.experiment.id
    if name == "best" and (best := found.best):
        asked = "experiment, named best", number, found.axis
        return replace(found, best=find_answer(conn, asked, lambda: name_drawn(conn, best)))
    if name == "front" and (front := found.front):
        return replace(
            found,
            front=find_answer(conn, ("experiment, named front", number, found.axes), lambda: name_pairs(conn, front)),
        )
    return found


def choose_axis(metrics: Metrics, asked: Asked) -> Axis | None:
    """The metric that is asked for, else the first of our scores that there is, else the first of all."""
    name = asked.metric or next(iter(metrics.main), "")
    return make_axis(name, asked.better) if name else None


def choose_axes(metrics: Metrics, asked: Asked) -> tuple[Axis, Axis] | None:
    """Two different metrics: the first upwards; across, the last of our scores or else the next.

    Accuracy and log-loss tell more together than two that rise as one.
    """
    y = asked.y or next((name for name in metrics.main if name != asked.x), "")
    ours = [name for name in reversed(OUR_METRICS) if name in metrics.own]
    x = asked.x or next((name for name in (*ours, *metrics.main) if name != y), "")
    if not x or not y or x == y:
        return None
    return make_axis(x, asked.x_better), make_axis(y, asked.y_better)
