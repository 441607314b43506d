"""The registry page, and what it takes to make another version answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select

from tests.builders.accounts import ADMIN, PASSWORD, visit
from tests.builders.runs import write_alias
from webapp.accounts.actions import create_admin
from webapp.models.actions import PromotionError, promote_version
from webapp.models.queries import find_champion, list_decisions
from webapp.store import mlflow_tables as mlflow

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

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
    answer = admin.send("/models/promote", version="2", reason="fewer columns")
    assert answer.status_code == 302
    assert champion(store) == 2
    page = admin.get("/models").text
    assert "Version 2 answers today" in page
    assert "fewer columns" in page
    with store.read() as conn:
        aliases = mlflow.registered_model_aliases
        assert conn.execute(select(aliases.c.alias, aliases.c.version)).all() == [("champion", 2)]


def test_a_promotion_without_a_reason_changes_nothing(admin: Visitor, store: Store) -> None:
    answer = admin.send("/models/promote", version="2", reason="  ")
    assert answer.status_code == 422
    assert "Write why" in answer.text
    assert champion(store) == 1


@pytest.mark.parametrize(("version", "says"), [("9", "no such version"), ("1", "champion already"), ("", "Choose a")])
def test_a_promotion_that_cannot_be_says_why(admin: Visitor, store: Store, version: str, says: str) -> None:
    answer = admin.send("/models/promote", version=version, reason="why not")
    assert answer.status_code in {409, 422}
    assert says in answer.text
    assert champion(store) == 1


def test_a_version_never_cleared_for_serving_is_not_promoted(store: Store) -> None:
    with store.write() as conn:
        conn.execute(delete(mlflow.model_version_tags).where(mlflow.model_version_tags.c.version == 2))
    with pytest.raises(PromotionError) as error:
        promote_version(store, NAME, 2, user=ADMIN, reason="why not", now=1)
    assert error.value.code == "cannot_serve"


def test_a_refused_promotion_leaves_no_record(store: Store) -> None:
    with pytest.raises(PromotionError):
        promote_version(store, NAME, 9, user=ADMIN, reason="why not", now=1)
    with store.read() as conn:
        assert list_decisions(conn, NAME) == ()


@pytest.mark.usefixtures("store")
def test_nobody_promotes_without_signing_in(app: Flask, store: Store) -> None:
    assert "/login" in visit(app).send("/models/promote", version="2", reason="me").headers["Location"]
    assert champion(store) == 1


def test_a_version_whose_run_is_gone_says_so(client: FlaskClient, store: Store) -> None:
    with store.write() as conn:
        for table in (mlflow.latest_metrics, mlflow.tags, mlflow.runs):
            conn.execute(delete(table))
    assert "its run is gone" in client.get("/models").text
