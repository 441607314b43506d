"""The first row of a file: names that tell columns apart, and which of them are those that a model reads."""

from __future__ import annotations

from collections.abc import Sequence

from ml.batch.problems import FileError, shorten
from ml.batch.tables import MOST_COLUMNS, SHOWN_NAMES
from ml.serve.contract import PredictorColumn
from ml.spec.spelling import fold_header
from ml.spec.values import DatasetSpec


def check_header(header: Sequence[str]) -> tuple[str, ...]:
    """Return the header if it names each column once.

    Raises
    ------
    FileError
    """
    if len(header) > MOST_COLUMNS:
        raise FileError("too_many_columns")
    seen: set[str] = set()
    for number, name in enumerate(header, 1):
        if not name.strip():
            raise FileError("header_unnamed", value=number)
        if name in seen:
            raise FileError("header_repeats", column=shorten(name))
        seen.add(name)
    return tuple(header)


def find_places(header: Sequence[str], columns: Sequence[PredictorColumn], spec: DatasetSpec) -> tuple[int, ...]:
    """Find where in the header each column of a model stands, by its name or an alias that the spec gives it.

    Case, quotes, spaces and underscores do not count. What else the file has is nobody's business here.

    Raises
    ------
    FileError
        For the first column that is not there, or there twice.
    """
    aliases = {column.name: column.aliases for column in spec.features}
    column_of = {fold_header(text): c.name for c in columns for text in (*aliases.get(c.name, ()), c.name)}
    place_of: dict[str, int] = {}
    for place, text in enumerate(header):
        name = column_of.get(fold_header(text))
        if name in place_of:
            both = f"{shorten(header[place_of[name]])!r} and {shorten(text)!r}"
            raise FileError("column_twice", column=name, value=both)
        if name is not None:
            place_of[name] = place
    for column in columns:
        if column.name not in place_of:
            shown = ", ".join(header[:SHOWN_NAMES]) + (", …" if len(header) > SHOWN_NAMES else "")
            raise FileError("column_absent", column=column.name, value=shown)
    return tuple(place_of[column.name] for column in columns)
