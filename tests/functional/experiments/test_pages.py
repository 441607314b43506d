"""The list of experiments and the front page of one, as a reader and a program meet them."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from tests.builders.pages import find_faults
from tests.builders.stores import write_experiment, write_metric, write_run
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Connection

    from webapp.store.session import Store

DAY = 86_400_000
NAME = "credit <b>“1”</b>"
COMPANY = {"accuracy_low": 0.55, "accuracy_high": 0.65, "prior_accuracy": 0.3, "single_column_accuracy": 0.5}


def write_named(conn: Connection, number: int, name: str, **columns: Any) -> None:
    row = {"experiment_id": number, "name": name, "lifecycle_stage": "active", "artifact_location": "/x"}
    conn.execute(insert(mlflow.experiments).values(row | {"creation_time": 1, "last_update_time": 7} | columns))


def write_scored(conn: Connection, run_id: str, day: int, metrics: dict[str, float], **columns: Any) -> None:
    columns = {"experiment_id": 1, "start_time": day * DAY, "end_time": None, "name": f"run {run_id}"} | columns
    write_run(conn, run_id * 32, **columns)
    for name, number in metrics.items():
        write_metric(conn, run_id * 32, name, number)


@pytest.fixture
def store(app: Flask) -> Store:
    """One experiment with company, one without, one archived, and MLflow's own, which is empty."""
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        write_named(conn, 1, NAME)
        write_named(conn, 2, "bare")
        write_named(conn, 3, "given up", lifecycle_stage="deleted")
        conn.execute(
            insert(mlflow.experiment_tags).values(experiment_id=1, key="mlflow.note.content", value="<i>why</i> **so**")
        )
        conn.execute(insert(mlflow.experiment_tags).values(experiment_id=1, key="team", value="56"))
        write_scored(conn, "a", 1, {"accuracy": 0.5, "f1_macro": 0.5, "log_loss": 1.2})
        write_scored(conn, "b", 2, {"accuracy": 0.6, "f1_macro": 0.4, "log_loss": 1.3} | COMPANY)
        write_scored(conn, "c", 3, {"reward": 12.0}, status="FAILED")
        write_scored(conn, "d", 200, {"reward": 2.0}, experiment_id=2)
        write_scored(conn, "e", 9, {"accuracy": 0.9}, experiment_id=3, lifecycle_stage="deleted")
    return store


@pytest.fixture
def page(client: FlaskClient, store: Store) -> str:
    """The first experiment's, as it reads."""
    return unescape(client.get("/experiments/1").text)


def test_the_list_has_the_last_active_first_and_the_archived_apart(client: FlaskClient, store: Store) -> None:
    listed = client.get("/experiments").text
    assert find_faults(listed) == []
    assert re.findall(r'href="/experiments/(\d)" title', listed) == ["2", "1", "0", "3"]
    assert listed.index('id="archived"') < listed.index("/experiments/3")
    assert "3 experiments" in listed
    assert NAME not in listed


def test_the_best_of_the_list_stands_with_its_company(client: FlaskClient, store: Store) -> None:
    listed = client.get("/experiments").text
    assert re.search(r"0\.600 .*±0\.050.*strip-prior.*strip-single.*strip-run", listed, re.DOTALL)
    with store.write() as conn:
        write_scored(conn, "f", 300, {"accuracy": 0.7}, experiment_id=2)
    assert re.search(r"0\.700</a> <span class=\"aside\">no baseline logged", client.get("/experiments").text)


