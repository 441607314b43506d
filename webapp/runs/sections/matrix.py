"""The confusion matrix as counts, by row and by column."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.results import Evaluation
from webapp.formats import integer, percent
from webapp.runs.context import Context, Section

TWO_CLASSES = 2
HEATS = (0.08, 0.22, 0.42, 0.62)


@dataclass(frozen=True)
class Cell:
    """A cell: its share, or its count where shares are not asked for, the count beside a share, how dark (0 to 4)."""

    text: str
    count: str
    heat: int


@dataclass(frozen=True)
class MatrixLine:
    """What became of the rows of one true class."""

    name: str
    cells: tuple[Cell, ...]
    rows: str


@dataclass(frozen=True)
class Matrix:
    """One way to read the matrix. `name` is its anchor."""

    name: str
    title: str
    note: str
    lines: tuple[MatrixLine, ...]


@dataclass(frozen=True)
class MatrixView:
    """The matrix in three ways; the reader picks one."""

    point: str
    classes: tuple[str, ...]
    answers: tuple[str, ...]
    matrices: tuple[Matrix, ...]


def show(context: Context) -> Section:
    """Lay out the confusion matrix."""
    evaluation, labels = context.report.evaluation, context.class_labels
    counts = evaluation.confusion_matrix
    by_column = [sum(column) for column in zip(*counts, strict=True)]
    matrices = (
        Matrix(
            "counts", _("Counts"), _("Rows in the mean over the repeats."),
            _lines(labels, counts, _divide_rows(counts), as_counts=True),
        ),
        by_row(evaluation, labels),
        Matrix(
            "by-column", _("By column"), _("Of those given an answer, the share that is in each class."),
            _lines(labels, counts, _divide(counts, [by_column] * len(counts)), as_counts=False),
        ),
    )  # fmt: skip
    return Section(
        "matrix",
        _("Where it errs"),
        MatrixView(say_errors(evaluation), labels, tuple(integer(total) for total in by_column), matrices),
    )


def by_row(evaluation: Evaluation, labels: tuple[str, ...]) -> Matrix:
    """The matrix as shares of each true class."""
    counts = evaluation.confusion_matrix
    lines = _lines(labels, counts, _divide_rows(counts), as_counts=False)
    return Matrix("by-row", _("By row"), _("Of those in a class, the share that is given each answer."), lines)


def say_errors(evaluation: Evaluation) -> str:
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


_Numbers = tuple[tuple[float, ...], ...] | list[list[float]]


def _divide_rows(counts: _Numbers) -> list[list[float]]:
    return _divide(counts, [[sum(row)] * len(counts) for row in counts])


def _divide(counts: _Numbers, totals: list[list[float]]) -> list[list[float]]:
    """Return each cell's share of its total; 0 where there is none."""
    return [
        [count / total if total else 0.0 for count, total in zip(row, line, strict=True)]
        for row, line in zip(counts, totals, strict=True)
    ]


def _lines(
    labels: tuple[str, ...], counts: _Numbers, shares: list[list[float]], *, as_counts: bool
) -> tuple[MatrixLine, ...]:
    return tuple(
        MatrixLine(
            label,
            tuple(_cell(count, share, as_count=as_counts) for count, share in zip(row, line, strict=True)),
            integer(sum(row)),
        )
        for label, row, line in zip(labels, counts, shares, strict=True)
    )


def _cell(count: float, share: float, *, as_count: bool) -> Cell:
    heat = sum(share >= bound for bound in HEATS)
    return Cell(integer(count), "", heat) if as_count else Cell(percent(share), integer(count), heat)
