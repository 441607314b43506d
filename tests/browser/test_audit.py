"""The audit as a reviewer and an admin meet it: a leaking table is found out, and a failed version is held back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.builders.runs import write_version
from tests.builders.sites import TRAINED, furnish

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from ml.settings import Settings
    from tests.browser.conftest import Learnt, NewPage, PutOnline

AUDITED_WITHIN_MS = 120_000
PHONE = {"viewport": {"width": 390, "height": 800}}
LOOKS = [{}, PHONE | {"color_scheme": "dark", "locale": "es"}]
REASON = "The column is known before the exam, says the registrar"


def find_faults(page: Page) -> list[str]:
    """What shuts somebody out, and what hangs over the edge."""
    found = Axe().run(page).response["violations"]
    grave = [item["id"] for item in found if item["impact"] in {"serious", "critical"}]
    is_too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return grave + ["too wide"] * is_too_wide


def write_leaking_table(path: Path) -> Path:
    """A table with the class in it under another name."""
    lines = [f"{row % 7},{row * 37 % 11},{'pq'[row % 3 == 0]},{'yn'[row % 3 == 0]}" for row in range(90)]
    path.write_text("\n".join(["first,second,code,passed", *lines]))
    return path


@pytest.mark.parametrize("look", LOOKS, ids=["desk", "phone dark es"])
def test_a_reviewer_uploads_a_leaking_table_and_sees_it_found_out(
    learnt: Learnt, new_page: NewPage, tmp_path: Path, look: dict[str, object]
) -> None:
    page = new_page(**look)
    page.goto(f"{learnt.server.url}/audit")
    page.locator("[name=table]").set_input_files(write_leaking_table(tmp_path / "theirs.csv"))
    page.locator("[name=target]").fill("passed")
    page.locator("[name=value]").fill("99.26 %")
    page.locator("[name=rows]").fill("136")
    page.locator("main form button").click()
    page.locator(".finding-bad").first.wait_for(timeout=AUDITED_WITHIN_MS)
    expect(page.locator("h1")).to_have_text(re.compile("Not what it claims|No es lo que dice ser"))
    expect(page.locator(".finding-bad").first).to_contain_text("code")
    assert find_faults(page) == []
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert '"verdict":"cheat"' in download.value.path().read_text().replace(" ", "")


def test_an_audit_that_cannot_be_made_says_why(learnt: Learnt, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page()
    page.goto(f"{learnt.server.url}/audit")
    page.get_by_label("Table", exact=True).set_input_files(write_leaking_table(tmp_path / "theirs.csv"))
    page.get_by_label("Column with the class").fill("nothing")
    page.get_by_role("button", name="Examine it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It could not be examined", timeout=AUDITED_WITHIN_MS)
    expect(page.locator("main")).to_contain_text("theirs.csv: ")
    expect(page.locator("main")).not_to_contain_text("uploads")
    assert find_faults(page) == []


def test_a_failed_version_is_promoted_only_by_saying_so_and_why(
    app: Flask, settings: Settings, new_page: NewPage, put_online: PutOnline
) -> None:
    admin = furnish(app, settings)
    folder = settings.artifact_root / "student_performance" / TRAINED / "artifacts"
    with app.extensions["proctor_store"].write() as conn:
        write_version(conn, 2, TRAINED, b"never loaded", folder, audit="cheat")
    url = put_online()
    page = new_page(expected=409)
    page.context.add_cookies([{"name": "proctor", "value": admin.cookie(), "url": url}])
    page.goto(f"{url}/models")
    page.locator("#version-2").get_by_role("link", name="Version 2", exact=True).click()
    page.locator("#promote summary").click()
    page.locator("#promote").get_by_label("Why").fill(REASON)
    assert find_faults(page) == []
    page.locator("#promote").get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("not what it claims")
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 2 is a candidate")
    assert page.locator("#promote-reason").input_value() == REASON
    page.locator("#promote").get_by_label("Promote although the audit failed").check()
    page.locator("#promote").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 2 answers today")
    expect(page.locator("#history li").filter(has_text=REASON)).to_contain_text("Although the audit failed")
    assert find_faults(page) == []
