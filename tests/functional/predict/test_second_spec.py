"""The form of quite another table: numbers as well as words, two classes, and no column of the shipped dataset."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from ml.serve.export import export_model
from ml.serve.predictor import load_predictor
from ml.train.families import FAMILIES
from ml.train.fit import fit_family
from tests.builders.accounts import visit
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.stores import write_experiment
from tests.builders.tables import SECOND_SPEC_PATH, pump_table, second_spec
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.conftest import SettingsFactory

NAME = second_spec().name
RUN = "c" * 32


@pytest.fixture(scope="module")
def content() -> bytes:
    spec = second_spec()
    return export_model(fit_family(FAMILIES["logistic_regression"], pump_table().table, spec, 0), spec)


@pytest.fixture
def pumps(store_url: str, make_settings: SettingsFactory, content: bytes) -> Iterator[Flask]:
    settings = make_settings(database_url=store_url, spec_path=SECOND_SPEC_PATH)
    app = create_app(settings)
    store = app.extensions["proctor_store"]
    with store.write() as conn:
        write_experiment(conn)
        folder = write_trained_run(conn, settings.artifact_root, RUN, make_evaluation())
        write_version(conn, 1, RUN, content, folder, name=NAME)
        write_alias(conn, "champion", 1, NAME)
    yield app
    store.close()


def answers(**changes: str) -> dict[str, str]:
    """A pump's answers by column, text as a person types it; name those that differ."""
    typed = {column.name: column.categories[0] if column.categories else "5" for column in second_spec().features}
    return typed | {"temperature": "61.5"} | changes


def send(app: Flask, typed: dict[str, str]) -> TestResponse:
    fields = {f"column-{i}": typed[column.name] for i, column in enumerate(second_spec().features)}
    return visit(app).send("/predict", **fields)


def test_numbers_are_typed_and_words_are_chosen(pumps: Flask) -> None:
    page = visit(pumps).get("/predict").text
    words = [column for column in second_spec().features if column.categories]
    assert page.count("<select") == len(words)
    assert page.count('name="column-') == len(second_spec().features)
    assert "Admission category" not in page


def test_the_answer_is_the_models(pumps: Flask, content: bytes) -> None:
    typed = answers()
    row = {
        column.name: typed[column.name] if column.categories else float(typed[column.name])
        for column in second_spec().features
    }
    shares = load_predictor(content).predict([row])[0]
    page = unescape(send(pumps, typed).text)
    for share in shares:
        assert f">{round(share * 100)}\N{NO-BREAK SPACE}%<" in page


def test_a_number_left_out_is_a_missing_cell(pumps: Flask) -> None:
    assert send(pumps, answers(temperature="")).status_code == 200


@pytest.mark.parametrize("typed", ["warm", "1e9", "nan", "inf", "-1e9"])
def test_a_number_that_cannot_be_is_pointed_out_and_kept(pumps: Flask, typed: str) -> None:
    answer = send(pumps, answers(temperature=typed))
    number = [column.name for column in second_spec().features].index("temperature")
    assert answer.status_code == 422
    assert f'id="column-{number}-error"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert "Write a number from -40 to 250." in answer.text


def test_a_range_with_one_end_is_said_so(pumps: Flask) -> None:
    assert "Write a number of at least 0." in send(pumps, answers(vibration="-1")).text
