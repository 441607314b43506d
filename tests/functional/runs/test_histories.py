"""A run's metric curves as a reader meets them, and the page of a run that is going on."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from math import inf, nan
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from tests.builders.histories import write_history
from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_experiment, write_metric, write_run
from webapp.clock import now_ms
from webapp.runs.histories import live
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from ml.settings import Settings
    from webapp.store.session import Store

RUN = "f" * 32


@pytest.fixture
def store(app: Flask) -> Store:
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, RUN, name="from elsewhere")
    return store


@pytest.fixture
def going_on(store: Store) -> Store:
    with store.write() as conn:
        now = now_ms()
        changes = {"status": "RUNNING", "start_time": now - 90 * 60_000, "end_time": None}
        conn.execute(update(mlflow.runs).where(mlflow.runs.c.run_uuid == RUN).values(**changes))
        write_history(conn, RUN, "loss", [(0, now - 2000, 0.75), (1, now - 1000, 0.5)])
    return store


def write(store: Store, key: str, values: list[float]) -> None:
    with store.write() as conn:
        write_history(conn, RUN, key, values)


def show(client: FlaskClient, **arguments: str) -> str:
    return unescape(client.get(f"/runs/{RUN}", query_string=arguments).text)


def ask(client: FlaskClient, stamp: str = "") -> TestResponse:
    return client.get(f"/runs/{RUN}/live", headers={"If-None-Match": f'"{stamp}"'} if stamp else {})


# ── the section ──────────────────────────────────────────────────────────────
def test_a_run_of_others_shows_its_curves(client: FlaskClient, store: Store) -> None:
    write(store, "val/loss", [3.0, 1.0, 2.0])
    page = show(client)
    assert '<section id="histories"' in page
    assert "val/loss: best (lowest) 1 at step 1, last 2" in page
    assert "3 values." in page


def test_a_run_of_ours_shows_its_curves_and_leads_to_them(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    with store.write() as conn:
        write_trained_run(conn, settings.artifact_root, "a" * 32, make_evaluation())
        write_history(conn, "a" * 32, "val/loss", [3.0, 1.0])
    page = client.get(f"/runs/{'a' * 32}").text
    assert '<a href="#histories">' in page
    assert page.index('<section id="metrics"') < page.index('<section id="histories"') < page.index('id="record"')


def test_values_that_were_logged_once_are_no_curves(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_metric(conn, RUN, "accuracy", 0.9)
    assert 'id="histories"' not in show(client)


def test_six_are_drawn_and_the_others_are_a_link_away(client: FlaskClient, store: Store) -> None:
    for number in range(9):
        write(store, f"train/{number}", [1.0, 2.0])
    page = show(client)
    assert page.count("data-chart=") == 6
    assert "3 more metrics" in page
    assert f"/runs/{RUN}?curve=train/8#histories" in page
    assert show(client, curve="train/8").count("data-chart=") == 1


def test_metrics_are_grouped_by_what_stands_before_the_slash(client: FlaskClient, store: Store) -> None:
    for key in ("a/1", "a/2", "b/1", "b/2", "b/3", "loss", "lr"):
        write(store, key, [1.0, 2.0])
    assert re.findall(r">(\w/ \(\d\))</a>", show(client)) == ["a/ (2)", "b/ (3)"]
    page = show(client, prefix="b/")
    assert re.findall(r"<figcaption>(\S+):", page) == ["b/1", "b/2", "b/3"]
    assert ">b/ (3)</a>" in page


def test_what_is_not_a_finite_number_is_counted_in_words(client: FlaskClient, store: Store) -> None:
    write(store, "loss", [1.0, nan, nan, inf, 2.0])
    assert "5 values. 2 are not numbers and left out. 1 is infinite and left out." in show(client)


def test_ten_thousand_values_say_how_they_are_drawn(client: FlaskClient, store: Store) -> None:
    write(store, "loss", [float(step % 100) for step in range(10_000)])
    assert re.search(r"10,000 values, drawn as 1,0\d\d: the lowest and highest of each stretch\.", show(client))


def test_a_scale_that_cannot_be_logarithmic_says_why(client: FlaskClient, store: Store) -> None:
    write(store, "loss", [1.0, -0.25])
    assert "The scale stays linear: -0.25 is not above zero" in show(client, y="log")
    assert "The scale stays linear" not in show(client)


def test_what_is_picked_is_kept_by_the_other_pickers_and_by_the_figures(client: FlaskClient, store: Store) -> None:
    write(store, "loss", [1.0, 0.25])
    page = show(client, x="clock", smooth="0.9")
    assert f"/runs/{RUN}?x=clock&y=log&smooth=0.9#histories" in page
    assert f"/runs/{RUN}/histories.json?key=loss&x=clock&smooth=0.9" in page
    assert page.count('aria-current="true"') == 3


@pytest.mark.parametrize("nonsense", [{"x": "<b>"}, {"y": "?"}, {"smooth": "nan"}, {"smooth": "-3"}, {"curve": "no"}])
def test_nonsense_shows_the_usual(client: FlaskClient, store: Store, nonsense: dict[str, str]) -> None:
    write(store, "loss", [1.0, 0.25])
    assert f'/runs/{RUN}/histories.json?key=loss"' in show(client, **nonsense)


@pytest.mark.parametrize(
    "key", ["<script>alert(1)</script>", "a/b/../c?d=e&f#g", "שלום/loss", "val 🎉", "k" * 250, "100 %", "'; DROP TABLE"]
)
def test_a_metric_may_be_called_anything(client: FlaskClient, store: Store, key: str) -> None:
    write(store, key, [1.0, 2.0])
    answer = client.get(f"/runs/{RUN}").text
    assert find_faults(answer) == []
    assert "<script>alert" not in answer
    figure, table = (unescape(re.search(rf'"([^"]*histories\.{kind}[^"]*)"', answer)[1]) for kind in ("json", "csv"))  # type: ignore[index]
    assert client.get(figure).get_json()["data"][0]["y"] == [1.0, 2.0]
    assert [line["metric"] for line in read_csv(client, table)] == [key] * 2


def test_the_page_is_valid_in_both_languages(client: FlaskClient, going_on: Store) -> None:
    for language in ("en", "es"):
        assert find_faults(client.get(f"/runs/{RUN}", headers={"Accept-Language": language}).text) == []


# ── every value to keep ──────────────────────────────────────────────────────
def read_csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


def test_every_value_is_in_the_file(client: FlaskClient, store: Store) -> None:
    write(store, "loss", [float(step) for step in range(2_500)])
    lines = read_csv(client, f"/runs/{RUN}/histories.csv?key=loss")
    assert [float(line["value"]) for line in lines] == [float(step) for step in range(2_500)]
    assert lines[1]["time_utc"] == "2026-09-21T14:13:21.000+00:00"


def test_no_cell_of_the_file_is_a_formula(client: FlaskClient, store: Store) -> None:
    write(store, "=1+1", [-1.5, -inf, nan])
    lines = read_csv(client, f"/runs/{RUN}/histories.csv?key=%3D1%2B1")
    assert {line["metric"] for line in lines} == {"'=1+1"}
    assert [(line["value"], line["not_finite"]) for line in lines] == [
        ("-1.5", ""),
        ("", "minus infinity"),
        ("", "NaN"),
    ]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_there_is_nothing_behind_a_metric_or_a_run_that_is_not_there(
    client: FlaskClient, store: Store, kind: str
) -> None:
    write(store, "loss", [1.0, 2.0])
    assert client.get(f"/runs/{RUN}/histories.{kind}?key=other").status_code == 404
    assert client.get(f"/runs/{'0' * 32}/histories.{kind}?key=loss").status_code == 404
    refused = client.get(f"/runs/{RUN}/histories.{kind}")
    assert (refused.status_code, "key is missing" in refused.text) == (400, True)


def test_a_metric_whose_name_has_no_letter_has_its_curve(client: FlaskClient, store: Store) -> None:
    write(store, "", [1.0, 2.0])
    assert [client.get(f"/runs/{RUN}/histories.{kind}?key=").status_code for kind in ("json", "csv")] == [200, 200]


def test_a_deleted_run_gives_nothing_away(client: FlaskClient, going_on: Store) -> None:
    with going_on.write() as conn:
        conn.execute(update(mlflow.runs).values(lifecycle_stage="deleted"))
    paths = ("histories.json?key=loss", "histories.csv?key=loss", "live")
    assert [client.get(f"/runs/{RUN}/{path}").status_code for path in paths] == [404] * 3


# ── a run that is going on ───────────────────────────────────────────────────
def test_a_run_that_goes_on_says_so_and_shows_its_latest_values(client: FlaskClient, going_on: Store) -> None:
    page = show(client)
    assert "It has been running for 1 h 30 min" in page  # a slow machine may take a second to get here
    assert re.search(r'<th scope="row">loss</th><td class="n">0.5</td><td class="n">1</td>', page)
    assert "Metrics as logged" not in page
    assert "js/live.mjs" in page


def test_the_answer_is_made_of_what_the_page_is_made_of(client: FlaskClient, going_on: Store) -> None:
    answer = ask(client).text
    assert re.findall(r'<section id="(\w+)" data-part', answer) == ["live", "histories"]
    assert re.search(r'<section id="histories".*?</section>', answer, re.DOTALL)[0] in client.get(f"/runs/{RUN}").text  # type: ignore[index]


def test_nothing_new_costs_an_empty_answer(
    client: FlaskClient, going_on: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_TICK", 10**15)
    stamp = re.search(r'data-stamp="(\w+)"', client.get(f"/runs/{RUN}").text)
    assert stamp
    again = ask(client, stamp[1])
    assert (again.status_code, again.data) == (304, b"")
    write(going_on, "loss", [0.75, 0.5, 0.25])
    changed = ask(client, stamp[1])
    assert changed.status_code == 200
    assert "last 0.25" in changed.text
    assert changed.headers["ETag"] != f'"{stamp[1]}"'


def test_a_run_that_has_ended_asks_for_the_final_page(client: FlaskClient, going_on: Store) -> None:
    with going_on.write() as conn:
        conn.execute(update(mlflow.runs).values(status="FINISHED", end_time=now_ms()))
    assert ask(client).status_code == 205
    page = show(client)
    assert "data-live" not in page
    assert "js/live.mjs" not in page
    assert "Metrics as logged" in page


def test_a_run_that_nobody_hears_of_is_not_waited_for(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        conn.execute(update(mlflow.runs).values(status="RUNNING", end_time=None))
    page = show(client)
    assert "nothing was heard of it" in page
    assert "data-live" not in page
