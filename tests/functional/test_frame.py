"""What holds on every page, whatever it shows: sound markup, the stand-in's banner, the headers, the menu."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.builders.accounts import issue_link, visit
from tests.builders.pages import find_faults
from tests.builders.sites import PAGES, furnish

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings

BANNER = "This is a synthetic stand-in"
EMPTY = ("/", "/data", "/explore", "/runs", "/compare", "/models", "/predict", "/audit", "/login", "/no-such-page")
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"


@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_are_sound_and_complete(app: Flask, settings: Settings, language: str) -> None:
    admin = furnish(app, settings)
    faults = {path: find_faults(admin.get(path, headers={"Accept-Language": language}).text) for path in PAGES}
    assert faults == {path: [] for path in PAGES}


@pytest.mark.parametrize("path", EMPTY)
def test_pages_of_an_empty_store_are_sound(client: FlaskClient, path: str) -> None:
    assert find_faults(client.get(path).text) == []


def test_the_page_of_the_one_time_link_is_sound(app: Flask, client: FlaskClient) -> None:
    link = issue_link(app)
    assert find_faults(client.get(link).text) == []
    answer = client.post(link, data={"csrf_token": visit(app).token()})
    assert find_faults(answer.text) == []


@pytest.mark.parametrize(
    ("prefix", "language", "word"), [("", "en", "Runs"), ("/lab", "en", "Runs"), ("", "es", "Ejecuciones")]
)
def test_the_menu_is_that_of_the_prefix_and_the_language(
    client: FlaskClient, prefix: str, language: str, word: str
) -> None:
    client.get("/login")  # draws one that must not be given to the others
    page = client.get("/runs", headers={"Accept-Language": language}, environ_overrides={"SCRIPT_NAME": prefix}).text
    (current,) = re.findall(r'<a href="([^"]*)" aria-current="page">.*?</svg>([^<]*)</a>', page)
    assert current == (f"{prefix}/runs", word)
    assert f'href="{prefix}/static/css/' in page
    places = re.findall(r' (?:href|action)="(/[^"]*)"', page)
    assert [place for place in places if not place.startswith(f"{prefix}/")] == []


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<p id="a"><p id="a">', "id twice: a"),
        ("<h1>again</h1>", "not one h1"),
        ('<p style="color: red">', "p has a style of its own"),
        ("<script>go()</script>", "script is written in the page"),
        ('<p onclick="go()">', "p has onclick"),
        ('<a href="javascript:go()">', "a leads to a script"),
        ('<a href="#b">', "a leads to #b, which is not here"),
        ('<label for="b">', "label for names b, which is not here"),
    ],
)
def test_a_fault_is_seen(markup: str, fault: str) -> None:
    html = f"<!doctype html><title>t</title><main><h1>h</h1><div>{markup}</div></main>"
    closed = html.replace("</div>", "</a></div>") if "<a" in markup else html
    closed = closed.replace("</div>", "</label></div>") if "<label" in markup else closed
    assert find_faults(closed) == [fault]


@pytest.mark.parametrize("origin", ["stand_in", "download"])
def test_the_stand_in_is_called_so_on_every_page(app: Flask, settings: Settings, origin: str) -> None:
    admin = furnish(app, settings, origin=origin)
    said = {path: BANNER in admin.get(path).text for path in (*PAGES, "/no-such-page")}
    assert set(said.values()) == {origin == "stand_in"}, said


@pytest.mark.parametrize(
    "path", ["/", "/no-such-page", "/static/css/proctor.css", "/static/nothing", "/health", "/api/v1/runs", "/admin"]
)
def test_every_answer_carries_the_policy(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.headers["Content-Security-Policy"].startswith(POLICY)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"]


def test_the_menu_marks_where_one_is(client: FlaskClient) -> None:
    for path in ("/", "/data", "/explore", "/runs", "/models", "/predict", "/audit"):
        assert re.findall(r'href="([^"]+)" aria-current="page"', client.get(path).text) == [path]


def test_the_bar_counts_the_jobs_and_leads_to_them(app: Flask, settings: Settings) -> None:
    admin = furnish(app, settings)
    assert re.search(r'href="/#jobs">.*?1 job</a>', admin.get("/runs").text, re.DOTALL)
    assert 'id="jobs"' in admin.get("/").text


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("/", "No model answers yet"),
        ("/data", "No data has been prepared yet"),
        ("/explore", "There is no data to explore yet"),
        ("/runs", "No run yet"),
        ("/models", "No version yet"),
        ("/predict", "No model answers yet"),
    ],
)
def test_an_empty_store_is_met_with_one_sentence_and_one_button(client: FlaskClient, path: str, advice: str) -> None:
    page = client.get(path).text
    assert advice in page
    assert re.search(r'<a class="button" href="/admin[^"]*">', page)


# ── the first page ───────────────────────────────────────────────────────────
def test_the_first_line_is_what_the_champion_is_worth(app: Flask, settings: Settings) -> None:
    page = furnish(app, settings).get("/").text
    assert re.search(r"<h1>Right 52 times in 100", page)
    assert page.count('class="figure"') == 4
    assert "learnt from other data" in page


def test_a_champion_of_the_data_in_use_is_not_called_stale(app: Flask, settings: Settings) -> None:
    admin = furnish(app, settings)
    report = next(settings.artifact_root.rglob("report.json"))
    sha256 = "7ea416658df49ebd0d0eecb1b65e8945e895c9f058012d50233f587d97179504"
    report.write_text(report.read_text().replace("b" * 64, sha256))
    assert "learnt from other data" not in admin.get("/").text


def test_a_champion_whose_report_is_lost_claims_nothing(app: Flask, settings: Settings) -> None:
    admin = furnish(app, settings)
    next(settings.artifact_root.rglob("report.json")).unlink()
    page = admin.get("/").text
    assert "Version 1 answers" in page
    assert "nothing is claimed" in page
    assert 'class="figure"' not in page


def test_a_closed_site_shows_nothing_but_the_sign_in(app: Flask, settings: Settings) -> None:
    furnish(app, settings)
    app.extensions["proctor_settings"] = replace(settings, open_reading=False)
    assert [visit(app).get(path).status_code for path in PAGES] == [302] * len(PAGES)
