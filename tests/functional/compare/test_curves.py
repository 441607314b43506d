"""The curves of several runs, laid over each other."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from tests.builders.histories import write_history
from tests.builders.pages import find_faults
from tests.builders.stores import write_experiment, write_run
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


def render(client: FlaskClient, **asked: str) -> str:
    answer = client.get("/runs/compare", query_string={"run": list(NAMES), "view": "curves"} | asked)
    assert answer.status_code == 200
    return answer.text


def draw(client: FlaskClient, **asked: str) -> dict[str, list[dict[str, object]]]:
    figure: dict[str, list[dict[str, object]]] = client.get(
        "/runs/compare/curves.json", query_string={"run": list(NAMES), "key": "val/loss"} | asked
    ).get_json()
    return figure


def test_the_metric_that_most_runs_have_is_drawn_first(client: FlaskClient, store: Store) -> None:
    page = unescape(render(client))
    assert "val/loss of 3 runs: lowest, 1 at step 2, in one" in page
    assert "alone (1 run)" in page
    assert "9 values of 3 of 3 runs." in page


def test_the_page_is_sound_and_its_form_keeps_the_runs(client: FlaskClient, store: Store) -> None:
    page = render(client, x="clock")
    assert find_faults(page) == []
    for name, value in (("run", FIRST), ("run", SECOND), ("view", "curves")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert 'type="hidden" name="x"' not in page
    assert '<option value="clock" selected>' in page


def test_every_run_has_its_line_and_its_name_is_no_markup(client: FlaskClient, store: Store) -> None:
    found = draw(client)
    assert [trace["y"] for trace in found["data"]] == [[3.0, 2.0, 1.0], [4.0, 3.0, 2.0], [5.0, 4.0, 3.0]]
    assert found["data"][1]["name"] == "&lt;b&gt;two&lt;/b&gt;"


def test_runs_of_a_group_are_averaged(client: FlaskClient, store: Store) -> None:
    lines = [trace for trace in draw(client, by="params.kind")["data"] if trace.get("name")]
    assert [trace["name"] for trace in lines] == ["0 (n = 2)", "1 (n = 1)"]
    assert lines[0]["y"][0] == 3.5  # type: ignore[index]
    assert '<th scope="col" class="n">Group</th>' in render(client, by="params.kind")


def test_every_value_of_every_run_is_in_the_file(client: FlaskClient, store: Store) -> None:
    text = client.get("/runs/compare/curves.csv", query_string={"run": [SECOND, FIRST], "key": "val/loss"}).text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["run"] for line in lines] == [SECOND] * 3 + [FIRST] * 3
    assert [line["value"] for line in lines] == ["4.0", "3.0", "2.0", "3.0", "2.0", "1.0"]


def test_runs_without_curves_have_nothing_to_show(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        conn.execute(mlflow.metrics.delete())
    assert "None of these runs has a metric with more than one value." in render(client)


def test_the_chart_is_of_the_same_runs_as_its_page(client: FlaskClient, store: Store) -> None:
    found = re.search(r'data-chart="([^"]+)"', render(client, key="val/loss"))
    assert found
    assert len(client.get(unescape(found[1])).get_json()["data"]) == len(NAMES)


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_nothing_comes_of_nothing(client: FlaskClient, store: Store, kind: str) -> None:
    assert client.get(f"/runs/compare/curves.{kind}").status_code == 404
    assert client.get(f"/runs/compare/curves.{kind}?key=no&run={FIRST}").status_code == 404
    many = {"run": [f"{number:032x}" for number in range(501)], "key": "val/loss"}
    refused = client.get(f"/runs/compare/curves.{kind}", query_string=many)
    assert (refused.status_code, "At most 500 runs" in refused.text) == (400, True)


def test_the_histories_are_read_once_for_the_page_and_its_figure(client: FlaskClient, store: Store) -> None:
    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    url = re.search(r'data-chart="([^"]+)"', render(client))
    assert url
    figure = client.get(unescape(url[1])).get_json()
    assert [trace["y"][0] for trace in figure["data"]] == [3.0, 4.0, 5.0]
    assert len([words for words in seen if "ORDER BY metrics.run_uuid" in words]) == 1


def test_a_value_that_is_logged_meanwhile_is_drawn(client: FlaskClient, store: Store) -> None:
    """Behind the last step, too, where MLflow leaves all but the history as it was."""
    render(client)
    row = {"run_uuid": FIRST, "key": "val/loss", "is_nan": False, "value": 0.5, "step": -1, "timestamp": 9}
    with store.write() as conn:
        conn.execute(mlflow.metrics.insert().values(row))
    assert draw(client)["data"][0]["y"] == [0.5, 3.0, 2.0, 1.0]
