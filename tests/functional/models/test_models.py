"""The registry page, and what it takes to make another version answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update

from tests.builders.accounts import ADMIN, PASSWORD, visit
from tests.builders.runs import write_alias
from tests.functional.conftest import RUNS
from webapp.accounts.actions import create_admin
from webapp.models.actions import Signed, promote_version
from webapp.models.gates import RefusedError
from webapp.models.history import list_decisions
from webapp.models.listing import find_model
from webapp.models.queries import find_asked, find_champion
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from ml.settings import Settings
    from tests.builders.accounts import Visitor
    from webapp.store.session import Store

NAME = "student_performance"


@pytest.fixture
def admin(app: Flask, store: Store) -> Visitor:
    create_admin(store, ADMIN, PASSWORD, 0)
    visitor = visit(app)
    visitor.sign_in()
    return visitor


def champion(store: Store) -> int:
    with store.read() as conn:
        found = find_champion(conn, NAME)
    assert found
    return found.version


def test_an_empty_registry_says_what_to_do(client: FlaskClient) -> None:
    assert "No version yet" in client.get("/models").text


@pytest.mark.usefixtures("store")
def test_a_reader_sees_who_answers_and_cannot_change_it(client: FlaskClient) -> None:
    page = client.get("/models").text
    assert "Version 1 answers today" in page
    assert "Right" not in page
    assert re.search(r"is right for 52.%.*\[49–56\]", page, re.DOTALL)
    assert "Make it the champion" not in page


def test_an_admin_promotes_with_a_reason_that_is_kept(admin: Visitor, store: Store) -> None:
    with store.write() as conn:
        write_alias(conn, "challenger", 2)
    answer = admin.send("/models/student_performance/2/promote", reason="fewer columns")
    assert answer.status_code == 302
    assert champion(store) == 2
    page = admin.get("/models").text
    assert "Version 2 answers today" in page
    assert "fewer columns" in page
    with store.read() as conn:
        aliases = mlflow.registered_model_aliases
        assert conn.execute(select(aliases.c.alias, aliases.c.version)).all() == [("champion", 2)]


def test_a_promotion_without_a_reason_changes_nothing(admin: Visitor, store: Store) -> None:
    answer = admin.send("/models/student_performance/2/promote", reason="  ")
    assert answer.status_code == 422
    assert "Write why" in answer.text
    assert champion(store) == 1


@pytest.mark.parametrize(("version", "status"), [("9", 404), ("1", 409), ("99999999999999999999", 404)])
def test_a_promotion_that_cannot_be_says_why(admin: Visitor, store: Store, version: str, status: int) -> None:
    answer = admin.send(f"/models/{NAME}/{version}/promote", reason="why not")
    assert answer.status_code == status
    assert ("champion already" in answer.text) == (status == 409)
    assert champion(store) == 1


def test_a_version_never_cleared_for_serving_is_not_promoted(store: Store, settings: Settings) -> None:
    with store.write() as conn:
        conn.execute(delete(mlflow.model_version_tags).where(mlflow.model_version_tags.c.version == 2))
    with pytest.raises(RefusedError) as error:
        promote_version(store, NAME, 2, Signed(ADMIN, "why not", 1), settings.artifact_roots)
    assert error.value.code == "cannot_serve"


def test_a_refused_promotion_leaves_no_record(store: Store, settings: Settings) -> None:
    with pytest.raises(RefusedError):
        promote_version(store, NAME, 9, Signed(ADMIN, "why not", 1), settings.artifact_roots)
    with store.read() as conn:
        model = find_model(conn, NAME)
        assert model
        assert list_decisions(conn, model) == ()


@pytest.mark.usefixtures("store")
def test_nobody_promotes_without_signing_in(app: Flask, store: Store) -> None:
    assert "/login" in visit(app).send("/models/student_performance/2/promote", reason="me").headers["Location"]
    assert champion(store) == 1


@pytest.mark.parametrize("change", ["nothing", "another", "nobody", "deleted", "apart", "either"])
def test_what_every_prediction_asks_for_is_the_champion(store: Store, change: str) -> None:
    with store.write() as conn:
        if change == "another":
            write_alias(conn, "champion", 2)
        elif change == "nobody":
            conn.execute(delete(mlflow.registered_model_aliases))
        elif change == "deleted":
            conn.execute(update(mlflow.model_versions).values(current_stage="Deleted_Internal"))
        elif change == "apart":
            of_file = mlflow.model_version_tags.c.key == "proctor.onnx_sha256"
            conn.execute(update(mlflow.model_version_tags).where(of_file).values(key="proctor.skops_sha256"))
        elif change == "either":
            tag = {"workspace": mlflow.DEFAULT_WORKSPACE, "name": NAME, "version": 1, "key": "proctor.skops_sha256"}
            conn.execute(insert(mlflow.model_version_tags).values(**tag, value="e" * 64))
    with store.read() as conn:
        champion = find_champion(conn, NAME)
        assert (champion is not None and champion.is_apart) == (change == "apart")
        assert find_asked(conn, NAME) == (champion.asked if champion else None)
        assert (champion is None) == (change in {"nobody", "deleted"})


def test_a_version_whose_run_is_gone_says_so(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for table in (mlflow.latest_metrics, mlflow.tags, mlflow.runs):
            conn.execute(delete(table))
    page = client.get("/models").text
    assert page.count(f"Its run ({RUNS[0][:8]}) was deleted for good") == 2
    assert f"Its run ({RUNS[1][:8]}) was deleted for good" in page
