"""`GET /health` tells store, worker and champion, and nothing that helps a stranger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from ml.settings import Settings
from tests.builders.accounts import visit_as_admin
from tests.builders.runs import write_alias
from tests.functional.conftest import file_of
from webapp.clock import now_ms
from webapp.jobs.presence import GONE_AFTER, sign_in
from webapp.store.mlflow_tables import DEFAULT_WORKSPACE, registered_model_aliases, registered_models

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from webapp.store.session import Store

NO_MODEL = {"model": "unknown", "champion": None, "answering": None}


def test_new_site_serves_without_a_worker_and_a_champion(app: Flask) -> None:
    answer = app.test_client().get("/health")

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json() == {"status": "ok", "store": "ok", "worker": "away", **NO_MODEL}


@pytest.mark.parametrize(("silence", "worker"), [(0, "ok"), (GONE_AFTER + 1_000, "away")])
def test_worker_is_there_while_it_gives_signs(app: Flask, silence: int, worker: str) -> None:
    seen_at = now_ms() - silence
    sign_in(app.extensions["proctor_store"], "worker-1", seen_at, seen_at)

    assert app.test_client().get("/health").get_json()["worker"] == worker


def test_champion_is_what_the_registry_says(app: Flask) -> None:
    name = app.extensions["proctor_spec"].name
    key = {"workspace": DEFAULT_WORKSPACE, "name": name}
    with app.extensions["proctor_store"].write() as conn:
        conn.execute(insert(registered_models).values(**key, creation_time=1, last_updated_time=1))
        conn.execute(insert(registered_model_aliases).values(**key, alias="challenger", version=4))
        conn.execute(insert(registered_model_aliases).values(**key, alias="champion", version=3))

    assert app.test_client().get("/health").get_json()["champion"] == {"name": name, "version": 3}


@pytest.mark.usefixtures("served_store")
def test_it_says_who_answers_once_somebody_asked(client: FlaskClient) -> None:
    before = client.get("/health").get_json()
    client.get("/api/v1/model")
    after = client.get("/health").get_json()
    champion = {"name": "student_performance", "version": 1}
    assert [(said["model"], said["champion"], said["answering"]) for said in (before, after)] == [
        ("unknown", champion, None),
        ("ok", champion, champion),
    ]


def test_it_says_that_the_champion_is_refused_and_names_no_path(
    client: FlaskClient, served_store: Store, served_file: Path
) -> None:
    client.get("/api/v1/model")
    with served_store.write() as conn:
        write_alias(conn, "champion", 2)
    file_of(2, served_file).write_bytes(b"not a model")
    client.get("/api/v1/model")
    answer = client.get("/health")
    assert (answer.status_code, answer.get_json()["model"]) == (200, "refused")
    assert (answer.get_json()["champion"]["version"], answer.get_json()["answering"]["version"]) == (2, 1)
    assert str(served_file.parent.parent) not in answer.text


def test_store_that_is_away_is_503_and_names_no_path(app: Flask, settings: Settings, tmp_path: Path) -> None:
    visitor = visit_as_admin(app)
    store_file = Path(settings.database_url.removeprefix("sqlite:///"))
    app.extensions["proctor_store"].close()
    store_file.rename(tmp_path / "elsewhere.sqlite")
    store_file.mkdir()

    answers = [app.test_client().get("/health"), visitor.get("/health")]

    for answer in answers:
        assert answer.status_code == 503
        assert answer.get_json() == {"status": "unavailable", "store": "away", "worker": "unknown", **NO_MODEL}
        assert str(tmp_path) not in answer.text


def test_health_comes_back_with_the_store(app: Flask, settings: Settings, tmp_path: Path) -> None:
    store_file = Path(settings.database_url.removeprefix("sqlite:///"))
    app.extensions["proctor_store"].close()
    store_file.rename(tmp_path / "elsewhere.sqlite")
    store_file.mkdir()
    assert app.test_client().get("/health").status_code == 503

    store_file.rmdir()
    (tmp_path / "elsewhere.sqlite").rename(store_file)

    assert app.test_client().get("/health").status_code == 200
