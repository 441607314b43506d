"""What the sections of a run's page are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.charts.reader import Reader
from webapp.charts.views import FigureView
from webapp.runs.reports import RunReport


@dataclass(frozen=True)
class Context:
    """What a section is made from. `figures` are those of this run, by name."""

    run_id: str
    family: str
    report: RunReport
    reader: Reader
    figures: Mapping[str, FigureView]


@dataclass(frozen=True)
class Section:
    """A part of the page: `name` is its anchor and its template's name, `view` all that the template shows."""

    name: str
    title: str
    view: object
