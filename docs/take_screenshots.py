"""Makes the pictures of README from a running Proctor: `make screenshots URL=http://127.0.0.1:8080`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
WIDTH, TALLEST = 1280, 1400


def main(url: str) -> None:
    """Take the pages that README shows."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, locale="en-GB", color_scheme="light")
        for name, path in {
            "overview": "/",
            "run": _find_run(page, url),
            "explore": "/explore",
            "predict": "/predict",
            "compare": "/compare",
        }.items():
            page.goto(url + path, wait_until="networkidle")
            page.locator("[data-chart]:not([data-drawn])").first.wait_for(state="detached")
            if name == "predict":
                _fill_in(page)
            page.screenshot(path=FOLDER / f"{name}-{WIDTH}.png", full_page=True, clip=_clip(page))
        browser.close()


def _find_run(page: Page, url: str) -> str:
    """The champion's run."""
    page.goto(url)
    address = page.locator("main .note a[href^='/runs/']").first.get_attribute("href")
    if address is None:
        raise SystemExit(f"{url} has no champion yet: wait until its first training has ended")
    return address


def _fill_in(page: Page) -> None:
    for select in page.locator("main select").all():
        select.select_option(index=1)
    page.get_by_role("button", name="Predict").click()
    page.locator("#answer .bars").wait_for()
    page.evaluate("scrollTo(0, 0)")


def _clip(page: Page) -> dict[str, float]:
    """The top of the page: as much as a reader of README looks at."""
    height = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": WIDTH, "height": min(height, TALLEST)}


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8080")
