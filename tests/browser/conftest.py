"""A real Chromium on a real server. Whatever the console, the policy or the network complains of fails the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders.accounts import ADMIN, PASSWORD
from tests.builders.servers import Server, serve, serve_app, teach
from tests.builders.tables import student_rows

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Response, StorageState

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NewPage = Callable[..., "Page"]
PutOnline = Callable[[], str]


@dataclass(frozen=True)
class Learnt:
    """A server that has learnt something: its run, and the cookies of its admin."""

    server: Server
    run_id: str
    admin: StorageState


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only this layer needs it)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def contexts() -> list[BrowserContext]:
    """What the test has opened and not yet closed."""
    return []


@pytest.fixture
def put_online(app: Flask, contexts: list[BrowserContext]) -> Iterator[PutOnline]:
    """Serve this test's app; its pages are closed before the server is, so that none asks one that is gone."""
    with ExitStack() as servers:
        yield lambda: servers.enter_context(serve_app(app))
        _close(contexts)


@pytest.fixture
def new_page(browser: Browser, contexts: list[BrowserContext]) -> Iterator[NewPage]:
    """Open a page that remembers every complaint; none may be left at the end of the test.

    An answer with the status `expected` is none.
    """
    complaints: list[str] = []

    def open_page(expected: int = 200, **options: Any) -> Page:
        context = browser.new_context(**({"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: _note_console(complaints, message, expected))
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("dialog", lambda dialog: _note_dialog(complaints, dialog))
        page.on("response", lambda response: _note_response(complaints, response, expected))
        return page

    yield open_page
    _close(contexts)
    assert complaints == []


def _close(contexts: list[BrowserContext]) -> None:
    while contexts:
        contexts.pop().close()


def _note_console(complaints: list[str], message: ConsoleMessage, expected: int) -> None:
    if message.type in {"error", "warning"} and f"status of {expected}" not in message.text:
        complaints.append(f"console: {message.text}")


def _note_dialog(complaints: list[str], dialog: Dialog) -> None:
    complaints.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _note_response(complaints: list[str], response: Response, expected: int) -> None:
    if response.status >= 400 and response.status != expected:
        complaints.append(f"{response.status}: {response.request.method} {response.url}")


@pytest.fixture(scope="session")
def raw_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the shipped dataset's shape, 666 rows, that is not the real one."""
    path = tmp_path_factory.mktemp("raw") / "students.csv"
    student_rows().to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def new_server(tmp_path_factory: pytest.TempPathFactory, raw_file: Path) -> Iterator[Server]:
    """A server at its very first start, with data named and no training asked for."""
    with serve(tmp_path_factory.mktemp("proctor"), raw_data=str(raw_file), first_training="no") as server:
        yield server


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose store holds nothing, with nobody who works."""
    folder = tmp_path_factory.mktemp("empty")
    with serve(folder, first_training="no", embedded_worker="no") as server:
        yield server


@pytest.fixture(scope="session")
def learnt(tmp_path_factory: pytest.TempPathFactory, raw_file: Path, browser: Browser) -> Iterator[Learnt]:
    """A server with data, one run, a champion and an admin."""
    folder = tmp_path_factory.mktemp("learnt")
    with serve(folder, raw_data=str(raw_file), first_training="no") as server:
        run_id = teach(folder, ADMIN, PASSWORD)
        yield Learnt(server, run_id, _sign_in(browser, server.url))


def _sign_in(browser: Browser, url: str) -> StorageState:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/login")
        page.locator("[name=name]").fill(ADMIN)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url(f"{url}/")
        return context.storage_state()
