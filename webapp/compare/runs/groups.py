"""Runs by group: how many, the mean and the spread of each metric over them, its least and its greatest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from ml.charts.figure import Cell, write_csv
from ml.charts.reader import Reader
from ml.charts.runs.groups import Group, draw_groups, group_runs
from ml.charts.runs.values import cut, write_number
from webapp.charts.views import FigureView
from webapp.compare.runs.asked import Asked, Links
from webapp.compare.runs.figures import link_figure, list_groupings, make_dimension, pick_group
from webapp.compare.runs.names import RunName
from webapp.compare.runs.picking import Select, offer, offer_several, pick, pick_several
from webapp.compare.runs.sheet import Column, Sheet
from webapp.formats import integer

USUAL_METRICS = 4
MOST_METRICS = 12
MOST_LINES = 100


@dataclass(frozen=True)
class GroupCell:
    """A metric over the runs of a group. `runs` is set where fewer have the metric than the group has."""

    mean: str
    sd: str
    low: str
    high: str
    runs: str


@dataclass(frozen=True)
class GroupLine:
    """A group."""

    name: str
    runs: str
    cells: tuple[GroupCell | None, ...]


@dataclass(frozen=True)
class GroupsView:
    """The table of groups and the boxes of one metric."""

    by: str
    metrics: tuple[str, ...]
    lines: tuple[GroupLine, ...]
    left_out: int
    selects: tuple[Select, ...]
    figure: FigureView | None
    csv_url: str


@dataclass(frozen=True)
class _Grouped:
    """What is grouped by what. `found` has the groups of each metric in turn, the same groups each time."""

    by: Column
    metrics: tuple[Column, ...]
    found: tuple[tuple[Group, ...], ...]


def show_groups(sheet: Sheet, names: Sequence[RunName], asked: Asked, links: Links, reader: Reader) -> GroupsView:
    """Lay out the groups that the address asks for."""
    grouped = _group(sheet, asked, reader)
    numeric = [column for column in sheet.metrics if column.is_numeric]
    drawn = pick(asked.word("y"), numeric, numeric)
    selects = (
        offer("group", _("Group by"), list_groupings(sheet), grouped.by if grouped else None),
        offer("y", _("Boxes of"), numeric, drawn),
        offer_several("of", _("Table of"), numeric, grouped.metrics if grouped else ()),
    )
    if grouped is None or drawn is None:
        return GroupsView("", (), (), 0, selects, None, "")
    figure = draw_groups([name.title for name in names], make_dimension(grouped.by), make_dimension(drawn), reader)
    lines = [_make_line(groups, reader) for groups in zip(*grouped.found, strict=True)]
    said = {name: asked.lists.get(name, ()) for name in ("group", "of")}
    return GroupsView(
        by=cut(grouped.by.label),
        metrics=tuple(cut(metric.label) for metric in grouped.metrics),
        lines=tuple(lines[:MOST_LINES]),
        left_out=max(0, len(lines) - MOST_LINES),
        selects=selects,
        figure=link_figure(figure, "groups", asked, links),
        csv_url=links.to(said, "compare.groups_csv"),
    )


def write_groups_csv(sheet: Sheet, asked: Asked, reader: Reader) -> str:
    """Write a line for each group and metric."""
    grouped = _group(sheet, asked, reader)
    rows: list[tuple[Cell, ...]] = [
        (grouped.by.code if grouped else "group", "metric", "n", "mean", "sd", "min", "max")
    ]
    for metric, groups in zip(grouped.metrics, grouped.found, strict=True) if grouped else ():
        for group in groups:
            five = group.five
            rows.append((group.name, metric.key, len(group.values), group.mean, group.sd, five[0], five[-1]))
    return write_csv(rows)


def _group(sheet: Sheet, asked: Asked, reader: Reader) -> _Grouped | None:
    numeric = [column for column in sheet.metrics if column.is_numeric]
    usual = [column for column in numeric if column.differs][:USUAL_METRICS] or numeric[:USUAL_METRICS]
    metrics = pick_several(asked.lists.get("of", ()), numeric, usual)[:MOST_METRICS]
    by = pick_group(sheet, asked)
    if by is None or not metrics:
        return None
    dimension = make_dimension(by)
    return _Grouped(by, tuple(metrics), tuple(group_runs(dimension, make_dimension(m), reader) for m in metrics))


def _make_line(groups: Sequence[Group], reader: Reader) -> GroupLine:
    first = groups[0]
    return GroupLine(cut(first.name), integer(first.runs), tuple(_make_cell(group, reader) for group in groups))


def _make_cell(group: Group, reader: Reader) -> GroupCell | None:
    if group.mean is None:
        return None
    low, high = group.values[0], group.values[-1]
    return GroupCell(
        mean=_write(group.mean, reader),
        sd=_write(group.sd, reader) if group.sd is not None else "",
        low=_write(low, reader),
        high=_write(high, reader),
        runs=integer(len(group.values)) if len(group.values) != group.runs else "",
    )


def _write(value: float, reader: Reader) -> str:
    """Three digits behind the point for what lies near 1, as scores stand everywhere."""
    return reader.number(value, 3) if abs(value) < 100 else write_number(value, reader)  # noqa: PLR2004
