"""`/runs/<run_id>/files`: what a run left, to look at without trusting it, and to keep."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Response, abort, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.accounts import current_user
from webapp.artifacts import find_artifact, find_artifact_folder, find_entry, is_fetchable, locate_artifacts, walk_files
from webapp.clock import now_ms
from webapp.current import current_queue, current_settings
from webapp.files.actions import fetch_files
from webapp.files.previews import (
    FRAMED_NAMES,
    LARGEST_FRAMED,
    LARGEST_PICTURE,
    find_picture_type,
    read_facts,
    read_preview,
)
from webapp.files.tree import MOST_COUNTED
from webapp.files.views import MEGABYTE, describe_zip_refusal, show_file, show_folder, show_subfolder
from webapp.files.zips import stream_zip
from webapp.rendering import render_page
from webapp.runs.queries import RunDetail, find_run
from webapp.runs.routes import blueprint
from webapp.security import HEADERS, access
from webapp.store.projection import reading_current_runs
from webapp.store.session import current_store, reading

__all__ = ["blueprint"]

ALONE = "sandbox; default-src 'none'"
"""The policy of a picture: whatever it holds, it loads nothing and runs nothing."""
FRAMED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""The policy of a page that others wrote: no script, no form, no request, and nowhere but in our own frame."""


def _find_run(run_id: str) -> RunDetail:
    return find_run(reading_current_runs(), run_id) or abort(404)


def _find_file(run_id: str, name: str) -> Path:
    folder = find_artifact_folder(_find_run(run_id).artifact_uri, current_settings().artifact_roots)
    return (find_artifact(folder, name) if folder else None) or abort(404)


@blueprint.get("/runs/<run_id>/files")
@access("reader")
def files(run_id: str) -> ResponseReturnValue:
    """All files of a run, or where they were looked for."""
    found = _find_run(run_id)
    return render_page("files/folder.html", show_folder(reading(), found, current_settings()))


@blueprint.get("/runs/<run_id>/files/<path:name>")
@access("reader")
def file(run_id: str, name: str) -> ResponseReturnValue:
    """One file or folder, as far as it can be shown."""
    found, settings = _find_run(run_id), current_settings()
    folder = find_artifact_folder(found.artifact_uri, settings.artifact_roots)
    path = find_entry(folder, name) if folder else None
    if path is None or path == folder:
        abort(404)
    if path.is_dir():
        return render_page("files/folder.html", show_subfolder(found, path, name, settings.artifact_limit_mb))
    if not path.is_file():
        abort(404)
    try:
        facts = read_facts(path)
        page = show_file(found, name, facts, read_preview(path, facts))
    except OSError:  # it may not be read, or was deleted meanwhile
        abort(404)
    answer = Response(render_page("files/file.html", page))
    answer.headers["Content-Security-Policy"] = f"{HEADERS['Content-Security-Policy']}; frame-src 'self'"
    return answer


@blueprint.get("/runs/<run_id>/pictures/<path:name>")
@access("reader")
def picture(run_id: str, name: str) -> ResponseReturnValue:
    """A picture to be shown in a page, of a type that its bytes prove."""
    path = _find_file(run_id, name)
    with path.open("rb") as opened:
        media_type = find_picture_type(opened.read(16))
    if media_type is None or path.stat().st_size > LARGEST_PICTURE:
        abort(404)
    answer = send_file(path, mimetype=media_type)
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@blueprint.get("/runs/<run_id>/frames/<path:name>")
@access("reader")
def frame(run_id: str, name: str) -> ResponseReturnValue:
    """A page that the run left, to be shown in a frame of ours where no script runs and nothing is loaded."""
    path = _find_file(run_id, name)
    if path.suffix.lower() not in FRAMED_NAMES or path.stat().st_size > LARGEST_FRAMED:
        abort(404)
    answer = send_file(path, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = FRAMED
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@blueprint.get("/runs/<run_id>/artifacts.zip")
@access("reader", "read")
def zip_all(run_id: str) -> ResponseReturnValue:
    """All files in one archive, made while it is sent."""
    found, limit_mb = _find_run(run_id), current_settings().artifact_limit_mb
    folder = find_artifact_folder(found.artifact_uri, current_settings().artifact_roots) or abort(404)
    left = sorted(walk_files(folder))
    if sum(size for _path, size in left) > limit_mb * MEGABYTE or len(left) > MOST_COUNTED:
        flash(describe_zip_refusal(limit_mb), "error")
        return redirect(url_for("runs.files", run_id=run_id), HTTPStatus.SEE_OTHER)
    name = f"run-{run_id[:8]}"
    answer = Response(stream_zip(folder, left, name), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.zip")
    return answer


@blueprint.post("/runs/<run_id>/fetch")
@access("admin")
def fetch(run_id: str) -> ResponseReturnValue:
    """Queue the fetching of files that lie in an object store or on a server."""
    found, user = _find_run(run_id), current_user()
    if user is None:
        abort(404)
    if not is_fetchable(locate_artifacts(found.artifact_uri, current_settings().artifact_roots)):
        flash(_("The artifacts of this run are in no store or server that could be asked for them."), "error")
        return redirect(url_for("runs.files", run_id=run_id), HTTPStatus.SEE_OTHER)
    job = fetch_files(current_store(), current_queue(), found.row, user.name, now_ms())
    flash(_("Job %(number)s is in the queue.", number=job.number), "done")
    return redirect(url_for("admin.index", _anchor=f"job-{job.number}"), HTTPStatus.SEE_OTHER)
