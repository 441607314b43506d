"""`/runs`: the table of runs, and the views of it that people keep."""

from __future__ import annotations

from dataclasses import asdict, replace
from urllib.parse import parse_qsl

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from webapp.accounts import current_user
from webapp.clock import now_ms
from webapp.compare.matching import compare_matching
from webapp.rendering import language, render_fragment, render_page
from webapp.runs.language.completion import complete
from webapp.runs.table.pages import RunsPage
from webapp.runs.table.saved import LONGEST_NAME, LONGEST_QUERY, MOST_VIEWS, ViewError, drop_view, keep_view
from webapp.runs.table.state import TableState, read_filters, read_state
from webapp.runs.table.views import Reader, has_running, is_of_projection, make_reader, show_history
from webapp.security import access
from webapp.store.answers import find_answer, find_version
from webapp.store.projection import reading_current_runs
from webapp.store.session import current_store

MOST_DIGITS = 6


def add_routes(blueprint: Blueprint) -> None:
    """Add the table's routes to those of the subject."""
    blueprint.add_url_rule("/runs", "index", index)
    blueprint.add_url_rule("/runs/compare/matching", "compare_matching", compare_matching)
    blueprint.add_url_rule("/runs/completions", "completions", completions)
    blueprint.add_url_rule("/runs/views", "keep_view", keep, methods=["POST"])
    blueprint.add_url_rule("/runs/views/<int:view_id>/forget", "drop_view", forget, methods=["POST"])


@access("reader")
def index() -> ResponseReturnValue:
    """The table. A page that looks again sends the version that it shows, and hears 304 while nothing has changed."""
    conn = reading_current_runs()
    version = find_version(conn)
    if request.headers.get("If-None-Match") == f'"{version}"':
        return "", 304
    now = now_ms()
    state, reader = read_state(request.args, read_filters(request.args, now)), make_reader(conn, current_user())
    question = (language(), reader, state) if is_of_projection(state) else None
    headline, history = find_answer(conn, question, lambda: _render_history(conn, state, reader), version)
    page = RunsPage(headline, history, version, has_running(conn, version, now))
    return render_page("runs/index.html", page), 422 if state.filters.where.error else 200


def _render_history(conn: Connection, state: TableState, reader: Reader) -> tuple[str, Markup]:
    history = show_history(conn, state, reader)
    return history.headline, Markup(render_fragment("runs/table/history.html", history))  # noqa: S704 - a template's own


@access("reader")
def completions() -> ResponseReturnValue:
    """What may come next in the filter `text`, before its character `at`."""
    text, at = request.args.get("text", ""), request.args.get("at", "")
    place = int(at) if at.isascii() and at.isdigit() and len(at) < MOST_DIGITS else len(text)
    return asdict(complete(reading_current_runs(), text, place))


@access("user")
def keep() -> ResponseReturnValue:
    """Keep a view under a name."""
    user, query = current_user(), request.form.get("query", "")
    if user is None:
        abort(401)
    state = read_state(args := MultiDict(parse_qsl(query[: LONGEST_QUERY + 1])), read_filters(args, now_ms()))
    try:
        keep_view(current_store(), user.id, request.form.get("name", ""), query, now_ms())
    except ViewError as error:
        flash(_say_why(error), "error")
        return redirect(replace(state, panel="views").link(), 303)
    flash(_("The view is kept."), "done")
    return redirect(state.link(), 303)


@access("user")
def forget(view_id: int) -> ResponseReturnValue:
    """Forget a view."""
    user = current_user()
    if user is None:
        abort(401)
    drop_view(current_store(), user.id, view_id)
    flash(_("The view is forgotten."), "done")
    return redirect(url_for("runs.index", panel="views"), 303)


def _say_why(error: ViewError) -> str:
    words = {
        "no_name": _("Give the view a name."),
        "long_name": _("The name is too long: use at most %(most)s characters.", most=LONGEST_NAME),
        "long_query": _("The view is too long to keep: choose fewer columns or a shorter filter."),
        "too_many": _("There are %(most)s views already: forget one first.", most=MOST_VIEWS),
    }
    return words[error.code]
