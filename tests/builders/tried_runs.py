"""Many runs that others logged, written by a few statements: settings tried, seeds repeated, no metric with company."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from webapp.store import mlflow_tables as mlflow

FAMILIES = ("svc", "extra_trees")
SEEDS = 3


def name_run(number: int) -> str:
    """The id of a run: no two begin alike."""
    return f"{number:08x}".ljust(32, "0")


def write_tried_runs(conn: Connection, count: int) -> list[str]:
    """Write runs of two families, in turn, with ten params, eight metrics and eight tags each; return their ids.

    C is 1, 10, 100 or 1000, and a run's accuracy rises with it.
    """
    ids = [name_run(number) for number in range(count)]
    runs, params, tags, metrics = [], [], [], []
    for number, run_id in enumerate(ids):
        family, step = FAMILIES[number % 2], number // 2 % 4
        runs.append(
            {
                "run_uuid": run_id, "name": f"{family}-{number}", "experiment_id": 0, "user_id": "",
                "status": "FINISHED", "lifecycle_stage": "active", "start_time": number, "end_time": number + 1000,
                "artifact_uri": "/nowhere",
            }
        )  # fmt: skip
        settings = {"C": 10**step, "seed": number % SEEDS, "folds": 5, "depth": step % 2}
        settings |= {f"same_{place}": "yes" for place in range(6)}
        params += [{"run_uuid": run_id, "key": key, "value": str(value)} for key, value in settings.items()]
        marks = {"proctor.family": family, "team": "one"} | {f"mark_{place}": str(number) for place in range(6)}
        tags += [{"run_uuid": run_id, "key": key, "value": value} for key, value in marks.items()]
        worth = 0.4 + step / 20 + number / 1e5
        figures = {"accuracy": worth, "log_loss": 2 - worth} | {f"theirs_{place}": place + worth for place in range(6)}
        metrics += [
            {"run_uuid": run_id, "key": key, "value": value, "step": 0, "timestamp": 0, "is_nan": False}
            for key, value in figures.items()
        ]
    for table, rows in ((mlflow.runs, runs), (mlflow.params, params), (mlflow.tags, tags)):
        conn.execute(insert(table), rows)
    conn.execute(insert(mlflow.latest_metrics), metrics)
    return ids
