"""MLflow's rows → `proctor_run` and `proctor_value`, one row an active run and one a value of it, by SQL alone.

Triggers note the runs that changed; `refresh_projection` takes the notes, writes those rows anew and drops the notes,
in one transaction. A note and the change it tells of commit together, so a change that this transaction cannot see
yet has a note that it cannot take either: nothing is missed, whoever writes meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    Table,
    TableClause,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    true,
    update,
)
from sqlalchemy.exc import DBAPIError

from webapp.store.mlflow_tables import LARGEST_FLOAT, latest_metrics, params, runs, tags
from webapp.store.planning import hide_value
from webapp.store.replacing import replacing
from webapp.store.session import Store, current_store, end_reading, reading
from webapp.store.tables import archived_run, changed_run, projection, run, value
from webapp.store.triggers import forget_noted
from webapp.store.values import delete_values, insert_values, upsert, write_values

METRICS = {
    "accuracy": "accuracy",
    "accuracy_low": "accuracy_low",
    "accuracy_high": "accuracy_high",
    "prior_accuracy": "prior_accuracy",
    "single_column_accuracy": "single_column_accuracy",
    "macro_f1": "f1_macro",
    "qwk": "qwk",
    "log_loss": "log_loss",
}
_SOUGHT: dict[TableClause, dict[str, int]] = {
    tags: {
        "mlflow.runName": 250,
        "mlflow.user": 256,
        "proctor.family": 250,
        "proctor.dataset": 250,
        "proctor.dataset_sha256": 64,
        "proctor.origin": 250,
    },
    params: {"family": 250},
    latest_metrics: dict.fromkeys(METRICS.values(), 0),
}
"""What is asked of a run by name, and at how many characters a text is cut."""
REFRESH_LOCK = 7_207_110_002
PATIENCE_MS = 1_000
"""How long a page waits for somebody who writes the projection anew; then it shows what stands there."""
_ROW_ID = 1
_REBUILD_MEMORY_KB = 256_000
_A_NOTE = select(changed_run.c.id).limit(1)

_Find = Callable[[TableClause, str], ColumnElement[Any]]

log = logging.getLogger(__name__)


def reading_current_runs() -> Connection:
    """Return this request's reading connection with the projection up to date, or as it stands where it cannot be.

    Call it before you keep the result of `reading`: it may close that connection to see the present.
    """
    end_reading()  # what this request has read so far is of an earlier moment
    try:
        if not _is_behind(reading()):
            return reading()
        end_reading()
        refresh_projection(current_store(), patience_ms=PATIENCE_MS)
    except DBAPIError as error:
        log.warning("the run history is read as it stands: %s", error.orig)
    return reading()


def refresh_projection(store: Store, *, patience_ms: int = 0) -> int:
    """Bring the noted runs' rows up to date; return how many notes were taken. Writes only if there is one.

    On PostgreSQL a lock is waited for no longer than `patience_ms` milliseconds, if that is not 0.
    """
    with store.read() as conn:
        if not _is_behind(conn):
            return 0
    with store.write() as conn:
        if patience_ms and not store.is_sqlite:
            conn.exec_driver_sql(f"SET LOCAL lock_timeout = {patience_ms}")
        _lock(conn)
        taken = _take_notes(conn)
        noted = select(changed_run.c.run_id).where(changed_run.c.is_taken)
        known = _count(conn, run.c.run_id.in_(noted))
        _write_noted(conn, noted)
        added = _count(conn, run.c.run_id.in_(noted)) - known
        conn.execute(delete(changed_run).where(changed_run.c.is_taken))
        _keep_total(conn, conn.execute(select(projection.c.rows)).scalar_one() + added)
    return taken


def rebuild_projection(store: Store) -> None:
    """Write every row anew."""
    with store.write() as conn:
        rebuild_rows(conn)
    if not store.is_sqlite:  # else an index is no answer until PostgreSQL comes round to it: each row is looked at
        with store.engine.connect() as conn:
            conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(f"VACUUM {run.name}, {value.name}")


def rebuild_rows(conn: Connection) -> None:
    """Write every row anew within the caller's transaction."""
    _lock(conn)
    with _much_memory(conn):
        _take_notes(conn)
        conn.execute(delete(archived_run))
        _insert_rows(conn, archived_run, select_archived())
        with replacing(conn, run, value) as (new_run, new_value):
            rows = select_all_rows(conn)
            conn.execute(insert(new_run).from_select(rows.selected_columns.keys(), rows))
            write_values(conn, new_run, new_value)
        conn.execute(delete(changed_run).where(changed_run.c.is_taken))
        _keep_total(conn, _count(conn, true()))


@contextmanager
def _much_memory(conn: Connection) -> Iterator[None]:
    """Let indexes be built in memory; SQLite's own 2 MB would besides be read over for each run, by a random id."""
    if conn.dialect.name != "sqlite":
        for name in ("work_mem", "maintenance_work_mem"):
            conn.exec_driver_sql(f"SET LOCAL {name} = '{_REBUILD_MEMORY_KB}kB'")
        yield
        return
    usual = conn.exec_driver_sql("PRAGMA cache_size").scalar_one()
    conn.exec_driver_sql(f"PRAGMA cache_size = -{_REBUILD_MEMORY_KB}")
    try:
        yield
    finally:
        conn.exec_driver_sql(f"PRAGMA cache_size = {usual}")


def select_rows() -> Select[Any]:
    """Select what `proctor_run` must hold but for its number, column by column in its order, from MLflow's tables.

    Each thing is looked up for each run, which is quick for some runs.
    """
    return _select_rows(_look_up)


