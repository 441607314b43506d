"""For whom the run is worth what."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ml.charts.people import name_classes, name_group
from ml.charts.reader import Reader
from ml.examination.people import FEWEST, Gap, Group, LeavingOut, People, Proxy, Rate, Slicing
from ml.results import Difference, Estimate
from ml.spec import Kind
from webapp.charts.views import FigureView
from webapp.formats import decimal, integer, percent
from webapp.runs.context import Context, Section
from webapp.runs.sentences import CHANCE
from webapp.scores import describe_metric

COMPARED = ("accuracy", "f1_macro", "qwk", "log_loss")
ORDINAL_METRICS = frozenset({"qwk"})
"""Those that mean nothing where classes have no order."""


@dataclass(frozen=True)
class Cell:
    """A figure and its interval; `text` says so where it is hidden."""

    text: str
    interval: str = ""


@dataclass(frozen=True)
class GroupLine:
    """A group's line."""

    name: str
    rows: str
    cells: tuple[Cell, ...]
    is_everybody: bool = False


@dataclass(frozen=True)
class GroupTable:
    """The groups of one cut. `gaps` says between whom the figures differ most."""

    title: str
    headers: tuple[str, ...]
    lines: tuple[GroupLine, ...]
    gaps: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True)
class CostLine:
    """A metric with and without the sensitive columns."""

    name: str
    definition: str
    is_lower_better: bool
    with_them: Cell
    without: Cell
    difference: Cell


@dataclass(frozen=True)
class ProxyLine:
    """How well the rest names a sensitive column."""

    column: str
    rows: str
    found: Cell
    chance: str
    strongest: tuple[str, ...]


@dataclass(frozen=True)
class PeopleView:
    """What the template shows."""

    answer: str
    use: str
    figure: FigureView | None
    tables: tuple[GroupTable, ...]
    explained: str
    fewest: int
    cost: str
    folds: str
    costs: tuple[CostLine, ...]
    changes: tuple[GroupLine, ...]
    proxy: str
    proxies: tuple[ProxyLine, ...]


def show(context: Context) -> Section | None:
    """Lay out the section; None where nothing is sensitive or nobody looked."""
    people, reader = context.report.examination.people, context.reader
    if people is None or people.everybody is None:
        return None
    left_out, widest = people.leaving_out, people.widest_gap
    view = PeopleView(
        answer=_say_gap(*widest, people, reader)
        if widest
        else _("There are too few rows in all groups but one to compare them."),
        use=say_use(people, reader),
        figure=context.figures.get("people"),
        tables=tuple(
            _table(slicing, people, reader, is_open=widest is not None and slicing is widest[0])
            for slicing in people.slices
        ),
        explained=_explain(people, reader),
        fewest=FEWEST,
        cost=say_cost(left_out) if left_out else "",
        folds=_("%(repeats)s × %(folds)s folds", repeats=left_out.repeats, folds=left_out.folds) if left_out else "",
        costs=_list_costs(left_out, reader) if left_out else (),
        changes=_list_changes(left_out, reader) if left_out else (),
        proxy=say_proxies(people.proxies, reader),
        proxies=tuple(_proxy_line(proxy, reader) for proxy in people.proxies),
    )
    return Section("people", _("For whom"), view)


def say_use(people: People, reader: Reader) -> str:
    """Whether the model reads the sensitive columns."""
    names = name_columns(people.columns, reader)
    if people.are_used:
        return _("The model reads %(columns)s.", columns=names)
    return _("The model does not read %(columns)s: they were kept for this audit only.", columns=names)


def name_columns(columns: tuple[str, ...], reader: Reader) -> str:
    """Columns by their labels, joined."""
    return ", ".join(_label(column, reader) for column in columns)


