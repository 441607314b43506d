"""All that MLflow's tables hold of many runs, in a few statements however many they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, or_, select

from webapp.runs.names import name_run
from webapp.runs.queries import RunRow, read_value
from webapp.store.mlflow_tables import latest_metrics, params, runs, tags
from webapp.store.tables import run as run_table

SHORT = 8
"""Letters of an id in an address, where no other run begins with the same."""
WHOLE = 32
AT_ONCE = 100
"""Ranges in one statement: SQLite takes no expression that is deeper than 1,000."""
_HEX = re.compile(r"[0-9a-f]{8,32}")

Reason = Literal["gone", "deleted", "unclear"]


@dataclass(frozen=True)
class RunFacts:
    """A run with all that was logged of it; a metric may be NaN or infinite."""

    row: RunRow
    artifact_uri: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    """Without those that MLflow keeps for itself."""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call the run."""
        return name_run(self.row)


@dataclass(frozen=True)
class Missing:
    """What was asked for and is not compared."""

    ref: str
    reason: Reason


@dataclass(frozen=True)
class Chosen:
    """The runs that were asked for, in that order; `clear` is how short each one's id may be written."""

    runs: tuple[RunFacts, ...]
    missing: tuple[Missing, ...]
    clear: Mapping[str, str]


def find_chosen(conn: Connection, refs: Sequence[str]) -> Chosen:
    """Find runs by their ids or by how those begin."""
    known = _find_alike(conn, run_table.c.run_id, refs)
    meant = {ref: _resolve(ref, known) for ref in refs}
    ids = _list_clearly_meant(meant)
    lost = [ref for ref, found in meant.items() if not found]
    deleted = _find_alike(conn, runs.c.run_uuid, lost) if lost else {}
    missing = [
        Missing(ref, "unclear" if found else "deleted" if _resolve(ref, deleted) else "gone")
        for ref, found in meant.items()
        if len(found) != 1
    ]
    return Chosen(_read_facts(conn, ids), tuple(missing), _list_clear(ids, known))


def find_rows(conn: Connection, refs: Sequence[str]) -> tuple[RunRow, ...]:
    """Find the same runs without all that was logged of them."""
    known = _find_alike(conn, run_table.c.run_id, refs)
    ids = _list_clearly_meant({ref: _resolve(ref, known) for ref in refs})
    rows = _read_rows(conn, ids)
    return tuple(rows[run_id] for run_id in ids if run_id in rows)


def find_clear(conn: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    """Say how short ids may be written without meaning another run too."""
    return _list_clear(ids, _find_alike(conn, run_table.c.run_id, ids))


def _list_clear(ids: Iterable[str], known: Mapping[str, list[str]]) -> dict[str, str]:
    return {run_id: run_id[:SHORT] for run_id in ids if len(known.get(run_id[:SHORT], ())) == 1}


def _list_clearly_meant(meant: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[0] for found in meant.values() if len(found) == 1))


def _resolve(ref: str, known: Mapping[str, list[str]]) -> list[str]:
    return [run_id for run_id in known.get(ref[:SHORT], ()) if run_id.startswith(ref)]


def _find_alike(conn: Connection, column: ColumnElement[str], refs: Sequence[str]) -> dict[str, list[str]]:
    """Find the runs whose ids begin as those asked for do, by their first letters: each a walk along the index."""
    found: dict[str, list[str]] = {}
    beginnings = sorted({ref[:SHORT] for ref in refs if _HEX.fullmatch(ref)})
    for chunk in _chunks(beginnings):
        ranges = (column.between(start.ljust(WHOLE, "0"), start.ljust(WHOLE, "f")) for start in chunk)
        for run_id in conn.execute(select(column).where(or_(*ranges))).scalars():
            found.setdefault(run_id[:SHORT], []).append(run_id)
    return found


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _read_facts(conn: Connection, ids: Sequence[str]) -> tuple[RunFacts, ...]:
    rows = _read_rows(conn, ids)
    where = select(runs.c.run_uuid, runs.c.artifact_uri).where(runs.c.run_uuid.in_(ids))
    places = {row.run_uuid: row.artifact_uri for row in conn.execute(where)}
    settings = _by_run(conn.execute(_pairs(params, ids)))
    marks = _by_run(conn.execute(_pairs(tags, ids).where(~tags.c.key.startswith("mlflow."))))
    figures = _find_figures(conn, ids)
    return tuple(
        RunFacts(
            rows[run_id], places.get(run_id), settings.get(run_id, {}), marks.get(run_id, {}),
            figures.get(run_id, {}),
        )
        for run_id in ids
        if run_id in rows
    )  # fmt: skip


def _read_rows(conn: Connection, ids: Sequence[str]) -> dict[str, RunRow]:
    columns = [run_table.c[item.name] for item in fields(RunRow)]
    found = conn.execute(select(*columns).where(run_table.c.run_id.in_(ids)))
    return {row.run_id: RunRow(**row._asdict()) for row in found}


def _pairs(source: Any, ids: Sequence[str]) -> Any:
    return select(source.c.run_uuid, source.c.key, source.c.value).where(source.c.run_uuid.in_(ids))


def _by_run(rows: Iterable[Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for run_id, key, value in rows:
        found.setdefault(run_id, {})[key] = value or ""
    return found


def _find_figures(conn: Connection, ids: Sequence[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    query = _pairs(latest_metrics, ids).add_columns(latest_metrics.c.is_nan)
    for run_id, key, value, is_nan in conn.execute(query):
        found.setdefault(run_id, {})[key] = read_value(value, is_nan=is_nan)
    return found
