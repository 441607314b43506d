"""The prediction form and its API twin: the same answers, errors at their fields, and only trusted bytes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from ml.serve.export import export_model
from ml.serve.predictor import load_predictor
from ml.train import FAMILIES, fit_family
from tests.builders.accounts import visit
from tests.builders.runs import write_alias, write_version
from tests.builders.sureness import make_sure
from tests.builders.tables import student_spec, student_table
from tests.functional.conftest import file_of
from webapp import champion
from webapp.models.actions import Signed, promote_version
from webapp.predict.forms import NOT_KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from webapp.store.session import Store

    Serve = Callable[[tuple[float, ...]], None]

ROW = {column.name: column.categories[-1] for column in student_spec().features}


def send_row(app: Flask, row: dict[str, str]) -> TestResponse:
    fields = {f"column-{i}": row[column.name] for i, column in enumerate(student_spec().features)}
    return visit(app).send("/predict", **fields)


def ask(client: FlaskClient, rows: object) -> TestResponse:
    return client.post("/api/v1/predictions", json={"rows": rows})


def test_without_a_model_the_page_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/predict").text
    assert "Train a model" in page
    assert "<select" not in page


def test_without_a_model_the_api_says_so(client: FlaskClient) -> None:
    assert ask(client, [ROW]).status_code == 503


@pytest.mark.usefixtures("store")
def test_the_form_asks_for_every_column_in_the_readers_language(client: FlaskClient) -> None:
    page = unescape(client.get("/predict", headers={"Accept-Language": "es"}).text)
    assert page.count("<select") == len(student_spec().features)
    assert all(column.label.es in page for column in student_spec().features)


@pytest.mark.usefixtures("store")
def test_form_and_api_answer_alike(app: Flask, client: FlaskClient, contents: tuple[bytes, bytes]) -> None:
    expected = load_predictor(contents[0]).predict([ROW])[0]
    answer = ask(client, [ROW]).get_json()
    page = send_row(app, ROW).text
    assert answer["model_version"] == 1
    assert list(answer["predictions"][0]["probabilities"].values()) == pytest.approx(list(expected))
    shown = [int(share) for share in re.findall(r'<span class="n">(\d+)\N{NO-BREAK SPACE}%</span>', page)]
    assert shown == [round(share * 100) for share in reversed(expected)]


@pytest.mark.usefixtures("store")
def test_a_model_without_sets_names_none(app: Flask, client: FlaskClient) -> None:
    answer = ask(client, [ROW]).get_json()
    assert (answer["set_level"], answer["predictions"][0]["set"]) == (None, None)
    assert "the true class is among these" not in send_row(app, ROW).text


@pytest.fixture
def serve(served_store: Store, served_file: Path) -> Serve:
    """Put a version to work that names a class from such shares on."""

    def promote(least: tuple[float, ...]) -> None:
        spec = student_spec()
        sets = replace(make_sure().sets, least=dict(zip(spec.target.categories, least, strict=True)))
        fitted = fit_family(FAMILIES["logistic_regression"], student_table().table, spec, 0)
        with served_store.write() as conn:
            write_version(conn, 3, "a" * 32, export_model(fitted, spec, sets=sets), served_file.parent.parent)
            write_alias(conn, "champion", 3)

    return promote


def test_form_and_api_name_the_set_that_the_model_carries(app: Flask, client: FlaskClient, serve: Serve) -> None:
    serve((0.0, 1.0, 0.0, 1.0))
    answer = ask(client, [ROW]).get_json()
    assert answer["set_level"] == 0.9
    assert answer["predictions"][0]["set"] == ["Average", "Vg"]
    shares = answer["predictions"][0]["probabilities"]
    ordered = sorted(("Average", "Vg"), key=lambda name: -shares[name])
    page = unescape(send_row(app, ROW).text)
    assert f"One of: {', '.join(student_spec().target.label_of(name, 'en') for name in ordered)}." in page
    assert "In 90\N{NO-BREAK SPACE}% of such answers the true class is among these, for every class alike." in page


def test_where_no_class_is_likely_enough_the_likeliest_is_named(app: Flask, client: FlaskClient, serve: Serve) -> None:
    serve((1.0, 1.0, 1.0, 1.0))
    (prediction,) = ask(client, [ROW]).get_json()["predictions"]
    assert prediction["set"] == [prediction["class"]]
    label = student_spec().target.label_of(prediction["class"], "en")
    assert f"Only one is likely enough: {label}." in unescape(send_row(app, ROW).text)


def test_a_set_of_all_classes_says_so(app: Flask, client: FlaskClient, serve: Serve) -> None:
    serve((0.0, 0.0, 0.0, 0.0))
    assert ask(client, [ROW]).get_json()["predictions"][0]["set"] == list(student_spec().target.categories)
    page = unescape(send_row(app, ROW).text)
    assert "It can be any class." in page
    assert "is named above" not in page


def test_a_class_that_is_named_and_not_in_the_set_says_why(
    app: Flask, client: FlaskClient, serve: Serve, contents: tuple[bytes, bytes]
) -> None:
    shares = load_predictor(contents[0]).predict([ROW])[0]
    serve(tuple(float(share == max(shares)) for share in shares))
    (prediction,) = ask(client, [ROW]).get_json()["predictions"]
    assert prediction["class"] not in prediction["set"]
    label = student_spec().target.label_of(prediction["class"], "en")
    assert f"{label} is named above, yet it is too unlikely here" in unescape(send_row(app, ROW).text)


@pytest.mark.usefixtures("store")
def test_what_is_not_known_is_a_missing_cell(app: Flask, contents: tuple[bytes, bytes]) -> None:
    name = next(iter(ROW))
    expected = load_predictor(contents[0]).predict([ROW | {name: None}])[0]
    page = send_row(app, ROW | {name: NOT_KNOWN}).text
    assert f"{round(expected[0] * 100)}\N{NO-BREAK SPACE}%" in page


@pytest.mark.usefixtures("store")
def test_an_unanswered_question_is_pointed_out_and_nothing_typed_is_lost(app: Flask) -> None:
    answer = send_row(app, ROW | {next(iter(ROW)): ""})
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert 'href="#column-0"' in page
    assert 'id="column-0-error"' in page
    assert page.count("<option selected") == len(ROW)


@pytest.mark.usefixtures("store")
def test_a_choice_that_is_none_is_refused(app: Flask) -> None:
    assert send_row(app, ROW | {next(iter(ROW)): "<script>"}).status_code == 422


@pytest.mark.usefixtures("store")
def test_a_post_without_its_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/predict", data={"column-0": "x"}).status_code == 400


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        ([ROW | {"Gender": "martian"}], "/rows/0/Gender"),
        ([ROW, ROW | {"Gender": 7}], "/rows/1/Gender"),
        ([ROW | {"a/b~": 1}], "/rows/0/a~1b~0"),
        ([{}], "/rows/0/"),
        ([[]], "/rows/0"),
    ],
)
def test_the_api_names_the_row_and_the_column(client: FlaskClient, rows: list[Any], pointer: str) -> None:
    answer = ask(client, rows)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["errors"][0]["pointer"].startswith(pointer)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("rows", [None, [], "x", {}, [ROW] * 10_001])
def test_the_api_takes_one_to_ten_thousand_rows(client: FlaskClient, rows: object) -> None:
    assert ask(client, rows).status_code == 422


@pytest.mark.usefixtures("store")
def test_ten_thousand_rows_are_answered(client: FlaskClient) -> None:
    assert len(ask(client, [ROW] * 10_000).get_json()["predictions"]) == 10_000


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"rows": NaN}', '{"rows": [1e999]}', '{"rows": "\ud800"}', "[" * 5000]
)
@pytest.mark.usefixtures("store")
def test_no_body_breaks_the_api(client: FlaskClient, body: str) -> None:
    content = body.encode("utf-8", "surrogatepass")
    answer = client.post("/api/v1/predictions", data=content, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert json.loads(answer.text)["detail"]


def test_a_promotion_changes_who_answers_without_a_restart(client: FlaskClient, store: Store) -> None:
    assert ask(client, [ROW]).get_json()["model_version"] == 1
    with store.write() as conn:
        write_alias(conn, "champion", 2)
    assert ask(client, [ROW]).get_json()["model_version"] == 2


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b[:100] + bytes([b[100] ^ 1]) + b[101:], lambda _b: b""])
def test_bytes_that_are_not_the_registered_ones_never_answer(
    client: FlaskClient, store: Store, served_file: Path, spoil: Any
) -> None:
    served_file.write_bytes(spoil(served_file.read_bytes()))
    assert ask(client, [ROW]).status_code == 503
    assert "cannot be trusted" in client.get("/predict").text
    with store.write() as conn:
        write_alias(conn, "champion", 2)
    assert ask(client, [ROW]).get_json()["model_version"] == 2


def test_the_last_good_model_goes_on_when_the_next_cannot_be_trusted(
    client: FlaskClient, store: Store, served_file: Path
) -> None:
    with store.write() as conn:
        write_alias(conn, "champion", 2)
    assert ask(client, [ROW]).get_json()["model_version"] == 2
    served_file.write_bytes(b"not a model")
    with store.write() as conn:
        write_alias(conn, "champion", 1)
    assert ask(client, [ROW]).get_json()["model_version"] == 2


def test_at_a_start_with_a_bad_file_the_champion_before_it_answers(
    app: Flask, client: FlaskClient, store: Store, served_file: Path
) -> None:
    settings = app.extensions["proctor_settings"]
    promote_version(store, "student_performance", 2, Signed("ada", "better", 1), settings.artifact_roots)
    file_of(2, served_file).write_bytes(b"not a model")
    assert ask(client, [ROW]).get_json()["model_version"] == 1
    assert "so the last good version answers" in unescape(client.get("/predict").text)
    said = client.get("/api/v1/model").get_json()
    assert (said["version"], said["is_fallback"]) == (1, True)


@pytest.mark.usefixtures("store")
def test_a_file_that_was_put_right_answers_again(
    client: FlaskClient, served_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = served_file.read_bytes()
    served_file.unlink()
    monkeypatch.setattr(champion, "RETRY_SECONDS", 0.0)
    assert ask(client, [ROW]).status_code == 503
    served_file.write_bytes(content)
    assert ask(client, [ROW]).get_json()["model_version"] == 1
