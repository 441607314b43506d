"""The registry as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.functional.conftest import RUNS
from webapp.models.actions import Signed, delete_version, retire_version

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from webapp.store.session import Store

NAME = "student_performance"
HOME = f"/api/v1/models/{NAME}"
SIGNED = Signed("ada", "worse", 10)


def test_a_model_has_its_versions_and_decisions(client: FlaskClient, store: Store) -> None:
    retire_version(store, NAME, 2, SIGNED)
    found = client.get(HOME).get_json()
    assert (found["champion"], found["aliases"], found["answers_here"]) == (1, {"champion": 1}, True)
    assert [(item["version"], item["stage"]) for item in found["versions"]] == [(2, "retired"), (1, "champion")]
    assert found["decisions"] == [
        {"at": 10, "user": "ada", "action": "retire", "version": 2, "alias": None, "reason": "worse"}
    ]


def test_a_version_names_its_run(client: FlaskClient, store: Store) -> None:
    assert store
    found = client.get(f"{HOME}/versions/1").get_json()
    assert found["run"] == {"id": RUNS[0], "state": "active", "experiment": "Default"}
    assert found["can_be_served"] is True
    assert client.get(found["url"]).get_json() == found


def test_versions_come_in_pages(client: FlaskClient, store: Store) -> None:
    assert store
    first = client.get(f"{HOME}?limit=1").get_json()
    assert ([item["version"] for item in first["versions"]], first["next"]) == ([2], 2)
    last = client.get(f"{HOME}?limit=1&below=2").get_json()
    assert ([item["version"] for item in last["versions"]], last["next"]) == ([1], None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/models/nothing", 404),
        (f"{HOME}/versions/9", 404),
        (f"{HOME}/versions/99999999999999999999", 404),
        (f"{HOME}?limit=0", 400),
        (f"{HOME}?limit=201", 400),
        (f"{HOME}?below=x", 400),
        ("/api/v1/models?after=a%00b", 400),
        ("/api/v1/models/~00", 404),
    ],
)
def test_whatever_is_wrong_is_a_problem_document(client: FlaskClient, store: Store, path: str, status: int) -> None:
    assert store
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["detail"]


def test_a_deleted_version_is_gone(client: FlaskClient, store: Store) -> None:
    delete_version(store, NAME, 2, SIGNED, typed="v2")
    assert client.get(f"{HOME}/versions/2").status_code == 410
