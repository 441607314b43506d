"""What was written into the store to be run in a reader's browser is not run there, and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.builders.sites import FOREIGN, PAGES, TRAINED, furnish

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings
    from tests.browser.conftest import NewPage, PutOnline

PAYLOAD = "'\"></title></script><script>alert(1)</script><img src=/x onerror=alert(2)><svg onload=alert(3)>"
MOVED = "/runs?column=metrics.accuracy&column=status"
"""The state, a word for those who hear pages alone, where no telephone shows it before the table is scrolled."""


def test_no_payload_runs(app: Flask, settings: Settings, new_page: NewPage, put_online: PutOnline) -> None:
    admin = furnish(app, settings, PAYLOAD)
    url = put_online()
    cookie = {"name": "proctor", "value": admin.cookie(), "url": url}
    page = new_page()
    page.context.add_cookies([cookie])
    for path in PAGES:
        page.goto(url + path, wait_until="networkidle")
        assert page.locator("img, main svg[onload], [onerror]").count() == 0
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.goto(f"{url}/runs", wait_until="networkidle")
    assert PAYLOAD in page.locator("main").inner_text()


def test_no_word_is_too_long_for_a_page(
    app: Flask, settings: Settings, new_page: NewPage, put_online: PutOnline
) -> None:
    admin = furnish(app, settings, "W" * 150)
    compared = ("/runs/compare", f"/runs/compare?run={TRAINED}", f"/runs/compare?run={TRAINED}&run={FOREIGN}")
    wide = {}
    url = put_online()
    page = new_page(viewport={"width": 390, "height": 800})
    page.context.add_cookies([{"name": "proctor", "value": admin.cookie(), "url": url}])
    for path in (*PAGES, *compared, MOVED, f"/runs/edit?run={FOREIGN}"):
        page.goto(url + path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert {path: by for path, by in wide.items() if by > 0} == {}
