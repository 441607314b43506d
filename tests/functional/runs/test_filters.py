"""Filters that people type: on the page, in the API, and as they are completed."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import insert, update

from tests.builders.pages import find_faults
from tests.builders.stores import write_experiment, write_metric, write_run, write_tag
from webapp.runs.language.tree import Kind
from webapp.runs.language.where import Where, narrow
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from webapp.store.session import Store

LINK = re.compile(r'href="(/runs\?[^"]*)"')
FOREST, TREE = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def store(app: Flask) -> Store:
    store: Store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, FOREST, name="a forest", status="FINISHED")
        write_run(conn, TREE, name="a tree", status="FAILED")
        write_metric(conn, FOREST, "accuracy", 0.6)
        write_metric(conn, TREE, "accuracy", 0.4)
        write_metric(conn, TREE, "val/loss", 0.4)
        for run_id, text in ((FOREST, "rf"), (TREE, 'say "hi"')):
            conn.execute(insert(mlflow.params).values(run_uuid=run_id, key="model", value=text))
        write_tag(conn, TREE, "mlflow.user", "ada")
    return store


@pytest.fixture
def page(client: FlaskClient) -> Any:
    def fetch(text: str) -> TestResponse:
        return client.get("/runs", query_string={"filter": text})

    return fetch


def read(answer: TestResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", "", answer.text))


def test_a_filter_finds_runs_and_stays_in_the_address(page: Any) -> None:
    answer = page("metrics.accuracy > 0.5 or name ~ 'bush'")
    assert answer.status_code == 200
    assert "1 of 2 runs" in answer.text
    assert f"/runs/{FOREST}" in answer.text
    assert f"/runs/{TREE}" not in answer.text
    assert "filter=metrics.accuracy+%3E+0.5+or" in unescape(answer.text)
    assert """value="metrics.accuracy &gt; 0.5 or name ~ &#39;bush&#39;\"""" in answer.text


def test_a_wrong_filter_is_shown_at_its_character_with_no_table(page: Any) -> None:
    answer = page("metrics.accuracy > 0.5 and nmae = '<b>'")
    assert answer.status_code == 422
    assert "metrics.accuracy &gt; 0.5 and <mark>nmae</mark> = &#39;&lt;b&gt;&#39;" in answer.text
    assert "Did you mean name?" in answer.text
    assert "Try metrics.accuracy > 0.5 and name = '<b>'" in re.sub(r"\s+", " ", read(answer))
    assert "<table>" not in answer.text
    assert find_faults(answer.text) == []


def test_whatever_is_no_filter_is_answered_in_words(client: FlaskClient, page: Any) -> None:
    for text in ("(" * 5_000, "x" * 20_000, "name = 'a", "\N{RIGHT-TO-LEFT OVERRIDE}", "'", "name = '\0"):
        assert page(text).status_code == 422, text
        answer = client.get("/api/v1/runs", query_string={"filter": text})
        assert answer.status_code == 422, text
        assert answer.json
        assert 0 <= answer.json["at"] <= len(text)


def test_a_filter_that_finds_nothing_says_which_name_no_run_has(page: Any) -> None:
    assert "No run has metrics.acuracy. Did you mean metrics.accuracy?" in read(page("metrics.acuracy > 0.5"))
    assert "No run has" not in read(page("metrics.accuracy > 5"))


def test_the_api_filters_and_says_where_a_filter_is_wrong(client: FlaskClient) -> None:
    found = client.get("/api/v1/runs", query_string={"filter": "params.model = 'rf'"}).json
    assert found
    assert [each["id"] for each in found["runs"]] == [FOREST]
    answer = client.get("/api/v1/runs", query_string={"filter": "params.model == rf"})
    assert answer.content_type == "application/problem+json"
    assert answer.json
    assert answer.json["place"] == "params.model == rf\n                ^^"
    wanted = {"status": 422, "at": 16, "found": "rf", "parameter": "filter", "suggestion": 'params.model == "rf"'}
    assert {key: answer.json[key] for key in wanted} == wanted


