"""The whole story, once: from the one-time link to a new run, and a prediction from the model that it made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.builders.servers import Server

PASSWORD = "a few words in a row"
TRAINING_MS = 240_000


def test_the_whole_story(new_server: Server, new_page: NewPage) -> None:
    page = new_page()
    become_admin(page, new_server.setup_link())
    wait_for_data(page, new_server.url)
    run = retrain(page, new_server.url)
    look_at_the_run(page, run)
    predict(page, new_server.url)
    find_it_in_the_history(page, new_server.url, run)
    cancel_while_it_fits(page, new_server.url)
    sign_out(page, new_server.url)


def become_admin(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Name", exact=True).fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("input[type=password]").nth(1).fill(PASSWORD)
    page.get_by_role("button", name="Create the admin").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def wait_for_data(page: Page, url: str) -> None:
    page.goto(f"{url}/admin")
    expect(page.locator("[data-poll]")).to_have_count(0, timeout=TRAINING_MS)
    page.goto(f"{url}/data")
    expect(page.locator("main")).to_contain_text("666")
    page.goto(f"{url}/explore")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()


def retrain(page: Page, url: str) -> str:
    """Ask for a training, watch it end without a reload, and return the address of its run."""
    page.goto(f"{url}/admin")
    form = page.get_by_role("region", name="Retrain")
    form.get_by_label("Family", exact=True).select_option("logistic_regression")
    form.get_by_label("Folds").fill("3")
    form.get_by_label("Repeats").fill("2")
    form.get_by_role("button", name="Retrain").click()
    link = page.get_by_role("link", name=re.compile("See the run")).first
    expect(link).to_be_visible(timeout=TRAINING_MS)
    link.click()
    return page.url


def look_at_the_run(page: Page, run: str) -> None:
    page.goto(run)
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"Right \d+ times in 100"))
    expect(page.locator(".figure")).to_have_count(4)
    expect(page.locator(".view-counts tbody tr")).to_have_count(5)  # four classes and their sum
    page.get_by_role("link", name="classification_report.txt").click()
    expect(page.locator(".preview-text")).to_contain_text("accuracy")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert "accuracy" in download.value.path().read_text()


def predict(page: Page, url: str) -> None:
    page.goto(f"{url}/predict")
    for select in page.locator("main select").all():
        select.select_option(index=1)
    page.get_by_role("button", name="Predict").click()
    answer = page.locator("#answer")
    expect(answer).to_contain_text(re.compile(r"\d+ in 100"))
    shares = [int(text.split()[0]) for text in answer.locator(".bars .n").all_inner_texts()]
    assert 98 <= sum(shares) <= 102


def find_it_in_the_history(page: Page, url: str, run: str) -> None:
    page.goto(f"{url}/runs?family=logistic_regression")
    page.locator(f'a[href="{run.removeprefix(url)}"]').click()
    assert page.url == run


def cancel_while_it_fits(page: Page, url: str) -> None:
    """Ask for a long training, stop it in the midst of its folds, and look at what it leaves."""
    page.goto(f"{url}/admin")
    form = page.get_by_role("region", name="Retrain")
    form.get_by_label("Family", exact=True).select_option("random_forest")
    form.get_by_role("button", name="Retrain").click()
    expect(page.locator(".stage-now progress")).to_be_visible(timeout=TRAINING_MS)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("main")).to_contain_text(re.compile("Cancelled"), timeout=30_000)
    expect(page.locator("[data-poll]")).to_have_count(0)
    states = [run["status"] for run in page.request.get(f"{url}/api/v1/runs").json()["runs"]]
    assert states.count("FINISHED") == 1
    assert set(states) <= {"FINISHED", "KILLED"}
    assert page.request.get(f"{url}/health").json()["champion"]["version"] == 1


def sign_out(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto(f"{url}/admin")
    assert "/login" in page.url
