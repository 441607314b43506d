"""`/runs/<run_id>/note`: what an admin writes about a run."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.accounts import current_user
from webapp.clock import now_ms
from webapp.files.routes import blueprint  # which adds its own routes to that of the runs, as this module does
from webapp.formats import integer
from webapp.record.actions import NoSuchRunError, NoteChangedError, NoteTooLongError, write_note
from webapp.record.pages import NoteDraft
from webapp.runs.edit.keys import LONGEST_NOTE, tidy_text
from webapp.runs.queries import find_run
from webapp.runs.routes import render_run
from webapp.security import access
from webapp.store.projection import reading_current_runs
from webapp.store.session import current_store

__all__ = ["blueprint"]


@blueprint.post("/runs/<run_id>/note")
@access("admin")
def note(run_id: str) -> ResponseReturnValue:
    """Write the run's note; where it is refused, the page has all that was typed."""
    user = current_user()
    typed, made_from = request.form.get("note", ""), request.form.get("made_from", "")
    if user is None:
        abort(404)
    try:
        write_note(current_store(), run_id, typed, made_from, user.name, now_ms())
    except NoSuchRunError:
        abort(404)
    except NoteTooLongError:
        error = _(
            "The note has %(length)s characters, and %(longest)s is the most. Shorten it; nothing was saved yet.",
            length=integer(len(tidy_text(typed))),
            longest=integer(LONGEST_NOTE),
        )
        return _answer(run_id, NoteDraft(typed, error)), HTTPStatus.UNPROCESSABLE_ENTITY
    except NoteChangedError as changed:
        error = _(
            "Somebody else changed the note since you opened the form. Theirs stands above, yours below: put in yours"
            " what is to stay of theirs, and save again."
        )
        return _answer(run_id, NoteDraft(typed, error, theirs=changed.text)), HTTPStatus.CONFLICT
    flash(_("The note is saved."), "done")
    return redirect(url_for("runs.show", run_id=run_id, _anchor="note"), HTTPStatus.SEE_OTHER)


def _answer(run_id: str, draft: NoteDraft) -> str:
    found = find_run(reading_current_runs(), run_id)
    return abort(404) if found is None else render_run(found, draft)
