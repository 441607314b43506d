"""A comparison as a reader meets it: the answer in words, tests, the corrected best, costs, and what was left out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from ml.examination.comparison import Paired
from tests.builders.accounts import visit_with_role
from tests.builders.comparisons import make_comparison, write_comparison
from tests.builders.pages import find_faults
from webapp.jobs.queue import insert_job
from webapp.store.tables import job

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from webapp.store.session import Store


@pytest.fixture
def store(app: Flask) -> Store:
    store: Store = app.extensions["proctor_store"]
    return store


@pytest.fixture
def done(store: Store, settings: Settings) -> str:
    with store.write() as conn:
        return write_comparison(conn, settings.data_dir, make_comparison()).id


def find_test(page: str, family: str) -> str:
    """The row of a family in the table of tests."""
    found = re.search(rf'{family}</th><td class="n"><span class="figure-cell">.*?</tr>', page, re.DOTALL)
    assert found
    return found[0]


def test_nothing_was_compared_yet(client: FlaskClient) -> None:
    page = client.get("/compare").text
    assert "No comparison yet" in page
    assert "/admin#compare" in page
    assert find_faults(page) == []


def test_the_answer_comes_in_words_and_names_what_picking_costs(client: FlaskClient, done: str) -> None:
    page = client.get(f"/compare/{done}").text
    assert "Logistic regression is the best by accuracy, beyond chance" in page
    assert "Picked among 2, it is worth 0.509 [0.453 – 0.572], where it looks like 0.531." in page, re.search(
        r'class="lead">.*', page
    )
    assert "looking at Admission category alone 0.510" in page


def test_who_cannot_be_told_from_the_best_is_named(client: FlaskClient, done: str) -> None:
    page = client.get(f"/compare/{done}?metric=log_loss").text
    assert "2 of 2 families cannot be told from the best by log-loss" in page
    assert "Not to be told apart: Logistic regression; Random forest." in page


def test_a_single_column_that_keeps_up_with_the_best_is_said(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    told, said = make_comparison(), "That one column cannot be told from the best either."
    far = Paired(-0.1, -0.12, -0.08, 0.001, 0.002)
    lines = tuple(replace(line, against_best=dict.fromkeys(told.metrics, far)) for line in told.lines)
    with store.write() as conn:
        near_id = write_comparison(conn, settings.data_dir, told).id
        far_id = write_comparison(conn, settings.data_dir, replace(told, lines=lines)).id
    assert said in client.get(f"/compare/{near_id}").text
    assert said not in client.get(f"/compare/{far_id}").text


def test_a_test_stands_with_its_interval_both_p_and_a_word(client: FlaskClient, done: str) -> None:
    page = client.get(f"/compare/{done}").text
    assert "the champion’s family" in page
    row = find_test(page, "Random forest")
    assert "−0.051 [−0.081 – −0.021]" in row
    assert row.count("&lt; 0.001") == 2
    assert "worse" in row


def test_a_difference_of_naught_has_no_sign(client: FlaskClient, store: Store, settings: Settings) -> None:
    found = make_comparison()
    near = Paired(-0.0001, -0.03, 0.03, 0.9, 0.9)
    lines = tuple(replace(line, against_reference=dict.fromkeys(found.metrics, near)) for line in found.lines)
    with store.write() as conn:
        job_id = write_comparison(conn, settings.data_dir, replace(found, lines=lines)).id
    assert "0.000 [−0.030 – +0.030]" in find_test(client.get(f"/compare/{job_id}").text, "Random forest")
    assert "−0.000" not in client.get(f"/compare/{job_id}").text


def test_a_greater_loss_is_worse(client: FlaskClient, store: Store, settings: Settings) -> None:
    with store.write() as conn:
        found = write_comparison(conn, settings.data_dir, make_comparison())
    row = find_test(client.get(f"/compare/{found.id}?metric=log_loss").text, "Class prior")
    assert "+0.350" in row
    assert "worse" in row


def test_what_was_left_out_and_what_was_kept_is_said(client: FlaskClient, done: str) -> None:
    page = client.get(f"/compare/{done}").text
    assert "was not begun: the budget was used up." in page
    assert page.count("kept from before") == 1


def test_the_latest_is_shown_first_and_the_others_are_listed(
    client: FlaskClient, store: Store, settings: Settings, done: str
) -> None:
    with store.write() as conn:
        write_comparison(conn, settings.data_dir, make_comparison(), user="grace", now=2)
        insert_job(conn, "compare", {"families": ["random_forest"]}, "linus", 3)
    page = client.get("/compare").text
    assert "Comparison 2" in page
    assert f"/compare/{done}" in page
    assert "3 · Random forest" in page


def test_a_comparison_on_its_way_shows_its_card(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        asked = insert_job(conn, "compare", {"families": ["random_forest"]}, "ada", 1)
    page = client.get(f"/compare/{asked.id}").text
    assert "This page fills when the comparison is done." in page
    assert f"/admin/jobs/{asked.id}" in page


def test_a_comparison_whose_file_is_gone_says_so(
    client: FlaskClient, store: Store, settings: Settings, done: str
) -> None:
    (settings.data_dir / "comparisons" / f"{done}.json").unlink()
    assert "What was found is not here any more" in client.get(f"/compare/{done}").text


def test_a_file_outside_the_data_folder_is_not_read(
    client: FlaskClient, store: Store, settings: Settings, done: str
) -> None:
    outside = settings.data_dir.parent / "outside.json"
    (settings.data_dir / "comparisons" / f"{done}.json").rename(outside)
    with store.write() as conn:
        conn.execute(update(job).values(result=json.dumps({"comparison": "../outside.json"})))
    assert "What was found is not here any more" in client.get(f"/compare/{done}").text


@pytest.mark.parametrize("path", ["x", "x/report.html", "x/figures/leaderboard.accuracy.json"])
def test_a_comparison_that_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(f"/compare/{path}").status_code == 404


def test_a_training_is_no_comparison(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        asked = insert_job(conn, "train", {"family": "prior"}, "ada", 1)
    assert client.get(f"/compare/{asked.id}").status_code == 404


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_is_sound(client: FlaskClient, done: str, language: str) -> None:
    assert find_faults(client.get(f"/compare/{done}", headers={"Accept-Language": language}).text) == []


def test_the_page_in_spanish(client: FlaskClient, done: str) -> None:
    page = client.get(f"/compare/{done}", headers={"Accept-Language": "es"}).text
    assert "0,509 [0,453 – 0,572]" in page
    assert "families" not in re.sub(r"<[^>]*>", "", page)


@pytest.mark.parametrize("name", ["leaderboard.accuracy", "leaderboard.log_loss", "differences.qwk"])
def test_every_figure_is_sent(client: FlaskClient, done: str, name: str) -> None:
    figure = client.get(f"/compare/{done}/figures/{name}.json").get_json()
    assert figure["data"]
    assert "Random forest" in client.get(f"/compare/{done}/figures/{name}.csv").text


@pytest.mark.parametrize("name", ["leaderboard", "leaderboard.nothing", "nothing.accuracy"])
def test_other_figures_are_not_found(client: FlaskClient, done: str, name: str) -> None:
    assert client.get(f"/compare/{done}/figures/{name}.json").status_code == 404


def test_the_file_to_keep_holds_every_metric_and_asks_nobody(client: FlaskClient, done: str) -> None:
    answer = client.get(f"/compare/{done}/report.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert all(f'id="by-{metric}"' in answer.text for metric in ("accuracy", "qwk", "log_loss"))
    assert re.findall(r'<[^>]* (?:src|data-chart)="(?!data:)[^"]+"', answer.text.partition("<script>")[0]) == []


def ask(app: Flask, **changes: object) -> tuple[int, str]:
    fields = {
        "compare-families": ["logistic_regression"], "compare-folds": "3", "compare-repeats": "1",
        "compare-seed": "7", "compare-budget": "",
    }  # fmt: skip
    admin = visit_with_role(app, "admin")
    answer = admin.client.post("/admin/compare", data=fields | changes | {"csrf_token": admin.token()})
    return answer.status_code, answer.text


def test_an_admin_asks_for_a_comparison(app: Flask, store: Store) -> None:
    assert ask(app)[0] == 303
    with store.read() as conn:
        row = conn.execute(select(job)).one()
    assert row.kind == "compare"
    assert json.loads(row.params) == {
        "families": ["logistic_regression"], "folds": 3, "repeats": 1, "seed": 7, "with_sensitive": False,
        "drop_repeats": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"compare-families": []}, "Tick at least one family."),
        ({"compare-families": ["crystal_ball"]}, "crystal_ball"),
        ({"compare-folds": "1"}, "Type a whole number from 2 to 20."),
        ({"compare-budget": "0"}, "Type a whole number from 1 to 1440."),
    ],
)
def test_a_request_that_cannot_be_met_is_sent_back_with_the_reason(
    app: Flask, store: Store, changes: dict[str, object], words: str
) -> None:
    status, page = ask(app, **changes)
    assert status == 422
    assert words in page
    assert find_faults(page) == []
    with store.read() as conn:
        assert conn.execute(select(job)).all() == []


def test_the_last_jobs_lead_to_the_comparison(app: Flask, done: str) -> None:
    assert f'href="/compare/{done}"' in visit_with_role(app, "admin").get("/admin").text
