"""From the table's address to the comparison of all runs that it finds."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.formats import integer
from webapp.runs.export.reading import walk_runs
from webapp.runs.table.state import TableState, read_filters, read_state
from webapp.security import access
from webapp.store.projection import reading_current_runs

FEWEST, MOST = 2, 500
"""Runs that can be compared."""


def link_matching(state: TableState) -> str:
    """Return the address that leads to the comparison: it asks again which runs match, so that it stays short."""
    only = TableState(state.filters, replace(state.order, after=None))
    query = urlencode(list(only.pairs()))
    return f"{url_for('runs.compare_matching')}?{query}" if query else url_for("runs.compare_matching")


@access("reader")
def compare_matching() -> ResponseReturnValue:
    """Go on to the comparison of all runs that match, in the table's order; more than can be compared are refused."""
    conn, state = reading_current_runs(), read_state(request.args, read_filters(request.args))
    found = next(walk_runs(conn, state, MOST + 1), [])
    if len(found) > MOST:
        abort(400, _("More than %(most)s runs match, which is the most to compare. Filter first.", most=integer(MOST)))
    return redirect(url_for("compare.runs", run=[run.run_id for run in found]), 303)
