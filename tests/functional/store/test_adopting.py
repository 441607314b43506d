"""A store that strangers filled shows whole, in both languages, and nothing of theirs changes."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tests.builders.accounts import Visitor, visit_with_role
from tests.builders.foreign import (
    ACTIVE,
    DELETED,
    REVISION,
    make_run_id,
    read_mlflow_tables,
    write_foreign_store,
)
from tests.builders.pages import find_faults
from tests.builders.stores import alembic, make_mlflow_store
from tests.conftest import SettingsFactory
from webapp import create_app
from webapp.store.session import open_store
from webapp.store.tables import RUN_SORTS

if TYPE_CHECKING:
    from flask import Flask

    from tests.builders.postgresql import PostgresqlCluster
    from tests.builders.sqlite_folder import SqliteFolder

PAGES = (
    "/",
    "/data",
    "/explore",
    *(f"/runs?sort={sign}{sort}" for sort in RUN_SORTS for sign in ("", "-")),
    *(f"/runs/{run.run_id}" for run in ACTIVE),
    "/runs/compare?" + "&".join(f"run={run.run_id}" for run in ACTIVE),
    "/compare",
    "/models",
    "/predict",
    "/audit",
    "/admin",
)
API = ("/api/v1/runs?limit=200", *(f"/api/v1/runs/{run.run_id}" for run in ACTIVE))


def fill(url: str) -> None:
    store = open_store(url)
    with store.write() as conn:
        write_foreign_store(conn)
    store.close()


def tables_of(url: str) -> dict[str, list[str]]:
    with create_engine(url, poolclass=NullPool).connect() as conn:
        return read_mlflow_tables(conn)


@pytest.fixture
def app(url: str, make_settings: SettingsFactory) -> Iterator[Flask]:
    """The real app on a store that strangers filled."""
    fill(url)
    app = create_app(make_settings(database_url=url))
    yield app
    app.extensions["proctor_store"].close()


@pytest.fixture
def admin(app: Flask) -> Visitor:
    return visit_with_role(app, "admin")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_shows_and_nothing_of_theirs_changes(admin: Visitor, url: str, language: str) -> None:
    before = tables_of(url)
    pages = {path: admin.get(path, headers={"Accept-Language": language}) for path in PAGES}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    assert {path: faults for path, page in pages.items() if (faults := find_faults(page.text))} == {}
    answers = {path: admin.get(path).status_code for path in API}
    assert {path: code for path, code in answers.items() if code != 200} == {}
    assert tables_of(url) == before


def test_the_table_has_every_run_that_is_not_deleted(admin: Visitor) -> None:
    answer = admin.get("/api/v1/runs?limit=200").json
    assert answer["total"] == len(ACTIVE)
    assert {run["id"] for run in answer["runs"]} == {run.run_id for run in ACTIVE}
    assert [admin.get(f"/runs/{run.run_id}").status_code for run in DELETED] == [404] * len(DELETED)


def test_a_runs_page_has_its_name_its_params_its_tags_and_its_metrics(admin: Visitor) -> None:
    for run in ACTIVE:
        page = unescape(admin.get(f"/runs/{run.run_id}").text)
        said = [run.name or "", *run.params, *run.params.values(), *run.metrics]
        said += [text for key, value in run.tags.items() if not key.startswith("mlflow.") for text in (key, value)]
        assert [text for text in said if text not in page] == [], run.name


def test_metrics_that_are_no_finite_number_are_called_what_they_are(admin: Visitor) -> None:
    run_id = make_run_id("not a number")
    page, answer = admin.get(f"/runs/{run_id}").text, admin.get(f"/api/v1/runs/{run_id}").json
    for key, shown, said in (
        ("accuracy", "NaN", "NaN"),
        ("ends in nan", "NaN", "NaN"),
        ("diverged", "∞", "Infinity"),
        ("log likelihood", "−∞", "-Infinity"),
    ):
        assert f"<dt>{key}</dt><dd>{shown}</dd>" in page
        assert answer["metrics"][key] == said
    assert answer["metrics"]["huge"] == 1e300


def test_a_run_without_a_name_of_its_own_is_still_named(admin: Visitor) -> None:
    assert make_run_id(None)[:8] in admin.get(f"/runs/{make_run_id(None)}").text
    assert "named by a tag" in admin.get(f"/runs/{make_run_id('')}").text


def test_a_strangers_champion_is_shown_and_never_served(admin: Visitor) -> None:
    assert make_run_id("XGBoost") in admin.get("/models").text
    assert "<form" not in admin.get("/predict").text.partition("<main")[2]


@pytest.mark.slow  # MLflow's whole chain of revisions
def test_a_store_of_mlflow_2_9_is_adopted_and_only_mlflows_own_revisions_touch_it(
    backend: SqliteFolder | PostgresqlCluster, make_settings: SettingsFactory
) -> None:
    url = backend.new_url()
    make_mlflow_store(url, REVISION)
    fill(url)
    before = tables_of(url)
    done = alembic(url, "upgrade", "head", backup_done="yes")
    assert done.returncode == 0, done.stderr
    after = tables_of(url)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {name for name in before if len(before[name]) == len(after[name])}
    assert {"runs", "metrics", "latest_metrics", "params", "tags", "datasets"} & changed == set()
    app = create_app(make_settings(database_url=url))
    answer = app.test_client().get("/api/v1/runs?limit=200").json
    app.extensions["proctor_store"].close()
    assert answer is not None
    assert {run["id"] for run in answer["runs"]} == {run.run_id for run in ACTIVE}
    backend.drop(url)
