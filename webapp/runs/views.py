"""From what the queries find to what the pages show: words, links, places on a strip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.examined import examined_figures
from ml.results import ClassFigures, Evaluation
from ml.spec import DatasetSpec, Kind
from webapp.artifacts import find_artifact_folder, list_artifacts
from webapp.charts.bundle import plotly_url
from webapp.charts.views import make_reader, show_figure
from webapp.formats import decimal, integer
from webapp.runs.context import Context
from webapp.runs.pages import (
    Artifact,
    Cell,
    ClassLine,
    Column,
    MatrixLine,
    ReportView,
    RunDetailPage,
    RunLine,
    RunsPage,
    ScoreLine,
)
from webapp.runs.queries import STATES, Filters, Order, RunDetail, RunPage, RunRow
from webapp.runs.reports import RunReport, find_report
from webapp.runs.sections import show_sections
from webapp.runs.sentences import describe_family, name_single_column, say_worth
from webapp.scores import Company, Score, make_score

FIRST_SCORES = ("accuracy", "f1_macro", "qwk", "log_loss")
STEPS = 4
TWO_CLASSES = 2
ORDINAL_METRICS = frozenset({"qwk", "ordinal_mae"})


def show_runs(found: RunPage, filters: Filters, order: Order, families: tuple[str, ...]) -> RunsPage:
    """Make the run table with its links."""
    return RunsPage(
        headline=_count_in_words(found, filters),
        total=found.total,
        matching=found.matching,
        filters=filters,
        families=tuple((family, describe_family(family)) for family in families),
        states=tuple((state, describe_state(state)[0]) for state in STATES),
        columns=_columns(filters, order),
        lines=tuple(make_line(row) for row in found.rows),
        older=_link(filters, replace(order, after=found.next)) if found.next else "",
        newest=_link(filters, replace(order, after=None)) if order.after else "",
    )


def show_run(found: RunDetail, root: Path, spec: DatasetSpec, language: str) -> RunDetailPage:
    """Make one run's page; a run that others logged has no report and shows what MLflow holds of it."""
    report = find_report(found.artifact_uri, root)
    state, kind = describe_state(found.row.status)
    folder = find_artifact_folder(found.artifact_uri, root)
    return RunDetailPage(
        run=found.row,
        name=found.row.name or found.row.run_id[:8],
        family=describe_family(found.row.family),
        state=state,
        state_kind=kind,
        report=show_report(report, found.row.family or "", spec, language) if report else None,
        sections=show_sections(_context(found, report, spec, language)) if report else (),
        versions=tuple(version for name, version in found.versions if name == spec.name),
        params=found.params,
        tags=tuple((key, value) for key, value in found.tags if not key.startswith("mlflow.log-model")),
        metrics=found.metrics,
        artifacts=tuple(
            Artifact(name, size, url_for("runs.artifact", run_id=found.row.run_id, name=name))
            for name, size in (list_artifacts(folder) if folder else ())
        ),
    )


def _context(found: RunDetail, report: RunReport, spec: DatasetSpec, language: str) -> Context:
    run_id, reader = found.row.run_id, make_reader(spec, language)
    drawn = examined_figures(report.evaluation, report.examination, reader)
    figures = {
        name: show_figure(
            figure,
            json_url=url_for("runs.figure_json", run_id=run_id, name=name),
            csv_url=url_for("runs.figure_csv", run_id=run_id, name=name),
            plotly_url=plotly_url(),
        )
        for name, figure in drawn.items()
    }
    family, tags = found.row.family or "", dict(found.tags)
    return Context(run_id, family, report, reader, figures, tags=tags, reproductions=found.reproductions)


def show_report(report: RunReport, family: str, spec: DatasetSpec, language: str) -> ReportView:
    """Lay out a run's report."""
    evaluation = report.evaluation
    scores = make_scores(evaluation, spec, language)
    labels = {name: spec.target.label_of(name, language) for name in evaluation.classes}
    figures = evaluation.classification_report
    return ReportView(
        worth=say_worth(evaluation, family, spec, language),
        scores=tuple(scores[metric] for metric in FIRST_SCORES if metric in scores),
        all_scores=tuple(
            ScoreLine(score, decimal(evaluation.training.get(metric))) for metric, score in scores.items()
        ),
        training_accuracy=decimal(evaluation.training.get("accuracy")),
        folds=evaluation.folds,
        repeats=evaluation.repeats,
        rows=evaluation.rows,
        rows_noun=spec.row_noun_plural.in_language(language),
        is_stand_in=report.origin.kind == "stand_in",
        classes=tuple(labels.values()),
        class_lines=tuple(
            _class_line(labels[name], figures.per_class[name], step_of(i, len(labels)))
            for i, name in reversed(list(enumerate(evaluation.classes)))
        ),
        macro=_class_line(_("Macro mean"), figures.macro, 0),
        weighted=_class_line(_("Weighted mean"), figures.weighted, 0),
        matrix=_matrix(evaluation, tuple(labels.values())),
        matrix_point=_say_errors(evaluation),
    )


