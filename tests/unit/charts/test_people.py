"""The figure of a run's groups."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.io
import pytest

from ml.charts.people import draw_people
from ml.charts.reader import Reader
from ml.examination import Examination
from ml.examination.people import Outcome, People, Slicing
from tests.builders.people import make_group, make_people
from tests.builders.runs import make_evaluation
from tests.builders.tables import student_spec

READER = Reader(student_spec())


def draw(people: People | None) -> object:
    return draw_people(make_evaluation(), Examination(people=people), READER)


def test_each_group_that_is_shown_has_a_dot_with_its_interval() -> None:
    figure = draw_people(make_evaluation(), Examination(people=make_people()), READER)
    assert figure
    plotly.io.from_json(json.dumps(figure.plotly))
    right, found = figure.plotly["data"]
    assert right["x"] == pytest.approx([50, 50, 46, 44])
    assert found["x"] == pytest.approx([60, 71, 32])
    assert found["error_x"]["array"] == pytest.approx([5, 5, 5])
    assert figure.table.cells[2][:2] == ("General (no reserved places)", 329)
    assert figure.table.cells[2][2:5] == pytest.approx((0.46, 0.41, 0.51))
    assert figure.table.texts[1][5:] == ("–", "–", "–")


def test_its_title_says_the_widest_gap() -> None:
    figure = draw_people(make_evaluation(), Examination(people=make_people()), READER)
    assert figure
    assert figure.title.replace("\N{NO-BREAK SPACE}", " ") == (
        "Of those who are Very good or Excellent, found: 71 % of General (no reserved places), 32 % of Other Backward"
        " Classes (OBC)"
    )
    assert "%(" not in figure.alt


def test_without_an_order_it_draws_how_often_each_group_is_answered_rightly() -> None:
    people = make_people()
    groups = (make_group("female", rows=20), make_group("male", rows=None))
    outcomes = (Outcome(("Good",)), Outcome(("Vg",)))
    figure = draw_people(
        make_evaluation(),
        Examination(people=replace(people, outcomes=outcomes, slices=(Slicing(("Gender",), groups, ()),))),
        READER,
    )
    assert figure
    assert [trace["x"] for trace in figure.plotly["data"]] == [[50.0]]
    assert figure.title == "Right for 52\N{NO-BREAK SPACE}% of all"


@pytest.mark.parametrize("people", [None, People((), are_used=False)])
def test_where_nobody_looked_there_is_nothing_to_draw(people: People | None) -> None:
    assert draw(people) is None
