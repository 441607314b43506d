"""Metric histories as MLflow writes them: every value in one table, the last one in another."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, isnan

from sqlalchemy import Connection, delete, insert

from webapp.store import mlflow_tables as mlflow

BEGIN = 1_790_000_000_000
Logged = tuple[int, int, float]
"""A step, a time and a value."""


def write_history(conn: Connection, run_id: str, key: str, values: Sequence[float | Logged]) -> None:
    """Write values with their steps and times, or bare ones at steps 0, 1, … a second apart."""
    logged = [
        value if isinstance(value, tuple) else (step, BEGIN + step * 1000, value) for step, value in enumerate(values)
    ]
    rows = [_to_row(run_id, key, *item) for item in logged]
    conn.execute(insert(mlflow.metrics), rows)
    latest = mlflow.latest_metrics
    conn.execute(delete(latest).where(latest.c.run_uuid == run_id, latest.c.key == key))
    conn.execute(insert(latest), [max(rows, key=lambda row: (row["step"], row["timestamp"]))])


def _to_row(run_id: str, key: str, step: int, time: int, value: float) -> dict[str, object]:
    kept = 0.0 if isnan(value) else mlflow.LARGEST_FLOAT * (1 if value > 0 else -1) if isinf(value) else value
    return {"run_uuid": run_id, "key": key, "step": step, "timestamp": time, "value": kept, "is_nan": isnan(value)}
