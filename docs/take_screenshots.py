"""Makes the pictures of README from a running Proctor: `make screenshots URL=http://127.0.0.1:8080`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
PAGES = {
    "overview": "/",
    "data": "/data",
    "explore": "/explore",
    "runs": "/runs",
    "models": "/models",
    "predict": "/predict",
}
WIDTHS = {1280: 900, 390: 844}


def main(url: str) -> None:
    """Take every page at both widths."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width, height in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
            for name, path in (PAGES | {"run": _find_run(page, url)}).items():
                page.goto(url + path, wait_until="networkidle")
                if name == "predict":
                    _fill_in(page)
                page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True, clip=_clip(page, width))
        browser.close()


def _find_run(page: Page, url: str) -> str:
    """The champion's run."""
    page.goto(f"{url}/models")
    return page.locator("tbody a[href^='/runs/']").last.get_attribute("href") or "/runs"


def _fill_in(page: Page) -> None:
    for select in page.locator("main select").all():
        select.select_option(index=1)
    page.locator("main form button").click()
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")


def _clip(page: Page, width: int) -> dict[str, float]:
    """The top of the page: as much as a reader of README looks at."""
    height = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": width, "height": min(height, 1400)}


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8080")
