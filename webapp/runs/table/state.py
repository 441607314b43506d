"""The whole state of the run table as its address holds it, so that a view of it is a link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from webapp.runs.language.where import read_where
from webapp.runs.queries import Filters, Order
from webapp.store.columns import RunColumn, read_column
from webapp.store.mlflow_tables import RUN_STATES

ADDRESS = "/runs"
SIZES = (25, 50, 100)
MOST_COLUMNS = 40
PANELS = ("columns", "group", "export", "views")
NO_FILTERS, DEFAULT_ORDER = Filters(), Order()
MOST_PINNED = 9


@dataclass(frozen=True)
class TableState:
    """What to show and how. Without `columns` of its own a table shows those that fit the store."""

    filters: Filters = NO_FILTERS
    order: Order = DEFAULT_ORDER
    columns: tuple[RunColumn, ...] = ()
    pinned: int = 0
    """How many columns beside the name stay in sight when the others are scrolled."""
    is_compact: bool = False
    size: int = SIZES[0]
    group: RunColumn | None = None
    panel: str = ""
    """Which of the tools above the table is open."""

    def link(self, **changes: Any) -> str:
        """Return the address of this state with some parts changed; what is as usual is left out of it."""
        state = replace(self, **changes)
        query = urlencode(list(state.pairs()))
        return f"{ADDRESS}?{query}" if query else ADDRESS

    def sorted_by(self, column: RunColumn, *, is_descending: bool) -> str:
        """Return the address of the first page in another order."""
        return self.link(order=Order(str(column), is_descending))

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Yield the address's parameters, each with its value."""
        yield from self.filters.pairs()
        if (self.order.by, self.order.descending) != (DEFAULT_ORDER.by, DEFAULT_ORDER.descending):
            yield "sort", f"-{self.order.by}" if self.order.descending else self.order.by
        for column in self.columns:
            yield "column", str(column)
        if self.pinned:
            yield "pin", str(self.pinned)
        if self.is_compact:
            yield "density", "compact"
        if self.size != SIZES[0]:
            yield "size", str(self.size)
        if self.group:
            yield "group", str(self.group)
        if self.panel:
            yield "panel", self.panel
        if self.order.after:
            yield "after", self.order.after


def read_state(args: MultiDict[str, str], filters: Filters) -> TableState:
    """Read the state from an address; what means nothing is left out: an old link is better shown than refused."""
    columns = list(dict.fromkeys(column for text in args.getlist("column") if (column := _column(text))))
    size, pinned = args.get("size", ""), args.get("pin", "0")
    return TableState(
        filters=filters,
        order=read_order(args),
        columns=tuple(columns[:MOST_COLUMNS]),
        pinned=int(pinned) if pinned in {str(known) for known in range(min(len(columns), MOST_PINNED) + 1)} else 0,
        is_compact=args.get("density") == "compact",
        size=int(size) if size in {str(known) for known in SIZES} else SIZES[0],
        group=_column(args.get("group", "")),
        panel=panel if (panel := args.get("panel", "")) in PANELS else "",
    )


def read_filters(args: MultiDict[str, str], now: int) -> Filters:
    """What the address asks to see at `now` (UTC epoch milliseconds); values that mean nothing are left out."""
    state = args.get("state", "").upper()
    return Filters(
        text=args.get("q", "").strip()[:200],
        family=args.get("family", "")[:250],
        state=state if state in RUN_STATES else "",
        where=read_where(args.get("filter", ""), now),
    )


def read_order(args: MultiDict[str, str]) -> Order:
    """How the address asks to sort: `sort=name`, or `sort=-metrics.accuracy` for the greatest first."""
    asked = args.get("sort", "-started_at")
    column = _column(asked.removeprefix("-"))
    after = args.get("after")
    return Order(str(column), asked.startswith("-"), after) if column else Order(after=after)


def _column(text: str) -> RunColumn | None:
    try:
        return read_column(text)
    except ValueError:
        return None
