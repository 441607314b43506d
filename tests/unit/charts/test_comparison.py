"""The figures of a comparison: sound for Plotly, and saying what they show."""

from __future__ import annotations

import json

import plotly.io
import pytest

from ml.charts import Reader
from ml.charts.comparison import Names, draw_compared, draw_leaderboard, sort_lines
from ml.charts.figure import Figure
from ml.examination.comparison import Place
from ml.rules import ARGMAX
from tests.builders.comparisons import BASELINES, BEST, METRICS, make_comparison
from tests.builders.tables import student_spec

FOUND = make_comparison()
READER = Reader(student_spec())
NAMES = Names(
    {metric: metric.upper() for metric in METRICS},
    {Place(line.family, line.rule): line.family.replace("_", " ") for line in FOUND.lines},
)
FIGURES = [f"{kind}.{metric}" for kind in ("leaderboard", "differences") for metric in METRICS]


def draw(name: str) -> Figure:
    figure = draw_compared(name, FOUND, READER, NAMES)
    assert figure is not None
    return figure


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_takes_it_and_its_table_is_whole(name: str) -> None:
    figure = draw(name)
    plotly.io.from_json(json.dumps(figure.plotly))
    assert {trace["type"] for trace in figure.plotly["data"]} == {"scatter"}
    assert "%(" not in figure.title + figure.alt
    assert {len(row) for row in (*figure.table.cells, *figure.table.texts)} == {len(figure.table.headers)}


def test_the_least_loss_stands_first() -> None:
    assert [line.family for line in sort_lines(FOUND, "log_loss")][0] == BEST.family  # noqa: RUF015 - the order counts
    assert [line.family for line in sort_lines(FOUND, "log_loss")][-1] == "prior"


def test_baselines_are_lines_and_the_corrected_best_stands_on_its_own_line() -> None:
    traces = draw("leaderboard.accuracy").plotly["data"]
    lines = [trace for trace in traces if trace["mode"] == "lines"]
    assert [trace["x"][0] for trace in lines] == [0.315, 0.510]
    corrected = traces[-1]
    assert (corrected["x"], corrected["y"]) == ([pytest.approx(0.509)], [0])


def test_what_is_told_from_the_best_is_faint() -> None:
    dots = draw("leaderboard.accuracy").plotly["data"][len(BASELINES)]
    assert dots["meta"]["roles"] == ["accent", "faint"]
    assert draw("leaderboard.log_loss").plotly["data"][len(BASELINES)]["meta"]["roles"] == ["accent", "accent"]


def test_whiskers_end_where_the_interval_ends() -> None:
    dots = draw("leaderboard.accuracy").plotly["data"][len(BASELINES)]
    assert dots["x"][0] + dots["error_x"]["array"][0] == pytest.approx(0.571)
    assert dots["x"][0] - dots["error_x"]["arrayminus"][0] == pytest.approx(0.491)


def test_long_labels_get_the_room_for_their_lines() -> None:
    long = Names(NAMES.metrics, {place: f"{name} {'of many trees ' * 6}" for place, name in NAMES.places.items()})
    short, tall = (
        draw_leaderboard(FOUND, "accuracy", READER, names).plotly["layout"]["height"] for names in (NAMES, long)
    )
    assert tall > short


def test_the_title_counts_who_cannot_be_told_from_the_best() -> None:
    assert draw_leaderboard(FOUND, "accuracy", READER, NAMES).title.startswith("ACCURACY: 1 of 2 families")
    assert draw("differences.accuracy").title == "Told from logistic regression: 2 of 3"


def test_the_reference_differs_from_nothing() -> None:
    names = {row[0] for row in draw("differences.accuracy").table.cells}
    assert NAMES.places[Place(BEST.family, ARGMAX)] not in names
