"""From a filter's tree to a condition on `proctor_run`, every name and value bound.

Within the condition NULL stands for "no", as it does in WHERE; only where something is denied is it made sure of, so
that a plain comparison of a column can still walk its index.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from webapp.runs.language.texts import contains, is_like, is_like_folded
from webapp.runs.language.tree import (
    DENIALS,
    PATTERNS,
    Both,
    Comparison,
    Either,
    Expression,
    Key,
    Kind,
    Missing,
    Not,
    list_leaves,
)
from webapp.runs.language.tree import Operator as Sign
from webapp.store.mlflow_tables import DATASET_CONTEXT, datasets, experiments, input_tags, inputs, params, runs, tags
from webapp.store.tables import RUN_SORTS, run, value
from webapp.store.tables import key as key_table
from webapp.store.values import LONGEST_TEXT, read_number
from webapp.store.values import Kind as KeptKind

_OPERATORS: dict[Sign, Callable[[Any, Any], Any]] = {
    Sign.EQUAL: operator.eq, Sign.UNEQUAL: operator.ne, Sign.LESS: operator.lt, Sign.LESS_OR_EQUAL: operator.le,
    Sign.GREATER: operator.gt, Sign.GREATER_OR_EQUAL: operator.ge,
    Sign.IN: lambda column, values: column.in_(values), Sign.NOT_IN: lambda column, values: column.not_in(values),
}  # fmt: skip
_PATTERNS = {Sign.CONTAINS: contains, Sign.LIKE: is_like, Sign.ILIKE: is_like_folded}
KEPT = {Kind.METRIC: KeptKind.METRIC, Kind.PARAM: KeptKind.PARAM, Kind.TAG: KeptKind.TAG}
_WHOLE: dict[Kind, FromClause] = {Kind.PARAM: params, Kind.TAG: tags}
"""Where texts stand that are too long to be kept whole in `proctor_value`."""
_NEAR = 1e-9
"""How far the number of a text may be, as a share of it, from what another reader makes of the same text."""
_LOOKED_UP = (value, params, tags, inputs, datasets, input_tags)
_COLUMNS = {
    "run_id": run.c.run_id, "name": run.c.name, "status": run.c.status, "user": run.c.user_name,
    "family": run.c.family, "dataset": run.c.dataset_name, "started": run.c.started_at,
    "finished": run.c.finished_at, "duration": run.c.duration,
}  # fmt: skip


@dataclass(frozen=True)
class Backend:
    """What a condition has to know of the database: `sqlite` or `postgresql`, and the ids of the keys it names."""

    dialect: str
    key_ids: Mapping[Key, int]
    number: ColumnElement[Any] = run.c.number
    """Whose values are looked up; of another column than this one, only what `stands_in_values` can be asked."""
    is_asked_singly: bool = False
    """Whether few runs will be asked: PostgreSQL would gather what all of them have before it asks the first."""


def find_condition(conn: Connection, expression: Expression) -> ColumnElement[bool]:
    """Return the condition that holds for the rows of `proctor_run` which the filter finds."""
    return make_condition(expression, find_backend(conn, expression))


def find_backend(conn: Connection, expression: Expression) -> Backend:
    """Find the ids of the names that the filter has; one that no run has is left out."""
    keys = {(str(KEPT[leaf.key.kind]), leaf.key.name): leaf.key for leaf in list_leaves(expression)
            if leaf.key.kind in KEPT}  # fmt: skip
    query = select(key_table).where(key_table.c.name.in_({name for _, name in keys}))
    found = conn.execute(query) if keys else ()
    return Backend(
        conn.dialect.name, {keys[row.kind, row.name]: row.id for row in found if (row.kind, row.name) in keys}
    )


def make_condition(expression: Expression, backend: Backend) -> ColumnElement[bool]:
    """Return the condition that holds for the rows of `proctor_run` which the filter finds."""
    if isinstance(expression, Not):
        denied = make_condition(expression.part, backend)
        return not_(denied if _is_never_null(expression.part) else func.coalesce(denied, false()))
    if isinstance(expression, Both):
        return and_(true(), *(make_condition(part, backend) for part in expression.parts))
    if isinstance(expression, Either):
        return or_(false(), *(make_condition(part, backend) for part in expression.parts))
    if isinstance(expression, Missing):
        return _is_missing(expression.key, backend)
    return _compare(expression, backend)


def _is_never_null(part: Expression) -> bool:
    return isinstance(part, Comparison | Missing) and part.key.kind is not Kind.ATTRIBUTE


def asks_projection(expression: Expression) -> bool:
    """Whether a change to what the filter finds is one that the projection has to follow."""
    return all(leaf.key.kind in KEPT or leaf.key.name in _COLUMNS for leaf in list_leaves(expression))


def find_attribute(name: str) -> ColumnElement[Any]:
    """Return what holds an attribute of a run, in a query on `proctor_run`."""
    if name in _COLUMNS:
        return _COLUMNS[name]
    if name == "experiment":
        query = select(experiments.c.name).where(experiments.c.experiment_id == run.c.experiment_id)
    else:
        query = select(runs.c[name]).where(runs.c.run_uuid == run.c.run_id)
    return query.correlate(run).scalar_subquery()


def _is_missing(key: Key, backend: Backend) -> ColumnElement[bool]:
    if key.kind is Kind.ATTRIBUTE:
        return find_attribute(key.name).is_(None)
    its = _select_datasets(key.name) if key.kind is Kind.DATASET else _select_key(key, backend)
    return not_(_exists(its, backend))


def _compare(comparison: Comparison, backend: Backend) -> ColumnElement[bool]:
    """Look a comparison up where its key is kept."""
    key, dialect = comparison.key, backend.dialect
    if key.kind is Kind.ATTRIBUTE and key.name == "experiment":  # there are few, and an index has the runs of each
        named = select(experiments.c.experiment_id).where(_hold(experiments.c.name, comparison, dialect))
        return run.c.experiment_id.in_(named)
    if key.kind is Kind.ATTRIBUTE:
        return _hold(find_attribute(key.name), comparison, dialect)
    if key.kind is Kind.DATASET:
        return _exists(_select_datasets(key.name), backend, _hold(_find_dataset_column(key.name), comparison, dialect))
    if stands_in_values(comparison):
        its = _select_key(key, backend)
        if backend.is_asked_singly:  # by the primary key, in any case
            return _exists(its, backend, hold_value(value, comparison, dialect))
        return _exists(its, backend, *find_values(value, comparison, dialect))
    return _exists(_select_whole(key), backend, _hold(_WHOLE[key.kind].c.value, comparison, dialect))


def stands_in_values(expression: Expression) -> bool:
    """Whether `proctor_value` alone tells."""
    return all(
        leaf.key.kind in KEPT and (isinstance(leaf, Missing) or not leaf.is_of_text or _fits(leaf))
        for leaf in list_leaves(expression)
    )


def find_values(there: FromClause, comparison: Comparison, dialect: str) -> Iterator[ColumnElement[bool]]:
    """Say what a row of `proctor_value` holds that is looked for, and in which index it stands."""
    yield hold_value(there, comparison, dialect)
    if not comparison.is_of_text or not is_indexed(comparison):
        return
    number = read_number(_list_texts(comparison)[0])  # a text that is one stands in the index of numbers
    if number is None:
        yield there.c.number.is_(None)
    else:
        yield there.c.number >= number - abs(number) * _NEAR
        yield there.c.number <= number + abs(number) * _NEAR


def hold_value(there: FromClause, comparison: Comparison, dialect: str) -> ColumnElement[bool]:
    """Whether a row of `proctor_value` holds what is asked for; NaN, and no number, is unequal to every number."""
    if comparison.is_of_text:
        return _hold(there.c.text, comparison, dialect)
    held = _hold(there.c.number, comparison, dialect)
    return or_(held, there.c.number.is_(None)) if comparison.operator in DENIALS else held


def is_indexed(comparison: Comparison) -> bool:
    """Whether what fulfils a comparison lies together in an index."""
    if comparison.operator in DENIALS | PATTERNS:
        return False
    if comparison.key.kind is Kind.ATTRIBUTE:
        column = _COLUMNS.get(comparison.key.name)
        has_index = column is run.c.run_id or (column is not None and column.name in RUN_SORTS)
        return has_index or comparison.key.name == "experiment"
    if not stands_in_values(comparison):
        return False
    return not comparison.is_of_text or len({read_number(text) for text in _list_texts(comparison)}) == 1


def _list_texts(comparison: Comparison) -> tuple[str, ...]:
    return tuple(map(str, comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)))


def _fits(comparison: Comparison) -> bool:
    """Whether texts that are cut are as good as whole ones to tell."""
    if comparison.operator in PATTERNS:
        return False
    return all(len(text) < LONGEST_TEXT for text in _list_texts(comparison))


def _find_dataset_column(name: str) -> ColumnElement[Any]:
    return input_tags.c.value if name == "context" else datasets.c[name]


def _exists(query: Select[Any], backend: Backend, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the run has anything in the query of which the conditions hold."""
    found = query.where(*conditions).correlate_except(*_LOOKED_UP)
    if backend.is_asked_singly and backend.dialect == "postgresql":
        return found.limit(1).scalar_subquery().is_not(None)
    there_is: ColumnElement[bool] = found.exists()
    return there_is


