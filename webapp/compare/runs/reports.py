"""Classification reports and confusion matrices side by side, of the runs that have a report of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.reader import Reader
from ml.places import ArtifactRoots
from ml.results import Estimate
from webapp.compare.runs.asked import FEW
from webapp.compare.runs.names import RunName
from webapp.compare.runs.queries import RunFacts
from webapp.formats import decimal
from webapp.runs.reports import RunReport, find_report
from webapp.runs.sections.matrix import Matrix, by_row, say_errors

_FIGURES = ("precision", "recall", "f1")


@dataclass(frozen=True)
class ClassCell:
    """A figure of a class in one run; `half` is half its 95 % interval."""

    value: str
    half: str


@dataclass(frozen=True)
class ClassLine:
    """A class's figure in each run, None where a run knows no such class; `rows` spans the figures of one class."""

    name: str
    figure: str
    starts: bool
    cells: tuple[ClassCell | None, ...]


@dataclass(frozen=True)
class RunMatrix:
    """A run's matrix by row."""

    run: RunName
    point: str
    classes: tuple[str, ...]
    matrix: Matrix


@dataclass(frozen=True)
class ReportsView:
    """Reports side by side."""

    note: str
    runs: tuple[RunName, ...]
    lines: tuple[ClassLine, ...]
    matrices: tuple[RunMatrix, ...]


@dataclass(frozen=True)
class _Reported:
    """A run with its report and what pages call its classes."""

    name: RunName
    report: RunReport
    labels: tuple[str, ...]


def show_reports(
    runs: Sequence[RunFacts], names: Sequence[RunName], reader: Reader, roots: ArtifactRoots
) -> ReportsView:
    """Lay out the reports of the first few runs that have one."""
    found: list[_Reported] = []
    for run, name in zip(runs, names, strict=True):
        report = find_report(run.artifact_uri, roots) if len(found) < FEW else None
        if report:
            labels = tuple(reader.spec.target.label_of(key, reader.language) for key in report.evaluation.classes)
            found.append(_Reported(name, report, labels))
    return ReportsView(
        note=_say(len(found), len(runs)),
        runs=tuple(item.name for item in found),
        lines=tuple(_list_lines(found)),
        matrices=tuple(
            RunMatrix(
                item.name, say_errors(item.report.evaluation), item.labels, by_row(item.report.evaluation, item.labels)
            )
            for item in found
        ),
    )


def _say(shown: int, asked: int) -> str:
    if shown == asked:
        return _("From out-of-fold predictions. ± is half a corrected-resampled interval (95 %).")
    return ngettext(
        "Shown is %(num)s of %(all)s runs: at most %(most)s with a report of ours. ± is half an interval (95 %%).",
        "Shown are %(num)s of %(all)s runs: at most %(most)s with a report of ours. ± is half an interval (95 %%).",
        shown, all=asked, most=FEW,
    )  # fmt: skip


def _list_lines(found: Sequence[_Reported]) -> list[ClassLine]:
    names = {"precision": _("Precision"), "recall": _("Recall"), "f1": _("F1")}
    classes = dict.fromkeys((key, label) for item in found for key, label in _classes(item))
    return [
        ClassLine(label, names[figure], figure == _FIGURES[0], tuple(_make_cell(item, key, figure) for item in found))
        for key, label in classes
        for figure in _FIGURES
    ]


def _classes(item: _Reported) -> list[tuple[str, str]]:
    """The best class on top, as on a run's page."""
    return list(zip(item.report.evaluation.classes, item.labels, strict=True))[::-1]


def _make_cell(item: _Reported, key: str, figure: str) -> ClassCell | None:
    evaluation = item.report.evaluation
    figures = evaluation.classification_report.per_class.get(key)
    if figures is None:
        return None
    found: Estimate | None = evaluation.metrics.get(f"{figure}.{key}")
    return ClassCell(decimal(getattr(figures, figure), 2), decimal((found.high - found.low) / 2, 2) if found else "")
