"""`/audit`: examine a table or a claim that somebody else made, by upload."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from webapp.accounts import current_user
from webapp.admin.routes import is_admin
from webapp.audit.actions import MOST_WAITING, TooManyAuditsError, submit_audit
from webapp.audit.documents import document_audit
from webapp.audit.forms import AuditForm
from webapp.audit.queries import find_audit, read_audit
from webapp.audit.views import make_audit_page, make_result_page
from webapp.clock import now_ms
from webapp.current import current_queue, current_settings
from webapp.rendering import render_page
from webapp.security import access
from webapp.store.session import current_store, reading

blueprint = Blueprint("audit", __name__)

VISITOR = "visitor"
"""Who asked, where reading is open and nobody has signed in."""


@blueprint.get("/audit")
@access("reader")
def index() -> ResponseReturnValue:
    """Ask what is to be examined."""
    return _render(AuditForm(formdata=None))


@blueprint.post("/audit")
@access("reader")
def submit() -> ResponseReturnValue:
    """Keep the files and queue the audit: reviewers need no admin for it, and there is a limit to how many wait."""
    form, user = AuditForm(), current_user()
    if not form.validate():
        return _render(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        job = submit_audit(
            current_store(),
            current_queue(),
            current_settings().data_dir,
            form.params,
            form.files,
            user=user.name if user else VISITOR,
            now=now_ms(),
        )
    except TooManyAuditsError:
        return _render(form, describe_limit()), HTTPStatus.TOO_MANY_REQUESTS
    return redirect(url_for("audit.show", job_id=job.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/audit/<job_id>")
@access("reader")
def show(job_id: str) -> ResponseReturnValue:
    """One audit: how far it is, or what it found."""
    found = find_audit(reading(), job_id)
    if found is None:
        abort(404)
    return render_page("audit/show.html", make_result_page(reading(), found, now_ms(), is_admin=is_admin()))


@blueprint.get("/audit/<job_id>/audit.json")
@access("reader")
def download(job_id: str) -> ResponseReturnValue:
    """What an audit found, to keep."""
    found = find_audit(reading(), job_id)
    report = read_audit(found) if found else None
    if found is None or report is None:
        abort(404)
    answer = jsonify({"asked": dict(found.params)} | document_audit(report))
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{found.number}.json"'
    return answer


def describe_limit() -> str:
    """Why no other audit is taken now."""
    return ngettext(
        "%(num)s audit waits or runs already, which is the most at one time. Send the form again when it has ended.",
        "%(num)s audits wait or run already, which is the most at one time. Send the form again when one has ended.",
        MOST_WAITING,
    )


def _render(form: AuditForm, refusal: str = "") -> str:
    return render_page("audit/index.html", make_audit_page(reading(), form, refusal))
