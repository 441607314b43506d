"""Charts of many runs: their arithmetic, and figures that Plotly takes and that say what they show."""

from __future__ import annotations

import json
from dataclasses import replace
from statistics import stdev

import numpy as np
import plotly.io
import pytest
from scipy.stats import spearmanr

from ml.charts import Reader
from ml.charts.figure import Figure, write_csv
from ml.charts.runs.grid import GridPlan, draw_grid
from ml.charts.runs.groups import draw_groups, group_runs
from ml.charts.runs.parallel import draw_parallel
from ml.charts.runs.scatter import ScatterPlan, draw_scatter
from ml.charts.runs.shades import shade_runs
from ml.charts.runs.values import Dimension, correlate_ranks, quantile
from ml.spread import deviation
from tests.builders.tables import student_spec

READER = Reader(student_spec())
NAMES = tuple(f"run {number}" for number in range(18))


def numeric(label: str, values: list[float | None]) -> Dimension:
    return Dimension(label, tuple("" if value is None else f"{value:g}" for value in values), tuple(values))


C = numeric("C", [0.01, 1, 100] * 6)
DEPTH = numeric("depth", [float(number // 6) for number in range(18)])
SCORE = replace(numeric("score", [*(number / 20 for number in range(17)), None]), is_measured=True)
LOSS = replace(SCORE, label="loss", is_lower_better=True)
KIND = Dimension("kind", (*(["tree", "line"] * 8), "odd", ""), None)


def draw_all() -> dict[str, Figure]:
    return {
        "scatter": draw_scatter(ScatterPlan(NAMES, C, SCORE, KIND, log_x=True), READER),
        "categories": draw_scatter(ScatterPlan(NAMES, KIND, SCORE, DEPTH), READER),
        "parallel": draw_parallel(NAMES, [C, KIND, SCORE], LOSS, READER),
        "groups": draw_groups(NAMES, KIND, SCORE, READER),
        "grid": draw_grid(GridPlan(C, DEPTH, SCORE), READER),
    }


@pytest.mark.parametrize("name", list(draw_all()))
def test_plotly_takes_it_and_its_table_is_whole(name: str) -> None:
    figure = draw_all()[name]
    plotly.io.from_json(json.dumps(figure.plotly, allow_nan=False))
    assert "%(" not in figure.title + figure.alt
    assert {len(row) for row in (*figure.table.cells, *figure.table.texts)} == {len(figure.table.headers)}


@pytest.mark.parametrize("seed", range(3))
def test_ranks_quantiles_and_spread_are_those_of_numpy_and_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 6, 30).astype(float).tolist(), rng.normal(size=30).tolist()
    assert correlate_ranks(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert quantile(sorted(second), 0.25) == pytest.approx(np.quantile(second, 0.25))
    assert deviation(second) == pytest.approx(stdev(second))


def test_one_run_alone_has_no_spread_and_what_does_not_vary_no_correlation() -> None:
    assert deviation([0.5]) is None
    assert correlate_ranks([1, 1, 1], [1, 2, 3]) is None


def test_the_title_of_a_scatter_says_which_way_it_goes() -> None:
    rising = numeric("x", [float(number) for number in range(18)])
    falling = numeric("x", [float(-number) for number in range(18)])
    flat = numeric("x", [1.0] * 18)
    titles = [draw_scatter(ScatterPlan(NAMES, x, SCORE), READER).title for x in (rising, falling, C, flat)]
    assert titles[0] == "score rises with x: rank correlation 1.00 over 17 runs"
    assert titles[1] == "score falls as x rises: rank correlation -1.00 over 17 runs"
    assert titles[2].startswith("score hardly goes with C: ")
    assert titles[3] == "score by x: one of them is the same in all 17 runs"


def test_the_darkest_are_the_best_whichever_way_is_better() -> None:
    places = range(18)
    best = {
        by.label: {p for shade in shade_runs(by, places, READER) if shade.role == "ramp:1" for p in shade.members}
        for by in (SCORE, LOSS)
    }
    assert best == {"score": {13, 14, 15, 16}, "loss": {0, 1, 2, 3, 4}}


@pytest.mark.parametrize("by", [SCORE, KIND, C, None])
def test_every_run_is_in_one_shade(by: Dimension | None) -> None:
    members = [place for shade in shade_runs(by, range(18), READER) for place in shade.members]
    assert sorted(members) == list(range(18))


def test_rare_categories_share_a_shade() -> None:
    many = Dimension("kind", tuple(f"kind {number}" for number in range(18)), None)
    shades = shade_runs(many, range(18), READER)
    assert [len(shade.members) for shade in shades] == [1] * 6 + [12]
    assert shades[-1].label == "all others"


def test_a_run_without_a_value_passes_below_the_axis() -> None:
    figure = draw_parallel(NAMES[-1:], [replace(SCORE, texts=("",), numbers=(None,))], None, READER)
    assert figure.plotly["data"][0]["y"][0] < 0


def test_a_group_counts_the_runs_that_have_the_metric() -> None:
    groups = {group.name: group for group in group_runs(KIND, SCORE, READER)}
    assert (groups["not logged"].runs, groups["not logged"].values) == (1, ())
    assert groups["tree"].mean == pytest.approx(sum(range(0, 16, 2)) / 20 / 8)


def test_a_cell_without_a_run_stays_empty() -> None:
    x, y = numeric("x", [1.0, 2.0] * 9), numeric("y", [1.0, 2.0] * 9)
    figure = draw_grid(GridPlan(x, y, SCORE), READER)
    tiles = figure.plotly["data"][0]
    assert (tiles["z"][0][1], tiles["z"][1][0]) == (None, None)
    assert [trace["type"] for trace in figure.plotly["data"]] == ["heatmap"]


def test_lines_of_equal_means_need_a_full_block_of_cells() -> None:
    figure = draw_all()["grid"]
    assert [trace["type"] for trace in figure.plotly["data"]] == ["heatmap", "contour"]
    assert figure.plotly["data"][1]["connectgaps"] is False


def test_many_different_numbers_are_cut_into_bins_that_hold_all_of_them() -> None:
    x = numeric("x", [float(2**number) for number in range(18)])
    for is_log in (False, True):
        figure = draw_grid(GridPlan(x, DEPTH, replace(SCORE, numbers=(0.5,) * 18), log_x=is_log), READER)
        counts = [row[2] for row in figure.table.cells]
        assert sum(count for count in counts if isinstance(count, int)) == 18
        assert len(figure.plotly["layout"]["xaxis"]["ticktext"]) == 8


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@x", "\tx"])
def test_no_cell_to_keep_begins_a_formula(text: str) -> None:
    assert write_csv([(text, -1.5, "-1.5")]).split(",")[0] == f"'{text}"
    assert write_csv([(text, -1.5, "-1.5")]).endswith(",-1.5,-1.5\r\n")
