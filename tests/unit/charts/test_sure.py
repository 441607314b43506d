"""The figures of how sure an answer is: what Plotly takes, what a reader of the table gets, what the titles say."""

from __future__ import annotations

import json

import plotly.io
import pytest

from ml.charts.examined import draw_examined, examined_figures
from ml.charts.figure import Figure
from ml.charts.reader import Reader
from ml.examination import Examination
from tests.builders.runs import make_evaluation
from tests.builders.sureness import make_curve, make_sure
from tests.builders.tables import student_spec

NAMES = {
    "reliability", "reliability-classes", "set-coverage", "set-sizes", "learning-accuracy", "learning-log_loss",
}  # fmt: skip


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    found = examined_figures(make_evaluation(), Examination(sure=make_sure()), Reader(student_spec()))
    return {name: figure for name, figure in found.items() if name in NAMES}


def test_every_figure_is_drawn_under_its_name(figures: dict[str, Figure]) -> None:
    assert {figure.name for figure in figures.values()} == NAMES


def test_plotly_takes_them_and_their_tables_are_whole(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        plotly.io.from_json(json.dumps(figure.plotly))
        assert {len(row) for row in figure.table.cells} == {len(figure.table.headers)}
        assert [len(row) for row in figure.table.texts] == [len(row) for row in figure.table.cells]
        assert "%(" not in figure.title + figure.alt
        assert (figure.height % 60, 180 <= figure.height <= 720) == (0, True)


def test_titles_say_the_point(figures: dict[str, Figure]) -> None:
    assert figures["reliability"].title == (
        "Said and true differ by 4.4 points; with perfect calibration it would be 3.4 [2.6–4.8]"
    )
    assert figures["set-coverage"].title.startswith("90.8\N{NO-BREAK SPACE}% of the sets hold the true class")
    assert figures["learning-accuracy"].title == "Accuracy with twice the rows: 0.56 [0.51–0.61] expected"


def test_an_interval_does_not_leave_the_scale(figures: dict[str, Figure]) -> None:
    whisker = figures["set-coverage"].plotly["data"][-1]
    assert whisker["x"][0] + whisker["error_x"]["array"][0] == pytest.approx(100)


def test_beyond_the_rows_that_there_are_the_curve_is_dashed(figures: dict[str, Figure]) -> None:
    traces = {trace.get("name"): trace for trace in figures["learning-accuracy"].plotly["data"]}
    assert max(traces["the curve through them"]["x"]) == 666
    dashed = traces["beyond the rows that there are"]
    assert (min(dashed["x"]), dashed["line"]["dash"]) == (666, "dash")


def test_a_curve_that_is_open_is_points_alone() -> None:
    examination = Examination(sure=make_sure(curves=(make_curve("accuracy", 0.5, is_open=True),)))
    figure = draw_examined("learning-accuracy", make_evaluation(), examination, Reader(student_spec()))
    assert figure
    assert figure.title == "Accuracy by training rows: the points do not say how it goes on"
    assert [trace["mode"] for trace in figure.plotly["data"]] == ["lines", "markers"]
    assert len(figure.table.cells) == 3


def test_what_was_not_examined_is_not_drawn() -> None:
    for name in NAMES:
        assert draw_examined(name, make_evaluation(), Examination(), Reader(student_spec())) is None
