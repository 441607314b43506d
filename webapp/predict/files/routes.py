"""`/predict/files`: a file of rows, answered."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, abort, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from ml.charts.figure import write_csv
from webapp.accounts import current_user
from webapp.champion import Champion, Served, find_served
from webapp.clock import now_ms
from webapp.current import current_queue, current_settings, current_spec
from webapp.jobs.queue import Job, request_cancel
from webapp.jobs.uploads import drop_uploads
from webapp.predict.answering import answer_caller
from webapp.predict.explained.routes import blueprint
from webapp.predict.files.actions import (
    MOST_WAITING,
    Kept,
    Sent,
    TooManyFilesError,
    delete_file,
    is_refused,
    keep_file,
    submit_file,
)
from webapp.predict.files.checks import BusyError
from webapp.predict.files.forms import FileForm
from webapp.predict.files.owners import list_remembered, may_open, remember
from webapp.predict.files.pages import ProblemList
from webapp.predict.files.places import PREVIEW, drop_results, result_path, write_note
from webapp.predict.files.queries import find_file, list_files
from webapp.predict.files.views import lay_out_file, list_problems, note_preview, show_files
from webapp.predictions.values import Channel
from webapp.rendering import language, render_page
from webapp.security import access
from webapp.store.session import current_store, reading

__all__ = ["blueprint"]

LAST_FILES = 20
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@blueprint.get("/predict/files")
@access("reader")
def files() -> ResponseReturnValue:
    """Ask for a file."""
    return _render(find_served(reading()), FileForm(formdata=None))


@blueprint.post("/predict/files")
@access("reader")
def send() -> ResponseReturnValue:
    """Look a file through, answer its first rows, and queue the job that answers all of them."""
    served, form = find_served(reading()), FileForm()
    if served.champion is None:
        return _render(served, form), HTTPStatus.SERVICE_UNAVAILABLE
    if not form.validate():
        return _render(served, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        kept = keep_file(current_settings().data_dir, form.sent, served.champion, current_settings().spec_path)
        if is_refused(kept.look, form.sent):
            drop_uploads(current_settings().data_dir, kept.job_id)
            problems = list_problems(kept.look, form.sent)
            return _render(served, form, problems=problems), HTTPStatus.UNPROCESSABLE_ENTITY
        found = take_in(kept, form.sent, served.champion)
    except (BusyError, TooManyFilesError):
        return _render(served, form, refusal=describe_limit()), HTTPStatus.TOO_MANY_REQUESTS
    remember(found.id)
    return redirect(url_for("predict.show_file", job_id=found.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/predict/files/template.csv")
@access("reader")
def template() -> ResponseReturnValue:
    """A file with the header that is wanted, and one row to write over."""
    served = find_served(reading())
    if served.champion is None:
        abort(404)
    columns = served.champion.predictor.columns
    example = [column.categories[0] if column.categories else column.low or 0 for column in columns]
    text = write_csv([[column.name for column in columns], example])
    headers = {"Content-Disposition": 'attachment; filename="rows.csv"'}
    return Response(text, content_type=TYPES["csv"], headers=headers)


@blueprint.get("/predict/files/<job_id>")
@access("reader")
def show_file(job_id: str) -> ResponseReturnValue:
    """One file: how far it is, or what came of it."""
    found = find_own(job_id)
    page = lay_out_file(reading(), found, current_settings(), current_spec(), language(), now_ms())
    return render_page("predict/files/show.html", page), {"Cache-Control": "no-store"}


@blueprint.get("/predict/files/<job_id>/result")
@access("reader")
def download_file(job_id: str) -> ResponseReturnValue:
    """The answers, to keep."""
    return send_result(find_own(job_id))


@blueprint.post("/predict/files/<job_id>/cancel")
@access("reader")
def cancel_file(job_id: str) -> ResponseReturnValue:
    """Stop it, whether it waits or runs."""
    found = find_own(job_id)
    request_cancel(current_store(), found.id, name_caller(), now_ms())
    flash(_("Job %(number)s is being stopped.", number=found.number), "done")
    return redirect(url_for("predict.show_file", job_id=found.id), HTTPStatus.SEE_OTHER)


@blueprint.post("/predict/files/<job_id>/delete")
@access("reader")
def delete(job_id: str) -> ResponseReturnValue:
    """Delete the answers now, before their time is over."""
    found = find_own(job_id)
    if not found.is_finished:
        abort(409, _("It is not finished: cancel it first."))
    delete_file(current_store(), current_settings().data_dir, found, name_caller(), now_ms())
    flash(_("The file and its answers are deleted."), "done")
    return redirect(url_for("predict.files"), HTTPStatus.SEE_OTHER)


def take_in(kept: Kept, sent: Sent, champion: Champion) -> Job:
    """Answer the first rows, and queue the rest; where that fails, nothing is kept.

    Raises
    ------
    TooManyFilesError
    """
    data_dir, user = current_settings().data_dir, current_user()
    try:
        if kept.look.firsts:
            rows = [cells for _number, cells in kept.look.firsts]
            answered = answer_caller(champion, rows, Channel.FILE).request
            write_note(data_dir, kept.job_id, PREVIEW, note_preview(kept.look, answered))
        return submit_file(current_store(), current_queue(), kept, sent, champion, user=user, now=now_ms())
    except BaseException:
        drop_uploads(data_dir, kept.job_id)
        drop_results(data_dir, kept.job_id)
        raise


def find_own(job_id: str) -> Job:
    """Find a file by its id, for whoever may see it; for all others there is none."""
    found = find_file(reading(), job_id)
    if found is None or not may_open(found):
        abort(404)
    return found


def send_result(found: Job) -> Response:
    """Send the file of a finished job."""
    form = str((found.result or {}).get("form") or "")
    path = result_path(current_settings().data_dir, found.id, form)
    if not form or not path.is_file():
        abort(404, _("There are no answers: they are not ready, or not kept any more."))
    answer = send_file(path, TYPES[form], as_attachment=True, download_name=f"predictions-{found.number}.{form}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def describe_limit() -> str:
    """Why no other file is taken now."""
    return ngettext(
        "%(num)s file waits or is being answered, which is the most at one time. Try again when it has ended.",
        "%(num)s files wait or are being answered, which is the most at one time. Try again when one has ended.",
        MOST_WAITING,
    )


def name_caller() -> str:
    """The name that the log of events gets."""
    user = current_user()
    return user.name if user else "visitor"


def _render(served: Served, form: FileForm, *, refusal: str = "", problems: ProblemList | None = None) -> str:
    user = current_user()
    mine = list_files(reading(), user.name if user else None, list_remembered(), LAST_FILES)
    page = show_files(
        served, current_spec(), current_settings(), language(), form, mine, refusal=refusal, problems=problems
    )
    return render_page("predict/files/index.html", page)
