"""The figures of an examined run."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.io
import pytest

from ml.charts import Figure, Reader
from ml.charts.examined import draw_examined, examined_figures
from ml.charts.palette import LIGHT
from ml.examination import Examination
from ml.examination.reasons import Dependence
from ml.results import Evaluation
from ml.spec import DatasetSpec
from tests.builders.examinations import make_examination, make_folds, make_reasons
from tests.builders.tables import second_spec, student_spec


@pytest.fixture(scope="module")
def students() -> tuple[DatasetSpec, Evaluation, Examination]:
    spec = student_spec()
    return spec, make_folds(), make_examination(spec)


@pytest.fixture(scope="module")
def pumps() -> tuple[DatasetSpec, Evaluation, Examination]:
    """Two classes and numeric columns."""
    spec = second_spec()
    return spec, replace(make_folds(), classes=spec.target.categories), make_examination(spec)


@pytest.fixture(scope="module", params=["students", "pumps"])
def figures(request: pytest.FixtureRequest) -> dict[str, Figure]:
    spec, evaluation, examination = request.getfixturevalue(request.param)
    return examined_figures(evaluation, examination, Reader(spec))


def test_nothing_is_drawn_of_what_was_not_examined() -> None:
    names = set(examined_figures(make_folds(), Examination(), Reader(student_spec())))
    assert names == {f"folds.{metric}" for metric in ("accuracy", "f1_macro", "qwk", "log_loss")}


def test_every_column_and_every_metric_has_its_figure(students: tuple[DatasetSpec, Evaluation, Examination]) -> None:
    spec, evaluation, examination = students
    names = set(examined_figures(evaluation, examination, Reader(spec)))
    assert {"roc", "precision-recall", "importance"} <= names
    assert {f"dependence.{name}" for name in spec.feature_names} <= names


@pytest.mark.parametrize("name", ["", "nonsense", "dependence.", "dependence.nobody", "folds.recall.Good", "folds"])
def test_a_name_that_means_nothing_draws_nothing(
    students: tuple[DatasetSpec, Evaluation, Examination], name: str
) -> None:
    spec, evaluation, examination = students
    assert draw_examined(name, evaluation, examination, Reader(spec)) is None


def test_plotly_accepts_every_figure(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        plotly.io.from_json(json.dumps(figure.plotly))  # raises on a property that Plotly does not know


def test_every_figure_has_a_title_words_for_who_cannot_see_and_a_full_table(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        assert figure.title
        assert figure.alt
        assert "%(" not in figure.title + figure.alt
        assert figure.table.cells
        assert {len(row) for row in figure.table.cells} == {len(figure.table.headers)}
        assert [len(row) for row in figure.table.texts] == [len(row) for row in figure.table.cells]
        assert figure.height % 60 == 0
        assert 180 <= figure.height <= 720


def test_every_trace_has_a_role_or_is_unseen(figures: dict[str, Figure]) -> None:
    """Or the page cannot paint it in its theme."""
    for figure in figures.values():
        for trace in figure.plotly["data"]:
            is_unseen = trace.get("line", {}).get("width") == 0 and "fill" not in trace
            assert is_unseen or {"role", "veil"} & set(trace["meta"])


def test_a_panel_of_a_curve_stands_in_its_own_place(students: tuple[DatasetSpec, Evaluation, Examination]) -> None:
    spec, evaluation, examination = students
    figure = examined_figures(evaluation, examination, Reader(spec))["roc"]
    layout = figure.plotly["layout"]
    places = [(layout[f"xaxis{n}"]["domain"], layout[f"yaxis{n}"]["domain"]) for n in ("", "2", "3", "4")]
    assert [[float(x[0] > 0.4), float(y[0] > 0.4)] for x, y in places] == [[0, 1], [1, 1], [0, 0], [1, 0]]
    assert all(0 <= low < high <= 1 for place in places for low, high in place)
    assert len(layout["annotations"]) == 4


def test_titles_say_the_point(students: tuple[DatasetSpec, Evaluation, Examination]) -> None:
    spec, evaluation, examination = students
    titles = {name: figure.title for name, figure in examined_figures(evaluation, examination, Reader(spec)).items()}
    first = spec.features[0].label.en
    assert titles["importance"] == f"The answers rest most on {first}: shuffled, it raises the log-loss by 0.300"
    assert titles["folds.accuracy"] == "Accuracy goes from 0.42 to 0.62 by the fold alone; the mean is 0.52"


def test_columns_that_are_not_missed_beyond_doubt_stay_grey(
    students: tuple[DatasetSpec, Evaluation, Examination],
) -> None:
    spec, evaluation, _ = students
    reasons = make_reasons(spec, first=0.01)
    figure = draw_examined("importance", evaluation, Examination(reasons=reasons), Reader(spec))
    assert figure is not None
    assert figure.title == "No single column is missed beyond doubt when it is shuffled"
    sure, rest = figure.plotly["data"]
    assert sure["x"] == []
    assert len(rest["x"]) == len(spec.features)
    assert rest["marker"]["color"] == LIGHT["faint"]


def test_dependence_says_which_class_moves_most(students: tuple[DatasetSpec, Evaluation, Examination]) -> None:
    spec, evaluation, examination = students
    assert examination.reasons is not None
    column = spec.features[0]
    moved = Dependence(column.name, column.categories[:2], (), (5, 6), ((0.7, 0.1, 0.1, 0.1), (0.2, 0.2, 0.3, 0.3)))
    changed = replace(examination, reasons=replace(examination.reasons, dependence=(moved,)))
    figure = draw_examined(f"dependence.{column.name}", evaluation, changed, Reader(spec))
    assert figure is not None
    one, other = (column.label_of(name, "en") for name in column.categories[:2])
    label = spec.target.label_of(spec.target.categories[0], "en")
    space = "\N{NO-BREAK SPACE}"
    assert figure.title == (f"With {column.label.en} set to {other}: 20{space}% for {label}; to {one}: 70{space}%")
    assert [sum(shares) for shares in zip(*(trace["x"] for trace in figure.plotly["data"]), strict=True)] == [100, 100]


def test_every_fold_has_its_dot_in_the_row_of_its_repeat(students: tuple[DatasetSpec, Evaluation, Examination]) -> None:
    spec, evaluation, examination = students
    figure = draw_examined("folds.accuracy", evaluation, examination, Reader(spec))
    assert figure is not None
    dots = figure.plotly["data"][-1]
    assert dots["y"] == [0] * 5 + [1] * 5
    assert dots["x"] == list(evaluation.fold_metrics["accuracy"])
    names = [trace["name"] for trace in figure.plotly["data"]]
    assert "Class prior" in names  # and the other baseline, whose label may be folded
    assert any("alone" in name for name in names)
