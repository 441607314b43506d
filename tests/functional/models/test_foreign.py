"""Models of other people: shown as MLflow holds them, whatever they are called, and never served."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from tests.builders.accounts import visit_with_role
from tests.builders.pages import find_faults
from webapp.models.listing import A_PAGE
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from webapp.store.session import Store

KEY = {"workspace": mlflow.DEFAULT_WORKSPACE}
NAMES = ("team/a/b", "50 % (v2)", "..", "🌸 نموذج", "<script>alert(1)</script>", "x" * 256, "3")


def write_model(store: Store, name: str, versions: int = 1, **columns: Any) -> None:
    with store.write() as conn:
        conn.execute(insert(mlflow.registered_models).values(**KEY, name=name, creation_time=1, last_updated_time=2))
        for version in range(1, versions + 1):
            row = {"version": version, "creation_time": 1, "current_stage": "None", "status": "READY"} | columns
            conn.execute(insert(mlflow.model_versions).values(**KEY, name=name, **row))


@pytest.fixture
def theirs(store: Store) -> Store:
    for name in NAMES:
        write_model(store, name, source="s3://bucket/model", description="<b>theirs</b>")
    return store


def test_ours_stands_first_and_every_other_leads_to_its_page(client: FlaskClient, theirs: Store) -> None:
    assert theirs
    page = client.get("/models").text
    assert find_faults(page) == []
    found = client.get("/api/v1/models").get_json()["models"]
    assert found[0]["name"] == "student_performance"
    assert {item["name"] for item in found[1:]} == set(NAMES)
    for item in found[1:]:
        document = client.get(item["url"])
        assert document.get_json()["name"] == item["name"]
        address = item["url"].removeprefix("/api/v1")
        assert f'href="{address}"' in unescape(page)
        shown = client.get(address)
        assert shown.status_code == 200
        assert find_faults(shown.text) == []
        assert "Proctor cannot answer with it" in shown.text
        assert "<b>theirs</b>" not in shown.text


@pytest.mark.parametrize("name", NAMES)
def test_an_admin_changes_them_by_any_name(app: Flask, client: FlaskClient, theirs: Store, name: str) -> None:
    assert theirs
    admin = visit_with_role(app, "admin", "ada")
    listed = client.get("/api/v1/models").get_json()["models"]
    address = next(item["url"] for item in listed if item["name"] == name).removeprefix("/api/v1")
    assert "Make it the champion" not in admin.get(f"{address}/1").text
    answer = admin.send(f"{address}/1/promote", reason="why not")
    assert answer.status_code == 409
    assert "not cleared for serving" in answer.text
    assert admin.send(f"{address}/1/alias", alias="blue", reason="the nightly job").status_code == 302
    page = admin.get(address).text
    assert "pointed “blue” at version 1" in page
    assert find_faults(page) == []


def test_what_failed_to_register_says_so(client: FlaskClient, store: Store) -> None:
    write_model(store, "half", status="FAILED_REGISTRATION", status_message="no disk", current_stage="Production")
    page = client.get("/models/half/1").text
    assert "FAILED_REGISTRATION: no disk" in page
    assert "MLflow’s stage: Production" in page
    assert "without naming a run" in page


def test_prompts_and_other_workspaces_are_not_listed(client: FlaskClient, store: Store) -> None:
    write_model(store, "a prompt", versions=0)
    with store.write() as conn:
        tag = {"key": "mlflow.prompt.is_prompt", "value": "true"}
        conn.execute(insert(mlflow.registered_model_tags).values(**KEY, name="a prompt", **tag))
        conn.execute(insert(mlflow.registered_models).values(workspace="blue", name="elsewhere", creation_time=1))
    assert "Version 1 answers today" in client.get("/models").text
    assert client.get("/models/a prompt").status_code == client.get("/models/elsewhere").status_code == 404


def test_a_name_that_no_address_can_hold_is_no_link(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        conn.execute(insert(mlflow.registered_models).values(**KEY, name="nul\0 name", creation_time=1))
    listed = client.get("/models").text
    assert "<bdi>nul" in listed
    assert "nul~00" not in listed


def test_models_and_versions_come_in_pages(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        rows = [{**KEY, "name": f"m{i:03}", "creation_time": 1} for i in range(A_PAGE + 5)]
        conn.execute(insert(mlflow.registered_models), rows)
    write_model(store, "a model of many", versions=60)
    first, second = client.get("/models").text, client.get(f"/models?after=m{A_PAGE - 2:03}").text
    assert "after=m" in first
    assert f"m{A_PAGE + 4:03}" in second
    assert "student_performance</a>" not in second
    assert "below=11" in client.get("/models/a model of many").text
    assert 'id="version-10"' in client.get("/models/a model of many?below=11").text


@pytest.mark.parametrize(
    "path", ["/models/nothing", "/models/~00", "/models/nothing/1", "/models/student_performance/0"]
)
def test_there_is_no_such_model(client: FlaskClient, store: Store, path: str) -> None:
    assert store
    assert client.get(path).status_code == 404


def test_links_by_version_lead_to_ours(client: FlaskClient, store: Store) -> None:
    assert store
    assert client.get("/models?version=2").headers["Location"] == "/models/student_performance/2"
    assert client.get("/models?version=x").status_code == 200
