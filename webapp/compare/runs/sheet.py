"""What many runs hold as one sheet: a column for each thing that any of them logged, a value or none for each run."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from flask_babel import gettext as _

from webapp.compare.runs.queries import RunFacts
from webapp.formats import duration, when
from webapp.runs.lines import describe_state
from webapp.runs.sentences import describe_family
from webapp.scores import METRICS, describe_metric

Value = str | float | None
"""None is not logged, which is not the same as an empty text."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_BEFORE = ("training_", "prior_", "single_column_")
_AFTER = ("_low", "_high")
SHOWN_SHA = 12


class Kind(StrEnum):
    """Where a value stands in the store."""

    PARAM = "params"
    METRIC = "metrics"
    COMPANY = "company"
    """A metric that belongs to another: the ends of its interval, a baseline's, the training rows'."""
    ATTRIBUTE = "attributes"
    TAG = "tags"


@dataclass(frozen=True)
class Column:
    """One thing that runs logged, with its value in each."""

    kind: Kind
    key: str
    label: str
    values: tuple[Value, ...]

    @property
    def code(self) -> str:
        """What addresses call it."""
        return f"{'metrics' if self.kind is Kind.COMPANY else self.kind.value}.{self.key}"

    @cached_property
    def differs(self) -> bool:
        """Whether two runs disagree in it; one that logged nothing disagrees with one that did."""
        return len({"NaN" if _is_nan(value) else value for value in self.values}) > 1

    @cached_property
    def is_numeric(self) -> bool:
        """Whether every value that was logged is a number."""
        logged = [value for value in self.values if value is not None]
        return bool(logged) and all(isinstance(value, float) or _NUMBER.fullmatch(value) for value in logged)

    @cached_property
    def numbers(self) -> tuple[float | None, ...]:
        """The values as finite numbers; None where a run has none."""
        return tuple(_to_number(value) for value in self.values)

    @property
    def is_metric(self) -> bool:
        """Whether it is a figure of the run, or of what stands beside it."""
        return self.kind in {Kind.METRIC, Kind.COMPANY}

    def text(self, value: Value) -> str:
        """A value as charts and groups write it: without one, empty."""
        if value is None:
            return ""
        if self.is_metric and isinstance(value, float):
            return write_special(value) or str(value)
        writes: dict[str, Callable[[float], str]] = {"started": lambda ms: when(round(ms)), "took": duration}
        if self.kind is Kind.ATTRIBUTE and isinstance(value, float):
            return writes[self.key](value)
        said: dict[str, Callable[[str], str]] = {
            "family": describe_family,
            "state": lambda word: describe_state(word)[0],
        }
        return said[self.key](str(value)) if self.kind is Kind.ATTRIBUTE and self.key in said else str(value)


@dataclass(frozen=True)
class Sheet:
    """Runs and the columns that they share or not, params first."""

    runs: tuple[RunFacts, ...]
    columns: tuple[Column, ...]

    @cached_property
    def _by_code(self) -> dict[str, Column]:
        return {column.code: column for column in self.columns}

    def find(self, code: str) -> Column | None:
        """The column that addresses call so."""
        return self._by_code.get(code)

    @property
    def metrics(self) -> tuple[Column, ...]:
        """The figures of the runs, the most usual first."""
        return tuple(column for column in self.columns if column.kind is Kind.METRIC)


def make_sheet(runs: Sequence[RunFacts]) -> Sheet:
    """Lay out what runs hold."""
    params = _columns(Kind.PARAM, [run.params for run in runs])
    marks = _columns(Kind.TAG, [run.tags for run in runs])
    figures = _figure_columns([run.metrics for run in runs])
    return Sheet(tuple(runs), (*params, *figures, *_attributes(runs), *marks))


def _columns(kind: Kind, known: Sequence[Mapping[str, Value]]) -> list[Column]:
    keys = sorted({key for values in known for key in values})
    return [Column(kind, key, key, tuple(values.get(key) for values in known)) for key in keys]


def _figure_columns(known: Sequence[Mapping[str, float]]) -> list[Column]:
    """Known metrics first, in their usual order, then the others, then what stands beside them."""
    keys = {key for values in known for key in values}
    usual = {key: place for place, key in enumerate(METRICS)}

    def order(key: str) -> tuple[bool, int, str]:
        return is_company(key, keys), usual.get(key, len(usual)), key

    return [
        Column(
            Kind.COMPANY if is_company(key, keys) else Kind.METRIC, key, describe_metric(key)[0],
            tuple(values.get(key) for values in known),
        )
        for key in sorted(keys, key=order)
    ]  # fmt: skip


def is_company(key: str, keys: set[str]) -> bool:
    """Whether a metric only stands beside another one that was logged."""
    beside = [key.removeprefix(start) for start in _BEFORE if key.startswith(start)]
    beside += [key.removesuffix(end) for end in _AFTER if key.endswith(end)]
    return any(name in keys for name in beside)


def _attributes(runs: Sequence[RunFacts]) -> list[Column]:
    rows = [run.row for run in runs]
    found: list[tuple[str, str, list[Value]]] = [
        ("family", _("Family"), [row.family for row in rows]),
        ("started", _("Started"), [_float(row.started_at) for row in rows]),
        ("took", _("Took"), [_float(row.duration) for row in rows]),
        ("state", _("State"), [row.status for row in rows]),
        ("user", _("User"), [row.user_name for row in rows]),
        ("dataset", _("Dataset"), [row.dataset_name for row in rows]),
        ("data", _("Data, sha256"), [row.dataset_sha256[:SHOWN_SHA] if row.dataset_sha256 else None for row in rows]),
        ("baseline", _("Baseline"), [_say_baseline(run) for run in runs]),
    ]
    return [
        Column(Kind.ATTRIBUTE, key, label, tuple(values))
        for key, label, values in found
        if any(value is not None for value in values)
    ]


def _say_baseline(run: RunFacts) -> str:
    return _("logged") if run.row.prior_accuracy is not None else _("no baseline logged")


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)


def write_special(value: float) -> str:
    """What is no finite number, in words; empty for one that is."""
    if math.isnan(value):
        return _("not a number")
    return "" if math.isfinite(value) else "∞" if value > 0 else "−∞"


def _is_nan(value: Value) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _to_number(value: Value) -> float | None:
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value) else None
    return value if value is not None and math.isfinite(value) else None
