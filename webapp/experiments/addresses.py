"""Where an experiment's page leads, and where the numbers of its charts are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import url_for

from webapp.charts.bundle import plotly_url
from webapp.experiments.asked import Asked
from webapp.experiments.queries import Experiment
from webapp.runs.table.state import ADDRESS


def link_page(experiment_id: int, asked: Asked, anchor: str = "", *without: str, **changes: str) -> str:
    """Return the address of the page that shows the same but for some changes."""
    pairs: dict[str, Any] = dict(asked.pairs(*without)) | {name: text for name, text in changes.items() if text}
    return url_for("experiments.show", experiment_id=experiment_id, _anchor=anchor or None, **pairs)


def link_runs(experiment: Experiment, state: str = "") -> str:
    """Return the address of the run table with this experiment alone; empty where no quotes can hold its name."""
    quote = next((quote for quote in ('"', "'") if quote not in experiment.name), "")
    if not quote or experiment.name.endswith("\\"):
        return ""
    filtered = f"experiment = {quote}{experiment.name}{quote}"
    return f"{ADDRESS}?{urlencode([('filter', filtered), *([('state', state.lower())] if state else [])])}"


def link_figure(experiment_id: int, asked: Asked, name: str) -> dict[str, str]:
    """Return where a chart and its numbers are."""
    pairs: dict[str, Any] = dict(asked.pairs())
    return {
        "json_url": url_for("experiments.figure_json", experiment_id=experiment_id, name=name, **pairs),
        "csv_url": url_for("experiments.figure_csv", experiment_id=experiment_id, name=name, **pairs),
        "plotly_url": plotly_url(),
    }
