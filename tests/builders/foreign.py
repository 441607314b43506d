"""A store that strangers filled: what MLflow ≥ 2.9 and the frameworks that log to it leave, and what they leave wrong.

Written by SQL into any of MLflow's schema revisions since 2.9, in the columns that all of them have.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import md5

from sqlalchemy import Connection, TableClause, column, insert, inspect, table, text

from webapp.store import mlflow_tables as mlflow
from webapp.store.mlflow_tables import LARGEST_FLOAT

REVISION = "acf3f17fdcc7"  # the head of MLflow 2.9.2
STEPS = 10_000
START = 1_700_000_000_000
MODEL = "student_performance"
EXPERIMENTS = {
    0: "Default",
    1: "vision / täglich 🌱",
    2: "<script>alert('experiment')</script>",
    3: "gone",
}
GONE = 3


@dataclass(frozen=True)
class ForeignRun:
    """A run that others logged; `metrics` are histories of (step, value)."""

    name: str | None
    experiment_id: int = 1
    metrics: Mapping[str, Iterable[tuple[int, float]]] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, object] = field(default_factory=dict)
    parent: str = ""

    @property
    def run_id(self) -> str:
        return make_run_id(self.name)

    @property
    def is_deleted(self) -> bool:
        return self.columns.get("lifecycle_stage") == "deleted"


def make_run_id(name: str | None) -> str:
    return md5(str(name).encode(), usedforsecurity=False).hexdigest()


def _log_model_history(flavor: str) -> str:
    """What `log_model` leaves on a run: some thousand characters of JSON."""
    signature = {"inputs": json.dumps([{"type": "double", "name": f"column {n}"} for n in range(40)]), "outputs": None}
    return json.dumps([{"artifact_path": "model", "flavors": {flavor: {"data": "model"}}, "signature": signature}])


_DELETED = {"lifecycle_stage": "deleted", "deleted_time": START + 9}
_ODD_KEYS = {
    "val/acc/top 5": "slashes and a space",
    "a.dotted.key": "dots",
    'it\'s "quoted" `so`': "quotes",
    "ключ": "Cyrillic",
    "<b>bold</b>": "<i>markup</i>",
    "%(name)s {{ 7 * 7 }}": "%(value)s {{ 7 * 7 }}",
    "k" * 250: "a key as long as they come",
}

RUNS = (
    ForeignRun("sweep", 2, {"score": [(0, 0.5)]}, {"trials": "3"}),
    ForeignRun("trial 1", 2, {"score": [(0, 0.25)]}, {"lr": "0.1"}, parent="sweep"),
    ForeignRun("trial 2", 2, {"score": [(0, 0.75)]}, {"lr": "1e-05"}, parent="sweep"),
    ForeignRun("trial 2, refined", 2, {"score": [(0, 0.8)]}, {"lr": "2e-05"}, parent="trial 2"),
    ForeignRun("orphan of a run that is gone", 2, parent="nobody knows"),
    ForeignRun(
        "ten thousand steps",
        1,
        {
            "train/loss": [(step, 1 / (step + 1)) for step in range(STEPS)],
            "val/loss": [(step, math.sin(step / 500)) for step in range(0, STEPS, 10)],
        },
    ),
    ForeignRun(
        "not a number",
        1,
        {
            "accuracy": [(0, math.nan)],
            "ends in nan": [(0, 0.5), (1, math.nan)],
            "diverged": [(0, 1.0), (1, math.inf)],
            "log likelihood": [(0, -math.inf)],
            "huge": [(0, 1e300)],
            "tiny": [(0, -5e-324)],
            "negative step": [(-1, 0.125)],
        },
    ),
    ForeignRun("long values", 1, params={"500": "five hundred " * 38 + "tails!", "6000": "x" * 6_000, "empty": ""}),
    ForeignRun("odd keys", 1, {key: [(0, 1.0)] for key in _ODD_KEYS}, _ODD_KEYS, _ODD_KEYS),
    ForeignRun("🚀🧪 emoji 👩‍👩‍👧‍👦", 1, tags={"mlflow.note.content": "# 📈 notes\n\n<script>alert('note')</script>"}),
    ForeignRun("مرحبا بالعالم \u202etxt.exe", 1, tags={"اللغة": "العربية"}),
    ForeignRun("<script>alert('run')</script>", 2, tags={"html": "</td></table><img src=x onerror=alert(1)>"}),
    ForeignRun("n" * 250, 1),
    ForeignRun("  \t ", 1),
    ForeignRun(None, 0, columns={"user_id": None, "start_time": None, "end_time": None, "artifact_uri": None}),
    ForeignRun("", 0, tags={"mlflow.runName": "named by a tag", "mlflow.user": "grace"}),
    ForeignRun("no artifacts", 0, columns={"artifact_uri": ""}),
    ForeignRun("far away", 0, columns={"artifact_uri": "s3://bucket/0/far/artifacts", "end_time": START - 5_000}),
    ForeignRun("before 1970, after 9999", 0, columns={"start_time": -1, "end_time": 253_402_300_800_000}),
    ForeignRun("started in microseconds", 0, columns={"start_time": START * 1000, "end_time": START * 1000 + 10**9}),
    ForeignRun(
        "scores beyond belief",
        0,
        {"accuracy": [(0, 1e300)], "f1_macro": [(0, -5.0)], "qwk": [(0, 1e17)], "log_loss": [(0, -1e308)]},
    ),
    ForeignRun("company beyond belief", 0, {"accuracy": [(0, -1e300)], "prior_accuracy": [(0, 7.0)]}),
    ForeignRun("scheduled", 0, columns={"status": "SCHEDULED", "end_time": None}),
    ForeignRun("running", 0, columns={"status": "RUNNING", "end_time": None}),
    ForeignRun("killed", 0, columns={"status": "KILLED"}),
    ForeignRun("failed", 0, columns={"status": "FAILED", "source_type": "PROJECT", "source_name": "git@x:y.git"}),
    ForeignRun("deleted", 1, {"accuracy": [(0, 0.99)]}, columns=_DELETED),
    ForeignRun("of a deleted experiment", GONE, {"accuracy": [(0, 0.98)]}, columns=_DELETED),
    ForeignRun(
        "Keras",
        1,
        {"loss": [(epoch, 2.5 / (epoch + 1)) for epoch in range(20)], "accuracy": [(19, 0.91)]},
        {"epochs": "20", "opt_name": "Adam", "opt_learning_rate": "0.001", "batch_size": "None"},
        {"mlflow.autologging": "tensorflow", "mlflow.log-model.history": _log_model_history("tensorflow")},
    ),
    ForeignRun(
        "Lightning",
        1,
        {"train_loss_step": [(step, 1.0 - step / 100) for step in range(0, 100, 10)], "val_acc": [(99, 0.875)]},
        {"optimizer_name": "AdamW", "lr": "0.0003", "precision": "16-mixed"},
        {"Mode": "training", "mlflow.log-model.history": _log_model_history("pytorch")},
    ),
    ForeignRun(
        "XGBoost",
        0,
        {"validation-logloss": [(step, 0.7 - step / 500) for step in range(100)], "stopped_iteration": [(0, 99)]},
        {"objective": "multi:softprob", "custom_metric": "None", "maximize": "None", "early_stopping_rounds": "10"},
        {
            "estimator_name": "XGBClassifier",
            "mlflow.source.git.commit": "c" * 40,
            "mlflow.log-model.history": _log_model_history("xgboost"),
        },
    ),
)
ACTIVE = tuple(run for run in RUNS if not run.is_deleted)
DELETED = tuple(run for run in RUNS if run.is_deleted)


def write_foreign_store(conn: Connection) -> None:
    """Fill a store that has MLflow's schema and no row."""
    _write_experiments(conn)
    for run in RUNS:
        write_foreign_run(conn, run)
    _write_dataset(conn)
    _write_models(conn)


