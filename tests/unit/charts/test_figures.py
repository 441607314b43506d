from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import plotly.io
import pytest

from ml.charts import Figure, Reader, draw_figure, exploration_figures, figure_names
from ml.charts.bundle import bundle_path
from ml.charts.palette import RAMP, class_role, colour
from ml.charts.reader import fold
from ml.exploration import Exploration
from ml.settings import ROOT
from ml.spec import DatasetSpec
from tests.builders.explorations import explore, make_spec, mixed_exploration


@pytest.fixture(scope="module")
def mixed() -> tuple[DatasetSpec, Exploration]:
    return mixed_exploration()


@pytest.fixture(scope="module")
def figures(mixed: tuple[DatasetSpec, Exploration]) -> dict[str, Figure]:
    spec, found = mixed
    return exploration_figures(found, Reader(spec))


def test_every_kind_of_figure_is_drawn(figures: dict[str, Figure]) -> None:
    assert set(figures) == {
        "target", "information", "association", "twins", "missing", "cleaning", "by-class.colour",
        "histogram.height", "box.height",
    }  # fmt: skip


def test_plotly_accepts_every_figure(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        plotly.io.from_json(json.dumps(figure.plotly))  # raises on a property that Plotly does not know


def test_no_figure_needs_eval_or_blurs(figures: dict[str, Figure]) -> None:
    kinds = {trace["type"] for figure in figures.values() for trace in figure.plotly["data"]}
    assert kinds <= {"bar", "scatter", "heatmap", "box"}


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


def test_a_table_is_written_with_its_numbers_in_full(figures: dict[str, Figure]) -> None:
    rows = list(csv.reader(io.StringIO(figures["target"].table.to_csv())))
    assert rows == [["RESULT".title(), "Rows", "Share"], ["no", "30", "0.5"], ["yes", "30", "0.5"]]


def test_titles_say_the_point(mixed: tuple[DatasetSpec, Exploration]) -> None:
    spec = make_spec(["no", "yes"], {"f": ["a", "b"], "g": ["a", "b"]})
    labels = ["no"] * 30 + ["yes"] * 10
    found = explore(spec, {"result": labels, "f": ["a"] * 30 + ["b"] * 10, "g": ["a", "b"] * 20})
    titles = {name: figure.title for name, figure in exploration_figures(found, Reader(spec)).items()}
    assert titles["target"] == "no is the commonest: 30 of 40 rows (75.0\N{NO-BREAK SPACE}%)"
    assert titles["information"] == "F says 0.81 of the 0.81 bits; the next column says 0.00"
    assert titles["by-class.f"] == ("b: 100.0\N{NO-BREAK SPACE}% are yes, against 25.0\N{NO-BREAK SPACE}% of all rows")
    assert not {"missing", "cleaning"} & set(titles)  # there was nothing to mend


def test_shares_of_a_category_make_a_hundred(figures: dict[str, Figure]) -> None:
    traces = figures["by-class.colour"].plotly["data"]
    assert [sum(shares) for shares in zip(*(trace["x"] for trace in traces), strict=True)] == pytest.approx([100] * 3)


def test_spanish_numbers_have_a_comma(mixed: tuple[DatasetSpec, Exploration]) -> None:
    spec, found = mixed
    reader = Reader(spec, "es")
    assert reader.number(1234.5, 1) == "1234,5"
    assert reader.number(1234567.25) == "1.234.567,25"
    figure = draw_figure("target", found, reader)
    assert figure is not None
    assert figure.plotly["layout"]["separators"] == ",."
    assert "(es)" in figure.table.headers[0]


def test_a_name_nobody_knows_draws_nothing(mixed: tuple[DatasetSpec, Exploration]) -> None:
    spec, found = mixed
    for name in ("", "by-class.nobody", "box.colour", "../target", "by-class"):
        assert draw_figure(name, found, Reader(spec)) is None


def test_labels_cannot_smuggle_tags() -> None:
    assert "<b" not in fold("<b onclick=x>loud</b>")


def test_the_ramp_goes_through_the_stylesheets_stops() -> None:
    assert [colour(class_role(number, 4)) for number in range(4)] == list(RAMP)
    css = (ROOT / "webapp/static/css/proctor.css").read_text()
    light = css[: css.index("@media")]
    assert [re.search(rf"--c{number}: (#\w+)", light)[1] for number in range(1, 5)] == list(RAMP)  # type: ignore[index]


def test_the_page_module_knows_the_installed_librarys_style_elements() -> None:
    """Two ids of plotly.js that charts.mjs occupies, so that no style is refused by the policy."""
    bundle = bundle_path().read_text(encoding="utf-8")
    module = (ROOT / "webapp/static/js/charts.mjs").read_text()
    made = set(re.findall(r'getElementById\("([0-9a-f]{64})"\)', bundle))
    assert made == set(re.findall(r'"([0-9a-f]{64})"', module))
    assert '"plotly.js-style-"' in bundle
    assert '"plotly.js-style-global"' in module


def test_figures_stay_small(figures: dict[str, Figure]) -> None:
    sizes: dict[str, Any] = {name: len(json.dumps(figure.plotly)) for name, figure in figures.items()}
    assert max(sizes.values()) < 20_000
    assert set(figure_names(mixed_exploration()[1])) == set(sizes)
