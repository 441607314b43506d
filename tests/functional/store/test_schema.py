"""What the app does about its store's schema before it serves: see, migrate its own, refuse any other."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from ml.settings import Settings
from tests.builders.postgresql import PostgresqlCluster
from tests.builders.sqlite_folder import SqliteFolder, sqlite_path
from tests.builders.stores import environment, run
from tests.conftest import SettingsFactory
from webapp.filestore.tables import TABLES as IMPORTED_TABLES
from webapp.store.mlflow_tables import TABLES
from webapp.store.schema import SchemaError, SchemaState, check_schema, ensure_schema
from webapp.store.session import Store, open_store


def test_an_absent_store_is_missing_and_looking_makes_none(backend: SqliteFolder | PostgresqlCluster) -> None:
    url = backend.new_url()
    store = open_store(url)
    assert check_schema(store.engine) is SchemaState.MISSING
    store.close()
    if url.startswith("sqlite"):
        assert not sqlite_path(url).exists()


@pytest.mark.slow  # MLflow's whole chain of revisions
def test_an_mlflow_store_alone_is_behind(older_url: str) -> None:
    store = open_store(older_url)
    assert check_schema(store.engine) is SchemaState.BEHIND
    store.close()


@pytest.mark.parametrize("table", ["alembic_version", "alembic_version_proctor"])
def test_another_revision_is_behind(store: Store, table: str) -> None:
    assert check_schema(store.engine) is SchemaState.CURRENT
    with store.write() as conn:
        conn.execute(text(f"UPDATE {table} SET version_num = 'other'"))  # noqa: S608
    assert check_schema(store.engine) is SchemaState.BEHIND


def test_an_embedded_store_is_made_without_loading_mlflow(make_settings: SettingsFactory) -> None:
    settings = make_settings()
    program = (
        "import sys; from ml.settings import read_settings; from webapp.store.schema import ensure_schema;"
        "ensure_schema(read_settings()); print(sorted({'mlflow', 'pandas', 'alembic'} & set(sys.modules)))"
    )
    done = run([sys.executable, "-c", program], environment(settings.database_url))
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
    store = open_store(settings.database_url)
    assert check_schema(store.engine) is SchemaState.CURRENT
    store.close()


def test_a_store_of_somebody_elses_is_refused_in_one_line(settings: Settings) -> None:
    elsewhere = dataclasses.replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(SchemaError, match=r"^the store cannot be reached: .*127\.0\.0\.1.*$") as raised:
        ensure_schema(elsewhere)
    assert "\n" not in str(raised.value)


@pytest.mark.postgresql
def test_an_empty_postgresql_store_is_refused_in_one_line(
    settings: Settings, postgresql_cluster: PostgresqlCluster
) -> None:
    url = postgresql_cluster.new_url()
    with pytest.raises(SchemaError, match=r"^the store's schema is missing: run `alembic upgrade head`"):
        ensure_schema(dataclasses.replace(settings, database_url=url))
    postgresql_cluster.drop(url)


def test_a_failed_upgrade_is_told_in_one_line(make_settings: SettingsFactory, tmp_path: Path) -> None:
    path = tmp_path / "not-a-store.sqlite"
    path.write_text("this is a text, and a long one, that nobody could take for a database " * 20)
    with pytest.raises(SchemaError, match="file is not a database") as raised:
        ensure_schema(make_settings(database_url=f"sqlite:///{path}"))
    assert "\n" not in str(raised.value)


def test_the_columns_that_we_read_are_mlflows(store: Store) -> None:
    with store.read() as conn:
        for table in (*TABLES, *IMPORTED_TABLES):
            assert conn.execute(table.select().limit(1)).all() is not None
