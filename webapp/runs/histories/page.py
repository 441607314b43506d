"""What a run's page has of its histories, added to what it has of everything else."""

from __future__ import annotations

from dataclasses import replace

from flask import request

from webapp.charts.views import make_reader
from webapp.clock import now_ms
from webapp.current import current_spec
from webapp.rendering import language
from webapp.runs.histories.asked import read_asked
from webapp.runs.histories.live import find_going, show_live
from webapp.runs.histories.views import show_histories
from webapp.runs.pages import RunDetailPage
from webapp.store.session import reading


def add_histories(page: RunDetailPage) -> RunDetailPage:
    """Add the curves, and while the run goes on its latest values, which are then not shown a second time."""
    conn, asked, reader = reading(), read_asked(request.args), make_reader(current_spec(), language())
    going = find_going(conn, page.run.run_id)
    live = show_live(page.run.run_id, going, asked, now_ms(), reader) if going else None
    histories = show_histories(conn, page.run.run_id, asked, reader)
    record = replace(page.record, metrics=()) if live else page.record
    return replace(page, live=live, histories=histories, record=record)