def test_experiments_come_a_page_at_a_time(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for number in range(10, 110):
            write_named(conn, number, f"n{number}")
    first, second = client.get("/experiments").text, client.get("/experiments?page=2").text
    assert 'href="/experiments?page=2" rel="next"' in first
    assert len(re.findall(r'href="/experiments/\d+" title', first)) == 101  # the archived one stands on each
    assert len(re.findall(r'href="/experiments/\d+" title', second)) == 4
    assert 'rel="next"' not in second


def test_the_page_answers_with_the_best_and_its_company(page: str) -> None:
    assert re.search(
        r"The best so far in Accuracy is 0\.600 \[0\.550.+0\.650\]; the class prior alone has 0\.300", page
    )
    assert 'href="/runs/' + "b" * 32 in page
    assert "1 run of 3 has no number for it (did not log it: 1; NaN or infinite: 0)" in page
    assert "Of 2 runs that were the best so far, 1 logged an interval" in page
    assert "The best of 2 runs is in part the luckiest" in page


def test_the_page_is_sound_and_shows_strangers_words_as_words(client: FlaskClient, store: Store) -> None:
    found = client.get("/experiments/1").text
    assert find_faults(found) == []
    assert "<i>why</i>" in unescape(found)
    assert "<i>why" not in found
    assert "<strong>so</strong>" in found
    assert ">team<" in found


def test_a_score_without_company_says_that_it_has_none(client: FlaskClient, store: Store) -> None:
    found = unescape(client.get("/experiments/2").text)
    assert "That run logged neither an interval nor a baseline, so nobody can tell how much of it is luck" in found
    assert "nobody can tell skill from luck" in found
    assert "strip-run" not in found
    assert "higher, as the name says" in found
    assert "Two metrics are needed" in found


def test_a_training_score_is_called_what_it_is(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_metric(conn, "d" * 32, "training_reward", 99.0)
    found = client.get("/experiments/2?metric=training_reward").text
    assert '<s class="training">99.000</s>' in found
    assert "measured on the training rows" in found


def test_the_reader_chooses_the_metric_and_which_way_is_better(client: FlaskClient, store: Store) -> None:
    found = client.get("/experiments/1?metric=log_loss").text
    assert "The best so far in Log-loss is 1.200" in found
    assert '<option value="" selected>lower, as the name says' in found
    assert "is 1.300" in client.get("/experiments/1?metric=log_loss&better=higher").text


def test_each_form_keeps_what_the_others_show(client: FlaskClient, store: Store) -> None:
    found = client.get("/experiments/1?metric=log_loss&x=f1_macro&unit=month").text
    best, front = re.findall(r'<form class="filters".*?</form>', found, re.DOTALL)
    assert re.findall(r'hidden" name="(\w+)"', best) == ["x", "unit"]
    assert re.findall(r'hidden" name="(\w+)"', front) == ["metric", "unit"]


def test_the_front_has_its_runs_in_a_table(client: FlaskClient, store: Store) -> None:
    found = client.get("/experiments/1?x=f1_macro&y=accuracy").text
    table = re.search(r"The runs that none beats in both</h3>(.*?)</table>", found, re.DOTALL)
    assert table
    assert re.findall(r"/runs/(\w)\w+", table[1]) == ["a", "b"]
    assert "prior 0.300" in table[1]
    assert "no baseline logged" in table[1]


def test_one_metric_against_itself_is_not_drawn(client: FlaskClient, store: Store) -> None:
    assert "Pick two different metrics" in client.get("/experiments/1?x=accuracy&y=accuracy").text


@pytest.mark.parametrize(
    "query", ["metric=" + "x" * 251, "metric=a%00", "better=sideways", "unit=age", "until=soon", "until=0001-01-01",
              "until=9999-12-31&unit=week", "until=9999-12-31&unit=month"],
)  # fmt: skip
def test_an_address_that_means_nothing_shows_what_there_is(client: FlaskClient, store: Store, query: str) -> None:
    answer = client.get(f"/experiments/1?{query}")
    assert answer.status_code == 200
    assert "Most runs began" in answer.text


def test_a_metric_that_nobody_logged_says_so(client: FlaskClient, store: Store) -> None:
    found = client.get("/experiments/1?metric=nobody").text
    assert "No run of this experiment has a number for this metric" in found
    assert '<option value="nobody" selected>' in found
    assert client.get("/experiments/1/figures/best.json?metric=nobody").status_code == 404


def test_activity_is_paged_back_and_forth(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_scored(conn, "f", 900, {"accuracy": 0.1})
    found = client.get("/experiments/1").text
    assert "3 runs began outside" in found
    earlier = re.search(r'href="([^"]+)">← Earlier', found)
    assert earlier
    older = client.get(unescape(earlier[1])).text
    assert "1 run began outside" in older
    assert "Later →" in older


def test_the_runs_of_an_experiment_are_a_link(client: FlaskClient, store: Store) -> None:
    found = unescape(client.get("/experiments/2").text)
    assert 'href="/runs?filter=experiment+%3D+%22bare%22"' in found
    assert 'href="/runs?filter=experiment+%3D+%22bare%22&state=finished"' in found
    with store.write() as conn:
        write_named(conn, 8, "both ' and \"")
    assert "?filter=" not in client.get("/experiments/8").text


def test_an_archived_experiment_says_so(client: FlaskClient, store: Store) -> None:
    found = client.get("/experiments/3").text
    assert "This experiment is archived since" in found
    assert "1 archived run" in found
    assert "0.900" not in found
    assert find_faults(found) == []


@pytest.mark.parametrize("number", ["77", "x", "01"])
def test_an_unknown_experiment_is_not_found_and_says_so(client: FlaskClient, store: Store, number: str) -> None:
    answer = client.get(f"/experiments/{number}")
    assert (answer.status_code, f"There is no experiment {number}" in answer.text) == (404, True)
    assert find_faults(answer.text) == []
    assert client.get(f"/experiments/{number}/figures/best.json").status_code == 404
    document = client.get(f"/api/v1/experiments/{number}").get_json()
    assert (document["status"], document["detail"]) == (404, f"there is no experiment '{number}'")


def test_figures_are_sent_to_draw_and_to_keep(client: FlaskClient, store: Store) -> None:
    for name in ("best", "front", "activity"):
        assert client.get(f"/experiments/1/figures/{name}.json").get_json()["data"]
    rows = list(csv.DictReader(io.StringIO(client.get("/experiments/1/figures/best.csv").text)))
    assert [(row["Run"], row["Accuracy"], row["Low end"], row["Run id"]) for row in rows] == [
        ("run a", "0.5", "", "a" * 32),
        ("run b", "0.6", "0.55", "b" * 32),
    ]
    assert client.get("/experiments/1/figures/nothing.json").status_code == 404


def test_a_run_that_is_logged_or_changed_is_seen_at_once(client: FlaskClient, store: Store) -> None:
    client.get("/experiments/1")
    with store.write() as conn:
        write_scored(conn, "f", 4, {"accuracy": 0.8})
    assert "is 0.800" in client.get("/experiments/1").text
    with store.write() as conn:
        conn.execute(mlflow.latest_metrics.update().where(mlflow.latest_metrics.c.value == 0.8).values(value=0.85))
    assert "is 0.850" in client.get("/experiments/1").text


def test_the_run_table_and_the_run_lead_to_the_experiment(client: FlaskClient, store: Store) -> None:
    table = client.get("/runs?column=experiment_id").text
    assert '<a href="/experiments/2">bare</a>' in table
    assert 'href="/experiments"' in table
    assert '<a href="/experiments/2">bare</a>' in client.get("/runs/" + "d" * 32).text


def test_the_api_lists_experiments(client: FlaskClient, store: Store) -> None:
    document = client.get("/api/v1/experiments").get_json()
    found = {one["id"]: one for one in document["experiments"]}
    assert document["total"] == 4
    assert found["1"]["best"] == {
        "run_id": "b" * 32, "metric": "accuracy", "value": 0.6, "low": 0.55, "high": 0.65, "prior": 0.3,
        "single_column": 0.5,
    }  # fmt: skip
    assert (found["2"]["runs"], found["2"]["last_start"], found["2"]["best"]) == (1, 200 * DAY, None)
    assert (found["3"]["is_archived"], found["3"]["archived_runs"], found["3"]["runs"]) == (True, 1, 0)


def test_the_api_says_what_the_page_says(client: FlaskClient, store: Store) -> None:
    found = client.get("/api/v1/experiments/1?x=f1_macro&y=accuracy&unit=day").get_json()
    assert [(run["name"], run["value"], run["low"]) for run in found["best"]["best_so_far"]] == [
        ("run a", 0.5, None),
        ("run b", 0.6, 0.55),
    ]
    assert (found["best"]["better"], found["best"]["runs_not_logged"]) == ("higher", 1)
    assert [(run["run_id"][0], run["x"]["value"], run["y"]["value"]) for run in found["front"]["front"]] == [
        ("a", 0.5, 0.5),
        ("b", 0.4, 0.6),
    ]
    assert [bar["states"] for bar in found["activity"]["bars"]] == [{"FINISHED": 1}, {"FINISHED": 1}, {"FAILED": 1}]
    assert found["states"] == {"FINISHED": 2, "FAILED": 1}
    assert found["tags"]["team"] == "56"


@pytest.mark.parametrize("query", ["better=x", "x_better=x", "unit=age", "until=soon", "metric=" + "x" * 251])
def test_the_api_refuses_what_it_does_not_understand(client: FlaskClient, store: Store, query: str) -> None:
    answer = client.get(f"/api/v1/experiments/1?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["detail"].startswith(query.partition("=")[0])
