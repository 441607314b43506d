"""Every page of a Proctor that has learnt something: accessible, at home on a desk and on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from ml.pipeline import train
from ml.results import TrainingRequest
from tests.builders.servers import Server, serve
from tests.builders.stores import alembic

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage

PAGES = ("/", "/data", "/explore", "/runs", "/runs/RUN", "/models", "/predict", "/login")
VIEWS = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark", "locale": "es"},
}
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def trained_server(tmp_path_factory: pytest.TempPathFactory, raw_file: Path) -> Iterator[tuple[Server, str]]:
    """A server whose store has one run and a champion, and the run's id."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "data").mkdir()
    url = f"sqlite:///{folder / 'data' / 'proctor.sqlite'}"
    assert alembic(url, "upgrade", "head").returncode == 0
    with serve(folder, raw_data=str(raw_file), first_training="no") as server:
        yield server, _train(folder, url, raw_file)


def _train(folder: Path, url: str, raw_file: Path) -> str:
    from ml.settings import ROOT, Settings  # noqa: PLC0415 (beside its only use)

    settings = Settings(
        database_url=url,
        artifact_root=folder / "models",
        data_dir=folder / "data",
        reports_dir=folder / "reports",
        spec_path=ROOT / "data" / "student_performance.yaml",
        raw_data=raw_file,
    )
    return train(settings, TrainingRequest("logistic_regression", folds=3, repeats=2)).run_id


def open_page(new_page: NewPage, trained_server: tuple[Server, str], path: str, view: str) -> Page:
    server, run_id = trained_server
    options: dict[str, Any] = VIEWS[view]
    page = new_page(**options)
    page.goto(server.url + path.replace("RUN", run_id), wait_until="networkidle")
    return page


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_shut_out(new_page: NewPage, trained_server: tuple[Server, str], path: str, view: str) -> None:
    page = open_page(new_page, trained_server, path, view)
    found = [item for item in Axe().run(page).response["violations"] if item["impact"] in GRAVE]
    assert [(item["id"], [node["html"][:200] for node in item["nodes"]]) for item in found] == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("path", PAGES)
def test_nothing_hangs_over_the_edge(
    new_page: NewPage, trained_server: tuple[Server, str], path: str, view: str
) -> None:
    page = open_page(new_page, trained_server, path, view)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_theme_is_kept(new_page: NewPage, trained_server: tuple[Server, str]) -> None:
    page = open_page(new_page, trained_server, "/runs", "desk")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_the_language_is_kept(new_page: NewPage, trained_server: tuple[Server, str]) -> None:
    page = open_page(new_page, trained_server, "/runs", "desk")
    page.get_by_role("button", name="ES").click()
    page.goto(page.url.replace("/runs", "/models"))
    assert page.locator("html").get_attribute("lang") == "es"


def test_the_menu_of_a_phone_opens_and_closes(new_page: NewPage, trained_server: tuple[Server, str]) -> None:
    page = open_page(new_page, trained_server, "/", "phone")
    places = page.locator("#places")
    assert not places.is_visible()
    page.locator("[data-menu]").click()
    assert places.is_visible()
    page.keyboard.press("Escape")
    assert not places.is_visible()
