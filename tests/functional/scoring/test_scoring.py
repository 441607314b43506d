"""What clients of `mlflow models serve` send, and what they are answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from ml.train.families import FAMILIES
from ml.train.fit import fit_family
from tests.builders.servers import serve_app
from tests.builders.tables import student_spec, student_table
from tests.builders.tokens import bearer, make_token
from webapp.predictions.queries import find_request
from webapp.store.tables import prediction_request

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from webapp.store.session import Store

SPEC = student_spec()
NAMES = list(SPEC.feature_names)
FIRST = {column.name: column.categories[0] for column in SPEC.features}
LAST = {column.name: column.categories[-1] for column in SPEC.features}
ROWS = [FIRST, LAST, FIRST | {NAMES[0]: None}]
SPLIT = {"columns": NAMES, "index": [0, 1, 2], "data": [[row[name] for name in NAMES] for row in ROWS]}
CSV = "\n".join([",".join(NAMES), *(",".join(row[name] or "" for name in NAMES) for row in ROWS)])
SPELLINGS: dict[str, Any] = {
    "split": {"dataframe_split": SPLIT},
    "records": {"dataframe_records": ROWS},
    "instances": {"instances": ROWS},
    "inputs": {"inputs": {name: [row[name] for row in ROWS] for name in NAMES}},
    "inputs, records": {"inputs": ROWS},
    "with params": {"dataframe_records": ROWS, "params": {"more": 1}},
    "more columns": {"dataframe_records": [row | {"id": 7} for row in ROWS]},
}


@pytest.fixture(autouse=True)
def _models(served_store: Store) -> None:
    """Two versions, the first of them champion."""


def send(client: FlaskClient, body: Any, **headers: str) -> TestResponse:
    return client.post("/invocations", json=body, headers=headers)


def expect(client: FlaskClient, rows: list[dict[str, Any]]) -> list[str]:
    """What our own API answers."""
    answer = client.post("/api/v1/predictions", json={"rows": rows}).get_json()
    return [prediction["class"] for prediction in answer["predictions"]]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_the_rows_gets_the_answer_of_the_api(client: FlaskClient, spelling: str) -> None:
    answer = send(client, SPELLINGS[spelling])
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.get_json() == {"predictions": expect(client, ROWS)}


@pytest.mark.parametrize("text", [CSV, "\ufeff" + CSV.replace("\n", "\r\n"), "\n".join(CSV.splitlines()) + "\n"])
def test_csv_is_read_as_well(client: FlaskClient, text: str) -> None:
    answer = client.post("/invocations", data=text.encode(), content_type="text/csv; charset=utf-8")
    assert answer.get_json() == {"predictions": expect(client, ROWS)}


def test_what_pandas_writes_for_a_missing_value_is_one(client: FlaskClient) -> None:
    body = json.dumps({"dataframe_records": [FIRST | {NAMES[0]: float("nan")}]})
    answer = client.post("/invocations", data=body, content_type="application/json")
    assert answer.get_json() == {"predictions": expect(client, [FIRST | {NAMES[0]: None}])}


def test_what_one_record_of_several_lacks_is_a_missing_value(client: FlaskClient) -> None:
    short = {name: FIRST[name] for name in NAMES[1:]}
    assert send(client, {"dataframe_records": [LAST, short]}).get_json()["predictions"] == expect(
        client, [LAST, FIRST | {NAMES[0]: None}]
    )


def test_the_answer_is_in_the_log_under_the_id_in_its_header(client: FlaskClient, served_store: Store) -> None:
    answer = send(client, SPELLINGS["records"])
    with served_store.read() as conn:
        kept = find_request(conn, answer.headers["Proctor-Request-Id"])
    assert kept
    assert (kept.channel, len(kept.rows), answer.headers["Proctor-Model-Version"]) == ("mlflow", 3, "1")


# ── refusals ─────────────────────────────────────────────────────────────────
def refuse(answer: TestResponse, status: int = 400, code: str = "BAD_REQUEST") -> str:
    document = answer.get_json()
    assert (answer.status_code, answer.content_type) == (status, "application/json")
    assert set(document) == {"error_code", "message"}
    assert document["error_code"] == code
    return str(document["message"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "exactly one of"),
        ({"dataframe_records": ROWS, "instances": ROWS}, "has 2 of them"),
        ({"dataframe_records": []}, "no row"),
        ({"dataframe_records": {"a": 1}}, "list of objects"),
        ({"dataframe_records": [[1]]}, "row 1 is no object"),
        ({"dataframe_records": [FIRST | {NAMES[0]: "martian"}]}, f"column '{NAMES[0]}'"),
        ({"dataframe_records": [FIRST, LAST | {NAMES[0]: 7}]}, "row 2"),
        ({"dataframe_records": [{"a": 1}]}, f"column '{NAMES[0]}'"),
        ({"dataframe_records": [FIRST] * 10_001}, "at most 10,000 rows"),
        ({"dataframe_split": []}, "'columns'"),
        ({"dataframe_split": {"columns": NAMES}}, "'data'"),
        ({"dataframe_split": {"columns": NAMES, "data": [["x"]]}}, "row 1 is not a list"),
        ({"dataframe_split": {"columns": ["a", "a"], "data": []}}, "there twice"),
        ({"dataframe_split": {"columns": [1, 2], "data": []}}, "name is a text"),
        ({"dataframe_split": {"columns": ["a"] * 1001, "data": []}}, "at most 1,000 columns"),
        ({"inputs": 7}, "an object from column"),
        ({"inputs": {"a": [1], "b": [1, 2]}}, "as many values"),
        ({"inputs": {}}, "no row"),
        ([1], "JSON object"),
    ],
)
def test_what_is_no_table_is_refused_as_mlflow_does(client: FlaskClient, body: Any, said: str) -> None:
    assert said in refuse(send(client, body))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "no row"),
        (b"a,b\n1", "Line 2 has 1 cells"),
        (b"a,a\n1,2", "there twice"),
        (b"a\n1", "which the header does not have"),
        (b'a\n"1', "not CSV"),
        (b"\xff\xfe", "not UTF-8"),
        (("x" * 200_000 + "\n1").encode(), "not CSV"),
        (",".join(map(str, range(1001))).encode(), "at most 1,000 columns"),
    ],
)
def test_a_csv_that_is_none_is_refused(client: FlaskClient, text: bytes, said: str) -> None:
    assert said in refuse(client.post("/invocations", data=text, content_type="text/csv"))


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/vnd.apache.parquet", "text/csv; charset=utf-16", "multipart/form-data"]
)
def test_other_content_is_refused(client: FlaskClient, kind: str) -> None:
    refuse(client.post("/invocations", data=b"x", content_type=kind), 415)


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": 1, "a": 2}', b'{"a": Infinity}', b"[" * 5000])
def test_no_body_breaks_it(client: FlaskClient, body: bytes) -> None:
    refuse(client.post("/invocations", data=body, content_type="application/json"))


def test_who_may_not_ask_is_told_in_the_same_way(app: Flask, client: FlaskClient) -> None:
    settings = app.extensions["proctor_settings"]
    app.extensions["proctor_settings"] = replace(settings, open_reading=False, predictions_per_minute=1)
    refuse(send(client, SPELLINGS["records"]), 401, "UNAUTHENTICATED")
    refuse(send(client, SPELLINGS["records"], **bearer(make_token(app, "read"))), 403, "PERMISSION_DENIED")
    good = bearer(make_token(app, "predict"))
    assert send(client, SPELLINGS["records"], **good).status_code == 200
    refuse(send(client, SPELLINGS["records"], **good), 429, "REQUEST_LIMIT_EXCEEDED")


def test_another_sites_page_cannot_send_rows(client: FlaskClient, served_store: Store) -> None:
    refuse(send(client, SPELLINGS["records"], Origin="http://evil.example"), 403, "PERMISSION_DENIED")
    with served_store.read() as conn:
        assert conn.execute(select(prediction_request)).all() == []


def test_get_is_not_its_method(client: FlaskClient) -> None:
    answer = client.get("/invocations")
    refuse(answer, 405)
    assert "POST" in answer.headers["Allow"]


# ── MLflow itself ────────────────────────────────────────────────────────────
@pytest.mark.slow  # loads MLflow
@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning")
def test_mlflows_own_client_is_served(app: Flask, client: FlaskClient) -> None:
    import mlflow  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from mlflow.pyfunc.scoring_server.client import ScoringServerClient  # noqa: PLC0415

    app.extensions["proctor_settings"] = replace(app.extensions["proctor_settings"], open_reading=True)
    with serve_app(app) as url:
        host, port = url.removeprefix("http://").split(":")
        theirs = ScoringServerClient(host, port)
        theirs.wait_server_ready(timeout=10)
        assert theirs.get_version() == mlflow.__version__
        answer = theirs.invoke(pd.DataFrame(ROWS))
        assert answer.get_predictions()[0].tolist() == expect(client, ROWS)
        with pytest.raises(Exception, match=r"error code 400.*BAD_REQUEST.*martian"):
            theirs.invoke(pd.DataFrame([FIRST | {NAMES[0]: "martian"}]))


@pytest.mark.slow  # loads MLflow
@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning")
def test_mlflows_own_server_answers_the_same(client: FlaskClient, tmp_path: Path) -> None:
    import mlflow  # noqa: PLC0415
    from mlflow.pyfunc import scoring_server  # noqa: PLC0415
    from mlflow.types import ColSpec, Schema  # noqa: PLC0415

    inputs = Schema([ColSpec("string", name, required=False) for name in NAMES])
    pipeline = fit_family(FAMILIES["logistic_regression"], student_table().table, SPEC, 0)
    mlflow.sklearn.save_model(
        pipeline,
        str(tmp_path / "theirs"),
        signature=mlflow.models.ModelSignature(inputs=inputs, outputs=Schema([ColSpec("string")])),
        pip_requirements=[],
        serialization_format="cloudpickle",
    )
    model = mlflow.pyfunc.load_model(str(tmp_path / "theirs"))
    bodies = {name: (json.dumps(body), "application/json") for name, body in SPELLINGS.items()}
    del bodies["inputs, records"]  # which is for models without named columns
    bodies["csv"] = (CSV, "text/csv")
    for name, (body, kind) in bodies.items():
        theirs = scoring_server.invocations(body, kind, model, inputs)
        ours = client.post("/invocations", data=body, content_type=kind)
        assert (theirs.status, json.loads(theirs.response)) == (200, ours.get_json()), name