def select_all_rows(conn: Connection) -> Select[Any]:
    """Select the same as `select_rows` does, but reading each table once, which is quick for all runs."""
    tables = {source: _gather(conn, source, names) for source, names in _SOUGHT.items()}
    place: FromClause = runs
    for table in tables.values():
        place = place.outerjoin(table, table.c.run_uuid == runs.c.run_uuid)
    return _select_rows(lambda source, name: tables[source].c[name]).select_from(place)


def select_archived() -> Select[Any]:
    """Select what `proctor_archived_run` must hold."""
    values = _run_values(_look_up) | {"archived_at": runs.c.deleted_time}
    return select(*(values[column.name].label(column.name) for column in archived_run.columns)).where(
        runs.c.lifecycle_stage == literal("deleted")
    )


def _select_rows(find: _Find) -> Select[Any]:
    values = _run_values(find) | {name: find(latest_metrics, name_there) for name, name_there in METRICS.items()}
    return select(*(values[column.name].label(column.name) for column in _own_columns())).where(
        runs.c.lifecycle_stage == literal("active")
    )


def _is_behind(conn: Connection) -> bool:
    return conn.execute(_A_NOTE).first() is not None


def _take_notes(conn: Connection) -> int:
    taken = conn.execute(update(changed_run).values(is_taken=true())).rowcount
    forget_noted(conn)
    return taken


def _own_columns() -> list[ColumnElement[Any]]:
    return [column for column in run.columns if column is not run.c.number]


def _run_values(find: _Find) -> dict[str, ColumnElement[Any]]:
    return {
        "run_id": runs.c.run_uuid,
        "experiment_id": runs.c.experiment_id,
        "name": func.coalesce(func.nullif(runs.c.name, ""), find(tags, "mlflow.runName")),
        "status": runs.c.status,
        "started_at": runs.c.start_time,
        "finished_at": runs.c.end_time,
        "duration": runs.c.end_time - runs.c.start_time,
        "user_name": func.coalesce(find(tags, "mlflow.user"), func.nullif(runs.c.user_id, "")),
        "family": func.coalesce(find(tags, "proctor.family"), find(params, "family")),
        "dataset_name": find(tags, "proctor.dataset"),
        "dataset_sha256": find(tags, "proctor.dataset_sha256"),
        "is_stand_in": find(tags, "proctor.origin") == "stand_in",
    }


def _look_up(source: TableClause, name: str) -> ColumnElement[Any]:
    """Look up what the run has by one name."""
    is_it = and_(source.c.key == literal(name), source.c.run_uuid == runs.c.run_uuid)
    return select(_content(source, name)).where(is_it).scalar_subquery()


def _gather(conn: Connection, source: TableClause, names: Iterable[str]) -> Subquery:
    """Make a table with a row for each run and a column for each name.

    From SQLite the names are hidden, so that it goes along the runs: a run's rows lie together.
    """
    columns = (func.max(case((source.c.key == literal(name), _content(source, name)))).label(name) for name in names)
    is_sought = hide_value(conn, source.c.key).in_(names)
    return select(source.c.run_uuid, *columns).where(is_sought).group_by(source.c.run_uuid).subquery()


def _content(source: TableClause, name: str) -> ColumnElement[Any]:
    """Return a text, cut because a stranger's may be of any length, or a number, NULL where it is not finite."""
    if source is latest_metrics:
        return case((and_(~source.c.is_nan, func.abs(source.c.value) < LARGEST_FLOAT), source.c.value))
    return func.substr(func.nullif(source.c.value, ""), 1, _SOUGHT[source][name])


def _lock(conn: Connection) -> None:
    """Let one refresh at a time run on PostgreSQL; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": REFRESH_LOCK})


def _write_noted(conn: Connection, noted: Select[Any]) -> None:
    """Write what the noted runs have anew; a run keeps its number."""
    delete_values(conn, noted)
    conn.execute(delete(archived_run).where(archived_run.c.run_id.in_(noted)))
    is_active = and_(runs.c.run_uuid == run.c.run_id, runs.c.lifecycle_stage == literal("active"))
    conn.execute(delete(run).where(run.c.run_id.in_(noted), ~select(runs).where(is_active).exists()))
    _insert_rows(conn, run, select_rows().where(runs.c.run_uuid.in_(noted)))
    _insert_rows(conn, archived_run, select_archived().where(runs.c.run_uuid.in_(noted)))
    insert_values(conn, noted)


def _insert_rows(conn: Connection, table: Table, rows: Select[Any]) -> None:
    """Write rows, over those that have the same run."""
    names = [column.name for column in rows.selected_columns if column.name]
    write = upsert(conn, table).from_select(names, rows)
    changed = {name: write.excluded[name] for name in names if name != "run_id"}
    conn.execute(write.on_conflict_do_update(index_elements=["run_id"], set_=changed))


def _count(conn: Connection, condition: ColumnElement[bool]) -> int:
    return conn.execute(select(func.count()).select_from(run).where(condition)).scalar_one()


def _keep_total(conn: Connection, total: int) -> None:
    """Keep the number of rows, and gather SQLite's statistics when it has doubled: nobody else ever does."""
    known = conn.execute(select(projection)).one_or_none()
    analyzed = known.analyzed_rows if known else 0
    is_due = conn.dialect.name == "sqlite" and total > 2 * analyzed
    if is_due:
        conn.exec_driver_sql("PRAGMA analysis_limit = 1000")
        conn.exec_driver_sql("ANALYZE")
    version = known.version + 1 if known else 1
    write = update(projection) if known else insert(projection).values(id=_ROW_ID)
    conn.execute(write.values(rows=total, analyzed_rows=total if is_due else analyzed, version=version))
