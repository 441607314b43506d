"""What the run table's page shows."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from webapp.runs.filter_field import FilterField
from webapp.runs.pages import RunName
from webapp.runs.table.cells import Cell
from webapp.runs.table.columns import Heading
from webapp.runs.table.saved import SavedView
from webapp.runs.table.state import TableState


@dataclass(frozen=True)
class TableLine:
    """A run: its name and what stands in each column."""

    run: RunName
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Tool:
    """A tool above the table: a link that opens or closes it."""

    name: str
    label: str
    href: str
    is_open: bool


@dataclass(frozen=True)
class ColumnChoice:
    """A column that is shown, with the links that move, pin and hide it; an empty one means nothing to do."""

    name: str
    kind: str
    earlier: str
    later: str
    pin: str
    hide: str
    is_pinned: bool


@dataclass(frozen=True)
class MoreColumns:
    """Columns of one kind that could be shown, each with its name in addresses and on screen."""

    title: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SpreadCell:
    """A metric over the runs of a group: mean and deviation, least and greatest, and of how many runs if not all.

    `baseline` is what the class prior alone scored in the mean, empty where that is not known of such a metric.
    """

    text: str
    deviation: str
    ends: str
    runs: str
    baseline: str


@dataclass(frozen=True)
class GroupLine:
    """A group; `href` leads to its runs, empty where no filter can say which they are."""

    name: str
    href: str
    runs: str
    spreads: tuple[SpreadCell | None, ...]


@dataclass(frozen=True)
class GroupTable:
    """Runs in groups, instead of one by one."""

    by: str
    metrics: tuple[str, ...]
    lines: tuple[GroupLine, ...]
    sentence: str
    ungrouped: str


Hidden = tuple[tuple[str, str], ...]
"""Fields by which a form keeps the rest of the state."""


@dataclass(frozen=True)
class RunsPage:
    """`/runs`: what is kept of it for everybody who asks the same, and what is of this moment."""

    headline: str
    history: Markup
    """A `History`, rendered."""
    version: int
    """The number of the latest change to the history."""
    is_live: bool
    """Whether something runs, so that the page has to look again."""


@dataclass(frozen=True)
class History:
    """The table and what stands around it. A link that is empty is not shown."""

    headline: str
    total: int
    matching: int
    state: TableState
    filtering: Hidden
    filter: FilterField
    families: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    headings: tuple[Heading, ...]
    order: str
    """By what the runs are in order, where no heading shows it."""
    lines: tuple[TableLine, ...]
    groups: GroupTable | None
    tools: tuple[Tool, ...]
    density: Tool
    sizes: tuple[Tool, ...]
    chosen: tuple[ColumnChoice, ...]
    more: tuple[MoreColumns, ...]
    groupers: tuple[MoreColumns, ...]
    adding: Hidden
    grouping: Hidden
    exporting: Hidden
    forms: tuple[tuple[str, str], ...]
    """Of the file: each with its name in addresses and on screen."""
    export_sentence: str
    compare_all: str
    usual_columns: str
    views: tuple[SavedView, ...]
    can_keep_views: bool
    can_edit: bool
    query: str
    """Of the address that is kept as a view."""
    address: str
    everything: str
    older: str
    newest: str