# ── completion ───────────────────────────────────────────────────────────────
def complete(client: FlaskClient, text: str) -> list[str]:
    """Complete the text at the bar that stands in it, or at its end."""
    at = text.find("|") if "|" in text else len(text)
    answer = client.get("/runs/completions", query_string={"text": text.replace("|", "", 1), "at": at}).json
    assert answer
    assert len(answer["entries"]) <= 20
    plain = text.replace("|", "", 1)
    return [plain[: answer["start"]] + entry["text"] + plain[answer["end"] :] for entry in answer["entries"]]


OFFERED = [
    ("", "metrics."),
    ("st", "status "),
    ("acc", "metrics.accuracy "),
    ("metrics.", "metrics.`val/loss` "),
    ("metrics.ACC", "metrics.accuracy "),
    ("metrics.`val", "metrics.`val/loss` "),
    ("met|cs.x = 1", "metrics. = 1"),
    ("datasets.", "datasets.context "),
    ("name = 'a' and not (par", "name = 'a' and not (params."),
    ("metrics.accuracy ", "metrics.accuracy >= "),
    ("name n", "name not in ("),
    ("name is ", "name is null "),
    ("name not ", "name not in "),
    ("name in ", "name in ("),
    ("status = ", 'status = "FAILED" '),
    ("status in (", 'status in ("FAILED" '),
    ("user = 'A", "user = 'ada' "),
    ("params.model = ", 'params.model = "rf" '),
    ("params.model = s", "params.model = 'say \"hi\"' "),
    ("started > -", "started > -7d "),
    ("name = 'a' ", "name = 'a' and "),
    ("(name = 'a' ", "(name = 'a' )"),
    ("tags.x = '🙂' and tags.mlflow.u", "tags.x = '🙂' and tags.mlflow.user "),
]


def test_what_may_come_next_is_offered(client: FlaskClient) -> None:
    for text, among in OFFERED:
        assert among in complete(client, text)


def test_nothing_is_offered_where_nothing_fits(client: FlaskClient) -> None:
    for text in ("metrics.accuracy > 0.5", "name = 'a", "foo bar ", "metrics.accuracy like ", "a" * 20_000):
        assert complete(client, text) == [], text


def test_a_text_is_not_offered_to_an_order(client: FlaskClient) -> None:
    assert complete(client, "params.model > ") == []


def test_a_cursor_that_is_nowhere_is_at_the_end(client: FlaskClient) -> None:
    for at in ("-1", "x", "999999", "99999999999", "٣", ""):
        answer = client.get("/runs/completions", query_string={"text": "stat", "at": at}).json
        assert answer
        assert answer["entries"][0]["text"] == "status "


def test_the_count_of_a_filter_follows_the_store(page: Any, store: Store) -> None:
    asked = "params.model = 'rf'"
    assert "1 of 2 runs" in page(asked).text
    with store.write() as conn:
        write_run(conn, "c" * 32, name="another forest")
        conn.execute(insert(mlflow.params).values(run_uuid="c" * 32, key="model", value="rf"))
    assert "2 of 3 runs" in page(asked).text


def test_the_count_of_a_filter_follows_what_the_projection_does_not(page: Any, store: Store) -> None:
    asked = "experiment = 'renamed'"
    assert "0 of 2 runs" in page(asked).text
    with store.write() as conn:
        conn.execute(update(mlflow.experiments).values(name="renamed"))
    assert "2 of 2 runs" in page(asked).text


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("params.model", ['params.model = "rf"', "params.model = 'say \"hi\"'"]),
        ("user_name", ['user = "ada"', "user is null"]),
        ("experiment_id", ['experiment = "Default"']),
    ],
)  # fmt: skip
def test_a_group_leads_to_its_runs(client: FlaskClient, group: str, expected: list[str]) -> None:
    answer = client.get("/runs", query_string={"group": group, "filter": "name ~ 'a'"})
    links = {parse_qs(urlsplit(unescape(link)).query).get("filter", [""])[0] for link in LINK.findall(answer.text)}
    for narrowed in expected:
        assert f"(name ~ 'a') and {narrowed}" in links


def test_a_group_of_a_text_that_may_be_cut_leads_nowhere() -> None:
    for text in ("x" * 250, 'it\'s "both"'):
        assert narrow(Where(), Kind.PARAM, "a", text) is None
