"""As many runs as a busy team has after years, written into MLflow's tables by bulk SQL alone.

    with store.write() as conn:
        write_many_runs(conn, 100_000)

or `write_many_runs(store, 100_000)`. The same seed gives the same runs, another seed other ones beside them. As a
program it fills the store that `alembic upgrade head` made: python -m tests.builders.many_runs URL COUNT
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from webapp.store import mlflow_tables as mlflow
from webapp.store.mlflow_tables import LARGEST_FLOAT
from webapp.store.projection import rebuild_rows
from webapp.store.session import Store, open_store
from webapp.store.triggers import install_triggers, remove_triggers

EXPERIMENTS = ("Default", "credit", "churn", "grades", "wine")
FAMILIES = ("rf", "xgb", "lgbm", "logreg", "svm", "knn", "mlp", "bayes")
TEAMS = 100
USERS = 40
NEWEST = 1_790_000_000_000
"""When the newest run of all began, in epoch milliseconds: 21 September 2026."""
BETWEEN_RUNS = 300_000
"""Milliseconds from one start to the next."""
SHARE_DELETED = 0.02
SHARE_WITHOUT_QWK = 0.1
SHARE_NAN = 0.01
SHARE_INFINITE = 0.002

_STATUSES = ("FINISHED", "FAILED", "KILLED", "RUNNING", "SCHEDULED")
_STATUS_SHARES = (0.9, 0.06, 0.02, 0.015, 0.005)
_RATES = ("0.3", "0.1", "0.03", "0.01", "0.001", "1e-04")
_WORDS = ("amber", "brisk", "calm", "dusky", "early", "faint", "grand", "hollow", "ivory", "jolly", "keen", "lucid")
_NOUNS = ("Forest", "river", "stone", "heron", "señal", "été", "лес", "光", "نهر", "🌲")
_SQLITE_CACHE_KB = 256_000

Values = Sequence[Any]


@dataclass(frozen=True)
class _Last:
    """A metric's last values over all runs, which of them are NaN, and which runs have it at all; numpy arrays."""

    values: Any
    is_nan: Any
    is_there: Any


def write_many_runs(place: Store | Connection, count: int, *, seed: int = 0, steps: int = 1) -> list[str]:
    """Write runs of 10 params, 8 metrics and 8 tags each, show them in the projection, and return ids, newest first.

    Some of the runs are deleted, and one in ten began in the same millisecond as another; some have no `qwk`, and some
    a `log_loss` that is NaN or infinite. Every metric has a history of `steps` values.

    Our triggers are away while the rows come in, because they would note every run eight times over.
    """
    if isinstance(place, Store):
        with place.write() as conn:
            return write_many_runs(conn, count, seed=seed, steps=steps)
    remove_triggers(place)
    run_ids = _write_rows(place, count, np.random.default_rng(seed), steps)
    install_triggers(place)
    rebuild_rows(place)
    return run_ids


def _write_rows(conn: Connection, count: int, rng: np.random.Generator, steps: int) -> list[str]:
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(f"PRAGMA cache_size = -{_SQLITE_CACHE_KB}")
    # As MLflow would have left them: random ids, run after run, each with all that is its own.
    run_ids = [rng.bytes(16).hex() for _number in range(count)]
    age = np.arange(count)[::-1]
    names = [f"{_WORDS[i % 12]}-{_NOUNS[i % 10]}-{i}" for i in (count - 1 - age).tolist()]
    started = NEWEST - age // 20 * 20 * BETWEEN_RUNS - np.maximum(age % 20 - 1, 0) * BETWEEN_RUNS
    family = rng.integers(len(FAMILIES), size=count)
    users = [f"user{i:02}" for i in rng.integers(USERS, size=count).tolist()]
    _write_runs(conn, rng, run_ids, names, started, users)
    _write_texts(conn, "params", run_ids, _make_params(rng, family))
    _write_texts(conn, "tags", run_ids, _make_tags(rng, names, users))
    _write_metrics(conn, run_ids, _make_metrics(rng, family), started, steps)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA cache_size = -2000")
    return run_ids[::-1]


