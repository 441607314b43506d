import json
from itertools import pairwise
from math import inf, nan

import pytest

from ml.charts.axes import Axes, say_time
from ml.charts.direction import find_direction
from ml.charts.history import draw_history
from ml.charts.overlay import draw_overlay
from ml.charts.reader import Reader
from ml.histories import Curve, Point, trace_curve
from ml.overlays import Band, Strand
from tests.builders.tables import student_spec

READER = Reader(student_spec())


def make_curve(values: list[float], key: str = "loss", weight: float = 0.0) -> Curve:
    points = [Point(place, place * 10, place * 60_000, value) for place, value in enumerate(values)]
    return trace_curve(key, points, len(points), weight=weight)


def make_strands(count: int, last: float = 0.5) -> list[Strand]:
    bands = (Band(0, 0, 1, 1.0, 1.0, 1.0), Band(1, 1, 1, last, last, last))
    return [Strand(f"{n:032x}", f"run {n}", "", bands, 0, 0, last + n) for n in range(count)]


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("val/loss", "val/loss: best (lowest) 1 at step 10, last 2"),
        ("trainAcc", "trainAcc: best (highest) 3 at step 0, last 2"),
        ("gradient", "gradient: last 2, between 1 and 3"),
    ],
)
def test_the_title_says_the_best_where_the_name_tells_what_is_best(key: str, title: str) -> None:
    assert draw_history(make_curve([3.0, 1.0, 2.0], key), Axes(), READER).title == title


@pytest.mark.parametrize(
    ("key", "direction"),
    [
        ("log_loss", "lower"), ("train/LogLoss", "lower"), ("eval.rmse", "lower"), ("val_f1", "higher"),
        ("ROC-AUC", "higher"), ("lr", "unknown"), ("glossary", "unknown"), ("🎉", "unknown"),
    ],
)  # fmt: skip
def test_the_direction_is_in_a_word_of_the_name(key: str, direction: str) -> None:
    assert find_direction(key) == direction


@pytest.mark.parametrize("across", ["step", "since", "clock"])
def test_what_is_not_finite_leaves_a_gap_and_the_json_stays_json(across: str) -> None:
    figure = draw_history(make_curve([1.0, nan, inf, 2.0]), Axes(across), READER)  # type: ignore[arg-type]
    document = json.loads(json.dumps(figure.plotly, allow_nan=False))
    assert document["data"][0]["y"] == [1.0, None, None, 2.0]


def test_a_curve_without_a_finite_value_says_so() -> None:
    assert draw_history(make_curve([nan, inf]), Axes(is_log=True), READER).title.endswith("finite number")


def test_time_since_the_first_value_is_in_a_unit_that_suits() -> None:
    layout = draw_history(make_curve([1.0, 2.0, 3.0]), Axes("since"), READER).plotly
    assert layout["data"][0]["x"] == [0, 1, 2]
    assert layout["layout"]["xaxis"]["title"]["text"] == "Time since the first value (min)"


@pytest.mark.parametrize(("lowest", "scale"), [(0.1, "log"), (0.0, None), (-1.0, None)])
def test_a_logarithm_is_drawn_where_every_value_has_one(lowest: float, scale: str | None) -> None:
    figure = draw_history(make_curve([1.0, lowest]), Axes(is_log=True), READER)
    assert figure.plotly["layout"]["yaxis"].get("type") == scale


def test_the_values_stand_behind_their_average() -> None:
    behind, front = draw_history(make_curve([1.0, 3.0], weight=0.5), Axes(), READER).plotly["data"]
    assert behind["y"] == [1.0, 3.0]
    assert behind["opacity"] < 1
    assert front["y"] == pytest.approx([1.0, (0.5 * 1.0 + 3.0) / 1.5])


def test_the_table_says_every_stretch_in_few_rows() -> None:
    table = draw_history(make_curve([float(n) for n in range(5000)]), Axes(), READER).table
    assert len(table.cells) <= 24
    assert sum(row[2] for row in table.cells) == 5000  # type: ignore[misc]
    assert table.texts[0][0].startswith("0 – ")


def test_a_name_is_no_markup_in_a_chart() -> None:
    figure = draw_history(make_curve([1.0, 2.0], "<b>bold</b>"), Axes(), READER)
    assert "<b>" not in json.dumps(figure.plotly)


def test_it_can_be_zoomed_and_keeps_the_zoom() -> None:
    figure = draw_history(make_curve([1.0, 2.0]), Axes(), READER).plotly
    assert figure["layout"]["dragmode"] == "zoom"
    assert not figure["layout"]["xaxis"]["fixedrange"]
    assert figure["layout"]["uirevision"]
    assert figure["config"]["displayModeBar"]


@pytest.mark.parametrize(("ms", "text"), [(0, "1970-01-01 00:00:00"), (-1, "-1"), (10**18, str(10**18))])
def test_a_time_that_no_calendar_has_stays_a_number(ms: int, text: str) -> None:
    assert say_time(ms) == text


# ── many runs ────────────────────────────────────────────────────────────────
def test_few_runs_have_a_key_and_lines_that_differ() -> None:
    figure = draw_overlay("loss", make_strands(20), Axes(), READER, best=None).plotly
    looks = [(trace["line"]["color"], trace["line"]["dash"]) for trace in figure["data"]]
    assert len(set(looks)) == 20
    assert figure["layout"]["showlegend"]


def test_of_many_runs_the_best_and_the_worst_are_named() -> None:
    figure = draw_overlay("loss", make_strands(21), Axes(), READER, best=None).plotly
    *lines, labels = figure["data"]
    assert not figure["layout"]["showlegend"]
    assert labels["text"] == ["run 0", "run 1", "run 2", "run 20"]
    assert sum(line["opacity"] == 1 for line in lines) == 4


def test_the_title_of_many_runs_names_the_best() -> None:
    figure = draw_overlay("loss", make_strands(3), Axes(), READER, best=(7, "run 0"))
    assert figure.title == "loss of 3 runs: lowest, 0.5 at step 7, in run 0"


def test_the_dashes_of_one_colour_differ() -> None:
    lines = draw_overlay("loss", make_strands(20), Axes(), READER, best=None).plotly["data"]
    same = [trace["line"]["dash"] for trace in lines if trace["line"]["color"] == lines[0]["line"]["color"]]
    assert all(first != second for first, second in pairwise(same))
