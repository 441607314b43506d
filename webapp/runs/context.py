"""What the sections of a run's page are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import url_for

from ml.charts.examined import draw_examined, examined_names
from ml.charts.figure import Figure
from ml.charts.reader import Reader
from ml.spec import DatasetSpec
from webapp.charts.bundle import plotly_url
from webapp.charts.views import FigureView, embed_figure, make_reader, show_figure
from webapp.runs.queries import RunRow
from webapp.runs.reports import RunReport


@dataclass(frozen=True)
class Asked:
    """What a reader wants to see: one column's dependence, one metric's folds, or, in a file that cannot ask, all."""

    column: str = ""
    metric: str = ""
    is_whole: bool = False


class RunFigures(Mapping[str, FigureView]):
    """A run's figures by name, each drawn when it is first looked at: a page shows a few of them."""

    def __init__(
        self, names: tuple[str, ...], draw: Callable[[str], Figure | None], show: Callable[[Figure], FigureView]
    ) -> None:
        self._names, self._draw, self._show = names, draw, show
        self._drawn: dict[str, FigureView] = {}

    def __getitem__(self, name: str) -> FigureView:
        """Draw a figure.

        Raises
        ------
        KeyError
            Where there is nothing to draw under that name.
        """
        if name not in self._drawn:
            figure = self._draw(name)
            if figure is None:
                raise KeyError(name)
            self._drawn[name] = self._show(figure)
        return self._drawn[name]

    def __iter__(self) -> Iterator[str]:
        """Name those that there is something to draw of."""
        return (name for name in self._names if name in self)

    def __len__(self) -> int:
        """Count those that there is something to draw of."""
        return sum(1 for _name in self)


@dataclass(frozen=True)
class Context:
    """What a section is made from. `figures` are those of this run, by name."""

    run_id: str
    family: str
    report: RunReport
    reader: Reader
    figures: Mapping[str, FigureView]
    asked: Asked = Asked()

    @property
    def class_labels(self) -> tuple[str, ...]:
        """The run's classes in order, as pages call them; a spec that has changed since may know others."""
        spec = self.reader.spec
        return tuple(spec.target.label_of(name, self.reader.language) for name in self.report.evaluation.classes)

    @property
    def rows_noun(self) -> str:
        """What the rows are, as a plural."""
        return self.reader.spec.row_noun_plural.in_language(self.reader.language)


@dataclass(frozen=True)
class Section:
    """A part of the page: `name` is its anchor and its template's name, `view` all that the template shows."""

    name: str
    title: str
    view: object


def make_context(run: RunRow, report: RunReport, spec: DatasetSpec, language: str, asked: Asked) -> Context:
    """Gather what the sections of a run's page are made from."""
    reader = make_reader(spec, language)
    evaluation, examination = report.evaluation, report.examination
    figures = RunFigures(
        examined_names(evaluation, examination, reader),
        lambda name: draw_examined(name, evaluation, examination, reader),
        embed_figure if asked.is_whole else lambda figure: _link_figure(figure, run.run_id),
    )
    return Context(run.run_id, run.family or "", report, reader, figures, asked)


def _link_figure(figure: Figure, run_id: str) -> FigureView:
    return show_figure(
        figure,
        json_url=url_for("runs.figure_json", run_id=run_id, name=figure.name),
        csv_url=url_for("runs.figure_csv", run_id=run_id, name=figure.name),
        plotly_url=plotly_url(),
    )