def _write_runs(
    conn: Connection, rng: np.random.Generator, run_ids: list[str], names: Values, started: Any, users: Values
) -> None:
    count = len(run_ids)
    experiments = [int(number) for number in np.array(_find_experiments(conn))[rng.integers(5, size=count)]]
    statuses = rng.choice(_STATUSES, size=count, p=_STATUS_SHARES).tolist()
    ended = (started + 500 + rng.gamma(1.5, 120_000, size=count).astype(np.int64)).tolist()
    is_deleted = (rng.random(count) < SHARE_DELETED).tolist()
    rows = (
        (
            run_ids[i], names[i], "LOCAL", "train.py", "", users[i], statuses[i], began,
            None if statuses[i] in {"RUNNING", "SCHEDULED"} else ended[i],
            ended[i] if is_deleted[i] else None, "", "deleted" if is_deleted[i] else "active",
            f"/nowhere/{experiments[i]}/{run_ids[i]}/artifacts", experiments[i],
        )
        for i, began in enumerate(started.tolist())
    )  # fmt: skip
    _load(conn, "runs", [column.name for column in mlflow.runs.columns], rows)


def _find_experiments(conn: Connection) -> list[int]:
    """Find the experiments that the runs are of, and write those that are missing; the first has MLflow's id for it."""
    table = mlflow.experiments
    found: dict[str, int] = {name: i for i, name in conn.execute(select(table.c.experiment_id, table.c.name))}
    for name in EXPERIMENTS:
        if name not in found:
            row: dict[str, Any] = {"name": name, "lifecycle_stage": "active", "artifact_location": f"/nowhere/{name}"}
            row |= {"creation_time": NEWEST, "last_update_time": NEWEST}
            conn.execute(insert(table).values(row | ({"experiment_id": 0} if name == "Default" else {})))
    query = select(table.c.experiment_id).where(table.c.name.in_(EXPERIMENTS)).order_by(table.c.experiment_id)
    return list(conn.execute(query).scalars())


def _make_params(rng: np.random.Generator, family: Any) -> dict[str, Values]:
    count = len(family)
    return {
        "family": [FAMILIES[i] for i in family.tolist()],
        "seed": _words(rng.integers(10, size=count)),
        "depth": _words(rng.integers(1, 33, size=count)),
        "n_estimators": _words(rng.integers(1, 41, size=count) * 25),
        "lr": rng.choice(_RATES, size=count).tolist(),
        "penalty": [f"{value:.6g}" for value in (10 ** rng.uniform(-4, 3, size=count)).tolist()],
        "criterion": rng.choice(("gini", "entropy", "log_loss"), size=count).tolist(),
        "is_balanced": rng.choice(("True", "False"), size=count).tolist(),
        "columns": [f"[{', '.join(f'c{i}' for i in range(n))}]" for n in rng.integers(3, 40, size=count).tolist()],
        "dataset": rng.choice(("march.csv", "april.csv", "may, cleaned.csv"), size=count).tolist(),
    }


def _make_tags(rng: np.random.Generator, names: Values, users: Values) -> dict[str, Values]:
    count = len(names)
    return {
        "team": _words(rng.integers(TEAMS, size=count)),
        "stage": rng.choice(("try", "sweep", "final"), size=count).tolist(),
        "note": [f"try {i} of the sweep" for i in rng.integers(50, size=count).tolist()],
        "mlflow.user": users,
        "mlflow.runName": names,
        "mlflow.source.name": rng.choice(("train.py", "sweep.py", "notebook.ipynb"), size=count).tolist(),
        "mlflow.source.type": ["LOCAL"] * count,
        "mlflow.source.git.commit": [f"{i:040x}" for i in rng.integers(1, 400, size=count).tolist()],
    }