def _select_key(key: Key, backend: Backend) -> Select[Any]:
    """Select what the run has for the key; a key that no run has is NULL, which nothing equals."""
    own = and_(value.c.run_number == backend.number, value.c.key_id == literal(backend.key_ids.get(key), Integer))
    return select(1).select_from(value).where(own)


def _select_whole(key: Key) -> Select[Any]:
    table = _WHOLE[key.kind]
    return select(1).select_from(table).where(table.c.run_uuid == run.c.run_id, table.c.key == key.name)


def _select_datasets(name: str) -> Select[Any]:
    source = inputs.join(datasets, datasets.c.dataset_uuid == inputs.c.source_id)
    query = select(1).where(inputs.c.destination_id == run.c.run_id)
    if name != "context":
        return query.select_from(source)
    source = source.join(input_tags, input_tags.c.input_uuid == inputs.c.input_uuid)
    return query.select_from(source).where(input_tags.c.name == DATASET_CONTEXT)


def _hold(column: ColumnElement[Any], comparison: Comparison, dialect: str) -> ColumnElement[bool]:
    sign, scalar = comparison.operator, comparison.value
    if sign in PATTERNS:
        return _PATTERNS[sign](column, str(scalar), dialect)
    held: ColumnElement[bool] = _OPERATORS[sign](column, scalar)
    return held
