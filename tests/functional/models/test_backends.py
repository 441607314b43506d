"""The registry's writes on SQLite and PostgreSQL alike, and two decisions at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from ml.places import ArtifactRoots
from tests.builders.runs import make_evaluation, write_alias, write_trained_run, write_version
from tests.builders.stores import write_experiment
from tests.functional.conftest import RUNS
from webapp.models.actions import (
    Signed,
    delete_version,
    describe,
    make_challenger,
    promote_version,
    remove_alias,
    restore_version,
    retire_version,
    roll_back,
    set_alias,
)
from webapp.models.gates import RefusedError
from webapp.models.history import list_decisions, list_last_changes
from webapp.models.listing import count_models, find_model, list_models
from webapp.models.writing import deciding
from webapp.store import mlflow_tables as mlflow
from webapp.store.session import Store, open_store

if TYPE_CHECKING:
    from pathlib import Path

NAME = "student_performance"
SIGNED = Signed("ada", "looked at it for a week", 10)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with two versions, the first of them champion."""
    name = "store_url" if request.param == "sqlite" else "postgresql_url"
    opened = open_store(request.getfixturevalue(name))
    with opened.write() as conn:
        write_experiment(conn)
        for version, run_id in enumerate(RUNS, 1):
            folder = write_trained_run(conn, tmp_path / "models", run_id, make_evaluation())
            write_version(conn, version, run_id, b"never loaded", folder)
        write_alias(conn, "champion", 1)
    yield opened
    opened.close()


def aliases(store: Store) -> dict[str, int]:
    found = mlflow.registered_model_aliases
    with store.read() as conn:
        return {row.alias: row.version for row in conn.execute(select(found.c.alias, found.c.version))}


def test_a_whole_life(registry: Store, tmp_path: Path) -> None:
    root = tmp_path / "models"
    roots = ArtifactRoots(root, (), tmp_path / "fetched", tmp_path / "data")
    make_challenger(registry, NAME, 2, SIGNED, seen=0)
    promote_version(registry, NAME, 2, SIGNED, roots, seen=1)
    roll_back(registry, NAME, 1, SIGNED, roots, seen=2)
    set_alias(registry, NAME, 2, "blue", SIGNED)
    set_alias(registry, NAME, 1, "blue", SIGNED)
    remove_alias(registry, NAME, 1, "blue", SIGNED)
    describe(registry, NAME, 2, "for the spring intake", SIGNED)
    describe(registry, NAME, None, "ours", SIGNED)
    retire_version(registry, NAME, 2, SIGNED)
    restore_version(registry, NAME, 2, SIGNED)
    delete_version(registry, NAME, 2, SIGNED, typed="v2")
    retire_version(registry, NAME, 1, SIGNED, answer_nothing=True)
    assert aliases(registry) == {}
    with registry.read() as conn:
        model = find_model(conn, NAME)
        assert model
        assert (model.versions, model.newest, model.description) == (1, 1, "ours")
        assert model.silent
        assert len(list_decisions(conn, model)) == 12
        assert list_last_changes(conn)[NAME].action == "retire_champion"
        assert [item.name for item in list_models(conn, NAME)] == [NAME]
        assert count_models(conn) == 1


def test_who_decides_at_the_same_moment_waits_and_is_told(registry: Store, tmp_path: Path) -> None:
    refused: list[str] = []

    def decide() -> None:
        try:
            promote_version(registry, NAME, 2, SIGNED, tmp_path / "models", seen=1)
        except RefusedError as error:
            refused.append(error.code)

    second = threading.Thread(target=decide)
    with deciding(registry, NAME) as (conn, _model):
        second.start()
        second.join(0.2)
        assert second.is_alive()
        write_alias(conn, "champion", 2)
    second.join(10)
    assert refused == ["overtaken"]
