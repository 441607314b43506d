"""The curves of several runs, laid over each other."""

from __future__ import annotations

import csv
import io
from html import unescape
from typing import TYPE_CHECKING

import pytest
from flask import render_template
from werkzeug.datastructures import MultiDict

from tests.builders.histories import write_history
from tests.builders.pages import find_faults
from tests.builders.stores import write_experiment, write_run
from webapp.compare.curves import OverlayAsked, read_overlay, show_curves
from webapp.compare.curves.queries import RunName
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from webapp.store.session import Store

FIRST, SECOND, THIRD = "1" * 32, "2" * 32, "3" * 32
NAMES = {FIRST: "one", SECOND: "<b>two</b>", THIRD: "שלוש"}


@pytest.fixture
def store(app: Flask) -> Store:
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        for number, (run_id, name) in enumerate(NAMES.items()):
            write_run(conn, run_id, name=name)
            write_history(conn, run_id, "val/loss", [3.0 + number, 2.0 + number, 1.0 + number])
            conn.execute(mlflow.params.insert().values(run_uuid=run_id, key="kind", value=str(number // 2)))
        write_history(conn, FIRST, "alone", [1.0, 2.0])
    return store


def render(app: Flask, store: Store, address: str = "/runs/compare?run=1", **asked: str) -> str:
    """The fragment within a page, as the page at `address` includes it."""
    with app.test_request_context(address), store.read() as conn:
        runs = [RunName(run_id, name) for run_id, name in NAMES.items()]
        view = show_curves(conn, runs, read_overlay(MultiDict(asked)))
        fragment = render_template("compare/curves.html", view=view)
    head = '<!doctype html><html lang="en"><title>t</title>'
    return f'{head}<main><h1>h</h1><section id="curves">{fragment}</section></main></html>'


def draw(client: FlaskClient, **asked: str) -> dict[str, list[dict[str, object]]]:
    figure: dict[str, list[dict[str, object]]] = client.get(
        "/runs/compare/curves.json", query_string={"run": list(NAMES), "key": "val/loss"} | asked
    ).get_json()
    return figure


def test_the_metric_that_most_runs_have_is_drawn_first(app: Flask, store: Store) -> None:
    page = unescape(render(app, store))
    assert "val/loss of 3 runs: lowest, 1 at step 2, in one" in page
    assert "alone (1 run)" in page
    assert "9 values of 3 of 3 runs." in page


def test_the_fragment_is_sound_and_keeps_the_arguments_of_its_page(app: Flask, store: Store) -> None:
    page = render(app, store, "/runs/compare?run=1&run=2&metric=qwk&x=clock", x="clock")
    assert find_faults(page) == []
    for name, value in (("run", "1"), ("run", "2"), ("metric", "qwk")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert 'type="hidden" name="x"' not in page
    assert '<option value="clock" selected>' in page


def test_every_run_has_its_line_and_its_name_is_no_markup(client: FlaskClient, store: Store) -> None:
    found = draw(client)
    assert [trace["y"] for trace in found["data"]] == [[3.0, 2.0, 1.0], [4.0, 3.0, 2.0], [5.0, 4.0, 3.0]]
    assert found["data"][1]["name"] == "&lt;b&gt;two&lt;/b&gt;"


def test_runs_of_a_group_are_averaged(client: FlaskClient, app: Flask, store: Store) -> None:
    lines = [trace for trace in draw(client, by="params.kind")["data"] if trace.get("name")]
    assert [trace["name"] for trace in lines] == ["0 (n = 2)", "1 (n = 1)"]
    assert lines[0]["y"][0] == 3.5  # type: ignore[index]
    assert '<th scope="col" class="n">Group</th>' in render(app, store, by="params.kind")


def test_every_value_of_every_run_is_in_the_file(client: FlaskClient, store: Store) -> None:
    text = client.get("/runs/compare/curves.csv", query_string={"run": [SECOND, FIRST], "key": "val/loss"}).text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["run"] for line in lines] == [SECOND] * 3 + [FIRST] * 3
    assert [line["value"] for line in lines] == ["4.0", "3.0", "2.0", "3.0", "2.0", "1.0"]


def test_runs_without_curves_have_nothing_to_show(app: Flask) -> None:
    with app.test_request_context("/"), app.extensions["proctor_store"].read() as conn:
        assert show_curves(conn, [RunName(FIRST, "one")], OverlayAsked()) is None


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_nothing_comes_of_nothing(client: FlaskClient, store: Store, kind: str) -> None:
    assert client.get(f"/runs/compare/curves.{kind}").status_code == 404
    assert client.get(f"/runs/compare/curves.{kind}?key=no&run={FIRST}").status_code == 404
    many = {"run": [str(number) for number in range(501)], "key": "val/loss"}
    refused = client.get(f"/runs/compare/curves.{kind}", query_string=many)
    assert (refused.status_code, "501 runs are too many" in refused.text) == (400, True)
