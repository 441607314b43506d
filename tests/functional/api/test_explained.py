"""`"explain": true`: the numbers of an answer's page, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders.explained import make_model, serve_explained
from tests.builders.tables import SECOND_SPEC_PATH, pump_table, second_spec, student_spec, student_table
from webapp import create_app
from webapp.champion import current_champion
from webapp.formats import percent
from webapp.predict.explained.rows import find_training_rows
from webapp.predict.explained.sentences import say_cell, say_points
from webapp.predict.explained.views import Asked, explain_row
from webapp.store.session import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from ml.spec import DatasetSpec
    from tests.conftest import SettingsFactory
    from webapp.predict.explained.pages import Explained

SPEC = student_spec()
ROW = {column.name: column.categories[-1] for column in SPEC.features}


@pytest.fixture(scope="module")
def models() -> dict[str, tuple[bytes, bytes]]:
    return {
        "students": make_model(SPEC, student_table().table),
        "pumps": make_model(second_spec(), pump_table().table),
    }


@pytest.fixture
def students(app: Flask, models: dict[str, tuple[bytes, bytes]]) -> Flask:
    serve_explained(app, SPEC, models["students"])
    return app


@pytest.fixture
def pumps(store_url: str, make_settings: SettingsFactory, models: dict[str, tuple[bytes, bytes]]) -> Iterator[Flask]:
    app = create_app(make_settings(database_url=store_url, spec_path=SECOND_SPEC_PATH))
    serve_explained(app, second_spec(), models["pumps"])
    yield app
    app.extensions["proctor_store"].close()


@pytest.fixture(params=["students", "pumps"])
def site(request: pytest.FixtureRequest) -> tuple[Flask, DatasetSpec]:
    """Either dataset's site."""
    return request.getfixturevalue(request.param), SPEC if request.param == "students" else second_spec()


def ask(app: Flask, rows: list[dict[str, Any]], key: str = "", **members: Any) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"rows": rows, "explain": True} | members
    return app.test_client().post("/api/v1/predictions", json=body, headers=headers)


def explain(app: Flask, row: dict[str, Any], **members: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(app, [row], **members).get_json()["predictions"][0]
    return found


def show(app: Flask, row: dict[str, Any], spec: DatasetSpec, *, with_sensitive: bool = False) -> Explained:
    """What the page of this answer says."""
    with app.test_request_context():
        champion = current_champion(reading())
        assert champion
        asked = Asked(champion.predictor, row, spec, "en")
        return explain_row(asked, find_training_rows(champion), with_sensitive=with_sensitive)


def make_row(spec: DatasetSpec) -> dict[str, Any]:
    return {column.name: column.categories[0] if column.categories else 50.0 for column in spec.features}


def test_the_api_gives_the_numbers_of_the_page(site: tuple[Flask, DatasetSpec]) -> None:
    app, spec = site
    row = make_row(spec)
    given, page = explain(app, row)["explanation"], show(app, row, spec)
    columns = {column.name: column for column in spec.features}
    classes = spec.target.categories
    labels = {spec.target.label_of(name, "en"): name for name in classes}
    assert page.why
    assert [percent(given["base"][name]) for name in classes] == list(page.why.base)
    pushes = {
        columns[name].label.en: tuple(say_points(push[one]) for one in classes)
        for name, push in given["contributions"].items()
    }
    assert pushes == {line.label: line.points for line in page.why.lines}
    changes = {
        (columns[one["column"]].label.en, say_cell(one["value"], columns[one["column"]], "en"), one["class"])
        for one in given["what_if"]
    }
    assert changes == {
        (group.label, line.value, labels[line.named]) for group in page.whatif.columns for line in group.lines
    }
    ways = {
        name: [
            {columns[key].label.en: say_cell(value, columns[key], "en") for key, value in way["changes"].items()}
            for way in found["ways"]
        ]
        for name, found in given["smallest_changes"]["classes"].items()
    }
    assert ways == {labels[reached.name]: [dict(way.steps) for way in reached.ways] for reached in page.whatif.reached}
    assert page.alike
    assert len(given["alike"]["groups"]) == len(page.alike.groups)


def test_the_contributions_add_up_to_the_answer(site: tuple[Flask, DatasetSpec]) -> None:
    app, spec = site
    answer = explain(app, make_row(spec))
    given = answer["explanation"]
    for name, share in answer["probabilities"].items():
        total = given["base"][name] + sum(push[name] for push in given["contributions"].values())
        assert total == pytest.approx(share, abs=1e-6)


def test_what_is_said_of_a_change_is_what_the_changed_row_gets(students: Flask) -> None:
    changes = explain(students, ROW)["explanation"]["what_if"]
    rows = [ROW | {change["column"]: change["value"]} for change in changes]
    answers = students.test_client().post("/api/v1/predictions", json={"rows": rows}).get_json()["predictions"]
    for change, answer in zip(changes, answers, strict=True):
        assert change["class"] == answer["class"]
        assert change["probabilities"] == pytest.approx(answer["probabilities"], abs=1e-6)


def test_sensitive_columns_are_changed_only_where_asked(students: Flask) -> None:
    def changed(**members: Any) -> set[str]:
        found = explain(students, ROW, **members)["explanation"]["smallest_changes"]["classes"].values()
        return {name for one in found for way in one["ways"] for name in way["changes"]}

    assert not changed() & set(SPEC.sensitive_names)
    assert changed(change_sensitive=True) & set(SPEC.sensitive_names)


def test_nothing_is_explained_unasked(students: Flask) -> None:
    answer = students.test_client().post("/api/v1/predictions", json={"rows": [ROW]}).get_json()
    assert "explanation" not in answer["predictions"][0]


def test_so_many_rows_are_explained_at_a_time(students: Flask) -> None:
    assert len(ask(students, [ROW] * 2).get_json()["predictions"]) == 2
    answer = ask(students, [ROW] * 101)
    assert answer.status_code == 422
    assert "At most 100 rows" in answer.get_json()["detail"]
    assert answer.get_json()["errors"][0]["pointer"] == "/explain"


@pytest.mark.parametrize("members", [{"explain": 1}, {"explain": "yes"}, {"explain": None}, {"change_sensitive": 0}])
def test_a_switch_is_true_or_false(students: Flask, members: dict[str, Any]) -> None:
    assert ask(students, [ROW], **members).status_code == 422


def test_an_explained_row_counts_as_a_hundred_requests(students: Flask) -> None:
    settings = students.extensions["proctor_settings"]
    students.extensions["proctor_settings"] = replace(settings, predictions_per_minute=150)
    assert ask(students, [ROW]).status_code == 200
    assert ask(students, [ROW]).status_code == 429


def test_a_repeated_answer_of_another_version_is_not_explained_by_this_one(
    students: Flask, models: dict[str, tuple[bytes, bytes]]
) -> None:
    first = ask(students, [ROW], "k").get_json()
    assert ask(students, [ROW], "k").get_json() == first
    serve_explained(students, SPEC, models["students"], version=2)
    again = ask(students, [ROW], "k").get_json()
    assert again["model_version"] == 1
    assert again["predictions"][0]["explanation"] is None


def test_without_the_training_rows_what_needs_them_is_null(app: Flask, models: dict[str, tuple[bytes, bytes]]) -> None:
    serve_explained(app, SPEC, models["students"]).unlink()
    given = explain(app, ROW)["explanation"]
    assert (given["base"], given["contributions"], given["alike"]) == (None, None, None)
    assert given["what_if"]
