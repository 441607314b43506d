"""The Explore page in a real browser: charts drawn, nothing refused by the page's policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ml.results import to_json
from tests.builders.explorations import explore
from webapp.current import current_spec
from webapp.store.session import current_store
from webapp.store.tables import dataset

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage, PutOnline


@pytest.fixture
def address(app: Flask, put_online: PutOnline) -> str:
    with app.app_context():
        spec = current_spec()
        cells = {column.name: [column.categories[row % 2] for row in range(40)] for column in spec.columns}
        with current_store().write() as conn:
            conn.execute(
                dataset.insert().values(
                    name=spec.name, content_sha256="0" * 64, spec_sha256=spec.sha256, prepared_at=1, rows=40,
                    cleaning="{}", exploration=json.dumps(to_json(explore(spec, cells))), raw_path="r",
                    clean_path="c", rejected_path="x",
                    origin=json.dumps(
                        {"kind": "file", "name": "x.csv", "sha256": "0", "content_sha256": "0", "location": "x.csv",
                         "is_verified": False}
                    ),
                )
            )  # fmt: skip
    return put_online()


@pytest.fixture
def tab(new_page: NewPage) -> Page:
    return new_page(viewport={"width": 390, "height": 800})


def test_charts_are_drawn_where_their_room_was_kept_and_nothing_is_refused(address: str, tab: Page) -> None:
    tab.goto(f"{address}/explore")
    tab.wait_for_selector("[data-chart]")
    heights = "[...document.querySelectorAll('[data-chart]')].map((place) => place.offsetHeight)"
    before = tab.evaluate(heights)
    for place in tab.query_selector_all("[data-chart]"):
        place.scroll_into_view_if_needed()
        place.wait_for_selector(".main-svg")
    assert tab.evaluate(heights) == before
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.evaluate("getComputedStyle(document.querySelector('.js-plotly-plot .plotly')).direction") == "ltr"


def test_charts_follow_the_theme(address: str, tab: Page) -> None:
    tab.goto(f"{address}/explore")
    bar = tab.locator("#chart-information .bars path").first
    light = bar.evaluate("(path) => getComputedStyle(path).fill")
    tab.click("[data-theme-switch]")
    expect(bar).not_to_have_css("fill", light)


def test_without_scripts_the_numbers_are_open_tables(address: str, tab: Page) -> None:
    browser = tab.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/explore")
        assert page.locator("#chart-information noscript table").is_visible()
        assert not page.locator("#chart-information .chart-canvas").is_visible()