def write_foreign_run(conn: Connection, run: ForeignRun) -> None:
    """Write one run of an experiment that is there."""
    row = {
        "run_uuid": run.run_id,
        "name": run.name,
        "experiment_id": run.experiment_id,
        "user_id": "stranger",
        "status": "FINISHED",
        "lifecycle_stage": "active",
        "source_type": "LOCAL",
        "start_time": START,
        "end_time": START + 61_000,
        "artifact_uri": f"/home/stranger/mlruns/{run.experiment_id}/{run.run_id}/artifacts",
    }
    conn.execute(insert(mlflow.runs).values(row | dict(run.columns)))
    tags = dict(run.tags) | ({"mlflow.parentRunId": make_run_id(run.parent)} if run.parent else {})
    tags |= {"mlflow.runName": run.name} if run.name else {}
    for source, values in ((mlflow.params, run.params), (mlflow.tags, tags)):
        _write(conn, source, [{"run_uuid": run.run_id, "key": key, "value": value} for key, value in values.items()])
    points = [to_point(key, step, value) for key, history in run.metrics.items() for step, value in history]
    _write(conn, mlflow.metrics, [point | {"run_uuid": run.run_id} for point in points])
    latest = {point["key"]: point for point in points}
    _write(conn, mlflow.latest_metrics, [point | {"run_uuid": run.run_id} for point in latest.values()])


