"""`/api/v1/files`: a file of rows, answered as a job; how far it is says `/api/v1/jobs/<id>`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from ml.batch.problems import Problem, say_problem
from ml.batch.requests import FORMS
from webapp.accounts import current_user
from webapp.api.problems import Problem as ApiProblem
from webapp.api.problems import RetryProblem
from webapp.api.silence import make_silence
from webapp.champion import current_champion
from webapp.clock import now_ms
from webapp.current import current_settings
from webapp.jobs.queue import Job, request_cancel
from webapp.jobs.uploads import drop_uploads
from webapp.predict.files.actions import (
    MOST_WAITING,
    Sent,
    TooManyFilesError,
    delete_file,
    is_refused,
    keep_file,
    list_refusals,
)
from webapp.predict.files.checks import BusyError, Look
from webapp.predict.files.forms import ENDINGS
from webapp.predict.files.owners import make_key
from webapp.predict.files.places import PREVIEW, SUMMARY, read_note
from webapp.predict.files.routes import find_own, name_caller, send_result, take_in
from webapp.security import access
from webapp.store.session import current_store, reading

blueprint = Blueprint("api_files", __name__)
_RETRY = 5
_FIELDS = {"form", "skip_bad"}
_SWITCH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


@blueprint.post("/files")
@access("reader", "predict")
def send() -> ResponseReturnValue:
    """Have a file answered: multipart, with `file`, and if wanted `form` (csv, xlsx, parquet) and `skip_bad` (true).

    202 with the job's address; 422 with every problem of the file, the first hundred one by one.
    """
    sent, champion = _read_sent(), current_champion(reading())
    if champion is None:
        raise make_silence()
    try:
        kept = keep_file(current_settings().data_dir, sent, champion, current_settings().spec_path)
        if is_refused(kept.look, sent):
            drop_uploads(current_settings().data_dir, kept.job_id)
            raise _refuse(kept.look, sent)
        found = take_in(kept, sent, champion)
    except (BusyError, TooManyFilesError):
        words = f"At most {MOST_WAITING} files wait or are being answered at one time."
        raise RetryProblem(429, words, _RETRY) from None
    return _describe(found), 202, {"Location": url_for("api_jobs.show_job", job_id=found.id)}


@blueprint.get("/files/<job_id>")
@access("reader", "predict")
def show(job_id: str) -> ResponseReturnValue:
    """What was found in a file and answered of it."""
    return _describe(find_own(job_id))


@blueprint.get("/files/<job_id>/result")
@access("reader", "predict")
def download(job_id: str) -> ResponseReturnValue:
    """The rows with their answers."""
    return send_result(find_own(job_id))


@blueprint.delete("/files/<job_id>")
@access("reader", "predict")
def delete(job_id: str) -> ResponseReturnValue:
    """Cancel the job, or delete the answers of one that has ended."""
    found = find_own(job_id)
    if found.is_finished:
        delete_file(current_store(), current_settings().data_dir, found, name_caller(), now_ms())
    else:
        request_cancel(current_store(), found.id, name_caller(), now_ms())
    return "", 204


def _read_sent() -> Sent:
    file, form = request.files.get("file"), request.form.get("form", "csv")
    skip = request.form.get("skip_bad", "").strip().lower()
    if file is None or not file.filename:
        raise ApiProblem(400, "Send multipart/form-data with the file in the part 'file'.")
    unknown = sorted((request.form.keys() - _FIELDS) | (request.files.keys() - {"file"}), key=str)
    if unknown:  # a part may also have no name at all
        raise ApiProblem(
            422, f"Unknown field {unknown[0] or ''!r}; send the file as 'file', 'form' and 'skip_bad' as text."
        )
    if Path(file.filename).suffix.lower() not in ENDINGS:
        raise ApiProblem(415, "The file's name must end in .csv, .xlsx or .parquet.")
    if form not in FORMS:
        raise ApiProblem(422, f"'form' must be one of {', '.join(FORMS)}.")
    if skip not in _SWITCH:
        raise ApiProblem(422, "'skip_bad' must be true or false.")
    return Sent(file, form, _SWITCH[skip])


def _refuse(look: Look, sent: Sent) -> ApiProblem:
    problems, count = list_refusals(look, sent)
    return ApiProblem(
        422,
        say_problem(problems[0]) if problems else "The file cannot be answered.",
        errors=[_describe_problem(problem) for problem in problems],
        error_count=count,
        rows=look.rows,
        bad_rows=look.bad_rows,
        is_whole=look.is_whole,
    )


def _describe_problem(problem: Problem) -> dict[str, Any]:
    return {"row": problem.row, "column": problem.column, "reason": problem.code, "detail": say_problem(problem)}


def _describe(found: Job) -> dict[str, Any]:
    data_dir, result = current_settings().data_dir, found.result or {}
    noted, preview = read_note(data_dir, found.id, SUMMARY), read_note(data_dir, found.id, PREVIEW)
    key: dict[str, Any] = {} if current_user() else {"key": make_key(found.id)}
    return {
        "id": found.id,
        "state": found.state,
        "model": found.params["model"],
        "model_version": found.params["version"],
        "rows": result.get("rows", found.params.get("rows")),
        "answered": result.get("answered"),
        "classes": result.get("classes"),
        "problem_count": noted.get("problem_count"),
        "problems": [_describe_problem(Problem(**problem)) for problem in noted.get("problems", ())],
        "preview": preview or None,
        "links": {
            "job": url_for("api_jobs.show_job", job_id=found.id),
            "self": url_for("api_files.show", job_id=found.id, **key),
            "result": url_for("api_files.download", job_id=found.id, **key),
        },
    }
