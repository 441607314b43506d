"""From the run table's state and what the store holds to what its page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Connection, func, select

from webapp.accounts import User
from webapp.compare.matching import link_matching
from webapp.formats import any_number, integer
from webapp.runs.filter_field import show_filter
from webapp.runs.language import tree as language
from webapp.runs.language.where import Where, narrow
from webapp.runs.lines import describe_state, make_name
from webapp.runs.queries import Filters, RunPage, find_runs, list_families, make_conditions
from webapp.runs.sentences import describe_family
from webapp.runs.table.cells import find_values, make_cell, name_experiments
from webapp.runs.table.columns import (
    ACCURACY,
    choose_columns,
    list_other_columns,
    make_headings,
    name_column,
    say_order,
)
from webapp.runs.table.groups import Group, GroupValue, Spread, find_groups
from webapp.runs.table.pages import (
    ColumnChoice,
    GroupLine,
    GroupTable,
    History,
    MoreColumns,
    SpreadCell,
    TableLine,
    Tool,
)
from webapp.runs.table.saved import SavedView, list_views
from webapp.runs.table.state import SIZES, TableState
from webapp.store.answers import find_answer
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import GOING_ON, RUN_STATES
from webapp.store.paging import count_runs, find_key
from webapp.store.tables import run
from webapp.store.values import Kind

DAY = 86_400_000
PATIENCE = 7 * DAY
"""A run that has been running for longer was killed without a word: a page does not wait for it."""
_LAST_GOING = select(func.max(run.c.started_at)).where(run.c.status.in_(GOING_ON))
EXPERIMENT = RunColumn(None, "experiment_id")
FORMS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))
_WRITTEN = {
    None: language.Kind.ATTRIBUTE, Kind.METRIC: language.Kind.METRIC, Kind.PARAM: language.Kind.PARAM,
    Kind.TAG: language.Kind.TAG,
}  # fmt: skip
_ATTRIBUTES = {"user_name": "user", "dataset_name": "dataset", "experiment_id": "experiment"}
"""Columns that a filter calls otherwise."""
GROUPERS = ("family", "user_name", "status", "dataset_name", "experiment_id")


@dataclass(frozen=True)
class Reader:
    """What the table shows to this reader alone."""

    views: tuple[SavedView, ...] = ()
    is_known: bool = False
    """Whether they have an account, under which views can be kept."""
    is_admin: bool = False


def make_reader(conn: Connection, user: User | None) -> Reader:
    """Find what is somebody's own."""
    return Reader(list_views(conn, user.id), is_known=True, is_admin=user.role == "admin") if user else Reader()


def is_of_projection(state: TableState) -> bool:
    """Whether the table shows nothing that changes while the projection stays as it is."""
    shows_names = EXPERIMENT in (*state.columns, state.group)  # of experiments: MLflow's own table has them
    return state.filters.question is not None and not shows_names and not state.panel


def show_history(conn: Connection, state: TableState, reader: Reader) -> History:
    """Make the table with what stands around it."""
    columns = choose_columns(conn, state)
    headings = make_headings(state, columns)
    first = replace(state, order=replace(state.order, after=None))
    is_wrong = state.filters.where.error is not None
    found = (
        RunPage((), count_runs(conn), 0, None) if is_wrong else find_runs(conn, state.filters, state.order, state.size)
    )
    numbers = [row.number for row in found.rows]
    values = find_values(conn, numbers, columns)
    names = name_experiments(conn) if EXPERIMENT in columns else {}
    return History(
        headline=_count_in_words(found, state.filters),
        total=found.total,
        matching=found.matching,
        state=state,
        filtering=tuple(replace(first, filters=Filters()).pairs()),
        filter=show_filter(
            state.filters.where,
            conn,
            lambda text: first.link(filters=replace(state.filters, where=Where(text))),
            finds_any=found.matching > 0,
        ),
        families=tuple((family, describe_family(family)) for family in list_families(conn)),
        states=tuple((status, describe_state(status)[0]) for status in RUN_STATES),
        headings=headings,
        order=say_order(state, headings),
        lines=tuple(
            TableLine(make_name(row), tuple(make_cell(row, column, values, names) for column in columns))
            for row in found.rows
        ),
        groups=_show_groups(conn, state, state.group, columns) if state.group and not is_wrong else None,
        tools=_make_tools(state),
        density=_make_density(state),
        sizes=tuple(Tool(str(size), str(size), first.link(size=size), size == state.size) for size in SIZES),
        chosen=_list_chosen(state, columns) if state.panel == "columns" else (),
        more=_list_more(conn, columns) if state.panel == "columns" else (),
        groupers=_list_groupers(conn) if state.panel == "group" else (),
        adding=tuple(replace(first, columns=columns).pairs()),
        grouping=tuple(replace(first, group=None).pairs()),
        exporting=tuple(replace(first, panel="").pairs()) if state.panel == "export" else (),
        forms=FORMS,
        export_sentence=_say_export(state, found) if state.panel == "export" else "",
        compare_all=link_matching(state, found.matching),
        usual_columns=state.link(columns=(), pinned=0) if state.columns else "",
        views=reader.views,
        can_keep_views=reader.is_known,
        can_edit=reader.is_admin,
        query=urlencode(list(replace(first, panel="").pairs())),
        address=state.link(),
        everything=first.link(filters=Filters()),
        older=state.link(order=replace(state.order, after=found.next)) if found.next else "",
        newest=first.link() if state.order.after else "",
    )


