"""What a run can be sorted by and show: an attribute of every run, or whatever metric, param or tag some run has."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.store.tables import RUN_SORTS
from webapp.store.values import Kind

LONGEST_NAME = 250
_PREFIXES = {Kind.METRIC: "metrics", Kind.PARAM: "params", Kind.TAG: "tags"}
_KINDS = {prefix: kind for kind, prefix in _PREFIXES.items()}
_SHORT = {"accuracy": "accuracy", "macro_f1": "f1_macro", "qwk": "qwk", "log_loss": "log_loss"}
"""Metrics that may be written without their prefix."""


@dataclass(frozen=True)
class RunColumn:
    """A column of the run table; `kind` is None for an attribute."""

    kind: Kind | None
    name: str

    def __str__(self) -> str:
        return f"{_PREFIXES[self.kind]}.{self.name}" if self.kind else self.name


def read_column(text: str) -> RunColumn:
    """Read a column's name as addresses write it: `started_at`, `metrics.accuracy`, `params.depth`, `tags.team`.

    Raises
    ------
    ValueError
        If no run can have such a column.
    """
    if text in RUN_SORTS:
        return RunColumn(None, text)
    if text in _SHORT:
        return RunColumn(Kind.METRIC, _SHORT[text])
    prefix, _dot, name = text.partition(".")
    if prefix not in _KINDS or not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise ValueError(
            f"runs have no column {text[:LONGEST_NAME]!r}: name one of {', '.join(RUN_SORTS)}, "
            "or metrics.NAME, params.NAME, tags.NAME"
        )
    return RunColumn(_KINDS[prefix], name)
