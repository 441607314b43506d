"""A random walk through what MLflow's own store can do to runs, and what raw SQL can do to its tables.

Import it within a test: it loads MLflow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from mlflow.entities import Metric, Param, RunStatus, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import text

from tests.builders.stores import write_run
from webapp.store.session import Store

METRIC_KEYS = ("accuracy", "accuracy_low", "f1_macro", "qwk", "log_loss", "loss/train", "a b.c")
TAG_KEYS = ("mlflow.runName", "mlflow.user", "proctor.family", "proctor.dataset", "proctor.origin", "team", "نوع")
PARAM_KEYS = ("family", "lr", "a/b c")
TEXTS = ("", "one", "two", "stand_in", "🌱 täglich", "<b>x</b>", "x" * 300, "y" * 4_000)
NUMBERS = (0.0, -0.0, 0.25, 1.0, -3.5, 1e300, 5e-324, math.nan, math.inf, -math.inf)

# By SQL alone, as people do with sqlite3 or psql at hand; :run is a run of the walk, :other a new id.
STATEMENTS = (
    "UPDATE runs SET name = 'by hand' WHERE run_uuid = :run",
    "UPDATE runs SET name = NULL, user_id = 'hand', end_time = NULL",
    "UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = 1 WHERE run_uuid < :run",
    "UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL WHERE run_uuid > :run",
    "UPDATE runs SET experiment_id = 0 WHERE run_uuid = :run",
    "UPDATE latest_metrics SET value = -value WHERE run_uuid = :run",
    "UPDATE latest_metrics SET is_nan = NOT is_nan WHERE key = 'accuracy'",
    "DELETE FROM latest_metrics WHERE run_uuid = :run",
    "DELETE FROM tags WHERE key = 'proctor.family'",
    "DELETE FROM params WHERE run_uuid = :run",
    "UPDATE params SET value = 'by hand' WHERE key = 'family'",
    "DELETE FROM tags WHERE run_uuid = :run",
    "INSERT INTO tags (run_uuid, key, value) SELECT run_uuid, 'hand ' || :run, NULL FROM runs",
)


@dataclass
class Walk:
    """One seeded walk; `steps` tells what was done. What MLflow refuses, as to log to a deleted run, is no step."""

    mlflow: SqlAlchemyStore
    store: Store
    folder: str
    random: Random
    steps: list[str] = field(default_factory=list)

    def go(self, count: int) -> None:
        """Take `count` steps."""
        for _ in range(count):
            self.step(self.random.choice(STEPS))

    def step(self, take: Callable[[Walk], None]) -> None:
        try:
            take(self)
        except MlflowException as error:
            self.steps.append(f"{take.__name__} refused: {error.message[:60]}")
        else:
            self.steps.append(take.__name__)

    def pick(self, *options: str) -> str:
        return self.random.choice(options)

    def run(self) -> str:
        """Choose a run, more often one that is active than not."""
        with self.store.read() as conn:
            query = text("SELECT run_uuid, lifecycle_stage FROM runs ORDER BY lifecycle_stage, run_uuid")
            found = conn.execute(query).all()
        active = [row for row in found if row.lifecycle_stage == "active"]
        among = active if active and self.random.random() < 0.8 else found
        return str(self.random.choice(among).run_uuid) if among else self.new_id()

    def experiment(self, view: ViewType = ViewType.ALL) -> str:
        found = self.mlflow.search_experiments(view)
        return str(self.random.choice(found).experiment_id) if found else "0"

    def new_id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def metrics(self, count: int) -> list[Metric]:
        draw = self.random
        return [
            Metric(draw.choice(METRIC_KEYS), draw.choice(NUMBERS), draw.randrange(3), draw.randrange(-1, 4))
            for _ in range(count)
        ]

    def tag(self) -> RunTag:
        return RunTag(self.pick(*TAG_KEYS), self.pick(*TEXTS))


def create_run(walk: Walk) -> None:
    tags = [walk.tag()] if walk.random.random() < 0.5 else []
    name = walk.pick("", "first", "second", "🚀")
    walk.mlflow.create_run(
        walk.experiment(ViewType.ACTIVE_ONLY), walk.pick("", "ada"), walk.random.randrange(9), tags, name
    )


def rename_run(walk: Walk) -> None:
    walk.mlflow.update_run_info(walk.run(), None, None, walk.pick("renamed", "مرحبا"))


def end_run(walk: Walk) -> None:
    status = walk.random.choice(RunStatus.all_status())
    walk.mlflow.update_run_info(walk.run(), status, walk.random.randrange(20), None)


def delete_run(walk: Walk) -> None:
    walk.mlflow.delete_run(walk.run())


def restore_run(walk: Walk) -> None:
    walk.mlflow.restore_run(walk.run())


def remove_run(walk: Walk) -> None:
    """As `mlflow gc` does."""
    gone = walk.mlflow._get_deleted_runs()  # noqa: SLF001 - what `mlflow gc` calls
    if gone:
        walk.mlflow._hard_delete_run(walk.random.choice(gone))  # noqa: SLF001


def log_batch(walk: Walk) -> None:
    params = [Param(walk.pick(*PARAM_KEYS), walk.pick(*TEXTS))]
    walk.mlflow.log_batch(walk.run(), walk.metrics(walk.random.randrange(6)), params, [walk.tag()])


def log_metric(walk: Walk) -> None:
    walk.mlflow.log_metric(walk.run(), walk.metrics(1)[0])


def log_param(walk: Walk) -> None:
    walk.mlflow.log_param(walk.run(), Param(walk.pick(*PARAM_KEYS), walk.pick(*TEXTS)))


def set_tag(walk: Walk) -> None:
    walk.mlflow.set_tag(walk.run(), walk.tag())


def delete_tag(walk: Walk) -> None:
    walk.mlflow.delete_tag(walk.run(), walk.pick(*TAG_KEYS))


def create_experiment(walk: Walk) -> None:
    walk.mlflow.create_experiment(walk.new_id(), walk.folder)


def delete_experiment(walk: Walk) -> None:
    walk.mlflow.delete_experiment(walk.experiment(ViewType.ACTIVE_ONLY))


def restore_experiment(walk: Walk) -> None:
    for found in walk.mlflow.search_experiments(ViewType.DELETED_ONLY):
        walk.mlflow.restore_experiment(found.experiment_id)


def remove_experiment(walk: Walk) -> None:
    """As `mlflow gc` does: with all its runs."""
    deleted = [found for found in walk.mlflow.search_experiments(ViewType.DELETED_ONLY) if found.experiment_id != "0"]
    if deleted:
        walk.mlflow._hard_delete_experiment(walk.random.choice(deleted).experiment_id)  # noqa: SLF001


def run_sql(walk: Walk) -> None:
    statement, run_id = walk.pick(*STATEMENTS), walk.run()
    with walk.store.write() as conn:
        conn.execute(text(statement).bindparams(**({"run": run_id} if ":run" in statement else {})))


def insert_by_sql(walk: Walk) -> None:
    with walk.store.write() as conn:
        write_run(conn, walk.new_id(), name=walk.pick("by hand", ""))


STEPS: tuple[Callable[[Walk], None], ...] = (
    *(create_run,) * 6,
    *(log_batch,) * 6,
    *(create_experiment, restore_experiment, restore_run, delete_run) * 2,
    *(set_tag, rename_run, end_run, run_sql) * 2,
    remove_run,
    log_metric,
    log_param,
    delete_tag,
    delete_experiment,
    remove_experiment,
    run_sql,
    insert_by_sql,
)