def has_running(conn: Connection, version: int, now: int) -> bool:
    """Whether a run is under way that may still say something."""
    last = find_answer(conn, "last start of what runs", lambda: conn.execute(_LAST_GOING).scalar() or 0, version)
    return last > now - PATIENCE


def _show_groups(conn: Connection, state: TableState, by: RunColumn, columns: tuple[RunColumn, ...]) -> GroupTable:
    """Show the runs in groups, with the metrics that the table shows."""
    metrics = [column for column in columns if column.kind is Kind.METRIC]
    priors = {metric: prior for metric in metrics if find_key(conn, prior := _name_prior(metric)) is not None}
    found = find_groups(conn, by, [*metrics, *priors.values()], make_conditions(conn, state.filters))
    names = name_experiments(conn) if by == EXPERIMENT else {}
    return GroupTable(
        by=name_column(by)[0],
        metrics=tuple(name_column(metric)[0] for metric in metrics),
        lines=tuple(
            GroupLine(
                name=_name_group(by, group.value, names),
                href=_narrow(state, by, group.value, names),
                runs=integer(group.runs),
                spreads=_show_spreads(metrics, priors, group),
            )
            for group in found.groups
        ),
        sentence=_say_groups(len(found.groups), found.total),
        ungrouped=state.link(group=None),
    )


def _name_prior(metric: RunColumn) -> RunColumn:
    """Return the column of what the class prior alone scores by a metric, on the folds of the same run."""
    return RunColumn(Kind.METRIC, f"prior_{metric.name}")


def _show_spreads(
    metrics: Sequence[RunColumn], priors: Mapping[RunColumn, RunColumn], group: Group
) -> tuple[SpreadCell | None, ...]:
    """Show each metric of a group beside the mean of its baseline, whose spreads follow those of the metrics."""
    spreads = dict(zip([*metrics, *priors.values()], group.spreads, strict=True))
    baselines = {metric: spreads[prior] for metric, prior in priors.items() if spreads[prior].runs}
    return tuple(_show_spread(spreads[metric], group.runs, _say_baseline(metric, baselines)) for metric in metrics)


def _say_baseline(metric: RunColumn, baselines: Mapping[RunColumn, Spread]) -> str:
    if metric in baselines:
        return _("prior %(value)s", value=any_number(baselines[metric].mean))
    return _("no baseline logged") if metric == ACCURACY else ""


def _narrow(state: TableState, by: RunColumn, value: GroupValue, names: Mapping[int | None, str]) -> str:
    """Return the address of a group's runs; empty where no filter can say which they are."""
    if by.kind is None and by.name == "family" and value:
        return state.link(filters=replace(state.filters, family=str(value)), group=None)
    if by.kind is None and by.name == "status" and value in RUN_STATES:
        return state.link(filters=replace(state.filters, state=str(value)), group=None)
    named = names.get(value, "") if by == EXPERIMENT and isinstance(value, int) else value
    narrowed = narrow(state.filters.where, _WRITTEN[by.kind], _ATTRIBUTES.get(by.name, by.name), named)
    return state.link(filters=replace(state.filters, where=narrowed), group=None) if narrowed else ""


