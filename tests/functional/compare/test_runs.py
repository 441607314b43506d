"""Runs of the history side by side: a test where they share their folds, the reason where they do not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from ml.results import Evaluation
from tests.builders.pages import find_faults
from tests.builders.runs import make_evaluation, write_trained_run
from tests.builders.stores import write_metric, write_run
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store

FIRST, SECOND, THIRD, FOREIGN = ("1" * 32, "2" * 32, "3" * 32, "f" * 32)
NAMES = {FIRST: "calm-run", SECOND: "wild-run", THIRD: "late-run"}
WOBBLE = (0.05, -0.03, 0.01, -0.02, 0.04, -0.05, 0.03, 0.02, -0.04, -0.01)


def evaluation(accuracy: float, wobble: float = 0.0, **changes: Any) -> Evaluation:
    """The folds of a run: `wobble` is how far they stray from the mean."""
    folds = {
        "accuracy": tuple(accuracy + wobble * step for step in WOBBLE),
        "log_loss": tuple(1.5 - accuracy + wobble * step for step in WOBBLE),
    }
    return replace(make_evaluation(accuracy), **({"fold_metrics": folds, "folds_sha256": "d" * 64} | changes))


@pytest.fixture
def history(store: Store, settings: Settings) -> None:
    """Three runs on the same folds, the third far better, and one that others logged."""
    worth = {FIRST: evaluation(0.50), SECOND: evaluation(0.51, 1.0), THIRD: evaluation(0.60, 0.1)}
    with store.write() as conn:
        for number, (run_id, found) in enumerate(worth.items()):
            write_trained_run(conn, settings.artifact_root, run_id, found, name=NAMES[run_id])
            for key, value in {"seed": "582", "C": str(number)}.items():
                conn.execute(insert(mlflow.params).values(run_uuid=run_id, key=key, value=value))
        write_run(conn, FOREIGN, name="from elsewhere")


def compare(client: FlaskClient, *runs: str, **options: str) -> str:
    return client.get("/runs/compare", query_string={"run": list(runs)} | options).text


@pytest.mark.usefixtures("history")
def test_a_difference_within_chance_is_called_so(client: FlaskClient) -> None:
    page = compare(client, FIRST, SECOND)
    assert "Logistic regression (wild-run) is not told from Logistic regression (calm-run) by accuracy" in page
    assert re.search(r"in accuracy: \+0\.010 \[−0\.\d{3} – \+0\.\d{3}\], p = 0\.\d{3}, not beyond chance\.", page)
    assert "not told apart" in page


@pytest.mark.usefixtures("history")
def test_the_worse_of_two_is_called_worse_whichever_stands_first(client: FlaskClient) -> None:
    assert "(late-run) is better than" in compare(client, FIRST, THIRD)
    assert "(calm-run) is worse than" in compare(client, THIRD, FIRST)


@pytest.mark.usefixtures("history")
def test_a_smaller_loss_is_better(client: FlaskClient) -> None:
    assert "(late-run) is better than" in compare(client, FIRST, THIRD, metric="log_loss")


@pytest.mark.usefixtures("history")
def test_of_three_the_first_is_what_the_others_are_held_against(client: FlaskClient) -> None:
    page = compare(client, FIRST, SECOND, THIRD)
    assert "1 of 2 runs are told from Logistic regression (calm-run) by accuracy" in page
    assert page.count("what the others are held against") == 1


@pytest.mark.usefixtures("history")
def test_every_score_stands_with_its_company(client: FlaskClient) -> None:
    page = compare(client, FIRST, SECOND)
    assert page.count("strip-prior") == page.count("strip-single") == page.count("strip-interval") == 2


@pytest.mark.usefixtures("history")
def test_only_the_parameters_that_differ_are_shown(client: FlaskClient) -> None:
    page = compare(client, FIRST, SECOND)
    assert re.search(r'<th scope="row">C</th><td>0</td><td>1</td>', page)
    assert '<th scope="row">seed</th>' not in page


@pytest.mark.usefixtures("history")
def test_a_run_of_others_says_why_no_test_is_shown(client: FlaskClient) -> None:
    page = compare(client, FIRST, FOREIGN)
    assert "These runs do not share their folds, so no test is shown" in page
    assert "one of them left no report of ours" in page


@pytest.mark.usefixtures("history")
def test_a_reason_that_several_runs_share_is_said_once(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        write_run(conn, "e" * 32, name="from elsewhere, too")
    page = compare(client, FIRST, FOREIGN, "e" * 32)
    assert page.count("one of them left no report of ours, so its folds are not known.</p>") == 1
    assert "2 runs are not tested against" in page


def test_the_accuracy_that_others_logged_with_its_company_is_shown(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for run_id in (FIRST, SECOND):
            write_run(conn, run_id, name=NAMES[run_id])
            write_metric(conn, run_id, "accuracy", 0.61)
        write_metric(conn, SECOND, "prior_accuracy", 0.31)
    page = compare(client, FIRST, SECOND)
    assert page.count("strip-run") == page.count("strip-prior") == 1


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_are_sound(client: FlaskClient, language: str) -> None:
    headers = {"Accept-Language": language}
    for path in ("/runs", "/runs/compare", f"/runs/compare?run={FIRST}", f"/runs/compare?run={FIRST}&run={SECOND}"):
        assert find_faults(client.get(path, headers=headers).text) == []


@pytest.mark.usefixtures("history")
def test_the_page_in_spanish(client: FlaskClient) -> None:
    page = client.get(f"/runs/compare?run={FIRST}&run={SECOND}", headers={"Accept-Language": "es"}).text
    assert "+0,010" in page
    assert "not told" not in page


@pytest.mark.usefixtures("history")
def test_runs_are_ticked_in_the_history(client: FlaskClient) -> None:
    page = client.get("/runs").text
    assert 'action="/runs/compare"' in page
    assert f'<input type="checkbox" name="run" value="{FIRST}"' in page


@pytest.mark.usefixtures("history")
def test_one_run_alone_is_offered_others(client: FlaskClient) -> None:
    page = compare(client, FIRST)
    assert f'value="{FIRST}" checked' in page
    assert page.count(f'value="{FIRST}"') == 1
    assert f'value="{SECOND}"' in page


def test_without_runs_there_is_a_way_to_train_some(client: FlaskClient) -> None:
    assert "There are not two runs yet" in compare(client)


@pytest.mark.usefixtures("history")
def test_a_run_that_is_not_there_is_named_and_the_rest_compared(client: FlaskClient) -> None:
    page = compare(client, FIRST, SECOND, "nobody")
    assert "No such run: nobody." in page
    assert "is not told from" in page


@pytest.mark.usefixtures("history")
def test_nothing_but_runs_that_are_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/runs/compare?run=nobody").status_code == 404
