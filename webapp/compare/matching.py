"""`/runs/compare/matching`: from the run table's address to the comparison of all runs that it finds."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.clock import now_ms
from webapp.compare.runs.asked import FEWEST, MOST, Links, shorten
from webapp.compare.runs.queries import find_clear
from webapp.formats import integer
from webapp.runs.export.reading import walk_runs
from webapp.runs.table.state import TableState, read_filters, read_state
from webapp.security import access
from webapp.store.projection import reading_current_runs


def link_matching(state: TableState, matching: int) -> str:
    """Return the address that leads to the comparison; empty where so many cannot be compared."""
    if not FEWEST <= matching <= MOST:
        return ""
    query = urlencode(list(TableState(state.filters, replace(state.order, after=None)).pairs()))
    return f"{url_for('runs.compare_matching')}?{query}" if query else url_for("runs.compare_matching")


@access("reader")
def compare_matching() -> ResponseReturnValue:
    """Go on to the comparison of all runs that match now, in the table's order; too many are refused."""
    conn, state = reading_current_runs(), read_state(request.args, read_filters(request.args, now_ms()))
    if state.filters.where.error:
        return redirect(state.link(), 303)
    found = next(walk_runs(conn, state, MOST + 1), [])
    if len(found) > MOST:
        abort(400, _("More than %(most)s runs match, which is the most to compare. Filter first.", most=integer(MOST)))
    ids = [run.run_id for run in found]
    return redirect(Links(shorten(ids, find_clear(conn, ids))).to({}), 303)