def _make_metrics(rng: np.random.Generator, family: Any) -> dict[str, _Last]:
    count = len(family)
    everywhere, nowhere = np.ones(count, bool), np.zeros(count, bool)
    accuracy = np.clip(rng.normal(0.55 + 0.02 * family, 0.1), 0.02, 0.995)
    half_width = rng.uniform(0.01, 0.06, size=count)
    log_loss, is_nan = np.clip(rng.normal(1.9 - 1.5 * accuracy, 0.15), 0.01, None), rng.random(count) < SHARE_NAN
    log_loss[rng.random(count) < SHARE_INFINITE] = LARGEST_FLOAT  # as MLflow keeps an infinity
    log_loss[is_nan] = 0.0
    certain = {
        "accuracy": accuracy,
        "accuracy_low": accuracy - half_width,
        "accuracy_high": np.minimum(accuracy + half_width, 1.0),
        "prior_accuracy": np.full(count, 0.31),
        "single_column_accuracy": rng.normal(0.5, 0.01, size=count),
        "f1_macro": np.clip(accuracy - rng.gamma(2, 0.02, size=count), 0.0, 1.0),
    }
    return {key: _Last(values, nowhere, everywhere) for key, values in certain.items()} | {
        "qwk": _Last(np.clip(1.2 * accuracy - 0.2, -1.0, 1.0), nowhere, rng.random(count) >= SHARE_WITHOUT_QWK),
        "log_loss": _Last(log_loss, is_nan, everywhere),
    }


def _write_texts(conn: Connection, table: str, run_ids: list[str], texts: dict[str, Values]) -> None:
    each_run = zip(run_ids, *texts.values(), strict=True)
    rows = (row for run_id, *held in each_run for row in zip(texts, held, repeat(run_id), strict=False))
    _load(conn, table, ["key", "value", "run_uuid"], rows)


def _write_metrics(conn: Connection, run_ids: list[str], lasts: dict[str, _Last], started: Any, steps: int) -> None:
    """Write the last values, and before them a way that leads there."""
    columns = [column.name for column in mlflow.metrics.columns]
    ways = {key: list(_make_ways(key, run_ids, last, started, steps)) for key, last in lasts.items()}
    _load(conn, "metrics", columns, (row for way in zip(*ways.values(), strict=True) for rows in way for row in rows))
    _load(
        conn, "latest_metrics", columns, (rows[-1] for way in zip(*ways.values(), strict=True) for rows in way if rows)
    )


def _make_ways(key: str, run_ids: list[str], last: _Last, started: Any, steps: int) -> Iterator[list[Values]]:
    """Yield for each run the rows of a metric's history, none where the run does not have it."""
    finite = np.where(np.abs(last.values) < LARGEST_FLOAT, last.values, 1.0)
    reached = [(finite * (step + 1) / steps).tolist() for step in range(steps - 1)] + [last.values.tolist()]
    each_run = zip(run_ids, started.tolist(), last.is_nan.tolist(), last.is_there.tolist(), *reached, strict=True)
    for run_id, began, is_nan, is_there, *values in each_run:
        yield [
            (key, value, began + 1_000 * (step + 1), step, is_nan, run_id)
            for step, value in enumerate(values)
            if is_there
        ]


def _load(conn: Connection, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows by the fastest way that the database has."""
    cursor: Any = conn.connection.cursor()
    names = ", ".join(columns)
    if conn.dialect.name == "sqlite":
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)  # noqa: S608
        return
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _words(numbers: Any) -> list[str]:
    return [str(number) for number in numbers.tolist()]


def main() -> None:
    """Fill a migrated store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=1)
    asked = parser.parse_args()
    store = open_store(asked.url)
    write_many_runs(store, asked.count, seed=asked.seed, steps=asked.steps)
    store.close()


if __name__ == "__main__":
    main()
