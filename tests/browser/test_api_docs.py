"""Swagger's page under the site's policy: it draws the document, and an operation can be tried there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.builders.sites import furnish

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings
    from tests.browser.conftest import NewPage, PutOnline


def test_an_operation_is_tried_on_swaggers_page(
    app: Flask, settings: Settings, new_page: NewPage, put_online: PutOnline
) -> None:
    furnish(app, settings)
    address = put_online()
    page = new_page()
    page.goto(f"{address}/api/v1/docs")
    operation = page.locator("#operations-Predictions-predictions_predict")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    status = operation.locator(".live-responses-table .response-col_status").nth(1)
    expect(status).to_contain_text("200")
    page.goto(f"{address}/api/v1/client")
    page.get_by_role("link", name="All operations").click()
    expect(page.locator(".opblock").first).to_be_visible()
