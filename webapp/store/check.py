"""Whether the store is sound: its schema, its triggers, its file, and the run history against MLflow's tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, inspect, select, table

from webapp.store.mlflow_tables import runs
from webapp.store.projection import select_archived, select_rows
from webapp.store.schema import MLFLOW_HEAD, PROCTOR_HEAD, VERSION_TABLE
from webapp.store.tables import archived_run, changed_run, projection, run
from webapp.store.triggers import missing_triggers
from webapp.store.values import select_kept_values, select_values

_EXPECTED = {"alembic_version": MLFLOW_HEAD, VERSION_TABLE: PROCTOR_HEAD}
_OWNERS = {"alembic_version": "MLflow", VERSION_TABLE: "Proctor"}


class Kind(StrEnum):
    """How a row of the run history is wrong."""

    MISSING = "missing"
    SURPLUS = "surplus"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Difference:
    """A run of which the history holds something else than MLflow's tables; `columns` say what differs."""

    run_id: str
    kind: Kind
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """Something that is wrong in the store; a remark is no fault of the store that we keep."""

    text: str
    is_remark: bool = False


def find_differences(conn: Connection) -> tuple[Difference, ...]:
    """Compare what the history holds of each run, active or archived, with what it must hold.

    Runs that wait to be brought up to date are left out: the next reader does that.
    """
    ids = conn.execute(_select_wrong(select_rows(), select(*(run.c[name] for name in _names())), "run_id")).scalars()
    found = {run_id: difference for run_id in ids if (difference := _describe(conn, run_id))}
    archived = conn.execute(_select_wrong(select_archived(), select(archived_run), "run_id")).scalars()
    values = conn.execute(
        _select_wrong(select_values(conn.dialect.name), select_kept_values(), "run_id", "kind", "name")
    )
    others = [(run_id, "archive") for run_id in archived]
    others += [(run_id, f"{kind} {name}") for run_id, kind, name in values]
    for run_id, differing in others:
        known = found.get(run_id, Difference(run_id, Kind.DIFFERENT))
        if known.kind is Kind.DIFFERENT:
            found[run_id] = replace(known, columns=(*known.columns, differing))
    return tuple(found[run_id] for run_id in sorted(found))


def find_faults(conn: Connection) -> tuple[Fault, ...]:
    """Find what is wrong with all but the rows of the run history."""
    return (*_check_schema(conn), *_check_triggers(conn), *_check_file(conn), *_check_total(conn))


def _select_wrong(must: Any, has: Any, *columns: str) -> Any:
    """Select some columns of what one side alone has, of runs that do not wait, in order."""
    sides = (select(must.subquery()).except_(has).subquery(), has.except_(select(must.subquery())).subquery())
    waiting = select(changed_run.c.run_id)
    first, other = (select(*(side.c[name] for name in columns)).where(side.c.run_id.not_in(waiting)) for side in sides)
    return first.union(other).order_by(*columns)


def _names() -> list[str]:
    return [column.name for column in select_rows().selected_columns]


def _describe(conn: Connection, run_id: str) -> Difference | None:
    """Name the columns that differ; None where another connection has put the row right meanwhile."""
    must = _read(conn, select_rows(), runs.c.run_uuid == run_id)
    has = _read(conn, select(*(run.c[name] for name in _names())), run.c.run_id == run_id)
    if must == has:
        return None
    if must is None or has is None:
        return Difference(run_id, Kind.MISSING if has is None else Kind.SURPLUS)
    return Difference(run_id, Kind.DIFFERENT, tuple(name for name in must if must[name] != has[name]))


def _read(conn: Connection, query: Select[Any], condition: ColumnElement[bool]) -> dict[str, Any] | None:
    row = conn.execute(query.where(condition)).mappings().one_or_none()
    return dict(row) if row else None


def _check_schema(conn: Connection) -> list[Fault]:
    tables = set(inspect(conn).get_table_names())
    faults = []
    for name, expected in _EXPECTED.items():
        query: Select[Any] = select(column("version_num")).select_from(table(name))
        found = conn.execute(query).scalar() if name in tables else None
        if found != expected:
            faults.append(Fault(f"{_OWNERS[name]}'s schema is {found or 'missing'}, and should be {expected}"))
    return faults


def _check_triggers(conn: Connection) -> list[Fault]:
    missing = sorted(missing_triggers(conn))
    return [Fault(f"triggers are missing: {', '.join(missing)}")] if missing else []


def _check_file(conn: Connection) -> list[Fault]:
    """Ask SQLite about its file; PostgreSQL keeps references by itself, and its pages are not ours to check."""
    if conn.dialect.name != "sqlite":
        return []
    said = [str(row[0]) for row in conn.exec_driver_sql("PRAGMA quick_check(20)")]
    faults = [Fault(f"the file is damaged: {text}") for text in said if text != "ok"]
    orphans = Counter(str(row[0]) for row in conn.exec_driver_sql("PRAGMA foreign_key_check"))
    for name, rows in sorted(orphans.items()):
        is_ours = name.startswith("proctor_")
        faults.append(Fault(f"{name} has rows that lost the row that they belong to: {rows}", is_remark=not is_ours))
    return faults


def _check_total(conn: Connection) -> list[Fault]:
    kept = conn.execute(select(projection.c.rows)).scalar()
    counted = conn.execute(select(func.count()).select_from(run)).scalar_one()
    return [] if kept == counted else [Fault(f"the history is said to have {kept} rows, and has {counted}")]
