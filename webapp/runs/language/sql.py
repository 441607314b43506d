"""From a filter's tree to a condition on `proctor_run`, every name and value bound.

Within the condition NULL stands for "no", as it does in WHERE; only where something is denied is it made sure of, so
that a plain comparison of a column can still walk its index.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, func, not_, or_, select, true

from webapp.runs.language.dataset_tables import CONTEXT, datasets, input_tags, inputs
from webapp.runs.language.texts import as_number, contains, is_like, is_like_folded
from webapp.runs.language.tree import DENIALS, PATTERNS, Both, Comparison, Either, Expression, Key, Kind, Missing, Not
from webapp.runs.language.tree import Operator as Sign
from webapp.store.mlflow_tables import experiments, latest_metrics, params, runs, tags
from webapp.store.tables import run

_OPERATORS: dict[Sign, Callable[[Any, Any], Any]] = {
    Sign.EQUAL: operator.eq, Sign.UNEQUAL: operator.ne, Sign.LESS: operator.lt, Sign.LESS_OR_EQUAL: operator.le,
    Sign.GREATER: operator.gt, Sign.GREATER_OR_EQUAL: operator.ge,
    Sign.IN: lambda column, values: column.in_(values), Sign.NOT_IN: lambda column, values: column.not_in(values),
}  # fmt: skip
_PATTERNS = {Sign.CONTAINS: contains, Sign.LIKE: is_like, Sign.ILIKE: is_like_folded}
_TABLES: dict[Kind, FromClause] = {Kind.METRIC: latest_metrics, Kind.PARAM: params, Kind.TAG: tags}
_COLUMNS = {
    "run_id": run.c.run_id, "name": run.c.name, "status": run.c.status, "user": run.c.user_name,
    "family": run.c.family, "dataset": run.c.dataset_name, "started": run.c.started_at,
    "finished": run.c.finished_at, "duration": run.c.duration,
}  # fmt: skip


def make_condition(expression: Expression, dialect: str) -> ColumnElement[bool]:
    """Return the condition that holds for the rows of `proctor_run` which the filter finds.

    Parameters
    ----------
    dialect
        `sqlite` or `postgresql`.
    """
    if isinstance(expression, Not):
        return not_(func.coalesce(make_condition(expression.part, dialect), false()))
    if isinstance(expression, Both):
        return and_(true(), *(make_condition(part, dialect) for part in expression.parts))
    if isinstance(expression, Either):
        return or_(false(), *(make_condition(part, dialect) for part in expression.parts))
    if isinstance(expression, Missing):
        return _is_missing(expression.key)
    return _compare(expression, dialect)


def find_attribute(name: str) -> ColumnElement[Any]:
    """Return what holds an attribute of a run, in a query on `proctor_run`."""
    if name in _COLUMNS:
        return _COLUMNS[name]
    if name == "experiment":
        query = select(experiments.c.name).where(experiments.c.experiment_id == run.c.experiment_id)
    else:
        query = select(runs.c[name]).where(runs.c.run_uuid == run.c.run_id)
    return query.correlate(run).scalar_subquery()


def _is_missing(key: Key) -> ColumnElement[bool]:
    if key.kind is Kind.ATTRIBUTE:
        return find_attribute(key.name).is_(None)
    return not_(_exists(key))


def _compare(comparison: Comparison, dialect: str) -> ColumnElement[bool]:
    """Look a comparison up where its key is kept."""
    key = comparison.key
    if key.kind is Kind.ATTRIBUTE:
        return _hold(find_attribute(key.name), comparison, dialect)
    if key.kind is Kind.METRIC:
        return _exists(key, _hold_of_metric(comparison, dialect))
    if key.kind is Kind.DATASET:
        return _exists(key, _hold(_find_dataset_column(key.name), comparison, dialect))
    column = _TABLES[key.kind].c.value
    return _exists(key, _hold(column if comparison.is_of_text else as_number(column, dialect), comparison, dialect))


def _find_dataset_column(name: str) -> ColumnElement[Any]:
    return input_tags.c.value if name == "context" else datasets.c[name]


def _exists(key: Key, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the run has such a key of which the conditions hold."""
    query = _select_datasets(key.name) if key.kind is Kind.DATASET else _select_key(key)
    found: ColumnElement[bool] = query.where(*conditions).correlate(run).exists()
    return found


def _select_key(key: Key) -> Any:
    table = _TABLES[key.kind]
    return select(1).select_from(table).where(table.c.run_uuid == run.c.run_id, table.c.key == key.name)


def _select_datasets(name: str) -> Any:
    source = inputs.join(datasets, datasets.c.dataset_uuid == inputs.c.source_id)
    query = select(1).where(inputs.c.destination_id == run.c.run_id)
    if name != "context":
        return query.select_from(source)
    source = source.join(input_tags, input_tags.c.input_uuid == inputs.c.input_uuid)
    return query.select_from(source).where(input_tags.c.name == CONTEXT)


def _hold_of_metric(comparison: Comparison, dialect: str) -> ColumnElement[bool]:
    """NaN, which MLflow keeps as a 0 with a mark, is unequal to every number."""
    held, is_nan = _hold(latest_metrics.c.value, comparison, dialect), latest_metrics.c.is_nan
    return or_(held, is_nan) if comparison.operator in DENIALS else and_(held, not_(is_nan))


def _hold(column: ColumnElement[Any], comparison: Comparison, dialect: str) -> ColumnElement[bool]:
    sign, value = comparison.operator, comparison.value
    if sign in PATTERNS:
        return _PATTERNS[sign](column, str(value), dialect)
    held: ColumnElement[bool] = _OPERATORS[sign](column, value)
    is_of_number = comparison.key.kind in {Kind.PARAM, Kind.TAG} and not comparison.is_of_text
    return or_(held, column.is_(None)) if is_of_number and sign in DENIALS else held