def say_cost(left_out: LeavingOut) -> str:
    """What leaving the sensitive columns out does to accuracy and to the answers, in words."""
    difference = left_out.differences["accuracy"]
    texts = {
        "with_them": round(left_out.with_them["accuracy"].mean * 100),
        "without": round(left_out.without["accuracy"].mean * 100),
        "low": signed_points(difference.low),
        "high": signed_points(difference.high),
    }
    if difference.p_value < CHANCE and difference.mean < 0:
        first = _(
            "Without the sensitive columns it is right %(without)s times in 100 instead of %(with_them)s"
            " (%(low)s to %(high)s points).",
            **texts,
        )
    elif difference.p_value < CHANCE:
        first = _(
            "Without the sensitive columns it is right more often: %(without)s times in 100 instead of %(with_them)s"
            " (%(low)s to %(high)s points).",
            **texts,
        )
    else:
        first = _(
            "Without the sensitive columns it is right %(without)s times in 100, with them %(with_them)s: no difference"
            " beyond chance (%(low)s to %(high)s points).",
            **texts,
        )
    return first + " " + _("Of all answers, %(share)s change.", share=percent(left_out.changed.mean))


def say_proxies(proxies: tuple[Proxy, ...], reader: Reader) -> str:
    """Which sensitive columns the others give away."""
    telling = [proxy.column for proxy in proxies if proxy.balanced_accuracy.low > proxy.chance]
    if not proxies:
        return ""
    if not telling:
        return _("The columns that stay say nothing beyond chance about the sensitive ones.")
    return _(
        "Leaving them out does not hide them all: the columns that stay still say more than chance about %(columns)s.",
        columns=name_columns(tuple(telling), reader),
    )


def signed_points(share: float) -> str:
    """A difference of shares in points, with its sign."""
    return _signed(share * 100, 0)


def _say_gap(slicing: Slicing, gap: Gap, people: People, reader: Reader) -> str:
    high, low = slicing.shares_of(gap)
    texts = {
        "first": _name(slicing.columns, gap.higher, reader),
        "second": _name(slicing.columns, gap.lower, reader),
        "high": round(high.mean * 100) if high else "–",
        "low": round(low.mean * 100) if low else "–",
        "from_points": signed_points(gap.difference.low),
        "to_points": signed_points(gap.difference.high),
    }
    if gap.outcome is None:
        text = _(
            "It is right %(high)s times in 100 among %(first)s, %(low)s among %(second)s: a difference of"
            " %(from_points)s to %(to_points)s points.",
            **texts,
        )
    elif gap.measure == "found":
        text = _(
            "Of those who are %(classes)s, it recognises %(high)s in 100 among %(first)s, %(low)s among %(second)s: a"
            " difference of %(from_points)s to %(to_points)s points.",
            classes=name_classes(people.outcomes[gap.outcome].classes, reader),
            **texts,
        )
    else:
        text = _(
            "Of those who are not %(classes)s, it takes %(high)s in 100 for such among %(first)s, %(low)s among"
            " %(second)s: a difference of %(from_points)s to %(to_points)s points.",
            classes=name_classes(people.outcomes[gap.outcome].classes, reader),
            **texts,
        )
    return text if gap.difference.low > 0 else text + " " + _("That is not beyond chance.")


def _table(slicing: Slicing, people: People, reader: Reader, *, is_open: bool) -> GroupTable:
    headers = _list_headers(people, reader)
    lines = [_line(_name(slicing.columns, group.categories, reader), group, headers) for group in slicing.groups]
    everybody = [_line(_("Everybody"), people.everybody, headers, is_everybody=True)] if people.everybody else []
    return GroupTable(
        title=_("By %(columns)s", columns=" × ".join(_label(column, reader) for column in slicing.columns)),
        headers=tuple(headers),
        lines=tuple(everybody + lines),
        gaps=tuple(_say_gap(slicing, gap, people, reader) for gap in slicing.gaps),
        is_open=is_open,
    )


def _list_headers(people: People, reader: Reader) -> list[str]:
    """Name the columns; where there is one outcome only, the note below the tables says which."""
    headers = [_("Right")]
    for outcome in people.outcomes:
        after = f": {name_classes(outcome.classes, reader)}" if len(people.outcomes) > 1 else ""
        headers += [_("Found") + after, _("Falsely taken") + after, _("Expected beyond the share") + after]
    return headers


