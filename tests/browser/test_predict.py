"""Predictions as people make them: a file with a bad row, and the form by keyboard alone, in Spanish."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.builders.tables import student_spec

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Learnt, NewPage

SPEC = student_spec()
GOOD = [column.categories[0] for column in SPEC.features]
BAD = ["nobody", *GOOD[1:]]
WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
SHARES = "(bars) => [...bars.querySelectorAll('rect:not(.track)')].map((bar) => bar.getAttribute('width'))"


def choose_file(page: Page, *rows: list[str]) -> None:
    lines = [[column.name for column in SPEC.features], *rows]
    content = "\n".join(",".join(line) for line in lines).encode()
    page.locator("main input[type=file]").set_input_files({"name": "r.csv", "mimeType": "text/csv", "buffer": content})


def ask(page: Page, learnt: Learnt) -> None:
    """Fill in the form by the first choice of each list, and send it."""
    page.goto(f"{learnt.server.url}/predict")
    for select in page.locator("main select").all():
        select.select_option(index=1)
    page.get_by_role("button", name="Predict").click()


@pytest.mark.parametrize("viewport", WIDTHS.values(), ids=WIDTHS)
def test_the_good_rows_of_a_file_come_back_answered(learnt: Learnt, new_page: NewPage, viewport: object) -> None:
    page = new_page(expected=422, storage_state=learnt.admin, viewport=viewport)
    page.goto(f"{learnt.server.url}/predict/files")
    choose_file(page, GOOD, BAD)
    page.get_by_role("button", name="Check and answer it").click()
    problem = page.locator(".problems tbody tr")
    expect(problem).to_have_count(1)
    assert problem.locator("td").all_inner_texts()[:2] == ["2", SPEC.features[0].name]

    choose_file(page, GOOD, BAD)
    page.get_by_label("Answer the good rows, even if others cannot be").check()
    page.get_by_role("button", name="Check and answer it").click()
    expect(page.get_by_role("heading", name="The first rows")).to_be_visible()
    fetch = page.locator("a.button[download]")
    expect(fetch).to_be_visible(timeout=120_000)  # the page looks again by itself
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    with page.expect_download() as download:
        fetch.click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [bool(row["prediction"]) for row in rows] == [True, False]
    assert "nobody" in rows[1]["problem"]


def test_the_form_is_filled_in_and_answered_by_keyboard_alone(learnt: Learnt, new_page: NewPage) -> None:
    page = new_page(locale="es-ES")
    page.goto(f"{learnt.server.url}/predict")
    page.locator("main select").first.focus()
    for _column in SPEC.features:
        page.keyboard.press("ArrowDown")
        focus_next(page, "SELECT", "BUTTON")
    page.keyboard.press("Enter")
    answer = page.locator("#answer")
    expect(answer.locator(".bars").first).to_be_visible()
    for part in ("#why", "#what-if", "#alike"):
        expect(page.locator(part)).to_be_visible()
    expect(answer).to_contain_text("de cada 100")


def focus_next(page: Page, *kinds: str) -> None:
    """Press the tabulator until an element of the form is reached that takes an answer or sends them."""
    for _press in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") in kinds:
            return
    raise AssertionError("nothing to go on with")


def test_an_answer_prints_without_what_is_for_the_screen(learnt: Learnt, new_page: NewPage) -> None:
    page = new_page()
    ask(page, learnt)
    expect(page.locator("#answer .bars").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#answer .bars").first).to_be_visible()
    for part in (".rail", ".bar", ".two-form > form"):
        expect(page.locator(part)).to_be_hidden()


def test_an_answer_is_kept_changed_in_one_field_and_held_against_the_other(learnt: Learnt, new_page: NewPage) -> None:
    page = new_page()
    ask(page, learnt)
    page.get_by_role("link", name="Keep it and compare with another").click()
    field = page.locator("main select").first
    field.select_option(index=2)
    page.get_by_role("button", name="Predict").click()
    expect(page.locator("#two mark")).to_have_text(field.locator("option:checked").inner_text())


def test_the_link_to_an_answer_shows_it_to_another_reader(learnt: Learnt, new_page: NewPage) -> None:
    page = new_page()
    ask(page, learnt)
    link = page.get_by_role("link", name="Link to this answer").get_attribute("href")
    other = new_page(locale="es-ES", viewport=WIDTHS["phone"])
    other.goto(f"{learnt.server.url}{link}")
    shown = [tab.locator("#answer .bars").first.evaluate(SHARES) for tab in (page, other)]
    assert shown[0] == shown[1] != []
    assert other.evaluate("document.documentElement.scrollWidth") <= other.evaluate("innerWidth")