def to_point(key: str, step: int, value: float) -> dict[str, object]:
    """A point of a curve as MLflow writes it: NaN by its flag, an infinity as the largest float of its sign."""
    is_nan = math.isnan(value)
    stored = 0.0 if is_nan else max(-LARGEST_FLOAT, min(LARGEST_FLOAT, value))
    return {"key": key, "value": stored, "timestamp": START + step, "step": step, "is_nan": is_nan}


def read_mlflow_tables(conn: Connection) -> dict[str, list[str]]:
    """Read every row of every table that is not ours, in an order of its own, so that two moments can be compared."""
    names = [name for name in inspect(conn).get_table_names() if "proctor" not in name]
    return {name: sorted(repr(tuple(row)) for row in conn.execute(text(f'SELECT * FROM "{name}"'))) for name in names}  # noqa: S608


def _write(conn: Connection, into: TableClause, rows: list[dict[str, object]]) -> None:
    if rows:
        conn.execute(insert(into), rows)


def _write_experiments(conn: Connection) -> None:
    rows = [
        {
            "experiment_id": number,
            "name": name,
            "artifact_location": f"/home/stranger/mlruns/{number}",
            "lifecycle_stage": "deleted" if number == GONE else "active",
            "creation_time": START,
            "last_update_time": START,
        }
        for number, name in EXPERIMENTS.items()
    ]
    _write(conn, mlflow.experiments, rows)
    note = {"experiment_id": 1, "key": "mlflow.note.content", "value": "<script>alert('note')</script>"}
    _write(conn, mlflow.experiment_tags, [note])


def _write_dataset(conn: Connection) -> None:
    data = {"dataset_uuid": "d" * 32, "experiment_id": 0, "name": "iris 🌸", "digest": "a1b2c3d4"}
    source = {"dataset_source_type": "local", "dataset_source": '{"uri": "/data/iris.csv"}'}
    link = {"input_uuid": "e" * 32, "source_type": "DATASET", "source_id": "d" * 32, "destination_type": "RUN"}
    tag = {"input_uuid": "e" * 32, "name": "mlflow.data.context", "value": "training"}
    for name, row in (
        ("datasets", data | source),
        ("inputs", link | {"destination_id": make_run_id("XGBoost")}),
        ("input_tags", tag),
    ):
        _write(conn, table(name, *map(column, row)), [row])


def _write_models(conn: Connection) -> None:
    """Write two registered models; one has the name of ours and an alias of ours, and nothing of what we tag."""
    for name, run in (("forêt <b>🌲</b>", "Keras"), (MODEL, "XGBoost")):
        _write(conn, mlflow.registered_models, [{"name": name, "creation_time": START, "last_updated_time": START}])
        stages = ("Archived", "Staging", "Production")
        versions: list[dict[str, object]] = [
            {
                "name": name,
                "version": version,
                "creation_time": START,
                "current_stage": stage,
                "source": f"/home/stranger/mlruns/1/{make_run_id(run)}/artifacts/model",
                "run_id": make_run_id(run if version > 1 else "a run that is gone"),
                "status": "READY",
            }
            for version, stage in enumerate(stages, 1)
        ]
        _write(conn, mlflow.model_versions, versions)
        tag: dict[str, object] = {"name": name, "version": 2, "key": "<i>tag</i>", "value": "مرحبا"}
        _write(conn, mlflow.model_version_tags, [tag])
        _write(conn, mlflow.registered_model_aliases, [{"name": name, "alias": "champion", "version": 3}])
