"""The document of the API: whole, valid, and true of what is answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.builders.accounts import visit_with_role
from tests.builders.documents import find_faults, read_document
from tests.builders.explained import make_model, serve_explained
from tests.builders.sites import AUDITED, FOREIGN, TRAINED, furnish
from tests.builders.tables import student_spec, student_table
from webapp.api.openapi.build import name_path
from webapp.programs import is_for_api

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from ml.settings import Settings

SPEC = student_spec()
ROW = {column.name: column.categories[-1] for column in SPEC.features}
OF_THE_PROTOCOL = {("get", "/ping"), ("get", "/version"), ("post", "/invocations")}


@pytest.fixture
def furnished(app: Flask, settings: Settings) -> FlaskClient:
    """A site in which everything has something to tell; the client may do all that needs an account."""
    return furnish(app, settings).client


def list_operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method, path) for path, methods in document["paths"].items() for method in methods}


def expect(document: dict[str, Any], method: str, path: str, answer: TestResponse) -> None:
    """An answer is what the document says of it: its status, its kind, its content."""
    answers = document["paths"][path][method]["responses"]
    said = answers.get(str(answer.status_code)) or answers["default"]
    assert answer.mimetype in said["content"], (method, path, answer.status_code)
    schema = said["content"][answer.mimetype].get("schema")
    value = answer.get_json() if answer.mimetype.endswith("json") and schema else answer.text
    assert find_faults(document, schema or {}, value) == [], (method, path)


# ── whole and valid ──────────────────────────────────────────────────────────
def test_every_operation_of_the_api_is_in_the_document(app: Flask, client: FlaskClient) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if is_for_api(rule.rule)]
    there = {(method.lower(), name_path(rule)) for rule in rules for method in rule.methods or ()}
    there = {(method, path) for method, path in there if method not in {"head", "options"}}
    assert list_operations(read_document(client)) == there | OF_THE_PROTOCOL


@pytest.mark.parametrize("fixture", ["client", "served_store"], ids=["without a model", "with one"])
def test_the_document_is_valid(client: FlaskClient, request: pytest.FixtureRequest, fixture: str) -> None:
    request.getfixturevalue(fixture)
    assert [str(error.message) for error in OpenAPIV31SpecValidator(read_document(client)).iter_errors()] == []


@pytest.mark.usefixtures("served_store")
def test_a_row_in_the_document_is_one_of_the_version_that_answers(client: FlaskClient) -> None:
    document, schema = read_document(client), client.get("/api/v1/schema").get_json()
    example = document["paths"]["/api/v1/predictions"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert document["components"]["schemas"]["Row"]["properties"] == schema["properties"]
    assert client.post("/api/v1/predictions", json=example).status_code == 200


def test_an_operation_says_the_scope_that_its_route_takes(client: FlaskClient) -> None:
    paths = read_document(client)["paths"]
    truth = "/api/v1/predictions/{request_id}/{row}/truth"
    assert paths["/api/v1/predictions"]["post"]["security"] == [{"token": ["predict"]}, {"session": []}, {}]
    assert paths[truth]["put"]["security"] == [{"token": ["truth"]}, {"session": []}]
    assert paths["/ping"]["get"]["security"] == []


def test_every_schema_is_used(client: FlaskClient) -> None:
    document = read_document(client)
    used = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert used == set(document["components"]["schemas"])


# ── true ─────────────────────────────────────────────────────────────────────
PLACES = {
    "/api/v1/runs/{run_id}": [f"/api/v1/runs/{TRAINED}", f"/api/v1/runs/{FOREIGN}", "/api/v1/runs/none"],
    "/api/v1/experiments/{experiment_id}": ["/api/v1/experiments/0", "/api/v1/experiments/7"],
    "/api/v1/models/{name}": [f"/api/v1/models/{SPEC.name}", "/api/v1/models/none"],
    "/api/v1/models/{name}/versions/{version}": [f"/api/v1/models/{SPEC.name}/versions/{n}" for n in (1, 9)],
    "/api/v1/jobs/{job_id}": [f"/api/v1/jobs/{AUDITED}", "/api/v1/jobs/none"],
    "/api/v1/runs": ["/api/v1/runs", "/api/v1/runs?filter=metrics.", "/api/v1/runs?limit=0"],
    "/api/v1/model": ["/api/v1/model", "/api/v1/model?language=xx"],
}


def test_what_is_read_is_what_the_document_says(furnished: FlaskClient) -> None:
    document = read_document(furnished)
    for method, path in sorted(list_operations(document)):
        if method == "get":
            for place in PLACES.get(path, [path]):
                expect(document, method, path, furnished.get(place))


def test_what_is_predicted_is_what_the_document_says(app: Flask) -> None:
    serve_explained(app, SPEC, make_model(SPEC, student_table().table))
    client = visit_with_role(app, "reader").client
    document, path = read_document(client), "/api/v1/predictions"
    for body in ({"rows": [ROW]}, {"rows": [ROW], "explain": True}, {"rows": [{}]}, {"rows": [ROW | {"Gender": "x"}]}):
        expect(document, "post", path, client.post(path, json=body))
    answered = client.post(path, json={"rows": [ROW]}).get_json()["request_id"]
    for truth in (SPEC.target.categories[0], None, "x"):
        answer = client.put(f"{path}/{answered}/1/truth", json={"truth": truth})
        expect(document, "put", "/api/v1/predictions/{request_id}/{row}/truth", answer)
    for body in ({"dataframe_records": [ROW]}, {"instances": []}):
        expect(document, "post", "/invocations", client.post("/invocations", json=body))


def test_a_request_that_the_document_allows_is_answered(client: FlaskClient, served_store: object) -> None:
    document = read_document(client)
    bodies: list[tuple[Any, bool]] = [
        ({"rows": [ROW]}, True),
        ({"rows": [ROW], "explain": False, "change_sensitive": False}, True),
        ({"rows": []}, False),
        ({"rows": [ROW], "more": 1}, False),
        ({"rows": [ROW | {"Gender": "x"}]}, False),
        ({"rows": [ROW], "explain": 1}, False),
    ]
    schema = document["components"]["schemas"]["PredictionRequest"]
    for body, is_good in bodies:
        assert (find_faults(document, schema, body) == []) == is_good
        assert (client.post("/api/v1/predictions", json=body).status_code == 200) == is_good


# ── Swagger's page ───────────────────────────────────────────────────────────
def test_swaggers_page_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs").text
    places = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(places) >= 5
    assert all(place.startswith("/") and not place.startswith("//") for place in places)
    assert [client.get(place, buffered=True).status_code for place in places] == [200] * len(places)
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
def test_swaggers_files_are_kept_for_good(client: FlaskClient, name: str) -> None:
    (place,) = re.findall(rf'"(/assets/swagger-[^"]+/{re.escape(name)})"', client.get("/api/v1/docs").text)
    assert "immutable" in client.get(place).headers["Cache-Control"]
    assert client.get(place.replace("swagger-", "swagger-0", 1)).status_code == 404


@pytest.mark.parametrize("name", ["LICENSE", "..%2f__init__.py", "%2e%2e/flask_swagger_ui.py"])
def test_no_other_file_of_the_package_is_sent(client: FlaskClient, name: str) -> None:
    (folder,) = set(re.findall(r'"(/assets/swagger-[^/"]+/)', client.get("/api/v1/docs").text))
    assert client.get(folder + name).status_code == 404
