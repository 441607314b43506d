"""What stands in each cell of the run table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Connection, and_, or_, select

from webapp.formats import MISSING, any_number
from webapp.runs.lines import describe_state, make_row_score
from webapp.runs.queries import RunRow
from webapp.runs.sentences import describe_family
from webapp.runs.table.columns import ACCURACY
from webapp.scores import Score
from webapp.store.columns import RunColumn
from webapp.store.mlflow_tables import experiments
from webapp.store.tables import key, value
from webapp.store.values import Kind

Values = Mapping[tuple[int, RunColumn], tuple[float | None, str | None]]


@dataclass(frozen=True)
class Cell:
    """What a run has in a column; `kind` says how it is drawn.

    That is text, number, moment, span (both in milliseconds), score (with its company), alone (one that has none),
    missing, or the kind of a state. `href` is where a text leads, if anywhere.
    """

    kind: str
    text: str = ""
    aside: str = ""
    ms: int | None = None
    score: Score | None = None
    href: str = ""


NOTHING = Cell("missing", MISSING)


def find_values(conn: Connection, numbers: Sequence[int], columns: Sequence[RunColumn]) -> Values:
    """Find what some runs have for the columns that are keys: its number and its text."""
    keys = [column for column in columns if column.kind]
    if not keys or not numbers:
        return {}
    is_asked = or_(*(and_(key.c.kind == str(column.kind), key.c.name == column.name) for column in keys))
    ids = {row.id: RunColumn(Kind(row.kind), row.name) for row in conn.execute(select(key).where(is_asked))}
    found = conn.execute(select(value).where(value.c.run_number.in_(numbers), value.c.key_id.in_(ids)))
    return {(row.run_number, ids[row.key_id]): (row.number, row.text) for row in found}


def name_experiments(conn: Connection) -> Mapping[int | None, str]:
    """Name every experiment."""
    return {
        row.experiment_id: row.name for row in conn.execute(select(experiments.c.experiment_id, experiments.c.name))
    }


def make_cell(row: RunRow, column: RunColumn, values: Values, experiment_names: Mapping[int | None, str]) -> Cell:
    """Lay out what a run has in a column."""
    if column.kind is None:
        return _make_attribute(row, column.name, experiment_names)
    if column == ACCURACY and row.accuracy is not None and row.prior_accuracy is not None:
        return Cell("score", score=make_row_score(row))
    found = values.get((row.number, column))
    if found is None:
        return NOTHING
    held, text = found
    if column.kind is not Kind.METRIC:
        return Cell("number" if held is not None else "text", text or "")
    if column == ACCURACY:
        return Cell("alone", any_number(held), _("no baseline logged"))
    return Cell("number", any_number(held))


def _make_attribute(row: RunRow, name: str, experiment_names: Mapping[int | None, str]) -> Cell:
    if name == "status":
        word, kind = describe_state(row.status)
        return Cell(kind, word)
    if name == "started_at":
        return Cell("moment", ms=row.started_at)
    if name == "duration":
        return Cell("span", ms=row.duration)
    if name == "experiment_id" and row.experiment_id in experiment_names:
        href = url_for("experiments.show", experiment_id=row.experiment_id)
        return Cell("text", experiment_names[row.experiment_id], href=href)
    texts = {
        "family": describe_family(row.family) if row.family else None,
        "user_name": row.user_name,
        "dataset_name": row.dataset_name,
        "experiment_id": None,
        "name": row.name,
    }
    text = texts[name]
    return Cell("text", text) if text else NOTHING
