"""What people and programs may have written into the store is text on every page, and never markup."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.builders.pages import find_faults
from tests.builders.sites import PAGES, furnish

if TYPE_CHECKING:
    from flask import Flask

    from ml.settings import Settings


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "'\"><img src=x onerror=alert(1)>",
        "</title><svg onload=alert(1)>",
        "{{ 7 * 7777 }}",
    ],
)
def test_words_stay_words(app: Flask, settings: Settings, words: str) -> None:
    admin = furnish(app, settings, words)
    pages = {path: admin.get(path).text for path in PAGES}
    assert {path: find_faults(page) for path, page in pages.items()} == {path: [] for path in PAGES}
    assert [path for path, page in pages.items() if words in page and "<" in words] == []
    assert [path for path, page in pages.items() if str(7 * 7777) in page] == []
    assert [path for path, page in pages.items() if words in unescape(page)] == list(PAGES)
