"""Runs ticked in the table, which a script keeps quick, reach the page that changes them, and the way leads back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.builders.accounts import visit_with_role
from tests.builders.stores import write_experiment
from tests.builders.ticks import IDS, write_full_run

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings
    from tests.browser.conftest import NewPage, PutOnline


def test_ticked_runs_are_tagged_and_archived(
    app: Flask, settings: Settings, new_page: NewPage, put_online: PutOnline
) -> None:
    with app.extensions["proctor_store"].write() as conn:
        write_experiment(conn)
        for place, run_id in enumerate(IDS):
            write_full_run(conn, settings.artifact_root, run_id, f"run {place}")
    cookie = visit_with_role(app, "admin").cookie()
    address = put_online()
    page = new_page(viewport={"width": 390, "height": 800})
    page.context.add_cookies([{"name": "proctor", "value": cookie, "url": address}])
    page.goto(f"{address}/runs")
    page.get_by_role("link", name="Run", exact=True).click()  # the table is put in place by the script
    page.wait_for_url("**sort=**")
    table = page.url.removeprefix(address)
    for name in ("run 0", "run 2"):
        page.get_by_label(f"Tick {name}").check()
    page.get_by_role("button", name="Edit…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit 2 runs")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#tag-key").fill("team")
    page.locator("#tag-value").fill("b")
    page.get_by_role("button", name="Set the tag").click()
    expect(page.get_by_role("status").first).to_have_text("The tag is set on 2 runs.")
    assert page.url.removeprefix(address) == table
    page.get_by_label("Tick run 0").check()
    page.get_by_role("button", name="Edit…").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 runs")