def make_scores(
    evaluation: Evaluation, spec: DatasetSpec, language: str, only: tuple[str, ...] = ()
) -> dict[str, Score]:
    """Every metric of the whole (not of one class), or `only` some, with its company, by name.

    What counts steps between classes is left out where the classes have no order.
    """
    prior, single = evaluation.baselines["prior"].metrics, evaluation.baselines["single_column"].metrics
    column = name_single_column(evaluation, spec, language)
    return {
        name: make_score(name, found.mean, Company(found.low, found.high, prior[name].mean, single[name].mean, column))
        for name, found in evaluation.metrics.items()
        if "." not in name
        and (not only or name in only)
        and (spec.target.kind is Kind.ORDINAL or name not in ORDINAL_METRICS)
    }


def describe_state(status: str | None) -> tuple[str, str]:
    """A run's state as a word and as the kind of its icon."""
    known = {
        "RUNNING": (_("Running"), "spin"),
        "SCHEDULED": (_("Waiting"), "wait"),
        "FINISHED": (_("Finished"), "good"),
        "FAILED": (_("Failed"), "bad"),
        "KILLED": (_("Stopped"), "look"),
    }
    return known.get(status or "", (status or "–", "look"))


def step_of(index: int, classes: int) -> int:
    """A class's step (1 to 4) on the one ordered ramp."""
    return 1 + round(index * (STEPS - 1) / max(classes - 1, 1))


def make_line(row: RunRow) -> RunLine:
    """Lay out a run for a table."""
    state, kind = describe_state(row.status)
    name = row.name or row.run_id[:8]
    family = describe_family(row.family) if row.family else _("logged by others")
    is_named_after_family = row.family is not None and name.startswith(f"{row.family}-")
    has_company = row.accuracy is not None and row.prior_accuracy is not None
    return RunLine(
        id=row.run_id,
        name=name,
        title=family if is_named_after_family else name,
        aside="" if is_named_after_family else family,
        state=state,
        state_kind=kind,
        score=_row_score(row) if has_company else None,
        accuracy_alone=decimal(row.accuracy) if row.accuracy is not None and not has_company else "",
        f1_macro=decimal(row.macro_f1),
        qwk=decimal(row.qwk),
        log_loss=decimal(row.log_loss),
        started_at=row.started_at,
        duration=row.duration,
    )


def _row_score(row: RunRow) -> Score:
    company = Company(row.accuracy_low, row.accuracy_high, row.prior_accuracy, row.single_column_accuracy)
    return make_score("accuracy", row.accuracy or 0.0, company)


def _columns(filters: Filters, order: Order) -> tuple[Column, ...]:
    def column(name: str, sort: str, *, number: bool = False) -> Column:
        is_sorted = order.by == sort
        descending = not order.descending if is_sorted else number
        aria = ("descending" if order.descending else "ascending") if is_sorted else ""
        return Column(name, sort, _link(filters, Order(sort, descending)), aria, number)

    return (
        column(_("Run"), "name"),
        column(_("State"), "status"),
        column(_("Accuracy: prior, one column, run"), "accuracy", number=True),
        column(_("Macro F1"), "macro_f1", number=True),
        column(_("QWK"), "qwk", number=True),
        column(_("Log-loss"), "log_loss", number=True),
        column(_("Started"), "started_at", number=True),
        column(_("Took"), "duration", number=True),
    )


def _link(filters: Filters, order: Order) -> str:
    default = Order()
    sort = f"-{order.by}" if order.descending else order.by
    is_default = (order.by, order.descending) == (default.by, default.descending)
    return url_for(
        "runs.index",
        q=filters.text or None,
        family=filters.family or None,
        state=filters.state.lower() or None,
        sort=None if is_default else sort,
        after=order.after,
    )


def _count_in_words(found: RunPage, filters: Filters) -> str:
    if filters.are_any:
        return _("%(matching)s of %(total)s runs", matching=integer(found.matching), total=integer(found.total))
    return ngettext("%(num)s run", "%(num)s runs", found.total)


def _class_line(name: str, figures: ClassFigures, step: int) -> ClassLine:
    return ClassLine(name, figures.precision, figures.recall, figures.f1, figures.support, step)


def _matrix(evaluation: Evaluation, labels: tuple[str, ...]) -> tuple[MatrixLine, ...]:
    return tuple(
        MatrixLine(name, tuple(Cell(count, _heat(count, sum(counts))) for count in counts))
        for name, counts in zip(labels, evaluation.confusion_matrix, strict=True)
    )


def _heat(count: float, total: float) -> int:
    """How dark a cell is: by its share of the true class."""
    share = count / total if total else 0.0
    return sum(share >= bound for bound in (0.08, 0.22, 0.42, 0.62))


def _say_errors(evaluation: Evaluation) -> str:
    """Whether mistakes are near misses, which matters only where classes are ordered (more than two)."""
    matrix = evaluation.confusion_matrix
    wrong = sum(count for i, row in enumerate(matrix) for j, count in enumerate(row) if i != j)
    near = sum(count for i, row in enumerate(matrix) for j, count in enumerate(row) if abs(i - j) == 1)
    if len(matrix) <= TWO_CLASSES or not wrong:
        return _("Rows are the truth, columns the answer.")
    return _(
        "%(share)s in 100 mistakes are by one step. Rows are the truth, columns the answer.",
        share=round(100 * near / wrong),
    )
