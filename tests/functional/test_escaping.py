"""What people and programs may have written into the store is text on every page, and never markup."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.builders.pages import find_faults
from tests.builders.sites import FOREIGN, PAGES, TRAINED, furnish

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


def test_a_name_that_turns_the_direction_of_writing_turns_no_sentence(app: Flask, settings: Settings) -> None:
    turned = "calm \N{RIGHT-TO-LEFT OVERRIDE}exe"
    isolated = f"\N{FIRST STRONG ISOLATE}{turned}\N{POP DIRECTIONAL ISOLATE}"
    admin = furnish(app, settings, turned)
    assert f"promoted {isolated}" in admin.get("/admin").text
    compared = admin.get(f"/runs/compare?run={FOREIGN}&run={TRAINED}").text
    assert f"is not tested against {isolated}" in compared
    assert f"Each is held against {isolated}." in compared
    picked = admin.get(f"/runs/compare?run={TRAINED}").text
    picked = picked[picked.index("<main") :]
    assert picked.count(turned) == picked.count(f"<bdi>{turned}") == 4  # each run by its title and its name
