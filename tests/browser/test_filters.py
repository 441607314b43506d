"""A filter completed with the keyboard alone, at a phone's width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.builders.stores import write_experiment, write_metric, write_run, write_tag

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage, PutOnline
    from webapp.store.session import Store

ONE, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def address(app: Flask, put_online: PutOnline) -> str:
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, ONE, name="one")
        write_run(conn, OTHER, name="other")
        write_metric(conn, ONE, "val/accuracy", 0.6)
        write_tag(conn, OTHER, "<b>🙂</b>", "x")
    return put_online()


@pytest.fixture
def tab(address: str, new_page: NewPage) -> Page:
    page = new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{address}/runs")
    return page


def test_a_filter_is_completed_and_sent_with_the_keyboard(tab: Page) -> None:
    field, options = tab.get_by_role("combobox", name="Filter runs"), tab.locator("#filter-choices [role=option]")
    field.press_sequentially("tags.`<b>🙂</b>` is null and met")
    expect(options).to_have_text(["metrics.metrics"])
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "none")
    field.press("Tab")
    expect(options).to_have_text(["metrics.`val/accuracy`metric"])
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("tags.`<b>🙂</b>` is null and metrics.`val/accuracy` ")
    expect(options.first).to_have_text("=")
    assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("> 0.5")
    field.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("1 of 2 runs")


def test_a_choice_is_taken_by_the_pointer_and_the_field_keeps_the_focus(tab: Page) -> None:
    field = tab.get_by_role("combobox", name="Filter runs")
    field.press_sequentially("stat")
    tab.get_by_role("option", name="status").click()
    expect(field).to_have_value("status ")
    expect(field).to_be_focused()
