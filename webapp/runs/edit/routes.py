"""`/runs/edit`, `/runs/archived`, and the page of a run that is archived or deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field

from webapp.accounts import current_user
from webapp.accounts.destinations import choose_destination
from webapp.clock import now_ms
from webapp.current import current_queue, current_settings
from webapp.rendering import render_page
from webapp.runs.edit import actions
from webapp.runs.edit.folders import make_places
from webapp.runs.edit.forms import ADD, DeleteForm, NoteForm, TagForm, UntagForm
from webapp.runs.edit.pages import ArchivedRunPage, DeletedRunPage, EditForms
from webapp.runs.edit.queries import (
    Picked,
    TooManyRunsError,
    find_archived,
    find_deletion,
    find_picked,
    list_archived,
    read_ids,
)
from webapp.runs.edit.sentences import say_too_many, say_why
from webapp.runs.edit.views import show_archived, show_deletion, show_edit
from webapp.security import access
from webapp.store.projection import reading_current_runs
from webapp.store.session import current_store, reading

LONGEST_TEXT = 200


def add_routes(blueprint: Blueprint) -> None:
    """Add these routes to those of the subject."""
    blueprint.add_url_rule("/runs/edit", "edit", edit)
    blueprint.add_url_rule("/runs/archived", "archived", archived)
    for name, view in (
        ("tag", tag), ("untag", untag), ("note", note), ("archive", archive), ("restore", restore), ("delete", delete),
    ):  # fmt: skip
        blueprint.add_url_rule(f"/runs/edit/{name}", f"edit_{name}", view, methods=["POST"])


@access("admin")
def edit() -> ResponseReturnValue:
    """What may be done with the ticked runs."""
    return _render(_read_ids(request.args.getlist("run")))


@access("admin")
def tag() -> ResponseReturnValue:
    """Set a tag."""
    form = TagForm()
    return _change(
        lambda ids, **by: actions.set_tag(current_store(), ids, form.key.data or "", form.value.data or "", **by),
        lambda count: ngettext("The tag is set on %(num)s run.", "The tag is set on %(num)s runs.", count),
        forms=_make_forms(tag=form),
        fields={"key": form.key, "value": form.value},
    )


@access("admin")
def untag() -> ResponseReturnValue:
    """Take a tag away."""
    form = UntagForm()
    return _change(
        lambda ids, **by: actions.remove_tag(current_store(), ids, form.key.data or "", **by),
        lambda count: ngettext(
            "The tag is taken away from %(num)s run.", "The tag is taken away from %(num)s runs.", count
        ),
        forms=_make_forms(untag=form),
        fields={"key": form.key, "no_tag": form.key},
    )


@access("admin")
def note() -> ResponseReturnValue:
    """Write a note."""
    form = NoteForm()
    text, is_added = form.text.data or "", form.how.data == ADD
    return _change(
        lambda ids, **by: actions.write_note(current_store(), ids, text, is_added=is_added, **by),
        lambda count: ngettext("The note of %(num)s run is saved.", "The notes of %(num)s runs are saved.", count),
        forms=_make_forms(note=form),
        fields={"note": form.text},
    )


@access("admin")
def archive() -> ResponseReturnValue:
    """Archive the runs."""
    return _change(
        lambda ids, **by: actions.archive(current_store(), ids, **by),
        lambda count: ngettext("%(num)s run is archived.", "%(num)s runs are archived.", count),
    )


@access("admin")
def restore() -> ResponseReturnValue:
    """Restore the runs."""
    return _change(
        lambda ids, **by: actions.restore(current_store(), ids, **by),
        lambda count: ngettext("%(num)s run is restored.", "%(num)s runs are restored.", count),
    )


@access("admin")
def delete() -> ResponseReturnValue:
    """Say what goes with the runs and ask for what has to be typed; where that is right, queue the job."""
    ids = _read_ids(request.form.getlist("run"))
    picked, form = find_picked(reading_current_runs(), ids), DeleteForm()
    if not picked.runs:
        return _render(ids), HTTPStatus.UNPROCESSABLE_ENTITY
    page = show_deletion(reading(), picked, _back(), make_places(current_settings()), form)
    if form.confirm.data is None:  # nobody has been asked yet
        return render_page("runs/edit/delete.html", page)
    if page.form is None:  # which says why
        return render_page("runs/edit/delete.html", page), HTTPStatus.CONFLICT
    if " ".join(form.confirm.data.split()).casefold() != page.phrase.casefold():
        form.confirm.errors = [say_why("wrong_phrase")]
        return render_page("runs/edit/delete.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        job = actions.ask_deletion(current_store(), current_queue(), ids, user=_user_name(), now=now_ms())
    except actions.EditError as error:  # something happened since the page was made
        return _render(ids, problem=say_why(error.code, error.about)), HTTPStatus.CONFLICT
    flash(_("Job %(number)s is in the queue.", number=job.number), "done")
    return redirect(url_for("admin.index", _anchor=f"job-{job.number}"), HTTPStatus.SEE_OTHER)


@access("reader")
def archived() -> ResponseReturnValue:
    """The archived runs, newest first."""
    text, after = request.args.get("q", "").strip()[:LONGEST_TEXT].replace("\0", ""), request.args.get("after", "")
    found = list_archived(reading_current_runs(), text, after.replace("\0", ""))
    return render_page("runs/edit/archived.html", show_archived(found, text, after))


def answer_absent(run_id: str) -> ResponseReturnValue:
    """Answer for a run that the history does not have: it is archived, was deleted for good, or never was."""
    conn = reading_current_runs()
    if "\0" in run_id:
        abort(404)
    if run := find_archived(conn, run_id):
        return render_page("runs/edit/archived_run.html", ArchivedRunPage(run, url_for("runs.show", run_id=run_id)))
    if deletion := find_deletion(conn, run_id):
        return render_page("runs/edit/deleted_run.html", DeletedRunPage(run_id, deletion)), HTTPStatus.GONE
    return abort(404)


def _change(
    do: Callable[..., int],
    say: Callable[[int], str],
    forms: EditForms | None = None,
    fields: Mapping[str, Field] | None = None,
) -> ResponseReturnValue:
    """Change the runs and go back to where they were ticked, or show the page again with what stands in the way.

    `fields` are those that an error is about, by its code or the code's first word.
    """
    ids = _read_ids(request.form.getlist("run"))
    try:
        count = do(ids, user=_user_name(), now=now_ms())
    except actions.EditError as error:
        why, known = say_why(error.code, error.about), fields or {}
        field = known.get(error.code) or known.get(error.code.partition("_")[0])
        if field is not None:
            field.errors = [why]
        return _render(ids, forms, "" if field is not None else why), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(say(count), "done")
    return redirect(_back(), HTTPStatus.SEE_OTHER)


def _make_forms(tag: TagForm | None = None, untag: UntagForm | None = None, note: NoteForm | None = None) -> EditForms:
    """The forms of the page, those that were not sent as nobody has touched them."""
    return EditForms(tag or TagForm(formdata=None), untag or UntagForm(formdata=None), note or NoteForm(formdata=None))


def _render(ids: tuple[str, ...], forms: EditForms | None = None, problem: str = "") -> str:
    conn = reading_current_runs()
    return render_page(
        "runs/edit/edit.html", show_edit(conn, find_picked(conn, ids), _back(), forms or _make_forms(), problem)
    )


def _read_ids(sent: list[str]) -> tuple[str, ...]:
    """The ids of the ticked runs; too many are answered at once."""
    try:
        return read_ids(sent)
    except TooManyRunsError as error:
        page = show_edit(reading(), Picked((), ()), _back(), _make_forms(), say_too_many(error.count))
        body = render_page("runs/edit/edit.html", page)
        return abort(make_response(body, HTTPStatus.UNPROCESSABLE_ENTITY))


def _back() -> str:
    """Where the runs were ticked: a page of this site, whatever the form says."""
    return choose_destination(request.values.get("return"), url_for("runs.index"))


def _user_name() -> str:
    user = current_user()
    return user.name if user else ""
