"""A run kept as one file: it opens from a disk, without a network, and draws all that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_pages import VIEWS, find_faults

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Learnt, NewPage


@pytest.fixture
def kept(new_page: NewPage, learnt: Learnt, tmp_path: Path) -> Path:
    page = new_page()
    page.goto(f"{learnt.server.url}/runs/{learnt.run_id}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Keep as one file").click()
    path = tmp_path / "run.html"
    download.value.save_as(path)
    return path


def open_file(new_page: NewPage, path: Path, view: str) -> tuple[Page, list[str]]:
    page, asked = new_page(**VIEWS[view]), []
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url.split(":")[0]))
    page.goto(path.as_uri())
    page.locator("[data-chart]:not([data-drawn])").first.wait_for(state="detached")
    return page, asked


@pytest.mark.parametrize("view", ["desk", "phone dark"])
def test_the_file_draws_every_chart_and_asks_for_nothing(new_page: NewPage, kept: Path, view: str) -> None:
    page, asked = open_file(new_page, kept, view)
    assert page.locator("[data-chart] .main-svg").count() >= page.locator("[data-chart]").count() > 10
    assert page.locator(".chart-failed").count() == 0
    assert set(asked) <= {"file", "data"}
    assert find_faults(page) == []


def test_the_matrix_of_the_file_can_be_read_in_three_ways(new_page: NewPage, kept: Path) -> None:
    page, _asked = open_file(new_page, kept, "desk")
    assert page.locator(".view-counts").is_visible()
    page.locator("label", has_text="By column").click()
    assert page.locator(".view-by-column").is_visible()
    assert not page.locator(".view-counts").is_visible()
