"""`/admin`: retraining, the queue, and who did what."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.accounts import current_user
from webapp.admin.actions import cancel as cancel_job
from webapp.admin.actions import prepare_again
from webapp.admin.actions import retrain as submit_training
from webapp.admin.forms import RetrainForm
from webapp.admin.pages import make_admin_page
from webapp.admin.sensitive import say_choice
from webapp.admin.trouble import find_trouble
from webapp.clock import now_ms
from webapp.compare.actions import ask_comparison
from webapp.compare.forms import CompareForm
from webapp.current import current_queue, current_settings, current_spec
from webapp.jobs.cards import make_card
from webapp.jobs.queue import Job, find_job
from webapp.rendering import language, render_fragment, render_page
from webapp.security import access, reading_is_open
from webapp.store.session import current_store, reading

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
@access("admin")
def index() -> ResponseReturnValue:
    """Say what runs, what failed and who may do what."""
    return _render()


@blueprint.post("/retrain")
@access("admin")
def retrain() -> ResponseReturnValue:
    """Queue a training."""
    form = RetrainForm()
    if not form.validate():
        return _render(form=form), 422
    request = {name: value for name, value in form.data.items() if name != "csrf_token"}
    return _announce(submit_training(current_store(), current_queue(), request, _user_name(), now_ms()))


@blueprint.post("/compare")
@access("admin")
def compare() -> ResponseReturnValue:
    """Queue a comparison."""
    form = CompareForm()
    if not form.validate():
        return _render(compare_form=form), 422
    return _announce(ask_comparison(current_store(), current_queue(), form.request(), _user_name(), now_ms()))


@blueprint.post("/prepare")
@access("admin")
def prepare() -> ResponseReturnValue:
    """Queue the preparation of the data."""
    return _announce(prepare_again(current_store(), current_queue(), _user_name(), now_ms()))


@blueprint.post("/jobs/<job_id>/cancel")
@access("admin")
def cancel(job_id: str) -> ResponseReturnValue:
    """Stop a job, whether it waits or runs."""
    job = cancel_job(current_store(), job_id, _user_name(), now_ms())
    if job is None:
        abort(404)
    if job.is_finished:
        flash(_("Job %(number)s has ended.", number=job.number), "done")
    else:
        flash(_("Job %(number)s is being stopped.", number=job.number), "done")
    return redirect(url_for("admin.index"), 303)


@blueprint.get("/jobs/<job_id>")
@access("reader")
def job(job_id: str) -> ResponseReturnValue:
    """The card of one job alone, which a page that shows it fetches again and again."""
    found = find_job(reading(), job_id)
    if found is None:
        abort(404)
    card = make_card(reading(), found, now_ms(), is_admin=is_admin())
    return render_fragment("admin/job.html", card), {"Cache-Control": "no-store"}


def is_admin() -> bool:
    """Whether whoever asks may stop a job."""
    user = current_user()
    return user is not None and user.role == "admin"


def _user_name() -> str:
    user = current_user()
    return user.name if user else ""


def _announce(job: Job) -> ResponseReturnValue:
    flash(_("Job %(number)s is in the queue.", number=job.number), "done")
    return redirect(url_for("admin.index", _anchor=f"job-{job.number}"), 303)


def _render(form: RetrainForm | None = None, compare_form: CompareForm | None = None) -> str:
    """The page with the form that was sent as it was sent, and the other as nobody has touched it."""
    choice = say_choice(reading(), current_spec(), current_settings().artifact_roots, language())
    form, compare_form = form or RetrainForm(formdata=None), compare_form or CompareForm(formdata=None)
    is_open = reading_is_open(current_settings(), request.remote_addr)
    trouble = find_trouble(reading(), current_spec().name, current_settings().artifact_roots)
    page = make_admin_page(reading(), form, choice, compare_form, now_ms(), trouble=trouble, is_open=is_open)
    return render_page("admin/index.html", page)
