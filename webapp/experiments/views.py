"""From what was found out about experiments to what their pages show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.experiments.activity import draw_activity
from ml.charts.experiments.best import Best, draw_best, outline_best
from ml.charts.experiments.calendar import Unit
from ml.charts.experiments.pareto import Front, draw_front, outline_front
from ml.charts.experiments.values import Axis, Pair
from ml.charts.figure import Figure, Outline
from ml.charts.reader import Reader
from webapp.charts.views import FigureView, show_figure
from webapp.experiments.addresses import link_figure, link_page, link_runs
from webapp.experiments.asked import Asked
from webapp.experiments.findings import Findings
from webapp.experiments.forms import make_best_form, make_front_form
from webapp.experiments.metrics import TRAINING
from webapp.experiments.pages import (
    ActivityView,
    ArchivedLine,
    BestRun,
    BestView,
    ExperimentLine,
    ExperimentPage,
    ExperimentsPage,
    FrontLine,
    FrontView,
    StateCount,
)
from webapp.experiments.queries import NOTE, Experiment, Sizes
from webapp.experiments.sentences import say_activity, say_best, say_front, say_interval, say_lead, say_metrics
from webapp.formats import any_number, when
from webapp.record.notes import render_note
from webapp.runs.lines import describe_state, make_line
from webapp.runs.pickers import Choice
from webapp.runs.queries import RunRow
from webapp.scores import Company as ScoreCompany
from webapp.scores import make_score
from webapp.store.mlflow_tables import RUN_STATES

ON_A_PAGE = 100
MOST_LINES = 50
_LISTED = ("FINISHED", "RUNNING", "SCHEDULED", "KILLED", "FAILED")


def show_list(
    found: tuple[Experiment, ...], sizes: Sizes, going: dict[int, int], best: dict[int, RunRow], page: int
) -> ExperimentsPage:
    """List the experiments, the one that was active last first; `best` has those of the page that is shown."""
    in_use = sort_experiments(found, sizes)
    last_page = max(0, (len(in_use) - 1) // ON_A_PAGE)
    newest = max((size.last_start or 0 for size in sizes.active.values()), default=0)
    return ExperimentsPage(
        headline=ngettext("%(num)s experiment", "%(num)s experiments", len(in_use)),
        lead=_("The newest run began %(when)s (UTC).", when=when(newest)) if newest else "",
        lines=tuple(_show_line(one, sizes, going, best) for one in choose_page(in_use, page)),
        archived=tuple(
            ArchivedLine(one.id, one.name, sizes.archived.get(one.id, 0), one.changed_at)
            for one in found if one.is_archived
        ),
        earlier=url_for("experiments.index", page=page - 1) if page > 1 else "",
        later=url_for("experiments.index", page=page + 1) if page <= last_page else "",
    )  # fmt: skip


def sort_experiments(found: tuple[Experiment, ...], sizes: Sizes) -> list[Experiment]:
    """Sort those in use by when their last run began."""

    def when_active(one: Experiment) -> tuple[float, str]:
        size = sizes.active.get(one.id)
        return -(size.last_start or 0) if size else float("inf"), one.name

    return sorted((one for one in found if not one.is_archived), key=when_active)


def choose_page(in_use: list[Experiment], page: int) -> list[Experiment]:
    """Return the experiments of a page, counted from 1."""
    return in_use[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]


def _show_line(one: Experiment, sizes: Sizes, going: dict[int, int], best: dict[int, RunRow]) -> ExperimentLine:
    size = sizes.active.get(one.id)
    row = best.get(one.id)
    return ExperimentLine(
        id=one.id,
        name=one.name,
        runs=size.runs if size else 0,
        going=going.get(one.id, 0),
        last_start=size.last_start if size else None,
        best=make_line(row) if row else None,
    )


def show_experiment(found: Findings, tags: dict[str, str], asked: Asked, reader: Reader) -> ExperimentPage:
    """Make the front page of an experiment."""
    one, span = found.experiment, found.span
    return ExperimentPage(
        id=one.id,
        name=one.name,
        is_archived=one.is_archived,
        archived_at=one.changed_at,
        lead=say_lead(found.best, span),
        runs=span.runs,
        archived_runs=found.archived,
        states=tuple(_count_state(one, state, span.states[state]) for state in _sort_states(span.states)),
        first_start=span.first_start,
        last_start=span.last_start,
        runs_href=link_runs(one),
        note=render_note(tags.get(NOTE, "")),
        tags=tuple((key, text) for key, text in tags.items() if key != NOTE),
        best=_show_best(found, asked, reader) if found.axis else None,
        front=_show_front(found, asked, reader) if span.runs else None,
        activity=_show_activity(found, asked, reader) if found.activity else None,
    )


def draw(name: str, found: Findings, reader: Reader) -> Figure | None:
    """Draw the figure of that name, or None where there is nothing to draw."""
    if name == "best" and found.best:
        return draw_best(found.best, reader)
    if name == "front" and found.front:
        return draw_front(found.front, reader)
    return draw_activity(found.activity, reader) if name == "activity" and found.activity else None


def _show(name: str, found: Findings, asked: Asked, reader: Reader) -> FigureView | None:
    outline = _outline(name, found, reader)
    return show_figure(outline, **link_figure(found.experiment.id, asked, name)) if outline else None


def _outline(name: str, found: Findings, reader: Reader) -> Outline | None:
    if name == "best":
        return outline_best(found.best, reader) if found.best else None
    if name == "front":
        return outline_front(found.front, reader) if found.front else None
    return draw_activity(found.activity, reader).outline if found.activity else None


def _count_state(one: Experiment, state: str, runs: int) -> StateCount:
    word, kind = describe_state(state)
    return StateCount(word, kind, runs, link_runs(one, state) if state in RUN_STATES else "")


def _sort_states(states: Mapping[str, int]) -> list[str]:
    """Those that everybody knows first; strangers may have written others."""
    return sorted(states, key=lambda state: (_LISTED.index(state) if state in _LISTED else len(_LISTED), state))


def _show_best(found: Findings, asked: Asked, reader: Reader) -> BestView:
    return BestView(
        form=make_best_form(found.metrics, found.axis, asked),
        run=_show_run(found.best) if found.best else None,
        figure=_show("best", found, asked, reader),
        notes=(*(say_best(found.best) if found.best else ()), *_say_where_from(found)),
    )


def _say_where_from(found: Findings) -> tuple[str, ...]:
    said = say_metrics(bool(found.metrics.others))
    return (said,) if said else ()


def _show_run(best: Best) -> BestRun:
    """The best run: its score goes through the strip where a baseline is known."""
    last, metric = best.records[-1], best.axis.metric
    who = best.who[last.run]
    beside = who.beside(metric)
    score = None
    if beside.prior is not None:
        score = make_score(metric, last.value, ScoreCompany(beside.low, beside.high, beside.prior, beside.single))
    return BestRun(
        id=who.run_id,
        name=who.name,
        score=score,
        alone=any_number(last.value),
        interval=say_interval(beside),
        is_training=metric.startswith(TRAINING),
    )


def _show_front(found: Findings, asked: Asked, reader: Reader) -> FrontView:
    front = found.front
    return FrontView(
        form=make_front_form(found.metrics, found.axes, asked),
        figure=_show("front", found, asked, reader),
        x=front.x.name if front else "",
        y=front.y.name if front else "",
        lines=tuple(_show_member(front, pair) for pair in front.members[:MOST_LINES]) if front else (),
        more=max(0, front.members_in_all - MOST_LINES) if front else 0,
        notes=say_front(front) if front else (),
        lacking=_say_lacking(found),
    )


def _say_lacking(found: Findings) -> str:
    if found.axes:
        return _("No run of this experiment has a number for both of these metrics.")
    if len(found.metrics.own) + len(found.metrics.others) > 1:
        return _("Pick two different metrics.")
    return _("Two metrics are needed; the runs of this experiment logged fewer.")


def _show_member(front: Front, pair: Pair) -> FrontLine:
    who = front.who[pair.run]

    def company(axis: Axis) -> tuple[str, str]:
        beside = who.beside(axis.metric)
        return say_interval(beside), any_number(beside.prior) if beside.prior is not None else ""

    x_interval, x_prior = company(front.x)
    y_interval, y_prior = company(front.y)
    return FrontLine(
        who.run_id, who.name, any_number(pair.x), x_interval, x_prior, any_number(pair.y), y_interval, y_prior
    )


def _show_activity(found: Findings, asked: Asked, reader: Reader) -> ActivityView | None:
    activity = found.activity
    if activity is None:
        return None
    words = {Unit.DAY: _("13 weeks by day"), Unit.WEEK: _("a year by week"), Unit.MONTH: _("a year by month")}
    number = found.experiment.id

    def turn_to(day: date | None) -> str:
        return link_page(number, asked, "activity", "until", unit=str(activity.unit), until=str(day)) if day else ""

    return ActivityView(
        units=tuple(
            Choice(word, link_page(number, asked, "activity", "unit", unit=str(unit)), unit is activity.unit)
            for unit, word in words.items()
        ),
        figure=_show("activity", found, asked, reader),
        earlier=turn_to(activity.earlier),
        later=turn_to(activity.later),
        notes=say_activity(activity, found.span),
    )
