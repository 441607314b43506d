"""A run that goes on, in an open page: its curve grows, keeps its zoom, and nobody asks once it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update

from tests.browser.test_pages import PHONE, VIEWS, find_faults
from tests.builders.histories import write_history
from tests.builders.stores import write_experiment, write_run
from webapp.clock import now_ms
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage, PutOnline
    from webapp.store.session import Store

RUN = "f" * 32
KEYS = ("val/loss", "<b>gradient</b> 🎉", "k" * 250)
COUNT = "document.querySelector('[data-drawn]')?.data[0].y.length ?? 0"
RANGE = "document.querySelector('[data-drawn]').layout.xaxis.range"


@pytest.fixture
def site(app: Flask, put_online: PutOnline) -> str:
    """A site with a run that goes on."""
    with app.extensions["proctor_store"].write() as conn:
        write_experiment(conn)
        write_run(conn, RUN, name="going on", status="RUNNING", start_time=now_ms(), end_time=None)
    grow(app.extensions["proctor_store"], 50)
    return put_online()


def grow(store: Store, count: int) -> None:
    """Have so many values in each of the run's curves, as another process may write them."""
    with store.write() as conn:
        conn.execute(delete(mlflow.metrics))
        for key in KEYS:
            write_history(conn, RUN, key, [(step, now_ms(), 1 / (1 + step)) for step in range(count)])


def end(store: Store) -> None:
    with store.write() as conn:
        conn.execute(update(mlflow.runs).values(status="FINISHED", end_time=now_ms()))


def wait_for(page: Page, condition: str) -> None:
    """Wait as `wait_for_function` would, which the page's policy does not let evaluate a string."""
    for _try in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def draw_frame(page: Page) -> None:
    """Draw a frame around the middle of the first chart."""
    box = page.locator("[data-drawn] .nsewdrag").first.bounding_box()
    assert box is not None
    left, top = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.2
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + box["width"] * 0.3, top + box["height"] * 0.6, steps=5)
    page.mouse.up()


def test_a_curve_grows_and_keeps_its_zoom_until_the_run_has_ended(new_page: NewPage, site: str, app: Flask) -> None:
    store, page = app.extensions["proctor_store"], new_page()
    asked: list[int] = []
    page.on("response", lambda answer: asked.append(answer.status) if answer.url.endswith("/live") else None)
    page.goto(f"{site}/runs/{RUN}")
    wait_for(page, f"{COUNT} === 50")
    draw_frame(page)
    wait_for(page, f"{RANGE}[0] > 5")
    zoomed = page.evaluate(RANGE)
    page.locator(".chart-table summary").first.click()

    grow(store, 60)
    wait_for(page, f"{COUNT} === 60")
    assert page.evaluate(RANGE) == zoomed
    assert page.locator(".chart-table").first.get_attribute("open") is not None
    page.get_by_text("val/loss: best (lowest) 0.01667 at step 59").wait_for()

    end(store)
    page.locator("#live").wait_for(state="detached")
    wait_for(page, f"{COUNT} === 60")
    assert asked.pop() == 205
    before = len(asked)
    page.wait_for_timeout(3000)
    assert len(asked) == before


def test_whoever_comes_back_to_the_table_finds_what_has_begun(new_page: NewPage, site: str, app: Flask) -> None:
    store, page = app.extensions["proctor_store"], new_page()
    end(store)
    page.goto(f"{site}/runs")
    assert page.locator("[data-live]").count() == 0
    with store.write() as conn:
        write_run(conn, "e" * 32, name="just begun", status="RUNNING", start_time=now_ms(), end_time=None)
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.get_by_role("link", name="just begun").wait_for()
    end(store)
    page.locator("[data-live]").wait_for(state="detached")


def test_the_page_of_a_run_that_goes_on_shuts_nobody_out(new_page: NewPage, site: str) -> None:
    page = new_page(**VIEWS["phone dark"])
    page.goto(f"{site}/runs/{RUN}?smooth=0.9&x=since")
    page.locator("[data-chart]:not([data-drawn])").first.wait_for(state="detached")
    assert find_faults(page) == []


def test_a_scale_is_picked_by_a_link_without_a_script(new_page: NewPage, site: str) -> None:
    page = new_page(java_script_enabled=False, **PHONE)
    page.goto(f"{site}/runs/{RUN}")
    page.get_by_role("link", name="Logarithmic").click()
    page.wait_for_url("**/runs/*?y=log#histories")
    page.wait_for_load_state("networkidle")  # what it still asks for would find the site gone
    assert page.locator(".chart > noscript table").first.is_visible()
