"""A comparison in a browser: charts drawn, nobody shut out, and a file of it that opens without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_pages import VIEWS, find_faults
from tests.builders.comparisons import make_comparison, write_comparison
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_experiment
from tests.builders.tried_runs import write_tried_runs

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from ml.settings import Settings
    from tests.browser.conftest import NewPage, PutOnline

RUNS = ("a" * 32, "b" * 32)


@pytest.fixture
def site(app: Flask, settings: Settings, put_online: PutOnline) -> str:
    """A site with a comparison that is done and two runs."""
    with app.extensions["proctor_store"].write() as conn:
        write_comparison(conn, settings.data_dir, make_comparison())
        write_experiment(conn)
        for run_id in RUNS:
            write_trained_run(conn, settings.artifact_root, run_id, make_evaluation(), name=f"run {run_id[0]}")
    return put_online()


@pytest.mark.parametrize("view", VIEWS)
def test_the_comparison_shuts_nobody_out_and_draws_its_charts(new_page: NewPage, site: str, view: str) -> None:
    page = new_page(**VIEWS[view])
    page.goto(f"{site}/compare", wait_until="networkidle")
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".main-svg").first.wait_for()
    assert page.locator(".chart-failed").count() == 0
    assert find_faults(page) == []


@pytest.mark.parametrize("view", ["desk", "phone dark"])
def test_runs_are_ticked_and_compared(new_page: NewPage, site: str, view: str) -> None:
    page = new_page(**VIEWS[view])
    page.goto(f"{site}/runs")
    for run_id in RUNS:
        page.locator(f"[name=run][value='{run_id}']").check()
    page.get_by_role("button", name="Compare the ticked runs").click()
    page.wait_for_url("**/runs/compare?*")
    assert page.get_by_text("an older Proctor did not note the folds").count() == 2
    assert find_faults(page) == []


def test_the_file_draws_every_chart_and_asks_for_nothing(new_page: NewPage, site: str, tmp_path: Path) -> None:
    page = new_page()
    page.goto(f"{site}/compare")
    with page.expect_download() as download:
        page.get_by_role("link", name="Keep as one file").click()
    path = tmp_path / "comparison.html"
    download.value.save_as(path)
    asked: list[str] = []
    page = new_page()
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url.split(":")[0]))
    page.goto(path.as_uri())
    charts = page.locator("[data-chart]")
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        chart.locator(".main-svg").first.wait_for()
    assert charts.count() == 6
    assert page.locator(".chart-failed").count() == 0
    assert set(asked) <= {"file", "data"}
    assert find_faults(page) == []


@pytest.mark.parametrize("view", ["desk", "phone dark"])
def test_many_runs_are_drawn_and_their_table_scrolls_within_itself(
    new_page: NewPage, app: Flask, site: str, view: str
) -> None:
    with app.extensions["proctor_store"].write() as conn:
        asked = "runs=" + ",".join(run_id[:8] for run_id in write_tried_runs(conn, 60))
    page = new_page(**VIEWS[view])
    page.goto(f"{site}/runs/compare?{asked}")
    table = page.get_by_role("region", name="What was different")
    first = table.get_by_role("rowheader", name="C", exact=True)
    before = first.bounding_box()
    table.evaluate("region => region.scrollLeft = 2000")
    assert first.bounding_box() == before
    assert find_faults(page) == []
    for chart in ("parallel", "contour"):
        page.goto(f"{site}/runs/compare?{asked}&view={chart}")
        page.locator("[data-chart] .main-svg").first.wait_for()
        assert page.locator(".chart-failed").count() == 0
        assert find_faults(page) == []
