"""What `/admin` shows, and its answer in words."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection

from ml.charts.axes import isolate
from webapp.admin.forms import RetrainForm
from webapp.admin.queries import Account, Event, list_accounts, list_events
from webapp.admin.roles import Role, list_roles
from webapp.admin.trouble import Trouble
from webapp.compare.forms import CompareForm
from webapp.jobs.cards import SUBJECTS, JobCard, describe_kind, list_cards, make_card
from webapp.jobs.presence import list_workers
from webapp.jobs.queue import list_jobs
from webapp.jobs.states import State
from webapp.models.sentences import say_event
from webapp.predictions.sentences import tell_prediction
from webapp.record.sentences import tell_note
from webapp.runs.edit.events import list_some, tell_event

LAST_JOBS = 20
LAST_EVENTS = 20


@dataclass(frozen=True)
class Happening:
    """An event in words."""

    at: int
    who: str
    what: str
    detail: str


@dataclass(frozen=True)
class AdminPage:
    """The admin page. `workers` counts those that gave a sign of life; `choice` is about the sensitive columns."""

    form: RetrainForm
    choice: str
    compare_form: CompareForm
    headline: str
    sentence: str
    unfinished: tuple[JobCard, ...]
    finished: tuple[JobCard, ...]
    workers: int
    accounts: tuple[Account, ...]
    roles: tuple[Role, ...]
    happenings: tuple[Happening, ...]
    trouble: Trouble | None


def make_admin_page(
    conn: Connection,
    form: RetrainForm,
    choice: str,
    compare_form: CompareForm,
    now: int,
    *,
    trouble: Trouble | None,
    is_open: bool,
) -> AdminPage:
    """Gather the queue, the last jobs, the accounts and the log; `is_open` where no account is needed to read."""
    unfinished = list_cards(conn, now, is_admin=True)
    last = tuple(make_card(conn, job, now, is_admin=True) for job in list_jobs(conn, LAST_JOBS) if job.is_finished)
    accounts = list_accounts(conn)
    return AdminPage(
        form=form,
        choice=choice,
        compare_form=compare_form,
        headline=say_what_runs(unfinished),
        sentence=" ".join((say_what_failed(last), say_who_may(accounts))),
        unfinished=unfinished,
        finished=last,
        workers=len(list_workers(conn, now)),
        accounts=accounts,
        roles=list_roles(is_open=is_open),
        happenings=tuple(describe_event(happened) for happened in list_events(conn, LAST_EVENTS)),
        trouble=trouble,
    )


def say_what_runs(unfinished: tuple[JobCard, ...]) -> str:
    """What is running, and how many wait."""
    running = [card for card in unfinished if card.state is State.RUNNING]
    waiting = len(unfinished) - len(running)
    if not unfinished:
        return _("Nothing is running")
    if not running:
        return ngettext("%(num)s job is waiting", "%(num)s jobs are waiting", waiting)
    first = _("Job %(number)s is running: %(title)s", number=running[0].number, title=running[0].title)
    return first if not waiting else first + ngettext("; %(num)s waits", "; %(num)s wait", waiting)


def say_what_failed(finished: tuple[JobCard, ...]) -> str:
    """Which of the last jobs failed."""
    failed = [card for card in finished if card.state is State.FAILED]
    if not finished:
        return _("No job has been done yet.")
    if not failed:
        return ngettext("The last job did not fail.", "None of the last %(num)s jobs failed.", len(finished))
    return _(
        "%(failed)s of the last %(all)s failed, most recently job %(number)s.",
        failed=len(failed),
        all=len(finished),
        number=failed[0].number,
    )


def say_who_may(accounts: tuple[Account, ...]) -> str:
    """How many people may train and promote."""
    admins = sum(account.role == "admin" and account.is_enabled for account in accounts)
    return ngettext("%(num)s account may train and promote.", "%(num)s accounts may train and promote.", admins)


def describe_event(happened: Event) -> Happening:
    """What somebody did, in words."""
    told = tell_event(happened.action, happened.detail)
    told = told or tell_prediction(happened.action, happened.subject, happened.detail)
    if told := told or tell_note(happened.action, happened.subject, happened.detail):
        return Happening(happened.at, happened.user_name, *told)
    number = happened.subject.removeprefix("job ")
    words = {
        "job_submitted": _("asked for job %(number)s", number=number),
        "job_cancelled": _("cancelled job %(number)s", number=number),
        "token_made": _("made the API token “%(name)s”", name=isolate(happened.subject)),
        "token_revoked": _("revoked the API token “%(name)s”", name=isolate(happened.subject)),
        "file_deleted": _("deleted the file of job %(number)s and its answers", number=number),
        "account_created": _("account %(subject)s was made", subject=happened.subject),
    }
    known = words.get(happened.action) or say_event(happened.action, happened.subject)
    what = known or f"{happened.action.replace('_', ' ')} {happened.subject}"
    detail = _say_job(happened.detail) if happened.action == "job_submitted" else happened.detail
    return Happening(happened.at, happened.user_name, what, detail)


def _say_job(detail: str) -> str:
    """What was asked for, from the kind and the parameters that the log keeps as JSON."""
    params = json.loads(detail)
    kind = params.pop("kind")
    said = [describe_kind(kind, params.pop(SUBJECTS.get(kind, "family"), None))]
    if run_id := params.pop("run_id", ""):
        said.append(_("run %(id)s", id=run_id[:8]))
    if run_ids := params.pop("run_ids", ()):
        return " · ".join([*said, list_some(params["names"], len(run_ids))])
    return " · ".join([*said, *(f"{name} {_say_value(value)}" for name, value in params.items())])


def _say_value(value: object) -> str:
    return isolate(", ".join(map(str, value)) if isinstance(value, list) else str(value))
