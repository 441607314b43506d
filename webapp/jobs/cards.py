"""A job as people see it, wherever it stands on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import Connection

from ml.charts.axes import isolate
from webapp.jobs.expectations import TRAININGS, expect_duration
from webapp.jobs.queue import Failure, Job, list_unfinished_jobs
from webapp.jobs.states import State
from webapp.runs.edit.queries import DELETION
from webapp.runs.edit.sentences import say_deletion, say_removed
from webapp.runs.sentences import describe_family, say_no_graph

PLANS = {
    "prepare": ("fetch", "clean", "explore"),
    "audit": ("audit",),
    "predict_file": ("predict",),
    "train": ("fetch", "clean", "fit", "evaluate", "examine", "export", "report", "log", "register"),
    "reproduce": ("fetch", "clean", "fit", "evaluate", "examine", "compare", "export", "report", "log"),
    "compare": ("fetch", "clean", "weigh"),
    "artifacts": ("look_up", "download"),
    "delete_runs": ("remove",),
}
"""The stages that a job goes through, as far as they can be told beforehand."""
SUBJECTS = {"audit": "about", "predict_file": "about", "artifacts": "run_name", "delete_runs": "count"}
"""The parameter that a job's title names, where that is not the family."""


@dataclass(frozen=True)
class StageLine:
    """One stage of a job. `spent` is in milliseconds; of a stage to come it is None."""

    name: str
    state: Literal["over", "now", "to_come"]
    done: int
    total: int
    spent: int | None


@dataclass(frozen=True)
class JobCard:
    """A job with its stages; times in milliseconds. `expected` is None where nothing like it was done before."""

    id: str
    number: int
    title: str
    state: State
    state_word: str
    icon: str
    stages: tuple[StageLine, ...]
    created_by: str
    created_at: int
    spent: int | None
    expected: int | None
    attempt: int
    failure: str
    run_id: str | None
    run_name: str
    has_comparison: bool
    refusal: str
    no_graph: str
    audit_id: str | None
    has_answers: bool
    outcome: str
    outcome_icon: str
    can_cancel: bool
    is_finished: bool


def make_card(conn: Connection, job: Job, now: int, *, is_admin: bool) -> JobCard:
    """Put a job into words and lengths of time."""
    word, icon = describe_state(job)
    result = job.result or {}
    return JobCard(
        id=job.id,
        number=job.number,
        title=describe_kind(job.kind, job.params.get(SUBJECTS.get(job.kind, "family"))),
        state=job.state,
        state_word=word,
        icon=icon,
        stages=() if job.state is State.QUEUED else list_stages(job, now),
        created_by=job.created_by,
        created_at=job.created_at,
        spent=None if job.started_at is None else max(0, (job.finished_at or now) - job.started_at),
        expected=None if job.is_finished else expect_duration(conn, job),
        attempt=job.attempt,
        failure=describe_failure(job.failure) if job.failure else "",
        run_id=result.get("run_id"),
        run_name=result.get("run_name") or "",
        has_comparison="comparison" in result,
        refusal=result.get("refusal") or "",
        no_graph=say_no_graph(result.get("no_graph") or ""),
        audit_id=job.id if "audit" in result else None,
        has_answers=bool(result.get("answered")) and not result.get("deleted"),
        outcome=describe_outcome(result.get("verdict")) or say_removed(result),
        outcome_icon="good" if result.get("verdict") == "identical" or result.get("kept_count") == 0 else "look",
        can_cancel=is_admin and not job.is_finished and not job.cancel_requested,
        is_finished=job.is_finished,
    )


def list_cards(conn: Connection, now: int, *, is_admin: bool) -> tuple[JobCard, ...]:
    """The cards of all jobs that run or wait, in the order in which they are done."""
    return tuple(make_card(conn, job, now, is_admin=is_admin) for job in list_unfinished_jobs(conn))


