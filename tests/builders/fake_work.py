"""Work for real workers that is quick and leaves in MLflow's tables what a training leaves, in the same order."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from joblib import Parallel, delayed
from sqlalchemy import Connection, insert, update

from ml.results import Progress
from tests.builders.stores import write_run, write_tag
from webapp.jobs.debris import JOB_TAG
from webapp.jobs.work import Outcome, Work
from webapp.store.mlflow_tables import model_versions, registered_model_aliases, registered_models, runs
from webapp.store.session import open_store
from webapp.store.tables import event

if TYPE_CHECKING:
    from ml.results import Report
    from ml.settings import Settings
    from webapp.jobs.queue import Job

MODEL = "fake"
STEPS = ("opened", "fitting", "finished", "registered", "named")
"""What a training comes to, each shown by a file of that name in the data folder."""
HELD = 600.0
"""Seconds: longer than any test waits."""


class RefusedError(Exception):
    """Not one of the pipeline's own errors."""


def echo(settings: Settings, job: Job, report: Report) -> Outcome:
    """Say what was asked, and note it in the transaction that ends the job."""
    report(Progress("fetch", 1, 1))

    def record(conn: Connection, now: int) -> None:
        conn.execute(insert(event).values(at=now, user_name="", action="echoed", subject=job.id, detail=""))

    return Outcome({"said": job.params["say"], "data_dir": str(settings.data_dir)}, record)


def wait(_settings: Settings, job: Job, report: Report) -> Outcome:
    """Take a while."""
    steps = int(float(job.params["seconds"]) / 0.02)
    for step in range(steps):
        report(Progress("evaluate", step, steps))
        time.sleep(0.02)
    return Outcome({})


def stumble(_settings: Settings, _job: Job, _report: Report) -> Outcome:
    """Raise."""
    raise RefusedError("the floor is uneven\nand more that nobody needs")


def vanish(_settings: Settings, _job: Job, _report: Report) -> Outcome:
    """Be killed by somebody else, as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome({})


def burn(seconds: float) -> None:
    """Keep one of joblib's processes busy."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sum(range(1000))


def reach(settings: Settings, job: Job, step: str) -> None:
    """Show by a file that the work has come to a step; a first attempt that is to be killed there stays there."""
    (settings.data_dir / step).touch()
    if is_held(job, step):
        time.sleep(HELD)


def is_held(job: Job, step: str) -> bool:
    return job.params.get("hold") == step and job.attempt == 1


def train(settings: Settings, job: Job, report: Report) -> Outcome:
    """Open a run, fit in joblib's own processes, finish the run, register it, and name it: with pauses between."""
    seconds = float(job.params["seconds"])
    store = open_store(settings.database_url)
    run_id = f"{job.number:016x}{time.time_ns():016x}"
    with store.write() as conn:
        write_run(conn, run_id, name="a-run", status="RUNNING", end_time=None)
        write_tag(conn, run_id, JOB_TAG, job.id)
    reach(settings, job, "opened")
    report(Progress("fit"))
    (settings.data_dir / "fitting").touch()
    fit_for = HELD if is_held(job, "fitting") else seconds
    Parallel(n_jobs=2, backend="loky")(delayed(burn)(fit_for) for _ in range(2))
    report(Progress("register"))
    with store.write() as conn:
        conn.execute(update(runs).where(runs.c.run_uuid == run_id).values(status="FINISHED", end_time=1))
    reach(settings, job, "finished")
    time.sleep(seconds / 10)
    with store.write() as conn:
        version = register(conn, run_id)
    reach(settings, job, "registered")
    time.sleep(seconds / 10)
    with store.write() as conn:
        row = {"workspace": "default", "name": MODEL, "alias": f"v{version}", "version": version}
        conn.execute(insert(registered_model_aliases).values(row))
    reach(settings, job, "named")
    time.sleep(seconds / 10)
    return Outcome({"run_id": run_id, "version": version})


def register(conn: Connection, run_id: str) -> int:
    """Add a model version as MLflow does."""
    key = {"workspace": "default", "name": MODEL}
    if not conn.execute(registered_models.select().where(registered_models.c.name == MODEL)).first():
        conn.execute(insert(registered_models).values(key))
    version = len(conn.execute(model_versions.select()).all()) + 1
    conn.execute(insert(model_versions).values(key | {"version": version, "run_id": run_id}))
    return version


WORK: Mapping[str, Work] = {"echo": echo, "wait": wait, "stumble": stumble, "vanish": vanish, "train": train}