def _explain(people: People, reader: Reader) -> str:
    if len(people.outcomes) == 1:
        classes = name_classes(people.outcomes[0].classes, reader)
        return _(
            "Found: of those who are %(classes)s, the share that is answered so. Falsely taken: of the others, the"
            " share that is answered so. Expected beyond the share: their mean probability minus the share that there"
            " is, in points.",
            classes=classes,
        )
    return _(
        "Found: of those in the class, the share that is answered so. Falsely taken: of the others, the share that is"
        " answered so. Expected beyond the share: its mean probability minus the share that there is, in points."
    )


def _line(name: str, group: Group, headers: list[str], *, is_everybody: bool = False) -> GroupLine:
    if group.rows is None:
        return GroupLine(name, _("hidden"), (Cell(_("too few")),) * len(headers))
    cells = [_share_cell(group.accuracy)]
    for figures in group.outcomes:
        cells += [_rate_cell(figures.found), _rate_cell(figures.false_alarm), _points_cell(figures.surplus)]
    return GroupLine(name, integer(group.rows), tuple(cells), is_everybody)


def _rate_cell(rate: Rate) -> Cell:
    cell = _share_cell(rate.share)
    return Cell(cell.text, f"{cell.interval} · {integer(rate.rows)}") if rate.rows is not None else cell


def _share_cell(share: Estimate | None) -> Cell:
    if share is None:
        return Cell(_("too few"))
    return Cell(percent(share.mean), f"[{decimal(share.low * 100, 0)}–{decimal(share.high * 100, 0)}]")


def _points_cell(difference: Estimate | Difference | None) -> Cell:
    if difference is None:
        return Cell(_("too few"))
    ends = f"[{signed_points(difference.low)}, {signed_points(difference.high)}]"
    return Cell(signed_points(difference.mean), ends)


def _list_costs(left_out: LeavingOut, reader: Reader) -> tuple[CostLine, ...]:
    is_ordered = reader.spec.target.kind is Kind.ORDINAL
    return tuple(
        CostLine(
            *describe_metric(metric),
            metric == "log_loss",
            _decimal_cell(left_out.with_them[metric]),
            _decimal_cell(left_out.without[metric]),
            _decimal_cell(left_out.differences[metric], is_signed=True),
        )
        for metric in COMPARED
        if metric in left_out.differences and (is_ordered or metric not in ORDINAL_METRICS)
    )


def _decimal_cell(value: Estimate | Difference, *, is_signed: bool = False) -> Cell:
    texts = [_signed(x, 3) if is_signed else decimal(x) for x in (value.mean, value.low, value.high)]
    return Cell(texts[0], f"[{texts[1]}, {texts[2]}]")


def _signed(value: float, digits: int) -> str:
    text = decimal(abs(value), digits)
    return text if not float(round(value, digits)) else ("+" if value > 0 else "−") + text


def _list_changes(left_out: LeavingOut, reader: Reader) -> tuple[GroupLine, ...]:
    everybody = GroupLine(_("Everybody"), "", (_share_cell(left_out.changed),), is_everybody=True)
    lines = [
        GroupLine(
            name_group(changed.column, changed.category, reader),
            _("hidden") if changed.rows is None else integer(changed.rows),
            (_share_cell(changed.share),),
        )
        for changed in left_out.changed_by
    ]
    return (everybody, *lines)


def _proxy_line(proxy: Proxy, reader: Reader) -> ProxyLine:
    return ProxyLine(
        column=_label(proxy.column, reader),
        rows=integer(proxy.rows),
        found=_share_cell(proxy.balanced_accuracy),
        chance=percent(proxy.chance),
        strongest=tuple(
            f"{_label(alone.column, reader)} {_share_cell(alone.balanced_accuracy).text}"
            f" {_share_cell(alone.balanced_accuracy).interval}"
            for alone in proxy.strongest
        ),
    )


def _name(columns: tuple[str, ...], categories: tuple[str | None, ...], reader: Reader) -> str:
    return " · ".join(name_group(column, name, reader) for column, name in zip(columns, categories, strict=True))


def _label(column: str, reader: Reader) -> str:
    known = {item.name: item.label.in_language(reader.language) for item in reader.spec.columns}
    return known.get(column, column)
