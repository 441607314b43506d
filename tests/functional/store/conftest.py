"""Stores at every stage of their life, on SQLite and (marker `postgresql`) on PostgreSQL.

Migrating MLflow's schema takes ten seconds, so each kind of store is made once and copied for each test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.once import Once
from tests.builders.postgresql import PostgresqlCluster
from tests.builders.sqlite_folder import SqliteFolder
from tests.builders.stores import (
    OLDER_REVISION,
    OLDER_RUN,
    make_mlflow_store,
    write_experiment,
    write_metric,
    write_run,
    write_tag,
)
from webapp.store.session import Store, open_store


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> SqliteFolder | PostgresqlCluster:
    """Where databases come from: each test of this folder runs once for each."""
    if request.param == "sqlite":
        return SqliteFolder(tmp_path_factory.mktemp("stores"))
    cluster: PostgresqlCluster = request.getfixturevalue("postgresql_cluster")
    return cluster


@pytest.fixture(scope="session")
def template_url(request: pytest.FixtureRequest, backend: SqliteFolder | PostgresqlCluster) -> str:
    """A store fresh from `alembic upgrade head`; copy it, never open it."""
    if isinstance(backend, SqliteFolder):
        return f"sqlite:///{request.getfixturevalue('migrated_template')}"
    url: str = request.getfixturevalue("migrated_postgresql_template")
    return url


@pytest.fixture(scope="session")
def older_template_url(backend: SqliteFolder | PostgresqlCluster, once: Once) -> str:
    """A store that an older MLflow left behind, with one run in it; copy it, never open it."""
    if isinstance(backend, SqliteFolder):
        made = once.make("older-template", lambda folder: fill_older_store(f"sqlite:///{folder / 'store.sqlite'}"))
        return f"sqlite:///{made / 'store.sqlite'}"
    url = backend.new_url()
    fill_older_store(url)
    return url


def fill_older_store(url: str) -> None:
    make_mlflow_store(url, OLDER_REVISION)
    store = open_store(url)
    with store.write() as conn:
        write_experiment(conn)
        write_run(conn, OLDER_RUN, name="from before", user_id="ada")
        write_metric(conn, OLDER_RUN, "accuracy", 0.5)
        write_tag(conn, OLDER_RUN, "note", "kept")
    store.close()


@pytest.fixture
def url(backend: SqliteFolder | PostgresqlCluster, template_url: str) -> Iterator[str]:
    """This test's own migrated store."""
    copy = backend.copy(template_url)
    yield copy
    backend.drop(copy)


@pytest.fixture
def older_url(backend: SqliteFolder | PostgresqlCluster, older_template_url: str) -> Iterator[str]:
    """This test's own store of an older MLflow."""
    copy = backend.copy(older_template_url)
    yield copy
    backend.drop(copy)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """This test's own migrated store, opened, with MLflow's default experiment."""
    opened = open_store(url)
    with opened.write() as conn:
        write_experiment(conn)
    yield opened
    opened.close()
