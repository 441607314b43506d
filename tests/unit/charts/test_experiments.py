"""The charts of an experiment: what is the best so far, what is on the front, how days are laid out, what is drawn."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import plotly.io
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.charts import Figure, Reader
from ml.charts.experiments.activity import draw_activity
from ml.charts.experiments.best import Best, draw_best
from ml.charts.experiments.calendar import IN_VIEW, Activity, DayCount, Unit, find_unit, lay_out_days
from ml.charts.experiments.climb import find_records, thin
from ml.charts.experiments.dominance import find_front, thin_cloud
from ml.charts.experiments.pareto import Front, draw_front
from ml.charts.experiments.values import Axis, Company, Counts, Pair, Point, Who, is_in_calendar
from tests.builders.tables import student_spec

READER = Reader(student_spec())
ACCURACY, LOSS = Axis("accuracy", "Accuracy", is_lower_better=False), Axis("loss", "Loss", is_lower_better=True)
NUMBERS = st.integers(-3, 3).map(float)  # few values, so that many are equal
SIGNS = st.booleans()
KNOWN = Company(0.4, 0.6, 0.3, 0.5)
DAY = 86_400_000


def make_who(count: int, company: Company = KNOWN) -> dict[int, Who]:
    return {n: Who(f"{n:032x}", f"run <{n}>", {"accuracy": company}) for n in range(count)}


def make_best(values: list[float], company: Company = KNOWN, apart: int = DAY) -> Best:
    points = [Point(apart * place, place, number) for place, number in enumerate(values)]
    records = tuple(Point(*point) for point in find_records(points, ACCURACY))
    return Best(ACCURACY, Counts(len(points)), records, len(records), tuple(points), points[-1].started_at,
                make_who(len(points), company))  # fmt: skip


def make_front(pairs: list[tuple[float, float]], company: Company = KNOWN) -> Front:
    placed = [Pair(place, *pair) for place, pair in enumerate(pairs)]
    members = tuple(Pair(*pair) for pair in find_front(placed, LOSS, ACCURACY))
    others = tuple(pair for pair in placed if pair not in members)
    return Front(LOSS, ACCURACY, Counts(len(pairs)), members, len(members), others, make_who(len(pairs), company))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1), SIGNS, SIGNS)
def test_on_the_front_is_whoever_no_other_dominates(pairs: list[tuple[float, float]], low_x: bool, low_y: bool) -> None:  # noqa: FBT001
    x, y = Axis("x", "x", is_lower_better=low_x), Axis("y", "y", is_lower_better=low_y)
    placed = [(place, *pair) for place, pair in enumerate(pairs)]

    def dominates(a: tuple[int, float, float], b: tuple[int, float, float]) -> bool:
        gains = [(x.gain(a[1]), x.gain(b[1])), (y.gain(a[2]), y.gain(b[2]))]
        return all(one >= other for one, other in gains) and any(one > other for one, other in gains)

    front = find_front(placed, x, y)
    assert sorted(front) == [b for b in placed if not any(dominates(a, b) for a in placed)]
    assert [x.gain(pair[1]) for pair in front] == sorted((x.gain(pair[1]) for pair in front), reverse=True)


@given(st.lists(NUMBERS, min_size=1), SIGNS)
def test_a_record_is_better_than_all_before_it(values: list[float], is_lower_better: bool) -> None:  # noqa: FBT001
    axis = Axis("m", "m", is_lower_better=is_lower_better)
    points = [(place, place, number) for place, number in enumerate(values)]
    gains = [axis.gain(number) for number in values]
    expected = [point for place, point in enumerate(points) if all(gains[place] > gain for gain in gains[:place])]
    assert find_records(points, axis) == expected


@given(st.lists(st.integers(), max_size=60), st.integers(2, 50))
def test_what_is_thinned_keeps_its_ends_and_its_order(marks: list[int], most: int) -> None:
    numbered = list(enumerate(marks))
    kept = thin(numbered, most)
    assert len(kept) == min(most, len(marks))
    assert kept == sorted(set(kept))
    assert (kept[:1], kept[-1:]) == (numbered[:1], numbered[-1:])


@given(st.lists(st.tuples(st.floats(-1.7e308, 1.7e308), st.floats(-1e-300, 1e-300)), min_size=10, max_size=40))
def test_a_cloud_has_one_run_a_cell_whatever_the_scale(pairs: list[tuple[float, float]]) -> None:
    placed = [(place, *pair) for place, pair in enumerate(pairs)]
    kept = thin_cloud(placed, 3)
    assert 1 <= len(kept) <= 9
    assert set(kept) <= set(placed)


@given(
    st.lists(
        st.builds(DayCount, st.integers(0, 3_000), st.sampled_from(["FINISHED", "FAILED", "odd"]), st.integers(1, 9)),
        min_size=1, max_size=30,
    ),
    st.sampled_from(Unit),
)  # fmt: skip
def test_views_of_the_calendar_follow_each_other_without_a_gap(days: list[DayCount], unit: Unit) -> None:
    views: list[Activity] = []
    until: date | None = None
    while not views or until:
        found = lay_out_days(days, unit, until)
        assert found is not None
        views.append(found)
        until = found.earlier
    for view in views:
        assert len(view.bars) <= IN_VIEW[unit]
        assert view.earlier is None or view.earlier < view.bars[0].first
        assert view.runs + view.outside == sum(item.runs for item in days)
        assert all(a.last + timedelta(days=1) == b.first for a, b in zip(view.bars, view.bars[1:], strict=False))
    assert sum(view.runs for view in views) == sum(item.runs for item in days)
    oldest = views[-1]
    forward = {bar.first for bar in oldest.bars}
    while oldest.later:
        oldest = lay_out_days(days, unit, oldest.later) or oldest
        forward |= {bar.first for bar in oldest.bars}
    assert forward >= {bar.first for view in views for bar in view.bars if bar.total}


def test_days_are_shown_as_such_until_a_view_of_them_is_too_short() -> None:
    last = IN_VIEW[Unit.DAY]
    assert find_unit([DayCount(0, "FINISHED", 1), DayCount(last - 1, "FINISHED", 1)]) is Unit.DAY
    assert find_unit([DayCount(0, "FINISHED", 1), DayCount(last, "FINISHED", 1)]) is Unit.WEEK


def test_a_week_begins_on_monday_and_a_month_ends_where_it_ends() -> None:
    found = lay_out_days([DayCount((date(2024, 2, 29) - date(1970, 1, 1)).days, "FINISHED", 1)], Unit.WEEK)
    assert found is not None
    assert (found.bars[0].first, found.bars[0].last) == (date(2024, 2, 26), date(2024, 3, 3))
    found = lay_out_days([DayCount((date(2024, 2, 29) - date(1970, 1, 1)).days, "FINISHED", 1)], Unit.MONTH)
    assert found is not None
    assert (found.bars[0].first, found.bars[0].last) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize("ms", [None, -1, 253_402_300_800_000])
def test_what_no_calendar_knows_is_not_placed(ms: int | None) -> None:
    assert not is_in_calendar(ms)


def test_the_last_day_of_all_has_a_bar() -> None:
    days = [DayCount((date.max - date(1970, 1, 1)).days, "FINISHED", 1)]
    assert [lay_out_days(days, unit).bars[0].last for unit in Unit] == [date.max] * 3  # type: ignore[union-attr]


FIGURES = {
    "best": draw_best(make_best([0.4, 0.6, 0.5]), READER),
    "best alone": draw_best(make_best([0.4], Company()), READER),
    "front": draw_front(make_front([(1.0, 0.4), (2.0, 0.6), (3.0, 0.5)]), READER),
    "front alone": draw_front(make_front([(1.0, 0.4)], Company()), READER),
    "activity": draw_activity(lay_out_days([DayCount(3, "FINISHED", 2), DayCount(5, "odd", 1)], Unit.DAY), READER),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_plotly_takes_it_and_its_table_is_whole(figure: Figure) -> None:
    plotly.io.from_json(json.dumps(figure.plotly, allow_nan=False))
    assert {trace["type"] for trace in figure.plotly["data"]} <= {"scatter", "bar"}
    assert "%(" not in figure.title + figure.alt
    assert {len(row) for row in (*figure.table.cells, *figure.table.texts)} == {len(figure.table.headers)}
    assert all(axis["title"]["text"] for axis in (figure.plotly["layout"]["xaxis"], figure.plotly["layout"]["yaxis"]))
    assert "<1>" not in json.dumps(figure.plotly)


def find_trace(figure: Figure, name: str) -> dict[str, object]:
    return next(trace for trace in figure.plotly["data"] if trace.get("name") == name)


def test_the_stairs_go_up_and_on_to_the_last_run() -> None:
    stairs = FIGURES["best"].plotly["data"][-2]
    assert stairs["y"] == [0.4, 0.6, 0.6]
    assert stairs["x"][-1] == "1970-01-03 00:00:00"
    assert stairs["line"]["shape"] == "hv"


def test_the_best_stands_with_its_interval_and_its_prior() -> None:
    figure = FIGURES["best"]
    assert "0.600 [0.400" in figure.title.replace("\N{NO-BREAK SPACE}", " ")
    assert "(class prior 0.300)" in figure.title
    assert find_trace(figure, "Class prior beside the best")["y"] == [0.3, 0.3, 0.3]
    assert figure.plotly["data"][-3]["y"] == [0.4, 0.6, None] * 3
    assert [row[4:7] for row in figure.table.cells] == [(0.4, 0.6, 0.3)] * 3


def test_of_many_runs_only_the_best_have_their_interval_drawn_and_their_line() -> None:
    figure = draw_best(make_best([0.5, *[0.4] * 100, 0.6]), READER)
    assert figure.plotly["data"][-3]["y"] == [0.4, 0.6, None] * 2
    assert len(figure.table.texts) == 2
    assert len(figure.table.cells) == 102


def test_a_run_without_company_says_nothing_of_it() -> None:
    figure = FIGURES["best alone"]
    assert "[" not in figure.title
    assert not [trace for trace in figure.plotly["data"] if trace.get("name") == "Class prior beside the best"]


def test_the_front_is_joined_over_the_corners_that_it_beats() -> None:
    line = FIGURES["front"].plotly["data"][-2]
    assert (line["x"], line["y"], line["line"]["shape"]) == ([1.0, 2.0], [0.4, 0.6], "hv")
    assert [row[0] for row in FIGURES["front"].table.texts] == ["run <0>", "run <1>"]


def test_priors_of_several_datasets_are_no_one_line() -> None:
    found = make_front([(1.0, 0.4), (2.0, 0.6)])
    found.who[1].company["accuracy"] = Company(prior=0.5)  # type: ignore[index]
    names = [trace.get("name", "") for trace in draw_front(found, READER).plotly["data"]]
    assert not [name for name in names if "prior" in name]
    assert [trace for trace in FIGURES["front"].plotly["data"] if "prior" in trace.get("name", "")]


def test_axes_say_which_way_is_better() -> None:
    layout = FIGURES["front"].plotly["layout"]
    assert layout["xaxis"]["title"]["text"] == "Loss (lower is better)"
    assert layout["yaxis"]["title"]["text"] == "Accuracy (higher is better)"


@pytest.mark.parametrize(
    ("apart", "written"), [(20_000, "%H:%M:%S"), (3_600_000, "%m-%d %H:%M"), (2 * DAY, "%Y-%m-%d")]
)
def test_no_two_ticks_say_the_same_moment(apart: int, written: str) -> None:
    axis = draw_best(make_best([0.1, 0.3, 0.2, 0.5], apart=apart), READER).plotly["layout"]["xaxis"]
    assert axis["tickformat"] == written


def test_states_are_stacked_and_those_of_strangers_counted_together() -> None:
    figure = FIGURES["activity"]
    assert [trace["name"] for trace in figure.plotly["data"]] == ["Finished", "Other state"]
    assert [trace["y"] for trace in figure.plotly["data"]] == [[2, 0, 0], [0, 0, 1]]
    assert figure.plotly["layout"]["barmode"] == "stack"
    assert Counter(len(rows) for rows in (figure.table.cells, figure.table.texts)) == {3: 1, 2: 1}