def describe_kind(kind: str, subject: str | None) -> str:
    """What a job is for: `subject` is the family that is trained, the file or claim that is audited, or the run."""
    if kind in TRAININGS:
        family = describe_family(subject)
        return (
            _("Train: %(family)s", family=family)
            if kind == "train"
            else _("Retrain exactly: %(family)s", family=family)
        )
    if kind == DELETION:
        return say_deletion(subject)
    words = {
        "prepare": _("Prepare the data"),
        "audit": _("Audit: %(subject)s", subject=isolate(subject or "–")),
        "compare": _("Compare families"),
        "predict_file": _("Answer a file: %(subject)s", subject=isolate(subject or "–")),
        "artifacts": _("Fetch the artifacts: %(run)s", run=isolate(subject or "–")),
    }
    return words.get(kind, kind)


def describe_outcome(verdict: str | None) -> str:
    """What came of making a run again; nothing for other jobs."""
    words = {
        "identical": _("The predictions came out identical."),
        "differs": _("The predictions differ from the original's."),
    }
    return words.get(verdict or "", "")


def describe_state(job: Job) -> tuple[str, str]:
    """The word for a job's state, and its icon."""
    if job.cancel_requested and job.state is State.RUNNING:
        return _("Stopping"), "spin"
    words = {
        State.QUEUED: (_("Waiting"), "wait"),
        State.RUNNING: (_("Running"), "spin"),
        State.DONE: (_("Done"), "good"),
        State.FAILED: (_("Failed"), "bad"),
        State.CANCELLED: (_("Cancelled"), "look"),
    }
    return words[job.state]


def describe_failure(failure: Failure) -> str:
    """Why a job failed, and what to do."""
    detail = failure.detail
    words = {
        "refused": detail,
        "raised": _("An error that nobody foresaw: %(detail)s. The worker's log has the whole of it.", detail=detail),
        "worker_lost": _("Its worker was lost twice, the last time %(detail)s. Look at that machine.", detail=detail),
        "process_killed": _(
            "Its process was killed twice (%(detail)s), most often for want of memory. Ask for less.",
            detail=detail,
        ),
        "process_ended": _(
            "Its process ended with %(detail)s and left no word. Look at the worker's log.", detail=detail
        ),
        "unknown_kind": _("The worker does not know such a job (%(detail)s): it runs another release.", detail=detail),
    }
    return words.get(failure.code, f"{failure.code} {detail}".strip())


def describe_stage(code: str) -> str:
    """What is done in a stage."""
    kind, _colon, family = code.partition(":")
    if kind == "compare" and family:
        return _("Cross-validate: %(family)s", family=describe_family(family))
    words = {
        "fetch": _("Get the data"),
        "audit": _("Read it and make the checks"),
        "check": _("Look it through"),
        "predict": _("Answer its rows"),
        "clean": _("Clean it"),
        "explore": _("Examine it"),
        "evaluate": _("Cross-validate"),
        "fit": _("Fit to all rows"),
        "examine": _("Examine what it is worth"),
        "compare": _("Compare with the original"),
        "export": _("Export and check"),
        "report": _("Write the report"),
        "log": _("Log the run"),
        "weigh": _("Test and correct"),
        "remove": _("Delete the artifacts and the rows"),
        "register": _("Register the model"),
        "look_up": _("See what there is"),
        "download": _("Fetch the files"),
    }
    return words.get(code, code)


def list_stages(job: Job, now: int) -> tuple[StageLine, ...]:
    """The stages begun, each until the next began, and those to come."""
    ends = [stage.started_at for stage in job.stages[1:]]
    is_running = job.state is State.RUNNING
    lines = [
        StageLine(
            describe_stage(stage.code),
            "now" if is_running and index == len(ends) else "over",
            stage.done,
            stage.total,
            max(0, (ends[index] if index < len(ends) else job.finished_at or now) - stage.started_at),
        )
        for index, stage in enumerate(job.stages)
    ]
    begun = {stage.code for stage in job.stages}
    coming = [code for code in PLANS.get(job.kind, ()) if code not in begun] if is_running else []
    return (*lines, *(StageLine(describe_stage(code), "to_come", 0, 1, None) for code in coming))
