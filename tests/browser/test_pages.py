"""Every page, of a Proctor that has learnt something and of a new one: accessible and at home on desks and phones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Learnt, NewPage
    from tests.builders.servers import Server

PAGES = (
    "/",
    "/data",
    "/explore",
    "/runs",
    "/runs/RUN",
    "/experiments",
    "/experiments/1",
    "/models",
    "/predict",
    "/audit",
    "/login",
    "/nowhere",
)
SIGNED_IN = ("/admin", "/models")
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 800}}
VIEWS = {
    "desk": DESK,
    "desk dark es": DESK | {"color_scheme": "dark", "locale": "es"},
    "phone es": PHONE | {"locale": "es"},
    "phone dark": PHONE | {"color_scheme": "dark"},
}
GRAVE = {"serious", "critical"}


def find_faults(page: Page) -> list[str]:
    """What shuts somebody out, and what hangs over the edge."""
    found = Axe().run(page).response["violations"]
    faults = [
        f"{item['id']}: {node['html'][:200]}" for item in found if item["impact"] in GRAVE for node in item["nodes"]
    ]
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        faults.append("the page is wider than its window")
    return faults


def open_page(new_page: NewPage, learnt: Learnt, path: str, view: str, **options: Any) -> Page:
    page = new_page(expected=404 if path == "/nowhere" else 200, **VIEWS[view], **options)
    page.goto(learnt.server.url + path.replace("RUN", learnt.run_id), wait_until="networkidle")
    return page


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_shut_out(new_page: NewPage, learnt: Learnt, path: str, view: str) -> None:
    assert find_faults(open_page(new_page, learnt, path, view)) == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("path", SIGNED_IN)
def test_no_admin_is_shut_out(new_page: NewPage, learnt: Learnt, path: str, view: str) -> None:
    assert find_faults(open_page(new_page, learnt, path, view, storage_state=learnt.admin)) == []


@pytest.mark.parametrize("view", ["desk", "phone dark"])
def test_an_answer_and_a_form_with_mistakes_shut_nobody_out(new_page: NewPage, learnt: Learnt, view: str) -> None:
    page = new_page(expected=422, **VIEWS[view])
    page.goto(f"{learnt.server.url}/predict")
    page.get_by_role("button", name="Predict").click()
    assert page.locator(".problems a").count() > 1
    assert page.evaluate("document.activeElement.className") == "problems"
    assert find_faults(page) == []
    for select in page.locator("main select").all():
        select.select_option(index=1)
    page.get_by_role("button", name="Predict").click()
    expect(page.locator("#answer .bars").first).to_be_visible()
    page.locator("#explained #what-if").wait_for()
    assert page.locator("#explained .pushes").is_visible()
    assert find_faults(page) == []


@pytest.mark.parametrize("view", ["desk", "phone dark"])
@pytest.mark.parametrize("path", ["/", "/data", "/explore", "/runs", "/models", "/predict", "SETUP"])
def test_a_new_proctor_shuts_nobody_out(new_page: NewPage, empty_server: Server, path: str, view: str) -> None:
    page = new_page(**VIEWS[view])
    page.goto(empty_server.setup_link() if path == "SETUP" else empty_server.url + path, wait_until="networkidle")
    assert find_faults(page) == []
    assert page.locator(".state .button, main form button").first.is_visible()


def test_the_theme_is_kept(new_page: NewPage, learnt: Learnt) -> None:
    page = open_page(new_page, learnt, "/runs", "desk")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_the_language_is_kept(new_page: NewPage, learnt: Learnt) -> None:
    page = open_page(new_page, learnt, "/runs", "desk")
    page.get_by_role("button", name="ES").click()
    page.goto(page.url.replace("/runs", "/models"))
    assert page.locator("html").get_attribute("lang") == "es"


def test_all_charts_are_drawn_without_scrolling(new_page: NewPage, learnt: Learnt) -> None:
    page = open_page(new_page, learnt, "/explore", "phone dark")
    page.locator("[data-chart]:not([data-drawn])").first.wait_for(state="detached")
    assert page.locator("[data-chart] .main-svg").count() >= page.locator("[data-chart]").count() > 3
    assert page.evaluate("scrollY") == 0


# ── by keyboard ──────────────────────────────────────────────────────────────
def test_the_first_key_leads_past_the_menu(new_page: NewPage, learnt: Learnt) -> None:
    page = open_page(new_page, learnt, "/runs", "desk")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("(link) => link === document.activeElement && link.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("path", ["/runs", "/predict", "/explore"])
def test_whatever_has_the_focus_shows_it(new_page: NewPage, learnt: Learnt, path: str) -> None:
    page = open_page(new_page, learnt, path, "phone dark")
    unseen = []
    for _key in range(25):
        page.keyboard.press("Tab")
        outline, html = page.evaluate(
            "() => { const at = document.activeElement, style = getComputedStyle(at);"
            " return [parseFloat(style.outlineWidth) * (style.outlineStyle !== 'none'), at.outerHTML.slice(0, 120)]; }"
        )
        if not outline and not html.startswith("<body"):  # after the last one comes the page itself
            unseen.append(html)
    assert unseen == []


def test_what_scrolls_sideways_can_be_reached_by_key(new_page: NewPage, learnt: Learnt) -> None:
    page = open_page(new_page, learnt, "/runs", "phone dark")
    region = page.get_by_role("region", name="Runs")
    assert region.evaluate("(box) => box.scrollWidth > box.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert region.evaluate("(box) => box.scrollLeft") > 0


def test_the_menu_of_a_phone_opens_and_closes(new_page: NewPage, learnt: Learnt) -> None:
    page = open_page(new_page, learnt, "/", "phone dark")
    places, button = page.locator("#places"), page.locator("[data-menu]")
    assert not places.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert places.is_visible()
    assert find_faults(page) == []
    page.keyboard.press("Escape")
    assert not places.is_visible()
    assert button.evaluate("(menu) => menu === document.activeElement")
