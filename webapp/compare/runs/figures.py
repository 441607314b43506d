"""Charts of many runs: which of the columns a reader picks, and the figure that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from ml.charts.figure import Figure
from ml.charts.reader import Reader
from ml.charts.runs.grid import GridPlan, draw_grid, is_binned
from ml.charts.runs.groups import draw_groups
from ml.charts.runs.parallel import draw_parallel
from ml.charts.runs.scatter import ScatterPlan, draw_scatter
from ml.charts.runs.values import Dimension
from webapp.charts.bundle import plotly_url
from webapp.charts.views import FigureView, show_figure
from webapp.compare.runs.asked import Asked, Links
from webapp.compare.runs.cells import is_lower_better
from webapp.compare.runs.names import RunName
from webapp.compare.runs.picking import Select, Tick, offer, offer_several, pick, pick_several
from webapp.compare.runs.sheet import Column, Kind, Sheet

MOST_AXES = 12
USUAL_AXES = 8
_Drawn = tuple[Figure | None, tuple[Select, ...], tuple[Tick, ...]]


@dataclass(frozen=True)
class ChartView:
    """A chart and what can be picked for it; no figure where there is nothing to draw."""

    view: str
    note: str
    selects: tuple[Select, ...]
    ticks: tuple[Tick, ...]
    figure: FigureView | None
    lacking: str


def show_chart(
    view: str, sheet: Sheet, names: Sequence[RunName], asked: Asked, links: Links, reader: Reader
) -> ChartView:
    """Draw one kind of chart of the columns that the address picks, or of the most telling ones."""
    figure, selects, ticks = _DRAW[view](sheet, [name.title for name in names], asked, reader)
    return ChartView(
        view=view,
        note=_notes()[view],
        selects=selects,
        ticks=ticks,
        figure=link_figure(figure, view, asked, links) if figure else None,
        lacking="" if figure else _lacking(view),
    )


def draw_chart(view: str, sheet: Sheet, names: Sequence[RunName], asked: Asked, reader: Reader) -> Figure | None:
    """Draw a chart as its view does; None where there is none of that name, or nothing to draw."""
    draw = _DRAW.get(view)
    return draw(sheet, [name.title for name in names], asked, reader)[0] if draw else None


def link_figure(figure: Figure, view: str, asked: Asked, links: Links) -> FigureView:
    """Show a figure whose numbers are sent by addresses that ask for the same."""
    said = {name: values for name, values in asked.lists.items() if name not in {"run", "runs", "view"}}
    return show_figure(
        figure,
        json_url=links.to(said, "compare.runs_figure_json", view),
        csv_url=links.to(said, "compare.runs_figure_csv", view),
        plotly_url=plotly_url(),
    )


def _draw_scatter(sheet: Sheet, names: Sequence[str], asked: Asked, reader: Reader) -> _Drawn:
    known, figures = _candidates(sheet), _numeric(sheet, is_metric=True)
    y = pick(asked.word("y"), figures, figures)
    others = [column for column in known if column is not y]
    given = _rank([column for column in _numeric(sheet, is_metric=False) if column.kind is Kind.PARAM])
    x = pick(asked.word("x"), known, given or [c for c in others if c.is_numeric and not c.is_metric] or others)
    families = [column for column in known if column.code == "attributes.family"]
    by = None if asked.refuses("by") else pick(asked.word("by"), known, families)
    selects = (
        offer("x", _("Across"), known, x), offer("y", _("Upwards"), figures, y),
        offer("by", _("Colour"), known, by, none=_("one colour")),
    )  # fmt: skip
    if x is None or y is None:
        return None, selects, ()
    across, up = make_dimension(x), make_dimension(y)
    ticks = _log_ticks(asked, (("log_x", across), ("log_y", up)))
    plan = ScatterPlan(
        tuple(names), across, up, make_dimension(by) if by else None, _is_log("log_x", ticks), _is_log("log_y", ticks)
    )
    return draw_scatter(plan, reader), selects, ticks


def _draw_parallel(sheet: Sheet, names: Sequence[str], asked: Asked, reader: Reader) -> _Drawn:
    known, figures = _candidates(sheet), _numeric(sheet, is_metric=True)
    by = None if asked.refuses("by") else pick(asked.word("by"), figures, figures)
    usual = _rank([c for c in known if c.kind is Kind.PARAM])[: USUAL_AXES - 1]
    usual += [c for c in figures[:1] if c not in usual]
    axes = pick_several(asked.lists.get("axis", ()), known, usual)[:MOST_AXES]
    selects = (
        offer("by", _("Colour"), figures, by, none=_("one colour")),
        offer_several("axis", _("Axes"), known, axes),
    )
    if not axes:
        return None, selects, ()
    shade = make_dimension(by) if by else None
    return draw_parallel(names, [make_dimension(axis) for axis in axes], shade, reader), selects, ()


def _draw_groups(sheet: Sheet, names: Sequence[str], asked: Asked, reader: Reader) -> _Drawn:
    figures = _numeric(sheet, is_metric=True)
    by, metric = pick_group(sheet, asked), pick(asked.word("y"), figures, figures)
    if by is None or metric is None:
        return None, (), ()
    return draw_groups(names, make_dimension(by), make_dimension(metric), reader), (), ()


def _draw_grid(sheet: Sheet, _names: Sequence[str], asked: Asked, reader: Reader) -> _Drawn:
    given, figures = _numeric(sheet, is_metric=False), _numeric(sheet, is_metric=True)
    telling = _rank(given)
    x, metric = pick(asked.word("x"), given, telling), pick(asked.word("z"), figures, figures)
    y = pick(asked.word("y"), given, [c for c in telling if c is not x])
    selects = (
        offer("x", _("Across"), given, x), offer("y", _("Upwards"), given, y), offer("z", _("Shade"), figures, metric),
    )  # fmt: skip
    if x is None or y is None or metric is None or x is y:
        return None, selects, ()
    across, up = make_dimension(x), make_dimension(y)
    binned = [(name, axis) for name, axis in (("log_x", across), ("log_y", up)) if is_binned(axis)]
    ticks = _log_ticks(asked, binned)
    plan = GridPlan(across, up, make_dimension(metric), _is_log("log_x", ticks), _is_log("log_y", ticks))
    return draw_grid(plan, reader), selects, ticks


_DRAW: dict[str, Callable[[Sheet, Sequence[str], Asked, Reader], _Drawn]] = {
    "scatter": _draw_scatter,
    "parallel": _draw_parallel,
    "groups": _draw_groups,
    "contour": _draw_grid,
}


def make_dimension(column: Column) -> Dimension:
    """A column as charts take it."""
    texts = {value: column.text(value) if value != "" else _("empty") for value in set(column.values)}
    return Dimension(
        label=column.label,
        texts=tuple(texts[value] for value in column.values),
        numbers=column.numbers if column.is_numeric else None,
        is_lower_better=is_lower_better(column),
        has_own_texts=column.kind is Kind.ATTRIBUTE,
        is_measured=column.is_metric,
    )


def pick_group(sheet: Sheet, asked: Asked) -> Column | None:
    """The column by which runs are grouped: the family where it differs, else the first in which runs repeat."""
    known = list_groupings(sheet)
    usual = [column for column in known if column.code == "attributes.family" and column.differs]
    usual += [column for column in known if 1 < len(set(column.values)) <= len(sheet.runs) // 2]
    return pick(asked.word("group"), known, usual or known)


def list_groupings(sheet: Sheet) -> list[Column]:
    """What runs can be grouped by: anything but figures and times."""
    return [c for c in sheet.columns if not c.is_metric and c.code not in {"attributes.started", "attributes.took"}]


def _candidates(sheet: Sheet) -> list[Column]:
    """What can be put on an axis: what differs and is no company of a metric; anything, where nothing differs."""
    shown = [column for column in sheet.columns if column.kind is not Kind.COMPANY]
    return [column for column in shown if column.differs] or shown


def _numeric(sheet: Sheet, *, is_metric: bool) -> list[Column]:
    """Metrics, or what runs were given as numbers of more than one value."""
    if is_metric:
        return [column for column in sheet.metrics if column.is_numeric]
    given = (column for column in sheet.columns if column.kind in {Kind.PARAM, Kind.TAG} and column.is_numeric)
    return [column for column in given if len(set(column.numbers) - {None}) > 1]


def _rank(columns: Sequence[Column]) -> list[Column]:
    """Those first that vary over the most runs: of runs of many kinds, most params are logged by a few alone."""
    varied = {column.code: len(set(column.values) - {None}) > 1 for column in columns}
    return sorted(columns, key=lambda c: (not varied[c.code], sum(held is None for held in c.values)))


def _log_ticks(asked: Asked, axes: Sequence[tuple[str, Dimension]]) -> tuple[Tick, ...]:
    words = {"log_x": _("Log scale across"), "log_y": _("Log scale upwards")}
    return tuple(Tick(name, words[name], asked.is_set(name)) for name, axis in axes if axis.may_be_log)


def _is_log(name: str, ticks: Sequence[Tick]) -> bool:
    return any(tick.name == name and tick.is_set for tick in ticks)


def _notes() -> dict[str, str]:
    return {
        "scatter": _("A mark a run. Runs are no random sample: what goes together here need not cause anything."),
        "parallel": _(
            "A line a run. It crosses each axis at its value, below the axis where it logged none; a few different"
            " values stand at even distances. The strongest colour is the best quarter, or the highest where nobody"
            " knows which way is better."
        ),
        "contour": _(
            "Each cell holds the mean of the runs in it and their number; dotted lines join equal means between cells"
            " that adjoin. Nothing is guessed where no run lies."
        ),
    }


def _lacking(view: str) -> str:
    if view == "contour":
        return _("This takes two params that are numbers and differ, and a metric.")
    return _("This takes a metric that the runs logged, and something in which they differ.")
