"""The run table: any column, in any order, in groups, and views that people keep; its address holds its whole state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from sqlalchemy import event, update

from tests.builders.accounts import visit_with_role
from tests.builders.many_runs import write_many_runs
from tests.builders.stores import write_experiment, write_metric, write_param, write_run, write_tag
from webapp.runs.table.groups import find_groups
from webapp.runs.table.views import has_running
from webapp.store.answers import find_version
from webapp.store.columns import read_column
from webapp.store.mlflow_tables import experiments
from webapp.store.projection import refresh_projection

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from webapp.store.session import Store

SEEDS = {"rf": (0.5, 0.6, 0.7), "svm": (0.4,)}


@pytest.fixture
def store(app: Flask) -> Store:
    """Runs of two models over seeds, and one that has nothing."""
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, "e" * 32, name="bare", start_time=9)
        for model, scores in SEEDS.items():
            for seed, score in enumerate(scores):
                run_id = f"{model}{seed}".ljust(32, "0")
                write_run(conn, run_id, name=f"{model} {seed}", start_time=seed)
                write_param(conn, run_id, "model", model)
                write_param(conn, run_id, "depth", str(9 + seed))
                write_metric(conn, run_id, "auc", score)
                write_tag(conn, run_id, "team", "<b>56</b>")
    return store


def names(page: str) -> list[str]:
    return re.findall(r'<a href="/runs/\w{32}" title="([^"]+)"', page)


@pytest.mark.usefixtures("store")
def test_a_metric_that_others_logged_is_a_column_by_itself(client: FlaskClient) -> None:
    page = client.get("/runs").text
    assert re.search(r'href="/runs\?sort=-metrics\.auc"[^>]*>auc', page)
    assert "0.700" in page


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-metrics.auc", ["rf 2", "rf 1", "rf 0", "svm 0", "bare"]),
        ("metrics.auc", ["svm 0", "rf 0", "rf 1", "rf 2", "bare"]),
        ("-params.depth", ["rf 2", "rf 1", "svm 0", "rf 0", "bare"]),
        ("params.model", ["rf 0", "rf 1", "rf 2", "svm 0", "bare"]),
    ],
)
def test_any_key_orders_the_table_and_runs_without_it_come_last(
    client: FlaskClient, sort: str, expected: list[str]
) -> None:
    assert names(client.get(f"/runs?sort={sort}").text) == expected


@pytest.mark.usefixtures("store")
def test_the_columns_are_those_of_the_address_in_their_order(client: FlaskClient) -> None:
    page = client.get("/runs?column=tags.team&column=metrics.auc&column=nonsense&column=params.depth").text
    headings = re.findall(r'<a id="sort-\d" [^>]*>([^<]+)<', page)
    assert headings == ["Run", "team", "auc", "depth"]
    assert "&lt;b&gt;56&lt;/b&gt;" in page
    assert "<b>56" not in page


@pytest.mark.usefixtures("store")
def test_an_order_that_no_heading_shows_is_said(client: FlaskClient) -> None:
    hidden = client.get("/runs?column=tags.team&sort=-metrics.auc").text
    assert "In the order of auc, which is not shown, greatest first." in hidden
    assert "which is not shown" not in client.get("/runs?column=metrics.auc&sort=-metrics.auc").text


@pytest.mark.usefixtures("store")
def test_a_column_is_moved_pinned_hidden_and_added_by_links(client: FlaskClient) -> None:
    page = client.get("/runs?column=tags.team&column=metrics.auc&panel=columns").text
    for query in (
        "column=metrics.auc&column=tags.team&panel=columns",
        "column=tags.team&column=metrics.auc&pin=1&panel=columns",
        "column=metrics.auc&panel=columns",
    ):
        assert f'href="/runs?{query}"'.replace("&", "&amp;") in page
    assert '<input type="checkbox" name="column" value="params.depth">' in page


@pytest.mark.usefixtures("store")
def test_what_means_nothing_in_an_address_is_left_out(client: FlaskClient) -> None:
    query = urlencode(
        {"sort": "metrics.", "pin": "\u0663", "size": "7", "density": "x", "group": "metrics", "panel": "?"}
    )
    assert names(client.get(f"/runs?{query}").text) == names(client.get("/runs").text)


def test_groups_have_the_mean_and_spread_of_their_runs(app: Flask, store: Store) -> None:
    with store.write() as conn:
        write_metric(conn, "rf0".ljust(32, "0"), "other", 1e9)
        for run_id, value, is_nan in (("rf1", 0.0, True), ("rf2", 1.7976931348623157e308, False)):
            write_metric(conn, run_id.ljust(32, "0"), "other", value, is_nan=is_nan)
    refresh_projection(store)
    with store.read() as conn:
        by, metrics = read_column("params.model"), [read_column("metrics.auc"), read_column("metrics.other")]
        found = find_groups(conn, by, metrics, ())
    assert [(group.value, group.runs) for group in found.groups] == [("rf", 3), ("svm", 1), (None, 1)]
    auc, other = found.groups[0].spreads
    assert (auc.mean, auc.deviation, auc.least, auc.greatest) == pytest.approx((0.6, 0.1, 0.5, 0.7))
    assert (other.runs, other.mean, other.deviation) == (1, 1e9, None)
    assert found.groups[2].spreads[0].runs == 0


def test_a_small_spread_of_great_numbers_does_not_vanish(app: Flask, store: Store) -> None:
    with store.write() as conn:
        for seed in range(3):
            write_metric(conn, f"rf{seed}".ljust(32, "0"), "big", 1e12 + seed)
    refresh_projection(store)
    with store.read() as conn:
        found = find_groups(conn, read_column("params.model"), [read_column("metrics.big")], ())
    assert found.groups[0].spreads[0].deviation == pytest.approx(1.0)


def test_a_run_that_diverged_leaves_the_other_groups_their_spread(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_metric(conn, "e" * 32, "auc", 1e300)
    refresh_projection(store)
    page = client.get("/runs?group=params.model&column=metrics.auc").text
    assert re.search(r"rf.*0\.600 ± 0\.100.*1E300", page, re.DOTALL)


@pytest.mark.usefixtures("store")
def test_the_page_shows_groups_instead_of_runs(client: FlaskClient) -> None:
    page = client.get("/runs?group=params.model").text
    assert names(page) == []
    assert re.search(r"rf.*0\.600 ± 0\.100.*0\.500 – 0\.700.*svm.*0\.400", page, re.DOTALL)


def test_an_accuracy_of_a_group_stands_beside_its_baseline(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for seed, prior in ((0, 0.2), (1, 0.4)):
            write_metric(conn, f"rf{seed}".ljust(32, "0"), "prior_accuracy", prior)
        for run in ("rf0", "rf1", "svm"):
            write_metric(conn, run.ljust(32, "0"), "accuracy", 0.6)
    page = client.get("/runs?group=params.model&column=metrics.accuracy&column=metrics.auc").text
    assert re.search(r">rf<.*0\.600.*prior 0\.300.*>svm<.*0\.600.*no baseline logged", page, re.DOTALL)
    assert page.count("no baseline logged") == 1


@pytest.mark.usefixtures("store")
def test_one_who_looks_again_is_told_when_nothing_has_changed(client: FlaskClient, store: Store) -> None:
    version = re.search(r'data-version="(\d+)"', client.get("/runs").text)
    assert version
    tag = {"If-None-Match": f'"{version[1]}"'}
    assert client.get("/runs", headers=tag).status_code == 304
    with store.write() as conn:
        write_run(conn, "d" * 32)
    assert client.get("/runs", headers=tag).status_code == 200


def test_only_a_run_that_may_still_speak_keeps_the_page_looking(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_run(conn, "d" * 32, status="RUNNING", start_time=1_000)
    assert "data-live" not in client.get("/runs").text
    with store.write() as conn:
        write_run(conn, "c" * 32, status="RUNNING", start_time=4_000_000_000_000)
    assert "data-live" in client.get("/runs").text


def test_whether_anything_runs_is_known_without_a_look_at_every_run(app: Flask) -> None:
    store: Store = app.extensions["proctor_store"]
    write_many_runs(store, 1_000)
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _u, query, values, *_: asked.append((query, values)))
    with store.read() as conn:
        has_running(conn, find_version(conn), 2_000_000_000_000)
        query, values = asked[-1]
        (step,) = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    assert "USING COVERING INDEX ix_proctor_run_status_started_at (status=?)" in step[3]


@pytest.mark.usefixtures("store")
def test_a_view_is_kept_for_the_one_who_keeps_it(app: Flask) -> None:
    reader, other = (visit_with_role(app, "reader", name=name) for name in ("ada", "bob"))
    query = "sort=-metrics.auc&column=metrics.auc"
    answer = reader.send("/runs/views", name="  best   first ", query=query)
    assert answer.location == f"/runs?{query}"
    link = '<a class="tool-view" href="/runs?sort=-metrics.auc&amp;column=metrics.auc">best first</a>'
    assert link in reader.get("/runs").text
    assert "best first" not in other.get("/runs").text
    found = re.search(r"/runs/views/\d+/forget", reader.get("/runs?panel=views").text)
    assert found
    other.send(found[0])
    assert link in reader.get("/runs").text
    reader.send(found[0])
    assert link not in reader.get("/runs").text


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        (" ", "", "Give the view a name."),
        ("x" * 101, "", "at most 100 characters"),
        ("long", "q=" + "x" * 8_000, "The view is too long to keep"),
    ],
)
def test_a_view_that_cannot_be_kept_says_why(app: Flask, name: str, query: str, words: str) -> None:
    reader = visit_with_role(app, "reader", name="ada")
    answer = reader.send("/runs/views", name=name, query=query)
    assert words in reader.get(answer.location).text


@pytest.mark.usefixtures("store")
def test_what_is_kept_for_one_reader_is_shown_to_no_other(app: Flask) -> None:
    admin, reader = visit_with_role(app, "admin", name="ada"), visit_with_role(app, "reader", name="bob")
    assert ["Edit…" in somebody.get("/runs").text for somebody in (admin, reader, admin)] == [True, False, True]


@pytest.mark.usefixtures("store")
def test_what_is_kept_in_one_language_is_shown_in_no_other(client: FlaskClient) -> None:
    pages = [client.get("/runs", headers={"Accept-Language": code}).text for code in ("en", "es", "en")]
    assert ["Compare the ticked runs" in page for page in pages] == [True, False, True]


def test_the_name_of_an_experiment_is_that_of_the_moment(client: FlaskClient, store: Store) -> None:
    for address in ("/runs?column=experiment_id", "/runs?group=experiment_id"):
        assert "renamed" not in client.get(address).text
    with store.write() as conn:
        conn.execute(update(experiments).values(name="renamed"))
    for address in ("/runs?column=experiment_id", "/runs?group=experiment_id"):
        assert "renamed" in client.get(address).text
