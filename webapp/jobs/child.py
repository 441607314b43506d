"""The work of one claimed job, in the process that a worker started for it, until its end is written."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING

from ml.settings import Settings, read_settings
from webapp.clock import now_ms
from webapp.jobs.claims import Claim, fail_job, finish_job, record_stages
from webapp.jobs.parent import kill_own_group
from webapp.jobs.progress import ProgressWriter
from webapp.jobs.queue import Failure, Job, Stage, find_job
from webapp.store.session import Store, open_store

if TYPE_CHECKING:
    from webapp.jobs.work import Outcome, Work

NOT_OURS = 3
NICENESS = 5
"""Training yields to the pages and predictions of the same machine."""


def main(arguments: list[str] | None = None) -> int:
    """Do the work of one claimed job and write its end: 0 when done, 1 when it failed, 3 when it is not ours."""
    given = parse(arguments)
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    os.nice(NICENESS)
    settings = read_settings()
    store = open_store(settings.database_url)
    claim = Claim(given.job, given.owner, given.attempt)
    with store.read() as conn:
        job = find_job(conn, claim.job_id)
    if job is None:
        return NOT_OURS
    work = import_module(given.work).WORK.get(job.kind)
    if work is None:
        return refuse(store, claim, Failure("unknown_kind", job.kind))
    return do_work(store, settings, claim, job, work)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read which claim this process works for."""
    parser = argparse.ArgumentParser(prog="python -m webapp.jobs.work_process", description=__doc__)
    parser.add_argument("--job", required=True)
    parser.add_argument("--owner", required=True)
    parser.add_argument("--attempt", required=True, type=int)
    parser.add_argument("--work", required=True, help="the module whose WORK says what each kind of job does")
    return parser.parse_args(arguments)


def do_work(store: Store, settings: Settings, claim: Claim, job: Job, work: Work) -> int:
    """Run the work and write its end, together with what belongs to it, in one transaction."""

    def write(stages: tuple[Stage, ...]) -> bool:
        return record_stages(store, claim, stages)

    try:
        with ProgressWriter(write, now_ms, kill_own_group) as progress:
            outcome = work(settings, job, progress.report)
        is_ours = write_end(store, claim, outcome)
    except Exception as error:  # noqa: BLE001 - whatever the work raises is the reason why the job failed
        traceback.print_exc()
        return refuse(store, claim, describe(error))
    end_pool()
    return 0 if is_ours else NOT_OURS


def refuse(store: Store, claim: Claim, failure: Failure) -> int:
    """Write why the job failed."""
    return 1 if fail_job(store, claim, failure, now_ms()) else NOT_OURS


def write_end(store: Store, claim: Claim, outcome: Outcome) -> bool:
    """Write the result and what belongs to it; nothing at all if the claim was lost."""
    with store.write() as conn:
        now = now_ms()
        is_ours = finish_job(conn, claim, outcome.result, now)
        if is_ours:
            outcome.record(conn, now)
        return is_ours


def end_pool() -> None:
    """End the processes that joblib keeps for the next call, so that they clean up before the group is killed."""
    pool = sys.modules.get("joblib.externals.loky.reusable_executor")
    executor = getattr(pool, "_executor", None)
    if executor is not None:
        executor.shutdown(wait=True)


def describe(error: Exception) -> Failure:
    """What people are told: errors of the pipeline are written for them, others are named by their kind."""
    text = str(error).strip()
    if type(error).__module__.partition(".")[0] == "ml":
        return Failure("refused", text)
    return Failure("raised", f"{type(error).__name__}: {text.partition(chr(10))[0]}")
