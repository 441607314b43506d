"""The sections of a run's page, in order: each a module that lays out its part and a template of the same name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


_Show = Callable[[Context], Section | None]
"""Returns None where the run was not examined so."""

_SECTIONS: tuple[_Show, ...] = ()


def show_sections(context: Context) -> tuple[Section, ...]:
    """Lay out every section that there is something to show in."""
    shown = (show(context) for show in _SECTIONS)
    return tuple(section for section in shown if section is not None)