def _name_group(by: RunColumn, value: GroupValue, names: Mapping[int | None, str]) -> str:
    if value is None:
        return _("(none)")
    if by.kind is None and by.name == "family":
        return describe_family(str(value))
    if by.kind is None and by.name == "status":
        return describe_state(str(value))[0]
    if by == EXPERIMENT and isinstance(value, int):
        return names.get(value, str(value))
    return str(value) or _("(empty)")


def _show_spread(spread: Spread, runs: int, baseline: str) -> SpreadCell | None:
    if not spread.runs:
        return None
    return SpreadCell(
        text=any_number(spread.mean),
        deviation="" if spread.deviation is None else any_number(spread.deviation),
        ends="" if spread.runs == 1 else f"{any_number(spread.least)} – {any_number(spread.greatest)}",
        runs="" if spread.runs == runs else integer(spread.runs),
        baseline=baseline,
    )


def _say_groups(shown: int, total: int) -> str:
    if shown < total:
        return _("The %(shown)s largest of %(total)s groups", shown=integer(shown), total=integer(total))
    return ngettext("%(num)s group", "%(num)s groups", total)


def _make_tools(state: TableState) -> tuple[Tool, ...]:
    labels = {"columns": _("Columns"), "group": _("Group"), "export": _("Export"), "views": _("Views")}
    return tuple(
        Tool(name, label, state.link(panel="" if state.panel == name else name), state.panel == name)
        for name, label in labels.items()
    )


def _make_density(state: TableState) -> Tool:
    label = _("Roomy rows") if state.is_compact else _("Dense rows")
    return Tool("density", label, state.link(is_compact=not state.is_compact), state.is_compact)


def _list_chosen(state: TableState, columns: tuple[RunColumn, ...]) -> tuple[ColumnChoice, ...]:
    """Offer for each column where it could go; the last that is left cannot be hidden."""

    def swap(place: int, other: int) -> str:
        if not 0 <= other < len(columns):
            return ""
        moved = list(columns)
        moved[place], moved[other] = moved[other], moved[place]
        return state.link(columns=tuple(moved))

    choices = []
    for place, column in enumerate(columns):
        name, kind, _definition = name_column(column)
        others = tuple(other for other in columns if other != column)
        is_pinned = place < state.pinned
        pinned = place if is_pinned else place + 1
        choices.append(
            ColumnChoice(
                name=name,
                kind=kind,
                earlier=swap(place, place - 1),
                later=swap(place, place + 1),
                pin=state.link(columns=columns, pinned=pinned),
                hide=state.link(columns=others, pinned=min(state.pinned, len(others))) if others else "",
                is_pinned=is_pinned,
            )
        )
    return tuple(choices)


def _list_more(conn: Connection, columns: tuple[RunColumn, ...]) -> tuple[MoreColumns, ...]:
    titles = {None: _("About the run"), Kind.METRIC: _("Metrics"), Kind.PARAM: _("Params"), Kind.TAG: _("Tags")}
    return tuple(
        MoreColumns(titles[kind], tuple((str(column), name_column(column)[0]) for column in others))
        for kind, others in list_other_columns(conn, columns).items()
        if others
    )


def _list_groupers(conn: Connection) -> tuple[MoreColumns, ...]:
    """What runs can be grouped by: all but their names, times and metrics."""
    attributes = tuple((name, name_column(RunColumn(None, name))[0]) for name in GROUPERS)
    keys = list_other_columns(conn, ())
    return (
        MoreColumns(_("About the run"), attributes),
        *(
            MoreColumns(title, tuple((str(column), column.name) for column in keys[kind]))
            for kind, title in ((Kind.PARAM, _("Params")), (Kind.TAG, _("Tags")))
            if keys[kind]
        ),
    )


def _say_export(state: TableState, found: RunPage) -> str:
    if state.group:
        return _("The file has every group, with the spread of each metric in full.")
    if not found.matching:
        return _("Nothing in the history matches this filter.")
    return ngettext(
        "The file has the %(runs)s run that the table finds, every value in full; times are in UTC.",
        "The file has all %(runs)s runs that the table finds, in its order, every value in full; times are in UTC.",
        found.matching,
        runs=integer(found.matching),
    )


def _count_in_words(found: RunPage, filters: Filters) -> str:
    if filters.where.error:
        return _("This filter cannot be read")
    if filters.are_any:
        return _("%(matching)s of %(total)s runs", matching=integer(found.matching), total=integer(found.total))
    return ngettext("%(num)s run", "%(num)s runs", found.total)
