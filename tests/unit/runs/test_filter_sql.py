"""How a filter reaches the database: bound, correlated, and with no letter folded by a locale."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.runs.language.sql import Backend, make_condition
from webapp.runs.language.syntax import parse_filter
from webapp.store.mlflow_tables import params
from webapp.store.tables import run, value

TEXT = "tags.`x'; --` = 'O''Brien' and params.a ilike '%x%' and not datasets.context in ('secret') and metrics.a > 5"


def write(text: str, dialect: str) -> str:
    expression = parse_filter(text, 0)
    assert expression
    query = select(run.c.run_id).where(make_condition(expression, Backend(dialect, {})))
    return str(query.compile(dialect={"sqlite": sqlite, "postgresql": postgresql}[dialect].dialect()))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_what_was_typed_is_bound(dialect: str) -> None:
    written = write(TEXT, dialect)
    assert [part for part in ("--", "Brien", "secret", "5") if part in written] == []


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_runs_table_is_named_once(dialect: str) -> None:
    assert write(TEXT, dialect).count("FROM proctor_run") == 1
    assert ", proctor_run" not in write(f"experiment = 'x' and {TEXT}", dialect)


def test_a_query_that_has_the_same_tables_does_not_take_them_for_the_filters() -> None:
    expression = parse_filter("params.a like 'x' and metrics.a > 1", 0)
    assert expression
    query = select(run.c.run_id, params.c.value, value.c.number).where(
        make_condition(expression, Backend("sqlite", {}))
    )
    assert str(query).count("FROM params") == 1
    assert str(query).count("FROM proctor_value") == 1


def test_postgresql_folds_the_letters_that_sqlite_folds() -> None:
    assert 'lower(params.value COLLATE "C")' in write("params.a ~ 'X'", "postgresql")


def test_a_plain_comparison_of_a_column_can_walk_its_index() -> None:
    assert "coalesce" not in write("started > -7d and status = 'FAILED' or family in ('a')", "sqlite")
