"""From a filter's syntax tree to a condition on `proctor_run`, every name and value bound."""

from __future__ import annotations

import operator
from typing import Any

from sqlalchemy import ColumnElement, Float, Numeric, and_, case, cast, false, func, literal, not_, or_, select

from webapp.runs.language.syntax import Both, Comparison, Either, Expression, Key, Kind, Missing, Not
from webapp.store.mlflow_tables import latest_metrics, params, tags
from webapp.store.tables import run

_OPERATORS = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ATTRIBUTES = {
    "run_id": run.c.run_id, "name": run.c.name, "status": run.c.status, "user": run.c.user_name,
    "family": run.c.family, "dataset": run.c.dataset_name, "started": run.c.started_at,
    "finished": run.c.finished_at, "duration": run.c.duration,
}  # fmt: skip
_TABLES: dict[Kind, Any] = {Kind.METRIC: latest_metrics, Kind.PARAM: params, Kind.TAG: tags}

NUMBER = r"^[ \t\n\r]*-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?[ \t\n\r]*$"
"""The params and tags that are numbers: as JSON writes them, which is what SQLite can tell."""


def make_condition(expression: Expression, dialect: str) -> ColumnElement[bool]:
    """Return the condition that holds for the runs which the filter finds; it is never NULL.

    Parameters
    ----------
    dialect
        `sqlite` or `postgresql`.
    """
    if isinstance(expression, Not):
        return not_(make_condition(expression.part, dialect))
    if isinstance(expression, Both):
        return and_(*(make_condition(part, dialect) for part in expression.parts))
    if isinstance(expression, Either):
        return or_(*(make_condition(part, dialect) for part in expression.parts))
    if isinstance(expression, Missing):
        return _is_missing(expression.key)
    return _compare(expression, dialect)


def _is_missing(key: Key) -> ColumnElement[bool]:
    if key.kind is Kind.ATTRIBUTE:
        return _ATTRIBUTES[key.name].is_(None)
    table = _TABLES[key.kind]
    return ~select(1).where(table.c.run_uuid == run.c.run_id, table.c.key == key.name).exists()


def _compare(comparison: Comparison, dialect: str) -> ColumnElement[bool]:
    key = comparison.key
    if key.kind is Kind.ATTRIBUTE:
        return func.coalesce(_hold(_ATTRIBUTES[key.name], comparison, dialect), false())
    table = _TABLES[key.kind]
    column = table.c.value
    conditions = [table.c.run_uuid == run.c.run_id, table.c.key == key.name]
    if key.kind is Kind.METRIC:
        conditions += [table.c.is_nan.is_(False), _hold(column, comparison, dialect)]
    elif isinstance(comparison.value, str):
        conditions.append(_hold(column, comparison, dialect))
    else:
        value = cast(literal(comparison.value, Float), Numeric) if dialect == "postgresql" else comparison.value
        conditions.append(_OPERATORS[comparison.operator](_as_number(column, dialect), value))
    return select(1).where(*conditions).exists()


def _hold(column: ColumnElement[Any], comparison: Comparison, dialect: str) -> ColumnElement[bool]:
    sign, value = comparison.operator, comparison.value
    if sign in _OPERATORS:
        found: ColumnElement[bool] = _OPERATORS[sign](column, value)
        return found
    text = str(value)
    if sign == "~":
        return column.icontains(text, autoescape=True)
    if sign == "like" and dialect == "sqlite":  # whose LIKE does not tell great letters from small ones
        return column.op("GLOB", is_comparison=True)(_to_glob(text))
    pattern = text.replace("\\", "\\\\")  # `\` stands for itself, as it does in MLflow's filters on SQLite
    return column.like(pattern, escape="\\") if sign == "like" else column.ilike(pattern, escape="\\")


def _to_glob(pattern: str) -> str:
    escaped = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in pattern)
    return escaped.replace("%", "*").replace("_", "?")


def _as_number(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Return the number that a text is, NULL where it is none."""
    if dialect == "sqlite":
        kind = case((func.json_valid(column) == 1, func.json_type(column)))  # which fails on what is not JSON
        return case((kind.in_(("integer", "real")), cast(column, Float)))
    return case((column.op("~", is_comparison=True)(NUMBER), cast(column, Numeric)))
